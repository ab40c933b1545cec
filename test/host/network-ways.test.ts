import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { FILE, fileOf, host, installed, INSTALLED, isThere, NICS, quiet, run } from "../support/network.js";
import { compileSource, withHost } from "../support/rehearsal.js";

const test = suite("ways to a node, and ports that move");

const DHCP = INSTALLED.replace("inet static\n\taddress 10.0.0.2/24\n\tgateway 10.0.0.1", "inet dhcp");

const withFiles = (files: Readonly<Record<string, string>>): HostState => emptyHost({ nics: NICS, files });

test("an interface that has its address by DHCP is not changed: Proxmox would take the address away", () =>
  withHost(withFiles({ [FILE]: DHCP }), async (sim) => {
    const done = await run(sim, host("bridge vmbr0 { mtu = 1400 }"), "--allow-disconnect");
    assert.equal([done.code, done.commands, fileOf(sim)], [3, [], DHCP], done.text);
    assert.match(done.text, "vmbr0 has its IPv4 address by dhcp, which Proxmox takes away with any change");
    const unasked = await run(sim, host("bridge vmbr0 { address = 10.0.0.2/24, gateway = 10.0.0.1 }"));
    assert.is(unasked.code, 3);
    assert.match(unasked.text, "vmbr0 carries the address by which this node is reached");
    assert.not.match(unasked.text, "by dhcp");
    await quiet(sim, host("bridge vmbr0 { ports = [eno1] }"));
  }));

test("an address that the router tells (IPv6) is kept in the same way", () =>
  withHost(withFiles({ [FILE]: `${INSTALLED}\niface vmbr0 inet6 auto\n` }), async (sim) => {
    const done = await run(sim, host("bridge vmbr0 { mtu = 1400 }"), "--allow-disconnect");
    assert.is(done.code, 3);
    assert.match(done.text, "vmbr0 has its IPv6 address by auto");
  }));

const SECOND = `${INSTALLED.replace("\tgateway 10.0.0.1\n", "")}
auto vmbr1
iface vmbr1 inet static
	address 10.1.0.2/24
	bridge-ports eno2
	bridge-stp off
	bridge-fd 0

iface vmbr1 inet6 static
	address fd00:0:0::2/64
`;
const OTHER = host("bridge vmbr1 { mtu = 1400 }");

test("the interface of the default route of the kernel carries the address, whoever made the route", () =>
  withHost(
    withFiles({
      [FILE]: SECOND,
      "/proc/net/route":
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" +
        "vmbr1\t00000000\t0100010A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
    }),
    async (sim) => {
      const done = await run(sim, OTHER);
      assert.equal([done.code, done.commands], [3, []], done.text);
      assert.match(done.text, "vmbr1 carries the address");
      // The gateway of the route is asked afterwards.
      const { script } = await compileSource(OTHER);
      const allowed = await sim.runScript(script, ["--allow-disconnect"]);
      assert.is(allowed.code, 0, allowed.stdout + allowed.stderr);
      assert.ok(allowed.commands.some(({ argv }) => argv.join(" ") === "ping -q -c 1 -W 2 10.1.0.1"));
    },
  ));

test("so does that of the default route of IPv6, but not that of another network", () => {
  const zeros = "0".repeat(32);
  const line = (to: string, prefix: string, name: string): string =>
    `${to} ${prefix} ${zeros} 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003 ${name}\n`;
  const route = (text: string): HostState => withFiles({ [FILE]: SECOND, "/proc/net/ipv6_route": text });
  return withHost(route(line(zeros, "00", "vmbr1")), async (sim) => {
    assert.is((await run(sim, OTHER)).code, 3);
    writeFileSync(join(sim.root, "/proc/net/ipv6_route"), line("fd01" + "0".repeat(28), "40", "vmbr1"));
    assert.is((await run(sim, OTHER)).code, 0);
  });
});

for (const [name, connection] of [
  ["an IPv6 address that is written otherwise", "fd00::9 50000 FD00::2 22"],
  ["an IPv4 address in the form of IPv6", "::ffff:10.1.0.9 50000 ::ffff:10.1.0.2 22"],
] as const) {
  test(`the interface of an ssh connection is known by ${name}`, () =>
    withHost(withFiles({ [FILE]: SECOND }), async (sim) => {
      const { script } = await compileSource(OTHER);
      const done = await sim.runScript(script, [], { env: { SSH_CONNECTION: connection } });
      assert.is(done.code, 3, done.stdout);
      assert.match(done.stderr, "vmbr1 carries the address");
    }));
}

