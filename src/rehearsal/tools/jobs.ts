import { existsSync, readFileSync, readdirSync } from "node:fs";
import { argument, type Call, type Command } from "../host/command.js";
import { ownerOf } from "../host/guests.js";
import { type Machine, machinePath, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal, readArguments } from "../schema/arguments.js";
import type { CommandSpec } from "../schema/commands.js";
import { splitList } from "../../pve/check.js";
import { backupJob } from "../../pve/jobs.js";
import { text } from "../../pve/spec.js";
import { compareText } from "../../text/order.js";
import { decodeText, encodeText } from "../../text/pve-text.js";

/** Jobs as Proxmox keeps them: sections of jobs.cfg and replication.cfg. */
interface Job {
  readonly type: string;
  readonly id: string;
  readonly options: Map<string, string>;
}

function readJobs(machine: Machine, path: string): Job[] {
  const at = machinePath(machine, path);
  const jobs: Job[] = [];
  for (const line of existsSync(at) ? readFileSync(at, "utf8").split("\n") : []) {
    const head = /^(\w+):\s*(\S+)\s*$/.exec(line);
    if (head !== null) jobs.push({ type: head[1] ?? "", id: head[2] ?? "", options: new Map() });
    const option = /^\s+([a-z][a-z0-9-]*)(?:\s+(.*?))?\s*$/.exec(line);
    const [, name = "", value = "1"] = option ?? [];
    if (option !== null) jobs.at(-1)?.options.set(name, name === "comment" ? decodeText(value) : value);
  }
  return jobs;
}

/** What Proxmox first needs of a section stands first, the rest is sorted; `disable` has no value. */
function writeJobs(machine: Machine, path: string, jobs: readonly Job[]): void {
  const printed = jobs.map(({ type, id, options }) => {
    const isResting = options.get("disable") === "1";
    const rest = [...options].filter(([name, value]) => name !== "disable" && value !== "");
    const first = type === "local" ? "target" : "schedule";
    const rank = (name: string): number => (name === first ? 0 : 1);
    const sorted = rest.toSorted(([a], [b]) => rank(a) - rank(b) || compareText(a, b));
    const lines = sorted.map(([name, value]) => `\t${name} ${name === "comment" ? encodeText(value) : value}\n`);
    return `${type}: ${id}\n${isResting ? "\tdisable\n" : ""}${lines.join("")}\n`;
  });
  writeHostFile(machine, path, printed.join(""));
}

const JOBS = "/etc/pve/jobs.cfg";
const REPLICATION = "/etc/pve/replication.cfg";

const creating: CommandSpec = {
  usage: "pvesh create /cluster/backup",
  positional: [],
  options: backupJob,
  mutating: true,
};
const { id: _id, ...settable } = backupJob;
const setting: CommandSpec = {
  usage: "pvesh set /cluster/backup/{id}",
  positional: [],
  options: { ...settable, delete: text() },
  mutating: true,
};

