import { readArguments } from "../schema/arguments.js";
import { commandAliases, commandSpecs } from "../schema/commands.js";
import { listSnapshots, deleteSnapshot, rollback, takeSnapshot } from "../guest/snapshots.js";
import { migrate, pctList, qmList, showConfig, showPending, showStatus, unlock } from "../guest/show.js";
import { pctClone } from "../pct/clone.js";
import { pctCreate } from "../pct/create.js";
import { pctDestroy, pctReboot, pctShutdown, pctStart, pctStop, pctTemplate } from "../pct/lifecycle.js";
import { pctExec, pctMoveVolume, pctPull, pctPush, pctResize } from "../pct/misc.js";
import { pctSet } from "../pct/set.js";
import { qmGuestCmd, qmGuestExec, qmGuestExecStatus } from "../qm/agent.js";
import { qmCloudInitDump, qmCloudInitUpdate } from "../qm/cloud-init.js";
import { qmClone, qmTemplate } from "../qm/clone.js";
import { qmCreate } from "../qm/create.js";
import { qmImport, qmMove, qmResize, qmUnlink } from "../qm/disks.js";
import { qmDestroy, qmReboot, qmShutdown, qmStart, qmStop } from "../qm/lifecycle.js";
import { qmSet } from "../qm/set.js";
import { dnsmasq } from "../tools/dnsmasq.js";
import { ifreload, ping, systemdRun } from "../tools/network.js";
import { pvesh, pveversion } from "../tools/pvesh.js";
import {
  pveamDownload,
  pveamList,
  pveamUpdate,
  pvesmAdd,
  pvesmAlloc,
  pvesmFree,
  pvesmList,
  pvesmPath,
  pvesmRemove,
  pvesmSet,
  pvesmStatus,
} from "../tools/pvesm.js";
import { proxmoxBootTool, updateGrub } from "../tools/boot.js";
import { sh, updateInitramfs } from "../tools/devices.js";
import { pvesrCreate, pvesrDelete, pvesrUpdate } from "../tools/jobs.js";
import {
  blkid,
  checksum,
  chown,
  type Handover,
  id,
  lsblk,
  perl,
  skopeo,
  stat,
  unpacker,
  wget,
  wipefs,
} from "../tools/stock.js";
import { chpasswd, mkhomedirHelper, timedatectl, useradd, usermod, visudo } from "../tools/accounts.js";
import { pveum } from "../tools/pveum.js";
import { aptGet, dpkg, modprobe, needPackage, sysctl, systemctl } from "../tools/settings.js";
import { exportfs, pdbedit, smbpasswd, testparm } from "../tools/shares.js";
import { zfs } from "../tools/zfs.js";
import { zpool } from "../tools/zpool.js";
import type { Command, Handler } from "./command.js";
import { lockHeld } from "./guests.js";
import { refuse } from "./refusal.js";