test("sudo hides the ssh connection from nobody", () =>
  withHost(withFiles({ [FILE]: SECOND }), async (sim) => {
    const { script } = await compileSource(OTHER);
    // This process is the script's parent.
    const planted = { environ: "A=b\0SSH_CONNECTION=10.1.0.9 50000 10.1.0.2 22\0", stat: `${process.pid} (x y) S 1 1` };
    const state = withFiles({
      [FILE]: SECOND,
      [`/proc/${process.pid}/environ`]: planted.environ,
      [`/proc/${process.pid}/stat`]: planted.stat,
    });
    assert.is((await sim.runScript(script)).code, 0);
    await withHost(state, async (other) => {
      const done = await other.runScript(script);
      assert.is(done.code, 3, done.stdout);
      assert.match(done.stderr, "vmbr1 carries the address");
    });
  }));

const ON_BOND = host("bond bond0 { ports = [eno1, eno2], mode = active-backup }\nbridge vmbr0 { ports = [bond0] }");

test("the card of a bridge goes to a bond, and the bond to the bridge, in one application", () =>
  withHost(installed(), async (sim) => {
    const done = await run(sim, ON_BOND, "--allow-disconnect");
    assert.is(done.code, 0, done.text);
    assert.equal(
      done.commands.filter((line) => line.startsWith("pvesh")),
      [
        "pvesh set /nodes/localhost/network/vmbr0 --type bridge --cidr 10.0.0.2/24 --delete bridge_ports",
        "pvesh create /nodes/localhost/network --iface bond0 --type bond --autostart 1 --slaves eno1 eno2 --bond_mode active-backup",
        "pvesh set /nodes/localhost/network/vmbr0 --type bridge --autostart 1 --bridge_ports bond0 --cidr 10.0.0.2/24",
        "pvesh set /nodes/localhost/network",
      ],
    );
    assert.match(fileOf(sim), /\taddress 10\.0\.0\.2\/24\n\tgateway 10\.0\.0\.1\n\tbridge-ports bond0\n/);
    await quiet(sim, ON_BOND);
  }));

test("a port goes from one bridge to another, whichever is declared first, and others stay", () =>
  withHost(installed(), async (sim) => {
    await run(sim, host("bridge vmbr2 { ports = [eno2, eno3] }\nbridge vmbr1 { ports = [] }"));
    const moved = host("bridge vmbr1 { ports = [eno2] }\nbridge vmbr2 { ports = [eno3] }");
    const done = await run(sim, moved);
    assert.is(done.code, 0, done.text);
    await quiet(sim, moved);
  }));

test("a port of an interface of which the files say nothing is not taken away from it", () =>
  withHost(installed(), async (sim) => {
    await run(sim, host("bridge vmbr1 { ports = [eno2] }"));
    const before = fileOf(sim);
    for (const rest of ["", "\nbridge vmbr1 { mtu = 1500 }"]) {
      const done = await run(sim, host(`bond bond0 { ports = [eno2, eno3] }${rest}`));
      assert.equal([done.code, done.commands, fileOf(sim)], [3, [], before], done.text);
      assert.match(done.text, "bond0 is to have a port of vmbr1: declare what is on vmbr1 then");
    }
  }));

test("killed while ports move, the next run ends in the same state", async () => {
  const source = ON_BOND.replaceAll("eno1", "eno3").replaceAll("vmbr0", "vmbr1");
  const state = withFiles({ [FILE]: SECOND.replace("bridge-ports eno2", "bridge-ports eno2 eno3") });
  const whole = await wholeRun(await compileSource(source), state);
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test("a change that the timer took back before it was confirmed does not count as applied", () =>
  withHost(installed(), async (sim) => {
    const source = host("bridge vmbr1 { ports = [eno2] }");
    const { script } = await compileSource(source);
    // What the timer leaves behind, while Proxmox still applies.
    const late = script.replace(
      "still_answering || revert_network",
      'rm -f -- "${STATE}/network/unconfirmed"\n\tstill_answering || revert_network',
    );
    assert.not.equal(late, script);
    const done = await sim.runScript(late);
    assert.is(done.code, 4, done.stdout);
    assert.match(done.stderr, "the timer has taken the change back before it was confirmed");
    assert.ok(isThere(sim, "/var/lib/phxc/network/pending"));
  }));

test.run();
