import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, settled, withCommitted } from "../support/committed.js";
import type { Applied, CommittedProject } from "../support/committed.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("pools, datasets and storages that the files no longer declare");

const POOL = 'pool tank { disks = ["/dev/disk/by-id/a"], raid = single }\n';
const OLD = 'storage dir old { path = "/srv/old", content = [images, rootdir], nodes = [pve1] }\n';
const dataset = (properties: string): string => `dataset tank/x { ${properties} }\n`;

/** Runs `use` with a project whose host has the pool. */
async function withPool(use: (project: CommittedProject) => Promise<void>): Promise<void> {
  await withCommitted(async (project) => {
    const parts = [{ role: "data" as const, type: "disk" as const, disks: ["/dev/disk/by-id/a"] }];
    project.host.state.pools["tank"] = { parts, properties: {}, size: 2 * 10 ** 12 };
    project.host.state.datasets["tank"] = { type: "filesystem", properties: {}, snapshots: [] };
    await use(project);
  });
}

/** What a run notes; fails when it does anything, or wants to. */
async function notesOf({ apply }: CommittedProject): Promise<readonly string[]> {
  const runs: readonly Applied[] = [await apply("--check", "--allow-destroy"), await apply("--allow-destroy")];
  const notes = runs.map(({ code, said, commands, stdout }) => {
    assert.equal([code, said, commands], [0, [], []], stdout);
    return stdout.split("\n").filter((line) => line.startsWith("  host: "));
  });
  assert.equal(notes[0], notes[1]);
  return notes[0] ?? [];
}

test("they stay, and every run tells it with the command that would remove them, as long as they are there", () =>
  withPool(async (project) => {
    const { write, phxc, read } = project;
    await write(HOST + POOL + dataset("quota = 1GiB") + OLD);
    await settled(project);
    const summary = await write(HOST);
    const left = ["  . dataset tank/x", "  . pool tank", "  . storage old"];
    assert.equal(
      summary.split("\n").filter((line) => line.startsWith("  . ")),
      left,
    );
    assert.match(
      (await phxc("plan", "--format", "markdown")).out,
      /## No longer declared, and not removed\n\n.*\n\n- dataset tank\/x\n/,
    );
    const tail = "is no longer declared; it is left as it is; to take it back:";
    const notes = [
      `  host: dataset tank/x ${tail} zfs destroy tank/x`,
      `  host: pool tank ${tail} zpool destroy tank`,
      `  host: storage old ${tail} pvesm remove old`,
    ];
    assert.equal(await notesOf(project), notes);
    // A memory of them lasts through plans that are about something else.
    await write(`${HOST}storage dir new { path = "/srv/new", content = [images] }\n`);
    await settled(project);
    assert.equal(await notesOf(project), notes);
    await byHand(project, "pvesm remove old");
    assert.equal(await notesOf(project), notes.slice(0, 2));
    assert.is((await phxc("forget", "pool.tank", "storage.old")).code, 0);
    assert.is((await phxc("forget")).out, "dataset.tank/x\n");
    await write(HOST + POOL + dataset("quota = 1GiB"));
    assert.match(read("plans/pve1/plan.json"), /"kind": "storage",\n\s+"name": "new"/);
    assert.equal((await notesOf(project)).length, 1);
  }));

test("a dataset is destroyed only where that is allowed and its name confirmed, and not with anything below it", () =>
  withPool(async (project) => {
    const { write, apply, host } = project;
    await write(`${HOST}${POOL}${dataset("quota = 1GiB")}dataset tank/x/y { atime = off }\n`);
    await settled(project);
    await write(HOST + POOL);
    const refused = [["--confirm", "tank/x/y"], ["--allow-destroy"], ["--allow-destroy", "--confirm", "tank"]];
    for (const flags of refused) assert.equal((await apply(...flags)).commands, [], flags.join(" "));
    const above = await apply("--allow-destroy", "--confirm", "tank/x");
    assert.is(above.code, 4);
    assert.match(above.stderr, "filesystem has children");
    assert.equal((await apply("--check", "--allow-destroy", "--confirm", "tank/x/y")).said, [
      "- host: dataset tank/x/y",
    ]);
    assert.equal((await apply("--allow-destroy", "--confirm", "tank/x/y")).said, ["- host: dataset tank/x/y"]);
    assert.equal(Object.keys(host.state.datasets), ["tank", "tank/x"]);
    assert.equal((await apply("--confirm")).code, 64);
  }));

test("so do their options, as long as they are what they were declared as", () =>
  withPool(async (project) => {
    const { write, phxc } = project;
    await write(HOST + dataset("quota = 1GiB, compression = lz4") + OLD);
    await settled(project);
    await write(HOST + dataset("") + OLD.replace(", nodes = [pve1]", ""));
    const tail = "is no longer declared; it is left as it is; to take it back:";
    const notes = [
      `  host: dataset tank/x: compression lz4 ${tail} zfs inherit compression tank/x`,
      `  host: dataset tank/x: quota 1G ${tail} zfs set quota=none tank/x`,
      `  host: storage old: nodes pve1 ${tail} pvesm set old --delete nodes`,
    ];
    assert.equal(await notesOf(project), notes);
    if (hasLinters()) assert.equal(lintScript(project.read("plans/pve1/plan.sh")), []);
    assert.equal((await phxc("forget")).out.split("\n").slice(0, 3), [
      "dataset.tank/x.compression",
      "dataset.tank/x.quota",
      "storage.old.nodes",
    ]);
    await byHand(project, "zfs set quota=none tank/x");
    await byHand(project, "pvesm set old --delete nodes");
    assert.equal(await notesOf(project), notes.slice(0, 1));
    await byHand(project, "zfs set compression=off tank/x");
    assert.equal(await notesOf(project), []);
    await write(HOST + dataset("compression = zstd") + OLD);
    await settled(project);
    assert.is((await phxc("forget")).out, "dataset.tank/x.quota\n");
  }));

test("a plan for some guests, or with --only, says nothing of them", () =>
  withPool(async (project) => {
    const guest =
      'ct 101 a {\n image = "local:vztmpl/debian-13.tar.zst"\n disk root { size = 4GiB, storage = local-lvm }\n}\n';
    await project.write(HOST + OLD + guest);
    await settled(project);
    await project.write(HOST + guest);
    assert.equal((await notesOf(project)).length, 1);
    assert.not.match((await project.apply("--only", "101")).stdout, /storage old/);
    const { out } = await project.phxc("plan", "main.phx", "101", "--format", "bash");
    assert.not.match((await project.run(out)).stdout, /storage old/);
  }));

test.run();
