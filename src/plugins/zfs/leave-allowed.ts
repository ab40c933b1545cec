import type { Probe, RetiredThing, Span, Step } from "../../plugin-api/index.js";

type Holder = Extract<Probe, { readonly kind: "zfs-allow" }>["holder"];

/** Whether a word says to whom permissions are given. */
export function isHolder(text: string | undefined): text is Holder {
  return ["user", "group", "everyone", "creator", "set"].includes(text ?? "");
}

/** Takes back what a holder was given whom no file names any more, and nothing else of it. */
export function leaveAllowed({ kind, name, fixed }: RetiredThing, source: Span): readonly Step[] {
  const { dataset, holder, of = "" } = fixed;
  if (kind !== "allow" || dataset === undefined || !isHolder(holder)) return [];
  const list = (scope: string): readonly string[] => (fixed[scope] ?? "").split(",").filter((text) => text !== "");
  const step: Step = {
    id: `allow.${name}.remove`,
    phase: "finish",
    resource: `allow.${name}`,
    title: `permissions of ${holder}${of === "" ? "" : ` ${of}`} on ${dataset}`,
    risk: "safe",
    probe: {
      ...{ kind: "zfs-allow", dataset, holder, name: of, retired: true },
      ...{ both: list("both"), local: list("local"), below: list("below") },
    },
    commands: [],
    requires: [],
    source,
  };
  return [step];
}
