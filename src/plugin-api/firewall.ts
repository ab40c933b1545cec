import type { Address, Model, Resource, Section, Value } from "../model/resource.js";
import { guests } from "./guest.js";
import { nets } from "./nets.js";
import { argOf, boolOf, sectionOf, stringOf, textOf } from "./values.js";

/** One end of a firewall rule. */
export interface FirewallEnd {
  /** As written. */
  readonly text: string;
  /** The guest, network or host that it names, if it names one. */
  readonly resource: Address | undefined;
  /** In Proxmox's form: addresses, ranges (`a-b`), CIDRs, sets (`+web`), aliases. Empty when a named guest has no static address. */
  readonly addresses: readonly string[];
}

/** What makes a rule unreadable: the word, and what it should have been. */
export interface FirewallProblem {
  readonly word: string;
  readonly expected: string;
}

/** A rule of a guest: `in accept tcp 9001 from docker-1`. */
export interface FirewallRule {
  readonly section: Section;
  readonly direction: "in" | "out";
  /** Upper case, as in the file; a macro's or group's name stays as written. */
  readonly action: string;
  readonly proto: string | undefined;
  /** In Proxmox's form: `80,443`, `8000:8010`. */
  readonly ports: string | undefined;
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

/** The firewall of a guest: its options and rules in order. */
export interface GuestFirewall {
  readonly section: Section;
  readonly enabled: boolean;
  readonly adopt: boolean;
  /** Upper case. */
  readonly policyIn: string | undefined;
  readonly policyOut: string | undefined;
  readonly rules: readonly FirewallRule[];
}

/** The `firewall` block of a guest, if it has one. */
export function firewallOf(resource: Resource, model: Model): GuestFirewall | undefined {
  const section = sectionOf(resource, "firewall");
  if (section === undefined) return undefined;
  return {
    section,
    enabled: boolOf(section, "enabled") ?? true,
    adopt: boolOf(section, "adopt") ?? false,
    policyIn: stringOf(section, "policy_in")?.toUpperCase(),
    policyOut: stringOf(section, "policy_out")?.toUpperCase(),
    rules: firewallRules(resource, model),
  };
}

/** The firewall rules of a guest in the order written, with names resolved to addresses. */
export function firewallRules(resource: Resource, model: Model): readonly FirewallRule[] {
  const section = sectionOf(resource, "firewall");
  if (section === undefined) return [];
  return section.sections
    .filter((inner) => inner.kind === "in" || inner.kind === "out")
    .map((inner) => firewallRule(inner, model));
}

function firewallRule(section: Section, model: Model): FirewallRule {
  const rest = section.args.get("match");
  const words = readWords(rest?.type === "list" ? rest.items : []);
  return {
    section,
    direction: section.kind === "out" ? "out" : "in",
    action: (argOf(section, "action") ?? "").toUpperCase(),
    proto: words.proto,
    ports: words.ports,
    source: firewallEnd(words.from, model),
    dest: firewallEnd(words.to, model),
    comment: stringOf(section, "comment"),
    log: stringOf(section, "log"),
    iface: stringOf(section, "iface"),
    enabled: boolOf(section, "enabled") ?? true,
    problem: words.problem,
  };
}

interface Words {
  proto?: string;
  ports?: string;
  from?: Value;
  to?: Value;
  problem?: FirewallProblem;
}

/** Reads `[PROTO [PORTS]] ["from" X] ["to" Y]`; the first word that does not fit is the problem. */
function readWords(items: readonly Value[]): Words {
  const words: Words = {};
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined) break;
    const text = textOf(item);
    if (text === "from" || text === "to") {
      const end = items[++i];
      if (end === undefined) words.problem ??= { word: text, expected: `an address or a name after \`${text}\`` };
      else if (words[text] !== undefined) words.problem ??= { word: text, expected: `only one \`${text}\`` };
      else words[text] = end;
    } else {
      readProtoOrPorts(words, item, text);
    }
  }
  return words;
}

function readProtoOrPorts(words: Words, item: Value, text: string | undefined): void {
  const isEarly = words.from === undefined && words.to === undefined;
  const ports = portsOf(item);
  if (isEarly && words.proto === undefined && ports === undefined && text !== undefined) {
    words.proto = text.toLowerCase();
    if (!PROTOCOLS.has(words.proto)) words.problem ??= { word: text, expected: "a protocol such as tcp, udp or icmp" };
  } else if (isEarly && words.proto !== undefined && words.ports === undefined && ports !== undefined) {
    words.ports = ports;
  } else {
    words.problem ??= { word: text ?? "list", expected: expectedInstead(words, text, isEarly) };
  }
}

