import {
  netAddresses,
  bootOf,
  cloneSource,
  disks,
  firewallOf,
  blockRules,
  formatIp,
  guests,
  isTemplate,
  mounts,
  needsOf,
  nets,
  perModel,
  parseIp,
  refOf,
  resourcesOf,
  settingOf,
  snapshotsOf,
  storages,
  stringOf,
} from "../../plugin-api/index.js";
import type {
  Address,
  Boot,
  CloneSource,
  DeclaredStorage,
  GuestSnapshot,
  GuestAddress,
  FirewallRule,
  GuestDisk,
  GuestFirewall,
  GuestMount,
  GuestNet,
  Model,
  Resource,
  Section,
  Setting,
  Span,
} from "../../plugin-api/index.js";
import { overrulings, readRules } from "./firewall-match.js";
import type { Overruling, ReadRule } from "./firewall-match.js";

/** What the rules ask about a guest, read once. */
export interface Guest {
  readonly resource: Resource;
  /** `ct 101 gateway`: how messages name it. */
  readonly label: string;
  readonly template: boolean;
  readonly nets: readonly GuestNet[];
  readonly disks: readonly GuestDisk[];
  readonly mounts: readonly GuestMount[];
  readonly boot: Boot | undefined;
  readonly firewall: GuestFirewall | undefined;
  readonly rules: readonly ReadRule[];
  /** The rules of its firewall that never decide anything. */
  readonly overrulings: readonly Overruling[];
  readonly clone: CloneSource | undefined;
  readonly needs: readonly Address[];
  readonly snapshots: readonly GuestSnapshot[];
  /** It runs without anybody's doing: started at boot, or kept running. Templates never do. */
  readonly starts: boolean;
  /** The declared host that it belongs to; `undefined` when none is declared or several are and it does not say. */
  readonly host: Resource | undefined;
}

/** What the rules ask about a whole model. */
export interface Facts {
  readonly guests: readonly Guest[];
  readonly byAddress: ReadonlyMap<Address, Guest>;
  /** Guests by each static address, under {@link formatIp}. */
  readonly byIp: ReadonlyMap<string, readonly Guest[]>;
  /** Clones by the guest that they are made from. */
  readonly clones: ReadonlyMap<Address, readonly Guest[]>;
  readonly hosts: readonly Resource[];
  readonly networks: readonly Resource[];
  readonly storages: ReadonlyMap<string, DeclaredStorage>;
  /** The rules that never decide anything, of each firewall: of guests, of the cluster, of nodes. */
  readonly overruled: readonly (readonly Overruling[])[];
  /** The rules of all guests, of security groups, and of the firewalls of the cluster and of nodes. */
  readonly firewallRules: readonly FirewallRule[];
}

/** The facts of a model. */
export const factsOf = perModel(gather);

function gather(model: Model): Facts {
  const hosts = resourcesOf(model, "host");
  const all = guests(model).map((resource) => guestFacts(resource, model, hosts));
  const clones = new Map<Address, Guest[]>();
  const byIp = new Map<string, Guest[]>();
  for (const guest of all) {
    if (guest.clone !== undefined) push(clones, guest.clone.address, guest);
    for (const key of addressKeys(guest)) push(byIp, key, guest);
  }
  return {
    guests: all,
    byAddress: new Map(all.map((guest) => [guest.resource.address, guest])),
    byIp,
    clones,
    hosts,
    networks: resourcesOf(model, "network"),
    storages: new Map(storages(model).map((storage) => [storage.id, storage])),
    overruled: [
      ...all.map((guest) => guest.overrulings),
      ...resourcesOf(model, "firewall").map((own) => overrulings(readRules(blockRules(own, model)))),
    ],
    firewallRules: [
      ...all.flatMap(({ firewall }) => firewall?.rules ?? []),
      ...resourcesOf(model, "group").flatMap((group) => blockRules(group, model)),
      ...resourcesOf(model, "firewall").flatMap((own) => blockRules(own, model)),
    ],
  };
}