const handlers: Readonly<Record<string, Handler>> = {
  "pct clone": pctClone,
  "pct config": showConfig("ct"),
  "pct create": pctCreate,
  "pct delsnapshot": deleteSnapshot("ct"),
  "pct destroy": pctDestroy,
  "pct exec": pctExec,
  "pct list": pctList,
  "pct listsnapshot": listSnapshots("ct"),
  "pct migrate": migrate,
  "pct move-volume": pctMoveVolume,
  "pct pending": showPending("ct"),
  "pct pull": pctPull,
  "pct push": pctPush,
  "pct reboot": pctReboot,
  "pct resize": pctResize,
  "pct rollback": rollback("ct"),
  "pct set": pctSet,
  "pct shutdown": pctShutdown,
  "pct snapshot": takeSnapshot("ct"),
  "pct start": pctStart,
  "pct status": showStatus("ct"),
  "pct stop": pctStop,
  "pct template": pctTemplate,
  "pct unlock": unlock("ct"),
  "pveam download": pveamDownload,
  "pveam list": pveamList,
  "pveam update": pveamUpdate,
  "pvesm add": pvesmAdd,
  "pvesm alloc": pvesmAlloc,
  "pvesm free": pvesmFree,
  "pvesm list": pvesmList,
  "pvesm path": pvesmPath,
  "pvesm remove": pvesmRemove,
  "pvesm set": pvesmSet,
  "pvesm status": pvesmStatus,
  "pvesr create-local-job": pvesrCreate,
  "pvesr delete": pvesrDelete,
  "pvesr update": pvesrUpdate,
  "qm cloudinit dump": qmCloudInitDump,
  "qm cloudinit update": qmCloudInitUpdate,
  "qm clone": qmClone,
  "qm config": showConfig("vm"),
  "qm create": qmCreate,
  "qm delsnapshot": deleteSnapshot("vm"),
  "qm destroy": qmDestroy,
  "qm disk import": qmImport,
  "qm disk move": qmMove,
  "qm disk resize": qmResize,
  "qm disk unlink": qmUnlink,
  "qm guest cmd": qmGuestCmd,
  "qm guest exec": qmGuestExec,
  "qm guest exec-status": qmGuestExecStatus,
  "qm list": qmList,
  "qm listsnapshot": listSnapshots("vm"),
  "qm migrate": migrate,
  "qm pending": showPending("vm"),
  "qm reboot": qmReboot,
  "qm rollback": rollback("vm"),
  "qm set": qmSet,
  "qm shutdown": qmShutdown,
  "qm snapshot": takeSnapshot("vm"),
  "qm start": qmStart,
  "qm status": showStatus("vm"),
  "qm stop": qmStop,
  "qm template": qmTemplate,
  "qm unlock": unlock("vm"),
};

type Tool = (command: Command, argv: readonly string[]) => Handover | undefined | void | Promise<void>;

const tools: Readonly<Record<string, Tool>> = {
  "apt-get": aptGet,
  blkid,
  chown,
  chpasswd,
  mkhomedir_helper: mkhomedirHelper,
  pveum,
  timedatectl,
  useradd,
  usermod,
  visudo,
  dpkg,
  dnsmasq,
  exportfs,
  id,
  ifreload,
  lsblk,
  modprobe,
  pdbedit,
  perl,
  ping,
  pvesh,
  pveversion,
  sh,
  sha256sum: checksum("sha256"),
  sha512sum: checksum("sha512"),
  ...Object.fromEntries(["bzip2", "gzip", "xz", "zstd"].map((program) => [program, unpacker(program)])),
  skopeo,
  smbpasswd,
  stat,
  sysctl,
  systemctl,
  "systemd-run": systemdRun,
  testparm,
  wget,
  wipefs,
  "proxmox-boot-tool": proxmoxBootTool,
  "update-grub": updateGrub,
  "update-initramfs": updateInitramfs,
  zfs,
  zpool,
};

/** Programs of a Proxmox host that are there and say that they are not simulated: using one fails loudly. */
const loud = "curl ha-manager ip lxc-attach lxc-info parted pve-firewall pvecm pvenode sgdisk ssh vzdump".split(" ");

/** The names under which the simulated host is called. */
export const shimNames: readonly string[] = ["pct", "pveam", "pvesm", "pvesr", "qm", ...Object.keys(tools), ...loud];

/** Tools whose calls all count when a fault is placed at the n-th one. */
const countedTools: ReadonlySet<string> = new Set([
  "pct",
  "pveam",
  "pvesh",
  "pvesm",
  "pvesr",
  "pveversion",
  "qm",
  "zfs",
  "zpool",
]);

const mutatingTools: Readonly<Record<string, readonly string[]>> = {
  dnsmasq: [],
  ifreload: ["-a"],
  pvesh: ["create", "set", "delete"],
  "proxmox-boot-tool": ["refresh"],
  systemctl: [
    "daemon-reload",
    "disable",
    "enable",
    "reload",
    "reload-or-restart",
    "restart",
    "start",
    "stop",
    "try-reload-or-restart",
    "try-restart",
  ],
  "systemd-run": ["--collect"],
  zfs: [
    "create",
    "destroy",
    "inherit",
    "load-key",
    "mount",
    "rename",
    "rollback",
    "set",
    "snapshot",
    "unallow",
    "unmount",
  ],
  zpool: ["add", "create", "destroy", "replace", "set"],
};

