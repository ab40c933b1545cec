import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, ct, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("backup jobs and replication");

const fileOf = ({ host }: CommittedProject, name: string): string =>
  readFileSync(join(host.root, `/etc/pve/${name}.cfg`), "utf8");

const WEB = ct(101, "web") + ct(102, "db");
const STORE = 'storage dir vault { path = "/srv/vault", content = [backup] }\n';
const NIGHTLY = `backup nightly {
  schedule = "mon..fri 02:30"
  storage = vault
  guests = [web, db]
  compress = zstd
  comment = "every night: 100% \\\\n%20x"
  notes = "{{guestname}}"
  keep { last = 3, daily = 7 }
  options { ionice = 8, fleecing = "enabled=1,storage=vault" }
}
`;

test("a job is made, kept as Proxmox keeps it, and a second run has nothing to do", () =>
  withCommitted(async (project) => {
    await project.write(HOST + STORE + WEB + NIGHTLY);
    assert.ok((await settled(project)).includes("+ host: backup nightly"));
    assert.is(
      fileOf(project, "jobs"),
      `vzdump: nightly
	schedule mon..fri 02:30
	comment every night%3A 100% \\n%20x
	compress zstd
	enabled 1
	fleecing enabled=1,storage=vault
	ionice 8
	notes-template {{guestname}}
	prune-backups keep-daily=7,keep-last=3
	storage vault
	vmid 101,102

`,
    );
  }));

test("what differs is set in one call, in whatever order Proxmox keeps it", () =>
  withCommitted(async (project) => {
    await project.write(HOST + STORE + WEB + NIGHTLY);
    await settled(project);
    const path = join(project.host.root, "/etc/pve/jobs.cfg");
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace("keep-daily=7,keep-last=3", "keep-last=3,keep-daily=7").replace("101,102", "102,101"),
    );
    assert.equal(await settled(project), []);
    await project.write(
      HOST + STORE + WEB + NIGHTLY.replace("02:30", "03:30").replace("daily = 7", "daily = 14").replace("zstd", "none"),
    );
    const run = await project.apply();
    assert.equal(run.commands, [
      "pvesh set /cluster/backup/nightly --schedule mon..fri 03:30 --compress 0 --prune-backups keep-daily=14,keep-last=3",
    ]);
    assert.equal(run.said, [
      "~ host: backup nightly: schedule mon..fri 02:30 -> mon..fri 03:30",
      "~ host: backup nightly: compress zstd -> 0",
      "~ host: backup nightly: prune-backups keep-last=3,keep-daily=7 -> keep-daily=14,keep-last=3",
    ]);
    assert.equal(await settled(project), []);
  }));

test("from some guests to all but one, to all, and back", () =>
  withCommitted(async (project) => {
    await project.write(HOST + STORE + WEB + NIGHTLY);
    await settled(project);
    await project.write(HOST + STORE + WEB + NIGHTLY.replace("guests = [web, db]", "guests = all\nexcept = [db]"));
    await settled(project);
    assert.match(fileOf(project, "jobs"), /\tall 1\n(.*\n)*\texclude 102\n/);
    assert.not.match(fileOf(project, "jobs"), "vmid");
    await project.write(HOST + STORE + WEB + NIGHTLY.replace("guests = [web, db]", "guests = all"));
    assert.ok((await settled(project)).includes("~ host: backup nightly: exclude 102 -> (unset)"));
    await project.write(HOST + STORE + WEB + NIGHTLY);
    await settled(project);
    assert.not.match(fileOf(project, "jobs"), "all 1");
  }));

test("an option that must not be set is deleted; jobs of others stay, and one that leaves the files is told", () =>
  withCommitted(async (project) => {
    await byHand(project, "pvesh create /cluster/backup --id theirs --schedule 05:00 --storage local --all 1");
    const theirs = fileOf(project, "jobs");
    await project.write(HOST + STORE + WEB + NIGHTLY);
    await settled(project);
    await project.write(HOST + STORE + WEB + NIGHTLY.replace('"every night: 100% \\\\n%20x"', "absent"));
    assert.ok(
      (await settled(project)).includes("~ host: backup nightly: comment every night%3A 100% \\n%20x -> (unset)"),
    );
    assert.ok(fileOf(project, "jobs").startsWith(theirs));
    await project.write(HOST + STORE + WEB);
    const run = await project.apply();
    assert.equal(run.said, []);
    assert.match(
      run.stdout,
      "backup nightly is no longer declared; it is left as it is; to take it back: pvesh delete /cluster/backup/nightly",
    );
    await byHand(project, "pvesh delete /cluster/backup/nightly");
    assert.not.match((await project.apply()).stdout, "nightly");
  }));

const COPY = 'replication web { guest = web, target = pve2, schedule = "*/30", rate = 10 }\n';

function secondNode({ host }: CommittedProject, name = "pve2"): void {
  mkdirSync(join(host.root, `/etc/pve/nodes/${name}`), { recursive: true });
}

test("replication is made after its guest, changed in one call, and switched off", () =>
  withCommitted(async (project) => {
    secondNode(project);
    await project.write(HOST + COPY + WEB);
    const said = await settled(project);
    assert.ok(said.indexOf("+ ct 101 web: created") < said.indexOf("+ host: replication 101-0"), said.join("\n"));
    assert.is(fileOf(project, "replication"), "local: 101-0\n\ttarget pve2\n\trate 10\n\tschedule */30\n\n");
    await project.write(HOST + COPY.replace("rate = 10", "rate = absent, enabled = false") + WEB);
    const run = await project.apply();
    assert.equal(run.commands, ["pvesr update 101-0 --disable 1 --delete rate"]);
    assert.is(fileOf(project, "replication"), "local: 101-0\n\tdisable\n\ttarget pve2\n\tschedule */30\n\n");
    assert.equal(await settled(project), []);
    await project.write(HOST + COPY.replace("rate = 10", "enabled = true") + WEB);
    assert.ok((await settled(project)).includes("~ host: replication 101-0: disable 1 -> 0"));
  }));

test("a node that is not there, and another target, are refused before anything is touched", () =>
  withCommitted(async (project) => {
    await project.write(HOST + COPY + WEB);
    const missing = await project.apply();
    assert.is(missing.code, 3);
    assert.match(missing.stderr, "the cluster has no node pve2 (replication 101-0)");
    secondNode(project);
    secondNode(project, "pve3");
    await settled(project);
    await project.write(HOST + COPY.replace("pve2", "pve3") + WEB);
    const moved = await project.apply();
    assert.is(moved.code, 3);
    assert.match(moved.stderr, "replication 101-0 goes to pve2, declared as pve3");
  }));

test("killed before, during and after every command, and with every command failing once", async () => {
  const whole = await wholeRun(
    await compileSource(HOST + STORE + ct(101, "web") + COPY + NIGHTLY.replace("[web, db]", "[web]")),
  );
  for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
});

provesMatrix(test, import.meta.url);

test.run();
