import type { Model, Resource, Section, Value } from "../model/resource.js";
import { firewallAlias, firewallEnd, firewallSet } from "./firewall-names.js";
import type { FirewallAlias, FirewallEnd, FirewallScope, FirewallSet } from "./firewall-names.js";
import { firewallPorts, firewallWords } from "./firewall-words.js";
import type { FirewallProblem } from "./firewall-words.js";
import { nets } from "./nets.js";
import { perResource } from "./per-model.js";
import { argOf, boolOf, sectionOf, sectionsOf, stringOf, textOf, valueOf } from "./values.js";

/** A rule: `in accept tcp 9001 from docker-1`, `group web on lan`. */
export interface FirewallRule {
  readonly section: Section;
  readonly direction: "in" | "out" | "forward" | "group";
  /** Upper case, as in the file; a group's name as written. */
  readonly action: string;
  /** A macro, in Proxmox's spelling. */
  readonly macro: string | undefined;
  readonly proto: string | undefined;
  /** In Proxmox's form: `80,443`, `8000:8010`. */
  readonly ports: string | undefined;
  readonly sourcePorts: string | undefined;
  readonly icmpType: string | undefined;
  /** `undefined`: from anywhere. */
  readonly source: FirewallEnd | undefined;
  /** `undefined`: to anywhere. */
  readonly dest: FirewallEnd | undefined;
  readonly comment: string | undefined;
  readonly log: string | undefined;
  /** The guest's interface, `net0`. */
  readonly iface: string | undefined;
  readonly enabled: boolean;
  readonly problem: FirewallProblem | undefined;
}

/** The firewall of a guest: its options, names and rules in order. */
export interface GuestFirewall {
  readonly section: Section;
  readonly enabled: boolean;
  readonly adopt: boolean;
  /** Upper case. */
  readonly policyIn: string | undefined;
  readonly policyOut: string | undefined;
  readonly aliases: readonly FirewallAlias[];
  readonly sets: readonly FirewallSet[];
  readonly rules: readonly FirewallRule[];
}

/** The `firewall` block of a guest, if it has one. */
export const firewallOf = perResource(readFirewall);

function readFirewall(resource: Resource, model: Model): GuestFirewall | undefined {
  const section = sectionOf(resource, "firewall");
  if (section === undefined) return undefined;
  return {
    section,
    enabled: boolOf(section, "enabled") ?? true,
    adopt: boolOf(section, "adopt") ?? false,
    policyIn: stringOf(section, "policy_in")?.toUpperCase(),
    policyOut: stringOf(section, "policy_out")?.toUpperCase(),
    aliases: sectionsOf(section, "alias").map((inner) => firewallAlias(inner, resource, model)),
    sets: sectionsOf(section, "ipset").map((inner) => firewallSet(inner, resource, model)),
    rules: firewallRules(section, resource, model),
  };
}

/** The rules in a block, in the order written, with names resolved to addresses. */
function firewallRules(section: Section, scope: FirewallScope, model: Model): readonly FirewallRule[] {
  return section.sections.flatMap((inner) => {
    if (inner.kind === "group") return [groupRule(inner, scope, model)];
    const direction = DIRECTIONS.find((word) => word === inner.kind);
    return direction === undefined ? [] : [firewallRule(inner, direction, scope, model)];
  });
}

/** The same of a block at the level of the file: a security group, or the firewall of the cluster or of a node. */
export const blockRules = perResource((resource, model) =>
  firewallRules(resource, resource.kind === "firewall" ? resource : undefined, model),
);

/** The blocks that are rules, each by its direction. */
const DIRECTIONS = ["in", "out", "forward"] as const;

function firewallRule(
  section: Section,
  direction: (typeof DIRECTIONS)[number],
  scope: FirewallScope,
  model: Model,
): FirewallRule {
  const words = firewallWords(matchOf(section));
  const sourcePorts = valueOf(section, "source_port");
  const on = interfaceOn(words.on, scope, model);
  return {
    section,
    direction,
    action: (argOf(section, "action") ?? "").toUpperCase(),
    macro: words.macro,
    proto: words.proto,
    ports: words.ports,
    sourcePorts: sourcePorts === undefined ? undefined : firewallPorts(sourcePorts),
    icmpType: stringOf(section, "icmp_type"),
    source: firewallEnd(words.from, scope, model),
    dest: firewallEnd(words.to, scope, model),
    comment: stringOf(section, "comment"),
    log: stringOf(section, "log"),
    iface: on.iface ?? stringOf(section, "iface"),
    enabled: boolOf(section, "enabled") ?? true,
    problem: words.problem ?? on.problem,
  };
}

function groupRule(section: Section, scope: FirewallScope, model: Model): FirewallRule {
  const { on: named, problem, ...rest } = firewallWords(matchOf(section));
  const on = interfaceOn(named, scope, model);
  const more = rest.proto ?? rest.macro ?? rest.ports ?? textOf(rest.from ?? rest.to);
  const unfit = more === undefined ? undefined : { word: more, expected: "`on` and an interface, or the end" };
  return {
    section,
    direction: "group",
    action: argOf(section, "name") ?? "",
    macro: undefined,
    proto: undefined,
    ports: undefined,
    sourcePorts: undefined,
    icmpType: undefined,
    source: undefined,
    dest: undefined,
    comment: stringOf(section, "comment"),
    log: undefined,
    iface: on.iface ?? stringOf(section, "iface"),
    enabled: boolOf(section, "enabled") ?? true,
    problem: problem ?? unfit ?? on.problem,
  };
}

function matchOf(section: Section): readonly Value[] {
  const rest = section.args.get("match");
  return rest?.type === "list" ? rest.items : [];
}

/** The interface that `on net0` or `on lan` means: of a network, the guest's first on it; for a node its bridge. */
function interfaceOn(
  value: Value | undefined,
  scope: FirewallScope,
  model: Model,
): { readonly iface?: string; readonly problem?: FirewallProblem } {
  if (value === undefined) return {};
  const word = textOf(value) ?? "list";
  if (scope === undefined) return { problem: { word: "on", expected: "no interface: a group holds for all guests" } };
  if (scope.kind === "firewall") return { iface: bridgeOf(word, model) };
  if (/^net\d{1,2}$/.test(word)) return { iface: word };
  const net = nets(scope, model).find(({ networkName }) => networkName === word);
  if (net !== undefined) return { iface: `net${net.index}` };
  return { problem: { word, expected: "an interface such as net0, or a network that the guest is on" } };
}

/** The interface of a node that is meant: the bridge of a network, else the name itself. */
function bridgeOf(word: string, model: Model): string {
  const network = model.resources.get(`network.${word}`);
  return (network && stringOf(network, "bridge")) ?? word;
}
