import { argOf, plainOptions, renderWords, stringOf } from "../../plugin-api/index.js";
import type {
  LowerContext,
  Lowered,
  NetworkProbe,
  OptionPair,
  OptionSpec,
  OptionType,
  Resource,
  Section,
  SectionSpec,
  Step,
  WantedOptions,
} from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { interfaceValueFindings } from "./findings-interfaces.js";
import { networkFindings } from "./findings-network.js";
import { interfaceFindings } from "./interface-findings.js";
import { packagesStep } from "./packages.js";
import type { HostPart } from "./part.js";

/**
 * The interfaces of the node. Their options are those of its network API (`/nodes/NODE/network` in PVE::API2::Network), by the
 * names that it has for them.
 */

const device: OptionType = {
  type: "string",
  pattern: "[A-Za-z][A-Za-z0-9_]{1,14}(\\.\\d{1,4})?",
  describe: "the name of an interface: letters, digits and `_`, and a tag after a dot",
  maxLength: 15,
};

/** Joined by blanks: the checks of PVE::INotify know no other separator, though the API lets others pass. */
const ports = t.listOfType(device, true);

function named(pattern: string, describe: string): OptionType {
  return { type: "string", pattern, describe, maxLength: 15 };
}

/** Every interface has these. */
const common: Readonly<Record<string, OptionSpec>> = {
  address: { type: { type: "cidr", host: true }, pve: "cidr", doc: "Its address with prefix: 10.0.0.2/24." },
  gateway: { type: t.ip, pve: "gateway", doc: "The default gateway of the host." },
  address6: { type: { type: "cidr", host: true }, pve: "cidr6", doc: "Its IPv6 address with prefix." },
  gateway6: { type: t.ip, pve: "gateway6", doc: "The default gateway of the host for IPv6." },
  mtu: { type: { type: "int", min: 1280, max: 65520 }, pve: "mtu", doc: "The largest packet, in bytes." },
  comment: { type: t.line, pve: "comments", doc: "A comment, kept in the file of interfaces." },
  autostart: { type: t.bool, doc: "Whether it comes up when the host starts. Default: true; of a card as it is." },
};

const bridge: SectionSpec = {
  doc: "A Linux bridge, to which guests are attached.",
  args: [{ name: "name", type: named("vmbr\\d{1,4}", "`vmbr` and a number"), doc: "`vmbr` and a number." }],
  options: {
    ports: {
      type: ports,
      pve: "bridge_ports",
      render: renderWords,
      removable: false,
      doc: "The interfaces of the host on it. Default: none.",
    },
    vlan_aware: { type: t.bool, doc: "Whether guests on it may have VLAN tags of their own." },
    vlans: {
      type: {
        type: "string",
        pattern: "\\d{1,4}(-\\d{1,4})?([ ,]\\d{1,4}(-\\d{1,4})?)*",
        describe: "tags and ranges of tags: `2-100 200`",
      },
      pve: "bridge_vids",
      doc: "The VLAN tags that it passes, as `2-100 200`. Default: 2-4094.",
    },
    ...common,
  },
  sections: {},
  instead: {
    bridge_ports: "ports",
    bridge_vids: "vlans",
    bridge_vlan_aware: "vlan_aware",
    ip: "address",
    cidr: "address",
    slaves: "ports",
  },
};

