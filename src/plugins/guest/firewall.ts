import {
  FILE_MARK,
  GUEST_FIREWALL_FLAGS,
  boolOf,
  declaredPiece,
  diagnose,
  firewallOf,
  firewallUses,
  guestRef,
  stringOf,
} from "../../plugin-api/index.js";
import type {
  Address,
  Diagnostic,
  FirewallRule,
  GuestFirewall,
  GuestRef,
  Lowered,
  Model,
  Requirement,
  Resource,
} from "../../plugin-api/index.js";
import { unknownRuleName, unreadableRule } from "./findings.js";
import { aliasLines, oneLine, ruleLines, setLines } from "./firewall-text.js";
import { makeStep } from "./step.js";

/** How the file of a guest begins, whatever the guest's name is. */
export function firewallMark({ kind, id }: GuestRef): string {
  return `${FILE_MARK} ${kind} ${id}`;
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
  const requirements = pieceRequirements(firewall.rules, [resource.address], model);
  return { steps: [step], requirements, diagnostics: firewall.rules.flatMap(ruleFindings) };
}

/** What rules name and no file declares: the host must have it. Proxmox drops a rule that names something unknown. */
export function pieceRequirements(
  rules: readonly FirewallRule[],
  blocks: readonly Address[],
  model: Model,
): readonly Requirement[] {
  return firewallUses(rules.filter(isReadable)).flatMap((use): readonly Requirement[] => {
    if (use.scope === "guest" || declaredPiece(use, model) !== undefined) return [];
    return [{ kind: "firewall-piece", piece: use.kind, name: use.name, blocks, source: use.span }];
  });
}

/** What is wrong with the words of a rule. */
export function ruleFindings(rule: FirewallRule): readonly Diagnostic[] {
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

/** The text of a guest's firewall file, as Proxmox reads it: a name must stand before what uses it. */
function firewallFile(guest: GuestRef, firewall: GuestFirewall): string {
  const options = [`enable: ${firewall.enabled ? 1 : 0}`, ...optionLines(firewall)];
  const aliases = firewall.aliases.flatMap((alias) => aliasLines(alias));
  const sets = firewall.sets.map((set) => setLines(set));
  const rules = firewall.rules.filter(isReadable).flatMap(ruleLines);
  const sections = [
    `${firewallMark(guest)} ${oneLine(guest.name)}. Changes are overwritten.`,
    `[OPTIONS]\n\n${options.join("\n")}`,
    ...(aliases.length === 0 ? [] : [`[ALIASES]\n\n${aliases.join("\n")}`]),
    ...sets.map(([head, ...members]) => `${head}\n\n${members.join("\n")}`.trimEnd()),
    ...(rules.length === 0 ? [] : [`[RULES]\n\n${rules.join("\n")}`]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function optionLines({ section, policyIn, policyOut }: GuestFirewall): readonly string[] {
  const line = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${name}: ${value}`];
  const flags = Object.keys(GUEST_FIREWALL_FLAGS).flatMap((name) => {
    const value = boolOf(section, name);
    return line(name, value === undefined ? undefined : value ? "1" : "0");
  });
  const levels = ["log_level_in", "log_level_out"].flatMap((name) => line(name, stringOf(section, name)));
  return [...flags, ...levels, ...line("policy_in", policyIn), ...line("policy_out", policyOut)];
}

/** Rules that have been reported, here or as naming a guest without an address, are never widened to "anywhere". */
export function isReadable(rule: FirewallRule): boolean {
  const ends = [rule.source, rule.dest].filter((end) => end !== undefined);
  return rule.problem === undefined && ends.every((end) => end.addresses.length > 0);
}
