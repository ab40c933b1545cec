import {
  cloneSource,
  defineRule,
  diagnose,
  guests,
  refOf,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Model, Resource, Rule, Span } from "../../plugin-api/index.js";
import {
  agentNotBrought,
  longComputerName,
  noContainer,
  notOfCloudbaseInit,
  otherSystem,
  workInWindows,
} from "./findings-systems.js";
import { declaredSystem } from "./preset.js";
import { systemOf } from "./system.js";

/** What the operating system of a guest, as far as it is known, does not go together with. */
export const systemsFit: Rule = defineRule({
  name: "guest/operating-systems",
  check: (model, report) => {
    for (const guest of guests(model)) {
      const findings = [
        ...contradiction(guest, model),
        ...(guest.kind === "ct" ? inContainer(guest, model) : missingAgent(guest, model)),
        ...(systemOf(guest, model) === "windows" ? inWindows(guest) : []),
      ];
      for (const finding of findings) report(finding);
    }
  },
});

function labelOf({ kind, id, name }: Resource): string {
  return `${kind} ${id ?? 0} ${name}`;
}

/** `os` of a guest beside that of its image, or of the guest that it is cloned from. */
function contradiction(guest: Resource, model: Model): readonly Diagnostic[] {
  const own = settingOf(guest, "os");
  const word = stringOf(guest, "os");
  const image = model.resources.get(refOf(guest, "image") ?? "");
  const source = image ?? cloneSource(guest, model)?.resource;
  if (own === undefined || word === undefined || source === undefined) return [];
  const theirs = source === image ? stringOf(image, "os") : declaredSystem(source, model)?.word;
  if (theirs === undefined || theirs === word) return [];
  const named = { guest: labelOf(guest), own: word, source: `${source.kind} ${source.name}`, theirs };
  return [diagnose(otherSystem, own.span, named)];
}

function inContainer(guest: Resource, model: Model): readonly Diagnostic[] {
  const declared = declaredSystem(guest, model);
  if (declared === undefined || declared.system.ct !== undefined) return [];
  return [diagnose(noContainer, declared.span, { guest: labelOf(guest), title: declared.system.title })];
}

/** The agent is asked for, the image has none, and what cloud-init installs is said without it. */
function missingAgent(guest: Resource, model: Model): readonly Diagnostic[] {
  const declared = declaredSystem(guest, model);
  const cloudInit = sectionOf(guest, "cloud_init");
  const packages = cloudInit === undefined ? undefined : settingOf(cloudInit, "packages");
  const agent = settingOf(guest, "agent")?.value;
  const isAsked = agent?.type === "bool" && agent.value;
  if (declared === undefined || cloudInit === undefined || packages === undefined || !isAsked) return [];
  const { agent: brought, title } = declared.system;
  if (brought.inImage || brought.start === undefined || stringsOf(cloudInit, "packages").includes(brought.package))
    return [];
  return [diagnose(agentNotBrought, packages.span, { guest: labelOf(guest), title, package: brought.package })];
}

/** What cloudbase-init does not do. */
const UNIX_ONLY = ["upgrade", "packages", "commands", "boot_commands", "growpart", "locale", "timezone"];

function inWindows(guest: Resource): readonly Diagnostic[] {
  const label = labelOf(guest);
  const cloudInit = sectionOf(guest, "cloud_init");
  const unknown = UNIX_ONLY.flatMap((name) => {
    const setting = cloudInit === undefined ? undefined : settingOf(cloudInit, name);
    return setting === undefined ? [] : [diagnose(notOfCloudbaseInit, setting.nameSpan, { guest: label, name })];
  });
  const isName = /^(?!\d+$)[A-Za-z0-9-]{1,15}$/.test(guest.name);
  const at = guest.argSpans.get("name") ?? guest.headSpan;
  return [
    ...shellWork(guest).map(([what, span]) => diagnose(workInWindows, span, { guest: label, what })),
    ...(isName ? [] : [diagnose(longComputerName, at, { guest: label, name: guest.name })]),
    ...unknown,
  ];
}

/** What runs in a guest by a shell of Unix. */
function shellWork(guest: Resource): readonly (readonly [string, Span])[] {
  const features = settingOf(guest, "features");
  const checks = sectionsOf(guest, "check").flatMap((check) =>
    ["run", "script", "service", "cloud_init"].flatMap((name) => {
      const setting = settingOf(check, name);
      return setting === undefined ? [] : [[`the check by \`${name}\``, setting.span] as const];
    }),
  );
  return [
    ...(features === undefined ? [] : [["what `features` installs", features.span] as const]),
    ...["feature", "script", "volume"].flatMap((kind) =>
      sectionsOf(guest, kind).map((section) => [`\`${kind}\``, section.headSpan] as const),
    ),
    ...checks,
  ];
}
