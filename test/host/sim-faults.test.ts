import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, SimulatedHost } from "../../src/rehearsal/index.js";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("sim faults");

const create = "qm create 100 --name web --scsi0 vms:1 </dev/null\necho survived\n";
const createCt = "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 </dev/null\necho survived\n";

function conf(host: SimulatedHost, path: string): string {
  return readFileSync(join(host.root, "etc/pve", path), "utf8");
}

async function struck(host: SimulatedHost, script: string, fault: Fault): Promise<string> {
  const result = await host.runScript(script, [], { fault });
  assert.is(result.signal, fault.signal ?? "SIGKILL");
  assert.not.match(result.stdout, "survived");
  return result.stdout;
}

test("killed before its first command: nothing was done", () =>
  withHost(zfsHost(), async (host) => {
    await struck(host, create, { at: 1, when: "before" });
    assert.equal(host.guests(), []);
  }));

test("killed after its first command: all of it was done", () =>
  withHost(zfsHost(), async (host) => {
    await struck(host, create, { at: 1, when: "after" });
    assert.match(conf(host, "qemu-server/100.conf"), "name: web");
  }));

test("killed during a create: a file with a lock and nothing else, and an orphan", () =>
  withHost(zfsHost(), async (host) => {
    await struck(host, create, { at: 1, when: "during" });
    assert.is(conf(host, "qemu-server/100.conf"), "lock: create\n");
    await struck(host, createCt, { at: 1, when: "during" });
    assert.is(conf(host, "lxc/200.conf"), "lock: create\n");
    for (const line of ["qm unlock 100", "qm destroy 100", "pct unlock 200", "pct destroy 200"]) await must(host, line);
    assert.equal(
      Object.keys(host.state.datasets).filter((name) => name.includes("disk")),
      ["tank/vms/vm-100-disk-0", "tank/cts/subvol-200-disk-0"],
    );
    await must(host, "pvesm free vms:vm-100-disk-0");
    await must(host, "pvesm free cts:subvol-200-disk-0");
  }));

test("killed during a clone: the new guest is locked, a container's source as well", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name web --scsi0 vms:1");
    await must(host, "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1");
    await struck(host, "qm clone 100 101 </dev/null\necho survived\n", { at: 1, when: "during" });
    assert.is(conf(host, "qemu-server/101.conf"), "lock: clone\n");
    assert.not.match(conf(host, "qemu-server/100.conf"), "lock");
    await struck(host, "pct clone 200 201 </dev/null\necho survived\n", { at: 1, when: "during" });
    assert.is(conf(host, "lxc/201.conf"), "lock: create\n");
    assert.match(conf(host, "lxc/200.conf"), "lock: disk\n");
    for (const line of ["pct clone 200 202", "pct set 200 --memory 600"])
      assert.match(await must(host, line, 255), "CT is locked (disk)");
    assert.ok(host.state.datasets["tank/cts/subvol-201-disk-0"]);
  }));

test("killed during a snapshot: locked and in preparation", () =>
  withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name web --scsi0 vms:1");
    await struck(host, "qm snapshot 100 gold </dev/null\necho survived\n", { at: 1, when: "during" });
    assert.match(conf(host, "qemu-server/100.conf"), "lock: snapshot\n");
    assert.match(conf(host, "qemu-server/100.conf"), "[gold]\nboot: order=scsi0\n");
    assert.match(conf(host, "qemu-server/100.conf"), "snapstate: prepare\n");
  }));

test("a trap of the script sees SIGTERM and SIGINT once the command has ended", () =>
  withHost(zfsHost(), async (host) => {
    const script = `trap 'echo trapped; exit 130' INT TERM\n${create}`;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const result = await host.runScript(script.replaceAll("100", signal === "SIGINT" ? "101" : "100"), [], {
        fault: { at: 1, when: "after", signal },
      });
      assert.is(result.stdout.trim().split("\n").at(-1), "trapped");
      assert.is(result.code, 130);
    }
    assert.is(host.guests().length, 2);
  }));

test("the n-th command fails once, without effect; reading tools do not count", () =>
  withHost(zfsHost(), async (host) => {
    const script =
      "stat -c %u / >/dev/null; zfs list >/dev/null; qm create 100 </dev/null; echo $?; qm create 100 </dev/null; echo $?\n";
    const result = await host.runScript(script, [], { fault: { at: 2, when: "fail" } });
    assert.is(result.stdout, "255\n0\n");
    assert.match(result.stderr, "simulated failure");
  }));

test("a command that takes its time is cut off half-way when it is killed itself", () =>
  withHost(
    zfsHost(),
    async (host) => {
      const result = await host.runScript("timeout 1 qm create 100 --name web --scsi0 vms:1 </dev/null; echo $?\n");
      assert.is(result.stdout, "124\n");
      assert.is(conf(host, "qemu-server/100.conf"), "lock: create\n");
    },
    { latencyMs: (argv) => (argv[1] === "create" ? 8000 : 0) },
  ));

test("while a clone runs, a second clone of the same container is refused", () =>
  withHost(
    zfsHost(),
    async (host) => {
      await must(host, "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1");
      const both = "pct clone 200 201 </dev/null >/dev/null & sleep 0.5; pct clone 200 202 </dev/null; echo $?; wait\n";
      const result = await host.runScript(both);
      assert.match(result.stderr, "CT is locked (disk)");
      assert.equal(
        host.guests().map(({ id }) => id),
        [200, 201],
      );
      assert.not.match(conf(host, "lxc/200.conf"), "lock");
    },
    { latencyMs: (argv) => (argv[1] === "clone" ? 1500 : 0) },
  ));

test("a script that hangs is ended with all its children", () =>
  withHost(zfsHost(), async (host) => {
    const result = await host.runScript("sleep 30 & sleep 30\n", [], { timeoutMs: 200 });
    assert.is(result.signal, "SIGKILL");
  }));

test.run();
