/** IP addresses as numbers. Zones are not addresses here. */
export interface Ip {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** An address with its prefix length. */
export interface Cidr extends Ip {
  readonly prefix: number;
}

export function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** Strict: four decimal parts without leading zeros, or any RFC 4291 form of IPv6 without zone. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Ip | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { version: 4, value };
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

/** Dotted decimal, or IPv6 in the form of RFC 5952. */
export function formatIp(ip: Ip): string {
  if (ip.version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((ip.value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((ip.value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const run = longestZeroRun(groups);
  if (run === undefined) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
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

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const ip = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bitsOf(ip.version)) return undefined;
  return { ...ip, prefix: Number(length) };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr)}/${cidr.prefix}`;
}

/** The first address of the net: all host bits zero. */
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
  const size = 1n << BigInt(bitsOf(cidr.version) - cidr.prefix);
  const offset = n < 0 ? size + BigInt(n) : BigInt(n);
  if (offset < 0n || offset >= size) return undefined;
  return { version: cidr.version, value: networkOf(cidr).value + offset };
}
