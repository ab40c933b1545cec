import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, vm, withCommitted } from "../support/committed.js";

const test = suite("disks under other names");

const disk = (name: string, more = "size = 1GiB, storage = local-lvm"): string => `disk ${name} { ${more} }\n`;
const at = (conf: string, slot: string): string => new RegExp(`^${slot}: (.*)$`, "m").exec(conf)?.[1] ?? "";

test("a disk that is only called otherwise stays where it is, with a note; planning again gives the same", () =>
  withCommitted(async (project) => {
    const { write, edit, phxc, conf, read } = project;
    await write(HOST + vm(100, "a", disk("data") + disk("other", "size = 2GiB, storage = local-lvm")));
    await settled(project);
    const before = [at(conf("vm", 100), "scsi1"), at(conf("vm", 100), "scsi2")];
    for (const [name, was] of [
      ["store", "data"],
      ["third", "store"],
      ["data", "third"],
    ] as const) {
      const text = HOST + vm(100, "a", disk("other", "size = 2GiB, storage = local-lvm") + disk(name));
      edit(text);
      const { err, code } = await phxc("plan", "--write");
      assert.is(code, 0);
      assert.match(err, new RegExp(`PHX6030.*the disk \`${name}\` of vm 100 a was called \`${was}\``));
      const files = [read("plans/pve1/plan.sh"), read("plans/pve1/plan.json")];
      const again = await phxc("plan", "--write");
      assert.equal([again.code, again.err], [0, "no findings\n"]);
      assert.ok(files[0] === read("plans/pve1/plan.sh") && files[1] === read("plans/pve1/plan.json"), "other bytes");
      assert.equal(await settled(project), []);
      assert.equal([at(conf("vm", 100), "scsi1"), at(conf("vm", 100), "scsi2")], before);
      assert.equal((JSON.parse(files[1] ?? "") as { readonly retired: unknown }).retired, []);
    }
  }));

test("a disk without a storage of its own is where the root disk is", () =>
  withCommitted(async ({ write, edit, phxc }) => {
    await write(HOST + vm(100, "a", disk("data", "size = 1GiB")));
    edit(HOST + vm(100, "a", disk("store", "size = 1GiB")));
    const { err } = await phxc("plan");
    assert.match(err, /PHX6030/);
    assert.not.match(err, /PHX6031/);
  }));

const OTHERS: readonly (readonly [before: string, after: string, gone: readonly string[]])[] = [
  [disk("one") + disk("two"), disk("three"), ["scsi1", "scsi2"]],
  [disk("one"), disk("two") + disk("three"), ["scsi1"]],
  [disk("one"), disk("two", "size = 2GiB, storage = local-lvm"), ["scsi1"]],
  [disk("one"), disk("two", "size = 1GiB, storage = other"), ["scsi1"]],
  [disk("one"), disk("one", "size = 1GiB, storage = local-lvm, slot = scsi5"), ["scsi1"]],
];

test("where another disk could be meant, the old one is detached with a warning", async () => {
  for (const [before, after, gone] of OTHERS) {
    await withCommitted(async ({ write, edit, phxc }) => {
      await write(HOST + vm(100, "a", before));
      edit(HOST + vm(100, "a", after));
      const { err, code } = await phxc("plan");
      assert.is(code, 0);
      assert.not.match(err, /PHX6030/, after);
      for (const slot of gone) assert.match(err, `vm 100 a: ${slot} (local-lvm:1) is no longer declared`);
    });
  }
});

test("`slot` says that a disk of another size is the one that was there", () =>
  withCommitted(async (project) => {
    const { write, edit, phxc, conf } = project;
    await write(HOST + vm(100, "a", disk("one")));
    await settled(project);
    const volume = at(conf("vm", 100), "scsi1");
    edit(HOST + vm(100, "a", disk("three", "size = 2GiB, storage = local-lvm, slot = scsi1") + disk("four")));
    const { err } = await phxc("plan", "--write");
    assert.match(err, /PHX6030/);
    assert.not.match(err, /PHX6031/);
    await settled(project);
    assert.is(at(conf("vm", 100), "scsi1").split(",")[0], volume.split(",")[0]);
  }));

test("a disk that only leaves, or only comes, is no reason for a warning", () =>
  withCommitted(async ({ write, edit, phxc }) => {
    await write(HOST + vm(100, "a", disk("one")));
    for (const [text, silent] of [
      [HOST + vm(100, "a"), true],
      [HOST + vm(100, "a", disk("one") + disk("two")), true],
      [HOST + vm(100, "a", disk("two", "size = 2GiB")), false],
    ] as const) {
      edit(text);
      assert.is((await phxc("plan")).err === "no findings\n", silent);
    }
  }));

test("the volume of a container that is mounted elsewhere is another one, and that is told", () =>
  withCommitted(async (project) => {
    const { write, edit, phxc } = project;
    const mounted = (path: string): string => disk("data", `size = 1GiB, storage = local-lvm, at = "${path}"`);
    await write(HOST + ct(101, "a", mounted("/data")));
    edit(HOST + ct(101, "a", mounted("/srv")));
    const { err } = await phxc("plan");
    assert.match(
      err,
      /PHX6031.*ct 101 a: mp \/data \(local-lvm:1\) is no longer declared.*mp \/srv is a new and empty/s,
    );
    assert.match(err, /change `mp=` of it with `pct set` before/);
  }));

test.run();
