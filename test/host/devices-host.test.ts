import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { undisturbed } from "../../src/rehearsal/faults.js";
import { compileSource, mutating, runThrough, withEmptyHost, withHost } from "../support/rehearsal.js";

const test = suite("devices of the host");

const BOTH = `host pve1 {
  node = pve1
  passthrough { ids = ["10de:2684", "10de:22ba"] }
  nvidia { version = "580.76.05" }
}
`;
const PASSED = `host pve1 { node = pve1, passthrough { ids = ["10de:2684"] } }\n`;
const WEB = `ct 101 web { image = "local:vztmpl/debian-13.tar.zst", disk root { size = 4GiB, storage = local-lvm } }\n`;

const read = ({ root }: SimulatedHost, path: string): string => readFileSync(join(root, path), "utf8");

test("the run ends with 6 until the host was restarted, and then goes on to the guests", async () => {
  const { plan, script } = await compileSource(BOTH + WEB);
  await withEmptyHost(plan, async (host) => {
    const check = await host.runScript(script, ["--check"]);
    assert.is(check.code, 2, check.stderr);
    assert.match(
      check.stdout,
      /^~ host: restart of the host: 0000:80:00\.0 \(10de:2684\) is with nouveau.*the module nouveau is loaded/m,
    );
    const first = await host.runScript(script);
    assert.is(first.code, 6, first.stdout + first.stderr);
    assert.match(first.stdout, "Restart this host, then run the same script again");
    assert.is(host.guests().length, 0);
    // Asked again without a restart it says the same.
    assert.is((await host.runScript(script)).code, 6);
    host.restart();
    const second = await host.runScript(script);
    assert.is(second.code, 0, second.stdout + second.stderr);
    assert.match(second.stdout, "+ host: driver of NVIDIA 580.76.05");
    assert.is(host.guests().length, 1);
    assert.match(read(host, "/proc/driver/nvidia/version"), "580.76.05");
    assert.match(read(host, "/sys/bus/pci/devices/0000:80:00.0/uevent"), /^DRIVER=vfio-pci$/m);
    assert.match(
      read(host, "/etc/modprobe.d/phxc-vfio.conf"),
      /^options vfio-pci ids=10de:2684,10de:22ba disable_vga=1$/m,
    );
    assert.equal(host.state.units["phxc-nvidia-devices.service"], { active: true, enabled: true });
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, mutating(quiet)], [0, []], quiet.stdout);
    host.restart();
    assert.equal([(await host.runScript(script)).code], [0]);
  });
});

test("a rehearsal restarts the host, and the second run is quiet", async () => {
  const { plan, script } = await compileSource(BOTH + WEB);
  const { passed, first, second } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr + (second?.stdout ?? ""));
});

test("a restart that did not help is said, and asked for again after the cause was mended", async () => {
  const { plan, script } = await compileSource(PASSED);
  await withEmptyHost(plan, async (host) => {
    assert.is((await host.runScript(script)).code, 6);
    // What the initramfs was made of was lost.
    writeFileSync(join(host.root, "/boot/initrd.img"), "");
    host.restart();
    const still = await host.runScript(script);
    assert.is(still.code, 4, still.stdout);
    assert.match(
      still.stderr,
      "the host was restarted since an earlier run asked for it, and still 0000:80:00.0 (10de:2684) is with nouveau",
    );
    await host.execute(["update-initramfs", "-u", "-k", "all"]);
    assert.is((await host.runScript(script)).code, 6);
    host.restart();
    assert.is((await host.runScript(script)).code, 0);
  });
});

test("another version of the driver is installed, and loaded after a restart", async () => {
  const older = await compileSource(`host pve1 { node = pve1, nvidia { version = "570.10" } }`);
  const newer = await compileSource(`host pve1 { node = pve1, nvidia { version = "580.76.05" } }`);
  await withEmptyHost(older.plan, async (host) => {
    assert.is((await host.runScript(older.script)).code, 6);
    host.restart();
    assert.is((await host.runScript(older.script)).code, 0);
    const run = await host.runScript(newer.script);
    assert.is(run.code, 6, run.stderr);
    assert.match(run.stdout, "the driver of NVIDIA that is loaded is 570.10, not 580.76.05");
    host.restart();
    const next = await host.runScript(newer.script);
    assert.is(next.code, 0, next.stderr);
    assert.not.match(next.commands.map(({ argv }) => argv.join(" ")).join("\n"), ".run --silent");
  });
});

test("a card for machines that is not there is refused before anything is touched; without one for the driver that is left out", async () => {
  const { plan, script } = await compileSource(BOTH);
  const state = presupposed(plan);
  const without = (pattern: RegExp) => ({
    ...state,
    files: Object.fromEntries(Object.entries(state.files).filter(([path]) => !pattern.test(path))),
  });
  await withHost(without(/0000:80/), async (host) => {
    const run = await host.runScript(script);
    assert.is(run.code, 3);
    assert.match(run.stderr, "there is no PCI device 10de:2684; lspci -n prints those that are there");
  });
  await withHost(without(/0000:82/), async (host) => {
    const run = await runThrough(host, script);
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout, "there is no card of NVIDIA for the driver, which is not installed");
    assert.ok(!mutating(run).some((line) => line.includes(".run --silent")));
    assert.equal(mutating(await host.runScript(script)), []);
  });
});

