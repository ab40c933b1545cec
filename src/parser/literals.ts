import type { LiteralKind } from "../syntax/ast.js";
import { parseIp } from "../text/ip.js";

/** A well-formed literal; `value` as in the tree. */
export interface Literal {
  readonly kind: LiteralKind;
  readonly value?: number;
}

/** A literal that no kind can want: what is wrong with it, and what was certainly meant. */
export interface LiteralProblem {
  readonly problem: "unit" | "glued" | "quotes" | "malformed";
  /** Follows the literal in a sentence. */
  readonly why: string;
  readonly suggested?: string;
}

/** One row of the table: the first whose pattern matches decides. */
interface Row {
  readonly pattern: RegExp;
  readonly read: (text: string, groups: readonly string[]) => Literal | LiteralProblem | undefined;
}

const KIBI = 1024;
const sizeUnits: Readonly<Record<string, number>> = { K: KIBI, M: KIBI ** 2, G: KIBI ** 3, T: KIBI ** 4 };
const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const malformed = (why: string, suggested?: string): LiteralProblem => ({
  problem: "malformed",
  why,
  ...(suggested === undefined ? {} : { suggested }),
});

/** Well-formed ones first, then the mistakes that deserve a sentence of their own. */
const rows: readonly Row[] = [
  { pattern: /^(?:0|[1-9]\d*)$/, read: (text) => integer(text) },
  { pattern: /^(?:0|[1-9]\d*)\.\d+$/, read: (text) => ({ kind: "decimal", value: Number(text) }) },
  { pattern: /^((?:0|[1-9]\d*)(?:\.\d+)?)([KMGT])(?:iB)?$/, read: (_, [number, unit]) => size(number, unit) },
  { pattern: /^(0|[1-9]\d*)(ms|s|m|h|d)$/, read: (_, [number, unit]) => duration(number, unit) },
  { pattern: /^((?:0|[1-9]\d*):(?:0|[1-9]\d*))$/, read: () => ({ kind: "ownership" }) },
  { pattern: /^[\dA-Fa-f]{4,8}:[\dA-Fa-f]{2}:[\dA-Fa-f]{2}(?:\.[0-7])?$/, read: () => ({ kind: "pci" }) },
  { pattern: /^[\dA-Fa-f]{2}(?::[\dA-Fa-f]{2}){5}$/, read: () => ({ kind: "mac" }) },
  { pattern: /^(\d+(?:\.\d+){3})$/, read: (text) => ipv4(text) },
  { pattern: /^(\d+(?:\.\d+){3})\/(\w+)$/, read: (_, [address, bits]) => cidr4(address ?? "", bits ?? "") },
  { pattern: /^(?=.*:.*:)([\dA-Fa-f:]+(?:\d+(?:\.\d+){3})?)$/, read: (text) => ipv6(text) },
  {
    pattern: /^(?=.*:.*:)([\dA-Fa-f:.]+)\/(\w+)$/,
    read: (_, [address, bits]) => (isIpv6(address ?? "") ? cidr("the prefix", bits ?? "", 128) : undefined),
  },
  {
    pattern: /^([\d.]+)([kmgt])i?b$/i,
    read: (_, [number, unit]) => ({
      problem: "unit",
      why: "is no size",
      suggested: `${number}${(unit ?? "").toUpperCase()}iB`,
    }),
  },
  { pattern: /^\d+(?:\.\d+)?(?:ms|[smhd])(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/, read: (text) => oneUnit(text) },
  { pattern: /^\d+\.\d+(?:ms|[smh])$/, read: (text) => oneUnit(text) },
  { pattern: /^(?=.*:)[\dA-Fa-f:.]+%\w/, read: () => malformed("has a zone, which an address here cannot have") },
  {
    pattern: /^[\dA-Fa-f]{2}:[\dA-Fa-f]{2}\.[0-7]$/,
    read: (text) => malformed("is a PCI address without its domain", `0000:${text}`),
  },
  {
    pattern: /^[\dA-Fa-f]{2}(?:-[\dA-Fa-f]{2}){5}$/,
    read: (text) => malformed("is no MAC address: its groups are joined by colons", text.replaceAll("-", ":")),
  },
  {
    pattern: /^(?:[\dA-Za-z]{1,2}:){5}[\dA-Za-z]{1,2}$/,
    read: () => malformed("is no MAC address: it has six groups of two hexadecimal digits"),
  },
  {
    pattern: /^[\dA-Fa-f]{2}(?::[\dA-Fa-f]{2}){3,6}$/,
    read: (text) => malformed(`is no MAC address: it has ${text.split(":").length} groups, not 6`),
  },
  { pattern: /^\d+(?:\.\d+)?%$/, read: () => malformed("is a percentage, which the language does not have") },
  {
    pattern: /^(\d+)([/%])(\d+)$/,
    read: (_, [left, operator, right]) => ({
      problem: "glued",
      why: "is one word",
      suggested: `${left} ${operator} ${right}`,
    }),
  },
  // Only its text counts: a version, a mode, a name that begins with a digit.
  { pattern: /^[\w.-]+$/, read: () => ({ kind: "text" }) },
];

/** Says what a bare literal is, from its text alone. */
export function classifyLiteral(text: string): Literal | LiteralProblem {
  for (const { pattern, read } of rows) {
    const match = pattern.exec(text);
    const found = match === null ? undefined : read(text, match.slice(1));
    if (found !== undefined) return found;
  }
  return { problem: "quotes", why: "is no literal" };
}

function integer(text: string): Literal | LiteralProblem {
  const value = Number(text);
  return Number.isSafeInteger(value) ? { kind: "int", value } : malformed("is larger than 9007199254740991");
}

function size(number = "", unit = ""): Literal | LiteralProblem {
  const value = Math.round(Number(number) * (sizeUnits[unit] ?? 1));
  return Number.isSafeInteger(value) ? { kind: "size", value } : malformed("is larger than 9007199254740991 bytes");
}

function duration(number = "", unit = ""): Literal | LiteralProblem {
  const value = Number(number) * (durationUnits[unit] ?? 1);
  return Number.isSafeInteger(value) ? { kind: "duration", value } : malformed("is longer than the language can count");
}

/** `1h30m` and `1.5h` as one whole number with the largest unit that it has. */
function oneUnit(text: string): LiteralProblem {
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    total += Number(number) * (durationUnits[unit ?? ""] ?? 1);
  }
  const unit = ["d", "h", "m", "s"].find((name) => total % (durationUnits[name] ?? 1) === 0) ?? "ms";
  const whole = Math.round(total / (durationUnits[unit] ?? 1));
  return malformed("is no duration: it has one whole number and one unit", `${whole}${unit}`);
}

function ipv4(text: string): Literal | LiteralProblem {
  const problem = octetProblem(text);
  return problem === undefined ? { kind: "ipv4" } : malformed(problem);
}

function octetProblem(address: string): string | undefined {
  for (const octet of address.split(".")) {
    if (Number(octet) > 255) return `is no address: ${octet} is above 255`;
    if (octet.length > 1 && octet.startsWith("0")) return `is no address: ${octet} has a leading zero`;
  }
  return undefined;
}

function cidr4(address: string, bits: string): Literal | LiteralProblem {
  const problem = octetProblem(address);
  return problem === undefined ? cidr("the prefix", bits, 32) : malformed(problem);
}

function cidr(what: string, bits: string, most: number): Literal | LiteralProblem {
  return /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most
    ? { kind: "cidr" }
    : malformed(`is no network: ${what} is a number from 0 to ${most}`);
}

/** Undefined for what is not an IPv6 address: later rows may know it better. */
function ipv6(text: string): Literal | undefined {
  return isIpv6(text) ? { kind: "ipv6" } : undefined;
}

function isIpv6(text: string): boolean {
  return parseIp(text)?.version === 6;
}
