import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import type { Compilation, CompileRequest } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { position } from "../../src/text/source.js";
import { drawnValues, guest, lockFile } from "../support/lock.js";

const test = suite("drawing");

const HOST = 'host pve { ids = 200..203, mac_prefix = "02:50:00", address = 10.0.0.12 }\n';
const LAN =
  "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.10, pool = 10.0.0.10..10.0.0.15, subnet6 = fd00::/64, pool6 = fd00::10..fd00::12 }\n";

const compiled = (text: string, lock?: string, more: Partial<CompileRequest> = {}): Promise<Compilation> =>
  compile({
    entry: "main.phx",
    files: memoryFiles({ "main.phx": text, ...(lock === undefined ? {} : { "phxc.lock": lock }) }),
    ...more,
  });

/** The errors, each with its line. */
const errors = ({ diagnostics }: Compilation): readonly string[] =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, span }) => `${code} ${span.file.path}:${position(span.file, span.start).line}`);

async function drawn(text: string, lock?: string): Promise<readonly string[]> {
  const compilation = await compiled(text, lock);
  assert.equal(errors(compilation), []);
  assert.ok(compilation.plan);
  return drawnValues(compilation.lock?.content ?? "");
}

test("the lowest address that nobody has: neither the gateway, nor the host, nor a guest", async () => {
  const text = `${HOST}${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = 10.0.0.11")}${guest("ct 103 c", "ip = auto")}`;
  assert.equal(await drawn(text), ["ip lan 10.0.0.13: ct.101.net.lan.ip", "ip lan 10.0.0.14: ct.103.net.lan.ip"]);
});

test("nor the address of an interface of the host, on the bridge of the guest", async () => {
  const host = "host pve {\n  bridge vmbr0 { address = 10.0.0.11/24 }\n  bridge vmbr1 { address = 10.0.0.12/24 }\n}\n";
  assert.equal(await drawn(`${host}${LAN}${guest("ct 101 a", "ip = auto")}`), ["ip lan 10.0.0.12: ct.101.net.lan.ip"]);
});

test("an address that is written stays out of reach in any spelling, with its prefix, and on a network of the same bridge", async () => {
  const other = "network other { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";
  const far = "network far { bridge = vmbr1, subnet = 10.0.0.0/24 }\n";
  const text = `${LAN}${other}${far}${guest("ct 101 a", "ip = 10.0.0.11/24")}${guest("ct 102 b", "ip = 10.0.0.12", "other")}${guest("ct 103 c", "ip = 10.0.0.13", "far")}${guest("ct 104 d", "ip = auto, ip6 = pool")}${guest("ct 105 e", "ip = none, ip6 = fd00:0:0::10")}`;
  assert.equal(await drawn(text), ["ip lan 10.0.0.13: ct.104.net.lan.ip", "ip lan fd00::11: ct.104.net.lan.ip6"]);
});

test("guests of one network never share a line of the lock file, also in VLANs of their own", async () => {
  const text = `${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = auto, vlan = 5")}`;
  const values = ["ip lan 10.0.0.11: ct.101.net.lan.ip", "ip lan 10.0.0.12: ct.102.net.lan.ip"];
  assert.equal(await drawn(text), values);
  assert.equal(await drawn(text, lockFile(...values)), values);
});

test("two networks of one bridge draw from one pool", async () => {
  const other = "network other { bridge = vmbr0, subnet = 10.0.0.0/24, pool = 10.0.0.10..10.0.0.15 }\n";
  const text = `${LAN}${other}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = auto", "other")}`;
  assert.equal(await drawn(text), ["ip lan 10.0.0.11: ct.101.net.lan.ip", "ip other 10.0.0.12: ct.102.net.other.ip"]);
});

test("MAC addresses begin with the prefix of the network, else of the host; those that are written are not drawn", async () => {
  const own = 'network own { bridge = vmbr1, mac_prefix = "0A:00:00:00:00" }\n';
  const text = `${HOST}${LAN}${own}${guest("ct 101 a", "mac = 02:50:00:00:00:00")}${guest("vm 102 b", "mac = auto")}${guest("ct 103 c", "mac = auto", "own")}`;
  assert.equal(await drawn(text), [
    "mac 02:50:00:00:00:01: vm.102.net.lan.mac",
    "mac 0a:00:00:00:00:00: ct.103.net.own.mac",
  ]);
});

