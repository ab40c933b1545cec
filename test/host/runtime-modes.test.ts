import { lstatSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitBash } from "../../src/emitters/bash/index.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { zfsHost } from "../support/sim.js";
import { conf } from "../support/sim-guests.js";
import { LAN, appVm, applied, editConf, fleetOn, output, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: preflight and modes");

/** Every file below a folder with its size and the time of its last change. */
function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path, stat: lstatSync(join(folder, path)) }))
    .map(({ path, stat }) => `${path} ${stat.isDirectory() ? "" : `${stat.size} ${stat.mtimeMs}`}`)
    .toSorted();
}

const ALL = webCt(
  'boot { start = true }\nmount "/srv/x" { at = "/x", owner = 33:33 }\nfirewall { in accept tcp 22 from any }\nsnapshot s1 {}',
).replace("snapshot s1 {}", "");
const FLEET = `image x { url = "https://images.example/x.img" }\n${ALL}${appVm("boot { start = true }\nsnapshot s1 {}")}`;

test("--check of a host that is empty, half drifted or converged writes no file; 2 with changes, 0 without", () =>
  scripted(FLEET, async ({ host, check, apply }) => {
    const untouched = async (): Promise<string[]> => {
      const before = files(host.root);
      const lines = await check();
      assert.equal(files(host.root), before);
      return lines;
    };
    assert.ok((await untouched()).length > 5);
    await apply();
    assert.equal(await untouched(), []);
    editConf(host, 200, (text) => `${text.replace(/^net0: .*/m, "")}lxc.x: y\n`);
    rmSync(join(host.root, "etc/pve/firewall/200.fw"));
    await host.execute(["pct", "stop", "200"]);
    assert.equal(await untouched(), [
      "+ ct 200 web: file /etc/pve/firewall/200.fw",
      "~ ct 200 web: net0 (unset) -> name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.20/24",
    ]);
  }));

test("a guest that was started is not told to be started again, and stays stopped when it was stopped by hand", () =>
  scripted(FLEET, async ({ host, apply, byHand, quiet, check }) => {
    await apply();
    writeFileSync(join(host.root, "var/lib/phxc/first-start/200"), "");
    assert.equal(await check(), []);
    assert.equal(readdirSync(join(host.root, "var/lib/phxc/first-start")), ["200"]);
    await apply();
    assert.equal(readdirSync(join(host.root, "var/lib/phxc/first-start")), []);
    await byHand("pct stop 200", "qm stop 100");
    await quiet();
  }));

test("what --check announces is what a run then does, line by line", () =>
  scripted(ALL + appVm("boot { start = true }"), async ({ check, apply }) => {
    const announced = (await check()).filter((line) => !/configure:|file /.test(line));
    const done = told(await apply()).filter((line) => !/configure:|file |scsi0 size/.test(line));
    assert.equal(done, announced);
  }));

const TWO = webCt("cores = 2") + appVm("cores = 2");

test("--only takes ids and names, and does nothing else; the summary counts just these", () =>
  applied(TWO, async ({ byHand, check, apply }) => {
    await byHand("pct set 200 --cores 1", "qm set 100 --cores 1");
    assert.equal(await check("--only", "web"), ["~ ct 200 web: cores 1 -> 2"]);
    assert.equal(await check("--only", "100"), ["~ vm 100 app: cores 1 -> 2"]);
    assert.is((await check("--only", "100,web")).length, 2);
    const run = await apply(0, "--only", "200");
    assert.is(mutating(run).length, 1);
    assert.match(run.stdout, "Guests: 0 created, 1 changed, 0 unchanged, 0 destroyed, 0 held back. Changes made: 1.");
    assert.equal(await check(), ["~ vm 100 app: cores 1 -> 2"]);
  }));

test("--only leaves the host's steps out, and a guest that is held back and was not asked for does not count", () =>
  applied(
    webCt('device "/dev/x" {}') + appVm("cores = 2"),
    async ({ host, apply, byHand }) => {
      host.setDevice("/dev/x", false);
      await byHand("qm set 100 --cores 1");
      const run = await apply(0, "--only", "app");
      assert.equal(told(run), ["~ vm 100 app: cores 1 -> 2"]);
      await apply(4);
    },
    zfsHost({ devices: ["/dev/x"] }),
  ));

