import type { HostState } from "../state.js";
import { parseZfsSize, printZfsSize } from "./sizes.js";

/** A property that can be set: what it takes, and its value where nobody set it. */
interface Property {
  readonly default: string;
  /** The value as it is stored; undefined when it is refused. */
  readonly read: (value: string) => string | undefined;
  /** Says what it takes, for the refusal. */
  readonly takes: string;
  readonly inherits: boolean;
}

function words(list: string, fallback: string, inherits = true): Property {
  const all = list.split(" ");
  return {
    default: fallback,
    read: (v) => (all.includes(v) ? v : undefined),
    takes: `must be one of '${all.join(" | ")}'`,
    inherits,
  };
}

function size(fallback: string, limits: { readonly powerOfTwo: boolean }): Property {
  const read = (value: string): string | undefined => {
    if (value === "none" && fallback === "none") return "none";
    const bytes = parseZfsSize(value);
    if (
      bytes === undefined ||
      (limits.powerOfTwo && (!Number.isInteger(Math.log2(bytes)) || bytes < 512 || bytes > 16 * 1024 ** 2))
    )
      return undefined;
    return bytes === 0 && fallback === "none" ? "none" : `${bytes}`;
  };
  return {
    default: fallback,
    read,
    takes: limits.powerOfTwo ? "must be power of 2 from 512B to 16M" : "must be a size",
    inherits: limits.powerOfTwo,
  };
}

/** The properties that only one type of dataset has. */
const VOLUME_ONLY = new Set(["volsize", "volblocksize", "volthreading"]);
const OF_BOTH = new Set([
  ..."checksum compression copies dedup encryption keyformat keylocation logbias pbkdf2iters prefetch primarycache".split(
    " ",
  ),
  ..."readonly redundant_metadata refreservation reservation secondarycache snapdev snapshot_limit sync volmode".split(
    " ",
  ),
]);

/** Whether a type of dataset has a property; of those that are its owner's, and of quotas of users, each may have any. */
export function appliesTo(name: string, type: "filesystem" | "volume"): boolean {
  if (!Object.hasOwn(properties, name) || OF_BOTH.has(name)) return true;
  return VOLUME_ONLY.has(name) === (type === "volume");
}

const anything: Property = { default: "-", read: (v) => v, takes: "", inherits: true };

const count: Property = {
  default: "none",
  read: (v) => (v === "none" || /^\d+$/.test(v) ? v : undefined),
  takes: "must be a size",
  inherits: false,
};

const limit = size("none", { powerOfTwo: false });

/** `auto` becomes a number by the size of its volume: {@link neededBy}. */
const reserved: Property = { ...limit, read: (value) => (value === "auto" ? value : limit.read(value)) };

/** The bytes of an indirect block, and how many blocks one has pointers to. */
const INDIRECT = 128 * 1024;
const POINTERS = 1024;

/** The bytes that a volume may need at most, with its metadata, as ZFS reckons without parity: what `refreservation=auto` becomes. */
export function neededBy(volsize: number, volblocksize: number): number {
  let blocks = Math.floor(volsize / volblocksize);
  let indirect = 7;
  while (blocks > 1) {
    blocks = Math.floor((blocks + POINTERS - 1) / POINTERS);
    indirect += blocks;
  }
  return volsize + 2 * indirect * INDIRECT;
}

const levels = Array.from({ length: 9 }, (_, i) => `gzip-${i + 1}`).join(" ");
const zstd = Array.from({ length: 19 }, (_, i) => `zstd-${i + 1}`).join(" ");
const fast = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 500, 1000]
  .map((level) => `zstd-fast-${level}`)
  .join(" ");
const deduplicated = ["sha256", "sha512", "skein", "blake3"].map((sum) => `${sum} ${sum},verify`).join(" ");
const ciphers = ["ccm", "gcm"].flatMap((mode) => [128, 192, 256].map((bits) => `aes-${bits}-${mode}`)).join(" ");

const yes = "on off";
const caches = "all none metadata";