const bond: SectionSpec = {
  doc: "Several interfaces as one.",
  args: [{ name: "name", type: named("bond\\d{1,4}", "`bond` and a number"), doc: "`bond` and a number." }],
  options: {
    ports: {
      type: ports,
      pve: "slaves",
      render: renderWords,
      required: true,
      removable: false,
      doc: "The interfaces that it joins.",
    },
    mode: {
      type: t.oneOfMeant(
        { lacp: "802.3ad", "active-passive": "active-backup", failover: "active-backup" },
        ...["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
      ),
      pve: "bond_mode",
      removable: false,
      doc: "How they share the traffic. Proxmox's default: balance-rr.",
    },
    hash: {
      type: t.oneOf("layer2", "layer2+3", "layer3+4"),
      pve: "bond_xmit_hash_policy",
      doc: "What decides which of them sends, for `balance-xor` and `802.3ad`.",
    },
    primary: { type: device, pve: "bond-primary", doc: "The one that is used while it works, for `active-backup`." },
    ...common,
  },
  sections: {},
  instead: { slaves: "ports", interfaces: "ports", bond_mode: "mode", hash_policy: "hash", xmit_hash_policy: "hash" },
};

const vlan: SectionSpec = {
  doc: "An interface of the host in a VLAN.",
  args: [
    {
      name: "name",
      type: named(
        "vlan\\d{1,4}|[A-Za-z][A-Za-z0-9_]{1,9}\\.\\d{1,4}",
        "an interface, a dot and the tag, or `vlan` and the tag",
      ),
      doc: "The device, a dot and the tag (`bond0.20`), or `vlan` and the tag.",
    },
  ],
  options: {
    device: {
      type: device,
      pve: "vlan-raw-device",
      removable: false,
      doc: "The interface that the VLAN is on, for `vlanN`.",
    },
    ...common,
  },
  sections: {},
  instead: { raw_device: "device", interface: "device", tag: "the tag is in the name: `vlan bond0.20`" },
};

const nic: SectionSpec = {
  doc: "A network card of the host.",
  args: [{ name: "name", type: device, doc: "The name that the kernel gives it: eno1, enp3s0." }],
  options: common,
  sections: {},
  instead: { ip: "address", cidr: "address" },
};

const ovsPorts = (pve: string, doc: string): OptionSpec => ({
  type: ports,
  pve,
  render: renderWords,
  removable: false,
  doc,
});

/** What says of which bridge of Open vSwitch it is, and of which VLAN. */
const attached: Readonly<Record<string, OptionSpec>> = {
  bridge: {
    type: named("vmbr\\d{1,4}", "`vmbr` and a number"),
    pve: "ovs_bridge",
    required: true,
    removable: false,
    doc: "The bridge of Open vSwitch that it is on.",
  },
  tag: { type: { type: "int", min: 1, max: 4094 }, pve: "ovs_tag", removable: false, doc: "Its VLAN tag." },
  settings: {
    type: {
      type: "string",
      pattern: "[\\w.:-]+=\\S+( [\\w.:-]+=\\S+)*",
      describe: "settings as `key=value`, between blanks",
    },
    pve: "ovs_options",
    doc: "Further settings of Open vSwitch: `vlan_mode=native-untagged`.",
  },
};

const ovsBridge: SectionSpec = {
  doc: "A bridge of Open vSwitch, to which guests are attached.",
  args: [{ name: "name", type: named("vmbr\\d{1,4}", "`vmbr` and a number"), doc: "`vmbr` and a number." }],
  options: {
    ports: ovsPorts("ovs_ports", "The cards on it; bonds and ports of Open vSwitch name their bridge themselves."),
    ...common,
  },
  sections: {},
  instead: { ovs_ports: "ports", ip: "address", cidr: "address" },
};

const ovsBond: SectionSpec = {
  doc: "Several cards as one port of a bridge of Open vSwitch.",
  args: [{ name: "name", type: named("bond\\d{1,4}", "`bond` and a number"), doc: "`bond` and a number." }],
  options: {
    ports: { ...ovsPorts("ovs_bonds", "The cards that it joins."), required: true },
    mode: {
      type: t.oneOf("active-backup", "balance-slb", "lacp-balance-slb", "lacp-balance-tcp"),
      pve: "bond_mode",
      removable: false,
      doc: "How they share the traffic. Proxmox's default: active-backup.",
    },
    ...attached,
    ...pick(common, ["mtu", "comment"]),
  },
  sections: {},
  instead: { ovs_bonds: "ports", bond_mode: "mode", ovs_tag: "tag", ovs_options: "settings", ovs_bridge: "bridge" },
};

const ovsPort: SectionSpec = {
  doc: "An interface of the host itself on a bridge of Open vSwitch.",
  args: [{ name: "name", type: device, doc: "Its name, which no card, bond or bridge has." }],
  options: { ...attached, ...pick(common, ["address", "gateway", "address6", "gateway6", "mtu", "comment"]) },
  sections: {},
  instead: { ovs_tag: "tag", ovs_options: "settings", ovs_bridge: "bridge", ip: "address", cidr: "address" },
};

function pick(
  specs: Readonly<Record<string, OptionSpec>>,
  names: readonly string[],
): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(Object.entries(specs).filter(([name]) => names.includes(name)));
}

/** The blocks, and what Proxmox calls each. */
const TYPES = {
  interface: "eth",
  bond: "bond",
  bridge: "bridge",
  vlan: "vlan",
  ovs_bridge: "OVSBridge",
  ovs_bond: "OVSBond",
  ovs_port: "OVSIntPort",
} as const;
const SECTIONS = {
  ...{ interface: nic, bond, bridge, vlan },
  ...{ ovs_bridge: ovsBridge, ovs_bond: ovsBond, ovs_port: ovsPort },
} as const;
type Keyword = keyof typeof SECTIONS;

