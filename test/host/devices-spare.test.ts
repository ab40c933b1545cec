import { appendFileSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed } from "../../src/rehearsal/index.js";
import type { HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { compileSource, mutating, runThrough, withHost } from "../support/rehearsal.js";

const test = suite("devices that the host needs itself");

const BY_ID = `host pve1 { node = pve1, passthrough { ids = ["8086:1521"] } }\n`;
const BY_ADDRESS = `host pve1 { node = pve1, passthrough { addresses = [0000:03:00] } }\n`;

const device = (address: string, driver = "igb", kind = "20000"): Readonly<Record<string, string>> => ({
  [`/sys/bus/pci/devices/${address}/uevent`]: `DRIVER=${driver}\nPCI_CLASS=${kind}\nPCI_ID=8086:1521\nPCI_SLOT_NAME=${address}\n`,
});
const BELOW = "/sys/devices/pci0000:00/0000:00:01.0";
const CARD = `${BELOW}/0000:03:00.0`;
const OTHER = `${BELOW}/0000:03:00.1`;
const card = (driver?: string): Readonly<Record<string, string>> => ({
  ...device("0000:03:00.0", driver),
  ...device("0000:03:00.1", driver),
});
const ROUTES = (name: string): string =>
  `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n${name}\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
const SATA = `${CARD}/ata1/host0/target0:0:0/0:0:0:0/block/sdq`;

interface Found {
  readonly files: Readonly<Record<string, string>>;
  readonly disks?: HostState["disks"];
  readonly pools?: HostState["pools"];
}

async function onHost<T>(source: string, found: Found, use: (host: SimulatedHost) => Promise<T>): Promise<T> {
  const { plan } = await compileSource(source);
  const { files, ...state } = presupposed(plan);
  const others = Object.entries(files).filter(([path]) => !path.startsWith("/sys/bus/pci/"));
  const disks = [...state.disks, ...(found.disks ?? [])];
  const pools = { ...state.pools, ...found.pools };
  return withHost({ ...state, disks, pools, files: { ...Object.fromEntries(others), ...found.files } }, use);
}

/** That the run is refused, untouched, with this text; and that --check tells it, and --allow-detach goes on. */
async function refused(source: string, found: Found, told: string): Promise<void> {
  const { script } = await compileSource(source);
  await onHost(source, found, async (host) => {
    const check = await host.runScript(script, ["--check"]);
    assert.is(check.code, 2, check.stderr);
    assert.match(check.stdout, told);
    const run = await host.runScript(script);
    assert.is(run.code, 3, run.stdout + run.stderr);
    assert.match(run.stderr, told);
    assert.match(run.stderr, "or say --allow-detach");
    assert.equal(mutating(run), []);
    const allowed = await host.runScript(script, ["--allow-detach"]);
    assert.is(allowed.code, 6, allowed.stdout + allowed.stderr);
  });
}

/** That the run goes on to the restart, and is quiet afterwards. */
async function accepted(source: string, found: Found): Promise<void> {
  const { script } = await compileSource(source);
  await onHost(source, found, async (host) => {
    const run = await runThrough(host, script);
    assert.is(run.code, 0, run.stdout + run.stderr);
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, mutating(quiet)], [0, []], quiet.stdout);
    assert.not.match(quiet.commands.map(({ argv }) => argv.join(" ")).join("\n"), /readlink|wipefs|zpool status/);
  });
}

const group = { "/sys/kernel/iommu_groups/7/devices/0000:03:00.0": "" };
const net = (name: string, place = CARD): Readonly<Record<string, string>> => ({
  ...card(),
  ...group,
  [`${place}/net/${name}/uevent`]: `INTERFACE=${name}\n`,
});

test("an interface with an address is not given away, by model or by address of any function", async () => {
  const files = { ...net("eno7"), "/proc/net/route": ROUTES("eno7") };
  const told =
    "PCI device 0000:03:00.0 (8086:1521) is used by this node, which would be without it after the restart: interface eno7 has an address.";
  await refused(BY_ID, { files }, told);
  await refused(BY_ADDRESS, { files }, told);
  const second = { ...net("eno7", OTHER), "/proc/net/route": ROUTES("eno7") };
  await refused(BY_ADDRESS, { files: second }, "PCI device 0000:03:00.1 (8086:1521)");
  await accepted(BY_ADDRESS.replace("03:00", "03:00.0"), { files: second });
});

test("nor one below a bridge over a bond, nor a USB adapter's deeper down, with IPv6 only", async () => {
  const above = { "/sys/class/net/bond0/upper_vmbr7": "", [`${CARD}/net/eno7/upper_bond0`]: "" };
  const files = { ...net("eno7"), ...above, "/proc/net/route": ROUTES("vmbr7") };
  await refused(BY_ID, { files }, "interface eno7 is below bond0, which has an address");
  const deep = `${CARD}/usb1/1-1/1-1:1.0`;
  const six = `20010db8000000000000000000000001 05 40 00 80   enx7\n`;
  await refused(BY_ID, { files: { ...net("enx7", deep), "/proc/net/if_inet6": six } }, "interface enx7 has an address");
});

test("a port of Open vSwitch counts, because nobody tells of which bridge", async () => {
  const files = { ...net("eno7"), [`${CARD}/net/eno7/upper_ovs-system`]: "" };
  await refused(BY_ID, { files }, "interface eno7 is a port of Open vSwitch");
});

test("an interface without an address, or of a bridge without one, may be given away", async () => {
  await accepted(BY_ID, { files: net("eno7") });
  const link = `fe800000000000000000000000000001 05 40 20 80   vmbr7\n`;
  const bridge = {
    [`${CARD}/net/eno7/upper_vmbr7`]: "",
    "/proc/net/if_inet6": link,
    "/proc/net/route": ROUTES("vmbr0"),
  };
  await accepted(BY_ID, { files: { ...net("eno7"), ...bridge } });
});

test("a device that vfio-pci has is not looked at", async () => {
  const files = { ...net("eno7"), ...card("vfio-pci"), "/proc/net/route": ROUTES("eno7") };
  await accepted(BY_ID, { files });
});

test("a run for one guest, which does nothing to the host, is not held up", async () => {
  const source = `${BY_ID}ct 101 web { image = "local:vztmpl/debian-13.tar.zst", disk root { size = 4GiB, storage = local-lvm } }\n`;
  const { script } = await compileSource(source);
  await onHost(source, { files: { ...net("eno7"), "/proc/net/route": ROUTES("eno7") } }, async (host) => {
    assert.is((await host.runScript(script, ["--only", "web"])).code, 0);
    assert.is((await host.runScript(script)).code, 3);
  });
});

const disk = (extra: Readonly<Record<string, string>> = {}, place = SATA): Readonly<Record<string, string>> => ({
  ...card(),
  ...group,
  [`${place}/uevent`]: "",
  [`${place}/${place.split("/").at(-1) ?? ""}2/uevent`]: "",
  ...extra,
});

test("the controller of a disk in use is not given away: swap, volumes, LVM, btrfs", async () => {
  await refused(
    BY_ID,
    { files: disk({ "/proc/swaps": "Filename Type\n/dev/sdq2 partition 1 0 -2\n" }) },
    "disk sdq2 is swap",
  );
  const held = { [`${SATA}/sdq2/holders/dm-0/dm/name`]: "pve-root\n" };
  await refused(BY_ID, { files: disk(held) }, "disk sdq2 is used by pve-root");
  const member = { path: "/dev/sdq2", signature: "LVM2_member" };
  await refused(BY_ID, { files: disk(), disks: [member] }, "disk sdq2 is a physical volume of LVM");
  await refused(
    BY_ID,
    { files: disk({ "/sys/fs/btrfs/1b2c/devices/sdq2": "" }) },
    "disk sdq2 is part of a mounted btrfs",
  );
});

test("nor that of an NVMe disk with several paths, which has another name", async () => {
  const nvme = `${CARD}/nvme/nvme0/nvme0c0n1`;
  const swap = { "/sys/class/block/nvme0n1p2/uevent": "", "/proc/swaps": "x\n/dev/nvme0n1p2 partition 1\n" };
  await refused(BY_ID, { files: disk(swap, nvme) }, "disk nvme0c0n1 is swap");
});

test("nor that of a partition that is mounted, or part of a pool, under another name", async () => {
  const { script } = await compileSource(BY_ID);
  const parts = [{ role: "data" as const, type: "disk", disks: ["/dev/disk/by-id/ata-q"] }];
  const pools = { rpool: { parts, properties: {}, size: 1024 ** 3 } };
  const told = async (link: string, found: Found, mounts: string, text: string): Promise<void> =>
    onHost(BY_ID, found, async (host) => {
      mkdirSync(dirname(join(host.root, link)), { recursive: true });
      symlinkSync("../../sdq2", join(host.root, link));
      appendFileSync(join(host.root, "/proc/mounts"), mounts);
      const run = await host.runScript(script);
      assert.is(run.code, 3, run.stdout);
      assert.match(run.stderr, text);
      assert.equal(mutating(run), []);
    });
  const efi = "/dev/disk/by-uuid/1b2c /boot/efi vfat rw 0 0\n";
  await told("/dev/disk/by-uuid/1b2c", { files: disk() }, efi, "disk sdq2 is mounted at /boot/efi");
  await told("/dev/disk/by-id/ata-q-part1", { files: disk(), pools }, "", "disk sdq2 is part of the pool rpool");
});

const machine = (id: number, more = ""): string =>
  `vm ${id} m${id} { disk root { size = 4GiB, storage = local-lvm }\nstate = running\n${more}\n}\n`;
const WITH_CARD = `host pve1 { node = pve1 }\n${machine(100, "pci nic { address = 0000:03:00.0 }")}${machine(101)}`;

/** What becomes of a machine that asks for the card without `passthrough`: held back with this text, or started. */
async function forMachine(found: Found, told: string | undefined): Promise<void> {
  const { script } = await compileSource(WITH_CARD);
  await onHost(WITH_CARD, found, async (host) => {
    const run = await host.runScript(script);
    assert.is(run.code, told === undefined ? 0 : 4, run.stdout + run.stderr);
    if (told !== undefined)
      assert.match(
        run.stdout,
        `! vm 100 m100: held back: PCI device 0000:03:00.0 (8086:1521) is used by this node, ${told}`,
      );
    const started = host.guests().flatMap(({ id, running }) => (running ? [id] : []));
    assert.equal(started, told === undefined ? [100, 101] : [101]);
    if (told === undefined) return;
    const allowed = await host.runScript(script, ["--allow-detach"]);
    assert.is(allowed.code, 0, allowed.stdout + allowed.stderr);
    assert.ok(host.guests().every(({ running }) => running));
  });
}

test("a machine that asks for a device of the host's by its address is held back, and the others go on", async () => {
  const nic = { ...net("eno7"), "/proc/net/route": ROUTES("eno7") };
  const lost = "which would be without it when the machine starts: ";
  await forMachine(
    { files: nic },
    `${lost}interface eno7 has an address. Give the machine another one, or say --allow-detach`,
  );
  const swap = disk({ "/proc/swaps": "Filename Type\n/dev/sdq2 partition 1 0 -2\n" });
  const storage = { ...swap, ...device("0000:03:00.0", "ahci", "10601") };
  await forMachine({ files: storage }, `${lost}disk sdq2 is swap.`);
  const usb = { ...storage, ...device("0000:03:00.0", "xhci_hcd", "C0330") };
  await forMachine({ files: usb }, `${lost}disk sdq2 is swap.`);
});

test("one that the host does not use, one that vfio-pci has, and a graphics card, are the machine's", async () => {
  await forMachine({ files: { ...net("eno7"), "/proc/net/route": ROUTES("eno8") } }, undefined);
  const address = { ...net("eno7"), "/proc/net/route": ROUTES("eno7") };
  await forMachine({ files: { ...address, ...device("0000:03:00.0", "vfio-pci") } }, undefined);
  await forMachine({ files: { ...address, ...device("0000:03:00.0", "nouveau", "30000") } }, undefined);
});

test("disks that the host does not use go with their controller, also those of a pool that is another system's", async () => {
  const other = { path: "/dev/sdq2", signature: "zfs_member" };
  await accepted(BY_ID, { files: disk({ "/proc/swaps": "x\n/dev/sda3 partition 1\n" }), disks: [other] });
});

test.run();
