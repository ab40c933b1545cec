import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, undisturbed } from "../../src/rehearsal/index.js";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource } from "../support/rehearsal.js";
import { withHost } from "../support/sim.js";

const test = suite("pools that grow, and keys that are loaded, killed at every command");

const id = (name: string): string => `"/dev/disk/by-id/${name}"`;
const SECRET = `dataset tank/s { key { from = secret("file:/root/key") } }
dataset tank/s/below { }
`;
const BEFORE = `pool tank { raid = mirror, disks = [${id("a")}, ${id("b")}] }\n${SECRET}`;
const AFTER = `pool tank {
  vdev mirror { disks = [${id("a")}, ${id("x")}] }
  vdev mirror { disks = [${id("c")}, ${id("d")}], add = true }
  log { disks = [${id("e")}], add = true }
  spare { disks = [${id("f")}], add = true }
  replace ${id("b")} { by = ${id("x")} }
}
${SECRET}`;

const seen: Seen = new Map();
let whole: Undisturbed;

test.before(async () => {
  const disks = ["a", "b", "c", "d", "e", "f", "x"].map((name) => ({ path: `/dev/disk/by-id/${name}` }));
  const first = await compileSource(BEFORE);
  const state = await withHost(emptyHost({ disks, files: { "/root/key": "correct horse\n" } }), async (host) => {
    const { code, stdout, stderr } = await host.runScript(first.script);
    assert.is(code, 0, stdout + stderr);
    // As the host starts whose key no unit has loaded.
    for (const name of ["tank/s", "tank/s/below"])
      Object.assign(host.state.datasets[name] ?? {}, {
        unmounted: true,
        ...(name === "tank/s" ? { locked: true } : {}),
      });
    return host.capture();
  });
  whole = await undisturbed((await compileSource(AFTER)).script, state, { args: ["--wait", "60"] });
  assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
});

test("without a fault the disk is replaced, the parts are added, and what was locked is mounted", () => {
  const changing = whole.commands.filter((line) => !/ (get|status|list) |^readlink |^wipefs |^lsblk /.test(`${line} `));
  assert.equal(
    changing.filter((line) => /^z(pool|fs) /.test(line)),
    [
      "zpool add tank mirror /dev/disk/by-id/c /dev/disk/by-id/d",
      "zpool add tank log /dev/disk/by-id/e",
      "zpool add tank spare /dev/disk/by-id/f",
      "zpool replace tank /dev/disk/by-id/b /dev/disk/by-id/x",
      "zfs load-key tank/s",
      "zfs mount tank/s",
      "zfs mount tank/s/below",
    ],
  );
});

for (const when of ["before", "during", "after"] as const)
  test(`SIGKILL ${when}: the next run reaches the same state, and the one after it is quiet`, () =>
    surviveAll(whole, faultsAt(whole, when), seen));

test("a command that fails is told, and the next run goes on", () => surviveAll(whole, faultsAt(whole, "fail"), seen));

provesMatrix(test, import.meta.url);

test.run();
