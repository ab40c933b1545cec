import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

const test = suite("cli-rehearse");

const SOURCE = `ct 101 web {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  state = running
  disk root { size = 8GiB, storage = local-lvm }
}

ct 102 gpu {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  gpus  = [0]
  disk root { size = 8GiB, storage = local-lvm }
}
`;

test("a rehearsal tells both runs and the guests, and ends with 0", async () => {
  await inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--keep", "kept"], { cwd });
    assert.is(code, 0, out);
    assert.match(out, /^first run: exit code 0, \d+ commands/);
    assert.match(out, /^ {2}ct 101 web\n {4}ct\.101\.create\n {6}pct create 101 local:vztmpl\//m);
    assert.match(out, /^ {2}\+ ct 101 web: start$/m);
    assert.match(out, /^ {2}ct 101 web {2}running {2}rootfs local-lvm:vm-101-disk-0 8G$/m);
    assert.match(out, /^ {2}ct 102 gpu {2}stopped {2}rootfs /m);
    assert.match(out, /^an apply takes about \d\.\d s \(\d Proxmox processes[,)]/m);
    assert.match(out, "second run: exit code 0, 0 commands that may change something");
    assert.match(out, /^passed: /m);
    assert.match(readFileSync(join(cwd, "kept/plan.sh"), "utf8"), /^#!/);
    assert.match(readFileSync(join(cwd, "kept/first/commands.ndjson"), "utf8"), '["pct","create","101"');
    assert.ok(existsSync(join(cwd, "kept/host/etc/pve/storage.cfg")));
    assert.type(JSON.parse(readFileSync(join(cwd, "kept/host.json"), "utf8")), "object");
  });
});

test("without its device a guest is held back by name, the others converge", async () => {
  await inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--without", "/dev/nvidia*"], { cwd });
    assert.is(code, 0, out);
    assert.match(out, /^ {2}! ct 102 gpu: held back: .*\/dev\/nvidia0/m);
    assert.match(out, /^ {2}ct 101 web {2}running /m);
    assert.match(out, /^ {2}ct 102 gpu {2}not there$/m);
    assert.match(out, /^passed: apart from the guests that were meant to be held back, /m);
  });
});

test("a report for programs has the same text each time", async () => {
  await inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--format", "json"], { cwd });
    assert.is(code, 0, out);
    assert.is((await runCli(["rehearse", "--format", "json"], { cwd })).out, out);
    const report = JSON.parse(out) as {
      passed: boolean;
      predicted: { proxmox: number };
      runs: { commands: { step: string; argv: string[]; mutating: boolean }[] }[];
      guests: { id: number; running: boolean; planned: boolean; disks: Record<string, string> }[];
    };
    assert.is(report.passed, true);
    assert.equal(
      report.runs[0]?.commands.filter(({ mutating }) => mutating).map(({ step, argv }) => [step, argv[1]]),
      [
        ["ct.101.create", "create"],
        ["ct.101.start", "start"],
        ["ct.102.create", "create"],
        ["ct.102.options", "set"],
      ],
    );
    assert.equal(
      report.guests.map(({ id, running, planned }) => [id, running, planned]),
      [
        [101, true, true],
        [102, false, true],
      ],
    );
    assert.is(report.guests[0]?.disks["rootfs"], "local-lvm:vm-101-disk-0,size=8G");
    const none = await runCli(["rehearse", "--format", "json", "--latency", "none"], { cwd });
    assert.not("predicted" in (JSON.parse(none.out) as object));
    const clash = await runCli(["rehearse", "--format", "json", "--findings", "json"], { cwd });
    assert.equal([clash.code, clash.out], [2, ""]);
  });
});

test("what a folder holds is never mixed with a rehearsal", async () => {
  await inFolder({ "main.phx": SOURCE, "full/note.txt": "mine" }, async (cwd) => {
    for (const [folder, problem] of [
      ["full", "full is not empty"],
      ["main.phx", "it is not a folder"],
      ["main.phx/below", "it is not a folder"],
    ] as const) {
      const { code, out, err } = await runCli(["rehearse", "--keep", folder], { cwd });
      assert.equal([code, out], [2, ""]);
      assert.match(err, problem);
    }
    assert.is(readFileSync(join(cwd, "full/note.txt"), "utf8"), "mine");
  });
});

test("a plan that finds all as it should be takes no time", async () => {
  await inFolder({ "main.phx": "" }, async (cwd) => {
    const { code, out } = await runCli(["rehearse"], { cwd });
    assert.is(code, 0, out);
    assert.match(out, /^an apply takes next to no time/m);
  });
});

test("the latency is one of two words", async () => {
  await inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out, err } = await runCli(["rehearse", "--latency", "0.9"], { cwd });
    assert.equal([code, out], [2, ""]);
    assert.match(err, "real, none");
    assert.not.match((await runCli(["rehearse", "--latency", "none"], { cwd })).out, "an apply takes");
  });
});

test("the simulated host has the release that the plan asks for, and what it downloads has its checksum", async () => {
  const image = `image i { url = "https://images.example/i.img", sha256 = "${"a1".repeat(32)}" }\n`;
  const vm = "vm 100 v { image = i, disk root { size = 8GiB, storage = local-lvm } }\n";
  for (const version of ["8.2", "9.2.12", "10.1"]) {
    await inFolder({ "main.phx": `host h { version = ${version} }\n${image}${vm}` }, async (cwd) => {
      const { code, out } = await runCli(["rehearse"], { cwd });
      assert.is(code, 0, out);
    });
  }
});

test("devices that the plan does not use, and errors, are refused before anything runs", async () => {
  await inFolder({ "main.phx": SOURCE, "broken.phx": "ct 101 web { nonsense = 1 }\n" }, async (cwd) => {
    const none = await runCli(["rehearse", "web", "--without", "/dev/nvidia0"], { cwd });
    assert.equal([none.code, none.out], [2, ""]);
    assert.match(none.err, "uses no device");
    const broken = await runCli(["rehearse", "broken.phx"], { cwd });
    assert.equal([broken.code, broken.out], [1, ""]);
  });
});

test.run();
