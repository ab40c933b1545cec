/** What of Proxmox's options files cannot set, each with the reason; checked against the genuine commands. */

/** What `set` and `create` take that is no setting of a guest, or none that anybody but Proxmox sets. */
export const notSettable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  qm: {
    bootdisk: "the old way to say what `boot { order }` says",
    cdrom: "another name of `ide2`",
    delete: "a part of the command",
    digest: "a part of the command",
    force: "a part of the command",
    lock: "Proxmox's own note that a task is at work",
    revert: "a part of the command",
    skiplock: "a part of the command",
    smp: "the old name of `sockets`",
    "unused[n]": "Proxmox's own list of detached volumes",
    vmid: "the guest's id",
  },
  pct: {
    delete: "a part of the command",
    digest: "a part of the command",
    lock: "Proxmox's own note that a task is at work",
    revert: "a part of the command",
    "unused[n]": "Proxmox's own list of detached volumes",
    vmid: "the guest's id",
  },
};

/** What only `create` takes: what a plan does with it. */
export const onlyCreated: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  qm: {
    archive: "restores a backup, which a plan does not",
    bwlimit: "of a restore",
    "ha-managed": "a resource of the HA manager, which the guest's file does not hold",
    "import-working-storage": "of a restore from other hypervisors",
    "live-restore": "of a restore",
    pool: "a member of a pool of permissions, which the guest's file does not hold",
    start: "a step of its own starts the guest, once it is configured",
    storage: "every disk says where it lies",
    unique: "of a restore",
  },
  pct: {
    bwlimit: "of a restore",
    force: "of a restore: it overwrites a container",
    "ha-managed": "a resource of the HA manager, which the guest's file does not hold",
    "ignore-unpack-errors": "a container that was unpacked with errors is no good start",
    ostemplate: "the attribute `image`",
    password: "kept nowhere, so that nothing could tell whether it holds",
    pool: "a member of a pool of permissions, which the guest's file does not hold",
    restore: "a backup is not restored by a plan",
    "ssh-public-keys": "written into the file system once, so that nothing could tell whether they hold",
    start: "a step of its own starts the guest, once it is configured",
    storage: "every disk says where it lies",
    unique: "of a restore",
  },
};

/** Options that the guest says in other ways than by an attribute. */
export const saidOtherwise: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  qm: { name: "the guest's name" },
  pct: { hostname: "the guest's name", rootfs: "`disk root`" },
};

const volume = "what the disk is made of: its size, storage and place are attributes";

/** Keys of property strings that are no attribute of their own. */
export const keysSaidOtherwise: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  qm: {
    "efidisk0.format": "Proxmox takes what the storage has",
    "efidisk0.import-from": "the state is made empty",
    "efidisk0.size": "Proxmox knows the size",
    "tpmstate0.format": "Proxmox takes what the storage has",
    "tpmstate0.import-from": "the state is made empty",
    "tpmstate0.size": "Proxmox knows the size",
    ...Object.fromEntries(
      ["ide", "sata", "scsi", "virtio"].flatMap((bus) =>
        ["file", "format", "import-from", "media", "size"]
          .filter((key) => bus !== "ide" || key !== "file")
          .map((key) => [`${bus}[n].${key}`, volume]),
      ),
    ),
  },
  pct: {
    "mp[n].size": volume,
    "rootfs.size": volume,
    "rootfs.volume": volume,
    "mp[n].volume": volume,
    "dev[n].path": "the argument of `device`",
    "net[n].type": "there is only one",
  },
};
