import { parseRange, rangeCovers } from "../../plugin-api/index.js";
import type { FirewallEnd, FirewallRule, GuestFirewall, GuestNet, IpRange } from "../../plugin-api/index.js";

/** One end of a rule in comparable form: ranges of addresses, and names of sets and aliases, which are only equal to themselves. */
export interface EndMatch {
  readonly ranges: readonly IpRange[];
  readonly names: readonly string[];
}

/** The packets that a rule matches; what is `undefined` matches everything. */
export interface RuleMatch {
  readonly proto: string | undefined;
  readonly ports: readonly (readonly [number, number])[] | undefined;
  readonly source: EndMatch | undefined;
  readonly dest: EndMatch | undefined;
  readonly iface: string | undefined;
  /** Source ports and the type of messages, which are only equal to themselves. */
  readonly more: string | undefined;
}

const PLAIN_ACTIONS: readonly string[] = ["ACCEPT", "DROP", "REJECT"];

/**
 * What a rule matches. `undefined` for rules that cannot be compared: macros and groups (they hold protocols of their own),
 * unreadable ones, and those that name a guest without an address.
 */
function matchOf(rule: FirewallRule): RuleMatch | undefined {
  const isPlain = rule.macro === undefined && rule.direction !== "group" && PLAIN_ACTIONS.includes(rule.action);
  if (rule.problem !== undefined || !isPlain) return undefined;
  const source = endMatch(rule.source);
  const dest = endMatch(rule.dest);
  if (source === null || dest === null) return undefined;
  return { proto: rule.proto, ports: portRanges(rule.ports), source, dest, iface: rule.iface, more: moreOf(rule) };
}

function moreOf({ sourcePorts, icmpType }: FirewallRule): string | undefined {
  const parts = [sourcePorts, icmpType].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" ");
}

/** `null`: nothing is known about the end. */
function endMatch(end: FirewallEnd | undefined): EndMatch | undefined | null {
  if (end === undefined) return undefined;
  if (end.addresses.length === 0) return null;
  const parsed = end.addresses.map((text) => ({ text, range: parseRange(text) }));
  return {
    ranges: parsed.flatMap(({ range }) => (range === undefined ? [] : [range])),
    names: parsed.flatMap(({ text, range }) => (range === undefined ? [text] : [])),
  };
}

function portRanges(ports: string | undefined): RuleMatch["ports"] {
  return ports?.split(",").map((part): readonly [number, number] => {
    const [first, last] = part.split(":").map(Number);
    return [first ?? 0, last ?? first ?? 0];
  });
}

/** Whether every packet that `inner` matches is matched by `outer`. */
export function matchCovers(outer: RuleMatch, inner: RuleMatch): boolean {
  return (
    (outer.iface === undefined || outer.iface === inner.iface) &&
    (outer.more === undefined || outer.more === inner.more) &&
    (outer.proto === undefined || outer.proto === inner.proto) &&
    portsInclude(outer.ports, inner.ports) &&
    endCovers(outer.source, inner.source) &&
    endCovers(outer.dest, inner.dest)
  );
}

function portsInclude(outer: RuleMatch["ports"], inner: RuleMatch["ports"]): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  return inner.every(([low, high]) => outer.some(([from, to]) => from <= low && high <= to));
}

/** Whether a rule's ports include one port. */
export function portsCover(ports: RuleMatch["ports"], port: number): boolean {
  return portsInclude(ports, [[port, port]]);
}

/** Whether one end of a rule includes all of another. */
export function endCovers(outer: EndMatch | undefined, inner: EndMatch | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  const namesIn = inner.names.every((name) => outer.names.includes(name));
  return namesIn && inner.ranges.every((range) => outer.ranges.some((wide) => rangeCovers(wide, range)));
}

/** What decides whether rules are in force. */
interface Filtered {
  readonly firewall: GuestFirewall | undefined;
  readonly nets: readonly GuestNet[];
}

/** Whether a guest's firewall filters: it is enabled, and an interface has it switched on. */
export function filters(guest: Filtered): boolean {
  return guest.firewall?.enabled === true && guest.nets.some((net) => net.firewall === true);
}

/** What happens to a packet that no rule accepts; Proxmox's default for guests is DROP. */
export function effectivePolicyIn(guest: Filtered): string {
  return filters(guest) ? (guest.firewall?.policyIn ?? "DROP") : "ACCEPT";
}

/** A rule as it is written, for messages. */
export function ruleText(rule: FirewallRule): string {
  const parts = [rule.direction, rule.action.toLowerCase(), rule.macro, rule.proto, rule.ports];
  if (rule.source !== undefined) parts.push("from", rule.source.text);
  if (rule.dest !== undefined) parts.push("to", rule.dest.text);
  if (rule.sourcePorts !== undefined) parts.push(`(source port ${rule.sourcePorts})`);
  if (rule.icmpType !== undefined) parts.push(`(${rule.icmpType})`);
  return parts.filter((part) => part !== undefined).join(" ");
}

/** A rule with what it matches, read once; `match` is missing when it cannot be compared. */
export interface ReadRule {
  readonly rule: FirewallRule;
  readonly match: RuleMatch | undefined;
}

/** The rules of a firewall, each with what it matches. */
export function readRules(rules: readonly FirewallRule[] = []): readonly ReadRule[] {
  return rules.map((rule) => ({ rule, match: matchOf(rule) }));
}

/** How an earlier rule makes a later one pointless. */
export interface Overruling {
  readonly rule: FirewallRule;
  readonly by: FirewallRule;
  readonly kind: "repeated" | "covered" | "contrary";
}

/**
 * The rules of a guest that never decide anything, because an earlier one in the same direction matches all that they
 * match; each with the first such one. Proxmox takes the first rule that matches.
 */
export function overrulings(rules: readonly ReadRule[]): readonly Overruling[] {
  const found: Overruling[] = [];
  const earlier: { readonly rule: FirewallRule; readonly match: RuleMatch }[] = [];
  for (const { rule, match } of rules) {
    if (match === undefined || !rule.enabled) continue;
    const by = earlier.find((other) => other.rule.direction === rule.direction && matchCovers(other.match, match));
    if (by === undefined) {
      earlier.push({ rule, match });
      continue;
    }
    const isEqual = matchCovers(match, by.match);
    const kind = by.rule.action !== rule.action ? "contrary" : isEqual ? "repeated" : "covered";
    found.push({ rule, by: by.rule, kind });
  }
  return found;
}
