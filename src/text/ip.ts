/** Arithmetic on IP addresses. Everything here is pure; what cannot be read is `undefined`. */

/** An address as a number. Zones are not addresses here. */
export interface Ip {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** An address with its prefix length; a net when no bit behind the prefix is set. */
export interface Cidr extends Ip {
  readonly prefix: number;
}

/** All addresses from `low` to `high`, both included. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly low: bigint;
  readonly high: bigint;
}

/** Strict: four decimal parts without leading zeros, or any RFC 4291 form of IPv6 without zone. */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(":")) return parseIpv6(text);
  return text.includes(".") ? parseIpv4(text) : undefined;
}

function parseIpv4(text: string): Ip | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    const octet = Number(part);
    if (!(octet >= 0 && octet <= 255) || String(octet) !== part) return undefined;
    value = value * 256 + octet;
  }
  return { version: 4, value: BigInt(value) };
}

function parseIpv6(text: string): Ip | undefined {
  const lastColon = text.lastIndexOf(":");
  const tail = text.slice(lastColon + 1);
  if (tail.includes(".")) {
    const v4 = parseIpv4(tail);
    if (v4 === undefined) return undefined;
    const groups = `${(v4.value >> 16n).toString(16)}:${(v4.value & 0xffffn).toString(16)}`;
    return parseIpv6(text.slice(0, lastColon + 1) + groups);
  }
  const groups = expandGroups(text);
  if (groups === undefined || groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return { version: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** The eight groups, with `::` filled in. */
function expandGroups(text: string): readonly string[] | undefined {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left.length === 8 ? left : undefined;
  const right = tail === "" ? [] : tail.split(":");
  const missing = 8 - left.length - right.length;
  return missing < 1 ? undefined : [...left, ...Array.from({ length: missing }, () => "0"), ...right];
}

/** Dotted decimal, or IPv6 in the form of RFC 5952: one spelling for equal addresses. */
export function formatIp(ip: Ip): string {
  if (ip.version === 4) return formatIpv4(Number(ip.value));
  const groups = Array.from({ length: 8 }, (_, i) => ((ip.value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const run = longestZeroRun(groups);
  if (run === undefined) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  let start = 0;
  while (start < groups.length) {
    let end = start;
    while (groups[end] === "0") end++;
    const length = end - start;
    if (length >= 2 && length > (best?.length ?? 0)) best = { start, length };
    start = end + 1;
  }
  return best;
}

/** Reads `10.0.0.5/24`; bits behind the prefix stay. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const ip = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bitsOf(ip.version)) return undefined;
  return { version: ip.version, value: ip.value, prefix: Number(length) };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr)}/${cidr.prefix}`;
}

/** The first address of the net: all bits behind the prefix zero. */
export function networkOf(cidr: Cidr): Cidr {
  const host = BigInt(bitsOf(cidr.version) - cidr.prefix);
  return { ...cidr, value: (cidr.value >> host) << host };
}

/** The address that many places further; undefined outside the address space. */
export function addToIp<T extends Ip>(ip: T, offset: number): T | undefined {
  const value = ip.value + BigInt(offset);
  return value < 0n || value >= 1n << BigInt(bitsOf(ip.version)) ? undefined : { ...ip, value };
}

/** The n-th address of a net, from its end when negative (-1 is the last); undefined outside of it. */
export function hostOf(cidr: Cidr, n: number): Ip | undefined {
  const { version, low, high } = netRange(cidr);
  const value = n < 0 ? high + 1n + BigInt(n) : low + BigInt(n);
  return value < low || value > high ? undefined : { version, value };
}

/** Reads one address, a net (`10.0.0.0/24`; bits behind the prefix do not count) or `a-b`. */
export function parseRange(text: string): IpRange | undefined {
  if (text.includes("/")) {
    const cidr = parseCidr(text);
    return cidr === undefined ? undefined : netRange(cidr);
  }
  const dash = text.indexOf("-");
  const low = parseIp(dash < 0 ? text : text.slice(0, dash));
  const high = dash < 0 ? low : parseIp(text.slice(dash + 1));
  if (low === undefined || high === undefined || low.version !== high.version || low.value > high.value)
    return undefined;
  return { version: low.version, low: low.value, high: high.value };
}

function netRange(cidr: Cidr): IpRange {
  const low = networkOf(cidr).value;
  return { version: cidr.version, low, high: low + (1n << BigInt(bitsOf(cidr.version) - cidr.prefix)) - 1n };
}

/** Whether an address lies in a range. */
export function rangeHolds(range: IpRange, ip: Ip): boolean {
  return range.version === ip.version && range.low <= ip.value && ip.value <= range.high;
}

/** Whether every address of `inner` lies in `outer`. */
export function rangeCovers(outer: IpRange, inner: IpRange): boolean {
  return outer.version === inner.version && outer.low <= inner.low && inner.high <= outer.high;
}

/** Whether two ranges have an address in common. */
export function rangesOverlap(a: IpRange, b: IpRange): boolean {
  return a.version === b.version && a.low <= b.high && b.low <= a.high;
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].flatMap((text) => parseRange(text) ?? []);

/** Whether all addresses of a range are private ones (RFC 1918 and RFC 4193). */
export function isPrivateRange(range: IpRange): boolean {
  return PRIVATE.some((block) => rangeCovers(block, range));
}

function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}
