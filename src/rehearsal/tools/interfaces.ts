import { readHostFile, type Machine } from "../host/machine.js";

/**
 * The file of interfaces as Proxmox reads and writes it (PVE::INotify of pve-common): options of its API by their names, what it
 * does not know as it is.
 */
export interface Interface {
  readonly name: string;
  autostart: boolean;
  /** By the names of the API; `cidr`, not `address`. */
  options: Map<string, string>;
  /** Lines that the API does not know. */
  other: string[];
}

export const INTERFACES = "/etc/network/interfaces";

/** Interfaces by name, and lines that belong to none. */
export interface Interfaces {
  readonly byName: Map<string, Interface>;
  readonly lines: string[];
}

/** What is prepared, else what is in force. */
export function readInterfaces(machine: Machine, inForce = false): Interfaces {
  const text = (inForce ? undefined : readHostFile(machine, `${INTERFACES}.new`)) ?? readHostFile(machine, INTERFACES);
  return parseInterfaces(text ?? "", machine.state.nics);
}

/** The interfaces that a text of that file describes, and the cards that are in none. */
export function parseInterfaces(text: string, nics: readonly string[]): Interfaces {
  const byName = new Map<string, Interface>();
  const lines: string[] = [];
  const entry = (name: string): Interface => {
    const found = byName.get(name) ?? { name, autostart: false, options: new Map<string, string>(), other: [] };
    byName.set(name, found);
    return found;
  };
  const started = new Set<string>();
  let current: Interface | undefined;
  let suffix = "";
  for (const line of text.split("\n")) {
    const [key = "", ...words] = line.trim().split(/\s+/);
    if (key === "auto") words.forEach((word) => started.add(word));
    else if (key === "iface") {
      current = entry(words[0] ?? "");
      suffix = words[1] === "inet6" ? "6" : "";
    } else if (key === "") current = undefined;
    else if (current === undefined) {
      if (!key.startsWith("#")) lines.push(line);
    } else if (key.startsWith("#")) {
      const before = current.options.get("comments");
      current.options.set("comments", (before === undefined ? "" : `${before}\n`) + line.trim().slice(1));
    } else readOption(current, suffix, key.replaceAll("_", "-"), words.join(" "), line.trim());
  }
  for (const nic of nics) entry(nic);
  for (const name of started) entry(name).autostart = true;
  byName.delete("lo");
  return { byName, lines };
}

const KEPT = new Set(["mtu", "bond-primary", "vlan-raw-device", "vlan-id"]);
const OF_SWITCH = new Set(["ovs-type", "ovs-ports", "ovs-bonds", "ovs-bridge", "ovs-options"]);
const UNDERSCORED = new Set(["bridge-ports", "bridge-vids", "bond-mode", "bond-xmit-hash-policy"]);
/** Written for every bridge and bond, and nothing that the API takes. */
const IMPLIED = new Set(["bridge-stp", "bridge-fd", "bond-miimon"]);

function readOption({ options, other }: Interface, suffix: string, key: string, value: string, line: string): void {
  if (key === "address") options.set(`cidr${suffix}`, value);
  else if (key === "gateway") options.set(`gateway${suffix}`, value);
  else if (key === "bond-slaves") options.set("slaves", value.replace(/^none$/, ""));
  else if (key === "bridge-vlan-aware") options.set("bridge_vlan_aware", "1");
  else if (UNDERSCORED.has(key)) options.set(key.replaceAll("-", "_"), value.replace(/^none$/, ""));
  else if (KEPT.has(key)) options.set(key, value);
  else if (key === "ovs-mtu") options.set("mtu", value);
  else if (OF_SWITCH.has(key)) options.set(key.replaceAll("-", "_"), value);
  else if (!IMPLIED.has(key)) other.push(line);
}

/** The type that Proxmox sees in a configured interface. */
export function typeOf({ name, options }: Interface): string {
  const ofSwitch = options.get("ovs_type");
  if (ofSwitch !== undefined) return ofSwitch;
  if (options.has("bridge_ports")) return "bridge";
  if (/^bond\d+$/.test(name)) return "bond";
  if (/\.\d+$/.test(name) || options.has("vlan-raw-device")) return "vlan";
  return /^(?:eth\d+|en[^:.]+)$/.test(name) ? "eth" : "unknown";
}

