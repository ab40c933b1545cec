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
    assert.match(out, /^ {2}ct 101 web {2}running$/m);
    assert.match(out, /^ {2}ct 102 gpu {2}stopped$/m);
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
    assert.is(code, 4, out);
    assert.match(out, /^ {2}! ct 102 gpu: held back: .*\/dev\/nvidia0/m);
    assert.match(out, /^ {2}ct 101 web {2}running$/m);
    assert.match(out, /^ {2}ct 102 gpu {2}not there$/m);
    assert.match(out, /^failed: the first run ended with exit code 4/m);
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
