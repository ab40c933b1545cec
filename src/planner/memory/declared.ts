import type { Declared, DeclaredGuest, HostThing } from "../../model/memory.js";
import type { PlanGuest, Probe, Step } from "../../model/plan.js";
import type { Address, Model } from "../../model/resource.js";
import { compareKeys, fileName, optionKey, slotsOf, snapshotKey, snapshotsOf } from "../../plugin-api/index.js";

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
    things: steps.flatMap(({ probe }) => thingOf(probe) ?? []),
  };
}

function thingOf(probe: Probe): HostThing | readonly HostThing[] | undefined {
  switch (probe.kind) {
    case "storage": {
      const fixed = sorted([["type", probe.storageType] as const, ...probe.fixed]);
      return { kind: "storage", name: probe.storage, fixed, options: sorted(probe.options) };
    }
    case "dataset":
      return { kind: "dataset", name: probe.dataset, fixed: {}, options: sorted(probe.properties) };
    case "pool":
      return { kind: "pool", name: probe.pool, fixed: {}, options: {} };
    case "firewall-piece":
      return { kind: probe.piece, name: probe.name, fixed: {}, options: { text: probe.lines.join("\n") } };
    case "job": {
      const fixed = probe.job === "replication" ? { target: probe.target } : {};
      return { kind: probe.job, name: probe.id, fixed, options: sorted(probe.options) };
    }
    case "firewall-file":
      return { kind: "firewall", name: probe.name, fixed: {}, options: sorted(probe.options) };
    case "permission":
      return probe.holders.map((holder) => {
        const { path, role } = probe;
        return { kind: "permission", name: `${path}:${role}:${holder}`, fixed: { path, role, holder }, options: {} };
      });
    case "zfs-allow":
      return allowedThing(probe);
    case "kernel-line":
      return kernelThing(probe);
    case "file":
      return probe.guest === undefined ? fileThing(probe) : undefined;
    default:
      return undefined;
  }
}

/** What somebody may do with a dataset, as it was declared last. */
function allowedThing(probe: Extract<Probe, { readonly kind: "zfs-allow" }>): HostThing | undefined {
  if (probe.retired === true) return undefined;
  const { dataset, holder, name } = probe;
  const scopes = (["both", "local", "below"] as const).map((scope) => [scope, probe[scope].join(",")] as const);
  const given = scopes.filter(([, names]) => names !== "");
  const fixed = sorted([["dataset", dataset] as const, ["holder", holder] as const, ["of", name] as const, ...given]);
  return { kind: "allow", name: `${dataset}:${holder}${name === "" ? "" : `:${name}`}`, fixed, options: {} };
}

/** By name, with all that is said of it, as `console=tty0 console=ttyS0`. */
function kernelThing({ parameters }: Extract<Probe, { readonly kind: "kernel-line" }>): HostThing | undefined {
  if (parameters.length === 0) return undefined;
  const byName = new Map<string, string>();
  for (const text of parameters) {
    const name = text.split("=")[0] ?? text;
    const before = byName.get(name);
    byName.set(name, before === undefined ? text : `${before} ${text}`);
  }
  return { kind: "kernel-line", name: "cmdline", fixed: {}, options: sorted(byName) };
}

/** With the commands that have to follow its removal. */
function fileThing(probe: Extract<Probe, { readonly kind: "file" }>): HostThing {
  const then: Readonly<Record<string, string>> = probe.then === undefined ? {} : { then: JSON.stringify(probe.then) };
  return { kind: "file", name: fileName(probe), fixed: then, options: { text: probe.content } };
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

/** An object with its entries in code-unit order of their keys. */
export function sorted<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].toSorted(compareKeys));
}