test("without an IOMMU it says where that is switched on", async () => {
  const { plan, script } = await compileSource(PASSED);
  const state = presupposed(plan);
  const files = Object.fromEntries(Object.entries(state.files).filter(([path]) => !path.includes("iommu_groups")));
  await withHost({ ...state, files }, async (host) => {
    const run = await host.runScript(script);
    assert.is(run.code, 6);
    assert.match(run.stdout, "the IOMMU is off (VT-d or AMD-Vi in the firmware");
  });
});

test("killed before, during and after every command on both sides of the restart", async () => {
  const { plan, script } = await compileSource(BOTH);
  const before = await undisturbed(script, presupposed(plan));
  assert.is(before.run.code, 6, before.run.stderr);
  const middle = await withEmptyHost(plan, async (host) => {
    await host.runScript(script);
    host.restart();
    return host.capture();
  });
  const after = await undisturbed(script, middle);
  assert.is(after.run.code, 0, after.run.stdout + after.run.stderr);
  assert.ok(after.commands.some((line) => line.includes(".run --silent")));
  for (const whole of [before, after])
    for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
});

/** Two cards of one model, the second of which is for machines. */
const SECOND = `host pve1 {
  node = pve1
  passthrough { addresses = [0000:02:00] }
  nvidia { version = "580.76.05" }
}
vm 100 desktop { disk root { size = 1GiB, storage = local-lvm }, pci gpu { address = 0000:02:00 } }
`;

test("of two equal cards the one at the declared address is for machines, the other for the host's driver", async () => {
  const { plan, script } = await compileSource(SECOND);
  const state = presupposed(plan);
  const [uevent = ""] = Object.keys(state.files).filter((path) => path.includes("0000:02:00.0/uevent"));
  const twin = uevent.replace("0000:02", "0000:01");
  const files = { ...state.files, [twin]: (state.files[uevent] ?? "").replace("0000:02", "0000:01") };
  await withHost({ ...state, files }, async (host) => {
    const first = await host.runScript(script);
    assert.is(first.code, 6, first.stdout + first.stderr);
    assert.match(first.stdout, "0000:02:00.0 (10de:2684) is with nouveau, not with vfio-pci");
    host.restart();
    const second = await host.runScript(script);
    assert.is(second.code, 0, second.stdout + second.stderr);
    assert.match(read(host, uevent), /^DRIVER=vfio-pci$/m);
    assert.not.match(read(host, twin), "vfio-pci");
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, mutating(quiet)], [0, []], quiet.stdout);
  });
});

test("the command that modprobe runs for vfio-pci says which driver the devices may have, before it loads it", async () => {
  const { plan, script } = await compileSource(SECOND.replace("[0000:02:00]", "[0000:02:00, 0000:03:00.1]"));
  await withEmptyHost(plan, async (host) => {
    await host.runScript(script);
    const [, command = ""] = /^install vfio-pci (.*)$/m.exec(read(host, "/etc/modprobe.d/phxc-vfio.conf")) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "phxc-vfio-"));
    try {
      const devices = ["0000:02:00.0", "0000:02:00.1", "0000:03:00.0", "0000:03:00.1"];
      for (const device of devices) mkdirSync(join(folder, device));
      const local = command.replaceAll("/sys/bus/pci/devices", folder).replace("/sbin/modprobe", "echo");
      const said = execFileSync("sh", ["-c", local], { encoding: "utf8", env: { CMDLINE_OPTS: "disable_vga=1" } });
      assert.is(said, "--ignore-install vfio-pci disable_vga=1\n");
      const overridden = devices.filter((device) => existsSync(join(folder, device, "driver_override")));
      assert.equal(overridden, ["0000:02:00.0", "0000:02:00.1", "0000:03:00.1"]);
      assert.is(readFileSync(join(folder, "0000:03:00.1", "driver_override"), "utf8"), "vfio-pci\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("a card for machines that the driver of NVIDIA has is told", async () => {
  const { plan, script } = await compileSource(SECOND.replace(/passthrough.*\n/, ""));
  const state = presupposed(plan);
  const [uevent = ""] = Object.keys(state.files).filter((path) => path.includes("0000:02:00.0/uevent"));
  const files = { ...state.files, [uevent]: `DRIVER=nvidia\n${state.files[uevent] ?? ""}` };
  await withHost({ ...state, files }, async (host) => {
    const run = await runThrough(host, script);
    assert.match(run.stdout, "PCI device 0000:02:00 is with the driver of NVIDIA");
  });
});

provesMatrix(test, import.meta.url);

test.run();
