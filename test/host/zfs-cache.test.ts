import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { mutating } from "../support/rehearsal.js";
import { scripted, told } from "../support/script-host.js";

const test = suite("ZFS: the limits of the cache");

const CACHE = "host pve {\n  zfs { arc_max = 8GiB, arc_min = 1GiB }\n}\n";
const FOREIGN = "options zfs zfs_txg_timeout=10\n";
const parameter = (name: string): string => `/sys/module/zfs/parameters/${name}`;

test("a line of somebody else that limits the cache otherwise is told, and stays", () =>
  scripted(
    CACHE,
    async ({ host: machine, apply }) => {
      const told = (await apply()).stdout;
      assert.match(
        told,
        "host: /etc/modprobe.d/zfs.conf sets zfs_arc_max to 4294967296, and the plan to 8589934592: at the next start the later of these lines counts",
      );
      assert.match(told, "host: /etc/modprobe.d/zz-old.conf sets zfs_arc_min to 1, and the plan to 1073741824");
      // The same value does no harm, a comment is none.
      assert.not.match(told, "same.conf");
      assert.match(
        readFileSync(join(machine.root, "/etc/modprobe.d/zfs.conf"), "utf8"),
        /^options zfs zfs_txg_timeout=5 zfs_arc_max=4294967296$/m,
      );
      assert.match((await apply()).stdout, "zz-old.conf sets zfs_arc_min to 1");
    },
    emptyHost({
      files: {
        "/etc/modprobe.d/zfs.conf": "options zfs zfs_txg_timeout=5 zfs_arc_max=4294967296\n",
        "/etc/modprobe.d/same.conf": "options zfs zfs_arc_max=8589934592\n# options zfs zfs_arc_min=7\n",
        "/etc/modprobe.d/zz-old.conf": "options\tzfs\tzfs_arc_min=1",
      },
    }),
  ));

test("the limits of the cache hold now and after a restart; what others wrote in the file stays", () =>
  scripted(
    CACHE,
    async ({ host: machine, apply, quiet, check }) => {
      const read = (path: string): string => readFileSync(join(machine.root, path), "utf8");
      const run = await apply();
      assert.ok(mutating(run).includes("update-initramfs -u -k all"));
      assert.ok(told(run).includes("~ host: zfs_arc_max: 0 -> 8589934592"));
      const block =
        "# phxc begin zfs\noptions zfs zfs_arc_max=8589934592\noptions zfs zfs_arc_min=1073741824\n# phxc end zfs\n";
      assert.is(read("etc/modprobe.d/zfs.conf"), FOREIGN + block);
      assert.is(read("boot/initrd.img"), FOREIGN + block);
      assert.is(read(parameter("zfs_arc_min")), "1073741824\n");
      await quiet();
      writeFileSync(join(machine.root, parameter("zfs_arc_max")), "5\n");
      assert.equal(await check(), ["~ host: zfs_arc_max: 5 -> 8589934592"]);
    },
    emptyHost({
      files: {
        "/etc/modprobe.d/zfs.conf": FOREIGN,
        [parameter("zfs_arc_max")]: "0\n",
        [parameter("zfs_arc_min")]: "0\n",
      },
    }),
  ));

const GIB = 1024 ** 3;

/** A host whose kernel goes by these limits, with these parameters, and so much memory, in GiB. */
function caching(inForce: readonly [number, number], parameters: readonly [number, number], memory = 512): HostState {
  return emptyHost({
    files: {
      "/proc/meminfo": `MemTotal:       ${memory * 1024 ** 2} kB\nMemFree:          1 kB\n`,
      "/proc/spl/kstat/zfs/arcstats": `9 1 0x01 147 39984 1 1\nname                            type data\nc                               4    1
c_min                           4    ${inForce[0] * GIB}\nc_max                           4    ${inForce[1] * GIB}\n`,
      [parameter("zfs_arc_min")]: `${parameters[0] * GIB}\n`,
      [parameter("zfs_arc_max")]: `${parameters[1] * GIB}\n`,
    },
  });
}

/** What a run says that the kernel ignores. */
const ignored = ({ stdout }: { readonly stdout: string }): readonly string[] =>
  stdout.split("\n").flatMap((line) => /the kernel ignores .*/.exec(line) ?? []);

for (const [what, limits, state, reason] of [
  [
    "a most that is not above the least",
    "arc_max = 8GiB",
    caching([16, 256], [0, 0]),
    "zfs_arc_max = 8589934592: it is not above the least that the cache keeps, 16G; declare `arc_min` below it",
  ],
  [
    "a most that is the memory",
    "arc_max = 64GiB, arc_min = 1GiB",
    caching([1, 32], [1, 0], 64),
    "zfs_arc_max = 68719476736: it is not below the memory of the host, 64G",
  ],
  [
    "a least that is above the most",
    "arc_min = 40GiB",
    caching([2, 32], [0, 0], 64),
    "zfs_arc_min = 42949672960: it is above the most that the cache takes, 32G; declare `arc_max` above it",
  ],
] as const)
  test(`${what} is written, and told in each run that the kernel ignores it`, () =>
    scripted(
      `host pve { zfs { ${limits} } }\n`,
      async ({ apply, check }) => {
        assert.is((await check()).length > 0, true);
        assert.equal(ignored(await apply()), [`the kernel ignores ${reason}`]);
        const again = await apply();
        assert.equal(mutating(again), []);
        assert.equal(told(again), []);
        assert.equal(ignored(again), [`the kernel ignores ${reason}`]);
      },
      state,
    ));

test("what the kernel ignored and takes by now is written again; what is in force is not", async () => {
  const both = "host pve { zfs { arc_max = 8GiB, arc_min = 1GiB } }\n";
  const outcome = async (text: string, state: HostState): Promise<readonly string[]> => {
    let changes: readonly string[] = [];
    await scripted(
      text,
      async ({ apply }) => {
        const run = await apply();
        assert.equal(ignored(run), []);
        changes = told(run).filter((line) => line.includes("zfs_arc"));
      },
      state,
    );
    return changes;
  };
  assert.equal(await outcome(both, caching([16, 256], [1, 8])), [
    "~ host: zfs_arc_max: 274877906944 -> 8589934592",
    "~ host: zfs_arc_min: 17179869184 -> 1073741824",
  ]);
  assert.equal(await outcome("host pve { zfs { arc_min = 20GiB } }\n", caching([16, 256], [20, 256])), [
    "~ host: zfs_arc_min: 17179869184 -> 21474836480",
  ]);
  assert.equal(await outcome(both, caching([1, 8], [1, 8])), []);
});

test.run();
