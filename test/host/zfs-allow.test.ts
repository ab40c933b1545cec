import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import { undisturbed } from "../../src/rehearsal/faults.js";
import { emptyHost, presupposed, rehearse } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { HOST, byHand as admin, settled, withCommitted } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { applied, scripted, told } from "../support/script-host.js";
import { ALLOWED, ALLOWING } from "../support/zfs/allowed.js";

const test = suite("ZFS: what others than root may do");

const pool = 'pool tank { raid = single, disks = ["/dev/disk/by-id/a"] }\n';

/** A host with the users ada and eve, and the group ops. */
const host = (): HostState =>
  emptyHost({
    disks: [{ path: "/dev/disk/by-id/a" }],
    files: {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/:/bin/sh\neve:x:1001:1001::/:/bin/sh\n",
      "/etc/group": "root:x:0:\nops:x:2000:\n",
    },
  });

const FULL = `${pool}${ALLOWING}`;

/** What `zfs allow` shows of a dataset. */
async function shown(
  machine: { readonly execute: (argv: readonly string[]) => Promise<{ readonly stdout: string }> },
  name = "tank/home",
) {
  return (await machine.execute(["zfs", "allow", name])).stdout.split("\n").slice(1, -1);
}

test("users, groups, everyone, creators and sets get exactly what is declared", () =>
  applied(
    FULL,
    async ({ host: machine, quiet, apply }) => {
      assert.equal(await shown(machine), ALLOWED);
      await quiet();
      const again = await apply();
      assert.equal(
        again.commands.filter(({ argv }) => argv[1] === "allow").map(({ argv }) => argv.join(" ")),
        ["zfs allow tank/home"],
      );
    },
    host(),
  ));

test("what a holder may do besides is taken, in the scope where it is too much; holders of others stay", () =>
  applied(
    `${pool}dataset tank/home {
  allow user ada { permissions = [send, hold] }
  allow user ada { permissions = [quota], scope = local }
  permission_set ops { permissions = [snapshot] }
}
`,
    async ({ host: machine, apply, byHand, check, quiet }) => {
      await byHand(
        "zfs allow -u ada rollback,quota tank/home",
        "zfs allow -l -u ada rename tank/home",
        "zfs unallow -d -u ada hold tank/home",
        "zfs allow -s @ops rollback tank/home",
        "zfs unallow -s @ops snapshot tank/home",
        "zfs allow -u eve destroy tank/home",
        "zfs allow -s @other destroy tank/home",
        "zfs allow -u ada destroy tank",
      );
      const changes = [
        "+ host: permissions on tank/home: set @ops snapshot",
        "+ host: permissions on tank/home: user ada hold (below it only)",
        "- host: permissions on tank/home: set @ops rollback",
        "- host: permissions on tank/home: user ada quota (below it only)",
        "- host: permissions on tank/home: user ada rename (on itself only)",
        "- host: permissions on tank/home: user ada rollback",
      ];
      assert.equal(await check(), changes);
      const run = await apply();
      assert.equal(told(run).toSorted(), changes);
      assert.equal(mutating(run), [
        "zfs allow -s @ops snapshot tank/home",
        "zfs unallow -s @ops rollback tank/home",
        "zfs allow -d -u ada hold tank/home",
        "zfs unallow -u ada rollback tank/home",
        "zfs unallow -l -u ada rename tank/home",
        "zfs unallow -d -u ada quota tank/home",
      ]);
      await quiet();
      const live = await shown(machine);
      assert.ok(live.includes("\tuser eve destroy") && live.includes("\t@other destroy"));
      assert.equal(await shown(machine, "tank"), ["Local+Descendent permissions:", "\tuser ada destroy"]);
    },
    host(),
  ));

test("pools and volumes have them as well, and a branch is asked once", () =>
  applied(
    `pool tank {
  raid = single
  disks = ["/dev/disk/by-id/a"]
  allow group ops { permissions = [snapshot] }
}
dataset tank/a { allow user ada { permissions = [snapshot] } }
dataset tank/a/b { allow user ada { permissions = [send] } }
zvol tank/v { size = 1GiB, allow user ada { permissions = [volsize] } }
`,
    async ({ apply, quiet }) => {
      await quiet();
      const again = await apply();
      assert.equal(
        again.commands.filter(({ argv }) => argv[1] === "allow").map(({ argv }) => argv.join(" ")),
        ["zfs allow tank/v", "zfs allow tank/a/b"],
      );
    },
    host(),
  ));

test("a user that the host does not know is an error, although zfs says that all is well", async () => {
  await scripted(
    `${pool}dataset tank/home { allow user bob { permissions = [send] } }\n`,
    async ({ apply }) => {
      const run = await apply(4);
      assert.match(run.stderr, "zfs allow has ended well, and user bob may not do it: does this host know the user?");
    },
    host(),
  );
  // One that the plan itself makes is there in time.
  const { plan, script } = await compileSource(
    `host pve { user bob { shell = "/bin/sh" } }\n${pool}dataset tank/home { allow user bob { permissions = [send] } }\n`,
  );
  const { passed, first } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr);
});

test("what leaves the files is taken back as it was given, and nothing else", () =>
  withCommitted(async (project) => {
    const { host: machine, write } = project;
    machine.state.pools["tank"] = { parts: [], properties: {}, size: 2 * 10 ** 12 };
    machine.state.datasets["tank"] = { type: "filesystem", properties: {}, snapshots: [] };
    await write(
      `${HOST}dataset tank/home {
  allow user root { permissions = [send, hold] }
  allow user root { permissions = [quota], scope = local }
  allow everyone { permissions = [diff] }
}
`,
    );
    await settled(project);
    await admin(project, "zfs allow -u root rollback,quota tank/home");
    await write(`${HOST}dataset tank/home { allow everyone { permissions = [diff] } }\n`);
    assert.equal(await settled(project), [
      "- host: permissions on tank/home: user root hold, send",
      "- host: permissions on tank/home: user root quota (on itself only)",
    ]);
    assert.equal(await shown(machine), [
      "Descendent permissions:",
      "\tuser root quota",
      "Local+Descendent permissions:",
      "\tuser root rollback",
      "\teveryone diff",
    ]);
    await write(`${HOST}dataset tank/home { allow user root { permissions = [rollback, quota] } }\n`);
    assert.equal(await settled(project), [
      "+ host: permissions on tank/home: user root quota (on itself only)",
      "- host: permissions on tank/home: everyone diff",
    ]);
  }));

test("killed before, during and after every command it ends the same", async () => {
  const { script } = await compileSource(FULL);
  const whole = await undisturbed(script, host());
  assert.is(whole.run.code, 0, whole.run.stderr);
  for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test("holders have names where they are persons, and creators no scope", async () => {
  const codes = async (line: string): Promise<readonly string[]> => {
    const { diagnostics } = await compile({
      entry: "main.phx",
      files: memoryFiles({ "main.phx": `${pool}dataset tank/home { ${line} }\n` }),
    });
    return diagnostics.map(({ code }) => code);
  };
  assert.equal(await codes("allow user { permissions = [send] }"), ["PHX5416"]);
  assert.equal(await codes("allow everyone ada { permissions = [send] }"), ["PHX5416"]);
  assert.equal(await codes("allow creator { permissions = [send], scope = local }"), ["PHX5417"]);
  assert.equal(await codes("allow user ada { permissions = [fly] }"), ["PHX3045"]);
});

provesMatrix(test, import.meta.url);

test.run();
