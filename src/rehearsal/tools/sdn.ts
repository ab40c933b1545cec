import { mkdirSync } from "node:fs";
import type { Command } from "../host/command.js";
import { machinePath, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** The software-defined network of the cluster, as pve-network keeps it in files; `.running-config` is a copy of them here. */

const PARTS = ["zones", "vnets", "subnets", "controllers"] as const;
type Part = (typeof PARTS)[number];

const fileOf = (part: Part): string => `/etc/pve/sdn/${part}.cfg`;
const RUNNING = "/etc/pve/sdn/.running-config";

/** What each takes besides what names it. */
const OPTIONS: Readonly<Record<Exclude<Part, "zones" | "controllers">, readonly string[]>> = {
  vnets: ["zone", "tag", "alias", "vlanaware", "isolate-ports"],
  subnets: ["gateway", "snat", "dhcp-range", "dhcp-dns-server", "dnszoneprefix"],
};

const COMMON = ["nodes", "mtu", "ipam", "dns", "reversedns", "dnszone"];

/** What a type of zone or controller takes; `!`: what it does not work without (the plugins of pve-network). */
const TYPES: Readonly<Record<"zones" | "controllers", Readonly<Record<string, readonly string[]>>>> = {
  zones: {
    simple: [...COMMON, "dhcp"],
    vlan: [...COMMON, "bridge!", "bridge-disable-mac-learning"],
    qinq: [...COMMON, "bridge!", "tag!", "vlan-protocol", "bridge-disable-mac-learning"],
    vxlan: [...COMMON, "peers!", "vxlan-port"],
    evpn: [
      ...[...COMMON, "vrf-vxlan!", "controller!", "mac", "exitnodes", "exitnodes-local-routing", "exitnodes-primary"],
      ...["advertise-subnets", "disable-arp-nd-suppression", "bridge-disable-mac-learning", "rt-import", "vxlan-port"],
    ],
  },
  controllers: {
    evpn: ["asn!", "peers!"],
    bgp: ["node!", "asn!", "peers!", "ebgp", "ebgp-multihop", "loopback", "bgp-multipath-as-path-relax"],
    isis: ["isis-domain!", "isis-net!", "isis-ifaces!", "node!", "loopback"],
  },
};

const USAGE = "pvesh <create|set> /cluster/sdn [OPTIONS]";

function unfit(name: string, text: string): never {
  return refuse(`400 Parameter verification failed.\n${name}: ${text}\n${USAGE}`, 2);
}

/** Several values of an option are joined by a line end: lines of their own in the file. */
interface Entry {
  readonly type: string;
  readonly options: Map<string, string>;
}

function read(command: Command, part: Part): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let current: Entry | undefined;
  for (const line of (readHostFile(command.machine, fileOf(part)) ?? "").split("\n")) {
    const [, type, id] = /^([a-z]+): (\S+)$/.exec(line) ?? [];
    const [, key, value] = /^\t(\S+) (.*)$/.exec(line) ?? [];
    if (type !== undefined && id !== undefined) entries.set(id, (current = { type, options: new Map() }));
    else if (key !== undefined && current !== undefined) {
      const before = current.options.get(key);
      current.options.set(key, before === undefined ? (value ?? "") : `${before}\n${value ?? ""}`);
    }
  }
  return entries;
}

function write(command: Command, part: Part, entries: ReadonlyMap<string, Entry>): void {
  const text = [...entries].map(([id, { type, options }]) => {
    const lines = [...options].map(([key, value]) => `${value.replaceAll(/^/gm, `\t${key} `)}\n`);
    return `${type}: ${id}\n${lines.join("")}\n`;
  });
  writeHostFile(command.machine, fileOf(part), text.join(""));
}

function wholeText(command: Command): string {
  return JSON.stringify(PARTS.map((part) => readHostFile(command.machine, fileOf(part)) ?? ""));
}

/** `pvesh create|set /cluster/sdn...`; undefined when the path is another one. */
export function sdnApi(command: Command, verb: string, path: string, given: ReadonlyMap<string, string>): boolean {
  const match = /^\/cluster\/sdn(?:\/(zones|vnets|controllers)(?:\/([^/]+)(?:\/(subnets)(?:\/([^/]+))?)?)?)?$/.exec(
    path,
  );
  if (match === null || (verb !== "create" && verb !== "set")) return false;
  const [, top, first, sub, second] = match;
  if (top === undefined) {
    if (verb === "create" || given.size > 0) unfit("node", "property is not defined in schema");
    apply(command);
    return true;
  }
  const part = (sub ?? top) as Part;
  const vnet = sub === undefined ? undefined : first;
  if (verb === "create") create(command, part, vnet, new Map(given));
  else update(command, part, (sub === undefined ? first : second) ?? "", given);
  return true;
}

