import type { Plan, Probe, Step, Vdev } from "../../model/plan.js";
import { inheritedMountpoint } from "../../plugin-api/index.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));

/** A part of a pool in one word, as the runtime compares it: `data mirror /dev/disk/by-id/a /dev/disk/by-id/b`. */
export function vdevText({ role, type, disks }: Vdev): string {
  return [role, type, ...disks].join(" ");
}

/** Properties that nobody is to have set. */
export function inherited(properties: readonly string[] = []): ShellWord[] {
  return properties.flatMap((property) => [bare("--inherit"), value(property)]);
}

/** What ZFS takes only for a volume that is there; a new one has it. */
export function keptFree({ properties }: Extract<Probe, { kind: "dataset" }>): ShellWord[] {
  const isAuto = properties.some(([name, text]) => name === "refreservation" && text === "auto");
  return isAuto ? [bare("--auto")] : [];
}

/** The call that sets properties of a pool that the plan does not make, each on a line of its own. */
export function renderPoolThere({ pool, properties, rootProperties, rootInherit }: PoolProbe): string {
  const pair =
    (flag: string) =>
    ([name, text]: readonly [string, string]): ShellWord =>
      ShellWord.join([bare(flag), value(`${name}=${text}`)]);
  const pairs = [...properties.map(pair("-o")), ...rootProperties.map(pair("-O"))];
  return ShellWord.call("pool_there", [...inherited(rootInherit), value(pool)], pairs);
}

/** The call that gives somebody exactly these permissions. */
export function renderAllowed(probe: Extract<Probe, { kind: "zfs-allow" }>): string {
  const { dataset, holder, name } = probe;
  const retired = probe.retired === true ? [bare("--retired")] : [];
  const scopes = (["both", "local", "below"] as const).filter((scope) => probe[scope].length > 0);
  const words = scopes.map((scope) => ShellWord.join([bare(`--${scope}`), value(probe[scope].join(","))]));
  return ShellWord.call("delegate", [...retired, value(dataset), bare(holder), value(name)], words);
}

/** What preflight reads and compares of ZFS: one command for all pools, one for all datasets, then what each pool is made of. */
export function renderZfs({ steps }: Pick<Plan, "steps">): readonly string[] {
  return [
    ...poolsRead(steps),
    ...datasetsRead(steps),
    ...allowedRead(steps),
    ...steps.flatMap((step) => needPool(step, steps)),
    ...emptyPlaces(steps),
  ];
}

/** Where file systems are to be mounted: nothing is there that they would hide. */
function emptyPlaces(steps: readonly Step[]): readonly string[] {
  const own = new Map<string, PoolProbe["properties"]>();
  for (const { probe } of steps) {
    if (probe.kind === "dataset") own.set(probe.dataset, probe.properties);
    else if (probe.kind === "pool") own.set(probe.pool, probe.rootProperties);
  }
  const declared = (dataset: string, property: string): string | undefined =>
    own.get(dataset)?.find(([name]) => name === property)?.[1];
  return steps.flatMap(({ probe }) => {
    if (probe.kind !== "dataset" || probe.bytes !== undefined) return [];
    if ((declared(probe.dataset, "canmount") ?? "on") !== "on") return [];
    const path = inheritedMountpoint(probe.dataset, (dataset) => declared(dataset, "mountpoint"));
    return path === undefined ? [] : [ShellWord.call("need_empty", [value(probe.dataset), value(path)])];
  });
}

type PoolProbe = Extract<Probe, { kind: "pool" }>;

function poolsRead(steps: readonly Step[]): readonly string[] {
  const pools = steps.flatMap(({ probe }) => (probe.kind === "pool" ? [probe] : []));
  const retired = steps.flatMap(({ probe }) =>
    probe.kind === "thing-retired" && probe.thing === "pool" ? [probe] : [],
  );
  if (pools.length === 0 && retired.length === 0) return [];
  const left = retired.flatMap(({ option }) =>
    option === undefined || ofRoot(option.name) !== undefined ? [] : [option.name],
  );
  const names = new Set(["ashift", ...pools.flatMap(({ properties }) => properties.map(([name]) => name)), ...left]);
  return [ShellWord.call("read_pools", [value([...names].sort().join(","))])];
}

