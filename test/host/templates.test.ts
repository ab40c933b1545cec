import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { undisturbed } from "../../src/rehearsal/faults.js";
import { HOST, ct, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";

const test = suite("templates and what they were made from");

const SUM = (digit: string): string => digit.repeat(64);

const image = (digit: string): string =>
  `storage dir vms { path = "/srv/vms", content = [images, rootdir] }\nimage noble {\n path = "/var/lib/vz/import/noble.qcow2"\n sha256 = "${SUM(digit)}"\n}\n`;

const template = (id: number, more = ""): string =>
  `vm ${id} noble-base {\n template = true\n image = noble\n disk root { size = 4GiB, storage = vms }\n${more}\n}\n`;

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

const rebuild = (project: CommittedProject, name: string, ...more: readonly string[]) =>
  project.phxc("plan", "main.phx", name, "--action", "rebuild-template", ...more);

test("a template is rebuilt beside the old one, new guests come from it, and the plan after it is quiet", () =>
  withCommitted(async (project) => {
    const { write, apply, phxc, conf, read } = project;
    const files = (sum: string, more = ""): string =>
      HOST + image(sum) + template(900, "rebuild_ids = 905..909") + clone(801, "a", "900") + more;
    await write(files("1"));
    await settled(project);
    await write(files("2"));
    await settled(project);
    const before = [conf("vm", 900), conf("vm", 801)];
    const { code, err } = await rebuild(project, "noble-base", "--write");
    assert.is(code, 0, err);
    assert.match(read("phxc.lock"), /"id 905": "vm\.900\.build"/);
    assert.equal(await settled(project), [
      "+ vm 905 noble-base: create (qm create)",
      "~ vm 905 noble-base: scsi0 size 3G -> 4G",
      "+ vm 905 noble-base: template",
    ]);
    assert.equal([conf("vm", 900), conf("vm", 801)], before);
    const { stdout } = await apply("--check");
    assert.not.match(stdout, /: stale/);
    assert.match(stdout, /these came from an earlier one and stay as they are: vm 801 a \(vm 900\)/);
    // The same files and the lock file give the same plan, without a finding.
    const again = await phxc("plan", "main.phx");
    assert.match(again.err, /no findings/);
    assert.is((await phxc("plan", "main.phx", "--check")).code, 0);
    await write(files("2", clone(802, "b", "noble-base")));
    assert.equal(await settled(project), ["+ vm 802 b: create (qm clone from vm 905)"]);
    assert.match(conf("vm", 802), /vms:905\/base-905-disk-0\.\w+\/802\/vm-802-disk-0/);
    assert.match((await apply("--allow-destroy")).stdout, /vm 900 noble-base: .*its disk is shared by vm 801/);
  }));

test("a guest comes to the new template when it is destroyed by name; then the old one goes", () =>
  withCommitted(async (project) => {
    const { write, phxc, run, read } = project;
    const files = HOST + image("1") + template(900) + clone(801, "a", "noble-base");
    await write(files);
    await settled(project);
    assert.is((await rebuild(project, "vm.900", "--as", "950", "--write")).code, 0);
    await settled(project);
    const destroy = await phxc("plan", "main.phx", "a", "--action", "destroy", "--out", "destroy.sh");
    assert.is(destroy.code, 0, destroy.err);
    assert.is((await run(read("destroy.sh"), "--allow-destroy")).code, 0);
    assert.equal(await settled(project), ["+ vm 801 a: create (qm clone from vm 950)"]);
    assert.equal(await settled(project, "--allow-destroy"), ["- vm 900 noble-base: destroy"]);
    // Its id is free, and the next one is taken from the beginning of what is declared.
    await write(files.replace("template = true", "template = true\n rebuild_ids = 950..952"));
    assert.is((await rebuild(project, "900", "--write")).code, 0);
    assert.match(read("phxc.lock"), /"id 951": "vm\.900\.build"/);
  }));

test("the ids for rebuilding are not gone round as long as an earlier one may be there", () =>
  withCommitted(async (project) => {
    const { write, phxc, read } = project;
    await write(HOST + image("1") + template(900, "rebuild_ids = 905..906"));
    await settled(project);
    for (const id of [905, 906]) {
      assert.is((await rebuild(project, "noble-base", "--write")).code, 0);
      assert.ok((await settled(project)).includes(`+ vm ${id} noble-base: template`));
    }
    const refused = await rebuild(project, "noble-base", "--write");
    assert.is(refused.code, 1);
    assert.match(refused.err, /PHX6053: .*all of 905\.\.906 are in use, or were[^]*`phxc forget vm\.905`/);
    assert.match((await rebuild(project, "noble-base", "--as", "905")).err, "905 was vm.905 of an earlier plan");
    await settled(project, "--allow-destroy");
    assert.is((await phxc("forget", "vm.905")).code, 0);
    assert.is((await rebuild(project, "noble-base", "--write")).code, 0);
    assert.match(read("phxc.lock"), /"id 905": "vm\.900\.build"/);
    assert.ok((await settled(project)).includes("+ vm 905 noble-base: create (qm create)"));
  }));

test("an id that was released in the lock file is none for rebuilding", () =>
  withCommitted(async ({ write, phxc, read }) => {
    const base = "template = true\n image = noble\n disk root { size = 4GiB, storage = vms }";
    const files = (more: string): string =>
      `host pve1 { node = pve1, ids = 200..209 }\n${image("1")}vm auto base {\n ${base}\n}\n${more}`;
    await write(files("vm auto web { clone = base }\n"));
    await write(files(""));
    for (const id of ["vm.200", "vm.201"]) await phxc("forget", id);
    await write(files(""));
    assert.match(read("phxc.lock"), /"id 201": "released vm\.web\.id"/);
    assert.is((await phxc("plan", "main.phx", "base", "--action", "rebuild-template", "--write")).code, 0);
    assert.match(read("phxc.lock"), /"id 201": "released vm\.web\.id",\n  "id 202": "vm\.base\.id"/);
  }));

test("of a chain, the source goes first, and then what is made from it", () =>
  withCommitted(async (project) => {
    const { write, apply } = project;
    await write(HOST + image("1") + template(900) + chain + clone(801, "a", "web-base"));
    await settled(project);
    assert.is((await rebuild(project, "noble-base", "--as", "905", "--write")).code, 0);
    await settled(project);
    const { stdout } = await apply();
    assert.not.match(stdout, /vm 905 noble-base: stale/);
    assert.match(stdout, /vm 901 web-base: stale: changed since it was made: its source \(was vm 900\)/);
    assert.is((await rebuild(project, "web-base", "--as", "911", "--write")).code, 0);
    const said = await settled(project);
    assert.ok(said.includes("+ vm 911 web-base: create (qm clone from vm 905)"), said.join("\n"));
    assert.not.match((await apply()).stdout, /: stale/);
  }));

test("a feature with another parameter makes its template stale, a container's as well, and an option does not", () =>
  withCommitted(async (project) => {
    const { write, apply } = project;
    const base = (zone: string, memory: string): string =>
      ct(900, "base", `template = true\nmemory = ${memory}\nfeature base_setup { packages = [${zone}] }`);
    const rest = "ct 801 a {\n clone = base\n}\n";
    await write(HOST + base("curl", "1GiB") + rest);
    await settled(project);
    await write(HOST + base("curl", "2GiB") + rest);
    assert.equal(await settled(project), ["~ ct 900 base: memory 1024 -> 2048"]);
    assert.not.match((await apply()).stdout, /: stale/);
    await write(HOST + base("jq", "2GiB") + rest);
    assert.equal(await settled(project), []);
    assert.match(
      (await apply()).stdout,
      /ct 900 base: stale: changed since it was made: feature base_setup\. .*; from it came ct 801 a\n/,
    );
    assert.is((await rebuild(project, "base", "--as", "905", "--write")).code, 0);
    const said = await settled(project);
    assert.ok(said.includes("+ ct 905 base: feature base_setup"), said.join("\n"));
    assert.not.match((await apply()).stdout, /: stale/);
  }));

test("what nothing is written down of counts as made from what is declared; what a killed run wrote is of that run", () =>
  withCommitted(async (project) => {
    const { write, apply, host, read } = project;
    await write(HOST + image("1") + template(900));
    const fault = { at: 2, when: "after" } as const;
    assert.is.not((await host.runScript(read("plans/pve1/plan.sh"), [], { fault })).code, 0);
    assert.equal(
      project.host.guests().map(({ id }) => id),
      [900],
    );
    // The machine is there, with the first image; the files change before the next run.
    await write(HOST + image("2") + template(900));
    assert.is((await apply()).code, 0);
    assert.match((await apply()).stdout, /vm 900 noble-base: stale: changed since it was made: image/);
    const forgotten = await host.runScript('rm -r "${PHXC_ROOT}/var/lib/phxc/template"\n');
    assert.is(forgotten.code, 0);
    assert.not.match((await apply()).stdout, /stale/);
    await write(HOST + image("3") + template(900));
    assert.match((await apply()).stdout, /stale: changed since it was made: image/);
  }));

/** With --allow-destroy, as if it had been typed. */
const destroying = (script: string): string => script.replace(/^ALLOW_DESTROY=0 /m, "ALLOW_DESTROY=1 ");

test("rebuilding is survived wherever it is cut off, and existing guests are not touched", () =>
  withCommitted(async (project) => {
    const { write, host, read } = project;
    const base = (packages: string): string =>
      ct(200, "base", `template = true\nfeature base_setup { packages = [${packages}] }`);
    const files = (sum: string, packages: string): string =>
      HOST + image(sum) + template(900) + chain + clone(801, "a", "web-base") + base(packages);
    await write(files("1", "curl"));
    await settled(project);
    await write(`${files("2", "jq")}${clone(802, "b", "noble-base")}`);
    assert.is((await rebuild(project, "noble-base", "--as", "905", "--write")).code, 0);
    assert.is((await rebuild(project, "base", "--as", "205", "--write")).code, 0);
    const whole = await undisturbed(read("plans/pve1/plan.sh"), host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    const commands = whole.commands.map((line) => line.replace(/ --digest \w+/, ""));
    for (const wanted of ["qm template 905", "pct start 205", "pct template 205", "qm clone 905 802 --name b"])
      assert.ok(commands.includes(wanted), commands.join("\n"));
    assert.not.ok(
      commands.some((line) => / (200|900|901|801) /.test(`${line} `)),
      commands.join("\n"),
    );
    for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
  }));

test("removing the old one is survived wherever it is cut off", () =>
  withCommitted(async (project) => {
    const { write, host, read } = project;
    await write(HOST + image("1") + template(900));
    await settled(project);
    assert.is((await rebuild(project, "noble-base", "--as", "905", "--write")).code, 0);
    const whole = await undisturbed(destroying(read("plans/pve1/plan.sh")), host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    assert.ok(whole.commands.includes("qm destroy 900 --purge 1"), whole.commands.join("\n"));
    for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
  }));

test("the JSON configuration: stale, rebuilt and quiet, with the ids that its guests are cloned by", () =>
  withCommitted(async ({ folder, phxc, run, read }) => {
    const entry = "phoenix_hypervisor_config.json";
    const guest = { memory_mb: 512, cores: 1, storage_pool: "local-lvm", storage_size_gb: 4, unprivileged: true };
    const put = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
    const files = (features: readonly string[]): void => {
      put(entry, { network: { hostname: "pve1" }, core_paths: { lxc_config_file: "phoenix_lxc_configs.json" } });
      put("phoenix_lxc_configs.json", {
        lxc_configs: {
          "900": {
            ...{ ...guest, name: "base", template: "local:vztmpl/debian-13.tar.zst", features },
            ...{ is_template: true, rebuild_ids: "905..909" },
          },
          "801": { ...guest, name: "web", clone_from_ctid: "900" },
        },
      });
    };
    const write = async (...args: readonly string[]): Promise<string> => {
      const { code, err } = await phxc("plan", entry, ...args, "--write");
      assert.is(code, 0, err);
      return err;
    };
    const apply = () => run(read("plans/pve1/plan.sh"));
    files([]);
    await write();
    assert.is((await apply()).code, 0);
    files(["base_setup"]);
    assert.match(
      await write(),
      /PHX6050: ct 900 base was planned from other inputs; changed since: feature base_setup\. From it come ct 801 web/,
    );
    const stale = await apply();
    assert.match(
      stale.stdout,
      /ct 900 base: stale: changed since it was made: feature base_setup\..*; from it came ct 801 web\n/,
    );
    await write("900", "--action", "rebuild-template");
    assert.equal((await apply()).said.slice(0, 1), ["+ ct 905 base: create (pct create)"]);
    const quiet = await apply();
    assert.equal([quiet.code, quiet.said, quiet.commands], [0, [], []]);
    assert.match(
      quiet.stdout,
      /ct 905 base: these came from an earlier one and stay as they are: ct 801 web \(ct 900\)\n/,
    );
    assert.is((await phxc("plan", entry, "--check")).code, 0);
  }));

test("what is no template, has no id or is named twice is refused", () =>
  withCommitted(async (project) => {
    const { write } = project;
    await write(
      HOST + image("1") + template(900) + template(905).replace("noble-base", "other") + clone(801, "a", "900"),
    );
    const findings = async (...args: readonly string[]): Promise<string> =>
      (await rebuild(project, ...(args as [string]))).err;
    assert.match(await findings("a"), /error PHX6052: `a` is not one declared template/);
    assert.match(await findings("noble-base", "other"), /PHX6052/);
    assert.match(await findings("nobody"), /PHX6001|no guest/);
    assert.match(await findings("noble-base"), /PHX6053: vm 900 noble-base cannot be made anew.*neither `--as ID` nor/);
    for (const id of ["801", "900", "905"]) assert.match(await findings("noble-base", "--as", id), /PHX6053/);
    for (const id of ["99", "x", "1000000000"]) assert.match(await findings("noble-base", "--as", id), /wants an id/);
    assert.match(
      (await project.phxc("plan", "main.phx", "--as", "905")).err,
      /`--as` is for `--action rebuild-template`/,
    );
    await write(HOST + image("1") + template(900, "rebuild_ids = 901..901") + ct(901, "x"));
    assert.match(await findings("noble-base"), /all of 901\.\.901 are in use/);
  }));

test.run();
