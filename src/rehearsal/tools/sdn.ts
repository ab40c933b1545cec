import { mkdirSync } from "node:fs";
import type { Command } from "../host/command.js";
import { machinePath, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** The software-defined network of the cluster, as pve-network keeps it in files; `.running-config` is a copy of them here. */

const PARTS = ["zones", "vnets", "subnets"] as const;
type Part = (typeof PARTS)[number];

const fileOf = (part: Part): string => `/etc/pve/sdn/${part}.cfg`;
const RUNNING = "/etc/pve/sdn/.running-config";

/** What each takes besides what names it. */
const OPTIONS: Readonly<Record<Part, ReadonlySet<string>>> = {
  zones: new Set(["bridge", "dhcp", "ipam", "mtu", "nodes"]),
  vnets: new Set(["zone", "tag", "alias", "vlanaware", "isolate-ports"]),
  subnets: new Set(["gateway", "snat", "dhcp-range", "dhcp-dns-server"]),
};

const USAGE = "pvesh <create|set> /cluster/sdn [OPTIONS]";

function unfit(name: string, text: string): never {
  return refuse(`400 Parameter verification failed.\n${name}: ${text}\n${USAGE}`, 2);
}

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
    else if (key !== undefined) current?.options.set(key, value ?? "");
  }
  return entries;
}

function write(command: Command, part: Part, entries: ReadonlyMap<string, Entry>): void {
  const text = [...entries].map(
    ([id, { type, options }]) =>
      `${type}: ${id}\n${[...options].map(([key, value]) => `\t${key} ${value}\n`).join("")}\n`,
  );
  writeHostFile(command.machine, fileOf(part), text.join(""));
}

function wholeText(command: Command): string {
  return JSON.stringify(PARTS.map((part) => readHostFile(command.machine, fileOf(part)) ?? ""));
}

/** `pvesh create|set /cluster/sdn...`; undefined when the path is another one. */
export function sdnApi(command: Command, verb: string, path: string, given: ReadonlyMap<string, string>): boolean {
  const match = /^\/cluster\/sdn(?:\/(zones|vnets)(?:\/([^/]+)(?:\/(subnets)(?:\/([^/]+))?)?)?)?$/.exec(path);
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
  if (part !== "subnets" && !/^[a-z][a-z0-9]{1,7}$/i.test(named)) unfit(singular, "invalid format");
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
  checkOptions(part, options);
  entries.set(id, { type, options });
  write(command, part, entries);
}

function update(command: Command, part: Part, id: string, given: ReadonlyMap<string, string>): void {
  const entries = read(command, part);
  const entry = entries.get(id) ?? refuse(`sdn '${id}' does not exist`, 255);
  checkOptions(part, given);
  for (const [key, value] of given) entry.options.set(key, value);
  write(command, part, entries);
}

function checkOptions(part: Part, options: ReadonlyMap<string, string>): void {
  for (const name of options.keys()) {
    if (!OPTIONS[part].has(name) && !(part === "subnets" && name === "vnet")) {
      unfit(name, "property is not defined in schema and the schema does not allow additional properties");
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
export function sdnPending(command: Command, part: "zones" | "vnets"): readonly Readonly<Record<string, string>>[] {
  const running = JSON.parse(readHostFile(command.machine, RUNNING) ?? '["","",""]') as readonly string[];
  const isSame = running[PARTS.indexOf(part)] === (readHostFile(command.machine, fileOf(part)) ?? "");
  return [...read(command, part).keys()].map((id) => ({ id, ...(isSame ? {} : { state: "changed" }) }));
}
