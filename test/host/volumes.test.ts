import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, settled, vm, withCommitted } from "../support/committed.js";
import { another, appVm, confPath, scripted } from "../support/script-host.js";
import { zfsHost } from "../support/sim.js";

const test = suite("network volumes on the simulated host");

const NFS = 'volume nfs data { from = "10.0.0.13:/tank/data", at = "/data" }';
const SHARED = 'volume virtiofs shared { from = share0, at = "/shared" }';
const MAPPING = { "/etc/pve/mapping/directory.cfg": "share0\n\tmap node=pve,path=/srv/share0\n" };

test("the client, the volume, and then quiet; an option that changes runs that step alone", async () => {
  const machine = (more: string): string => appVm(`agent = true\n state = running\n ${more}`);
  await scripted(machine(NFS), async ({ host, apply, check, quiet }) => {
    assert.ok((await check()).includes("+ vm 100 app: volumes"));
    await apply();
    await quiet();
    const changed = await another(host, machine(NFS.replace("at =", "options = [noatime], at =")));
    assert.equal(await changed.check(), ["+ vm 100 app: volumes, again"]);
    await changed.apply();
    await changed.quiet();
  });
});

test("virtiofs: the device and the line in the guest; without its mapping the machine is held back", async () => {
  const machine = appVm(`agent = true\n state = running\n ${SHARED}`);
  const state = zfsHost();
  Object.assign(state.files, MAPPING);
  await scripted(
    machine,
    async ({ host, apply, quiet }) => {
      await apply();
      assert.match(readFileSync(confPath(host, 100), "utf8"), "virtiofs0: share0\n");
      await quiet();
    },
    state,
  );
  await scripted(machine, async ({ apply }) => {
    assert.match((await apply(4)).stdout, "vm 100 app: held back: there is no directory mapping share0");
  });
});

test("a server that cannot be reached fails that step, with what the guest said", async () => {
  const state = zfsHost();
  state.answers.push({ guest: 100, command: "work volumes", code: 1, stdout: "x:/a cannot be mounted at /data\n" });
  await scripted(
    appVm(`agent = true\n state = running\n ${NFS}`),
    async ({ apply }) => {
      const { stdout, stderr } = await apply(4);
      assert.match(stdout + stderr, "x:/a cannot be mounted at /data");
    },
    state,
  );
});

test("volumes that leave the files are taken away, the last one as well", () =>
  withCommitted(async (project) => {
    const machine = (...more: readonly string[]): string => HOST + vm(100, "a", ["agent = true", ...more].join("\n"));
    const other = 'volume nfs more { from = "10.0.0.13:/tank/more", at = "/more" }';
    await project.write(machine(NFS, other));
    assert.ok((await settled(project)).includes("+ vm 100 a: volumes"));
    await project.write(machine(other));
    assert.equal(await settled(project), ["+ vm 100 a: volumes, again"]);
    await project.write(machine());
    assert.equal(await settled(project), ["+ vm 100 a: volumes, again"]);
    await project.write(machine());
    assert.equal(await settled(project), []);
    await project.write(machine(NFS));
    assert.equal(await settled(project), ["+ vm 100 a: volumes, again"]);
  }));

test.run();