function expectedInstead({ proto, ports }: Words, text: string | undefined, isEarly: boolean): string {
  if (isEarly && proto === undefined) return "a protocol before the ports";
  if (!isEarly || ports !== undefined) return "`from`, `to` or the end";
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  if (first !== undefined) return `a range of ports: \`${first}..${last}\``;
  return /^\d/.test(text ?? "") ? "a port from 0 to 65535" : "a port as a number, `from`, `to` or the end";
}

const MAX_PORT = 65535;

/** The names in Debian's /etc/protocols, which Proxmox's firewall reads, and its own `icmpv6`. */
const PROTOCOLS: ReadonlySet<string> = new Set([
  ...[
    "ip",
    "icmp",
    "igmp",
    "ggp",
    "ipencap",
    "st",
    "tcp",
    "egp",
    "igp",
    "pup",
    "udp",
    "hmp",
    "xns-idp",
    "rdp",
    "iso-tp4",
  ],
  ...["dccp", "xtp", "ddp", "idpr-cmtp", "ipv6", "ipv6-route", "ipv6-frag", "idrp", "rsvp", "gre", "esp", "ah", "skip"],
  ...[
    "ipv6-icmp",
    "ipv6-nonxt",
    "ipv6-opts",
    "rspf",
    "vmtp",
    "eigrp",
    "ospf",
    "ax.25",
    "ipip",
    "etherip",
    "encap",
    "pim",
  ],
  ...[
    "ipcomp",
    "vrrp",
    "l2tp",
    "isis",
    "sctp",
    "fc",
    "mobility-header",
    "udplite",
    "mpls-in-ip",
    "manet",
    "hip",
    "shim6",
  ],
  ...["wesp", "rohc", "ethernet", "mptcp", "icmpv6"],
]);

/** Ports in Proxmox's form: an integer, a range, a list of both, or text of digits. */
function portsOf(value: Value): string | undefined {
  if (value.type === "number" || value.type === "string") return portText(String(value.value));
  if (value.type !== "list") return undefined;
  const parts = value.items.map(portsOf);
  return parts.every((part) => part !== undefined) ? parts.join(value.range === true ? ":" : ",") : undefined;
}

function portText(text: string): string | undefined {
  const isPorts = /^\d+([:,]\d+)*$/.test(text) && text.split(/[:,]/).every((port) => Number(port) <= MAX_PORT);
  return isPorts ? text : undefined;
}

function firewallEnd(value: Value | undefined, model: Model): FirewallEnd | undefined {
  if (value === undefined) return undefined;
  if (value.type === "list") return listEnd(value, model);
  const text = textOf(value) ?? "";
  if (text === "any") return undefined;
  const named = value.type === "ref" ? model.resources.get(value.address) : byName(text, model);
  return { text, resource: named?.address, addresses: named === undefined ? [text] : addressesOf(named, model) };
}

function listEnd(list: Extract<Value, { type: "list" }>, model: Model): FirewallEnd {
  if (list.range === true) {
    const ends = list.items.map((item) => textOf(item) ?? "");
    return { text: ends.join(".."), resource: undefined, addresses: [ends.join("-")] };
  }
  const ends = list.items.map((item) => firewallEnd(item, model)).filter((end) => end !== undefined);
  return {
    text: ends.map((end) => end.text).join(", "),
    resource: undefined,
    addresses: ends.flatMap((end) => end.addresses),
  };
}

/** What looks like an address names nothing: no search through all guests for the usual case. */
const ADDRESS = /^[\d.]+(\/\d+)?$|:/;

function byName(text: string, model: Model): Resource | undefined {
  if (ADDRESS.test(text)) return undefined;
  const others = ["network", "host"].map((kind) => model.resources.get(`${kind}.${text}`));
  return guests(model).find((guest) => guest.name === text) ?? others.find((found) => found !== undefined);
}

/** The addresses that stand for a named thing: a guest's static ones, a network's subnet, a host's address. */
export function addressesOf(resource: Resource, model: Model): readonly string[] {
  const subnet = resource.kind === "network" ? stringOf(resource, "subnet") : stringOf(resource, "address");
  if (resource.kind === "network" || resource.kind === "host") return subnet === undefined ? [] : [subnet];
  return nets(resource, model).flatMap((net) => (net.address === undefined ? [] : [net.address]));
}
