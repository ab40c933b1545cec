import { diagnose, isAbsent, isBroken, keyProperties, nets, resolverOf } from "../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestNet,
  Lowered,
  Model,
  Options,
  Property,
  Requirement,
  Resource,
  SectionSpec,
  WantedOptions,
} from "../../plugin-api/index.js";
import { addressWithoutPrefix, netWithoutBridge } from "./findings.js";

/** The bridges that must exist before a guest can have its interfaces, and what is missing to make them. */
export function networkNeeds(resource: Resource, model: Model): Lowered {
  const interfaces = nets(resource, model);
  return {
    steps: [],
    requirements: interfaces.flatMap(bridgeRequirement),
    diagnostics: interfaces.flatMap(netFindings),
  };
}

function bridgeRequirement(net: GuestNet): readonly Requirement[] {
  if (net.bridge === undefined) return [];
  return [{ kind: "bridge", bridge: net.bridge, blocks: [], source: net.section.headSpan }];
}

function netFindings(net: GuestNet): readonly Diagnostic[] {
  const network = net.networkName;
  const at = net.section.headSpan;
  const isBridgeKnown =
    net.bridge !== undefined ||
    net.network === undefined ||
    isBroken(net.section, "bridge") ||
    isBroken(net.network, "bridge");
  const isPrefixKnown =
    net.address === undefined ||
    net.prefix !== undefined ||
    net.network === undefined ||
    isBroken(net.network, "subnet");
  return [
    ...(isBridgeKnown ? [] : [diagnose(netWithoutBridge, at, { network })]),
    ...(isPrefixKnown ? [] : [diagnose(addressWithoutPrefix, at, { address: net.address ?? "", network })]),
  ];
}

/** `nameserver` and `searchdomain`: the guest's own, else those of its network. */
export function resolverOptions(resource: Resource, model: Model): WantedOptions {
  const { nameservers, search } = resolverOf(resource, model);
  const absent = [
    ...(isAbsent(resource, "nameservers") ? ["nameserver"] : []),
    ...(isAbsent(resource, "search") ? ["searchdomain"] : []),
  ];
  const wanted = [
    ...(nameservers.length === 0 ? [] : [{ option: "nameserver", value: nameservers.join(" ") }]),
    ...(search === undefined ? [] : [{ option: "searchdomain", value: search }]),
  ];
  return { wanted, absent, absentKeys: [] };
}

/** Keys of `netN` that are made of more than their own attribute. */
const COMPOSED = new Set(
  ["bridge", "firewall", "gw", "gw6", "hwaddr", "ip", "ip6"].concat("macaddr", "model", "mtu", "name", "rate", "tag"),
);

/** The keys of `netN` that say what the interface is on; `table` and `spec` are those of the kind of guest. */
export function linkProperties(net: GuestNet, table: Options, spec: SectionSpec | undefined): readonly Property[] {
  const others = keyProperties(net.section, spec?.options ?? {}, table, "net[n]");
  return [
    ...others.filter(({ key }) => !COMPOSED.has(key)),
    { key: "bridge", value: net.bridge },
    { key: "firewall", value: net.firewall, absent: isAbsent(net.section, "firewall") },
    { key: "mtu", value: net.mtu, absent: isAbsent(net.section, "mtu") },
    { key: "rate", value: net.rate, absent: isAbsent(net.section, "rate") },
    { key: "tag", value: net.vlan, absent: isAbsent(net.section, "vlan") },
  ];
}

/** The keys that say which address it has: `ip` and `gw`, or `ip6` and `gw6`. `none` is `manual` where Proxmox knows it. */
export function addressProperties(net: GuestNet, manual: string | undefined): readonly Property[] {
  const isSix = net.address?.includes(":") === true;
  const six = isSix ? "6" : "";
  const gatewaySix = net.gateway?.includes(":") === true ? "6" : "";
  const isAddressAbsent = isAbsent(net.section, "ip");
  const isGatewayAbsent = isAbsent(net.section, "gateway");
  return [
    { key: `ip${six}`, value: addressText(net, manual), absent: isAddressAbsent },
    { key: `gw${gatewaySix}`, value: net.gateway, absent: isGatewayAbsent },
  ];
}

function addressText(net: GuestNet, manual: string | undefined): string | undefined {
  if (net.mode === "dhcp") return "dhcp";
  if (net.mode === "none") return manual;
  if (net.address === undefined) return undefined;
  return net.prefix === undefined ? net.address : `${net.address}/${net.prefix}`;
}
