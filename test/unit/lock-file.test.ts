import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { drawnValues, guest, lockFile } from "../support/lock.js";
import { runCli } from "../support/terminal.js";

const test = suite("lock-file");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, pool = 10.0.0.150..10.0.0.199 }\n";
const [A, B, C] = ["ct 101 a", "ct 102 b", "ct 103 c"].map((head) => guest(head, "ip = auto")) as [
  string,
  string,
  string,
];
const ONE = lockFile("ip lan 10.0.0.150: ct.101.net.lan.ip");
const TWO = lockFile("ip lan 10.0.0.150: ct.101.net.lan.ip", "ip lan 10.0.0.151: ct.102.net.lan.ip");

/** A project whose lock file and plan are written. */
function inProject(text: string, body: (project: Project) => Promise<void>): Promise<void> {
  return inFolder({ "main.phx": text }, async (cwd) => {
    const phxc: Project["phxc"] = (...argv) => runCli(argv, { cwd });
    const edit: Project["edit"] = (now) => writeFileSync(join(cwd, "main.phx"), now);
    const lock: Project["lock"] = () => readFileSync(join(cwd, "phxc.lock"), "utf8");
    assert.is((await phxc("plan", "--write")).code, 0);
    await body({ cwd, phxc, edit, lock });
  });
}

interface Project {
  readonly cwd: string;
  readonly phxc: (...argv: readonly string[]) => ReturnType<typeof runCli>;
  readonly edit: (text: string) => void;
  readonly lock: () => string;
}

test("one more guest is one more line, and a plan by itself writes nothing", async () => {
  await inProject(`${LAN}${A}`, async ({ phxc, edit, lock }) => {
    assert.is(lock(), ONE);
    edit(`${LAN}${B}${A}`);
    const shown = await phxc("plan");
    assert.is(shown.code, 0);
    assert.match(shown.err, "PHX6046: phxc.lock would change: ct.102.net.lan.ip = 10.0.0.151 would be added");
    assert.is(lock(), ONE);
    const checked = await phxc("plan", "--check");
    assert.is(checked.code, 2);
    assert.match(checked.err, "phxc.lock is not what the files give");
    const written = await phxc("plan", "--write");
    assert.match(written.out, "written to phxc.lock, plans/host/plan.sh and plans/host/plan.json");
    assert.not.match(written.err, "PHX6046");
    assert.is(lock(), TWO);
    assert.equal([(await phxc("plan", "--check")).code, (await phxc("plan")).err], [0, "no findings\n"]);
  });
});

test("the lock file alone being old is told by --check, and mended by --write", async () => {
  await inProject(`${LAN}${A}`, async ({ cwd, phxc, lock }) => {
    writeFileSync(join(cwd, "phxc.lock"), ONE.replaceAll("  ", ""));
    const { code, err } = await phxc("plan", "--check");
    assert.is(code, 2);
    assert.not.match(err, "plan.sh");
    assert.match((await phxc("plan")).err, "phxc.lock would change: its form");
    await phxc("plan", "--write");
    assert.is(lock(), ONE);
  });
});

test("the lock file is beside the entry, and written with the plan or not at all", async () => {
  const files = { "sub/main.phx": `${LAN}${A}`, "phx.config.json": '{ "entry": "sub/main.phx" }' };
  await inFolder(files, async (cwd) => {
    // The place of plan.json is taken by a folder.
    mkdirSync(join(cwd, "sub/plans/host/plan.json"), { recursive: true });
    writeFileSync(join(cwd, "sub/plans/host/plan.json/x"), "");
    assert.is((await runCli(["plan", "--write"], { cwd })).code, 1);
    assert.not.ok(existsSync(join(cwd, "sub/phxc.lock")));
  });
  await inFolder(files, async (cwd) => {
    assert.is((await runCli(["plan", "--write"], { cwd })).code, 0);
    assert.is(readFileSync(join(cwd, "sub/phxc.lock"), "utf8"), ONE);
  });
});