const PRIORITY: Readonly<Record<string, number>> = {
  ...{ eth: 2, bond: 4, bridge: 5, vlan: 6 },
  ...{ OVSPort: 2, OVSIntPort: 3, OVSBond: 4, OVSBridge: 5 },
};

/** What Open vSwitch is told: the tag and the mode, which are options of the API, among the other settings. */
function switchOptions({ options }: Interface): string {
  const known = (options.get("ovs_options") ?? "").split(/\s+/).filter((word) => word !== "");
  const mode = options.get("bond_mode");
  const tag = options.get("ovs_tag");
  const own = [
    ...(mode === undefined ? [] : [`bond_mode=${mode.replace(/^lacp-/, "")}`]),
    ...(mode?.startsWith("lacp-") === true ? ["lacp=active"] : []),
    ...(tag === undefined ? [] : [`tag=${tag}`]),
  ];
  const named = new Set(own.map((word) => word.split("=")[0]));
  return [...known.filter((word) => !named.has(word.split("=")[0])), ...own].join(" ");
}

/** The whole file. */
export function interfacesText({ byName, lines }: Interfaces): string {
  const all = [...byName.values()].toSorted(
    (a, b) => (PRIORITY[typeOf(a)] ?? 9) - (PRIORITY[typeOf(b)] ?? 9) || (a.name < b.name ? -1 : 1),
  );
  const head = "# network interface settings; autogenerated\n\nauto lo\niface lo inet loopback\n\n";
  return head + all.map(interfaceText).join("") + lines.map((line) => `${line}\n`).join("");
}

function interfaceText(entry: Interface): string {
  const { name, options, other } = entry;
  const six = options.has("cidr6");
  const families = options.has("cidr") || !six ? ["", ...(six ? ["6"] : [])] : ["6"];
  const blocks = families.map((suffix, i) => {
    const address = options.get(`cidr${suffix}`);
    const gateway = options.get(`gateway${suffix}`);
    return [
      `iface ${name} inet${suffix} ${address === undefined ? "manual" : "static"}`,
      ...(address === undefined ? [] : [`\taddress ${address}`]),
      ...(gateway === undefined ? [] : [`\tgateway ${gateway}`]),
      ...(i === 0 ? [...ofType(entry), ...other.map((line) => `\t${line}`)] : []),
      ...(i === 0
        ? (options.get("comments") ?? "").split("\n").flatMap((line) => (line === "" ? [] : [`#${line}`]))
        : []),
      "",
      "",
    ].join("\n");
  });
  // What is on a bridge of Open vSwitch is started with it.
  return (entry.autostart || options.has("ovs_bridge") ? `auto ${name}\n` : "") + blocks.join("");
}

function ofType(entry: Interface): readonly string[] {
  const { name, options } = entry;
  const said = (option: string, key = option): string[] => {
    const value = options.get(option);
    return value === undefined || value === "" ? [] : [`\t${key} ${value}`];
  };
  const list = (option: string): string => (options.get(option) ?? "").replaceAll(/[;,\s]+/g, " ") || "none";
  switch (typeOf(entry)) {
    case "bridge":
      return [
        `\tbridge-ports ${list("bridge_ports")}`,
        "\tbridge-stp off",
        "\tbridge-fd 0",
        ...(options.has("bridge_vlan_aware")
          ? ["\tbridge-vlan-aware yes", `\tbridge-vids ${options.get("bridge_vids") ?? "2-4094"}`]
          : []),
        ...said("mtu"),
      ];
    case "bond":
      return [
        `\tbond-slaves ${list("slaves")}`,
        "\tbond-miimon 100",
        `\tbond-mode ${options.get("bond_mode") ?? "balance-rr"}`,
        ...said("bond_xmit_hash_policy", "bond-xmit-hash-policy"),
        ...said("bond-primary"),
        ...said("mtu"),
      ];
    case "OVSBridge":
      return [...said("ovs_type"), ...said("ovs_ports"), ...said("mtu", "ovs_mtu"), ...said("ovs_options")];
    case "OVSPort":
    case "OVSIntPort":
    case "OVSBond": {
      const told = switchOptions(entry);
      return [
        ...[...said("ovs_bonds"), ...said("ovs_type"), ...said("ovs_bridge"), ...said("mtu", "ovs_mtu")],
        ...(told === "" ? [] : [`\tovs_options ${told}`]),
      ];
    }
    case "vlan":
      return [...said("mtu"), ...(name.includes(".") ? [] : said("vlan-raw-device"))];
    default:
      return said("mtu");
  }
}
