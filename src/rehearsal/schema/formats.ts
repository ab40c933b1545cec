/**
 * Proxmox's named formats. Each checker returns what Proxmox says about a wrong value, or undefined. The words are those of
 * Proxmox VE 9.2.
 */
type Checker = (value: string) => string | undefined;

const dnsName = /^(([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)\.)*([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)$/;
const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv4Net = new RegExp(`^${octet}(?:\\.${octet}){3}/(?:[1-9]|[12]\\d|3[012])$`);
const volumeId = /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i;
const configId = /^[a-z][a-z0-9_-]+$/i;

/** Whether it is an IPv6 address in any of the usual spellings. */
function isIpv6(value: string): boolean {
  if (!/^[0-9a-f:.]+$/i.test(value) || value.split("::").length > 2) return false;
  const tail = /[^:]+\.[^:]+$/.exec(value)?.[0];
  if (tail !== undefined && !ipv4.test(tail)) return false;
  const groups = (tail === undefined ? value : value.slice(0, -tail.length) + "0:0")
    .split("::")
    .flatMap((half) => (half === "" ? [] : half.split(":")));
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  return value.includes("::") ? groups.length < 8 : groups.length === 8;
}

function matches(pattern: RegExp, message: string): Checker {
  return (value) => (pattern.test(value) ? undefined : message);
}

function isIp(value: string): boolean {
  return ipv4.test(value) || isIpv6(value);
}

function volume(value: string): string | undefined {
  return volumeId.test(value) ? undefined : `unable to parse volume ID '${value}'`;
}

function configid(value: string): string | undefined {
  return configId.test(value) ? undefined : `invalid configuration ID '${value}'`;
}

function storageId(value: string): string | undefined {
  if (value.length < 2) return `storage ID '${value}' cannot be shorter than 2 characters`;
  return /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value) ? undefined : `storage ID '${value}' contains illegal characters`;
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

const checkers = {
  CIDR: (v: string) =>
    ipv4Net.test(v) || (isIpv6(v.split("/")[0] ?? "") && /\/\d{1,3}$/.test(v))
      ? undefined
      : "value does not look like a valid CIDR network",
  "address-list": () => undefined,
  cputype: cpuType,
  "disk-size": matches(/^\d+(\.\d+)?[KMGT]?$/, "value does not look like a valid disk size"),
  "dns-name": matches(dnsName, "value does not look like a valid DNS name"),
  ip: (v: string) => (isIp(v) || /^fe80:.*%\w+$/i.test(v) ? undefined : "value does not look like a valid IP address"),
  ipv4: matches(ipv4, "value does not look like a valid IPv4 address"),
  ipv6: (v: string) => (isIpv6(v) ? undefined : "value does not look like a valid IPv6 address"),
  "mac-addr": matches(
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i,
    "value does not look like a valid unicast MAC address",
  ),
  "pve-bootdev": matches(/^(?:ide|sata|scsi|virtio|net|usb|hostpci)\d+$/, "invalid boot device"),
  "pve-bridge-id": matches(/^[-_.\w\d]+$/, "value does not look like a valid bridge id"),
  "pve-configid": configid,
  "pve-content": (v: string) => (contentTypes.has(v) ? undefined : `invalid content type '${v}'`),
  "pve-cpuset": matches(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "unable to parse cpuset option"),
  "pve-ct-timezone": (v: string) => (isTimezone(v) ? undefined : `invalid time zone '${v}'`),
  "pve-hotplug": matches(/^(?:0|1|network|disk|cpu|memory|usb|cloudinit)$/, "unable to parse hotplug option"),
  "pve-ipv4-config": (v: string) =>
    v === "dhcp" || ipv4Net.test(v) ? undefined : "value does not look like a valid ipv4 network configuration",
  "pve-ipv6-config": (v: string) =>
    v === "dhcp" || v === "auto" || isIpv6Net(v)
      ? undefined
      : "value does not look like a valid ipv6 network configuration",
  "pve-lxc-dev": (v: string) =>
    /^\/dev\/.+$/.test(v) ? mountPath(v) && `${v} is not a valid device path` : `${v} is not a valid device path`,
  "pve-lxc-ip": (v: string) =>
    v === "manual" || v === "dhcp" || ipv4Net.test(v)
      ? undefined
      : "value does not look like a valid ipv4 network configuration",
  "pve-lxc-ip6": (v: string) =>
    ["manual", "dhcp", "auto"].includes(v) || isIpv6Net(v)
      ? undefined
      : "value does not look like a valid ipv6 network configuration",
  "pve-lxc-mp": mountPath,
  "pve-node": matches(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, "value does not look like a valid node name"),
  "pve-path": matches(/^\/.*$/, "value does not look like a valid absolute path"),
  "pve-poolid": matches(/^[A-Za-z0-9.\-_/]+$/, "value contains invalid characters"),
  "pve-startup-order": startupOrder,
  "pve-storage-id": storageId,
  "pve-tag": matches(/^[a-z0-9_][a-z0-9_\-+.]*$/i, "invalid characters in tag"),
  "pve-vmid": matches(/^[1-9][0-9]{2,8}$/, "value does not look like a valid VM ID"),
  "pve-volume-id": volume,
  "pve-volume-or-path": (v: string) => (v.startsWith("/") || v === "none" || v === "cdrom" ? undefined : volume(v)),
  urlencoded: matches(/^[-%a-zA-Z0-9_.!~*'()]*$/, "value is not URL encoded"),
  "zfs-blocksize": matches(/^[1-9]\d*[kKmM]?$/, "value does not look like a valid block size"),
} satisfies Record<string, Checker>;

export type FormatName = keyof typeof checkers;

/** What Proxmox says about `value` in this format; undefined when it is good. */
export function checkFormat(name: FormatName, value: string): string | undefined {
  return checkers[name](value);
}

/** Whether it is an address with a prefix length. */
function isIpv6Net(value: string): boolean {
  const [address, prefix] = value.split("/");
  return isIpv6(address ?? "") && prefix !== undefined && /^(?:[1-9]\d?|1[01]\d|12[0-8])$/.test(prefix);
}

function isTimezone(value: string): boolean {
  if (value === "host" || value === "UTC") return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
