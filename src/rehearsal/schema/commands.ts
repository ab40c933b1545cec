import { bool, format, int, matching, num, oneOf, type Options, text } from "../../pve/spec.js";
import { pctConfig, pctCreateOnly, pctSetOnly } from "../../pve/pct.js";
import { qmConfig, qmCreateOnly, qmSetOnly } from "../../pve/qm.js";
import { storageAdd, storageSet, storageTypeNames } from "../../pve/storage.js";
import { jobCommands } from "./job-commands.js";

/** How a command is called. */
export interface CommandSpec {
  /** The words before the arguments, as the usage line spells them: `qm disk resize`. */
  readonly usage: string;
  readonly positional: readonly string[];
  /** Positional arguments from this index on may be left out. */
  readonly needed?: number;
  readonly options: Options;
  /** Takes everything after its positional arguments: `pct exec ID -- ...`. */
  readonly rest?: boolean;
  /** Whether it changes anything; reading commands may run in a quiet second run. */
  readonly mutating: boolean;
}

const vmid = { type: "integer", format: "pve-vmid", max: 999999999 } as const;
const snapname = format("pve-configid", { maxLength: 40 });
const storage = format("pve-storage-id");
const node = format("pve-node");
const timeout = int(0);
const imageFormat = oneOf("raw", "qcow2", "vmdk");
const drives = [
  ...range("ide", 4),
  ...range("scsi", 31),
  ...range("virtio", 16),
  ...range("sata", 6),
  "efidisk0",
  "tpmstate0",
];
const mounts = ["rootfs", ...range("mp", 256)];
const resizeTo = matching(/\+?\d+(\.\d+)?[KMGT]?/);
const digest = text({ maxLength: 40 });