test("another entry of the folder leaves the lock file alone, and is refused where it would draw", async () => {
  await inProject(`${LAN}${A}`, async ({ cwd, phxc, lock }) => {
    const before = lock();
    const other = (ip: string): void =>
      writeFileSync(join(cwd, 'b "c.phx'), `host pve2 {}\n${LAN}${guest("ct 300 c", `ip = ${ip}`)}`);
    other("10.0.0.7");
    for (const flags of [[], ["--write"], ["--check"]]) {
      const { code, err } = await phxc("plan", 'b "c.phx', ...flags);
      assert.equal([code, /PHX604/.test(err)], [0, false], err);
    }
    assert.is((await phxc("forget", 'b "c.phx', "ct.101.net.lan.ip")).code, 2);
    other("auto");
    for (const command of [["plan"], ["plan", "--write"], ["check"]]) {
      const [name = "", ...flags] = command;
      const { code, out, err } = await phxc(name, 'b "c.phx', ...flags);
      assert.is(code, 1);
      assert.match(
        out + err,
        'error PHX6047: phxc.lock keeps what was drawn for main.phx, and b \\"c.phx leaves values to phxc',
      );
    }
    assert.is(lock(), before);
    // One that says nothing of it is nobody's before somebody draws.
    other("10.0.0.7");
    writeFileSync(join(cwd, "phxc.lock"), before.replace(/.*"entry".*\n/, ""));
    assert.is((await phxc("plan", 'b "c.phx', "--write")).code, 0);
    assert.is((await phxc("plan", "main.phx", "--write")).code, 0);
    assert.is(lock(), before);
    other("auto");
    // Renamed, and the line along with it, the guests keep what they have.
    writeFileSync(join(cwd, "phxc.lock"), before.replace("main.phx", 'b \\"c.phx').replace("101", "300"));
    assert.is((await phxc("plan", 'b "c.phx', "--write")).code, 0);
    assert.equal(drawnValues(lock()), ["ip lan 10.0.0.150: ct.300.net.lan.ip"]);
  });
});

test("a template is rebuilt by a committed plan, which apply does not make", async () => {
  await inProject(`${LAN}${A}`, async ({ phxc }) => {
    const { code, err } = await phxc(
      "apply",
      "main.phx",
      "a",
      "--action",
      "rebuild-template",
      "--host",
      "root@nowhere",
    );
    assert.is(code, 2);
    assert.match(err, /`--action` takes converge, .*, not `rebuild-template`/);
    assert.match((await phxc("apply", "--help")).out, "phxc plan TEMPLATE --action rebuild-template --write");
  });
});

test("apply refuses sources whose lock file is not up to date, but for an action", async () => {
  await inProject(`${LAN}${A}`, async ({ phxc, edit }) => {
    edit(`${LAN}${A}${B}`);
    const { code, err } = await phxc("apply", "main.phx", "--host", "root@nowhere.invalid");
    assert.is(code, 2);
    assert.match(err, "phxc.lock is not up to date");
    const action = ["--action", "stop", "--host", "root@nowhere.invalid"];
    const stopped = await phxc("apply", "main.phx", "101", ...action, "--ssh", "/bin/false");
    assert.not.match(stopped.err, "phxc.lock");
  });
});

