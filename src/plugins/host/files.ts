import { FILE_MARK } from "../../plugin-api/index.js";
import type {
  Argv,
  Lowered,
  Probe,
  Requirement,
  Resource,
  RetiredThing,
  Section,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";

/** What a managed file of the host is: see the probe `file`. */
export type ManagedFile = Omit<Extract<Probe, { readonly kind: "file" }>, "kind" | "guest">;

/** What goes with the removal of a systemd unit's file: it is disabled while the file says how. */
export function unitRemoval(unit: string): NonNullable<ManagedFile["removal"]> {
  return { before: [["systemctl", "disable", "--now", unit]], then: [["systemctl", "daemon-reload"]] };
}

/** The step of a managed file, with the secrets that it needs. `name` follows the resource's address in the step's id. */
export function fileStep(
  resource: Resource,
  name: string,
  file: ManagedFile,
  more: { readonly title?: string; readonly risk?: Step["risk"]; readonly asked?: Section } = {},
): Lowered {
  const { title = `file ${file.path}`, risk = "safe", asked } = more;
  const commands = [...(file.check === undefined ? [] : [file.check]), ...(file.then ?? [])];
  const step = makeStep(resource, name, {
    phase: "host",
    title,
    risk,
    asked,
    probe: { kind: "file", ...file },
    commands,
  });
  const requirements = (file.secrets ?? []).map(({ secret }): Requirement => ({
    kind: "secret",
    secret,
    blocks: [],
    source: step.source,
  }));
  return { steps: [step], requirements };
}

/** Removes a file, or our block from one, that no file declares any more, and does what follows such a change. */
export function leaveFile({ kind, name, fixed }: RetiredThing, source: Span): readonly Step[] {
  if (kind !== "file") return [];
  const [path = "", block] = name.split("#");
  const before = commandsIn(fixed["before"]);
  const then = commandsIn(fixed["then"]);
  const step: Step = {
    id: `file.${name}.remove`,
    phase: "finish",
    resource: `file.${name}`,
    title: block === undefined ? `remove ${path}` : `remove the block ${block} from ${path}`,
    risk: before.length + then.length === 0 ? "safe" : "interrupts",
    probe: {
      kind: "file-retired",
      path,
      ...(block === undefined ? {} : { block }),
      mark: FILE_MARK,
      ...(before.length === 0 ? {} : { before }),
      ...(then.length === 0 ? {} : { then }),
    },
    commands: [...before, ...then],
    requires: [],
    source,
  };
  return [step];
}

/** The commands that a plan has written down; none where they are not what it writes. */
function commandsIn(text: string | undefined): readonly Argv[] {
  const isArgv = (words: unknown): words is Argv =>
    Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string" && word !== "");
  try {
    const commands: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(commands) ? commands.filter(isArgv) : [];
  } catch {
    return [];
  }
}