test("names that the plan does not know, empty values, unknown options: 64, before anything is looked at", () =>
  scripted(TWO, async ({ host, apply }) => {
    const cases: [string[], RegExp][] = [
      [["--only", "20"], /^There is no guest 20 in this plan\.$/m],
      [["--only", "200,*"], /^There is no guest \* in this plan\.$/m],
      [["--only", ""], /^--only needs a value$/m],
      [["--only", " , "], /^There is no guest {2}in this plan\.$/m],
      [["--only"], /^--only needs a value$/m],
      [["--from", ""], /^--from needs a value$/m],
      [["--from", "ct.200"], /^There is no step ct\.200 in this run; --list prints them\.$/m],
      [["--only", "100", "--from", "ct.200.create"], /^There is no step ct\.200\.create in this run/m],
      [["--force"], /^Unknown option: --force$/m],
      [["\u001b[2J"], /^Unknown option: \\x1b\[2J$/m],
      [["--check", "plan.sh"], /^Unknown option: plan\.sh$/m],
    ];
    const before = files(host.root);
    for (const [args, message] of cases) {
      const run = await apply(64, ...args);
      assert.match(run.stderr, message);
      assert.equal(run.commands, [], args.join(" "));
    }
    assert.equal(files(host.root), before);
  }));

test("--from leaves out what comes before; --list prints the steps; --help says how", () =>
  scripted(webCt("cores = 2\nstate = running"), async ({ apply, byHand, check }) => {
    const list = await apply(0, "--list");
    assert.equal(list.stdout.split("\n"), ["ct.200.create", "ct.200.options", "ct.200.disk.root", "ct.200.start", ""]);
    assert.equal(list.commands, []);
    assert.match(
      (await apply(0, "--help")).stdout,
      /^Usage: bash plan-\w+\.sh \[--check\] \[--only ID,\.\.\.\] \[--from STEP\]/,
    );
    await apply();
    await byHand("pct stop 200", "pct set 200 --cores 1");
    assert.equal(await check("--from", "ct.200.start"), ["+ ct 200 web: start"]);
    const run = await apply(0, "--from", "ct.200.disk.root");
    assert.equal(mutating(run), ["pct start 200"]);
    assert.equal(await check("--only", "web", "--from", "ct.200.options"), ["~ ct 200 web: cores 1 -> 2"]);
  }));

test("ids that are taken otherwise are refused with 3, all problems at once, with what to do", () => {
  const state = zfsHost();
  state.elsewhere.push({ id: 202, kind: "ct", node: "pve2" });
  state.files["/etc/pve/nodes/pve/lxc/203.conf"] = "arch: amd64\nlock: create\n";
  const guest = (id: number, name: string): string =>
    webCt()
      .replace("200 web", `${id} ${name}`)
      .replace("10.0.0.20", `10.0.0.${id - 100}`);
  return scripted(
    `${guest(201, "kind")}${guest(202, "node")}${guest(203, "half")}${guest(204, "named")}${appVm()}network other { bridge = vmbr9 }\n${guest(205, "net").replace("net lan { ip = 10.0.0.105 }", "net other { ip = dhcp }")}`,
    async ({ host, apply, byHand }) => {
      await byHand(
        "qm create 201 --name kind",
        "qm create 100",
        "pct create 204 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 --hostname theirs",
      );
      const before = files(host.root);
      const run = await apply(3);
      assert.equal(run.stderr.split("\n").toSorted(), [
        "",
        "  - id 100 is taken by a guest called (nothing); it is declared as vm app",
        "  - id 201 is taken by a guest of another kind; it is declared as ct kind",
        "  - id 202 (node) is on node pve2; to bring it here, there: pct migrate 202 pve",
        "  - id 204 is taken by a guest called theirs; it is declared as ct named",
        "  - there is no bridge vmbr9",
        "Refused; nothing was touched:",
      ]);
      assert.equal(mutating(run), []);
      assert.equal(
        files(host.root).filter((line) => !/var\/lib|\/lock\/?/.test(line)),
        before.filter((line) => !/var\/lib|\/lock\/?/.test(line)),
      );
    },
    state,
  );
});

test("a host without /etc/pve, quorum, a command, or of another name is refused", () =>
  scripted(`host h { node = pve, address = 10.0.0.2 }\n${TWO}`, async ({ host, apply }) => {
    const members = join(host.root, "etc/pve/.members");
    writeFileSync(
      members,
      '{\n"nodename": "pve",\n"cluster": { "name": "c", "version": 3, "nodes": 3, "quorate": 0 }\n}\n',
    );
    rmSync(join((host.env["PATH"] ?? "").split(":")[0] ?? "", "pct"));
    const quorum = await apply(3);
    assert.match(quorum.stderr, /^ {2}- the cluster has no quorum: \/etc\/pve is read-only$/m);
    assert.match(quorum.stderr, /^ {2}- the command pct is missing$/m);
    const mounts = join(host.root, "proc/mounts");
    writeFileSync(mounts, readFileSync(mounts, "utf8").replace(/^.*\/etc\/pve.*\n/m, ""));
    const unmounted = await apply(3);
    assert.match(unmounted.stderr, /^ {2}- \/etc\/pve is not mounted \(is pve-cluster running\?\)$/m);
    assert.not.match(unmounted.stderr, "storage");
    assert.equal([...mutating(quorum), ...mutating(unmounted)], []);
  }));

test("a plan for another node is refused", async () => {
  const { script } = await compileSource(`host h { node = other, address = 10.0.0.2 }\n${LAN}${appVm()}`);
  await scripted("", async ({ host }) => {
    const run = await fleetOn(host, script).apply(3);
    assert.match(run.stderr, /^ {2}- this is the node pve; the plan is for other$/m);
  });
});

test("a storage that is disabled, is for other nodes or takes no such content; a release that is too old", async () => {
  const { plan } = await compileSource(LAN + TWO);
  const version = { kind: "version", minimum: "99.1", blocks: [], source: plan.steps[0]?.source } as const;
  const script = emitBash({ ...plan, requirements: [...plan.requirements, version as never] }, { version: "0.0.0" });
  await scripted("", async ({ host, byHand }) => {
    const fleet = fleetOn(host, script);
    await byHand("pvesm set cts --disable 1", "pvesm set vms --nodes pve2");
    const run = await fleet.apply(3);
    assert.match(run.stderr, /^ {2}- storage cts is disabled$/m);
    assert.match(run.stderr, /^ {2}- storage vms is not for this node \(pve2\)$/m);
    assert.match(run.stderr, /^ {2}- Proxmox VE 99\.1 or later is needed; this is 9\.2\.11$/m);
    await byHand("pvesm set cts --disable 0 --content images", "pvesm set vms --nodes pve");
    assert.match((await fleet.apply(3)).stderr, /^ {2}- storage cts does not take content rootdir$/m);
  });
});

test("a failure names the step, its source, the command, its exit code, its last lines, and how to go on", () =>
  scripted(webCt("cores = 2"), async ({ host, script }) => {
    const run = await host.runScript(script, [], { fault: { at: 2, when: "fail" } });
    assert.is(run.code, 4);
    assert.match(
      run.stderr,
      /^\nFailed: step ct\.200\.create \(ct 200 web; asked for by fleet\.phx\)\n {2}command: {3}'pct' 'create' '200' .*\n {2}exit code: 255\n {2}its last lines:\n {4}simulated failure\nWhat was done before stays\. Mend the cause and run the same script again; it goes on from there\.\nWhat the commands printed is in \/var\/lib\/phxc\/log\/\w{12}\.log\.\n$/,
    );
    const log = join(host.root, "var/lib/phxc/log");
    const [name = ""] = readdirSync(log);
    assert.match(
      readFileSync(join(log, name), "utf8"),
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+ 'pct' 'create' '200' .*\nsimulated failure\n$/,
    );
    assert.is(lstatSync(log).mode & 0o77, 0);
    const next = await host.runScript(script);
    assert.is(next.code, 0, output(next));
  }));

test("what a failed command printed cannot disturb the terminal", () =>
  scripted(webCt(), async ({ host, script }) => {
    const loud = 'pct() { printf "one\\rtwo \\033[2Jthree\\n"; return 3; }';
    const run = await host.runScript(script.replace("\nset -Eeuo pipefail\n", `$&${loud}\n`));
    assert.is(run.code, 4);
    assert.match(run.stderr, /^ {4}one\\x0dtwo \\x1b\[2Jthree$/m);
  }));

test("a template is never started, and its drift is converged without a start", () =>
  applied(webCt("template = true\nboot { start = true }\nmemory = 512MiB"), async ({ host, byHand, apply, quiet }) => {
    assert.equal(
      host.guests().map(({ running }) => running),
      [false],
    );
    await byHand("pct set 200 --memory 256");
    const run = await apply();
    assert.equal(told(run), ["~ ct 200 web: memory 256 -> 512"]);
    assert.is(mutating(run).length, 1);
    await quiet();
    assert.match(conf(host, 200), /^template: 1$/m);
  }));

test("a running guest is not made a template: it is held back, and --check says so", () =>
  applied(webCt(), async ({ host, byHand }) => {
    await byHand("pct start 200");
    const { script } = await compileSource(LAN + webCt("template = true"));
    const fleet = fleetOn(host, script);
    const held = ["! ct 200 web: held back: it runs; a template is made from a stopped guest"];
    assert.equal(await fleet.check(), held);
    assert.equal(told(await fleet.apply(4)), held);
    await byHand("pct stop 200");
    await fleet.apply();
  }));

test("the output may be cut off: the run ends, and leaves no temporary files", () =>
  scripted(TWO, async ({ host, script }) => {
    const temporary = join(host.root, "tmp-of-the-run");
    const path = join(host.root, "plan.sh");
    writeFileSync(path, script);
    const run = await host.runScript(
      `mkdir -p ${temporary}\nexport TMPDIR=${temporary}\nbash ${path} --check | head -n 1\nsleep 0.2\nls ${temporary}\n`,
    );
    assert.is(run.stdout.split("\n").length, 2, run.stdout);
  }));

test.run();
