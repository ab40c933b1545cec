import { suite } from "uvu";
import * as assert from "uvu/assert";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("the limits of the cache, on real ZFS");
const zfsTest = zfsTests(test);

const MIB = 1024 ** 2;

/** The plans in their order: what is declared, and what is then in force, in MiB. The guest has 1 GiB. */
const PLANS: readonly (readonly [limits: string, least: number, most: number, ignored?: string])[] = [
  ["arc_max = 256MiB, arc_min = 128MiB", 128, 256],
  // Both go below, then above, both that were in force.
  ["arc_max = 96MiB, arc_min = 64MiB", 64, 96],
  ["arc_max = 400MiB, arc_min = 300MiB", 300, 400],
  ["arc_max = 200MiB", 300, 400, "it is not above the least that the cache keeps, 300M; declare `arc_min` below it"],
  ["arc_max = 200MiB, arc_min = 100MiB", 100, 200],
  ["arc_min = 250MiB", 100, 200, "it is above the most that the cache takes, 200M; declare `arc_max` above it"],
  // The least that was ignored is written again.
  ["arc_max = 300MiB, arc_min = 250MiB", 250, 300],
  ["arc_max = 4GiB, arc_min = 250MiB", 250, 300, "it is not below the memory of the host, "],
];

zfsTest("a run brings them into force whatever they were, and says what the kernel ignores", async () => {
  const scripts = await Promise.all(PLANS.map(([limits]) => zfsPlanOf(`host pve { zfs { ${limits} } }\n`)));
  const names = scripts.map((_, i) => `plan${i}.sh`);
  const again = (name: string): string => `${name} again`;
  const inForce = `while read -r name _ value; do
	case $name in c_min | c_max) echo "$name $value" ;; esac
done </proc/spl/kstat/zfs/arcstats`;
  const ran = await inZfsGuest({
    files: Object.fromEntries(scripts.map(({ script }, i) => [names[i] ?? "", script])),
    steps: Object.fromEntries(
      names.flatMap((name) => [
        [name, `bash /payload/${name}`],
        [again(name), `bash /payload/${name} && ${inForce}`],
      ]),
    ),
  });
  for (const [i, [limits, least, most, ignored]] of PLANS.entries()) {
    const [first, second] = [ran[names[i] ?? ""], ran[again(names[i] ?? "")]];
    assert.ok(first !== undefined && second !== undefined);
    for (const { code, stdout, stderr } of [first, second]) assert.is(code, 0, limits + stdout + stderr);
    assert.match(second.stdout, `c_min ${least * MIB}\nc_max ${most * MIB}\n`, limits);
    assert.match(second.stdout, "Changes made: 0.", limits);
    for (const { stdout } of [first, second]) {
      assert.is(stdout.includes("the kernel ignores"), ignored !== undefined, limits);
      if (ignored !== undefined) assert.match(stdout, ignored);
    }
  }
});

test.run();
