import type { Declared, DeclaredGuest, HostThing } from "../../model/memory.js";
import type { PlanGuest, Step } from "../../model/plan.js";
import type { Address, Model } from "../../model/resource.js";
import { optionKey, slotsOf, snapshotKey, snapshotsOf } from "../../plugin-api/index.js";
import { sorted, thingsOf } from "./host-things.js";

/** What the files declare of one guest, and what they say must not be set. */
export interface Wanted extends DeclaredGuest {
  /** Options (`balloon`) and keys of them (`net0.tag`) that are declared absent. */
  readonly absent: ReadonlySet<string>;
}

/** All that the steps of a host's whole plan declare. */
export function declaredBy(
  guests: readonly PlanGuest[],
  steps: readonly Step[],
  model: Model,
): { readonly guests: readonly Wanted[]; readonly things: readonly HostThing[] } {
  const byResource = new Map<Address, Step[]>();
  for (const step of steps) byResource.set(step.resource, [...(byResource.get(step.resource) ?? []), step]);
  return {
    guests: guests.map((guest) => wantedOf(guest, byResource.get(guest.address) ?? [], model)),
    things: thingsOf(steps),
  };
}

/** What a plan writes down of it. */
export function written(declared: {
  readonly guests: readonly Wanted[];
  readonly things: readonly HostThing[];
}): Declared {
  return { guests: declared.guests.map(({ absent: _absent, ...guest }) => guest), things: declared.things };
}

function wantedOf(guest: PlanGuest, steps: readonly Step[], model: Model): Wanted {
  const { kind, id, name, needs } = guest;
  const resource = model.resources.get(guest.address);
  const probes = steps.map(({ probe }) => probe);
  const options = probes.flatMap((probe) => (probe.kind === "options" ? [probe] : []));
  const pairs = options.flatMap(({ wanted }) =>
    wanted.map(({ option, value }) => [optionKey(kind, option, value), value] as const),
  );
  const inputs = probes.find((probe) => probe.kind === "template-inputs");
  const raw = probes.flatMap((probe) => (probe.kind === "raw-lines" ? probe.lines : []));
  return {
    kind,
    id,
    name,
    needs,
    options: sorted(pairs),
    snapshots: resource === undefined ? [] : [...new Set(snapshotsOf(resource).map(snapshotKey))],
    firewall: probes.some((probe) => probe.kind === "file" && probe.path === `/etc/pve/firewall/${id}.fw`),
    rawLines: sorted(raw.map(({ key, values }) => [key, values] as const)),
    slots: resource === undefined ? {} : sorted(Object.entries(slotsOf(resource, model))),
    ...(inputs?.kind === "template-inputs" ? { inputs: sorted(Object.entries(inputs.inputs)) } : {}),
    absent: new Set(options.flatMap((probe) => [...probe.absent, ...probe.absentKeys])),
  };
}
