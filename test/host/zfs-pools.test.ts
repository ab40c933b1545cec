import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostOptions, HostState } from "../../src/rehearsal/index.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { another, applied, scripted, told } from "../support/script-host.js";

const test = suite("ZFS: pools, their layouts and their disks");

const id = (name: string): string => `/dev/disk/by-id/${name}`;
const disks = (...names: readonly string[]): string => `disks = [${names.map((name) => `"${id(name)}"`).join(", ")}]`;

function withDisks(more: HostOptions = {}): HostState {
  const named = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => ({ path: id(name) }));
  return emptyHost({ disks: named, ...more });
}

const FULL = `pool tank {
  vdev mirror { ${disks("a", "b")} }
  vdev mirror { ${disks("c", "d")} }
  log { ${disks("e")} }
  cache { ${disks("f")} }
  special mirror { ${disks("g", "h")} }
  ashift = 13
  options { autotrim = on, comment = "two halves" }
  properties { compression = zstd, atime = off }
}
`;

const refusal = (stderr: string): readonly string[] => stderr.split("\n").filter((line) => line.startsWith("  - "));

test("a pool of several parts is made in one command, and compared with itself it is quiet", () =>
  applied(
    FULL,
    async ({ host, apply, quiet }) => {
      const roles = host.state.pools["tank"]?.parts.map(({ role, type, disks: own }) => [role, type, own.length]);
      assert.equal(roles, [
        ["data", "mirror", 2],
        ["data", "mirror", 2],
        ["log", "disk", 1],
        ["cache", "disk", 1],
        ["special", "mirror", 2],
      ]);
      await quiet();
      const again = await apply();
      assert.equal(
        again.commands.filter(({ argv }) => argv[0] === "zpool").map(({ argv }) => argv.join(" ")),
        ["zpool get -Hp -o name,property,value ashift,autotrim,comment", "zpool status -P"],
      );
    },
    withDisks(),
  ));

test("raidz, draid and spares are made as declared", () =>
  applied(
    `pool z { raid = raidz2, ${disks("a", "b", "c", "d")} }
pool d { vdev draid1 { ${disks("e", "f", "g", "h")}, data = 2, spares = 1 } }
`,
    async ({ host, quiet }) => {
      assert.equal(
        Object.values(host.state.pools).map(({ parts }) => parts.map(({ type }) => type)),
        [["draid1:2d:4c:1s"], ["raidz2"]],
      );
      await quiet();
    },
    withDisks(),
  ));

const LAYOUTS: readonly (readonly [what: string, pool: string, message: RegExp])[] = [
  [
    "another level",
    `raid = raidz1, ${disks("a", "b")}`,
    /made of: data mirror .*a\S* .*b\S*; declared: data raidz1 \S+a \S+b;/,
  ],
  ["another disk", `raid = mirror, ${disks("a", "c")}`, /declared: data mirror \S+\/a \S+\/c;/],
  ["fewer disks", `raid = single, ${disks("a")}`, /declared: data disk \S+\/a;/],
  [
    "a part more",
    `vdev mirror { ${disks("a", "b")} }\n log { ${disks("c")} }`,
    /declared: data mirror \S+ \S+; log disk \S+\/c;/,
  ],
  ["another sector size", `raid = mirror, ${disks("a", "b")}, ashift = 13`, /has ashift 12, declared as 13/],
];

test("a pool that is there with another layout is refused with both sides, and nothing is touched", () =>
  applied(
    `pool tank { raid = mirror, ${disks("a", "b")} }\n`,
    async ({ host }) => {
      for (const [what, pool, message] of LAYOUTS) {
        const { apply } = await another(host, `pool tank {\n ${pool}\n}\n`);
        const run = await apply(3);
        assert.match(run.stderr, message, what);
        assert.equal(mutating(run), [], what);
      }
      const { quiet } = await another(host, `pool tank { raid = mirror, ${disks("b", "a")} }\n`);
      await quiet();
    },
    withDisks(),
  ));