function guestFacts(resource: Resource, model: Model, hosts: readonly Resource[]): Guest {
  const boot = bootOf(resource);
  const template = isTemplate(resource);
  const firewall = firewallOf(resource, model);
  const rules = readRules(firewall?.rules);
  const hostAddress = refOf(resource, "host");
  const onlyHost = hosts.length === 1 ? hosts[0] : undefined;
  return {
    resource,
    label: labelOf(resource),
    template,
    nets: nets(resource, model),
    disks: disks(resource),
    // One without a path, or without a place in the container, has been reported: no rule can say more of it.
    mounts: mounts(resource).filter(({ hostPath, at }) => hostPath !== "" && at !== ""),
    boot,
    firewall,
    rules,
    overrulings: overrulings(rules),
    clone: cloneSource(resource, model),
    needs: needsOf(resource),
    snapshots: snapshotsOf(resource),
    starts: !template && (boot?.start === true || stringOf(resource, "state") === "running"),
    host: hostAddress === undefined ? onlyHost : hosts.find((host) => host.address === hostAddress),
  };
}

/** The static addresses of a guest, each with its interface. */
export function staticAddresses({ nets }: Guest): readonly (GuestAddress & { readonly net: GuestNet })[] {
  return nets.flatMap((net) => netAddresses(net).map((address) => ({ ...address, net })));
}

function addressKeys(guest: Guest): ReadonlySet<string> {
  const ips = staticAddresses(guest).map(({ address }) => parseIp(address));
  return new Set(ips.flatMap((ip) => (ip === undefined ? [] : [formatIp(ip)])));
}

/** `vm 8001 docker-1`: how messages name a guest; other resources by kind and name. */
export function labelOf(resource: Resource): string {
  // Without a readable name, a guest is called by its id.
  if (resource.name === String(resource.id)) return `${resource.kind} ${resource.id}`;
  return resource.id === undefined
    ? `${resource.kind} ${resource.name}`
    : `${resource.kind} ${resource.id} ${resource.name}`;
}

/** Adds to the list of a key. */
export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Where a finding about a setting points: its value, or the head of the block when nothing sets it. */
export function placeOf(section: Section, name: string): Span {
  return settingOf(section, name)?.span ?? section.headSpan;
}

/** Where a finding about an argument points: the argument, or the head of the block. */
export function argPlaceOf(section: Section, name: string): Span {
  return section.argSpans.get(name) ?? section.headSpan;
}

/** The guests that a guest is cloned from, nearest first; a cycle (reported elsewhere) ends the chain. */
export function cloneChain(guest: Guest, facts: Facts): readonly Guest[] {
  const chain: Guest[] = [];
  const seen = new Set<Address>([guest.resource.address]);
  let next = guest.clone?.address;
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    const source = facts.byAddress.get(next);
    if (source === undefined) break;
    chain.push(source);
    next = source.clone?.address;
  }
  return chain;
}

/** The setting that decides an option which clones take over: the guest's own, else that of the nearest source that has one. */
export function inheritedSetting(guest: Guest, name: string, facts: Facts): Setting | undefined {
  const own = settingOf(guest.resource, name);
  if (own !== undefined) return own;
  for (const source of cloneChain(guest, facts)) {
    const setting = settingOf(source.resource, name);
    if (setting !== undefined) return setting;
  }
  return undefined;
}

/** A few labels as one phrase: `a, b and c`; more than `most` are counted. */
export function phrase(labels: readonly string[], most = 12): string {
  const shown = labels.length > most ? [...labels.slice(0, most), `${labels.length - most} more`] : labels;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes as people write them here: in the largest unit that keeps the number whole, else with one decimal. */
export function bytes(count: number): string {
  const exact = UNITS.findLastIndex((_, unit) => count % 1024 ** unit === 0);
  const largest = UNITS.findLastIndex((_, unit) => count >= 1024 ** unit);
  const unit = count !== 0 && exact > 0 ? exact : Math.max(largest, 0);
  const value = count / 1024 ** unit;
  return `${Number.isInteger(value) ? value : value.toFixed(1)}${UNITS[unit] ?? "B"}`;
}
