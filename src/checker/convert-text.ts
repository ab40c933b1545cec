import { diagnose } from "../diagnostics/diagnostic.js";
import type { Extra } from "../diagnostics/diagnostic.js";
import { badAddress, badText } from "../diagnostics/catalogue/semantics.js";
import { propertyProblem } from "../plugin-api/index.js";
import type { OptionType } from "../plugin-api/index.js";
import { formatCidr, formatIp, networkOf, parseCidr, parseIp } from "../text/ip.js";
import { accept, close } from "./outcome.js";
import type { Attempt } from "./outcome.js";
import { plainText } from "./datum.js";
import type { Datum } from "./datum.js";
import { replacement } from "./words.js";
import { describeType, text } from "./values.js";

type StringType = Extract<OptionType, { type: "string" }>;
type PathType = Extract<OptionType, { type: "path" }>;

/** Free text: strings, words and what literals look like. Truth values are none; numbers count as written. */
export function convertString(datum: Datum, type: StringType, name: string): Attempt {
  const value = datum.type === "bool" ? undefined : textValue(datum, type.multiline === true);
  if (value === undefined) return undefined;
  if (datum.type === "text" && datum.form === "word" && value === "null") return undefined;
  const problem = textProblem(value, type);
  if (problem === undefined) return accept(text(value));
  return close(diagnose(badText, datum.span, { name, problem }, textHint(value, datum, type)));
}

/** Underscores where hyphens are wanted; braces of an interpolation without its `$`. */
function textHint(value: string, datum: Datum, { pattern }: StringType): Extra {
  const hyphened = value.replaceAll("_", "-");
  const fits = pattern !== undefined && hyphened !== value && anchored(pattern).test(hyphened);
  const isWritten = datum.type === "text" && datum.form === "word" && datum.via === undefined;
  if (fits) return isWritten ? { fix: replacement(hyphened, datum.span) } : { help: `for example ${hyphened}` };
  const [braced] = /\{[A-Za-z_][\w.]*\}/.exec(value) ?? [];
  return braced === undefined ? {} : { help: `an interpolation is written \`$${braced}\`` };
}

function textValue(datum: Datum, isMultiline: boolean): string | undefined {
  return datum.type === "text" && datum.isFile === true && isMultiline ? datum.value : plainText(datum);
}

function textProblem(value: string, type: StringType): string | undefined {
  if (value.includes("\0")) return "cannot hold a NUL character";
  if (type.multiline !== true && (value.includes("\n") || value.includes("\r"))) return "takes one line of text";
  const { length } = value;
  if (type.minLength !== undefined && length < type.minLength) {
    return length === 0 ? "cannot be empty" : `has ${length} characters; it must have at least ${type.minLength}`;
  }
  if (type.maxLength !== undefined && length > type.maxLength) {
    return `has ${length} characters; it may have ${type.maxLength}`;
  }
  if (type.pattern !== undefined && !anchored(type.pattern).test(value)) return expected(value, type);
  const problem = type.property === undefined ? undefined : propertyProblem(type.property, value);
  return problem === undefined ? undefined : `${expected(value, type)}: ${problem}`;
}

function expected(value: string, { describe, pattern = "" }: StringType): string {
  return `takes ${describe ?? `text that matches ${pattern}`}, not "${shortened(value)}"`;
}

const made = new Map<string, RegExp>();

/** The whole text has to match. */
export function anchored(pattern: string): RegExp {
  const known = made.get(pattern);
  if (known !== undefined) return known;
  const regexp = new RegExp(`^(?:${pattern})$`, "u");
  made.set(pattern, regexp);
  return regexp;
}