test("a part is added only where its block says so, once, and on a free disk", () =>
  applied(
    `pool tank { raid = mirror, ${disks("a", "b")} }\n`,
    async ({ host }) => {
      const more = `pool tank {
  vdev mirror { ${disks("a", "b")} }
  vdev mirror { ${disks("c", "d")}, add = true }
  spare { ${disks("e", "f")}, add = true }
}
`;
      const { apply, check, quiet } = await another(host, more);
      const expected = [
        `+ host: pool tank: data mirror ${id("c")} ${id("d")}`,
        `+ host: pool tank: spare disk ${id("e")}`,
        `+ host: pool tank: spare disk ${id("f")}`,
      ];
      assert.equal(await check(), expected);
      const run = await apply();
      assert.equal(told(run), expected);
      assert.equal(mutating(run), [
        `zpool add tank mirror ${id("c")} ${id("d")}`,
        `zpool add tank spare ${id("e")}`,
        `zpool add tank spare ${id("f")}`,
      ]);
      await quiet();
      const { apply: refused } = await another(host, more.replace(disks("e", "f"), disks("e", "f", "used")));
      assert.match((await refused(3)).stderr, /disk \S+used is not empty \(ext4\)/);
    },
    withDisks({
      disks: [
        ...["a", "b", "c", "d", "e", "f"].map((name) => ({ path: id(name) })),
        { path: id("used"), signature: "ext4" },
      ],
    }),
  ));

test("a disk is replaced where a block names both, once", () =>
  applied(
    `pool tank { raid = mirror, ${disks("a", "b")} }\n`,
    async ({ host }) => {
      const next = `pool tank {
  raid = mirror
  ${disks("a", "c")}
  replace "${id("b")}" { by = "${id("c")}" }
}
`;
      const { apply, quiet } = await another(host, next);
      const run = await apply();
      assert.equal(mutating(run), [`zpool replace tank ${id("b")} ${id("c")}`]);
      assert.equal(told(run), [`~ host: pool tank: disk ${id("b")} -> ${id("c")}`]);
      await quiet();
    },
    withDisks(),
  ));

test("properties of a pool and of its root dataset converge", () =>
  applied(
    FULL,
    async ({ byHand, apply, check, quiet }) => {
      await byHand("zpool set autotrim=off tank");
      await byHand("zfs set compression=off tank");
      assert.equal(await check(), [
        "~ host: pool tank: autotrim off -> on",
        "~ host: pool tank: compression off -> zstd",
      ]);
      assert.equal(mutating(await apply()), ["zpool set autotrim=on tank", "zfs set compression=zstd tank"]);
      await quiet();
    },
    withDisks(),
  ));

const TROUBLE: readonly (readonly [what: string, host: HostOptions, message: string])[] = [
  ["a signature", { disks: [{ path: id("a"), signature: "gpt" }] }, "is not empty (gpt); a pool is never made on it"],
  [
    "a partition with a file system",
    {
      disks: [{ path: id("a") }, { path: id("a1"), signature: "ntfs" }],
      files: { "/sys/class/block/a/a1/partition": "1\n" },
    },
    "is not empty (ntfs); a pool is never made on it",
  ],
  [
    "a partition itself",
    { disks: [{ path: id("a") }], files: { "/sys/class/block/a/partition": "1\n" } },
    "is a partition; a pool takes whole disks",
  ],
  [
    "a volume group on it",
    { disks: [{ path: id("a") }], files: { "/sys/class/block/a/holders/dm-3/name": "pve-data\n" } },
    "is used by dm-3",
  ],
  ["a file that is no disk", { files: { [id("a")]: "" } }, "is no disk"],
  [
    "swap on it",
    { disks: [{ path: id("a") }], files: { "/proc/swaps": `${id("a")} partition 1 0 -2\n` } },
    "is in use (partition)",
  ],
  [
    "a machine that has it as its disk",
    { disks: [{ path: id("a") }], files: { "/etc/pve/nodes/pve/qemu-server/101.conf": `scsi1: ${id("a")},size=1T\n` } },
    "belongs to guest 101",
  ],
  [
    "a container that has it as a device",
    { disks: [{ path: id("a") }], files: { "/etc/pve/nodes/pve/lxc/102.conf": `dev0: path=${id("a")},mode=0660` } },
    "belongs to guest 102",
  ],
  ["nothing", {}, "is not there"],
];

