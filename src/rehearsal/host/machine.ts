import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { basename, dirname, join, normalize } from "node:path";
import type { HostState } from "../state.js";
import { imageText } from "./images.js";

/** The simulated host while it runs: its state, and the folder that stands for its file system. */
export interface Machine {
  /** The folder that scripts get as `PHXC_ROOT`. */
  readonly root: string;
  readonly state: HostState;
}

/** The folders that every host has. */
export function hostFolders(node: string): readonly string[] {
  return [
    `/etc/pve/nodes/${node}/qemu-server`,
    `/etc/pve/nodes/${node}/lxc`,
    "/etc/pve/firewall",
    "/proc/net",
    "/run/qemu-server",
    "/run/lock/lxc",
    "/run/lock/qemu-server",
    "/dev/disk/by-id",
    "/var/lib/vz/template/iso",
    "/var/lib/vz/template/cache",
    "/var/lib/vz/snippets",
    "/var/lib/vz/images",
    "/var/lib/phxc",
    "/root",
    "/tmp",
    "/sys/class/net",
  ];
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const FIRST_BOOT = "00000000-0000-4000-8000-000000000001\n";

/** Lays the host's files out in `root`. */
export function layOut(root: string, state: HostState): Machine {
  const machine = { root, state };
  const folders = [...hostFolders(state.node), ...state.directories];
  for (const folder of folders) mkdirSync(machinePath(machine, folder), { recursive: true });
  link(machine, "/etc/pve/local", `nodes/${state.node}`);
  link(machine, "/etc/pve/qemu-server", "local/qemu-server");
  link(machine, "/etc/pve/lxc", "local/lxc");
  link(machine, "/var/lock", "../run/lock");
  link(machine, "/var/run", "../run");
  for (const [path, text] of Object.entries(state.files)) writeHostFile(machine, path, text);
  linkKernelDevices(machine);
  for (const [path, mode] of Object.entries(state.modes)) chmodSync(machinePath(machine, path), parseInt(mode, 8));
  for (const [path, image] of Object.entries(state.images)) writeHostFile(machine, path, imageText(image));
  for (const bridge of state.bridges) layOutBridge(machine, bridge);
  for (const nic of [...state.nics, ...startedInterfaces(state)]) {
    mkdirSync(machinePath(machine, `/sys/class/net/${nic}`), { recursive: true });
  }
  for (const path of [...state.devices, ...state.disks.map((disk) => disk.path)]) writeHostFile(machine, path, "");
  for (const { path, size } of state.disks)
    writeHostFile(machine, `/sys/class/block/${basename(path)}/size`, `${Math.floor((size ?? 0) / 512)}\n`);
  for (const [name, { type }] of Object.entries(state.datasets))
    if (type === "filesystem") mkdirSync(machinePath(machine, `/${name}`), { recursive: true });
  writeHostFile(
    machine,
    "/proc/mounts",
    "/dev/fuse /etc/pve fuse rw,nosuid,nodev,relatime,user_id=0,group_id=0,default_permissions,allow_other 0 0\n",
  );
  writeHostFile(machine, "/etc/pve/.members", `{\n"nodename": "${state.node}",\n"version": 0\n}\n`);
  if (readHostFile(machine, BOOT_ID) === undefined) writeHostFile(machine, BOOT_ID, FIRST_BOOT);
  writeHostFile(machine, "/etc/hostname", `${state.node}\n`);
  layOutTimezone(machine);
  return machine;
}

/** Interfaces and block devices have their places below the devices of the kernel; their classes are links to them. */
function linkKernelDevices(machine: Machine): void {
  for (const path of Object.keys(machine.state.files)) {
    const [, place = "", kind, name] =
      /^(\/sys\/devices\/.+\/(net|block|nvme)\/(?:.*\/)?([^/]+))\/uevent$/.exec(path) ?? [];
    if (name !== undefined) link(machine, `/sys/class/${kind === "net" ? "net" : "block"}/${name}`, `../../..${place}`);
  }
}

/** Interfaces that come up when the host starts. */
function startedInterfaces({ files }: HostState): readonly string[] {
  return [...(files["/etc/network/interfaces"] ?? "").matchAll(/^auto (\S+)$/gm)].map(([, name = ""]) => name);
}

/** The files that say which time zone the host has. */
export function layOutTimezone(machine: Machine): void {
  const { timezone } = machine.state;
  writeHostFile(machine, `/usr/share/zoneinfo/${timezone}`, `${timezone}\n`);
  removeHostFile(machine, "/etc/localtime");
  symlinkSync(`../usr/share/zoneinfo/${timezone}`, machinePath(machine, "/etc/localtime"));
}

function layOutBridge(machine: Machine, bridge: { readonly name: string; readonly mtu: number }): void {
  mkdirSync(machinePath(machine, `/sys/class/net/${bridge.name}/bridge`), { recursive: true });
  writeHostFile(machine, `/sys/class/net/${bridge.name}/mtu`, `${bridge.mtu}\n`);
}

function link(machine: Machine, path: string, target: string): void {
  const at = machinePath(machine, path);
  mkdirSync(dirname(at), { recursive: true });
  if (!existsSync(at)) symlinkSync(target, at);
}

/** Where a path of the host really is: never outside of its folder. A path that is already inside stays. */
export function machinePath({ root }: Pick<Machine, "root">, path: string): string {
  const plain = normalize(path);
  return plain === root || plain.startsWith(`${root}/`) ? plain : join(root, join("/", plain));
}

/** A path as the host sees it: without the folder that stands for its root. */
export function hostPath(machine: Machine, path: string): string {
  return path.startsWith(`${machine.root}/`) ? path.slice(machine.root.length) : path;
}

/** Writes a file of the host whole: by a new file and a rename, as pmxcfs and its users do. */
export function writeHostFile(machine: Machine, path: string, text: string): void {
  const at = machinePath(machine, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(`${at}.sim-new`, text);
  renameSync(`${at}.sim-new`, at);
}

/** A file of the host; undefined when there is none. */
export function readHostFile(machine: Machine, path: string): string | undefined {
  const at = machinePath(machine, path);
  return existsSync(at) && statSync(at).isFile() ? readFileSync(at, "utf8") : undefined;
}

/** Removes a file or folder of the host; nothing when there is none. */
export function removeHostFile(machine: Machine, path: string): void {
  rmSync(machinePath(machine, path), { recursive: true, force: true });
}

/** The next number of the seeded generator, from 0 up to 1. */
export function random(machine: Machine): number {
  machine.state.seed = (machine.state.seed + 0x6d2b79f5) | 0;
  let t = machine.state.seed;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function hex(machine: Machine, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random(machine) * 16).toString(16)).join("");
}

/** A new MAC address of Proxmox's own prefix. */
export function newMac(machine: Machine): string {
  const tail = hex(machine, 6).toUpperCase();
  return `BC:24:11:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
}

/** A new random uuid of version 4. */
export function newUuid(machine: Machine): string {
  const d = hex(machine, 32);
  return `${d.slice(0, 8)}-${d.slice(8, 12)}-4${d.slice(13, 16)}-a${d.slice(17, 20)}-${d.slice(20)}`;
}

/** A password as `crypt` would store it with a random salt; different each time. */
export function hashPassword(machine: Machine, password: string): string {
  const salt = hex(machine, 8);
  return `$5$${salt}$${createHash("sha256")
    .update(salt + password)
    .digest("base64")
    .replace(/[=+]/g, ".")}`;
}
