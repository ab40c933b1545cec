import { parseIp } from "../text/ip.js";
import { isTimeZone } from "../text/time-zones.js";

/** Says what Proxmox says about a wrong value; undefined about a good one. The words are those of Proxmox VE 9.2. */
type Checker = (value: string) => string | undefined;

/** A format that a pattern decides, with Proxmox's words about what does not match, and what it is for people. */
interface Form {
  readonly pattern: RegExp;
  readonly refusal: string;
  readonly describe?: string;
}

const volumeId = /[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?/;

/** Whether it is an IPv4 address: four decimal numbers without leading zeros. */
function isIpv4(value: string): boolean {
  return !value.includes(":") && parseIp(value) !== undefined;
}

/** Whether it is an IPv4 address with a prefix length, which is not 0. */
function isIpv4Net(value: string): boolean {
  const slash = value.indexOf("/");
  return slash !== -1 && isIpv4(value.slice(0, slash)) && /^(?:[1-9]|[12]\d|3[012])$/.test(value.slice(slash + 1));
}

/** Whether it is an IPv6 address in any of the usual spellings. */
function isIpv6(value: string): boolean {
  if (!/^[0-9a-f:.]+$/i.test(value) || value.split("::").length > 2) return false;
  const tail = /[^:]+\.[^:]+$/.exec(value)?.[0];
  if (tail !== undefined && !isIpv4(tail)) return false;
  const groups = (tail === undefined ? value : value.slice(0, -tail.length) + "0:0")
    .split("::")
    .flatMap((half) => (half === "" ? [] : half.split(":")));
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  return value.includes("::") ? groups.length < 8 : groups.length === 8;
}

function form(pattern: RegExp, refusal: string, describe?: string): Form {
  return { pattern, refusal, ...(describe === undefined ? {} : { describe }) };
}

function isIp(value: string): boolean {
  return isIpv4(value) || isIpv6(value);
}

function volume(value: string): string | undefined {
  return checkFormat("pve-volume-id", value);
}

function mountPath(value: string): string | undefined {
  return /(?:^|\/)\.\.?(?:\/|$)/.test(value) ? `${value} contains illegal character sequences` : undefined;
}

function startupOrder(value: string): string | undefined {
  const good = value.split(",").every((part) => /^(?:(?:order=)?\d+|up=\d+|down=\d+)$/.test(part));
  return good ? undefined : "unable to parse startup options";
}

function cpuType(value: string): string | undefined {
  if (value.startsWith("custom-") || cpuTypes.has(value)) return undefined;
  return `Built-in cputype '${value}' is not defined (missing 'custom-' prefix?)`;
}

/** Vendors' families with many variants are accepted by family; the names that plans commonly use are listed. */
const cpuTypes: { has: (name: string) => boolean } = {
  has: (name) =>
    /^(?:host|max|kvm32|kvm64|qemu32|qemu64|486|athlon|phenom|coreduo|core2duo|pentium[23]?|Conroe|Penryn|Nehalem|Westmere|SandyBridge|IvyBridge|KnightsMill)(?:-IBRS)?$/.test(
      name,
    ) ||
    /^x86-64-v(?:2|2-AES|3|4)$/.test(name) ||
    /^(?:EPYC|Haswell|Broadwell|Skylake|Cascadelake|Cooperlake|Icelake|SapphireRapids|GraniteRapids|SierraForest|ClearwaterForest|Opteron_G[1-5]|cortex-a|neoverse-|a64fx)[A-Za-z0-9_-]*$/.test(
      name,
    ),
};

const contentTypes = new Set(["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import", "none"]);

/** Proxmox's named formats. Patterns match the whole value; `%` in a refusal is the value. */
const formats = {
  CIDR: (v: string) =>
    isIpv4Net(v) || (isIpv6(v.split("/")[0] ?? "") && /\/\d{1,3}$/.test(v))
      ? undefined
      : "value does not look like a valid CIDR network",
  "address-list": () => undefined,
  cputype: cpuType,
  "disk-size": form(/\d+(\.\d+)?[KMGT]?/, "value does not look like a valid disk size"),
  "dns-name": form(
    /([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?/,
    "value does not look like a valid DNS name",
    "a DNS name: letters, digits and hyphens, in labels joined by dots",
  ),
  ip: (v: string) => (isIp(v) || /^fe80:.*%\w+$/i.test(v) ? undefined : "value does not look like a valid IP address"),
  ipv4: (v: string) => (isIpv4(v) ? undefined : "value does not look like a valid IPv4 address"),
  ipv6: (v: string) => (isIpv6(v) ? undefined : "value does not look like a valid IPv6 address"),
  "mac-addr": form(
    /[A-Fa-f0-9][02468ACEace](?::[A-Fa-f0-9]{2}){5}/,
    "value does not look like a valid unicast MAC address",
  ),
  "pve-bootdev": form(/(?:ide|sata|scsi|virtio|net|usb|hostpci)\d+/, "invalid boot device"),
  "pve-bridge-id": form(/[-_.\w\d]+/, "value does not look like a valid bridge id"),
  "pve-configid": form(
    /[A-Za-z][A-Za-z0-9_-]+/,
    "invalid configuration ID '%'",
    "a name: a letter, then letters, digits, `_` and `-`, two characters at least",
  ),
  "pve-content": (v: string) => (contentTypes.has(v) ? undefined : `invalid content type '${v}'`),
  "pve-cpuset": form(/\d+(-\d+)?(,\d+(-\d+)?)*/, "unable to parse cpuset option", "a list of host cores such as 0-3,8"),
  "pve-ct-timezone": (v: string) => (v === "host" || isTimeZone(v) ? undefined : `invalid time zone '${v}'`),
  "pve-hotplug": form(/(?:0|1|network|disk|cpu|memory|usb|cloudinit)/, "unable to parse hotplug option"),
  "pve-ipv4-config": (v: string) =>
    v === "dhcp" || isIpv4Net(v) ? undefined : "value does not look like a valid ipv4 network configuration",
  "pve-ipv6-config": (v: string) =>
    v === "dhcp" || v === "auto" || isIpv6Net(v)
      ? undefined
      : "value does not look like a valid ipv6 network configuration",
  "pve-lxc-dev": (v: string) =>
    /^\/dev\/.+$/.test(v) ? mountPath(v) && `${v} is not a valid device path` : `${v} is not a valid device path`,
  "pve-lxc-ip": (v: string) =>
    v === "manual" || v === "dhcp" || isIpv4Net(v)
      ? undefined
      : "value does not look like a valid ipv4 network configuration",
  "pve-lxc-ip6": (v: string) =>
    ["manual", "dhcp", "auto"].includes(v) || isIpv6Net(v)
      ? undefined
      : "value does not look like a valid ipv6 network configuration",
  "pve-lxc-mp": mountPath,
  "pve-node": form(
    /[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?/,
    "value does not look like a valid node name",
    "a node's name: letters, digits and hyphens",
  ),
  "pve-path": form(/\/.*/, "value does not look like a valid absolute path"),
  "pve-poolid": form(/[A-Za-z0-9.\-_/]+/, "value contains invalid characters"),
  "pve-startup-order": startupOrder,
  "pve-storage-id": form(
    /[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]/,
    "storage ID '%' contains illegal characters",
    "a storage name: a letter, then letters, digits, `.`, `_` and `-`, ending in a letter or digit",
  ),
  "pve-tag": form(
    /[A-Za-z0-9_][A-Za-z0-9_+.-]*/,
    "invalid characters in tag",
    "a tag: letters, digits, `_`, then also `+`, `.` and `-`",
  ),
  "pve-vmid": form(/[1-9][0-9]{2,8}/, "value does not look like a valid VM ID"),
  "pve-volume-id": form(
    volumeId,
    "unable to parse volume ID '%'",
    "a volume: the storage, a colon and a name, as in local:snippets/hook.sh",
  ),
  "pve-volume-or-path": (v: string) => (v.startsWith("/") || v === "none" || v === "cdrom" ? undefined : volume(v)),
  urlencoded: form(/[-%a-zA-Z0-9_.!~*'()]*/, "value is not URL encoded"),
  "zfs-blocksize": form(/[1-9]\d*[kKmM]?/, "value does not look like a valid block size", "a block size such as 16k"),
} satisfies Record<string, Checker | Form>;

export type FormatName = keyof typeof formats;

/** What Proxmox says about `value` in this format; undefined when it is good. */
export function checkFormat(name: FormatName, value: string): string | undefined {
  const format: Checker | Form = formats[name];
  if (typeof format === "function") return format(value);
  if (name === "pve-storage-id" && value.length < 2) return `storage ID '${value}' cannot be shorter than 2 characters`;
  return new RegExp(`^(?:${format.pattern.source})$`).test(value)
    ? undefined
    : format.refusal.replaceAll("%", () => value);
}

/** The pattern of a format with its meaning; undefined where a pattern does not decide, or nobody has to write it. */
export function patternOf(name: FormatName): { readonly pattern: string; readonly describe: string } | undefined {
  const format: Checker | Form = formats[name];
  if (typeof format === "function" || format.describe === undefined) return undefined;
  return { pattern: format.pattern.source, describe: format.describe };
}

/** Whether it is an address with a prefix length. */
function isIpv6Net(value: string): boolean {
  const [address, prefix] = value.split("/");
  return isIpv6(address ?? "") && prefix !== undefined && /^(?:[1-9]\d?|1[01]\d|12[0-8])$/.test(prefix);
}
