import { type Command } from "../host/command.js";
import { digestOf, isRunning, type Kind, listGuests, loadConfig, ownerOf } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { storages } from "../storage/volume-names.js";
import { backupJobs } from "./jobs.js";
import { directoryMapping } from "./mapping.js";
import { networkApi } from "./network.js";
import { resolverApi } from "./resolver.js";
import { sdnApi, sdnPending } from "./sdn.js";
import { perlJson, plainJson } from "./perl-json.js";
import { compareKeys } from "../../text/order.js";

/** `pvesh get PATH [--output-format F] [--NAME VALUE]...`; what changes something is known of the network only. */
export function pvesh(command: Command, argv: readonly string[]): void {
  const [verb = "", path = "", ...rest] = argv;
  if (backupJobs(command, verb, path, rest) || directoryMapping(command, verb, path, rest)) return;
  const options = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) {
    const name = (rest[i] ?? "").replace(/^--?/, "");
    const before = options.get(name);
    options.set(name, before === undefined ? (rest[i + 1] ?? "") : `${before}\n${rest[i + 1] ?? ""}`);
  }
  const network = /^\/nodes\/([^/]+)\/network(?:\/([^/]+))?$/.exec(path);
  if (network !== null && ["create", "set", "delete"].includes(verb)) {
    return networkApi(command, verb, network[2], options);
  }
  if (sdnApi(command, verb, path, options)) return;
  if (verb === "set" && /^\/nodes\/[^/]+\/dns$/.test(path)) return resolverApi(command, options);
  if (verb !== "get") refuse(`simulated host: unknown: pvesh ${verb} ${path}`, 127);
  const value = read(command, path.replace(/\/+$/, ""), options);
  const format = options.get("output-format") ?? "text";
  if (format === "json") command.print(plainJson(value));
  else if (format === "json-pretty") command.print(perlJson(value));
  else command.print(asText(value));
}

function asText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? value.map(plainJson).join("\n") : table(Object.entries(value).sort(compareKeys));
}

/** A table of keys and values with Proxmox's box characters. */
function table(rows: readonly (readonly [string, unknown])[]): string {
  const cells = rows.map(([key, value]) => [key, String(value)] as const);
  const [k, v] = [
    Math.max(3, ...cells.map(([key]) => key.length)),
    Math.max(5, ...cells.map(([, value]) => value.length)),
  ];
  const rule = (left: string, line: string, middle: string, right: string): string =>
    `${left}${line.repeat(k + 2)}${middle}${line.repeat(v + 2)}${right}`;
  const line = ([key, value]: readonly [string, string]): string => `│ ${key.padEnd(k)} │ ${value.padEnd(v)} │`;
  const body = cells.map(line).join(`\n${rule("├", "─", "┼", "┤")}\n`);
  return [
    rule("┌", "─", "┬", "┐"),
    line(["key", "value"]),
    rule("╞", "═", "╪", "╡"),
    body,
    rule("└", "─", "┴", "┘"),
  ].join("\n");
}

function read(command: Command, path: string, options: ReadonlyMap<string, string>): unknown {
  const { machine } = command;
  const { state } = machine;
  if (path === "/version")
    return {
      release: state.version.split(".").slice(0, 2).join("."),
      repoid: "14a22df35955d97d",
      version: state.version,
    };
  if (path === "/cluster/nextid") return nextId(command, options.get("vmid"));
  if (path === "/cluster/resources") return resources(command).filter(({ type }) => ofType(type, options.get("type")));
  if (path === "/nodes") return [{ node: state.node, status: "online", type: "node" }];
  if (path === "/cluster/sdn/zones") return sdnPending(command, "zones");
  if (path === "/cluster/sdn/controllers") return sdnPending(command, "controllers");
  if (path === "/cluster/sdn/vnets") return sdnPending(command, "vnets");
  if (path === "/storage")
    return storages(machine).map(({ id, type, options: o }) => ({ ...Object.fromEntries(o), storage: id, type }));
  const match = /^\/nodes\/([^/]+)\/(qemu|lxc)(?:\/(\d+)\/(config|status\/current))?$/.exec(path);
  if (match === null) return refuse(`No 'get' handler defined for '${path}'`, 1);
  if (match[1] !== state.node && match[1] !== "localhost")
    refuse(
      `hostname lookup '${match[1]}' failed - failed to get address info for: ${match[1]}: Temporary failure in name resolution`,
      11,
    );
  const kind: Kind = match[2] === "qemu" ? "vm" : "ct";
  if (match[3] === undefined) return guestList(command, kind);
  const id = Number(match[3]);
  const config = loadConfig(machine, kind, id);
  if (match[4] === "config")
    return { ...Object.fromEntries(config.current.options), digest: digestOf(machine, kind, id) };
  return { status: isRunning(machine, id) ? "running" : "stopped", vmid: id };
}

function ofType(type: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === type || (wanted === "vm" && (type === "qemu" || type === "lxc"));
}

function nextId({ machine }: Command, wanted: string | undefined): string {
  const usage = "pvesh get <api_path> [OPTIONS] [FORMAT_OPTIONS]";
  if (wanted !== undefined) {
    if (!/^[1-9]\d{2,8}$/.test(wanted))
      refuse(
        `400 Parameter verification failed.\nvmid: invalid format - value does not look like a valid VM ID\n\n${usage}`,
        2,
      );
    const owner = ownerOf(machine, Number(wanted));
    if (owner !== undefined)
      refuse(
        `400 Parameter verification failed.\nvmid: ${owner.kind === "vm" ? "VM" : "CT"} ${wanted} already exists\n${usage}`,
        2,
      );
    return wanted;
  }
  let id = 100;
  while (ownerOf(machine, id) !== undefined) id++;
  return `${id}`;
}

function resources(command: Command): ({ type: string } & Record<string, unknown>)[] {
  const { machine } = command;
  const { node } = machine.state;
  const guests = listGuests(machine).map((guest) => {
    const type = guest.kind === "vm" ? "qemu" : "lxc";
    const status = guest.running ? "running" : "stopped";
    return {
      id: `${type}/${guest.id}`,
      name: guest.name,
      node,
      status,
      template: guest.template ? 1 : 0,
      type,
      vmid: guest.id,
    };
  });
  const all = storages(machine).map(({ id, type }) => ({
    id: `storage/${node}/${id}`,
    node,
    plugintype: type,
    shared: 0,
    status: "available",
    storage: id,
    type: "storage",
  }));
  return [...guests, { id: `node/${node}`, node, status: "online", type: "node" }, ...all];
}

function guestList({ machine }: Command, kind: Kind): unknown {
  const guests = listGuests(machine).filter((guest) => guest.kind === kind);
  return guests.map(({ id, name, running }) => ({
    name,
    status: running ? "running" : "stopped",
    vmid: id,
    ...(kind === "ct" ? { type: "lxc" } : {}),
  }));
}

/** `pveversion` */
export function pveversion({ machine, print }: Command, argv: readonly string[]): void {
  if (argv.length > 0) refuse(`simulated host: unknown: pveversion ${argv.join(" ")}`, 127);
  print(`pve-manager/${machine.state.version}/14a22df35955d97d (running kernel: 6.17.2-1-pve)`);
}
