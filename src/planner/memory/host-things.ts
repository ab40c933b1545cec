import type { HostThing } from "../../model/memory.js";
import type { Probe, Step } from "../../model/plan.js";
import { compareKeys, fileName } from "../../plugin-api/index.js";

type Of<K extends Probe["kind"]> = Extract<Probe, { readonly kind: K }>;

/** The things of the host that steps make, each once, in the order of the steps. */
export function thingsOf(steps: readonly Step[]): readonly HostThing[] {
  const things = new Map<string, HostThing>();
  for (const step of steps) {
    // The table has for each kind what takes probes of that kind.
    const make = MADE[step.probe.kind] as Making | undefined;
    for (const made of make?.(step.probe, step) ?? []) if (!things.has(keyOf(made))) things.set(keyOf(made), made);
  }
  return [...things.values()];
}

/** `storage.local-lvm` */
export function keyOf({ kind, name }: Pick<HostThing, "kind" | "name">): string {
  return `${kind}.${name}`;
}

/** An object with its entries in code-unit order of their keys. */
export function sorted<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].toSorted(compareKeys));
}

function thing(
  kind: HostThing["kind"],
  name: string,
  options: HostThing["options"] = {},
  fixed: HostThing["fixed"] = {},
): HostThing {
  return { kind, name, fixed, options };
}

type Making<P extends Probe = Probe> = (probe: P, step: Step) => readonly HostThing[];

/**
 * What a step of each kind makes that stays when its declaration leaves the files, and that a later plan takes back or tells. All
 * kinds are here, so that a new one cannot be forgotten; why one makes nothing stands above it.
 */
const MADE: { readonly [K in Probe["kind"]]: Making<Of<K>> | undefined } = {
  storage: (probe) => {
    const fixed = sorted([["type", probe.storageType] as const, ...probe.fixed]);
    return [thing("storage", probe.storage, sorted(probe.options), fixed)];
  },
  dataset: (probe) => [thing("dataset", probe.dataset, sorted(probe.properties))],
  pool: (probe) => {
    const root = probe.rootProperties.map(([name, value]) => [`dataset.${name}`, value] as const);
    return [thing("pool", probe.pool, sorted([...probe.properties, ...root]))];
  },
  "firewall-piece": (probe) => [thing(probe.piece, probe.name, { text: probe.lines.join("\n") })],
  "firewall-file": (probe) => [thing("firewall", probe.name, sorted(probe.options))],
  job: (probe) => {
    const fixed = probe.job === "replication" ? { target: probe.target } : {};
    return [thing(probe.job, probe.id, sorted(probe.options), fixed)];
  },
  permission: ({ path, role, holders }) =>
    holders.map((holder) => thing("permission", `${path}:${role}:${holder}`, {}, { path, role, holder })),
  file: (probe) => (probe.guest === undefined ? [fileThing(probe)] : []),
  "kernel-line": kernelThings,
  "zfs-allow": allowedThings,
  packages: (probe) => probe.names.map((name) => thing("package", name)),
  timezone: (probe) => [thing("timezone", "host", { zone: probe.zone })],
  // Without root there is no host.
  "host-user": ({ user }) => (user === "root" ? [] : [thing("user", user)]),
  access: (probe) => [thing("access", `${probe.entry}/${probe.name}`)],
  interface: (probe) => [thing("interface", probe.name, {}, { type: probe.type })],
  sdn: (probe, { commands }) => [thing("sdn", `${probe.object}/${probe.id}`, {}, { path: commands[0]?.[2] ?? "" })],
  resolver: ({ servers, search }) => [
    thing("resolver", "host", { servers: servers.join(" "), ...(search === undefined ? {} : { search }) }),
  ],
  "directory-mapping": (probe) => [thing("mapping", probe.id)],
  "samba-user": (probe) => [thing("samba-user", probe.user)],
  "image-absent": (probe) => [thing("image", probe.path)],
  "nvidia-driver": (probe) => [thing("nvidia-driver", "host", { version: probe.version })],
  // Those of guests hold their data, and the folders of users are in their homes.
  directory: (probe, { resource }) =>
    probe.guest === undefined && !resource.startsWith("host.") ? [thing("directory", probe.path)] : [],
  // Guests have a memory of their own.
  "guest-absent": undefined,
  options: undefined,
  snippet: undefined,
  "snippets-unused": undefined,
  "cloud-init-drive": undefined,
  "raw-lines": undefined,
  "disk-size": undefined,
  "not-template": undefined,
  "snapshot-absent": undefined,
  "snapshot-present": undefined,
  "run-state": undefined,
  "guest-present": undefined,
  "restart-needed": undefined,
  "guest-rest": undefined,
  check: undefined,
  "guest-work": undefined,
  "template-inputs": undefined,
  // What takes back or tells is not taken back.
  "snapshot-retired": undefined,
  "guest-retired": undefined,
  "thing-retired": undefined,
  "file-retired": undefined,
  "permission-retired": undefined,
  "firewall-piece-retired": undefined,
  "firewall-rules-retired": undefined,
  // A part of a pool cannot be taken out of it; what the pool consists of is in its own declaration.
  "pool-vdev": undefined,
  "pool-disk": undefined,
  // These only bring into force what stands in a file, which is taken back.
  "zfs-parameter": undefined,
  "restart-of-host": undefined,
  "sdn-pending": undefined,
  "network-pending": undefined,
  // Only the plugin knows what its command makes.
  command: undefined,
};

/** With the commands that have to follow its removal. */
function fileThing(probe: Of<"file">): HostThing {
  const { before, then } = probe.removal ?? { then: probe.then };
  const commands: HostThing["fixed"] = {
    ...(before === undefined ? {} : { before: JSON.stringify(before) }),
    ...(then === undefined ? {} : { then: JSON.stringify(then) }),
  };
  return thing("file", fileName(probe), { text: probe.content }, commands);
}

/** Parameters by name, with all that is said of each, as `console=tty0 console=ttyS0`. */
function kernelThings({ parameters }: Of<"kernel-line">): readonly HostThing[] {
  if (parameters.length === 0) return [];
  const byName = new Map<string, string>();
  for (const text of parameters) {
    const name = text.split("=")[0] ?? text;
    const before = byName.get(name);
    byName.set(name, before === undefined ? text : `${before} ${text}`);
  }
  return [thing("kernel-line", "cmdline", sorted(byName))];
}

/** What somebody may do with a dataset, as it was declared last. */
function allowedThings(probe: Of<"zfs-allow">): readonly HostThing[] {
  if (probe.retired === true) return [];
  const { dataset, holder, name } = probe;
  const scopes = (["both", "local", "below"] as const).map((scope) => [scope, probe[scope].join(",")] as const);
  const given = scopes.filter(([, names]) => names !== "");
  const fixed = sorted([["dataset", dataset] as const, ["holder", holder] as const, ["of", name] as const, ...given]);
  return [thing("allow", `${dataset}:${holder}${name === "" ? "" : `:${name}`}`, {}, fixed)];
}