test("ids, and all else that has them in its name; references see what was drawn", async () => {
  const text = `${HOST}${LAN}${guest("ct auto a", "ip = auto")}${guest("vm 201 b", "ip = auto")}ct auto c extends small {
  net lan { ip = a.ip + 2 }
  description = "\${self.id} \${a.ip}"
}
profile small { image = "local:vztmpl/x.tar.zst"
  disk root { size = 4GiB, storage = local-lvm } }
`;
  const compilation = await compiled(text);
  assert.equal(errors(compilation), []);
  assert.equal(drawnValues(compilation.lock?.content ?? ""), [
    "id 200: ct.a.id",
    "id 202: ct.c.id",
    "ip lan 10.0.0.11: ct.200.net.lan.ip",
    "ip lan 10.0.0.14: vm.201.net.lan.ip",
  ]);
  const steps = JSON.stringify(compilation.plan?.steps.filter(({ resource }) => resource === "ct.202"));
  assert.match(steps, "202 10.0.0.11");
  assert.match(steps, "ip=10.0.0.13/24");
  const machine = JSON.stringify(compilation.plan?.steps.filter(({ resource }) => resource === "vm.201"));
  assert.match(machine, /--ipconfig0","[^"]*ip=10\.0\.0\.14\/24/);
});

test("a second interface on one network has a place of its own", async () => {
  const text = `${LAN}${guest("ct 101 a", "ip = auto }\n  net lan { ip = auto")}`;
  assert.equal(await drawn(text), ["ip lan 10.0.0.11: ct.101.net.lan.ip", "ip lan 10.0.0.12: ct.101.net.lan:2.ip"]);
});

test("a profile may ask, and each of its guests gets its own", async () => {
  const text = `${LAN}profile p {\n  net lan { ip = auto }\n}\nfor n in 1..2 {\n  ct (100 + n) "a\${n}" extends p {\n    image = "local:vztmpl/x.tar.zst"\n    disk root { size = 4GiB, storage = local-lvm }\n    net lan { ip = auto }\n  }\n}\n`;
  const [first] = await drawn(text);
  assert.is(first, "ip lan 10.0.0.11: ct.101.net.lan.ip");
});

test("what the lock file says stays, whatever comes and goes; the text is the same then", async () => {
  const lock = lockFile("ip lan 10.0.0.14: ct.102.net.lan.ip", "ip lan 10.0.0.15: ct.101.net.lan.ip");
  const [a, b, c] = ["ct 101 a", "ct 102 b", "ct 103 c"].map((head) => guest(head, "ip = auto"));
  const same = await compiled(`${LAN}${a}${b}`, lock);
  assert.equal([same.lock?.content, same.lock?.changed, errors(same)], [lock, false, []]);
  assert.equal(await drawn(`${LAN}${c}${b}${a}`, lock), [
    "ip lan 10.0.0.11: ct.103.net.lan.ip",
    "ip lan 10.0.0.14: ct.102.net.lan.ip",
    "ip lan 10.0.0.15: ct.101.net.lan.ip",
  ]);
});

test("a guest that goes leaves its address behind, nobody else gets it, and it has it again when it comes back", async () => {
  const lock = lockFile("ip lan 10.0.0.11: ct.101.net.lan.ip");
  const [a, b] = ["ct 101 a", "ct 102 b"].map((head) => guest(head, "ip = auto"));
  const gone = await compiled(`${LAN}${b}`, lock);
  assert.equal(drawnValues(gone.lock?.content ?? ""), [
    "ip lan 10.0.0.11: released ct.101.net.lan.ip",
    "ip lan 10.0.0.12: ct.102.net.lan.ip",
  ]);
  assert.equal(await drawn(`${LAN}${b}${a}`, gone.lock?.content), [
    "ip lan 10.0.0.11: ct.101.net.lan.ip",
    "ip lan 10.0.0.12: ct.102.net.lan.ip",
  ]);
  const empty = await compiled(LAN, lock);
  assert.equal(drawnValues(empty.lock?.content ?? ""), ["ip lan 10.0.0.11: released ct.101.net.lan.ip"]);
});

test("a guest that comes back to an address that is another's now, or no longer in the pool, gets a new one", async () => {
  for (const address of ["10.0.0.11", "10.0.0.99"]) {
    const lock = lockFile(`ip lan ${address}: released ct.101.net.lan.ip`);
    const text = `${LAN}${guest("ct 102 b", "ip = 10.0.0.11")}${guest("ct 101 a", "ip = auto")}`;
    assert.equal(await drawn(text, lock), ["ip lan 10.0.0.12: ct.101.net.lan.ip"]);
  }
});

test("nothing to draw from is said at what asks, for each reason", async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["network n { bridge = vmbr0 }\n", "ip = auto", /network n has no `pool`/],
    ["network n { bridge = vmbr0, pool = 10.0.0.1..10.0.0.9 }\n", "ip6 = pool", /network n has no `pool6`/],
    ["network n { bridge = vmbr0 }\n", "mac = auto", /no `mac_prefix` is declared/],
  ];
  for (const [network, net, message] of cases) {
    const compilation = await compiled(`${network}${guest("ct 101 a", net, "n")}`);
    assert.equal(errors(compilation), ["PHX3120 main.phx:5"], net);
    assert.match(compilation.diagnostics.map((finding) => finding.message).join("\n"), message);
    assert.is(compilation.plan, undefined);
  }
  for (const [hosts, message] of [
    ["\n", /no host declares `ids`/],
    ["host a { ids = 1..50 }\n", /Proxmox's ids are 100 to 999999999/],
    ["host a {}, host b { ids = 200..300 }\n", /does not say which host it belongs to/],
  ] as const) {
    const compilation = await compiled(`${hosts.replace(", ", "\n")}${guest("ct auto a", "ip = none", "vmbr0")}`);
    assert.match(compilation.diagnostics.map((finding) => `${finding.code} ${finding.message}`).join("\n"), message);
  }
});

test("words for these are refused elsewhere, and `pool` for `ip` has its fix", async () => {
  const { diagnostics } = await compiled(`${LAN}${guest("ct 101 a", "ip = pool")}`);
  const finding = diagnostics.find(({ severity }) => severity === "error");
  assert.equal([finding?.code, finding?.fix?.replacement], ["PHX3042", "auto"]);
  const bad = await compiled(`${LAN}pool auto {}\n${guest("ct 101 a", "gateway = auto, ip = 10.0.0.5")}`);
  assert.ok(errors(bad).length > 0);
  for (const prefix of ["00:50:00", "03:50", "02:5", "02:50:00:00:00:00", "02-50"]) {
    const { diagnostics: found } = await compiled(`network n { bridge = vmbr0, mac_prefix = "${prefix}" }\n`);
    assert.is(found.filter(({ severity }) => severity === "error").length, 1, prefix);
  }
});

test("a pool that is used up names what could be forgotten", async () => {
  const lock = lockFile(
    ...[11, 12, 13, 14].map((n) => `ip lan 10.0.0.${n}: ct.10${n - 10}.net.lan.ip`),
    "ip lan 10.0.0.15: released ct.199.net.lan.ip",
  );
  const all = [1, 2, 3, 4, 5].map((n) => guest(`ct 10${n} a${n}`, "ip = auto")).join("");
  const compilation = await compiled(`${LAN}${all}`, lock);
  assert.equal(errors(compilation), ["PHX3121 main.phx:25"]);
  const finding = compilation.diagnostics.find(({ code }) => code === "PHX3121");
  assert.match(finding?.help ?? "", "phxc forget ct.199.net.lan.ip");
  assert.equal(
    finding?.related.map(({ span }) => `${span.file.path}:${position(span.file, span.start).line}`),
    ["main.phx:1", "phxc.lock:8"],
  );
});

test("mistakes in the lock file are told at their line, and stop the plan", async () => {
  const good = lockFile("ip lan 10.0.0.11: ct.101.net.lan.ip", "ip lan 10.0.0.12: ct.102.net.lan.ip");
  const text = `${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = auto")}`;
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [good.replaceAll(",", ""), []],
    [good.replaceAll("\n", "\r\n"), []],
    [good.replace("10.0.0.11", "10.0.0.011"), ["PHX6041 phxc.lock:4"]],
    [good.replace("ct.101", "ct 101"), ["PHX6041 phxc.lock:4"]],
    [good.replace("ip lan", "ipx lan"), ["PHX6041 phxc.lock:4"]],
    [good.replace('"main.phx"', "main.phx"), ["PHX6041 phxc.lock:3"]],
    [good.replace('"main.phx"', '""'), ["PHX6041 phxc.lock:3"]],
    [good.replace("main.phx", "fleet.phx"), ["PHX6047 phxc.lock:3"]],
    [good.replace(/.*main.phx.*\n/, ""), []],
    [good.replace('"version": 1', '"version": 2'), ["PHX6041 phxc.lock:6"]],
    [good.replace("phxc-lock", "other"), ["PHX6041 phxc.lock:1"]],
    ["", ["PHX6041 phxc.lock:1"]],
    ["<<<<<<< HEAD\n", ["PHX6042 phxc.lock:1"]],
    [good.replace("10.0.0.12", "10.0.0.11"), ["PHX6043 phxc.lock:5"]],
    [good.replace("ct.102", "ct.101"), ["PHX6043 phxc.lock:5"]],
    [good.replace(/(.*ct.101.*\n)/, "$1$1"), ["PHX6043 phxc.lock:5"]],
    [good.replace("10.0.0.12", "10.0.0.99"), ["PHX6044 main.phx:10"]],
  ];
  for (const [lock, found] of cases) {
    const compilation = await compiled(text, lock);
    assert.equal(errors(compilation), found, lock);
    assert.is(compilation.plan === undefined, found.length > 0);
  }
});

