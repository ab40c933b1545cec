import { absent, block, gib, kib, mib, modelOf, range, ref, seconds } from "./model.js";
import type { Block, Short } from "./model.js";
import type { Model } from "../../src/model/resource.js";

/** A model that uses all that the built-in kinds lower: storage, a template with clones, a chain of containers, GPUs. */

const net = (set: Readonly<Record<string, Short>>): Block => block("net", { network: ref("network.lan", "lan") }, set);
const root = (size: number, storage?: string): Block =>
  block("disk", { name: "root" }, { size: gib(size), ...(storage === undefined ? {} : { storage }) });

export const lan = block(
  "network",
  { name: "lan" },
  { bridge: "vmbr0", subnet: "10.0.0.0/24", gateway: "10.0.0.1", dns: ["10.0.0.13"], search: "internal.example.net" },
);

const host: readonly Block[] = [
  block("host", { name: "pve1" }, { address: "10.0.0.13", node: "pve1", version: "8.2", cores: 16, memory: gib(128) }),
  lan,
  block("pool", { name: "quickOS" }, { raid: "mirror", disks: ["/dev/disk/by-id/nvme-A", "/dev/disk/by-id/nvme-B"] }, [
    block("options", {}, { autotrim: true }),
    block("properties", {}, { compression: "lz4" }),
  ]),
  block("dataset", { name: "quickOS/vm-disks" }, { recordsize: kib(128), compression: "lz4", quota: gib(800) }, [
    block("storage", { type: "zfspool" }, { id: "quickOS-vm-disks", content: ["images"], sparse: true }),
  ]),
  block("dataset", { name: "quickOS/lxc-disks" }, { recordsize: kib(16), atime: false }, [
    block("storage", { type: "zfspool" }, { id: "quickOS-lxc-disks", content: ["rootdir", "images"] }),
  ]),
  block("dataset", { name: "quickOS/shared-iso" }, {}, [
    block("storage", { type: "dir" }, { id: "shared-iso", content: ["vztmpl", "iso"] }),
  ]),
  block("storage", { type: "dir", id: "backup" }, { path: "/srv/backup", content: ["backup"] }),
  block("image", { name: "noble" }, { url: "https://images.example/noble.img", sha256: "9F".repeat(32) }),
  block(
    "image",
    { name: "ubuntu" },
    { template: "ubuntu-24.04-standard_24.04-2_amd64.tar.zst", storage: "shared-iso" },
  ),
];

const machines: readonly Block[] = [
  block(
    "vm",
    { id: 9000, name: "ubuntu-template" },
    { template: true, image: ref("image.noble"), agent: true, cores: 2 },
    [
      root(32, "quickOS-vm-disks"),
      net({ ip: "dhcp" }),
      block("cloud_init", {}, { user: "phoenix_user", ssh_keys: ["ssh-ed25519 AAAA a@b\n", "ssh-ed25519 BBBB c@d"] }),
      block("snapshot", { name: "never-taken" }),
    ],
  ),
  block(
    "vm",
    { id: 8001, name: "docker-1" },
    { clone: ref("vm.9000"), cores: 4, memory: gib(8), needs: [ref("ct.103")], tags: ["Web", "docker", "web"] },
    [
      block("disk", { name: "root" }, { size: gib(100), discard: true, ssd: true }),
      block("disk", { name: "data" }, { size: gib(50), storage: "local-lvm", iothread: true, cache: "none" }),
      net({ ip: "10.0.0.101", firewall: true, mac: "52:54:00:AA:00:01", rate: absent }),
      block("boot", {}, { start: true, order: 4, delay: seconds(2) }),
      block("firewall", {}, { policy_in: "drop" }, [
        block("in", { action: "accept", match: ["tcp", 9001, "from", ref("ct.103")] }, { comment: "agent\nand more" }),
        block("in", { action: "accept", match: ["tcp", [80, range(8000, 8010)], "from", ref("network.lan")] }),
        block("out", { action: "ACCEPT", match: ["to", "10.0.0.153"] }, { log: "nolog", enabled: false }),
      ]),
      block("check", { name: "docker" }, { run: "docker info", retries: 5, every: seconds(10), timeout: seconds(30) }),
      block("check", { name: "web" }, { http: "http://10.0.0.101/", status: 204 }),
      block("snapshot", { name: "final-form" }),
    ],
  ),
  block("vm", { id: 8002, name: "docker-2" }, { clone: ref("vm.9000"), clone_mode: "full", restart: "when-needed" }, [
    root(32, "quickOS-vm-disks"),
    net({ ip: "none" }),
    block("options", {}, { balloon: 0, kvm: false, cpulimit: absent }),
  ]),
];

const containers: readonly Block[] = [
  block("ct", { id: 900, name: "Copy-Base" }, { image: ref("image.ubuntu"), unprivileged: true, memory: mib(2048) }, [
    root(16, "quickOS-lxc-disks"),
    net({ ip: "10.0.0.200/24", mac: "52:54:00:AA:BB:CC" }),
    block("raw", {}, { "lxc.apparmor.profile": "unconfined" }),
    block("snapshot", { name: "final-form" }),
  ]),
  block(
    "ct",
    { id: 901, name: "Copy-Cuda12.8" },
    { clone: ref("ct.900"), clone_snapshot: "final-form", gpus: [0, 1], nesting: true, mount_fs: ["nfs", "cifs"] },
    [root(32, "quickOS-lxc-disks"), net({ ip: "10.0.0.201" }), block("boot", {}, { order: 6 })],
  ),
  block(
    "ct",
    { id: 103, name: "step-ca" },
    {
      image: "local:vztmpl/ubuntu-24.04-standard_24.04-2_amd64.tar.zst",
      cores: 2,
      memory: gib(1),
      swap: { type: "size", value: 0 },
      state: "running",
      description: "The CA.\nDo not touch.\n",
      protection: true,
      keyctl: absent,
      gpus: [],
    },
    [
      root(16, "quickOS-lxc-disks"),
      block("disk", { name: "models" }, { size: gib(50), storage: "local-lvm", at: "/models", backup: false }),
      net({ ip: "10.0.0.10", gateway: absent, vlan: 20, firewall: true }),
      net({ ip: "fd00::10/64", gateway: "fd00::1", device: "lan1" }),
      block("mount", { path: "/quickOS/lxc-disks/103/ssl" }, { at: "/etc/step-ca/ssl", owner: "0:0", readonly: true }),
      block("device", { path: "/dev/ttyUSB0" }, { gid: 20, mode: "0660" }),
      block("check", { name: "acme" }, { tcp: 443 }),
      block("snapshot", { name: "refused-beside-mounts" }),
    ],
  ),
];

export const fleetBlocks: readonly Block[] = [...machines, ...containers, ...host];

/** The model of {@link fleetBlocks}. */
export const fleet: Model = modelOf(fleetBlocks);
