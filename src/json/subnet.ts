/**
 * The network of an IPv4 address with prefix: `10.0.0.13/24` lies in `10.0.0.0/24`. Undefined for anything else, so that
 * IPv6 subnets have to be written out.
 */
export function networkOf(cidr: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const prefix = Number(match[5]);
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const masked = octets.map((octet, index) => {
    const bits = Math.min(Math.max(prefix - index * 8, 0), 8);
    return octet & ((0xff << (8 - bits)) & 0xff);
  });
  return `${masked.join(".")}/${prefix}`;
}