test("two people who add a guest each get a conflict; it is refused, and mended by drawing again", async () => {
  await inProject(`${LAN}${A}`, async ({ cwd, phxc, edit, lock }) => {
    const [base, ours, theirs] = ["base", "ours", "theirs"].map((name) => join(cwd, name)) as [string, string, string];
    writeFileSync(base, lock());
    for (const [more, path] of [
      [B, ours],
      [C, theirs],
    ] as const) {
      // Each begins where both began.
      rmSync(join(cwd, "plans"), { recursive: true });
      writeFileSync(join(cwd, "phxc.lock"), readFileSync(base));
      edit(`${LAN}${A}${more}`);
      await phxc("plan", "--write");
      writeFileSync(path, lock());
    }
    const merged = spawnSync("git", ["merge-file", "-p", ours, base, theirs], { encoding: "utf8" });
    assert.is(merged.status, 1, "one conflict");
    edit(`${LAN}${A}${B}${C}`);
    writeFileSync(join(cwd, "phxc.lock"), merged.stdout);
    const refused = await phxc("plan");
    assert.is(refused.code, 1);
    assert.match(refused.err, "error PHX6042");
    // Both sides kept, as by a merge driver that knows no better.
    writeFileSync(join(cwd, "phxc.lock"), merged.stdout.replace(/^[<=>]{7}.*\n/gm, ""));
    assert.match((await phxc("plan")).err, "error PHX6043");
    writeFileSync(join(cwd, "phxc.lock"), readFileSync(ours));
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.equal(drawnValues(lock()), [
      "ip lan 10.0.0.150: ct.101.net.lan.ip",
      "ip lan 10.0.0.151: ct.102.net.lan.ip",
      "ip lan 10.0.0.152: ct.103.net.lan.ip",
    ]);
  });
});

test("what was released is listed and forgotten, a value in use by its name alone", async () => {
  await inProject(`${LAN}${A}${B}`, async ({ phxc, edit, lock }) => {
    edit(`${LAN}${B}`);
    await phxc("plan", "--write");
    assert.match((await phxc("forget")).out, "ct.101.net.lan.ip");
    assert.not.match((await phxc("forget")).out, "ct.102");
    const unknown = await phxc("forget", "ct.101.net.lan.ipp");
    assert.is(unknown.code, 2);
    assert.match(unknown.err, "did you mean `ct.101.net.lan.ip`");
    // Of a guest that is there, its whole is not meant.
    await phxc("forget", "ct.102");
    assert.match(lock(), '"ct.102.net.lan.ip"');
    assert.is((await phxc("forget", "ct.101")).code, 0);
    assert.equal(drawnValues(lock()), ["ip lan 10.0.0.151: ct.102.net.lan.ip"]);
    assert.is((await phxc("forget", "ct.102.net.lan.ip")).code, 0);
    await phxc("plan", "--write");
    assert.equal(drawnValues(lock()), ["ip lan 10.0.0.150: ct.102.net.lan.ip"]);
  });
});

test("why tells that a value was drawn, and where it is kept", async () => {
  await inProject(`${LAN}${A}`, async ({ phxc }) => {
    const { code, out } = await phxc("why", "101.net.lan.ip");
    assert.is(code, 0);
    assert.match(out, /^> main\.phx:5:18 {2}= auto\n {2}drawn, and kept in the lock file as ct\.101\.net\.lan\.ip$/m);
    assert.match(out, "ip=10.0.0.150/24");
  });
});

const STATE = {
  ...{ format: "phxc-host", formatVersion: 1, node: "pve", version: "9.2.11", devices: [], disks: [], pools: {} },
  ...{ datasets: {}, volumes: {}, paths: {}, running: [], masked: 0, warnings: [] },
  bridges: [{ name: "vmbr0", mtu: 1500 }],
  elsewhere: [{ id: 200, kind: "vm", node: "other" }],
  files: {
    "/etc/pve/nodes/pve/lxc/900.conf":
      "hostname: x\nnet0: name=eth0,bridge=vmbr0,hwaddr=02:50:00:00:00:00,ip=10.0.0.150/24\n",
    "/etc/pve/nodes/pve/qemu-server/901.conf":
      "name: y\nnet3: virtio=02:50:00:00:00:01,bridge=vmbr0\nipconfig3: ip=10.0.0.151/24,ip6=fd00::1/64\nnet1: virtio=02:50:00:00:00:09,bridge=vmbr0,tag=5\nipconfig1: ip=10.0.0.152/24\n",
  },
};

