import { mkdirSync, renameSync } from "node:fs";
import type { Command } from "../host/command.js";
import { machinePath, readHostFile, removeHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parseIp, parseRange, rangeHolds } from "../../text/ip.js";
import { INTERFACES, type Interface, type Interfaces, interfacesText, readInterfaces, typeOf } from "./interfaces.js";

/** What the network API of a node takes, with what a value may look like (PVE::API2::Network of pve-manager). */
const FORMS: Readonly<Record<string, RegExp>> = {
  type: /^(?:bridge|bond|eth|vlan|OVSBridge|OVSBond|OVSPort|OVSIntPort)$/,
  ovs_ports: /^[a-zA-Z][\w.:]*(?:[ ,;]+[a-zA-Z][\w.:]*)*$/,
  ovs_bonds: /^[a-zA-Z][\w.:]*(?:[ ,;]+[a-zA-Z][\w.:]*)*$/,
  ovs_bridge: /^[a-zA-Z]\w{1,20}$/,
  ovs_tag: /^\d+$/,
  ovs_options: /^.*$/,
  autostart: /^[01]$/,
  bridge_vlan_aware: /^[01]$/,
  bridge_vids: /^\d+(?:-\d+)?(?:[ ,;]+\d+(?:-\d+)?)*$/,
  bridge_ports: /^[a-zA-Z][\w.:]*(?:[ ,;]+[a-zA-Z][\w.:]*)*$/,
  slaves: /^[a-zA-Z][\w.:]*(?:[ ,;]+[a-zA-Z][\w.:]*)*$/,
  bond_mode:
    /^(?:balance-rr|active-backup|balance-xor|broadcast|802\.3ad|balance-tlb|balance-alb|balance-slb|lacp-balance-slb|lacp-balance-tcp)$/,
  bond_xmit_hash_policy: /^layer(?:2|2\+3|3\+4)$/,
  "bond-primary": /^[a-zA-Z]\w{1,20}(?:[:.]\d+)?$/,
  "vlan-raw-device": /^[a-zA-Z]\w{1,20}(?:[:.]\d+)?$/,
  cidr: /^[\d.]+\/\d+$/,
  gateway: /^[\d.]+$/,
  cidr6: /^[0-9a-fA-F:.]+\/\d+$/,
  gateway6: /^[0-9a-fA-F:.]+$/,
  mtu: /^\d+$/,
  comments: /^.*$/s,
};

const USAGE = "pvesh <create|set> /nodes/{node}/network [OPTIONS]";

function unfit(name: string, text: string): never {
  return refuse(`400 Parameter verification failed.\n${name}: ${text}\n${USAGE}`, 2);
}

/** `pvesh create|set|delete /nodes/NODE/network[/IFACE]` */
export function networkApi(
  command: Command,
  verb: string,
  iface: string | undefined,
  given: ReadonlyMap<string, string>,
): void {
  const { machine } = command;
  if (verb === "set" && iface === undefined) return apply(command, given);
  if (verb === "delete" && iface === undefined) return removeHostFile(machine, `${INTERFACES}.new`);
  const options = new Map(given);
  const name = iface ?? options.get("iface") ?? unfit("iface", "property is missing and it is not optional");
  options.delete("iface");
  const deleted = (options.get("delete") ?? "").split(/[ ,;]+/).filter((word) => word !== "");
  if (verb === "set") options.delete("delete");
  const interfaces = readInterfaces(machine);
  if (verb === "delete") {
    if (!interfaces.byName.delete(name)) unfit("iface", "interface does not exist");
  } else {
    checkForms(name, options);
    if (!options.has("type")) unfit("type", "property is missing and it is not optional");
    const entry = verb === "create" ? made(interfaces, name) : interfaces.byName.get(name);
    if (entry === undefined) return unfit("iface", "interface does not exist");
    if (options.get("type")?.startsWith("OVS") === true) joinSwitch(command, interfaces, name, options);
    change(entry, options, deleted);
  }
  settleSwitches(interfaces);
  checkWhole(interfaces);
  writeHostFile(machine, `${INTERFACES}.new`, interfacesText(interfaces));
}

function checkForms(name: string, options: ReadonlyMap<string, string>): void {
  if (!/^[a-zA-Z][a-zA-Z0-9_]{1,20}([:.]\d+)?$/.test(name))
    unfit("iface", "invalid format - invalid network interface name");
  for (const [option, value] of options) {
    const form = FORMS[option];
    if (form === undefined)
      unfit(option, "property is not defined in schema and the schema does not allow additional properties");
    else if (!form.test(value)) unfit(option, `invalid format - value '${value}'`);
  }
  const mtu = Number(options.get("mtu") ?? 1500);
  if (mtu < 1280 || mtu > 65520) unfit("mtu", `value must have a minimum value of 1280 and a maximum value of 65520`);
}

function made({ byName }: Interfaces, name: string): Interface {
  if (byName.has(name)) unfit("iface", "interface already exists");
  const entry = { name, autostart: false, options: new Map<string, string>(), other: [] };
  byName.set(name, entry);
  return entry;
}