/** The property of a pool's root dataset that an option of the pool means; undefined where it is one of the pool itself. */
function ofRoot(option: string): string | undefined {
  return option.startsWith("dataset.") ? option.slice("dataset.".length) : undefined;
}

/** What tells whether a file system has to be mounted, and whether it can be. */
const MOUNTED = ["canmount", "keystatus", "mounted", "mountpoint"];

/** What tells whether a key has to be loaded, and who else uses it. */
const KEYED = ["encryption", "encryptionroot", "keyformat", ...MOUNTED];

function datasetsRead(steps: readonly Step[]): readonly string[] {
  const read = steps.flatMap(
    ({ probe }): readonly { readonly name: string; readonly properties: readonly string[] }[] => {
      if (probe.kind === "dataset") {
        const mounted = probe.bytes === undefined ? MOUNTED : [];
        const keyed = probe.key === undefined ? mounted : KEYED;
        return [{ name: probe.dataset, properties: [...namesOf(probe.properties, probe.inherit), ...keyed] }];
      }
      if (probe.kind === "pool") {
        const properties = namesOf(probe.rootProperties, probe.rootInherit);
        return properties.length === 0 ? [] : [{ name: probe.pool, properties }];
      }
      if (probe.kind === "zfs-allow") return [{ name: probe.dataset, properties: [] }];
      if (probe.kind !== "thing-retired") return [];
      const root = probe.thing === "pool" ? ofRoot(probe.option?.name ?? "") : undefined;
      if (root !== undefined) return [{ name: probe.name, properties: [root] }];
      if (probe.thing !== "dataset") return [];
      return [{ name: probe.name, properties: probe.option === undefined ? [] : [probe.option.name] }];
    },
  );
  if (read.length === 0) return [];
  const names = new Set(["type", ...read.flatMap(({ properties }) => properties)]);
  if (steps.some(({ probe }) => probe.kind === "dataset" && probe.bytes !== undefined)) names.add("volsize");
  const datasets = [...new Set([...read.map(({ name }) => name), ...passedThrough(steps)])];
  return [ShellWord.call("read_datasets", [value([...names].sort().join(","))], datasets.map(value))];
}

/** What lies between a dataset with a key and a declared one below it: it has to be mounted before that one. */
function passedThrough(steps: readonly Step[]): readonly string[] {
  const own = steps.flatMap(({ probe }) => (probe.kind === "dataset" ? [probe] : []));
  return own.flatMap(({ key, dataset: top }) =>
    own.flatMap(({ dataset }) => {
      if (key === undefined || !dataset.startsWith(`${top}/`)) return [];
      const below = dataset.slice(top.length + 1).split("/");
      return below.slice(0, -1).map((_, i) => [top, ...below.slice(0, i + 1)].join("/"));
    }),
  );
}

/** Those above come before those below. */
function allowedRead(steps: readonly Step[]): readonly string[] {
  const datasets = steps.flatMap(({ probe }) => (probe.kind === "zfs-allow" ? [probe.dataset] : []));
  return datasets.length === 0 ? [] : [ShellWord.call("read_allowed", [...new Set(datasets)].sort().map(value))];
}

function namesOf(properties: PoolProbe["properties"], inherit: readonly string[] = []): readonly string[] {
  return [...properties.map(([name]) => name), ...inherit];
}

/** What a pool is made of, each part on a line of its own, with what may be added and replaced in it. */
function needPool({ probe }: Step, steps: readonly Step[]): readonly string[] {
  if (probe.kind !== "pool") return [];
  const own = steps.flatMap((step) => ("pool" in step.probe && step.probe.pool === probe.pool ? [step.probe] : []));
  const added = new Set(own.flatMap((other) => (other.kind === "pool-vdev" ? [vdevText(other.vdev)] : [])));
  const parts = probe.vdevs
    .map(vdevText)
    .map((text) => (added.has(text) ? ShellWord.join([bare("--add"), value(text)]) : value(text)));
  const replaced = own.flatMap((other) =>
    other.kind === "pool-disk" ? [ShellWord.join([bare("--replace"), value(other.old), value(other.new)])] : [],
  );
  const ashift = probe.ashift === undefined ? [] : [bare("--ashift"), bare(probe.ashift)];
  return [ShellWord.call("need_pool", [value(probe.pool), ...ashift], [...replaced, ...parts])];
}
