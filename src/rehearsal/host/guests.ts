import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { emptyConfig, type GuestConfig, parseGuestConfig, printGuestConfig } from "../config/guest-config.js";
import type { HostState } from "../state.js";
import { dropFiles } from "./guest-files.js";
import { type Machine, machinePath, readHostFile, removeHostFile, writeHostFile } from "./machine.js";
import { refuse } from "./refusal.js";

export type Kind = "vm" | "ct";

/** A guest of this node, as the lists show it. */
export interface GuestEntry {
  readonly kind: Kind;
  readonly id: number;
  readonly name: string;
  readonly running: boolean;
  readonly template: boolean;
  /** Its disks and mounts by option, as in its configuration: `scsi0`, `rootfs`, `mp0`. */
  readonly disks: Readonly<Record<string, string>>;
}

const diskOption = /^(?:(?:scsi|virtio|sata|ide|efidisk|tpmstate|mp)\d+|rootfs)$/;

const folders = { vm: "qemu-server", ct: "lxc" } as const;

/** The path of a guest's configuration on the host. */
export function configPath(kind: Kind, id: number): string {
  return `/etc/pve/${folders[kind]}/${id}.conf`;
}

/** The configuration of a guest; undefined when it has none. */
export function findConfig(machine: Machine, kind: Kind, id: number): GuestConfig | undefined {
  const text = readHostFile(machine, configPath(kind, id));
  return text === undefined ? undefined : parseGuestConfig(text);
}

/** The configuration of a guest, or Proxmox's refusal; the code differs between commands. */
export function loadConfig(machine: Machine, kind: Kind, id: number, code = 2): GuestConfig {
  const config = findConfig(machine, kind, id);
  return (
    config ??
    refuse(`Configuration file 'nodes/${machine.state.node}/${folders[kind]}/${id}.conf' does not exist`, code)
  );
}

/** Writes a guest's configuration, and the list of guests with it. */
export function writeConfig(machine: Machine, kind: Kind, id: number, config: GuestConfig): void {
  writeHostFile(machine, configPath(kind, id), printGuestConfig(kind, config));
  writeGuestList(machine);
}

/** Writes a configuration that holds a lock and nothing else: what a create begins with. */
export function writeLockOnly(machine: Machine, kind: Kind, id: number, lock: string): void {
  const config = emptyConfig();
  config.current.options.set("lock", lock);
  writeConfig(machine, kind, id, config);
}

/** Forgets a guest and its firewall file. */
export function removeConfig(machine: Machine, kind: Kind, id: number): void {
  dropFiles(machine, id);
  removeHostFile(machine, configPath(kind, id));
  removeHostFile(machine, `/etc/pve/firewall/${id}.fw`);
  writeGuestList(machine);
}

/** SHA-1 of a guest's file, as `--digest` takes it. */
export function digestOf(machine: Machine, kind: Kind, id: number): string {
  return createHash("sha1")
    .update(readHostFile(machine, configPath(kind, id)) ?? "")
    .digest("hex");
}

/** Refuses a stale `--digest`. */
export function checkDigest(machine: Machine, kind: Kind, id: number, digest: string | undefined): void {
  if (digest !== undefined && digest !== digestOf(machine, kind, id))
    refuse("checksum mismatch (file change by other user?)");
}

/** Refuses a locked guest. */
export function checkLock(kind: Kind, config: GuestConfig): void {
  const lock = config.current.options.get("lock");
  if (lock !== undefined) refuse(`${kind === "vm" ? "VM" : "CT"} is locked (${lock})`);
}

/** Ids with a configuration file, ascending. */
export function guestIds(machine: Machine, kind: Kind): number[] {
  const names = readdirSync(machinePath(machine, `/etc/pve/${folders[kind]}`));
  const ids = names.flatMap((name) => /^(\d+)\.conf$/.exec(name)?.[1] ?? []);
  return ids.map(Number).sort((a, b) => a - b);
}

/** All guests of this node by id. */
export function listGuests(machine: Machine): GuestEntry[] {
  const entries = (["vm", "ct"] as const).flatMap((kind) =>
    guestIds(machine, kind).map((id) => entry(machine, kind, id)),
  );
  return entries.sort((a, b) => a.id - b.id);
}

