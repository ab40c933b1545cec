import {
  argOf,
  boolOf,
  diagnose,
  parseIp,
  parseRange,
  rangeHolds,
  rangeOf,
  sectionsOf,
  settingOf,
  stringOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Resource, Section } from "../../plugin-api/index.js";
import { sdnIncomplete, sdnOptionUnfit, subnetOnTrunk, subnetOutside } from "./findings.js";

/** What Proxmox would refuse of a zone. */
export function zoneFindings(zone: Resource): readonly Diagnostic[] {
  const type = argOf(zone, "type") ?? "simple";
  const networks = sectionsOf(zone, "vnet");
  const isSimple = type === "simple";
  return [
    ...(isSimple ? unfit(zone, "bridge", type) : unfit(zone, "dhcp", type)),
    ...(isSimple || settingOf(zone, "bridge") !== undefined
      ? []
      : [diagnose(sdnIncomplete, zone.headSpan, { name: zone.name, option: "bridge" })]),
    ...networks.flatMap((vnet) => [...vnetFindings(vnet, type), ...sectionsOf(vnet, "subnet").flatMap(subnetFindings)]),
  ];
}

function unfit(section: Section, option: string, type: string): readonly Diagnostic[] {
  const setting = settingOf(section, option);
  const other = type === "simple" ? "vlan" : "simple";
  return setting === undefined ? [] : [diagnose(sdnOptionUnfit, setting.span, { option, type, other })];
}

function vnetFindings(vnet: Section, type: string): readonly Diagnostic[] {
  const name = argOf(vnet, "name") ?? "";
  const [subnet] = sectionsOf(vnet, "subnet");
  const isBare = type === "vlan" && settingOf(vnet, "tag") === undefined;
  return [
    ...(type === "simple" ? unfit(vnet, "tag", type) : []),
    ...(isBare ? [diagnose(sdnIncomplete, vnet.headSpan, { name, option: "tag" })] : []),
    ...(boolOf(vnet, "vlan_aware") === true && subnet !== undefined
      ? [diagnose(subnetOnTrunk, subnet.headSpan, { vnet: name })]
      : []),
  ];
}

function subnetFindings(section: Section): readonly Diagnostic[] {
  const subnet = argOf(section, "cidr") ?? "";
  const range = parseRange(subnet);
  const gateway = stringOf(section, "gateway");
  const given = [
    ...(gateway === undefined ? [] : [["gateway", gateway] as const]),
    ...(rangeOf(section, "dhcp") ?? []).map((address) => ["dhcp", address] as const),
  ];
  return given.flatMap(([option, address]) => {
    const ip = parseIp(address);
    if (range === undefined || ip === undefined || rangeHolds(range, ip)) return [];
    const at = settingOf(section, option)?.span ?? section.headSpan;
    return [diagnose(subnetOutside, at, { option, address, subnet })];
  });
}
