import { ICMP_PROTOCOLS, IPV6_MACROS } from "../../plugin-api/index.js";
import type { FirewallAlias, FirewallEnd, FirewallRule, FirewallSet } from "../../plugin-api/index.js";

/**
 * Lines of firewall files, in the form in which Proxmox writes them: what somebody edits in the web interface compares equal
 * afterwards.
 */

/** One end of a rule as Proxmox takes it: addresses of one family, or one range, set or alias; undefined: anywhere. */
type Part = { readonly text: string; readonly family: Family | undefined } | undefined;
type Family = 4 | 6;

/**
 * The lines of a rule: one, or several where an end is of both families or names more than one set, range or alias, which
 * Proxmox takes in no list. None where its ends and its protocol have no family in common.
 */
export function ruleLines(rule: FirewallRule): readonly string[] {
  return pairsOf(rule)
    .toSorted((a, b) => (a.families[0] ?? 0) - (b.families[0] ?? 0))
    .map(({ source, dest }) => ruleLine(rule, source?.text, dest?.text));
}

/** Whether a rule has any line. */
export function hasLines(rule: FirewallRule): boolean {
  return pairsOf(rule).length > 0;
}

/** The ends of the lines of a rule. */
function pairsOf(
  rule: FirewallRule,
): readonly { readonly source: Part; readonly dest: Part; readonly families: readonly Family[] }[] {
  const dests = partsOf(rule.dest);
  return partsOf(rule.source).flatMap((source) =>
    dests
      .map((dest) => ({ source, dest, families: familiesOf(rule, source, dest) }))
      .filter(({ families }) => families.length < 2),
  );
}

/** The families that the parts and the protocol ask for; more than one: no packet has both. */
function familiesOf({ proto, macro }: FirewallRule, source: Part, dest: Part): readonly Family[] {
  const own: Family | undefined = proto === "icmp" ? 4 : isIpv6(proto, macro) ? 6 : undefined;
  return [...new Set([source?.family, dest?.family, own].filter((family) => family !== undefined))];
}

function isIpv6(proto: string | undefined, macro: string | undefined): boolean {
  return (proto !== undefined && ICMP_PROTOCOLS.has(proto)) || (macro !== undefined && IPV6_MACROS.has(macro));
}

function partsOf(end: FirewallEnd | undefined): readonly Part[] {
  if (end === undefined) return [undefined];
  const listed: Record<Family, string[]> = { 4: [], 6: [] };
  const alone: Part[] = [];
  for (const text of end.addresses) {
    const family = familyOf(text);
    if (family === undefined || text.includes("-")) alone.push({ text, family: end.families?.get(text) ?? family });
    else listed[family].push(text);
  }
  const joined = ([4, 6] as const).filter((family) => listed[family].length > 0);
  return [...joined.map((family) => ({ text: listed[family].join(","), family })), ...alone];
}

/** Sets are of no family of their own, nor are aliases that no file declares. */
function familyOf(address: string): Family | undefined {
  if (address.includes("dc/") || address.includes("guest/")) return undefined;
  if (address.includes(":")) return 6;
  return /^[\d./-]+$/.test(address) ? 4 : undefined;
}

function ruleLine(rule: FirewallRule, source: string | undefined, dest: string | undefined): string {
  const action = rule.macro === undefined ? rule.action : `${rule.macro}(${rule.action})`;
  const parts = [
    `${rule.enabled ? "" : "|"}${rule.direction.toUpperCase()}`,
    action,
    ...option("-i", rule.iface),
    ...option("-source", source),
    ...option("-dest", dest),
    ...option("-p", rule.proto),
    ...option("-dport", rule.ports),
    ...option("-sport", rule.sourcePorts),
    ...option("-log", rule.log),
    ...option("-icmp-type", rule.icmpType),
  ];
  return withComment(parts.join(" "), rule.comment);
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** The line of an alias; none for one that stands for nothing that can be written. */
export function aliasLines({ name, addresses, comment }: FirewallAlias, mark?: string): readonly string[] {
  const [address, ...more] = addresses;
  if (address === undefined || more.length > 0) return [];
  return [withComment(`${name} ${short(address)}`, marked(mark, comment))];
}

/** The head of a set and its members, in the order in which Proxmox writes them. */
export function setLines({ name, members, comment }: FirewallSet, mark?: string): readonly string[] {
  const lines = new Map<string, string>();
  for (const { text, addresses, except, comment: own } of members) {
    for (const address of addresses.map(short)) {
      if (lines.has(address)) continue;
      lines.set(address, withComment(`${except ? "!" : ""}${address}`, own ?? (text === address ? undefined : text)));
    }
  }
  const sorted = [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return [withComment(`[IPSET ${name}]`, marked(mark, comment)), ...sorted];
}

/** What Proxmox writes for the net of one address. */
function short(address: string): string {
  return address.replace(address.includes(":") ? /\/128$/ : /\/32$/, "");
}

/** A comment that says whose a thing is, before what the files say of it. */
export function marked(mark: string | undefined, comment: string | undefined): string | undefined {
  if (mark === undefined) return comment;
  const own = comment === undefined ? "" : oneLine(comment);
  return own === "" ? mark : `${mark}: ${own}`;
}

/** A line with a comment behind it. */
export function withComment(line: string, comment: string | undefined): string {
  const text = comment === undefined ? "" : oneLine(comment);
  return text === "" ? line : `${line} # ${text}`;
}

/**
 * Line ends and other control characters would begin a rule of their own, and characters that turn the direction of
 * writing would deceive a reader: all become blanks.
 */
export function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
}