const properties: Readonly<Record<string, Property>> = {
  aclinherit: words("discard noallow restricted passthrough passthrough-x", "restricted"),
  aclmode: words("discard groupmask passthrough restricted", "discard"),
  acltype: words("off nfsv4 posix posixacl noacl", "off"),
  atime: words(yes, "on"),
  canmount: words("on off noauto", "on", false),
  casesensitivity: words("sensitive insensitive mixed", "sensitive"),
  checksum: words("on off fletcher2 fletcher4 sha256 noparity sha512 skein edonr blake3", "on"),
  compression: {
    ...words(`on off lzjb gzip ${levels} zle lz4 zstd zstd-fast ${zstd} ${fast}`, "on"),
    takes:
      "must be one of 'on | off | lzjb | gzip | gzip-[1-9] | zle | lz4 | zstd | zstd-[1-19] | zstd-fast | zstd-fast-[1-10,20,30,40,50,60,70,80,90,100,500,1000]'",
  },
  context: { ...anything, default: "none" },
  copies: words("1 2 3", "1"),
  dedup: words(`on off verify edonr,verify ${deduplicated}`, "off"),
  defcontext: { ...anything, default: "none" },
  devices: words(yes, "on"),
  direct: words("disabled standard always", "standard"),
  dnodesize: words("legacy auto 1k 2k 4k 8k 16k", "legacy"),
  encryption: words(`on off ${ciphers}`, "off"),
  exec: words(yes, "on"),
  filesystem_limit: count,
  fscontext: { ...anything, default: "none" },
  keyformat: words("none raw hex passphrase", "none", false),
  keylocation: { ...anything, default: "none", inherits: false },
  logbias: words("latency throughput", "latency"),
  longname: words(yes, "off"),
  mlslabel: { ...anything, default: "none" },
  mountpoint: {
    default: "",
    read: (v) => (v.startsWith("/") || v === "none" || v === "legacy" ? v : undefined),
    takes: "must be an absolute path, 'none', or 'legacy'",
    inherits: true,
  },
  nbmand: words(yes, "off"),
  normalization: words("none formC formD formKC formKD", "none"),
  overlay: words(yes, "on"),
  pbkdf2iters: size("0", { powerOfTwo: false }),
  prefetch: words(caches, "all"),
  primarycache: words(caches, "all"),
  quota: size("none", { powerOfTwo: false }),
  readonly: words(yes, "off"),
  recordsize: size(`${128 * 1024}`, { powerOfTwo: true }),
  redundant_metadata: words("all most some none", "all"),
  refquota: size("none", { powerOfTwo: false }),
  refreservation: reserved,
  relatime: words(yes, "on"),
  reservation: size("none", { powerOfTwo: false }),
  rootcontext: { ...anything, default: "none" },
  secondarycache: words(caches, "all"),
  setuid: words(yes, "on"),
  sharenfs: { ...anything, default: "off" },
  sharesmb: { ...anything, default: "off" },
  snapdev: words("hidden visible", "hidden"),
  snapdir: words("hidden visible disabled", "hidden"),
  snapshot_limit: count,
  special_small_blocks: { ...size("0", { powerOfTwo: false }), inherits: true },
  sync: words("standard always disabled", "standard"),
  utf8only: words(yes, "off"),
  version: words("1 2 3 4 5 current", "5", false),
  volblocksize: size(`${16 * 1024}`, { powerOfTwo: true }),
  volmode: words("default full geom dev none", "default"),
  volsize: size("-", { powerOfTwo: false }),
  volthreading: words(yes, "on"),
  vscan: words(yes, "off"),
  xattr: words("on off sa dir", "sa"),
  zoned: words(yes, "off"),
};

const READ_ONLY = new Set([
  ...["used", "available", "referenced", "type", "origin", "mounted", "creation"],
  ...["encryptionroot", "keystatus"],
]);

/** What is decided when a dataset is made. */
const decided = new Set(["casesensitivity", "encryption", "normalization", "utf8only", "volblocksize"]);

/** Whether `zfs set` refuses it: it is decided when a dataset is made. */
export function isDecided(name: string): boolean {
  return decided.has(name);
}

const sized = new Set([
  "quota",
  "recordsize",
  "refquota",
  "refreservation",
  "reservation",
  "special_small_blocks",
  "volblocksize",
  "volsize",
  "used",
  "available",
  "referenced",
]);

/** The names of the properties that `get all` shows. */
export const propertyNames: readonly string[] = ["type", ...Object.keys(properties)];

/** Whether datasets below have the property as well, so that it can be inherited. */
export function isInherited(name: string): boolean {
  return Object.hasOwn(properties, name) && properties[name]?.inherits === true;
}