test("ranges of ids and MAC addresses that were changed are told as those of addresses are", async () => {
  const lock = lockFile(
    "id 300: ct.a.id",
    "ip lan fd00::99: ct.300.net.lan.ip6",
    "mac 02:51:00:00:00:00: ct.300.net.lan.mac",
  );
  const { diagnostics, plan } = await compiled(
    `${HOST}${LAN}${guest("ct auto a", "ip = none, ip6 = pool, mac = auto")}`,
    lock,
  );
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code} ${message}`),
    [
      "PHX6044 the id of ct a is locked as 300, which does not lie in 200..203",
      "PHX6044 `ip6` in `net lan` of ct 300 a is locked as fd00::99, which does not lie in fd00::10..fd00::12",
      "PHX6044 `mac` in `net lan` of ct 300 a is locked as 02:51:00:00:00:00, which does not lie in 02:50:00",
    ],
  );
  assert.is(plan, undefined);
});

test("a guest that is renamed keeps its address; one whose id was drawn is another guest", async () => {
  const named = (name: string): string => `${HOST}${LAN}${guest(`ct 101 ${name}`, "ip = auto")}`;
  const { lock } = await compiled(named("old"));
  assert.equal(await drawn(named("new"), lock?.content), ["ip lan 10.0.0.11: ct.101.net.lan.ip"]);
  const auto = (name: string): string => `${HOST}${LAN}${guest(`ct auto ${name}`, "ip = auto")}`;
  assert.equal(await drawn(auto("new"), (await compiled(auto("old"))).lock?.content), [
    "id 200: released ct.old.id",
    "id 201: ct.new.id",
    "ip lan 10.0.0.11: released ct.200.net.lan.ip",
    "ip lan 10.0.0.13: ct.201.net.lan.ip",
  ]);
});

test("a locked address that a file gives to another guest is the duplicate that it is", async () => {
  const lock = lockFile("ip lan 10.0.0.11: ct.101.net.lan.ip");
  const text = `${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = 10.0.0.11")}`;
  assert.equal(errors(await compiled(text, lock)), ["PHX4001 main.phx:10"]);
});