function entry(machine: Machine, kind: Kind, id: number): GuestEntry {
  const options = (findConfig(machine, kind, id) ?? emptyConfig()).current.options;
  const name = options.get(kind === "vm" ? "name" : "hostname") ?? (kind === "vm" ? `VM ${id}` : `CT${id}`);
  const disks = Object.fromEntries([...options].filter(([option]) => diskOption.test(option)));
  return { kind, id, name, running: isRunning(machine, id), template: options.get("template") === "1", disks };
}

/** What kind of guest has an id anywhere in the cluster, with its node. */
export function ownerOf(machine: Machine, id: number): { readonly kind: Kind; readonly node: string } | undefined {
  for (const kind of ["vm", "ct"] as const)
    if (readHostFile(machine, configPath(kind, id)) !== undefined) return { kind, node: machine.state.node };
  return machine.state.elsewhere.find((guest) => guest.id === id);
}

/** What Proxmox says of a taken id: `VM 100 already exists on node 'pve'`; undefined when it is free. */
export function takenMessage(machine: Machine, id: number): string | undefined {
  const owner = ownerOf(machine, id);
  return owner && `${owner.kind === "vm" ? "VM" : "CT"} ${id} already exists on node '${owner.node}'`;
}

export function isRunning(machine: Machine, id: number): boolean {
  return machine.state.running[id] !== undefined;
}

/** Marks a guest as running or stopped, in the places where Proxmox itself looks. */
export function setRunning(machine: Machine, kind: Kind, id: number, running: boolean): void {
  if (running) machine.state.running[id] = 10000 + id;
  else {
    delete machine.state.running[id];
    delete machine.state.work[id];
  }
  if (kind === "vm") writeProcess(machine, id, running);
  else writeSockets(machine);
}

function writeProcess(machine: Machine, id: number, running: boolean): void {
  const pid = 10000 + id;
  const pidFile = `/run/qemu-server/${id}.pid`;
  if (!running) {
    removeHostFile(machine, pidFile);
    return removeHostFile(machine, `/proc/${pid}`);
  }
  writeHostFile(machine, pidFile, `${pid}\n`);
  const argv = ["/usr/bin/kvm", "-id", `${id}`, "-pidfile", `/var${pidFile}`, "-daemonize", ""];
  writeHostFile(machine, `/proc/${pid}/cmdline`, argv.join("\0"));
}

function writeSockets(machine: Machine): void {
  const running = guestIds(machine, "ct").filter((id) => isRunning(machine, id));
  const line = (id: number): string =>
    `0000000000000000: 00000002 00000000 00010000 0001 01 ${20000 + id} @/var/lib/lxc/${id}/command\n`;
  const head = "Num       RefCount Protocol Flags    Type St Inode Path\n";
  writeHostFile(machine, "/proc/net/unix", head + running.map(line).join(""));
}

/** Writes the places that tell about guests: after the host was laid out. */
export function writeRunning(machine: Machine): void {
  for (const kind of ["vm", "ct"] as const)
    for (const id of guestIds(machine, kind)) if (isRunning(machine, id)) setRunning(machine, kind, id, true);
  writeSockets(machine);
  writeGuestList(machine);
}

function writeGuestList(machine: Machine): void {
  const here = listIds(machine).map(({ id, kind }) => ({ id, kind, node: machine.state.node }));
  const all = [...here, ...machine.state.elsewhere].sort((a, b) => a.id - b.id);
  const version = machine.state.clock;
  const line = (guest: HostState["elsewhere"][number]): string =>
    `"${guest.id}": { "node": "${guest.node}", "type": "${guest.kind === "vm" ? "qemu" : "lxc"}", "version": ${version} }`;
  writeHostFile(
    machine,
    "/etc/pve/.vmlist",
    `{\n"version": ${version},\n"ids": {\n${all.map(line).join(",\n")}}\n\n}\n`,
  );
}

function listIds(machine: Machine): { readonly id: number; readonly kind: Kind }[] {
  return (["vm", "ct"] as const).flatMap((kind) => guestIds(machine, kind).map((id) => ({ id, kind })));
}

/** Whether a process holds Proxmox's lock file of a guest. */
export function lockHeld(machine: Machine, kind: Kind, id: number): boolean {
  const name = kind === "vm" ? `qemu-server/lock-${id}.conf` : `lxc/pve-config-${id}.lock`;
  const stat = statSync(machinePath(machine, `/run/lock/${name}`), { throwIfNoEntry: false });
  if (stat === undefined) return false;
  return readFileSync("/proc/locks", "utf8")
    .split("\n")
    .some((line) => line.includes("FLOCK") && line.includes(`:${stat.ino} `));
}