/** `pvesh create /cluster/backup`, `pvesh set` and `pvesh delete` of a job; whether it was one of these. */
export function backupJobs(command: Command, verb: string, path: string, argv: readonly string[]): boolean {
  const [, id] = /^\/cluster\/backup(?:\/([^/]+))?\/*$/.exec(path) ?? [];
  if (!path.startsWith("/cluster/backup")) return false;
  const { machine } = command;
  const jobs = readJobs(machine, JOBS);
  if (verb === "create" && id === undefined) createJob(machine, jobs, argv);
  else if (verb === "set" && id !== undefined) setJob(machine, jobs, id, argv);
  else if (verb === "delete" && id !== undefined) {
    if (!jobs.some((job) => job.id === id)) refuse(`400 Parameter verification failed.\nid: No such job '${id}'`);
    const left = jobs.filter((job) => job.id !== id);
    writeJobs(machine, JOBS, left);
  } else return false;
  return true;
}

function createJob(machine: Machine, jobs: readonly Job[], argv: readonly string[]): void {
  const { values } = readArguments(creating, argv);
  const id = values.get("id") ?? "backup-1";
  if (!values.has("schedule"))
    throw parameterRefusal(creating, [{ name: "starttime", message: "property is missing and it is not optional" }], 2);
  if (jobs.some((job) => job.id === id)) refuse(`Job '${id}' already exists`);
  const options = new Map([...values].filter(([name]) => name !== "id"));
  if (!options.has("enabled")) options.set("enabled", "1");
  checkSelection(options);
  writeJobs(machine, JOBS, [...jobs, { type: "vzdump", id, options }]);
}

function setJob(machine: Machine, jobs: readonly Job[], id: string, argv: readonly string[]): void {
  const { values } = readArguments(setting, argv);
  const job = jobs.find((known) => known.id === id);
  if (job === undefined) return refuse(`no such job '${id}'`);
  for (const name of splitList(values.get("delete") ?? "")) {
    if (!Object.hasOwn(settable, name)) refuse(`400 Parameter verification failed.\ndelete: unknown option '${name}'`);
    job.options.delete(name);
  }
  for (const [name, value] of values) if (name !== "delete") job.options.set(name, value);
  const gone = values.has("vmid") ? ["all", "exclude", "pool"] : values.get("all") === "1" ? ["vmid", "pool"] : [];
  for (const name of gone) job.options.delete(name);
  checkSelection(job.options);
  writeJobs(machine, JOBS, jobs);
}

/** PVE::VZDump::verify_vzdump_parameters */
function checkSelection(options: ReadonlyMap<string, string>): void {
  const said = ["vmid", "all", "pool"].filter((name) => options.has(name) && options.get(name) !== "0");
  if (said.length === 0) refuse("400 Parameter verification failed.\nvmid: property is missing");
  if (said.length > 1 || (options.has("exclude") && options.has("vmid")))
    refuse("400 Parameter verification failed.\nvmid: option conflicts with option 'all', 'exclude' or 'pool'");
}

/** `pvesr create-local-job ID TARGET` */
export function pvesrCreate(call: Call): void {
  const { machine } = call;
  const id = argument(call, "id");
  const target = argument(call, "target");
  const jobs = readJobs(machine, REPLICATION);
  const nodes = readdirSync(machinePath(machine, "/etc/pve/nodes"));
  // A node that is in no cluster has no members, itself included.
  if (nodes.length < 2 || !nodes.includes(target))
    refuse(`Target '${target}' does not exist.`, nodes.includes(target) ? 255 : 2);
  if (target === machine.state.node) refuse("Source and target must not be the same.", 255);
  if (ownerOf(machine, Number(id.split("-")[0])) === undefined) refuse(`no such guest '${id.split("-")[0] ?? ""}'`);
  if (jobs.some((job) => job.id === id)) refuse(`replication job '${id}' already exists`);
  if (jobs.some((job) => job.id.split("-")[0] === id.split("-")[0] && job.options.get("target") === target))
    refuse(`replication job for guest '${id.split("-")[0] ?? ""}' to target '${target}' already exists`);
  const options = new Map([...call.args.values].filter(([name]) => name !== "id"));
  writeJobs(machine, REPLICATION, [...jobs, { type: "local", id, options }]);
}

/** `pvesr update ID` */
export function pvesrUpdate(call: Call): void {
  const { machine } = call;
  const id = argument(call, "id");
  const jobs = readJobs(machine, REPLICATION);
  const job = jobs.find((known) => known.id === id) ?? refuse(`no such replication job '${id}'`);
  for (const name of splitList(call.args.values.get("delete") ?? "")) job.options.delete(name);
  for (const [name, value] of call.args.values) if (!["delete", "id"].includes(name)) job.options.set(name, value);
  writeJobs(machine, REPLICATION, jobs);
}

/** `pvesr delete ID` */
export function pvesrDelete(call: Call): void {
  const { machine } = call;
  const id = argument(call, "id");
  const jobs = readJobs(machine, REPLICATION);
  if (!jobs.some((job) => job.id === id)) refuse(`no such replication job '${id}'`);
  writeJobs(
    machine,
    REPLICATION,
    jobs.filter((job) => job.id !== id),
  );
}