test("what depends on a drawn value follows it; what it must differ from cannot", async () => {
  const follows = `${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = a.ip + 1")}${guest("ct 103 c", "ip = auto")}`;
  assert.equal(await drawn(follows), ["ip lan 10.0.0.11: ct.101.net.lan.ip", "ip lan 10.0.0.13: ct.103.net.lan.ip"]);
  const same = `${LAN}${guest("ct 101 a", "ip = auto")}${guest("ct 102 b", "ip = a.ip")}`;
  assert.equal(errors(await compiled(same)), ["PHX4001 main.phx:10"]);
  const gateway = `network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = a.ip, pool = 10.0.0.10..10.0.0.90 }\n${guest("ct 101 a", "ip = auto, gateway = absent")}`;
  assert.equal(errors(await compiled(gateway)), ["PHX3122 main.phx:5"]);
});

test("guests of a captured host keep what they have; a guest is not in its own way", async () => {
  const occupied: CompileRequest["occupied"] = [
    { sort: "ip", value: "10.0.0.11", bridge: "vmbr0", guest: { kind: "ct", id: 900, name: "old" } },
    { sort: "ip", value: "10.0.0.12", bridge: "vmbr1", guest: { kind: "ct", id: 901 } },
    { sort: "ip", value: "10.0.0.13", bridge: "vmbr0", guest: { kind: "ct", id: 101, name: "a" } },
    { sort: "id", value: "200", guest: { kind: "vm", id: 200, name: "theirs" } },
    { sort: "id", value: "201", guest: { kind: "ct", id: 201, name: "b" } },
    { sort: "mac", value: "02:50:00:00:00:00", guest: { kind: "vm", id: 900 } },
  ];
  const text = `host pve { ids = 200..209, mac_prefix = "02:50:00" }\n${LAN}${guest("ct auto b", "ip = auto, mac = auto")}`;
  const { lock } = await compiled(text, undefined, { occupied });
  assert.equal(drawnValues(lock?.content ?? ""), [
    "id 201: ct.b.id",
    "ip lan 10.0.0.12: ct.201.net.lan.ip",
    "mac 02:50:00:00:00:01: ct.201.net.lan.mac",
  ]);
  const own = `${LAN}${guest("ct 102 z", "ip = auto")}${guest("ct 101 a", "ip = auto")}`;
  assert.equal(drawnValues((await compiled(own, undefined, { occupied })).lock?.content ?? ""), [
    "ip lan 10.0.0.12: ct.102.net.lan.ip",
    "ip lan 10.0.0.13: ct.101.net.lan.ip",
  ]);
  const locked = (address: string): Promise<Compilation> =>
    compiled(own, lockFile(`ip lan ${address}: ct.101.net.lan.ip`), { occupied });
  assert.equal(errors(await locked("10.0.0.13")), []);
  assert.equal(errors(await locked("10.0.0.11")), ["PHX6045 main.phx:10"]);
});

