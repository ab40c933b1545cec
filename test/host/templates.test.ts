import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, settled, withCommitted } from "../support/committed.js";

const test = suite("templates and what they were made from");

const SUM = (digit: string): string => digit.repeat(64);

const image = (digit: string): string =>
  `image noble {\n path = "/var/lib/vz/import/noble.qcow2"\n sha256 = "${SUM(digit)}"\n}\n`;

const template = (id: number, more = ""): string =>
  `vm ${id} noble-base {\n template = true\n image = noble\n disk root { size = 4GiB, storage = local-lvm }\n${more}\n}\n`;

const chain = "vm 901 web-base {\n template = true\n clone = noble-base\n}\n";

const clone = (id: number, name: string, source: string): string => `vm ${id} ${name} {\n clone = ${source}\n}\n`;

test("a template of another checksum is told as stale, with the guests that come from it, and nothing is changed", () =>
  withCommitted(async (project) => {
    const { write, apply, phxc } = project;
    const rest = template(900) + clone(801, "a", "noble-base") + clone(802, "b", "noble-base");
    await write(HOST + image("1") + rest);
    await settled(project);
    assert.not.match((await apply()).stdout, /stale/);
    project.edit(HOST + image("2") + rest);
    const planned = await phxc("plan", "main.phx");
    assert.match(planned.err, /PHX6050/);
    assert.match(
      planned.err,
      /vm 900 noble-base was planned from other inputs; changed since: image\. From it come vm 801 a, vm 802 b/,
    );
    await write(HOST + image("2") + rest);
    for (const flags of [["--check"], [], []]) {
      const run = await apply(...flags);
      assert.equal([run.code, run.said, run.commands], [0, [], []], run.stdout + run.stderr);
      assert.match(
        run.stdout,
        /vm 900 noble-base: stale: changed since it was made: image\. It stays as it is until it is rebuilt \(--action rebuild-template\); from it came vm 801 a, vm 802 b\n/,
      );
    }
    // The finding does not go away because a plan was written in between.
    assert.match((await phxc("plan", "main.phx")).err, /PHX6050/);
    await write(HOST + image("1") + rest);
    assert.not.match((await apply()).stdout, /stale/);
  }));

test("a stale root makes what is cloned from it stale, down to the guests", () =>
  withCommitted(async (project) => {
    const { write, apply, phxc } = project;
    const rest = template(900) + chain + clone(801, "a", "web-base");
    await write(HOST + image("1") + rest);
    await settled(project);
    await write(HOST + image("2") + rest);
    const { stdout } = await apply();
    assert.match(stdout, /vm 900 noble-base: stale: changed since it was made: image\./);
    assert.match(
      stdout,
      /vm 901 web-base: stale: changed since it was made: its source vm 900 noble-base is stale\..*; from it came vm 801 a\n/,
    );
    const { err } = await phxc("plan", "main.phx");
    assert.match(
      err,
      /vm 901 web-base was planned from other inputs; changed since: its source vm 900 noble-base is stale/,
    );
  }));

test("a template under another id is a new one beside the old, which goes once no linked clone is left", () =>
  withCommitted(async (project) => {
    const { write, apply, host } = project;
    const old = clone(801, "a", "noble-base");
    await write(HOST + image("1") + template(900) + old);
    await settled(project);
    const told = await write(HOST + image("2") + template(905) + old + clone(802, "b", "noble-base"));
    assert.match(told, /vm 900 noble-base: the guest itself, with --allow-destroy only/);
    assert.equal(await settled(project), [
      "+ vm 905 noble-base: create (qm create)",
      "~ vm 905 noble-base: scsi0 size 3G -> 4G",
      "+ vm 905 noble-base: template",
      "+ vm 802 b: create (qm clone from vm 905)",
    ]);
    const { stdout } = await apply();
    assert.not.match(stdout, /stale/);
    assert.match(
      stdout,
      /vm 905 noble-base: these came from an earlier one and stay as they are: vm 801 a \(vm 900\)\n/,
    );
    const shared = await apply("--allow-destroy");
    assert.equal([shared.code, shared.commands], [0, []]);
    assert.match(shared.stdout, /vm 900 noble-base: it is no longer declared, but its disk is shared by vm 801/);
    assert.is((await host.execute(["qm", "destroy", "801"])).code, 0);
    assert.equal(
      await settled(project, "--allow-destroy"),
      ["- vm 900 noble-base: destroy", "+ vm 801 a: create (qm clone from vm 905)"].toReversed(),
    );
    assert.not.match((await apply()).stdout, /stale|earlier/);
  }));

test.run();