/** Tools that change something whatever their arguments are. */
const changing: ReadonlySet<string> = new Set([
  "apt-get",
  "chown",
  "dpkg",
  "exportfs",
  "modprobe",
  "smbpasswd",
  "sysctl",
  "update-grub",
  "update-initramfs",
  "skopeo",
  "wget",
  "chpasswd",
  "mkhomedir_helper",
  "pveum",
  "timedatectl",
  "useradd",
  "usermod",
]);

/** The words of a Proxmox command line that name the command; undefined when there is no such command. */
function commandName(argv: readonly string[]): { readonly name: string; readonly words: number } | undefined {
  for (const words of [3, 2]) {
    const spelled = argv.slice(0, words).join(" ");
    const name = commandAliases[spelled] ?? spelled;
    if (Object.hasOwn(commandSpecs, name)) return { name, words };
  }
  return undefined;
}

/** Work in a guest that is followed, or only looks at what is there. */
const LOOKING = /^(?:pct exec|qm guest exec) .* sh -s -- (?:follow |begin .* look$)/;

/** Whether a command line may change something. What the simulated host does not know counts as changing. */
export function isMutating(argv: readonly string[]): boolean {
  const [tool = "", verb = ""] = argv;
  const command = commandName(argv);
  if (LOOKING.test(argv.join(" "))) return false;
  if (tool === "sh") return verb.endsWith(".run");
  // With a dataset alone it shows what is permitted.
  if (tool === "zfs" && verb === "allow") return argv.length > 3;
  if (command !== undefined) return commandSpecs[command.name]?.mutating ?? true;
  const verbs = mutatingTools[tool];
  if (verbs !== undefined) return verbs.includes(verb);
  return changing.has(tool) || loud.includes(tool) || ["pct", "pveam", "pvesm", "pvesr", "qm"].includes(tool);
}

/** Whether a fault can be placed at a command line: it is one of Proxmox or ZFS, or it may change something. */
export function isStruck(argv: readonly string[]): boolean {
  return countedTools.has(argv[0] ?? "") || isMutating(argv);
}

/** Runs one command line. Throws a refusal when it ends without success; returns who is to do it instead, if not this. */
export async function dispatch(
  command: Command,
  argv: readonly string[],
  lockTimeoutMs: number,
): Promise<Handover | undefined> {
  const [tool = "", ...rest] = argv;
  needPackage(command, tool);
  const simulated = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  if (simulated !== undefined) return (await simulated(command, rest)) ?? undefined;
  const found = commandName(argv);
  const spec = found && commandSpecs[found.name];
  const handler = found && handlers[found.name];
  if (found === undefined || spec === undefined || handler === undefined)
    return refuse(`simulated host: unknown command: ${argv.slice(0, 3).join(" ")}`, 127);
  const args = readArguments(spec, argv.slice(found.words));
  const call = { ...command, args };
  const id = Number(args.values.get("vmid") ?? 0);
  if (spec.mutating && id > 0 && (tool === "qm" || tool === "pct")) await waitForLock(call, tool, id, lockTimeoutMs);
  await handler(call);
  return undefined;
}

/** Waits while somebody else holds Proxmox's lock file of a guest; gives up after the time that Proxmox waits. */
async function waitForLock(command: Command, tool: "qm" | "pct", id: number, timeoutMs: number): Promise<void> {
  const kind = tool === "qm" ? "vm" : "ct";
  if (!lockHeld(command.machine, kind, id)) return;
  command.warn("trying to acquire lock...");
  const end = Date.now() + timeoutMs;
  while (lockHeld(command.machine, kind, id)) {
    const path = kind === "vm" ? `/var/lock/qemu-server/lock-${id}.conf` : `/run/lock/lxc/pve-config-${id}.lock`;
    if (Date.now() >= end) refuse(`can't lock file '${path}' - got timeout`, 4);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  command.warn(" OK");
}