/** The beginning of a long text, for messages. */
export function shortened(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}...` : value;
}

/** An address without prefix, in its canonical form. */
export function convertIp(datum: Datum, type: OptionType, name: string): Attempt {
  const written = addressText(datum);
  if (written === undefined) return undefined;
  const ip = parseIp(written);
  // An IPv4 address has one form only.
  if (ip !== undefined) return accept(text(ip.version === 4 ? written : formatIp(ip)));
  if (!resemblesAddress(written)) return undefined;
  const cidr = parseCidr(written);
  const bare = cidr === undefined ? undefined : formatIp(cidr);
  const hint = bare === undefined ? ipv4Problem(written) : "write it without the prefix";
  return addressProblem(datum, type, name, written, hint, bare);
}

/** An address with prefix; a net has no bits set behind it. */
export function convertCidr(datum: Datum, type: Extract<OptionType, { type: "cidr" }>, name: string): Attempt {
  const written = addressText(datum);
  if (written === undefined) return undefined;
  const cidr = parseCidr(written);
  if (cidr === undefined) {
    if (!resemblesAddress(written)) return undefined;
    const hint = parseIp(written) === undefined ? ipv4Problem(written) : `it needs a prefix: ${written}/24`;
    return addressProblem(datum, type, name, written, hint);
  }
  const net = type.host === true ? cidr : networkOf(cidr);
  if (net.value === cidr.value) return accept(text(cidr.version === 4 ? written : formatCidr(cidr)));
  const meant = formatCidr(net);
  return addressProblem(datum, type, name, written, `the net of that address is ${meant}`, meant);
}

function addressText(datum: Datum): string | undefined {
  return datum.type === "text" ? plainText(datum) : undefined;
}

function addressProblem(
  datum: Datum,
  type: OptionType,
  name: string,
  found: string,
  hint?: string,
  meant?: string,
): Attempt {
  const extra: Extra = meant === undefined ? {} : { fix: replacement(meant, datum.span) };
  return close(
    diagnose(badAddress, datum.span, { name, found: shortened(found), expected: describeType(type), hint }, extra),
  );
}

/** Digits and dots, or hexadecimal groups: meant as an address, whatever is wrong with it. */
function resemblesAddress(written: string): boolean {
  if (!written.includes(".") && !written.includes(":")) return false;
  return /^\d[\d.]*\.[\d.]*(\/\S*)?$|^[0-9a-fA-F]*:[0-9a-fA-F:.]*(\/\S*)?$/.test(written);
}

function ipv4Problem(written: string): string | undefined {
  const parts = written.split("/", 1)[0]?.split(".") ?? [];
  const large = parts.find((part) => /^\d+$/.test(part) && Number(part) > 255);
  if (large !== undefined) return `${large} is larger than 255`;
  const padded = parts.find((part) => /^0\d+$/.test(part));
  if (padded !== undefined) return `${padded} has a leading zero`;
  const isIpv4 = /^[\d.]+$/.test(parts.join("."));
  if (isIpv4 && parts.length !== 4) return `it has ${parts.length} parts, not 4`;
  return /\/\S*$/.test(written) ? "its prefix is not one" : undefined;
}

/** Forms of the literals that are text to the kinds: pattern, and what counts as an attempt at it. */
const FORMS = {
  mac: { exact: /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/, attempt: /^[0-9a-zA-Z]{1,2}([:-][0-9a-zA-Z]{1,2}){3,7}$/ },
  pci: { exact: /^[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(\.[0-7])?$/, attempt: /^[0-9a-fA-F]+:[0-9a-zA-Z:.]+$/ },
  ownership: { exact: /^(0|[1-9]\d{0,9}):(0|[1-9]\d{0,9})$/, attempt: /^[^:]*:[^:]*$/ },
} as const;

/** MAC addresses, PCI addresses and owners, as written. */
export function convertPattern(datum: Datum, type: { readonly type: keyof typeof FORMS }, name: string): Attempt {
  const written = addressText(datum);
  if (written === undefined) return undefined;
  const { exact, attempt } = FORMS[type.type];
  const hint = formHint(type.type, written);
  if (exact.test(written) && hint === undefined) return accept(text(written));
  return attempt.test(written) || exact.test(written) ? addressProblem(datum, type, name, written, hint) : undefined;
}

function formHint(type: keyof typeof FORMS, written: string): string | undefined {
  if (type === "mac" && written.includes("-")) return "its groups are joined by colons";
  // Proxmox's mac-addr format: the lowest bit of the first byte is that of multicast.
  if (type === "mac" && /^.[13579bdfBDF]:/.test(written)) return "it is a multicast address, which no interface has";
  if (type === "pci" && /^[0-9a-fA-F]{2}:[0-9a-fA-F]{2}/.test(written)) return "it needs its domain: 0000:...";
  if (type === "ownership" && /[^\d:]/.test(written)) return "owners are numbers";
  return undefined;
}

/** Longest path that Linux takes, with its end. */
const MAX_PATH = 4095;

/** An absolute path; `.` and `..` in it would make equal paths look different. */
export function convertPath(datum: Datum, type: PathType, name: string): Attempt {
  const value = datum.type === "text" ? plainText(datum) : undefined;
  if (value === undefined) return undefined;
  const problem = pathProblem(value, type);
  if (problem === undefined) return accept(text(value));
  const isPath = value.includes("/") || (datum.type === "text" && datum.form === "string");
  return isPath ? close(diagnose(badText, datum.span, { name, problem })) : undefined;
}

function pathProblem(value: string, { without = "" }: PathType): string | undefined {
  if (value.includes("\0")) return "cannot hold a NUL character";
  if (value.includes("\n") || value.includes("\r")) return "takes a path on one line";
  if (value.trimEnd() !== value) return "takes a path that does not end in white space";
  if (!value.startsWith("/")) return `takes an absolute path, and "${shortened(value)}" does not begin with /`;
  if (value.length > MAX_PATH) return `has ${value.length} characters; a path may have ${MAX_PATH}`;
  if (value.includes("/.") && value.split("/").some((segment) => segment === "." || segment === ".."))
    return "takes a path without `.` and `..`";
  const separator = [...without].find((char) => value.includes(char));
  return separator === undefined
    ? undefined
    : `cannot hold \`${separator}\`, which separates the parts of an option of Proxmox`;
}
