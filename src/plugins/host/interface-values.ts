import {
  argOf,
  boolOf,
  diagnose,
  networkOf,
  parseCidr,
  parseIp,
  settingOf,
  stringOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Section } from "../../plugin-api/index.js";
import { addressUnfit, portUnfit, tagUnfit, vlansUnaware } from "./findings-interfaces.js";

const nameOf = (section: Section): string => argOf(section, "name") ?? "";
const spanOf = (section: Section, name: string) => settingOf(section, name)?.span ?? section.headSpan;

/** What the values of one interface say that Proxmox would refuse, or that would cut the host off. */
export function valueFindings(section: Section, declared: readonly Section[]): readonly Diagnostic[] {
  return [
    ...addressFindings(section, "address", 4),
    ...addressFindings(section, "address6", 6),
    ...tagFindings(section),
    ...belowFindings(section, declared),
  ];
}

function addressFindings(section: Section, option: "address" | "address6", version: 4 | 6): readonly Diagnostic[] {
  const text = stringOf(section, option);
  const cidr = text === undefined ? undefined : parseCidr(text);
  if (text === undefined || cidr === undefined) return [];
  const reason = addressReason(cidr, version, stringOf(section, version === 4 ? "gateway" : "gateway6"));
  if (reason === undefined) return [];
  return [diagnose(addressUnfit, spanOf(section, option), { address: text, name: nameOf(section), reason })];
}

function addressReason(
  cidr: NonNullable<ReturnType<typeof parseCidr>>,
  version: 4 | 6,
  gateway: string | undefined,
): string | undefined {
  if (cidr.version !== version) {
    return version === 4 ? "it is one of IPv6, which `address6` takes" : "it is one of IPv4, which `address` takes";
  }
  const way = gateway === undefined ? undefined : parseIp(gateway);
  if (way?.version === version && way.value === cidr.value) return "it is that of the gateway";
  // Networks of two addresses, or of one, have no others (RFC 3021).
  if (version === 6 || cidr.prefix > 30) return undefined;
  const first = networkOf(cidr).value;
  if (cidr.value === first) return "it is the network's own";
  const last = first + (1n << BigInt(32 - cidr.prefix)) - 1n;
  return cidr.value === last ? "it is that of all in its network (broadcast)" : undefined;
}

/** Tags stand in the names of VLANs and in the list of a bridge. */
function tagFindings(section: Section): readonly Diagnostic[] {
  const name = nameOf(section);
  if (section.kind === "vlan") {
    const tag = /(\d+)$/.exec(name)?.[1] ?? "1";
    if (Number(tag) >= 1 && Number(tag) <= 4094) return [];
    return [diagnose(tagUnfit, section.headSpan, { name, text: tag, reason: "tags go from 1 to 4094" })];
  }
  const vlans = section.kind === "bridge" ? stringOf(section, "vlans") : undefined;
  if (vlans === undefined) return [];
  const at = spanOf(section, "vlans");
  const wrong = vlans.split(/[ ,]/).flatMap((text) => {
    const [low = 0, high = low] = text.split("-").map(Number);
    if (low < 2 || high > 4094) return [{ text, reason: "tags of a bridge go from 2 to 4094" }];
    return text.includes("-") && low >= high ? [{ text, reason: "a range goes from the lower tag to the higher" }] : [];
  });
  const isAware = boolOf(section, "vlan_aware") === true;
  return [
    ...(isAware ? [] : [diagnose(vlansUnaware, at, { bridge: name })]),
    ...wrong.map((each) => diagnose(tagUnfit, at, { name, ...each })),
  ];
}

/** What may be a port, as Proxmox checks it (PVE::INotify); of what is not declared the files know nothing. */
const PORTS: Readonly<Record<string, readonly string[]>> = {
  bond: ["interface", "bond"],
  bridge: ["interface", "bond", "vlan"],
  ovs_bridge: ["interface"],
  ovs_bond: ["interface"],
};

function belowFindings(section: Section, declared: readonly Section[]): readonly Diagnostic[] {
  const name = nameOf(section);
  const find = (port: string): Section | undefined => declared.find((other) => nameOf(other) === port);
  if (section.kind === "vlan") {
    if (stringOf(section, "device") !== name) return [];
    return [diagnose(portUnfit, spanOf(section, "device"), { port: name, name, reason: "it is the same interface" })];
  }
  const kinds = PORTS[section.kind] ?? [];
  return stringsOf(section, "ports").flatMap((port) => {
    const reason = port === name ? "it is the same interface" : portReason(section, find(port), kinds);
    return reason === undefined ? [] : [diagnose(portUnfit, spanOf(section, "ports"), { port, name, reason })];
  });
}

function portReason(section: Section, port: Section | undefined, kinds: readonly string[]): string | undefined {
  // Those of Open vSwitch that say their bridge themselves have a finding of their own.
  if (port === undefined || (section.kind === "ovs_bridge" && port.kind.startsWith("ovs_"))) return undefined;
  if (!kinds.includes(port.kind)) return `it is declared as \`${port.kind}\``;
  const hasAddress = ["address", "address6"].some((option) => stringOf(port, option) !== undefined);
  return hasAddress && section.kind === "bridge" ? "it has an address, which belongs to the bridge then" : undefined;
}