function range(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}${n}`);
}

const reading = { mutating: false };
const writing = { mutating: true };

const qmDisks: Readonly<Record<string, CommandSpec>> = {
  "qm disk import": {
    usage: "qm disk import",
    positional: ["vmid", "source", "storage"],
    ...writing,
    options: {
      vmid,
      source: text(),
      storage,
      format: imageFormat,
      "target-disk": oneOf(...drives, ...range("unused", 256)),
    },
  },
  "qm disk move": {
    usage: "qm disk move",
    positional: ["vmid", "disk", "storage"],
    needed: 2,
    ...writing,
    options: {
      vmid,
      disk: oneOf(...drives, ...range("unused", 256)),
      storage,
      bwlimit: int(0),
      delete: bool,
      digest,
      format: imageFormat,
    },
  },
  "qm disk resize": {
    usage: "qm disk resize",
    positional: ["vmid", "disk", "size"],
    options: { vmid, disk: oneOf(...drives), size: resizeTo, digest, skiplock: bool },
    ...writing,
  },
  "qm disk unlink": {
    usage: "qm disk unlink",
    positional: ["vmid"],
    options: { vmid, idlist: format("pve-configid", { list: true }), force: bool },
    ...writing,
  },
};

const qmGuest: Readonly<Record<string, CommandSpec>> = {
  "qm cloudinit dump": {
    usage: "qm cloudinit dump",
    positional: ["vmid", "type"],
    options: { vmid, type: oneOf("user", "network", "meta") },
    ...reading,
  },
  "qm cloudinit update": { usage: "qm cloudinit update", positional: ["vmid"], options: { vmid }, ...writing },
  "qm guest cmd": {
    usage: "qm guest cmd",
    positional: ["vmid", "command"],
    ...reading,
    options: {
      vmid,
      command: oneOf(
        ..."fsfreeze-freeze fsfreeze-status fsfreeze-thaw fstrim get-fsinfo get-host-name get-memory-block-info get-memory-blocks get-osinfo get-time get-timezone get-users get-vcpus info network-get-interfaces ping shutdown suspend-disk suspend-hybrid suspend-ram".split(
          " ",
        ),
      ),
    },
  },
  "qm guest exec": {
    usage: "qm guest exec",
    positional: ["vmid"],
    rest: true,
    options: { vmid, "pass-stdin": bool, synchronous: bool, timeout },
    ...writing,
  },
  "qm guest exec-status": {
    usage: "qm guest exec-status",
    positional: ["vmid", "pid"],
    options: { vmid, pid: int() },
    ...reading,
  },
};

const qm: Readonly<Record<string, CommandSpec>> = {
  ...qmDisks,
  ...qmGuest,
  "qm clone": {
    usage: "qm clone",
    positional: ["vmid", "newid"],
    ...writing,
    options: {
      vmid,
      newid: vmid,
      bwlimit: int(0),
      description: text(),
      format: imageFormat,
      full: bool,
      name: format("dns-name"),
      pool: format("pve-poolid"),
      snapname,
      storage,
      target: node,
    },
  },
  "qm config": {
    usage: "qm config",
    positional: ["vmid"],
    options: { vmid, current: bool, snapshot: snapname },
    ...reading,
  },
  "qm create": {
    usage: "qm create",
    positional: ["vmid"],
    options: { vmid, ...qmConfig, ...qmCreateOnly },
    ...writing,
  },
  "qm delsnapshot": {
    usage: "qm delsnapshot",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, force: bool },
    ...writing,
  },
  "qm destroy": {
    usage: "qm destroy",
    positional: ["vmid"],
    options: { vmid, "destroy-unreferenced-disks": bool, purge: bool, skiplock: bool },
    ...writing,
  },
  "qm list": { usage: "qm list", positional: [], options: { full: bool }, ...reading },
  "qm listsnapshot": { usage: "qm listsnapshot", positional: ["vmid"], options: { vmid }, ...reading },
  "qm migrate": {
    usage: "qm migrate",
    positional: ["vmid", "target"],
    options: { vmid, target: node, force: bool, online: bool, "with-local-disks": bool, targetstorage: text() },
    ...writing,
  },
  "qm pending": { usage: "qm pending", positional: ["vmid"], options: { vmid }, ...reading },
  "qm reboot": { usage: "qm reboot", positional: ["vmid"], options: { vmid, timeout }, ...writing },
  "qm rollback": {
    usage: "qm rollback",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, start: bool },
    ...writing,
  },
  "qm set": { usage: "qm set", positional: ["vmid"], options: { vmid, ...qmConfig, ...qmSetOnly }, ...writing },
  "qm shutdown": {
    usage: "qm shutdown",
    positional: ["vmid"],
    options: { vmid, forceStop: bool, keepActive: bool, skiplock: bool, timeout },
    ...writing,
  },
  "qm snapshot": {
    usage: "qm snapshot",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, description: text(), vmstate: bool },
    ...writing,
  },
  "qm start": {
    usage: "qm start",
    positional: ["vmid"],
    options: { vmid, machine: qmConfig["machine"] ?? text(), skiplock: bool, timeout, "force-cpu": text() },
    ...writing,
  },
  "qm status": { usage: "qm status", positional: ["vmid"], options: { vmid, verbose: bool }, ...reading },
  "qm stop": {
    usage: "qm stop",
    positional: ["vmid"],
    options: { vmid, keepActive: bool, "overrule-shutdown": bool, skiplock: bool, timeout },
    ...writing,
  },
  "qm template": { usage: "qm template", positional: ["vmid"], options: { vmid, disk: oneOf(...drives) }, ...writing },
  "qm unlock": { usage: "qm unlock", positional: ["vmid"], options: { vmid }, ...writing },
};

const pct: Readonly<Record<string, CommandSpec>> = {
  "pct clone": {
    usage: "pct clone",
    positional: ["vmid", "newid"],
    ...writing,
    options: {
      vmid,
      newid: vmid,
      bwlimit: num(0),
      description: text(),
      full: bool,
      hostname: format("dns-name"),
      pool: format("pve-poolid"),
      snapname,
      storage,
      target: node,
    },
  },
  "pct config": {
    usage: "pct config",
    positional: ["vmid"],
    options: { vmid, current: bool, snapshot: snapname },
    ...reading,
  },
  "pct create": {
    usage: "pct create",
    positional: ["vmid", "ostemplate"],
    options: { vmid, ostemplate: text({ maxLength: 255 }), ...pctConfig, ...pctCreateOnly },
    ...writing,
  },
  "pct delsnapshot": {
    usage: "pct delsnapshot",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, force: bool },
    ...writing,
  },
  "pct destroy": {
    usage: "pct destroy",
    positional: ["vmid"],
    options: { vmid, "destroy-unreferenced-disks": bool, force: bool, purge: bool },
    ...writing,
  },
  "pct exec": { usage: "pct exec", positional: ["vmid"], rest: true, options: { vmid, "keep-env": bool }, ...writing },
  "pct list": { usage: "pct list", positional: [], options: {}, ...reading },
  "pct listsnapshot": { usage: "pct listsnapshot", positional: ["vmid"], options: { vmid }, ...reading },
  "pct migrate": {
    usage: "pct migrate",
    positional: ["vmid", "target"],
    options: { vmid, target: node, online: bool, restart: bool, timeout: int(), "target-storage": text() },
    ...writing,
  },
  "pct move-volume": {
    usage: "pct move-volume",
    positional: ["vmid", "volume", "storage"],
    ...writing,
    options: {
      vmid,
      volume: oneOf(...mounts, ...range("unused", 256)),
      storage,
      bwlimit: num(0),
      delete: bool,
      digest,
    },
  },
  "pct pending": { usage: "pct pending", positional: ["vmid"], options: { vmid }, ...reading },
  "pct pull": {
    usage: "pct pull",
    positional: ["vmid", "path", "destination"],
    options: { vmid, path: text(), destination: text(), group: text(), perms: text(), user: text() },
    ...reading,
  },
  "pct push": {
    usage: "pct push",
    positional: ["vmid", "file", "destination"],
    options: { vmid, file: text(), destination: text(), group: text(), perms: text(), user: text() },
    ...writing,
  },
  "pct reboot": { usage: "pct reboot", positional: ["vmid"], options: { vmid, timeout }, ...writing },
  "pct resize": {
    usage: "pct resize",
    positional: ["vmid", "disk", "size"],
    options: { vmid, disk: oneOf(...mounts), size: resizeTo, digest },
    ...writing,
  },
  "pct rollback": {
    usage: "pct rollback",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, start: bool },
    ...writing,
  },
  "pct set": { usage: "pct set", positional: ["vmid"], options: { vmid, ...pctConfig, ...pctSetOnly }, ...writing },
  "pct shutdown": {
    usage: "pct shutdown",
    positional: ["vmid"],
    options: { vmid, forceStop: bool, timeout },
    ...writing,
  },
  "pct snapshot": {
    usage: "pct snapshot",
    positional: ["vmid", "snapname"],
    options: { vmid, snapname, description: text() },
    ...writing,
  },
  "pct start": { usage: "pct start", positional: ["vmid"], options: { vmid, debug: bool, skiplock: bool }, ...writing },
  "pct status": { usage: "pct status", positional: ["vmid"], options: { vmid, verbose: bool }, ...reading },
  "pct stop": {
    usage: "pct stop",
    positional: ["vmid"],
    options: { vmid, "overrule-shutdown": bool, skiplock: bool },
    ...writing,
  },
  "pct template": { usage: "pct template", positional: ["vmid"], options: { vmid }, ...writing },
  "pct unlock": { usage: "pct unlock", positional: ["vmid"], options: { vmid }, ...writing },
};

const hostTools: Readonly<Record<string, CommandSpec>> = {
  "pveam download": {
    usage: "pveam download",
    positional: ["storage", "template"],
    options: { storage, template: text() },
    ...writing,
  },
  "pveam list": { usage: "pveam list", positional: ["storage"], options: { storage }, ...reading },
  "pveam update": { usage: "pveam update", positional: [], options: {}, ...writing },
  ...jobCommands,
  "pvesm add": {
    usage: "pvesm add",
    positional: ["type", "storage"],
    options: { type: oneOf(...storageTypeNames), storage, ...storageAdd },
    ...writing,
  },
  "pvesm alloc": {
    usage: "pvesm alloc",
    positional: ["storage", "vmid", "filename", "size"],
    ...writing,
    options: {
      storage,
      vmid,
      filename: text(),
      size: matching(/\d+[MG]?/),
      format: oneOf("raw", "qcow2", "subvol", "vmdk"),
    },
  },
  "pvesm free": {
    usage: "pvesm free",
    positional: ["volume"],
    options: { volume: text(), delay: int(1, 30), storage },
    ...writing,
  },
  "pvesm list": {
    usage: "pvesm list",
    positional: ["storage"],
    options: { storage, content: format("pve-content"), vmid },
    ...reading,
  },
  "pvesm path": {
    usage: "pvesm path",
    positional: ["volume"],
    options: { volume: format("pve-volume-id") },
    ...reading,
  },
  "pvesm remove": { usage: "pvesm remove", positional: ["storage"], options: { storage }, ...writing },
  "pvesm set": { usage: "pvesm set", positional: ["storage"], options: { storage, ...storageSet }, ...writing },
  "pvesm status": {
    usage: "pvesm status",
    positional: [],
    options: { content: format("pve-content", { list: true }), enabled: bool, format: bool, storage, target: node },
    ...reading,
  },
};

/** Every command of Proxmox that the simulated host knows, by its words. */
export const commandSpecs: Readonly<Record<string, CommandSpec>> = { ...qm, ...pct, ...hostTools };

/** Other words for commands. */
export const commandAliases: Readonly<Record<string, string>> = {
  "qm agent": "qm guest cmd",
  "qm importdisk": "qm disk import",
  "qm move-disk": "qm disk move",
  "qm move_disk": "qm disk move",
  "qm resize": "qm disk resize",
  "qm unlink": "qm disk unlink",
  "pct move_volume": "pct move-volume",
};
