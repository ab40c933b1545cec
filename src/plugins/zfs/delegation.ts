import { argOf, diagnose, sectionsOf, settingOf, stringOf, stringsOf } from "../../plugin-api/index.js";
import type {
  Argv,
  Diagnostic,
  Lowered,
  Model,
  OptionType,
  Probe,
  Resource,
  Section,
  SectionSpec,
  Step,
} from "../../plugin-api/index.js";
import { makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { holderName, scopeOfNone } from "./findings-datasets.js";
import { isHolder } from "./leave-allowed.js";
import { nativeProperties } from "./native.js";

type Allowed = Extract<Probe, { readonly kind: "zfs-allow" }>;
type Holder = Pick<Allowed, "holder" | "name">;
type Scope = "both" | "local" | "below";

/** What can be permitted besides setting a property (zfs-allow(8)). */
const COMMANDS = [
  ..."allow bookmark change-key clone create destroy diff hold load-key mount promote receive release rename".split(
    " ",
  ),
  ..."rollback send share snapshot userprop".split(" "),
  ...["user", "group", "project"].flatMap((whose) =>
    ["quota", "used", "objquota", "objused"].map((what) => `${whose}${what}`),
  ),
];
const KEY_PROPERTIES = ["keyformat", "keylocation", "pbkdf2iters", "volsize"];

const setName = "@[A-Za-z0-9_.:-]+";
const permissions: OptionType = t.listOfType(
  t.union(t.oneOf(...COMMANDS, ...KEY_PROPERTIES, ...Object.keys(nativeProperties)), {
    type: "string",
    pattern: setName,
    describe: "a set of permissions, as `@ops`",
  }),
  true,
);
const account: OptionType = {
  type: "string",
  pattern: "[A-Za-z_][A-Za-z0-9_.-]*",
  describe: "the name of a user or a group of the host",
};

/** `allow user ada { permissions = [snapshot, send] }`, `permission_set ops { permissions = [...] }` */
export const delegationSections: Readonly<Record<string, SectionSpec>> = {
  allow: {
    doc: "What somebody who is not root may do with it. Of one holder exactly this; those of others stay.",
    args: [
      {
        name: "holder",
        type: t.oneOfMeant({ create: "creator", all: "everyone" }, "user", "group", "everyone", "creator"),
        doc: "Who: a user, a group, everyone, or whoever creates a dataset below it, there.",
      },
      { name: "name", type: account, doc: "The name of the user or group.", optional: true },
    ],
    repeat: "any",
    options: {
      permissions: {
        type: permissions,
        required: true,
        doc: "Commands of `zfs`, properties that may be set, and sets such as `@ops`.",
      },
      scope: {
        type: t.oneOfMeant({ descendents: "below", descendants: "below", all: "both" }, "both", "local", "below"),
        doc: "Where it holds: on the dataset itself (`local`), on those below it, or both. Default: `both`.",
      },
    },
    sections: {},
    instead: { perms: "permissions", rights: "permissions" },
  },
  permission_set: {
    doc: "A set of permissions under a name, for `allow` here and below.",
    args: [
      {
        name: "name",
        type: { type: "string", pattern: "[A-Za-z0-9_.:-]+", describe: "the name of the set, without `@`" },
        doc: "The name of the set, without its `@`.",
      },
    ],
    options: { permissions: { type: permissions, required: true, doc: "What is in the set: exactly this." } },
    sections: {},
    instead: { perms: "permissions" },
  },
};

/** The steps that give permissions: one for each holder, with all that is declared of it. */
export function delegationSteps(resource: Resource): Lowered {
  const sets = sectionsOf(resource, "permission_set").map((section) => ({
    holder: "set" as const,
    name: `@${argOf(section, "name") ?? ""}`,
    scope: "both" as const,
    section,
  }));
  const allowed = sectionsOf(resource, "allow").flatMap((section) => {
    const holder = argOf(section, "holder");
    if (!isHolder(holder)) return [];
    return [{ holder, name: argOf(section, "name") ?? "", scope: scopeOf(section), section }];
  });
  const diagnostics = allowed.flatMap(({ section }) => findings(resource, section));
  const all = [...sets, ...allowed];
  const keys = [...new Set(all.map(keyOf))];
  const steps = keys.flatMap((key) => {
    const own = all.filter((each) => keyOf(each) === key);
    const [first] = own;
    if (first === undefined) return [];
    const of = (scope: Scope): readonly string[] => [
      ...new Set(
        own.filter((each) => each.scope === scope).flatMap(({ section }) => stringsOf(section, "permissions")),
      ),
    ];
    const both = of("both");
    const without = (names: readonly string[]): readonly string[] => names.filter((name) => !both.includes(name));
    const probe: Allowed = {
      kind: "zfs-allow",
      dataset: resource.name,
      holder: first.holder,
      name: first.name,
      both,
      local: without(of("local")),
      below: without(of("below")),
    };
    return [stepOf(resource, key, probe, first.section)];
  });
  return diagnostics.length > 0 ? { ...onlySteps([]), diagnostics } : onlySteps(steps);
}

function stepOf(resource: Resource, key: string, probe: Allowed, asked: Section): Step {
  const title = probe.holder === "set" ? `permission set ${probe.name}` : `permissions of ${key.replace(":", " ")}`;
  return makeStep(resource, `allow.${key}`, { phase: "host", title, probe, commands: commandsOf(probe), asked });
}

/** `user:ada`, `everyone`, `set:@ops` */
function keyOf({ holder, name }: Holder): string {
  return name === "" ? holder : `${holder}:${name}`;
}

function scopeOf(section: Section): Scope {
  const scope = stringOf(section, "scope");
  return scope === "local" || scope === "below" ? scope : "both";
}

/** The commands that give all of it to a holder who has none. */
function commandsOf(probe: Allowed): readonly Argv[] {
  const flags = { both: [], local: ["-l"], below: ["-d"] } as const;
  return (["both", "local", "below"] as const).flatMap((scope) => {
    const names = probe[scope];
    return names.length === 0
      ? []
      : [["zfs", "allow", ...flags[scope], ...holderWords(probe), names.join(","), probe.dataset]];
  });
}

function holderWords({ holder, name }: Holder): readonly string[] {
  switch (holder) {
    case "everyone":
      return ["-e"];
    case "creator":
      return ["-c"];
    case "set":
      return ["-s", name];
    case "user":
    case "group":
      return [holder === "user" ? "-u" : "-g", name];
  }
}

function findings(resource: Resource, section: Section): readonly Diagnostic[] {
  const [holder = "", name] = [argOf(section, "holder"), argOf(section, "name")];
  const isNamed = holder === "user" || holder === "group";
  const scope = settingOf(section, "scope");
  return [
    ...(isNamed === (name !== undefined)
      ? []
      : [diagnose(holderName, section.headSpan, { dataset: resource.name, holder, isNamed })]),
    ...(holder === "creator" && scope !== undefined
      ? [diagnose(scopeOfNone, scope.span, { dataset: resource.name })]
      : []),
  ];
}

/** The hosts that make the users whom it permits something. */
export function holdersMadeBy(resource: Resource, model: Model): readonly string[] {
  const users = new Set(
    sectionsOf(resource, "allow").flatMap((section) =>
      argOf(section, "holder") === "user" ? (argOf(section, "name") ?? []) : [],
    ),
  );
  if (users.size === 0) return [];
  return [...model.resources.values()]
    .filter(({ kind }) => kind === "host")
    .filter((host) => sectionsOf(host, "user").some((section) => users.has(argOf(section, "name") ?? "")))
    .map(({ address }) => address);
}
