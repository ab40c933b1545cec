import type { Model, Resource, Section } from "../model/resource.js";
import { perResource } from "./per-model.js";
import { argOf, boolOf, isAbsent, numberOf, sectionsOf, stringOf } from "./values.js";

/** The network interfaces of guests, and where they are on their networks. */

/** A network interface: the n-th `net` block of a guest is `netN`, unless it has another number since the last plan. */
export interface GuestNet {
  readonly index: number;
  readonly section: Section;
  /** As written. */
  readonly networkName: string;
  readonly network: Resource | undefined;
  /** The block's own, else its network's. */
  readonly bridge: string | undefined;
  readonly mode: "static" | "dhcp" | "none" | "unset";
  /** Of a static interface, without prefix. */
  readonly address: string | undefined;
  /** As written, else that of the network's subnet. */
  readonly prefix: number | undefined;
  /** As written, else the network's for the guest's first static interface. */
  readonly gateway: string | undefined;
  /** IPv6 beside the address above. */
  readonly six: GuestNetSix;
  /** As written; the case is the user's. */
  readonly mac: string | undefined;
  readonly vlan: number | undefined;
  readonly firewall: boolean | undefined;
  readonly mtu: number | undefined;
  /** Megabytes per second. */
  readonly rate: number | undefined;
}

/** What an interface has of IPv6 by `ip6` and `gateway6`. */
export interface GuestNetSix {
  /** `auto`: as routers announce (SLAAC). */
  readonly mode: "static" | "dhcp" | "auto" | "none" | "unset";
  readonly address: string | undefined;
  /** As written, else that of the network's `subnet6`. */
  readonly prefix: number | undefined;
  /** As written, else the network's `gateway6` for the guest's first static interface. */
  readonly gateway: string | undefined;
}

/** A static address of an interface. */
export interface GuestAddress {
  /** The attribute that says it, and that of the network that says the subnet. */
  readonly attribute: "ip" | "ip6";
  readonly subnet: "subnet" | "subnet6";
  readonly address: string;
  readonly prefix: number | undefined;
}

/** The network interfaces of a guest, in order. */
export const nets = perResource(readNets);

function readNets(resource: Resource, model: Model): readonly GuestNet[] {
  const sections = sectionsOf(resource, "net");
  const firstStatic = sections.findIndex((section) => ipMode(section, "ip") === "static");
  const firstSix = sections.findIndex((section) => ipMode(section, "ip6") === "static");
  const taken = new Set(sections.map(({ slot }) => slot));
  let next = 0;
  const nextFree = (): number => {
    while (taken.has(`net${next}`)) next++;
    return next++;
  };
  return sections.map((section, i) => {
    const index = section.slot === undefined ? nextFree() : Number(section.slot.slice("net".length));
    return guestNet(section, index, { four: i === firstStatic, six: i === firstSix }, model);
  });
}

function guestNet(
  section: Section,
  index: number,
  isFirst: { readonly four: boolean; readonly six: boolean },
  model: Model,
): GuestNet {
  const name = argOf(section, "network") ?? "";
  const argument = section.args.get("network");
  const network = model.resources.get(argument?.type === "ref" ? argument.address : `network.${name}`);
  const mode = ipMode(section, "ip");
  const gateway = isFirst.four ? "gateway" : undefined;
  return {
    index,
    section,
    networkName: name,
    network,
    bridge: stringOf(section, "bridge") ?? (network && stringOf(network, "bridge")),
    mode: mode === "auto" ? "unset" : mode,
    ...placeOf(section, network, { attribute: "ip", subnet: "subnet", own: "gateway", gateway }),
    six: {
      mode: ipMode(section, "ip6"),
      ...placeOf(section, network, {
        attribute: "ip6",
        subnet: "subnet6",
        own: "gateway6",
        gateway: isFirst.six ? "gateway6" : undefined,
      }),
    },
    mac: stringOf(section, "mac"),
    vlan: numberOf(section, "vlan") ?? (network && !isAbsent(section, "vlan") ? numberOf(network, "vlan") : undefined),
    firewall: boolOf(section, "firewall"),
    mtu: numberOf(section, "mtu"),
    rate: numberOf(section, "rate"),
  };
}

/** An address with its prefix and gateway: as the block says, else as its network does by these names. */
function placeOf(
  section: Section,
  network: Resource | undefined,
  names: {
    readonly attribute: string;
    readonly subnet: string;
    readonly own: string;
    readonly gateway: string | undefined;
  },
): Pick<GuestNet, "address" | "prefix" | "gateway"> {
  const isStatic = ipMode(section, names.attribute) === "static";
  const [address, prefix] = isStatic ? splitAddress(stringOf(section, names.attribute) ?? "") : [undefined, undefined];
  const general = network === undefined || names.gateway === undefined ? undefined : stringOf(network, names.gateway);
  return {
    address,
    prefix: address === undefined ? undefined : (prefix ?? subnetPrefix(network, names.subnet)),
    gateway: stringOf(section, names.own) ?? (isAbsent(section, names.own) ? undefined : general),
  };
}

/** The static addresses of an interface. */
export function netAddresses({ address, prefix, six }: GuestNet): readonly GuestAddress[] {
  return [
    ...(address === undefined ? [] : [{ attribute: "ip", subnet: "subnet", address, prefix } as const]),
    ...(six.address === undefined
      ? []
      : [{ attribute: "ip6", subnet: "subnet6", address: six.address, prefix: six.prefix } as const]),
  ];
}

/** An address that a host has by its block. */
export interface HostAddress {
  /** Without prefix. */
  readonly address: string;
  readonly section: Section;
  readonly attribute: "address" | "address6";
  /** The bridge that has it: guests elsewhere do not meet it. */
  readonly bridge: string | undefined;
}

/** The addresses of a host and of its interfaces. */
export function hostAddresses(host: Resource): readonly HostAddress[] {
  return [host, ...host.sections].flatMap((section) =>
    (["address", "address6"] as const).flatMap((attribute) => {
      const text = stringOf(section, attribute);
      if (text === undefined) return [];
      const bridge = section.kind === "bridge" ? argOf(section, "name") : undefined;
      return [{ address: splitAddress(text)[0], section, attribute, bridge }];
    }),
  );
}

/** What two interfaces must share to meet: the bridge and its VLAN, else the name of the network. */
export function segmentOf(bridge: string | undefined, vlan: number | undefined, network: string): string {
  return bridge === undefined ? `network ${network}` : `bridge ${bridge}.${vlan ?? 0}`;
}

function ipMode(section: Section, attribute: string): GuestNetSix["mode"] {
  const ip = stringOf(section, attribute);
  if (ip === undefined) return "unset";
  return ip === "dhcp" || ip === "none" || ip === "auto" ? ip : "static";
}

/** `10.0.0.5/24` in its two parts; the prefix is `undefined` when there is none. */
export function splitAddress(text: string): readonly [string, number | undefined] {
  const slash = text.indexOf("/");
  return slash < 0 ? [text, undefined] : [text.slice(0, slash), Number(text.slice(slash + 1))];
}

function subnetPrefix(network: Resource | undefined, name: string): number | undefined {
  const subnet = network && stringOf(network, name);
  return subnet === undefined ? undefined : splitAddress(subnet)[1];
}
