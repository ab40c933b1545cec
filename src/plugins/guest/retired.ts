import { guestRef } from "../../plugin-api/index.js";
import type {
  Argv,
  GuestRef,
  Probe,
  Resource,
  RetiredGuest,
  RetiredThing,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { firewallMark, firewallPath } from "./firewall.js";
import { makeStep, toolOf } from "./step.js";

/** Takes back the firewall file and the snapshots of a guest that stays. */
export function retiredSteps(resource: Resource, retired: RetiredGuest | undefined): readonly Step[] {
  if (retired === undefined) return [];
  const guest = guestRef(resource);
  const snapshots = retired.snapshots.map((name) =>
    makeStep(resource, `delete-snapshot.${name}`, {
      phase: "finish",
      title: `delete snapshot ${name}`,
      risk: "destroys",
      probe: { kind: "snapshot-retired", guest, snapshot: name },
      commands: [[toolOf(guest), "delsnapshot", String(guest.id), name]],
    }),
  );
  return [...(retired.firewall ? [firewallRemoval(resource, guest)] : []), ...snapshots];
}

function firewallRemoval(resource: Resource, guest: GuestRef): Step {
  const path = firewallPath(guest.id);
  return makeStep(resource, "remove-firewall", {
    phase: "configure",
    title: "remove the firewall file",
    risk: "interrupts",
    probe: { kind: "file-retired", guest, path, mark: `${firewallMark(guest)} ` },
    commands: [],
  });
}

/** The steps that tell of a thing of the host, or of options of it, and of the commands that would take them back. */
export function leaveThing(
  { kind, name, options, whole }: RetiredThing,
  source: Span,
  advice: {
    readonly whole: Argv;
    readonly option: (option: string) => Argv;
    /** It is destroyed where a run is told so by its name. */
    readonly destroys?: boolean;
  },
): readonly Step[] {
  const address = `${kind}.${name}`;
  const step = (id: string, title: string, probe: Omit<ThingRetired, "kind" | "thing" | "name">): Step => ({
    id,
    phase: "finish",
    resource: address,
    title,
    risk: "safe",
    probe: { kind: "thing-retired", thing: kind, name, ...probe },
    commands: [],
    requires: [],
    source,
  });
  if (whole) {
    const left = step(`${address}.left`, `${kind} ${name}, which is left`, { advice: advice.whole });
    return [advice.destroys === true ? { ...left, risk: "destroys", commands: [advice.whole] } : left];
  }
  return Object.entries(options).map(([option, value]) =>
    step(`${address}.${option}.left`, `${option} of ${kind} ${name}, which is left`, {
      option: { name: option, value },
      advice: advice.option(option),
    }),
  );
}

type ThingRetired = Extract<Probe, { readonly kind: "thing-retired" }>;

/** The step that destroys a guest which no file declares any more; what else was declared of it goes with it. */
export function retireGuest(retired: RetiredGuest, source: Span, dependants: readonly GuestRef[]): readonly Step[] {
  const { kind, id, name, names } = retired;
  const guest = { kind, id, name };
  const address = `${kind}.${id}`;
  const step: Step = {
    id: `${address}.destroy`,
    phase: "finish",
    resource: address,
    title: "destroy",
    risk: "destroys",
    probe: { kind: "guest-retired", guest, names, dependants },
    commands: [[toolOf(guest), "destroy", String(id), "--purge", "1"]],
    requires: [],
    source,
  };
  return [step];
}