test("the JSON configuration asks in the same way, and has its own lock file", async () => {
  const config = (ip: string, pool: string, mac = "52:54:00:00:00:01"): string =>
    JSON.stringify({
      network: { interfaces: { name: "vmbr0", address: "10.0.0.13/24", gateway: "10.0.0.1", ...JSON.parse(pool) } },
      lxc_configs: {
        "101": {
          ...{ name: "web", cores: 1, memory_mb: 512, storage_pool: "s1", storage_size_gb: 8, unprivileged: true },
          template: "/var/lib/vz/template/cache/debian-13-standard_13.1-2_amd64.tar.zst",
          network_config: { ip, bridge: "vmbr0", hwaddr: mac },
        },
      },
    });
  const from = (text: string): Promise<Compilation> =>
    compile({ entry: "config.json", files: memoryFiles({ "config.json": text }) });
  const { lock, ...found } = await from(config("auto", '{ "pool": "10.0.0.13..10.0.0.20" }'));
  assert.equal(errors(found), []);
  assert.equal(
    [lock?.path, drawnValues(lock?.content ?? "")],
    ["phxc.lock", ["ip vmbr0 10.0.0.14: ct.101.net.vmbr0.ip"]],
  );
  assert.match(JSON.stringify(found.plan?.steps), "ip=10.0.0.14/24");
  assert.equal(
    errors(await from(config("auto", "{}"))).map((text) => text.slice(0, 7)),
    ["PHX3120"],
  );
  const macs = await from(config("dhcp", '{ "mac_prefix": "02:50:00" }', "auto"));
  assert.equal(drawnValues(macs.lock?.content ?? ""), ["mac 02:50:00:00:00:00: ct.101.net.vmbr0.mac"]);
  assert.match(JSON.stringify(macs.plan?.steps), "hwaddr=02:50:00:00:00:00");
  assert.equal(
    errors(await from(config("dhcp", "{}", "auto"))).map((text) => text.slice(0, 7)),
    ["PHX3120"],
  );
  const bad = await from(config("automatic", '{ "pool": "10.0.0.13-20", "mac_prefix": "02:50:0" }', "autos"));
  assert.is(bad.diagnostics.filter(({ code }) => code === "PHX2011").length, 4);
});

test("a lock file that is a folder, or no text, is told as such", async () => {
  const text = `${LAN}${guest("ct 101 a", "ip = auto")}`;
  const files = memoryFiles({ "main.phx": text, "phxc.lock/x": "" });
  assert.equal(errors(await compile({ entry: "main.phx", files })), ["PHX6041 phxc.lock:1"]);
});

test("a project without anything to draw has no lock file, and one check of its files", async () => {
  const { lock, model } = await compiled(`${LAN}${guest("ct 101 a", "ip = dhcp")}`);
  assert.equal([lock, model?.draws], [undefined, undefined]);
});

test.run();
