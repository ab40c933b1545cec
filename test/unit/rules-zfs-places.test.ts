import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";

const test = suite("disks of several pools, names of pools, and where datasets are mounted");

/** The findings of a text that are no notes, each by its code and message. */
async function found(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
  return diagnostics.filter(({ severity }) => severity !== "note").map(({ code, message }) => `${code} ${message}`);
}

const id = (name: string): string => `/dev/disk/by-id/${name}`;
const pool = (name: string, ...disks: readonly string[]): string =>
  `pool ${name} { ${disks.map((disk) => `vdev { disks = ["${id(disk)}"] }`).join(", ")} }\n`;

test("no disk is in two pools, neither whole nor by a partition of it", async () => {
  assert.equal(await found(pool("a", "x") + pool("b", "x")), [
    `PHX4803 the disk ${id("x")} is in the pool a and in the pool b`,
  ]);
  assert.equal(await found(pool("a", "x-part3") + pool("b", "x")), [
    `PHX4803 ${id("x")} is in the pool b, and ${id("x-part3")}, which is on the same disk, in the pool a`,
  ]);
  assert.equal(
    await found(pool("a", "x") + `pool b { disks = ["${id("y")}"], log { disks = ["${id("x-part1")}"] } }`),
    [`PHX4803 ${id("x-part1")} is in the pool b, and ${id("x")}, which is on the same disk, in the pool a`],
  );
});

test("two partitions of one disk, disks whose names only begin alike, and pools of two hosts are no finding", async () => {
  const hosts = "host pve1 { }\nhost pve2 { }\n";
  const on = (name: string, host: string): string => `pool ${name} { host = ${host}, disks = ["${id("x")}"] }\n`;
  assert.equal(await found(pool("a", "x-part3") + pool("b", "x-part4")), []);
  assert.equal(await found(pool("a", "x") + pool("b", "x-partner", "xy")), []);
  assert.equal(
    (await found(hosts + on("a", "pve1") + on("b", "pve2"))).filter((line) => line.startsWith("PHX4803")),
    [],
  );
});

test("a pool has a disk once, also by a partition of it", async () => {
  assert.equal(await found(pool("a", "x", "x")), [`PHX5404 the pool a has the disk ${id("x")} twice`]);
  assert.equal(await found(pool("a", "x-part1", "x")), [
    `PHX5404 the pool a has the disk ${id("x")} twice: ${id("x-part1")} is on the same disk`,
  ]);
  assert.equal(await found(pool("a", "x-part1", "x-part2")), []);
});

test("names that zpool keeps for itself are none of a new pool", async () => {
  for (const name of ["mirror", "mirrors", "raidz", "raidz-old", "draid1", "spare", "spares", "log"])
    assert.equal(await found(pool(name, "x")), [
      `PHX5420 no pool can be made with the name ${name}, which \`zpool\` keeps for itself`,
    ]);
  // OpenZFS takes names that are like disks of Solaris.
  for (const name of ["logs", "tank", "c0", "cache", "special", "raid", "Mirror"])
    assert.equal(await found(pool(name, "x")), [], name);
  assert.equal(await found("pool sparse { options { autotrim = on } }"), [], "a pool of somebody else");
});

test("two datasets that are mounted by themselves are not at one place", async () => {
  const both = (first: string, second: string, path: string): readonly string[] => [
    `PHX4804 ${first} and ${second} are both mounted at ${path}: the one that is mounted later hides the other`,
  ];
  assert.equal(
    await found('dataset t/a { mountpoint = "/srv" }\ndataset u/b { properties { mountpoint = "/srv/" } }'),
    both("t/a", "u/b", "/srv"),
  );
  assert.equal(
    await found('dataset t/a { mountpoint = "/srv" }\ndataset t/a/b { }\ndataset u/b { mountpoint = "/srv//b" }'),
    both("t/a/b", "u/b", "/srv/b"),
  );
  assert.equal(await found(`${pool("t", "x")}dataset u/b { mountpoint = "/t" }`), both("t", "u/b", "/t"));
  const nfs = 'storage nfs media { server = 10.0.0.9, export = "/x"';
  assert.equal(
    await found(`${nfs} }\ndataset u/b { mountpoint = "/mnt/pve/media" }`),
    both("the storage media", "u/b", "/mnt/pve/media"),
  );
  assert.equal(
    await found(`${nfs}, path = "/srv/media/" }\ndataset u/b { mountpoint = "/srv/media" }`),
    both("the storage media", "u/b", "/srv/media"),
  );
});

test("what is not mounted by itself, or elsewhere, shares no place", async () => {
  const first = 'dataset t/a { mountpoint = "/srv" }\n';
  for (const second of [
    'storage dir files { path = "/srv", content = [iso] }',
    'dataset u/b { mountpoint = "/srv", canmount = off }',
    'dataset u/b { mountpoint = "/srv", properties { canmount = noauto } }',
    "dataset u/b { mountpoint = legacy }",
    'dataset u/b { mountpoint = "/srv/b" }',
    'pool u { disks = ["/dev/disk/by-id/y"], properties { mountpoint = "/srv", canmount = off } }',
  ])
    assert.equal(await found(first + second), [], second);
});

test("nothing is mounted over a directory that the host runs on", async () => {
  for (const path of ["/", "/etc", "/usr/", "/var/lib", "/boot", "/dev/shm", "/proc/x", "/etc/pve/nodes", "/sys"])
    assert.equal(await found(`dataset t/a { mountpoint = "${path}" }`), [
      `PHX4805 t/a is mounted at ${path === "/usr/" ? "/usr" : path}, where it hides what the host runs on`,
    ]);
  assert.equal(await found(pool("etc", "x")), ["PHX4805 etc is mounted at /etc, where it hides what the host runs on"]);
  assert.equal(await found('pool t { properties { mountpoint = "/" } }\ndataset t/usr { }'), [
    "PHX4805 t is mounted at /, where it hides what the host runs on",
    "PHX4805 t/usr is mounted at /usr, where it hides what the host runs on",
  ]);
});

test("systems that are booted from, and directories of no system, are no finding", async () => {
  for (const text of [
    'dataset rpool/ROOT/pve-1 { mountpoint = "/" }',
    'dataset bpool/BOOT/debian { mountpoint = "/boot" }',
    'dataset rpool/var-lib-vz { mountpoint = "/var/lib/vz" }',
    'dataset t/a { mountpoint = "/etcetera" }',
    'dataset t/a { mountpoint = "/var/log" }',
    'dataset t/a { mountpoint = "/etc", canmount = off }',
  ])
    assert.equal(await found(text), [], text);
});

test.run();
