import type { Argv, GuestRef, Phase, Plan, PlanGuest, Probe, Step } from "../../src/model/plan.js";
import { sourceFile, span } from "../../src/text/source.js";

/** A plan made by hand that holds every probe once, for tests of what comes after the planner. */

const at = span(sourceFile("fleet.phx", "fleet"), 0, 5);

export const ct: GuestRef = { kind: "ct", id: 103, name: "step-ca" };
export const template: GuestRef = { kind: "vm", id: 9000, name: "tmpl" };
export const clone: GuestRef = { kind: "vm", id: 8001, name: "docker-1" };

/** A step at a place of the sample source. */
export function step(
  id: string,
  phase: Phase,
  resource: string,
  title: string,
  probe: Probe,
  commands: readonly Argv[],
): Step {
  return { id, phase, resource, title, risk: "safe", probe, commands, requires: [], source: at };
}

/** An options step of a guest with this `set` command. */
export function options(guest: GuestRef, argv: Argv, more: Partial<Extract<Probe, { kind: "options" }>> = {}): Step {
  const probe: Probe = {
    kind: "options",
    guest,
    wanted: [],
    absent: [],
    absentKeys: [],
    exact: [],
    pending: [],
    ...more,
  };
  const key = `${guest.kind}.${guest.id}`;
  return step(`${key}.options`, "configure", key, "options", probe, [argv]);
}

/** A plan of these steps; guests are taken from their probes, in order. */
export function planOf(steps: readonly Step[], needs: Readonly<Record<string, readonly string[]>> = {}): Plan {
  const guests = new Map<string, PlanGuest>();
  for (const { probe } of steps) {
    const guest = "guest" in probe ? probe.guest : undefined;
    if (guest === undefined) continue;
    const address = `${guest.kind}.${guest.id}`;
    guests.set(address, { ...guest, address, needs: needs[address] ?? [], source: at });
  }
  return {
    host: "pve1",
    node: "pve",
    steps,
    requirements: [
      { kind: "bridge", bridge: "vmbr0", blocks: [], source: at },
      { kind: "device", path: "/dev/null", blocks: ["ct.103"], source: at },
    ],
    guests: [...guests.values()],
    sources: [{ path: "fleet.phx", sha256: "1".repeat(64) }],
    environment: ["HOME"],
    targets: [],
  };
}

const hostSteps: readonly Step[] = [
  step(
    "pool.tank",
    "host",
    "pool.tank",
    "pool tank",
    {
      kind: "pool",
      pool: "tank",
      vdevs: [{ role: "data", type: "disk", disks: ["/dev/disk/by-id/a"] }],
      properties: [],
      rootProperties: [],
    },
    [["zpool", "create", "-o", "ashift=12", "tank", "/dev/disk/by-id/a"]],
  ),
  step(
    "dataset.tank/vm",
    "host",
    "dataset.tank/vm",
    "dataset tank/vm",
    {
      kind: "dataset",
      dataset: "tank/vm",
      properties: [
        ["recordsize", "128K"],
        ["quota", "1.4T"],
      ],
    },
    [["zfs", "create", "-o", "recordsize=128K", "-o", "quota=1.4T", "tank/vm"]],
  ),
  step(
    "storage.vmd",
    "host",
    "storage.vmd",
    "storage vmd",
    {
      kind: "storage",
      storage: "vmd",
      storageType: "zfspool",
      fixed: [["pool", "tank/vm"]],
      options: [["content", "images,rootdir"]],
    },
    [["pvesm", "add", "zfspool", "vmd", "--pool", "tank/vm", "--content", "images,rootdir", "--sparse", "1"]],
  ),
  step(
    "image.noble",
    "host",
    "image.noble",
    "image noble",
    {
      kind: "image-absent",
      path: "/var/lib/vz/template/iso/noble.img",
      sha256: "ab".repeat(32),
      url: "https://images.example/noble.img",
    },
    [["wget", "-nv", "-O", "/var/lib/vz/template/iso/noble.img.part", "https://images.example/noble.img"]],
  ),
  step(
    "group.web",
    "host",
    "group.web",
    "security group web",
    {
      kind: "firewall-piece",
      piece: "group",
      name: "web",
      lines: ["[group web] # phxc: it's", "IN SSH(ACCEPT)"],
      adopt: true,
    },
    [],
  ),
  step("thing.x", "host", "thing.x", "thing x", { kind: "command", argv: ["test", "-e", "/srv/it's"] }, [
    ["touch", "/srv/it's"],
  ]),
];

