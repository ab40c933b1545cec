import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitBash } from "../../src/emitters/bash/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { conf } from "../support/sim-guests.js";
import { zfsHost } from "../support/sim.js";
import { LAN, another, appVm, applied, editConf, fleetOn, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: records of what is being made, and sources");

function record(host: SimulatedHost, name: string, ...lines: readonly string[]): void {
  mkdirSync(join(host.root, "var/lib/phxc/intent"), { recursive: true });
  writeFileSync(join(host.root, "var/lib/phxc/intent", name), lines.map((line) => `${line}\n`).join(""));
}

function records(host: SimulatedHost): string[] {
  return readdirSync(join(host.root, "var/lib/phxc/intent"));
}

const CLONES = `${appVm("template = true")}vm 101 copy {\n clone = app\n net lan { ip = dhcp }\n}\n`;

test("volumes that the guest's file names are never freed, be it as a linked clone or in a snapshot", () =>
  applied(CLONES, async ({ host, apply }) => {
    assert.match(conf(host, 101), "vms:base-100-disk-0/vm-101-disk-0");
    record(host, "101.alloc", "tool qm", "storage vms");
    await host.execute(["pvesm", "alloc", "vms", "101", "vm-101-disk-7", "1G"]);
    await host.execute(["pvesm", "alloc", "vms", "101", "vm-101-disk-8", "1G"]);
    editConf(host, 101, (text) => `${text}\n[old]\nscsi5: vms:vm-101-disk-7,size=1G\nsnaptime: 1\n`);
    assert.equal(mutating(await apply()), ["pvesm free vms:vm-101-disk-8"]);
    assert.equal(records(host), []);
  }));

test("where volumes cannot be listed, nothing is made and nothing is freed", () =>
  scripted(webCt(), async ({ host, script, apply }) => {
    const made = await host.runScript(script, [], { fault: { at: 1, when: "fail" } });
    assert.is(made.code, 4);
    assert.match(
      made.stderr,
      /^Refused: step ct\.200\.create \(ct 200 web; asked for by fleet\.phx\): the volumes on cts cannot be listed$/m,
    );
    assert.equal(mutating(made), []);
    await apply();
    record(host, "200.alloc", "tool pct", "storage cts", "before cts:subvol-200-disk-0");
    await host.execute(["pvesm", "alloc", "cts", "200", "subvol-200-disk-5", "1G"]);
    const freed = await host.runScript(script, [], { fault: { at: 1, when: "fail" } });
    assert.equal([freed.code, mutating(freed), records(host)], [4, [], ["200.alloc"]]);
    assert.equal(mutating(await apply()), ["pvesm free cts:subvol-200-disk-5"]);
  }));

test("volumes that were there before a creation are not freed, on storages that are listed once a run", () => {
  const thin = webCt().replace("storage = cts", "storage = local-lvm");
  const fleet = `${thin}${thin.replace("ct 200 web", "ct 201 other").replace("10.0.0.20", "10.0.0.21")}`;
  const options = { thinpool: "data", vgname: "pve", content: "rootdir,images" };
  const state = zfsHost({ storages: [{ type: "lvmthin", id: "local-lvm", options }] });
  return scripted(
    fleet,
    async ({ host, script, apply }) => {
      await host.execute(["pvesm", "alloc", "local-lvm", "201", "vm-201-disk-7", "1G"]);
      // The list, create, set and start of the first; the create of the second.
      const cut = await host.runScript(script, [], { fault: { at: 4, when: "during" } });
      assert.equal(
        cut.commands.map(({ argv }) => argv.slice(0, 3).join(" ")).filter((line) => /^(pct|pvesm)/.test(line)),
        ["pvesm list local-lvm", "pct create 200", "pct set 200", "pct create 201"],
      );
      assert.equal(records(host), ["201"]);
      const freed = mutating(await apply()).filter((line) => line.startsWith("pvesm free"));
      assert.not(freed.some((line) => line.includes("vm-201-disk-7")));
      assert.match((await host.execute(["pvesm", "list", "local-lvm"])).stdout, "vm-201-disk-7");
    },
    state,
  );
});

test("without a record nothing is made, allocated or snapshotted", () =>
  applied(webCt(), async ({ host }) => {
    rmSync(join(host.root, "var/lib/phxc/intent"), { recursive: true });
    writeFileSync(join(host.root, "var/lib/phxc/intent"), "no folder");
    const wishes = [
      webCt("snapshot ready {}"),
      webCt('disk data { size = 1GiB, storage = cts, at = "/data" }'),
      webCt() + appVm(),
    ];
    for (const wish of wishes) {
      const run = await (await another(host, wish)).apply(4);
      assert.match(run.stderr, /^Refused: step \S+ \(.*\): no record can be written below \/var\/lib\/phxc$/m);
      assert.equal(mutating(run), []);
    }
  }));

test("a clone that was finished when its run was killed is kept, and its source is unlocked", () =>
  applied(
    `${webCt("snapshot ready {}")}ct 201 copy {\n clone = web\n clone_snapshot = ready\n net lan { ip = 10.0.0.21 }\n}\n`,
    async ({ host, apply, quiet }) => {
      record(host, "201", "tool pct", "source ct 200", "storage cts");
      editConf(host, 200, (text) => `lock: disk\n${text}`);
      const before = conf(host, 201);
      assert.equal(mutating(await apply()), ["pct unlock 200"]);
      assert.equal([conf(host, 201), records(host)], [before, []]);
      await quiet();
    },
  ));

test("a snapshot that was cut off is settled first, even when its guest has drifted since", () =>
  applied(webCt("cores = 2\nstate = running\nsnapshot ready {}"), async ({ host, script, byHand, quiet }) => {
    await byHand("pct delsnapshot 200 ready");
    const cut = await host.runScript(script, [], { fault: { at: 1, when: "during" } });
    assert.is(cut.signal, "SIGKILL");
    assert.match(conf(host, 200), "lock: snapshot\n");
    editConf(host, 200, (text) => text.replace("cores: 2\n", "cores: 1\n"));
    const next = await host.runScript(script);
    assert.is(next.code, 0, next.stdout + next.stderr);
    assert.match(next.stdout, /^ {2}the snapshot ready of ct 200 was interrupted: what there is of it is removed$/m);
    assert.match(conf(host, 200), "[ready]");
    assert.equal(records(host), []);
    await quiet();
  }));

test("a snapshot that somebody else is taking is left alone", () =>
  applied(webCt("snapshot ready {}"), async ({ host, apply }) => {
    record(host, "200.snapshot.ready", "tool pct");
    editConf(host, 200, (text) => `lock: snapshot\n${text}\n[theirs]\nsnapstate: prepare\n`);
    assert.equal(mutating(await apply()), []);
    assert.equal(records(host), []);
    assert.match(conf(host, 200), "lock: snapshot\n");
  }));

test("a clone whose source is locked is held back, and --check says so", () =>
  applied(webCt("snapshot ready {}"), async ({ host }) => {
    editConf(host, 200, (text) => `lock: backup\n${text}`);
    const both = `${webCt("snapshot ready {}")}ct 201 copy {\n clone = web\n clone_snapshot = ready\n net lan { ip = 10.0.0.21 }\n}\n`;
    const { check, apply } = await another(host, both);
    const held = [
      "! ct 201 copy: held back: its source ct 200 is locked (backup) by another task; run again when that has ended",
    ];
    assert.equal(await check(), held);
    assert.equal(told(await apply(4, "--wait", "0")), held);
  }));

test("--check leaves records alone, and tells that a half-made guest is made again", () =>
  scripted(webCt(), async ({ host, check, apply }) => {
    writeFileSync(join(host.root, "etc/pve/lxc/200.conf"), "lock: create\n");
    record(host, "200", "tool pct", "storage cts");
    assert.ok((await check()).includes("+ ct 200 web: create (pct create)"));
    assert.equal(records(host), ["200"]);
    const run = await apply();
    assert.equal(mutating(run).slice(0, 2), ["pct unlock 200", "pct destroy 200"]);
    assert.match(run.stdout, "ct 200 was left half made by an interrupted run");
  }));

test("sources that the plan does not make must be there, as template or with the snapshot", async () => {
  const { plan } = await compileSource(LAN + webCt());
  const source = plan.steps[0]?.source as never;
  const guest = { kind: "ct", id: 300, name: "base" } as const;
  const requirements = [
    { kind: "guest", guest, blocks: [], source },
    { kind: "template", guest: { ...guest, id: 301 }, blocks: [], source },
    { kind: "snapshot", guest: { ...guest, id: 302 }, snapshot: "s.1", blocks: ["ct.200"], source },
    { kind: "file", path: "/srv/no such", hint: "fetch it", blocks: [], source },
    { kind: "command", command: "no-such-command", blocks: [], source },
  ] as const;
  const script = emitBash({ ...plan, requirements: [...plan.requirements, ...requirements] }, { version: "0.0.0" });
  await scripted("", async ({ host, byHand }) => {
    const fleet = fleetOn(host, script);
    const create = "local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 --hostname base";
    await byHand(`pct create 301 ${create}`, `pct create 302 ${create}`);
    const run = await fleet.apply(3);
    assert.equal(run.stderr.split("\n").slice(1, -1), [
      "  - there is no ct 300 (base) to clone",
      "  - ct 301 (base) is not a template",
      "  - there is no file /srv/no such (fetch it)",
      "  - the command no-such-command is missing",
    ]);
  });
});

test("a configuration that vanishes while its raw lines are written is not made anew from them", () =>
  applied(webCt('raw { "lxc.apparmor.profile" = unconfined }'), async ({ host, script }) => {
    editConf(host, 200, (text) => text.replace(/^lxc.*\n/m, ""));
    const vanishing = script.replace(
      '\t\tread_conf ct "$1"\n\t\traw_write',
      '\t\tread_conf ct "$1"\n\t\trm "${FILE}"\n\t\traw_write',
    );
    assert.is.not(vanishing, script);
    const run = await host.runScript(vanishing);
    assert.is(run.code, 4);
    assert.equal(host.guests(), []);
    rmSync(join(host.root, "var/lib/phxc"), { recursive: true });
  }));

test.run();
