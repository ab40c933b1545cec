import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";

const test = suite("limits and block sizes of datasets");

/** The findings of a text that are no notes, each by its code and the first line of its message. */
async function found(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
  return diagnostics.filter(({ severity }) => severity !== "note").map(({ code, message }) => `${code} ${message}`);
}

test("what is kept free fits the lowest quota of the dataset and of those above it", async () => {
  const below = "and tank/a may use 10GiB only: ZFS refuses that";
  assert.equal(await found("dataset tank/a { quota = 10GiB, reservation = 11GiB }"), [
    "PHX4801 11GiB are to be kept free for tank/a, and it may use 10GiB only: ZFS refuses that",
  ]);
  assert.equal(
    await found(
      "dataset tank/a { quota = 10GiB }\ndataset tank/a/b { quota = 5GiB }\ndataset tank/a/b/c { refreservation = 20GiB }",
    ),
    ["PHX4801 20GiB are to be kept free for tank/a/b/c, and tank/a/b may use 5GiB only: ZFS refuses that"],
  );
  assert.equal(await found("dataset tank/a { quota = 10GiB }\nzvol tank/a/v { size = 11GiB }"), [
    `PHX4801 11GiB are to be kept free for tank/a/v, ${below}`,
  ]);
  assert.equal(
    await found(
      "dataset tank/a { properties { quota = 10GiB } }\ndataset tank/a/b { properties { reservation = 11GiB } }",
    ),
    [`PHX4801 11GiB are to be kept free for tank/a/b, ${below}`],
  );
});

test("what fits, is sparse, or lies elsewhere is no finding", async () => {
  const quota = "dataset tank/a { quota = 10GiB }\n";
  for (const text of [
    "dataset tank/a/b { reservation = 10GiB }",
    "dataset tank/a/b { reservation = none, refreservation = absent }",
    "zvol tank/a/v { size = 20GiB, sparse = true }",
    "zvol tank/a/v { size = 20GiB, refreservation = 1GiB }",
    "dataset tank/ab { reservation = 20GiB }",
    "dataset tank/a/b { quota = 10GiB }",
    "dataset tank/a/b { quota = none }",
  ])
    assert.equal(await found(quota + text), [], text);
});

test("a quota above one that is reached first is a warning", async () => {
  assert.equal(await found("dataset tank/a { quota = 10GiB }\ndataset tank/a/b/c { quota = 11GiB }"), [
    "PHX4802 tank/a/b/c has a quota of 11GiB, and tank/a above it one of 10GiB, which is reached first",
  ]);
});

test("block sizes are powers of two, wherever they stand", async () => {
  assert.equal(await found("dataset tank/a { recordsize = 3K }"), [
    "PHX5418 the `recordsize` of tank/a is no power of two, which ZFS refuses",
  ]);
  assert.equal(await found("zvol tank/v { size = 1GiB, properties { volblocksize = 24K } }"), [
    "PHX5418 the `volblocksize` of tank/v is no power of two, which ZFS refuses",
  ]);
  assert.equal(
    await found('pool tank { raid = single, disks = ["/dev/disk/by-id/a"], properties { recordsize = 5K } }'),
    ["PHX5418 the `recordsize` of tank is no power of two, which ZFS refuses"],
  );
  assert.equal(await found("dataset tank/a { recordsize = 16M }\nzvol tank/v { size = 1GiB, volblocksize = 4K }"), []);
});

test("a cipher goes with a key, wherever it stands", async () => {
  const key = 'key { from = secret("file:/root/k") }';
  const off = "PHX5419 the dataset tank/a has a key and `encryption = off`, which ZFS refuses";
  const missing = "PHX5414 the dataset tank/a has a cipher and no key";
  for (const [text, expected] of [
    [`dataset tank/a { encryption = off, ${key} }`, [off]],
    [`dataset tank/a { ${key}, properties { encryption = off } }`, [off]],
    [`zvol tank/a { size = 1GiB, encryption = off, ${key} }`, [off]],
    ["dataset tank/a { encryption = on }", [missing]],
    ["dataset tank/a { properties { encryption = aes-256-gcm } }", [missing]],
    [`dataset tank/a { ${key} }`, []],
    [`dataset tank/a { ${key}, properties { encryption = aes-256-gcm } }`, []],
    ["dataset tank/a { encryption = off }", []],
  ] as const)
    assert.equal(await found(text), expected, text);
});

test("limits of the cache that the declared memory makes the kernel ignore are findings", async () => {
  const on = (memory: string, limits: string): Promise<readonly string[]> =>
    found(`host pve { memory = ${memory}, zfs { ${limits} } }`);
  const why = "and the kernel would ignore it";
  assert.equal(await on("512GiB", "arc_max = 16GiB"), [
    `PHX5421 the \`arc_max\` of the host pve is not above 1/32 of its memory of 512G, which the cache keeps at least, ${why}`,
  ]);
  assert.equal(await on("64GiB", "arc_max = 64GiB"), [
    `PHX5421 the \`arc_max\` of the host pve is not below its memory of 64G, ${why}`,
  ]);
  assert.equal(await on("64GiB", "arc_min = 65GiB"), [
    `PHX5421 the \`arc_min\` of the host pve is not below its memory of 64G, ${why}`,
  ]);
  assert.equal(await on("512GiB", "arc_max = 16GiB, arc_min = 1GiB"), []);
  assert.equal(await on("512GiB", "arc_max = 17GiB"), []);
  assert.equal(await found("host pve { zfs { arc_max = 64MiB } }"), []);
  assert.equal((await found("host pve { zfs { arc_max = 63MiB } }")).length, 1);
  assert.equal((await found("host pve { zfs { arc_min = 31MiB } }")).length, 1);
});

test.run();