const ctSteps: readonly Step[] = [
  step(
    "ct.103.mount./srv/x",
    "define",
    "ct.103",
    "directory /srv/x",
    { kind: "directory", path: "/srv/x", owner: { uid: 100000, gid: 100000 }, guest: ct },
    [
      ["mkdir", "-p", "/srv/x"],
      ["chown", "100000:100000", "/srv/x"],
    ],
  ),
  step(
    "ct.103.create",
    "define",
    "ct.103",
    "create",
    { kind: "guest-absent", guest: ct, storages: ["vmd"], firstStart: true },
    [
      [
        "pct",
        "create",
        "103",
        "local:vztmpl/debian-13-tiny_amd64.tar.zst",
        "--hostname",
        "step-ca",
        "--rootfs",
        "vmd:16",
        "--unprivileged",
        "1",
      ],
    ],
  ),
  options(
    ct,
    [
      ...["pct", "set", "103", "--cores", "2", "--memory", "1024"],
      ...["--net0", "name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=52:54:00:aa:bb:ca,ip=10.0.0.10/24"],
      ...[
        "--mp0",
        "/srv/x,mp=/etc/x",
        "--mp1",
        "vmd:5,mp=/data",
        "--dev0",
        "/dev/null",
        "--description",
        "It's $(x)\nä: 100%",
      ],
    ],
    { exact: ["dev"] },
  ),
  step(
    "ct.103.raw",
    "configure",
    "ct.103",
    "raw lxc lines",
    {
      kind: "raw-lines",
      guest: ct,
      lines: [{ key: "lxc.apparmor.profile", values: ["unconfined"] }],
      dropPrefixes: ["lxc.mount.entry: /dev/nvidia"],
    },
    [],
  ),
  step(
    "ct.103.disk.root",
    "configure",
    "ct.103",
    "disk root",
    { kind: "disk-size", guest: ct, disk: "rootfs", bytes: 20 * 2 ** 30 },
    [["pct", "resize", "103", "rootfs", "20G"]],
  ),
  step(
    "ct.103.firewall",
    "configure",
    "ct.103",
    "firewall",
    {
      kind: "file",
      path: "/etc/pve/firewall/103.fw",
      content: "# Managed by phxc: ct 103 step-ca. Changes are overwritten.\n[OPTIONS]\n\nenable: 1\nEND\n",
      guest: ct,
      adopt: false,
    },
    [],
  ),
  step("ct.103.start", "start", "ct.103", "start", { kind: "run-state", guest: ct, want: "first-start" }, [
    ["pct", "start", "103"],
  ]),
  step("ct.103.restart", "start", "ct.103", "restart", { kind: "restart-needed", guest: ct }, [
    ["pct", "reboot", "103"],
  ]),
  step(
    "ct.103.check.api",
    "validate",
    "ct.103",
    "check api",
    {
      kind: "check",
      guest: ct,
      name: "api",
      test: { type: "tcp", address: "10.0.0.10", port: 9000 },
      retries: 1,
      everySeconds: 1,
      timeoutSeconds: 5,
    },
    [],
  ),
];

const vmSteps: readonly Step[] = [
  step(
    "vm.9000.inputs",
    "define",
    "vm.9000",
    "what it is made from",
    {
      kind: "template-inputs",
      guest: template,
      inputs: {
        image: "6c3b0c0a2d0f4f5e8a1d9b7c2e4f6a80",
        storage: "quickOS-vm-disks",
        "feature.docker": "0123456789abcdef",
      },
    },
    [],
  ),
  step(
    "vm.9000.create",
    "define",
    "vm.9000",
    "create",
    { kind: "guest-absent", guest: template, storages: ["vmd"], firstStart: false },
    [
      [
        "qm",
        "create",
        "9000",
        "--name",
        "tmpl",
        "--scsi0",
        "vmd:0,import-from=/var/lib/vz/template/iso/noble.img",
        "--ide2",
        "vmd:cloudinit",
      ],
    ],
  ),
  options(template, [
    "qm",
    "set",
    "9000",
    "--agent",
    "enabled=1",
    "--sshkeys",
    "ssh-ed25519 AAAA bob@x",
    "--ipconfig0",
    "ip=dhcp",
  ]),
  step(
    "vm.9000.disk.root",
    "configure",
    "vm.9000",
    "disk root",
    { kind: "disk-size", guest: template, disk: "scsi0", bytes: 32 * 2 ** 30 },
    [["qm", "disk", "resize", "9000", "scsi0", "32G"]],
  ),
  step("vm.9000.template", "finish", "vm.9000", "template", { kind: "not-template", guest: template }, [
    ["qm", "template", "9000"],
  ]),
  step(
    "vm.8001.create",
    "define",
    "vm.8001",
    "clone",
    { kind: "guest-absent", guest: clone, source: template, storages: ["vmd"], firstStart: false },
    [["qm", "clone", "9000", "8001", "--name", "docker-1", "--full", "1"]],
  ),
  options(
    clone,
    ["qm", "set", "8001", "--cores", "4", "--net0", "virtio,bridge=vmbr0,firewall=1", "--delete", "nameserver"],
    {
      absent: ["nameserver"],
      absentKeys: ["net0.rate"],
    },
  ),
  step(
    "vm.8001.snapshot.base",
    "finish",
    "vm.8001",
    "snapshot base",
    { kind: "snapshot-absent", guest: clone, snapshot: "base" },
    [["qm", "snapshot", "8001", "base"]],
  ),
  step("vm.8001.stop", "finish", "vm.8001", "stop", { kind: "run-state", guest: clone, want: "stopped" }, [
    ["qm", "shutdown", "8001"],
  ]),
];

/** Every probe of the model once. */
export const samplePlan: Plan = planOf([...hostSteps, ...ctSteps, ...vmSteps], { "vm.8001": ["vm.9000"] });
