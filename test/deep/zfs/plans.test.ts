import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root, shared } from "../../support/paths.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { changing } from "../../support/zfs/calls.js";
import { zfsPlanIn } from "../../support/zfs/plans.js";

const test = suite("the ZFS steps of whole plans, on real ZFS");
const zfsTest = zfsTests(test);

const config = join(shared, "phoenix/config");
const PLANS: readonly (readonly [folder: string, entry: string])[] = [
  ["examples/homelab", "homelab.phx"],
  ["examples/four-docker-vms", "four-docker-vms.phx"],
  ["examples/phoenix", "phoenix.phx"],
].map(([folder = "", entry = ""]) => [join(root, folder), entry] as const);
const REAL = [config, "phoenix_hypervisor_config.json"] as const;

const TIB = 1024 ** 4;

for (const [folder, entry] of existsSync(join(...REAL)) ? [...PLANS, REAL] : PLANS) {
  zfsTest(`${entry}: made on empty disks; the second run starts no command that changes anything`, async () => {
    const { script, disks, steps } = await zfsPlanIn(folder, entry);
    assert.ok(steps.length > 2);
    const plan = "bash /payload/plan.sh";
    const ran = await inZfsGuest({
      disks,
      diskSize: 4 * TIB,
      files: { "plan.sh": script },
      steps: { before: `${plan} --check`, apply: plan, again: plan, after: `${plan} --check` },
    });
    assert.is(ran.before.code, 2, ran.before.stdout + ran.before.stderr);
    assert.is(ran.apply.code, 0, ran.apply.stdout + ran.apply.stderr);
    assert.match(ran.apply.stdout, `Changes made: ${steps.length}.`);
    // Parameters of the module are written to its files, by no command.
    assert.is(changing(ran.apply).length, steps.filter(({ probe }) => probe.kind !== "zfs-parameter").length);
    for (const quiet of [ran.again, ran.after]) assert.is(quiet.code, 0, quiet.stdout + quiet.stderr);
    for (const { calls } of [ran.before, ran.again, ran.after]) assert.equal(changing({ calls }), []);
    assert.match(ran.again.stdout, "Changes made: 0.");
  });
}

test.run();
