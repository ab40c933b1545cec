import {
  diagnose,
  isAbsent,
  isBroken,
  keyProperties,
  netAddresses,
  nets,
  resolverOf,
  settingOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestNet,
  GuestNetSix,
  Lowered,
  Model,
  Options,
  Property,
  Requirement,
  Resource,
  SectionSpec,
  WantedOptions,
} from "../../plugin-api/index.js";
import { addressOfOtherFamily, addressWithoutPrefix, netWithoutBridge } from "./findings.js";

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
  const bare = netAddresses(net).filter(
    ({ prefix, subnet }) => prefix === undefined && net.network !== undefined && !isBroken(net.network, subnet),
  );
  return [
    ...(isBridgeKnown ? [] : [diagnose(netWithoutBridge, at, { network })]),
    ...bare.map(({ address, subnet }) => diagnose(addressWithoutPrefix, at, { address, network, subnet })),
    ...familyFindings(net),
  ];
}

/** `ip6` and `gateway6` are of IPv6; with them `ip` and `gateway` are not. */
function familyFindings(net: GuestNet): readonly Diagnostic[] {
  const hasSix = net.six.mode !== "unset";
  const wrong = [
    ...[...(hasSix ? [["ip", net.address] as const, ["gateway", net.gateway] as const] : [])].filter(
      ([, text]) => text?.includes(":") === true,
    ),
    ...[["ip6", net.six.address] as const, ["gateway6", net.six.gateway] as const].filter(
      ([, text]) => text?.includes(":") === false,
    ),
  ];
  return wrong.map(([name, address = ""]) => {
    const at = settingOf(net.section, name)?.span ?? net.section.headSpan;
    return diagnose(addressOfOtherFamily, at, { name, address });
  });
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

/** The keys that say which addresses it has: `ip` and `gw`, `ip6` and `gw6`. `none` is `manual` where Proxmox knows it. */
export function addressProperties(net: GuestNet, manual: string | undefined): readonly Property[] {
  const six = net.address?.includes(":") === true ? "6" : "";
  const gatewaySix = net.gateway?.includes(":") === true ? "6" : "";
  const first: readonly Property[] = [
    { key: `ip${six}`, value: addressText(net, manual), absent: isAbsent(net.section, "ip") },
    { key: `gw${gatewaySix}`, value: net.gateway, absent: isAbsent(net.section, "gateway") },
  ];
  if (net.six.mode === "unset" && !isAbsent(net.section, "ip6") && !isAbsent(net.section, "gateway6")) return first;
  return [
    ...first,
    { key: "ip6", value: addressText(net.six, manual), absent: isAbsent(net.section, "ip6") },
    { key: "gw6", value: net.six.gateway, absent: isAbsent(net.section, "gateway6") },
  ];
}

type Addressed = Pick<GuestNet, "address" | "prefix"> & { readonly mode: GuestNetSix["mode"] };

function addressText({ mode, address, prefix }: Addressed, manual: string | undefined): string | undefined {
  if (mode === "dhcp" || mode === "auto") return mode;
  if (mode === "none") return manual;
  if (address === undefined) return undefined;
  return prefix === undefined ? address : `${address}/${prefix}`;
}