function create(command: Command, part: Part, vnet: string | undefined, options: Map<string, string>): void {
  const singular = part.slice(0, -1);
  const named = options.get(singular) ?? unfit(singular, "property is missing and it is not optional");
  const type =
    part === "vnets" ? "vnet" : (options.get("type") ?? unfit("type", "property is missing and it is not optional"));
  options.delete(singular);
  options.delete("type");
  const form = part === "controllers" ? /^[a-z][a-z0-9_-]*[a-z0-9]$/i : /^[a-z][a-z0-9]{1,7}$/i;
  if (part !== "subnets" && !form.test(named)) unfit(singular, "invalid format");
  const zone =
    part === "subnets"
      ? read(command, "vnets")
          .get(vnet ?? "")
          ?.options.get("zone")
      : options.get("zone");
  if (part === "subnets" && zone === undefined) refuse(`sdn vnet '${vnet ?? ""}' does not exist`, 255);
  if (part === "vnets" && !read(command, "zones").has(zone ?? "")) refuse(`zone ${zone ?? ""} don't exist`, 255);
  const id = part === "subnets" ? `${zone ?? ""}-${named.replace("/", "-")}` : named;
  if (part === "subnets") options.set("vnet", vnet ?? "");
  const entries = read(command, part);
  if (entries.has(id))
    refuse(`create sdn ${singular} object failed: sdn ${singular} object ID '${id}' already defined`, 255);
  checkOptions(part, type, options);
  for (const name of taken(part, type).filter((each) => each.endsWith("!"))) {
    if (!options.has(name.slice(0, -1))) unfit(name.slice(0, -1), "property is missing and it is not optional");
  }
  entries.set(id, { type, options });
  checkWhole(command, part, entries);
  write(command, part, entries);
}

function update(command: Command, part: Part, id: string, given: ReadonlyMap<string, string>): void {
  const entries = read(command, part);
  const entry = entries.get(id) ?? refuse(`sdn '${id}' does not exist`, 255);
  checkOptions(part, entry.type, given);
  for (const [key, value] of given) entry.options.set(key, value);
  checkWhole(command, part, entries);
  write(command, part, entries);
}

function taken(part: Part, type: string): readonly string[] {
  if (part === "vnets" || part === "subnets") return OPTIONS[part];
  return TYPES[part][type] ?? unfit("type", `value '${type}' does not have a value in the enumeration`);
}

function checkOptions(part: Part, type: string, options: ReadonlyMap<string, string>): void {
  const known = taken(part, type).map((name) => name.replace("!", ""));
  for (const name of options.keys()) {
    if (!known.includes(name) && !(part === "subnets" && name === "vnet")) {
      unfit(name, "property is not defined in schema and the schema does not allow additional properties");
    }
  }
}

/** What the plugins check of an entry beside the others (`on_update_hook`, `vnet_update_hook`). */
function checkWhole(command: Command, part: Part, entries: ReadonlyMap<string, Entry>): void {
  const zones = part === "zones" ? entries : read(command, "zones");
  if (part === "zones") {
    const controllers = read(command, "controllers");
    for (const { type, options } of entries.values()) {
      const controller = options.get("controller") ?? "";
      if (type !== "evpn") continue;
      if (!controllers.has(controller)) refuse(`controller ${controller} don't exist`, 255);
      if (controllers.get(controller)?.type !== "evpn") refuse(`${controller} is not a evpn controller type`, 255);
    }
  } else if (part === "controllers") {
    const routing = [...entries.values()].filter(({ type }) => type === "evpn");
    if (routing.length > 1) refuse("only 1 global evpn controller can be defined", 255);
  } else if (part === "vnets") {
    for (const { options } of entries.values()) {
      const type = zones.get(options.get("zone") ?? "")?.type;
      if ((type === "vxlan" || type === "evpn") && !options.has("tag")) unfit("tag", "missing vxlan tag");
      if (type === "vlan" && !options.has("tag")) unfit("tag", "missing vlan tag");
    }
  }
}

function apply(command: Command): void {
  const { machine } = command;
  writeHostFile(machine, RUNNING, wholeText(command));
  for (const name of read(command, "vnets").keys()) {
    mkdirSync(machinePath(machine, `/sys/class/net/${name}/bridge`), { recursive: true });
    writeHostFile(machine, `/sys/class/net/${name}/mtu`, "1500\n");
    if (!machine.state.bridges.some((bridge) => bridge.name === name)) machine.state.bridges.push({ name, mtu: 1500 });
  }
}

/** `pvesh get /cluster/sdn/PART --pending 1`: an entry has a state while it is not as it is in force. */
export function sdnPending(
  command: Command,
  part: "controllers" | "zones" | "vnets",
): readonly Readonly<Record<string, string>>[] {
  const running = JSON.parse(readHostFile(command.machine, RUNNING) ?? '["","","",""]') as readonly string[];
  const isSame = running[PARTS.indexOf(part)] === (readHostFile(command.machine, fileOf(part)) ?? "");
  return [...read(command, part).keys()].map((id) => ({ id, ...(isSame ? {} : { state: "changed" }) }));
}
