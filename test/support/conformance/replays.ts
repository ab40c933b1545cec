import { emptyHost, type HostState } from "../../../src/rehearsal/index.js";

/** A transcript with the state that it implies, which its commands alone do not make. */
export interface Replay {
  readonly file: string;
  /** What was done between the recorded commands: after the first command of this line (empty: before all), these. */
  readonly implied: Readonly<Record<string, readonly string[]>>;
  readonly prepare?: (state: HostState) => void;
  /** The command that found the guest's lock file held by another process. */
  readonly locked?: string;
  /** What was shown after a command by one that was not recorded: a file of the host, or what a command prints. */
  readonly shown?: Readonly<Record<string, Shown>>;
}

export type Shown = { readonly file: string } | { readonly command: readonly string[] };

const template = "local:vztmpl/debian-13-tiny_amd64.tar.zst";

/** All transcripts, each with a host of its own. */
export const replays: readonly Replay[] = [
  { file: "pct-lifecycle.txt", implied: {}, shown: { "pct config 200": { file: "/etc/pve/lxc/200.conf" } } },
  {
    file: "pct-templates-locks.txt",
    implied: {
      "pct move-volume 203 rootfs quickOS-lxc-disks --delete 1": [
        "qm create 100 --name par --cores 2 --memory 512 --scsi0 quickOS-vm-disks:1",
      ],
    },
    locked: "qm set 100 --memory 515",
    shown: {
      "qm destroy 110 --destroy-unreferenced-disks 1": { command: ["zfs", "list", "-H", "-o", "name,origin"] },
    },
  },
  { file: "qm-normalisation.txt", implied: {} },
  {
    file: "vm-running-disks-import.txt",
    implied: {
      "": [
        "qm create 100 --name run1 --memory 128 --agent 1 --scsi0 quickOS-vm-disks:1 --ide2 quickOS-vm-disks:cloudinit --net0 virtio,bridge=vmbr0 --ciuser bob --kvm 0 --scsihw virtio-scsi-single",
        "qm set 100 --scsi1 local:1,format=qcow2",
      ],
      "qm destroy 100": ["qm create 102 --name imp"],
      "qm disk import 102 /root/i.raw local --format qcow2 --target-disk scsi5": ["qm set 102 --bios ovmf"],
    },
    prepare: (state) => void (state.manners[100] = { agent: false, refusesUnplug: true, ignoresShutdown: true }),
    shown: { "qm set 100 --revert cpu": { file: "/etc/pve/qemu-server/100.conf" } },
  },
  {
    file: "refusals.txt",
    implied: {
      "": [
        "qm create 100 --name web --memory 512 --scsi0 local:1",
        `pct create 200 ${template} --rootfs local:1 --hostname ct1`,
      ],
    },
  },
  {
    file: "pvesh-storage-ha-firewall.txt",
    implied: {
      "": [
        "qm create 100 --name web --memory 512 --scsi0 quickOS-vm-disks:1 --tags x --net0 virtio,bridge=vmbr0,firewall=1",
        `pct create 200 ${template} --rootfs quickOS-lxc-disks:1 --hostname ct1`,
      ],
    },
    shown: {
      "pvesm add zfspool zp --pool quickOS/zp --content images,rootdir --sparse 1 --blocksize 16k --nodes pve": {
        file: "/etc/pve/storage.cfg",
      },
    },
  },
];

/** The host of the transcripts: two bridges, a pool with a storage for each kind of guest, a template and two images. */
export function recordedHost(): HostState {
  const pool = (name: string, content: string): { type: string; id: string; options: Record<string, string> } => ({
    type: "zfspool",
    id: `quickOS-${name}-disks`,
    options: { pool: `quickOS/${name}-disks`, content, sparse: "1" },
  });
  const state = emptyHost({
    bridges: ["vmbr0", "vmbr1"],
    storages: [pool("vm", "images"), pool("lxc", "rootdir")],
    images: [
      "/var/lib/vz/template/cache/debian-13-tiny_amd64.tar.zst",
      "/root/i.qcow2",
      { path: "/root/i.raw", size: 20 * 1024 ** 2 },
    ],
    files: { "/root/k.pub": "ssh-ed25519 AAAA x\n" },
  });
  state.pools["quickOS"] = { parts: [], properties: {}, size: 2 * 10 ** 11 };
  for (const name of ["quickOS", "quickOS/vm-disks", "quickOS/lxc-disks"])
    state.datasets[name] = { type: "filesystem", properties: {}, snapshots: [] };
  return state;
}