test("what a guest had that left the files is nobody else's, until it is forgotten: it is still on its host", async () => {
  const host = "host pve1 { ids = 200..201 }\n";
  const old = guest("ct 200 old", "ip = 10.0.0.150");
  const later = `${host}${LAN}${guest("ct auto web", "ip = auto")}`;
  await inProject(`${host}${LAN}${old}`, async ({ phxc, edit, lock }) => {
    edit(later);
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.equal(drawnValues(lock()), ["id 201: ct.web.id", "ip lan 10.0.0.151: ct.201.net.lan.ip"]);
    edit(`${later}${guest("ct auto mail", "ip = auto")}`);
    const full = await phxc("plan", "--write");
    assert.is(full.code, 1);
    assert.match(full.err, /PHX3121: all of 200\.\.201 is in use[^]*`phxc forget ct\.200`/);
    assert.is((await phxc("forget", "ct.200")).code, 0);
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.equal(drawnValues(lock()), [
      "id 200: ct.mail.id",
      "id 201: ct.web.id",
      "ip lan 10.0.0.150: ct.200.net.lan.ip",
      "ip lan 10.0.0.151: ct.201.net.lan.ip",
    ]);
  });
});

test("a guest whose id was written keeps it when it is left to phxc, also without a lock file", async () => {
  const files = (id: string): string => `host pve1 { ids = 200..209 }\n${LAN}${guest(`ct ${id} web`, "ip = dhcp")}`;
  await inProject(files("205"), async ({ phxc, edit, lock }) => {
    edit(files("auto"));
    const { code, err } = await phxc("plan", "--write");
    assert.is(code, 0, err);
    assert.equal(drawnValues(lock()), ["id 205: ct.web.id"]);
  });
});

test("what guests of a captured host have is not drawn; where it was, that is a finding", async () => {
  const text = `host pve { node = pve, ids = 200..209, mac_prefix = "02:50:00" }\n${LAN}${guest("ct auto a", "ip = auto, mac = auto")}`;
  await inFolder({ "main.phx": text, "state.json": JSON.stringify(STATE) }, async (cwd) => {
    const phxc = (...argv: readonly string[]): ReturnType<typeof runCli> => runCli(argv, { cwd });
    assert.is((await phxc("plan", "--write", "--against", "state.json")).code, 0);
    const lock = readFileSync(join(cwd, "phxc.lock"), "utf8");
    assert.equal(drawnValues(lock), [
      "id 201: ct.a.id",
      "ip lan 10.0.0.152: ct.201.net.lan.ip",
      "mac 02:50:00:00:00:02: ct.201.net.lan.mac",
    ]);
    assert.is((await phxc("plan", "--check", "--against", "state.json")).code, 0);
    writeFileSync(join(cwd, "phxc.lock"), lock.replace("10.0.0.152", "10.0.0.151"));
    for (const argv of [
      ["plan", "--against", "state.json"],
      ["plan", "--check", "--against", "state.json"],
      ["rehearse", "--from", "state.json"],
    ]) {
      const { code, err } = await phxc(...argv);
      assert.is(code, 1, argv.join(" "));
      assert.match(
        err,
        "error PHX6045: `ip` in `net lan` of ct 201 a is locked as 10.0.0.151, which vm 901 y of the captured host has",
      );
    }
    assert.is((await phxc("plan", "--against", "nowhere.json")).code, 2);
    writeFileSync(join(cwd, "state.json"), "{}");
    assert.is((await phxc("plan", "--against", "state.json")).code, 1);
  });
});

const INTERFACES = `auto vmbr0
iface vmbr0 inet static
	address 10.0.0.150/24
	bridge-ports bond0

iface vmbr0 inet6 static
	address fd00::5/64

auto bond0.7
iface bond0.7 inet static
	address 10.0.0.160/24

auto vlan8
iface vlan8 inet static
	address 10.0.0.161/24
	vlan-raw-device vmbr0

auto vmbr9
iface vmbr9 inet static
	address 10.0.0.162/24
	bridge-ports none

iface eno5 inet static
	address 10.0.0.163/24
`;
const OWN = { ...STATE, files: { "/etc/network/interfaces": INTERFACES } };