/** Open vSwitch has to be installed; a bond or a port of it is added to its bridge. */
function joinSwitch(
  command: Command,
  { byName }: Interfaces,
  name: string,
  options: ReadonlyMap<string, string>,
): void {
  const packages = readHostFile(command.machine, "/var/lib/dpkg/status") ?? "";
  if (!packages.includes("Package: openvswitch-switch\n"))
    refuse("Open VSwitch is not installed (need package 'openvswitch-switch')", 255);
  if (options.get("type") === "OVSBridge") return;
  const called = options.get("ovs_bridge") ?? unfit("ovs_bridge", "parameter is required");
  const bridge = byName.get(called) ?? unfit("ovs_bridge", `bridge '${called}' does not exist`);
  if (typeOf(bridge) !== "OVSBridge") unfit("ovs_bridge", `interface '${called}' is no OVS bridge`);
  const listed = (bridge.options.get("ovs_ports") ?? "").split(/\s+/).filter((port) => port !== "");
  if (!listed.includes(name)) bridge.options.set("ovs_ports", [...listed, name].join(" "));
}

/** Cards on a bridge of Open vSwitch are ports of it; ports and bonds that are on none any more are gone (PVE::INotify). */
function settleSwitches({ byName }: Interfaces): void {
  const used = new Map(
    [...byName.values()].flatMap((entry) =>
      typeOf(entry) === "OVSBridge" ? switchPorts(entry).map((port) => [port, entry.name] as const) : [],
    ),
  );
  for (const [name, entry] of byName) {
    const bridge = used.get(name);
    if (bridge !== undefined && typeOf(entry) === "eth")
      entry.options.set("ovs_type", "OVSPort").set("ovs_bridge", bridge);
    else if (bridge === undefined && /^OVS(?:Port|IntPort|Bond)$/.test(typeOf(entry))) {
      if (typeOf(entry) === "OVSPort") entry.options.clear();
      else byName.delete(name);
    }
  }
  for (const [port, bridge] of used) {
    if (!byName.has(port)) refuse(`OVS bridge '${bridge}' - unable to find port '${port}'`, 255);
  }
}

function switchPorts({ options }: Interface): readonly string[] {
  return (options.get("ovs_ports") ?? "").split(/\s+/).filter((port) => port !== "");
}

/** Without an address an interface has none afterwards, whatever it had. */
function change(entry: Interface, options: ReadonlyMap<string, string>, deleted: readonly string[]): void {
  for (const option of [...deleted, "cidr", "cidr6"]) entry.options.delete(option);
  for (const [option, value] of options) {
    if (option === "autostart") entry.autostart = value === "1";
    else if (option !== "type") entry.options.set(option, value);
    else if (value.startsWith("OVS")) entry.options.set("ovs_type", value);
  }
  if (options.get("type") === "bridge" && !entry.options.has("bridge_ports")) entry.options.set("bridge_ports", "");
}

/** Commas pass the API, and are part of a name here (PVE::INotify). */
const portsOf = ({ options }: Interface): readonly string[] =>
  ["bridge_ports", "slaves", "ovs_ports", "ovs_bonds"]
    .flatMap((key) => (options.get(key) ?? "").split(/\s+/))
    .filter((port) => port !== "");

/** What Proxmox checks when it writes the file. */
function checkWhole({ byName }: Interfaces): void {
  const used = new Map<string, string>();
  const gateways = new Map<string, string>();
  for (const entry of byName.values()) {
    const type = typeOf(entry);
    for (const port of portsOf(entry)) {
      const other = used.get(port);
      if (other !== undefined)
        unfit(type === "bond" ? "slaves" : "bridge_ports", `${port} is already used on interface '${other}'.`);
      used.set(port, entry.name);
      if (!byName.has(port) && !/\.\d+$/.test(port))
        refuse(`${type} '${entry.name}' - unable to find ${type === "bond" ? "slave" : "bridge port"} '${port}'`, 255);
      if (byName.get(port)?.options.has("cidr") === true && type === "bridge")
        refuse(`iface ${port} - ip address can't be set on interface if bridged in ${entry.name}`, 255);
    }
    for (const key of ["gateway", "gateway6"]) {
      if (!entry.options.has(key)) continue;
      const other = gateways.get(key);
      if (other !== undefined) unfit(key, `Default gateway already exists on interface '${other}'.`);
      gateways.set(key, entry.name);
    }
    const parent = /^(.+)\.\d+$/.exec(entry.name)?.[1] ?? entry.options.get("vlan-raw-device");
    if (type === "vlan" && (parent === undefined || !byName.has(parent)))
      refuse(`vlan '${entry.name}' - unable to find parent '${parent ?? ""}'`, 255);
    checkMtus(byName, entry, parent);
  }
}