test("a disk with anything on it, or in use, or not whole, is never given to a pool", async () => {
  for (const [what, host, message] of TROUBLE)
    await scripted(
      `pool tank { raid = single, ${disks("a")} }\n`,
      async ({ apply }) => {
        const run = await apply(3);
        assert.equal(refusal(run.stderr), [`  - disk ${id("a")} ${message} (pool tank)`], what);
        assert.equal(mutating(run), [], what);
      },
      emptyHost(host),
    );
});

test("one disk under two paths is given to nobody twice, in one pool or in two", async () => {
  for (const text of [
    `pool tank { raid = mirror, ${disks("a", "wwn")} }\n`,
    `pool tank { raid = single, ${disks("a")} }\npool zank { raid = single, ${disks("wwn")} }\n`,
  ])
    await scripted(
      text,
      async ({ host, apply }) => {
        symlinkSync("a", join(host.root, id("wwn")));
        const run = await apply(3);
        const pool = text.includes("zank") ? "zank" : "tank";
        assert.equal(refusal(run.stderr), [
          `  - disk ${id("wwn")} is the same disk as ${id("a")} (pool tank) (pool ${pool})`,
        ]);
        assert.equal(mutating(run), []);
      },
      emptyHost({ disks: [{ path: id("a") }] }),
    );
});

test("a pool that is only said to be there is never made, and its properties are set", async () => {
  const text = "pool rpool {\n options { autotrim = on }\n}\n";
  await scripted(text, async ({ apply }) => {
    const run = await apply(3);
    assert.equal(refusal(run.stderr), ["  - there is no pool rpool, and no disks are declared to make it of"]);
  });
  const state = emptyHost();
  state.pools["rpool"] = {
    parts: [{ role: "data", type: "mirror", disks: [id("x"), id("y")] }],
    properties: {},
    size: 1e12,
  };
  state.datasets["rpool"] = { type: "filesystem", properties: {}, snapshots: [] };
  await applied(
    text,
    async ({ host, quiet }) => {
      assert.is(host.state.pools["rpool"]?.properties["autotrim"], "on");
      await quiet();
    },
    state,
  );
});

test("the script and the plan of a pool without disks show what is set, and no command that would make it", async () => {
  const text = `pool rpool {
  options { autotrim = on, cachefile = "/etc/zfs/zpool.cache" }
  properties { atime = off, compression = zstd }
}
`;
  const state = emptyHost();
  state.pools["rpool"] = { parts: [{ role: "data", type: "disk", disks: [id("x")] }], properties: {}, size: 1e12 };
  state.datasets["rpool"] = { type: "filesystem", properties: {}, snapshots: [] };
  const { plan, script } = await compileSource(text);
  assert.equal(
    plan.steps.map(({ commands }) => commands.map((argv) => argv.join(" "))),
    [
      [
        "zpool set autotrim=on rpool",
        "zpool set cachefile=/etc/zfs/zpool.cache rpool",
        "zfs set atime=off compression=zstd rpool",
      ],
    ],
  );
  assert.not.match(script.slice(script.indexOf("\nsteps()")), "zpool create");
  await scripted(
    text,
    async ({ apply, quiet }) => {
      // Where ZFS keeps its list anyway it says `-`.
      assert.equal(mutating(await apply()), [
        "zpool set autotrim=on rpool",
        "zfs set atime=off compression=zstd rpool",
      ]);
      await quiet();
    },
    state,
  );
});

test.run();
