import { diagnose, firewallOf, guestRef } from "../../plugin-api/index.js";
import type {
  Diagnostic,
  FirewallRule,
  GuestFirewall,
  GuestRef,
  Lowered,
  Model,
  Resource,
} from "../../plugin-api/index.js";
import { unknownRuleName, unreadableRule } from "./findings.js";
import { makeStep } from "./step.js";

/** The first line of every file that is ours; the script overwrites no other. */
const MARK = "# Managed by phxc:";

/** How the file of a guest begins, whatever the guest's name is. */
export function firewallMark({ kind, id }: GuestRef): string {
  return `${MARK} ${kind} ${id}`;
}

/** Where Proxmox keeps a guest's rules. */
export function firewallPath(id: number): string {
  return `/etc/pve/firewall/${id}.fw`;
}

/** The step that makes the guest's firewall file: its whole text, so that a clone keeps nothing of its source's. */
export function firewallSteps(resource: Resource, model: Model): Lowered {
  const firewall = firewallOf(resource, model);
  if (firewall === undefined) return { steps: [], requirements: [] };
  const guest = guestRef(resource);
  const probe = {
    kind: "file",
    path: firewallPath(guest.id),
    content: firewallFile(guest, firewall),
    guest,
    adopt: firewall.adopt,
  } as const;
  const step = makeStep(resource, "firewall", {
    phase: "configure",
    risk: "interrupts",
    probe,
    commands: [],
    asked: firewall.section,
  });
  return { steps: [step], requirements: [], diagnostics: firewall.rules.flatMap(ruleFindings) };
}

function ruleFindings(rule: FirewallRule): readonly Diagnostic[] {
  const at = rule.section.headSpan;
  if (rule.problem !== undefined) return [diagnose(unreadableRule, at, rule.problem)];
  const ends = [rule.source, rule.dest].filter((end) => end !== undefined);
  const unknown = ends.flatMap((end) => end.addresses.filter((address) => !isFirewallAddress(address)));
  return unknown.map((name) => diagnose(unknownRuleName, at, { name }));
}

/** An address, net or range; a set (`+web`, `+dc/web`); an alias with its scope (`dc/gateway`, `guest/gateway`). */
function isFirewallAddress(text: string): boolean {
  const isNumeric = /^[0-9a-fA-F:./-]+$/.test(text) && /\d|::/.test(text) && /[.:]/.test(text);
  return isNumeric || /^\+?(dc\/|guest\/)[A-Za-z][A-Za-z0-9_-]*$/.test(text) || /^\+[A-Za-z][A-Za-z0-9_-]*$/.test(text);
}

/** The text of a guest's firewall file, as Proxmox reads it. */
function firewallFile(guest: GuestRef, firewall: GuestFirewall): string {
  const options = [
    `enable: ${firewall.enabled ? 1 : 0}`,
    ...(firewall.policyIn === undefined ? [] : [`policy_in: ${firewall.policyIn}`]),
    ...(firewall.policyOut === undefined ? [] : [`policy_out: ${firewall.policyOut}`]),
  ];
  const rules = firewall.rules.filter(isReadable).flatMap(ruleLines);
  const sections = [
    `${firewallMark(guest)} ${oneLine(guest.name)}. Changes are overwritten.`,
    `[OPTIONS]\n\n${options.join("\n")}`,
    ...(rules.length === 0 ? [] : [`[RULES]\n\n${rules.join("\n")}`]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Rules that have been reported, here or as naming a guest without an address, are never widened to "anywhere". */
function isReadable(rule: FirewallRule): boolean {
  const ends = [rule.source, rule.dest].filter((end) => end !== undefined);
  return rule.problem === undefined && ends.every((end) => end.addresses.length > 0);
}

/** One line; one for each family of addresses where a name stands for both, because a list of addresses must be of one. */
function ruleLines(rule: FirewallRule): readonly string[] {
  const families = [...new Set([rule.source, rule.dest].flatMap((end) => (end?.addresses ?? []).flatMap(familyOf)))];
  if (families.length < 2) return [ruleLine(rule, rule.source?.addresses, rule.dest?.addresses)];
  return families
    .toSorted((a, b) => a - b)
    .flatMap((family) => {
      const [source, dest] = [rule.source, rule.dest].map((end) =>
        end?.addresses.filter((text) => isOfFamily(text, family)),
      );
      return source?.length === 0 || dest?.length === 0 ? [] : [ruleLine(rule, source, dest)];
    });
}

/** 4 or 6; sets and aliases are of no family of their own. */
function familyOf(address: string): readonly number[] {
  if (address.includes(":")) return [6];
  return /^[\d./-]+$/.test(address) ? [4] : [];
}

function isOfFamily(address: string, family: number): boolean {
  const own = familyOf(address);
  return own.length === 0 || own.includes(family);
}

function ruleLine(
  rule: FirewallRule,
  source: readonly string[] | undefined,
  dest: readonly string[] | undefined,
): string {
  const comment = rule.comment === undefined ? "" : oneLine(rule.comment);
  const parts = [
    `${rule.enabled ? "" : "|"}${rule.direction.toUpperCase()}`,
    rule.action,
    ...option("-i", rule.iface),
    ...option("-source", source?.join(",")),
    ...option("-dest", dest?.join(",")),
    ...option("-p", rule.proto),
    ...option("-dport", rule.ports),
    ...option("-log", rule.log),
    ...(comment === "" ? [] : ["#", comment]),
  ];
  return parts.join(" ");
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/**
 * Line ends and other control characters would begin a rule of their own, and characters that turn the direction of
 * writing would deceive a reader: all become blanks.
 */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}