/** A value as it is stored, or what `zfs` says of a wrong one. */
export function readProperty(name: string, value: string): { readonly value: string } | { readonly problem: string } {
  if (name.includes(":")) return { value };
  if (/^(?:user|group|project)(?:obj)?quota@./.test(name)) return readProperty("quota", value);
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (READ_ONLY.has(name)) return { problem: `'${name}' is readonly` };
  if (property === undefined) return { problem: `invalid property '${name}'` };
  if (/^(?:ref)?quota$/.test(name) && parseZfsSize(value) === 0)
    return { problem: "use 'none' to disable quota/refquota" };
  const stored = property.read(value);
  if (stored !== undefined) return { value: stored };
  const numeric = property.takes === "must be a size";
  return { problem: numeric ? `bad numeric value '${value}'` : `'${name}' ${property.takes}` };
}

/** A property's value with where it comes from, as `zfs get` shows them; undefined for a name that is none. */
export function getProperty(
  state: HostState,
  dataset: string,
  name: string,
  exact: boolean,
): { readonly value: string; readonly source: string } | undefined {
  const volume = state.datasets[dataset];
  if (name === "volsize" && volume?.type === "volume")
    return { value: show(name, `${volume.volsize ?? 0}`, exact), source: "local" };
  const fixed = fixedProperty(state, dataset, name);
  if (fixed !== undefined) return { value: show(name, fixed, exact), source: "-" };
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  for (let at: string | undefined = dataset; at !== undefined; at = parentOf(at)) {
    if (at !== dataset && property?.inherits === false) break;
    const local = state.datasets[at]?.properties[name];
    if (local === undefined) continue;
    // A volume's block that is as big as it would be anyway counts as not chosen.
    const isDefault = name === "volblocksize" && local === property?.default;
    const source = isDefault ? "default" : at === dataset ? "local" : `inherited from ${at}`;
    const value =
      name === "mountpoint" && at !== dataset && local.startsWith("/") ? `${local}${dataset.slice(at.length)}` : local;
    return { value: show(name, value, exact), source };
  }
  if (name.includes(":")) return { value: "-", source: "-" };
  if (/^(?:user|group|project)(?:obj)?quota@./.test(name)) return { value: exact ? "0" : "none", source: "local" };
  if (property === undefined) return undefined;
  const value = name === "mountpoint" ? `/${dataset}` : property.default;
  return { value: show(name, value, exact), source: "default" };
}

/** The dataset above; undefined for a pool's own. */
export function parentOf(dataset: string): string | undefined {
  const slash = dataset.lastIndexOf("/");
  return slash < 0 ? undefined : dataset.slice(0, slash);
}

const withoutLimit = new Set([
  ...["quota", "refquota", "reservation", "refreservation"],
  ...["filesystem_limit", "snapshot_limit"],
]);

/** What `zfs get -p` says of a limit that is none. */
const UNLIMITED = "18446744073709551615";

function show(name: string, value: string, exact: boolean): string {
  if (value === "none") return !exact || !withoutLimit.has(name) ? "none" : name.endsWith("_limit") ? UNLIMITED : "0";
  return sized.has(name) && /^\d+$/.test(value) ? printZfsSize(Number(value), exact) : value;
}

/** The dataset whose key a dataset uses. */
export function encryptionRoot(state: HostState, name: string): HostState["datasets"][string] | undefined {
  return state.datasets[rootName(state, name) ?? ""];
}

function rootName(state: HostState, name: string): string | undefined {
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at))
    if (state.datasets[at]?.key !== undefined) return at;
  return undefined;
}

function fixedProperty(state: HostState, name: string, property: string): string | undefined {
  const dataset = state.datasets[name];
  if (dataset === undefined) return undefined;
  const pool = state.pools[name.split("/")[0] ?? ""];
  if (property === "type") return dataset.type;
  if (property === "origin") return dataset.origin ?? "-";
  if (property === "used" || property === "referenced") return `${dataset.type === "volume" ? 57344 : 102400}`;
  if (property === "available") return `${pool?.size ?? 0}`;
  if (property === "mounted") {
    if (dataset.type === "volume") return "-";
    const isPlaced = getProperty(state, name, "mountpoint", false)?.value.startsWith("/") === true;
    return dataset.unmounted === true || !isPlaced ? "no" : "yes";
  }
  if (property === "encryptionroot") return rootName(state, name) ?? "-";
  if (property === "keystatus") {
    const root = encryptionRoot(state, name);
    return root === undefined ? "-" : root.locked === true ? "unavailable" : "available";
  }
  if (property === "name") return name;
  if (property === "creation") return "-";
  if (dataset.type === "volume") {
    return ["mountpoint", "recordsize", "quota", "atime", "canmount"].includes(property) ? "-" : undefined;
  }
  return property === "volsize" || property === "volblocksize" ? "-" : undefined;
}