/** A bridge has no larger MTU than its ports, a VLAN than what it is on, a card than its bond or its bridge of Open vSwitch. */
function checkMtus(byName: Interfaces["byName"], entry: Interface, parent: string | undefined): void {
  const type = typeOf(entry);
  // A VLAN that is only named as a port of a bridge has the MTU of what it is on.
  const below = portsOf(entry).map((port) => (byName.has(port) ? port : port.replace(/\.\d+$/, "")));
  for (const port of below)
    if (type === "bridge") checkMtu(byName.get(port), entry);
    else checkMtu(entry, byName.get(port));
  if (type === "vlan") checkMtu(byName.get(parent ?? ""), entry);
}

/** `$check_mtu` of PVE::INotify: what has no MTU asks for nothing, and lets 1500 pass; a bond lets all pass then. */
function checkMtu(parent: Interface | undefined, child: Interface | undefined): void {
  const inner = child?.options.get("mtu");
  if (parent === undefined || child === undefined || inner === undefined) return;
  const outer = parent.options.get("mtu") ?? (typeOf(parent) === "bond" ? inner : "1500");
  if (Number(outer) < Number(inner))
    refuse(`interface '${parent.name}' - mtu ${outer} is lower than '${child.name}' - mtu ${inner}`, 255);
}

function apply(command: Command, given: ReadonlyMap<string, string>): void {
  const { machine } = command;
  for (const option of given.keys())
    unfit(option, "property is not defined in schema and the schema does not allow additional properties");
  if (readHostFile(machine, `${INTERFACES}.new`) !== undefined) {
    renameSync(machinePath(machine, `${INTERFACES}.new`), machinePath(machine, INTERFACES));
  }
  reload(command);
}

/** What `ifreload -a` does: interfaces that start by themselves are there. */
function reload({ machine }: Command): void {
  const { byName } = readInterfaces(machine, true);
  const started = [...byName.values()].filter(({ autostart }) => autostart);
  for (const { name, options } of started) {
    const folder = `/sys/class/net/${name}`;
    if (options.get("ovs_type") === "OVSBond") continue;
    const isBridge = options.has("bridge_ports") || options.get("ovs_type") === "OVSBridge";
    const mtu = Number(options.get("mtu") ?? 1500);
    mkdirSync(machinePath(machine, options.has("bridge_ports") ? `${folder}/bridge` : folder), { recursive: true });
    writeHostFile(machine, `${folder}/mtu`, `${mtu}\n`);
    if (!isBridge) continue;
    machine.state.bridges = [...machine.state.bridges.filter((bridge) => bridge.name !== name), { name, mtu }];
  }
}

/** `ifreload -a` */
export function ifreload(command: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "-a") refuse(`simulated host: unknown: ifreload ${argv.join(" ")}`, 127);
  reload(command);
}

/**
 * `ping -q -c 1 -W SECONDS ADDRESS`: answers when the address is in a network of an interface that is up and has a port, or
 * when there is a way out.
 */
export function ping({ machine, print }: Command, argv: readonly string[]): void {
  const [quiet, count, one, wait, seconds = "", address = ""] = argv;
  const isKnown = quiet === "-q" && count === "-c" && one === "1" && wait === "-W" && /^\d+$/.test(seconds);
  const ip = parseIp(address);
  if (!isKnown || ip === undefined) return refuse(`simulated host: unknown: ping ${argv.join(" ")}`, 127);
  const up = [...readInterfaces(machine, true).byName.values()].filter(({ autostart }) => autostart);
  const wired = up.filter(
    (entry) => ["eth", "vlan", "OVSIntPort"].includes(typeOf(entry)) || portsOf(entry).length > 0,
  );
  const networks = wired.flatMap(({ options }) => [options.get("cidr"), options.get("cidr6")]);
  const reaches = (target: string): boolean => networks.some((cidr) => cidr !== undefined && holds(cidr, target));
  const ways = wired.flatMap(({ options }) => [options.get("gateway"), options.get("gateway6")]);
  const isReached = reaches(address) || ways.some((way) => way !== undefined && reaches(way));
  if (!isReached || machine.state.silent.includes(address))
    return refuse("1 packets transmitted, 0 received, 100% packet loss", 1);
  print("1 packets transmitted, 1 received, 0% packet loss");
}

function holds(cidr: string, address: string): boolean {
  const range = parseRange(cidr);
  const ip = parseIp(address);
  return range !== undefined && ip !== undefined && rangeHolds(range, ip);
}

/** `systemd-run --collect --on-active=SECONDS COMMAND...`: a timer, which nothing lets run out but a test. */
export function systemdRun({ machine, warn }: Command, argv: readonly string[]): void {
  const seconds = /^--on-active=(\d+)$/.exec(argv[1] ?? "")?.[1];
  if (argv[0] !== "--collect" || seconds === undefined || argv[2]?.startsWith("/") !== true) {
    return refuse(`simulated host: unknown: systemd-run ${argv.join(" ")}`, 127);
  }
  machine.state.timers.push({ seconds: Number(seconds), argv: argv.slice(2) });
  warn(`Running timer as unit: run-r${machine.state.timers.length}.timer`);
}
