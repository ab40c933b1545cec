import {
  argOf,
  boolOf,
  diagnose,
  networkOf,
  parseCidr,
  parseIp,
  settingOf,
  splitAddress,
  stringOf,
  stringsOf,
  formatCidr,
} from "../../plugin-api/index.js";
import type { Diagnostic, Section } from "../../plugin-api/index.js";
import {
  bondUnfit,
  bondWithoutPorts,
  gatewayOutside,
  gatewayTwice,
  interfaceTwice,
  portTwice,
  primaryNoPort,
  switchOfLinux,
  switchPortTwice,
  vlanDeviceTwice,
  vlanOnPlainBridge,
  vlanOnSwitch,
  vlanWithoutDevice,
} from "./findings-network.js";
import { mtuFindings } from "./interface-mtu.js";
import { subnetFindings } from "./interface-subnets.js";
import { valueFindings } from "./interface-values.js";

/** What Proxmox would refuse of the interfaces of one host, or not do. */
export function interfaceFindings(declared: readonly Section[]): readonly Diagnostic[] {
  return [
    ...repeated(declared),
    ...portFindings(declared),
    ...declared.flatMap(bondFindings),
    ...declared.flatMap((section) => vlanFindings(section, declared)),
    ...declared.flatMap((section) => switchFindings(section, declared)),
    ...declared.flatMap((section) => valueFindings(section, declared)),
    ...mtuFindings(declared),
    ...subnetFindings(declared),
    ...gatewayFindings(declared, "gateway", "address"),
    ...gatewayFindings(declared, "gateway6", "address6"),
  ];
}

const nameOf = (section: Section): string => argOf(section, "name") ?? "";
const spanOf = (section: Section, name: string) => settingOf(section, name)?.span ?? section.headSpan;

/** One name in blocks of different keywords. */
function repeated(declared: readonly Section[]): readonly Diagnostic[] {
  return declared.flatMap((section, i) => {
    const name = nameOf(section);
    const earlier = declared.slice(0, i).find((other) => nameOf(other) === name);
    if (earlier === undefined) return [];
    return [diagnose(interfaceTwice, section.headSpan, { name, kind: earlier.kind })];
  });
}

function portFindings(declared: readonly Section[]): readonly Diagnostic[] {
  const taken = new Map<string, string>();
  return declared.flatMap((section) =>
    stringsOf(section, "ports").flatMap((port) => {
      const name = nameOf(section);
      const other = taken.get(port);
      taken.set(port, other ?? name);
      if (other === undefined || other === name) return [];
      return [diagnose(portTwice, spanOf(section, "ports"), { port, name, other })];
    }),
  );
}

const HASH_MODES = ["balance-xor", "802.3ad"];
const PRIMARY_MODES = ["active-backup"];

function bondFindings(section: Section): readonly Diagnostic[] {
  if (section.kind !== "bond") return [];
  const bond = nameOf(section);
  const mode = stringOf(section, "mode");
  const primary = stringOf(section, "primary");
  const unfit = (option: string, modes: readonly string[]): readonly Diagnostic[] => {
    if (stringOf(section, option) === undefined || mode === undefined || modes.includes(mode)) return [];
    return [diagnose(bondUnfit, spanOf(section, option), { bond, option, mode, modes })];
  };
  const joins = settingOf(section, "ports")?.value;
  const isEmpty = joins?.type === "list" && joins.items.length === 0;
  const isPort = primary === undefined || stringsOf(section, "ports").includes(primary);
  return [
    ...(isEmpty ? [diagnose(bondWithoutPorts, spanOf(section, "ports"), { bond })] : []),
    ...unfit("hash", HASH_MODES),
    ...unfit("primary", PRIMARY_MODES),
    ...(isPort ? [] : [diagnose(primaryNoPort, spanOf(section, "primary"), { bond, primary })]),
  ];
}

function vlanFindings(section: Section, declared: readonly Section[]): readonly Diagnostic[] {
  if (section.kind !== "vlan") return [];
  const vlan = nameOf(section);
  const [implied = "", tag] = vlan.split(".");
  const said = stringOf(section, "device");
  if (tag !== undefined && said !== undefined && said !== implied) {
    return [diagnose(vlanDeviceTwice, spanOf(section, "device"), { vlan, device: implied })];
  }
  if (tag === undefined && settingOf(section, "device") === undefined) {
    return [diagnose(vlanWithoutDevice, section.headSpan, { vlan })];
  }
  const device = tag === undefined ? said : implied;
  const below = declared.find((other) => other.kind === "bridge" && nameOf(other) === device);
  if (below === undefined || boolOf(below, "vlan_aware") !== false) return [];
  return [diagnose(vlanOnPlainBridge, section.headSpan, { vlan, bridge: nameOf(below) })];
}

/** What is on a bridge of Open vSwitch says so itself, and is on no bridge of Linux; VLANs of the host are ports of it. */
function switchFindings(section: Section, declared: readonly Section[]): readonly Diagnostic[] {
  const name = nameOf(section);
  const of = (kind: string, called: string) =>
    declared.find((other) => other.kind === kind && nameOf(other) === called);
  if (section.kind === "ovs_bridge") {
    const twice = stringsOf(section, "ports").filter((port) => of("ovs_bond", port) ?? of("ovs_port", port));
    return twice.map((port) => diagnose(switchPortTwice, spanOf(section, "ports"), { port, bridge: name }));
  }
  if (section.kind === "vlan") {
    const device = stringOf(section, "device") ?? name.split(".")[0] ?? "";
    if (of("ovs_bridge", device) === undefined) return [];
    return [diagnose(vlanOnSwitch, section.headSpan, { vlan: name, bridge: device })];
  }
  const bridge = section.kind.startsWith("ovs_") ? (stringOf(section, "bridge") ?? "") : "";
  if (of("bridge", bridge) === undefined) return [];
  return [diagnose(switchOfLinux, spanOf(section, "bridge"), { name, bridge })];
}

function gatewayFindings(
  declared: readonly Section[],
  gateway: "gateway" | "gateway6",
  address: "address" | "address6",
): readonly Diagnostic[] {
  const having = declared.filter((section) => stringOf(section, gateway) !== undefined);
  const [first, ...others] = having;
  const second = others.map((section) => {
    const names = { name: nameOf(section), other: first === undefined ? "" : nameOf(first) };
    return diagnose(gatewayTwice, spanOf(section, gateway), names);
  });
  return [...second, ...having.flatMap((section) => outside(section, gateway, address))];
}

/** A gateway with a prefix of 32 may be anywhere: the route to it is a host's own affair. */
function outside(section: Section, gateway: string, address: string): readonly Diagnostic[] {
  const to = stringOf(section, gateway) ?? "";
  const own = stringOf(section, address);
  if (own === undefined && settingOf(section, address) !== undefined) return [];
  const at = spanOf(section, gateway);
  if (own === undefined) return [diagnose(gatewayOutside, at, { gateway: to, address: undefined })];
  const cidr = parseCidr(own);
  if (cidr === undefined || parseIp(to) === undefined) return [];
  const same = parseCidr(`${to}/${splitAddress(own)[1] ?? ""}`);
  const isInside = same !== undefined && formatCidr(networkOf(same)) === formatCidr(networkOf(cidr));
  return isInside ? [] : [diagnose(gatewayOutside, at, { gateway: to, address: own })];
}
