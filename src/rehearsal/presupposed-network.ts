import type { Plan } from "../model/plan.js";
import type { HostState } from "./state.js";
import { type Interface, interfacesText } from "./tools/interfaces.js";

/** The card that the bridge of the installer is on where the plan says nothing of it. */
const FIRST_CARD = "eno1";

/** An address for a node of which the files say none. */
const SOME_ADDRESS = "192.0.2.2";

/** What the installer asks for. */
const LOOKUP = "search example.test\nnameserver 192.0.2.1\n";

const PORTS: ReadonlySet<string> = new Set([
  ...["bridge_ports", "slaves", "vlan-raw-device"],
  ...["ovs_ports", "ovs_bonds", "ovs_bridge"],
]);

/**
 * The network that a plan for the interfaces of a node presupposes: the cards that it names, and the way by which the node is
 * reached. That is as the plan declares it, because a plan does not change it unasked, or else the bridge that the installer makes.
 * Where the host looks names up, too; nothing of either where a plan says nothing of it.
 */
export function networkOf({ steps }: Plan): { readonly nics: readonly string[]; readonly files: HostState["files"] } {
  const own = steps.flatMap(({ probe }) => (probe.kind === "network-pending" ? probe.addresses : []));
  const declared = new Map(
    steps.flatMap(({ probe }) => (probe.kind === "interface" ? [[probe.name, declaredInterface(probe)] as const] : [])),
  );
  const lookup = steps.some(({ probe }) => probe.kind === "resolver") ? { "/etc/resolv.conf": LOOKUP } : {};
  if (!steps.some(({ probe }) => probe.kind === "network-pending")) return { nics: [], files: lookup };
  const carriers = carriersOf(declared, own);
  const there = carriers.length > 0 ? carriers : [installed(own[0] ?? SOME_ADDRESS)];
  const named = [...declared.values(), ...there].flatMap((entry) => [entry.name, ...below(entry)]);
  const ofSwitch = new Set(
    [...declared.values()].flatMap(({ name, options }) => (options.has("ovs_type") ? [name] : [])),
  );
  const isCard = (name: string): boolean => !/^(?:vmbr|bond|vlan)\d+$|\./.test(name) && !ofSwitch.has(name);
  const nics = [...new Set(named)].filter(isCard);
  const cards = nics.map((name): Interface => ({
    name,
    autostart: false,
    options: roomFor(name, declared),
    other: [],
  }));
  const byName = new Map([...cards, ...there].map((entry) => [entry.name, entry]));
  const text = interfacesText({ byName, lines: ["source /etc/network/interfaces.d/*"] });
  return { nics, files: { "/etc/network/interfaces": text, ...lookup } };
}

/** The MTU that a card has which a plan says nothing of: as large as what the plan puts on it. */
function roomFor(name: string, declared: ReadonlyMap<string, Interface>): Map<string, string> {
  const above = (port: string): readonly Interface[] =>
    [...declared.values()].filter((entry) => below(entry).includes(port));
  const on = above(name).flatMap((entry) => [entry, ...above(entry.name)]);
  const most = Math.max(0, ...on.map(({ options }) => Number(options.get("mtu") ?? 0)));
  return new Map(most > 1500 && !declared.has(name) ? [["mtu", `${most}`]] : []);
}

function declaredInterface(probe: {
  readonly name: string;
  readonly type: string;
  readonly options: readonly (readonly [string, string])[];
}): Interface {
  const options = new Map(probe.options.filter(([option]) => option !== "autostart"));
  if (probe.type.startsWith("OVS")) options.set("ovs_type", probe.type);
  if (probe.type === "bridge" && !options.has("bridge_ports")) options.set("bridge_ports", "");
  return { name: probe.name, autostart: true, options, other: [] };
}

function below({ name, options }: Interface): readonly string[] {
  const parent = /^(.+)\.\d+$/.exec(name)?.[1];
  const ports = [...options].flatMap(([option, value]) => (PORTS.has(option) ? value.split(" ") : []));
  return [...(parent === undefined ? [] : [parent]), ...ports].filter((port) => port !== "");
}

/** The declared interfaces that have the node's address or a gateway, and all declared ones below them. */
function carriersOf(declared: ReadonlyMap<string, Interface>, own: readonly string[]): readonly Interface[] {
  const found = new Map<string, Interface>();
  const open = [...declared.values()].filter(
    ({ options }) =>
      [options.get("cidr"), options.get("cidr6")].some((cidr) => own.includes(cidr?.split("/")[0] ?? "")) ||
      options.has("gateway") ||
      options.has("gateway6"),
  );
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    if (found.has(entry.name)) continue;
    found.set(entry.name, entry);
    open.push(...below(entry).flatMap((name) => declared.get(name) ?? []));
  }
  return [...found.values()];
}

/** The bridge that the installer makes. */
function installed(address: string): Interface {
  const isSix = address.includes(":");
  const gateway = address.replace(/\d+$/, (last) => (last === "1" ? "254" : "1"));
  const options = isSix
    ? [["cidr6", `${address}/64`] as const]
    : [["cidr", `${address}/24`] as const, ["gateway", gateway] as const];
  return { name: "vmbr0", autostart: true, options: new Map([...options, ["bridge_ports", FIRST_CARD]]), other: [] };
}
