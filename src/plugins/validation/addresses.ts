/** Arithmetic on IP addresses. Everything here is pure; what cannot be read is `undefined`. */

/** One address as a number, with its family. */
export interface Ip {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** All addresses from `low` to `high`, both included. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly low: bigint;
  readonly high: bigint;
}

/** Reads an IPv4 or IPv6 address without prefix. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Ip | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  let bits = 0;
  for (const part of text.split(".")) {
    const octet = Number(part);
    if (octet > 255) return undefined;
    bits = bits * 256 + octet;
  }
  return { family: 4, bits: BigInt(bits) };
}

function parseIpv6(text: string): Ip | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(ipv6Groups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
  return { family: 6, bits: groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n) };
}

/** The 16-bit groups of one side of `::`; the last one may be an IPv4 address. */
function ipv6Groups(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  for (const part of text.split(":")) {
    const ipv4 = part.includes(".") ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(Number(ipv4.bits >> 16n), Number(ipv4.bits & 0xffffn));
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Reads `10.0.0.0/24` as the range of its addresses; bits of the host part are ignored. */
export function parseCidr(text: string): IpRange | undefined {
  const slash = text.indexOf("/");
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (ip === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  return networkRange(ip, Number(prefix));
}

/** The addresses that share the first `prefix` bits with an address. */
export function networkRange(ip: Ip, prefix: number): IpRange | undefined {
  const width = ip.family === 4 ? 32 : 128;
  if (prefix < 0 || prefix > width) return undefined;
  const size = 1n << BigInt(width - prefix);
  const low = (ip.bits / size) * size;
  return { family: ip.family, low, high: low + size - 1n };
}

/** Reads one address, a CIDR or `a-b`. */
export function parseRange(text: string): IpRange | undefined {
  if (text.includes("/")) return parseCidr(text);
  const dash = text.indexOf("-");
  const low = parseIp(dash < 0 ? text : text.slice(0, dash));
  const high = dash < 0 ? low : parseIp(text.slice(dash + 1));
  if (low === undefined || high === undefined || low.family !== high.family || low.bits > high.bits) return undefined;
  return { family: low.family, low: low.bits, high: high.bits };
}

/** Whether an address lies in a range. */
export function contains(range: IpRange, ip: Ip): boolean {
  return range.family === ip.family && range.low <= ip.bits && ip.bits <= range.high;
}

/** Whether every address of `inner` lies in `outer`. */
export function covers(outer: IpRange, inner: IpRange): boolean {
  return outer.family === inner.family && outer.low <= inner.low && inner.high <= outer.high;
}

/** Whether two ranges have an address in common. */
export function overlaps(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.low <= b.high && b.low <= a.high;
}

const PRIVATE: readonly IpRange[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].flatMap((text) => {
  const range = parseCidr(text);
  return range === undefined ? [] : [range];
});

/** Whether all addresses of a range are private ones (RFC 1918 and RFC 4193). */
export function isPrivate(range: IpRange): boolean {
  return PRIVATE.some((block) => covers(block, range));
}

/** One spelling for equal addresses: `2001:db8::1` and `2001:DB8:0::1` have the same key. */
export function ipKey(ip: Ip): string {
  return `${ip.family}:${ip.bits.toString(16)}`;
}