function isKeyword(kind: string): kind is Keyword {
  return Object.hasOwn(SECTIONS, kind);
}

/** What is below comes first: cards, bonds, bridges, VLANs. What is on a bridge of Open vSwitch puts itself there. */
const ORDER: readonly Keyword[] = ["interface", "bond", "bridge", "ovs_bridge", "ovs_bond", "ovs_port", "vlan"];

/** Proxmox makes nothing of Open vSwitch without it. */
const SWITCH = ["openvswitch-switch"];

function lower(host: Resource, _context: LowerContext): Lowered {
  const declared = ORDER.flatMap((kind) => host.sections.filter((section) => section.kind === kind));
  // A second block of a name has a finding, and no step that would be called as the first.
  const called = new Map(declared.toReversed().map((section) => [argOf(section, "name"), section]));
  const steps = [...called.values()].toReversed().flatMap((section) => interfaceStep(host, section));
  const [ofSwitch] = declared.filter(({ kind }) => kind.startsWith("ovs_"));
  const packages = ofSwitch === undefined ? [] : [packagesStep(host, SWITCH, { asked: ofSwitch })];
  return {
    steps: steps.length === 0 ? [] : [...packages, ...steps, applyStep(host, declared)],
    requirements: [],
    diagnostics: interfaceFindings(declared),
  };
}

function interfaceStep(host: Resource, section: Section): readonly Step[] {
  const name = argOf(section, "name");
  if (name === undefined || !isKeyword(section.kind)) return [];
  const type = TYPES[section.kind];
  const { wanted, absent } = withoutEmpty(plainOptions(section, SECTIONS[section.kind].options));
  const switches = switchesOf(section);
  const options = [...switches.on, ...wanted];
  const words = options.flatMap(({ option, value }) => [`--${option}`, value]);
  // Proxmox knows every card that is there, whether it is configured or not; it can only be set.
  const command =
    type === "eth"
      ? ["pvesh", "set", `/nodes/localhost/network/${name}`, "--type", type, ...words]
      : ["pvesh", "create", "/nodes/localhost/network", "--iface", name, "--type", type, ...words];
  const probe: NetworkProbe = {
    kind: "interface",
    name,
    type,
    options: options.map(({ option, value }) => [option, value] as const),
    absent: [...switches.off, ...absent],
  };
  const title = `${section.kind} ${name}`;
  const step = makeStep(host, `network.${name}`, {
    phase: "host",
    title,
    risk: "interrupts",
    probe,
    commands: [command],
    asked: section,
  });
  return [step];
}

/** An empty list is no value. */
function withoutEmpty({ wanted, absent }: WantedOptions): Pick<WantedOptions, "wanted" | "absent"> {
  const empty = wanted.filter(({ value }) => value === "").map(({ option }) => option);
  return { wanted: wanted.filter(({ value }) => value !== ""), absent: [...absent, ...empty] };
}

/** Proxmox takes any value of `bridge_vlan_aware` for yes: without VLANs means without the option. */
function switchesOf(section: Section): { readonly on: readonly OptionPair[]; readonly off: readonly string[] } {
  const said = (name: string): string | undefined => {
    const value = section.settings.get(name)?.value;
    return value?.type === "bool" ? String(value.value) : value?.type === "absent" ? "false" : undefined;
  };
  const isStarted = !["interface", "ovs_bond", "ovs_port"].includes(section.kind);
  const start = said("autostart") ?? (isStarted ? "true" : undefined);
  const starts = start === undefined ? [] : [{ option: "autostart", value: start === "true" ? "1" : "0" }];
  const aware = said("vlan_aware");
  return {
    on: [...starts, ...(aware === "true" ? [{ option: "bridge_vlan_aware", value: "1" }] : [])],
    off: aware === "false" ? ["bridge_vlan_aware"] : [],
  };
}

/** What was changed takes effect at once, for all interfaces together. */
function applyStep(host: Resource, declared: readonly Section[]): Step {
  const own = stringOf(host, "address");
  return makeStep(host, "network.apply", {
    phase: "host",
    title: "apply the network",
    risk: "interrupts",
    probe: { kind: "network-pending", addresses: own === undefined ? [] : [own] },
    commands: [["pvesh", "set", "/nodes/localhost/network"]],
    asked: declared[0],
  });
}

/** The interfaces of a host. */
export const interfacesPart: HostPart = {
  sections: SECTIONS,
  diagnostics: [...networkFindings, ...interfaceValueFindings],
  lower,
};