test("an address that the captured host itself has is neither drawn for a guest nor written for one", async () => {
  const drawn = `host pve { node = pve }\n${LAN}${guest("ct 101 a", "ip = auto")}`;
  await inFolder({ "main.phx": drawn, "state.json": JSON.stringify(OWN) }, async (cwd) => {
    assert.is((await runCli(["plan", "--write", "--against", "state.json"], { cwd })).code, 0);
    const lock = readFileSync(join(cwd, "phxc.lock"), "utf8");
    assert.equal(drawnValues(lock), ["ip lan 10.0.0.151: ct.101.net.lan.ip"]);
    writeFileSync(join(cwd, "phxc.lock"), lock.replace("10.0.0.151", "10.0.0.150"));
    const { code, err } = await runCli(["plan", "--against", "state.json"], { cwd });
    assert.is(code, 1);
    assert.match(
      err,
      "PHX6045: `ip` in `net lan` of ct 101 a is locked as 10.0.0.150, which host pve of the captured host has",
    );
  });
  const written = (net: string, host: string): string => `host pve { ${host} }\n${LAN}${guest("ct 101 a", net)}`;
  const cases: readonly (readonly [net: string, host: string, found: RegExp | undefined])[] = [
    ["ip = 10.0.0.150", "node = pve", /PHX6048: ct 101 a is given 10\.0\.0\.150, which host pve /],
    ["ip = dhcp, ip6 = fd00::5/64", "node = pve", /PHX6048: .* fd00::5, which host pve /],
    ["ip = 10.0.0.160, vlan = 7", "node = pve", /PHX6048: .* 10\.0\.0\.160, /],
    ["ip = 10.0.0.161, vlan = 8", "node = pve", /PHX6048: .* 10\.0\.0\.161, /],
    ["ip = 10.0.0.160", "node = pve", undefined],
    ["ip = 10.0.0.162", "node = pve", undefined],
    ["ip = 10.0.0.163", "node = pve", undefined],
    // Of what the files say of the host, the rule tells, once.
    ["ip = 10.0.0.150", "address = 10.0.0.150", /^(?![^]*PHX6048)[^]*error PHX4005: /],
  ];
  for (const [net, host, found] of cases) {
    await inFolder({ "main.phx": written(net, host), "state.json": JSON.stringify(OWN) }, async (cwd) => {
      const { code, err } = await runCli(["plan", "--against", "state.json"], { cwd });
      assert.is(code, found === undefined ? 0 : 1, `${net}\n${err}`);
      if (found !== undefined) assert.match(err, found);
    });
  }
});

test("what the files write and a guest of the captured host has is a finding, unless the files say what that one gets", async () => {
  const written = (net: string): string => `host pve { node = pve }\n${LAN}${guest("ct 101 a", net)}`;
  const cases: readonly (readonly [string, RegExp | undefined])[] = [
    [
      "ip = 10.0.0.150",
      /PHX6048: ct 101 a is given 10\.0\.0\.150, which ct 900 x of the captured host has\n --> main\.phx:6:/,
    ],
    ["ip = dhcp, mac = 02:50:00:00:00:01", /PHX6048: .* 02:50:00:00:00:01, which vm 901 y /],
    ["ip = dhcp, ip6 = fd00:0:0::1/64", /PHX6048: .* fd00::1, which vm 901 y /],
    ["ip = 10.0.0.150, vlan = 7", undefined],
    ["ip = 10.0.0.152", undefined],
    ["ip = 10.0.0.153", undefined],
  ];
  for (const [net, found] of cases) {
    await inFolder({ "main.phx": written(net), "state.json": JSON.stringify(STATE) }, async (cwd) => {
      const { code, err } = await runCli(["plan", "--against", "state.json"], { cwd });
      assert.is(code, found === undefined ? 0 : 1, `${net}\n${err}`);
      if (found !== undefined) assert.match(err, found);
    });
  }
  const moved = written("ip = 10.0.0.150") + guest("ct 900 x", "ip = 10.0.0.160");
  await inFolder({ "main.phx": moved, "state.json": JSON.stringify(STATE) }, async (cwd) => {
    assert.is((await runCli(["plan", "--against", "state.json"], { cwd })).code, 0);
  });
});

test.run();
