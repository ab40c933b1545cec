import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { FILE, fileOf, host, INSTALLED, installed, isThere, quiet, run } from "../support/network.js";
import { compileSource, withHost } from "../support/rehearsal.js";

const test = suite("MTUs of interfaces");

/** A bond of two cards with a bridge and a VLAN on it, all with an MTU; `ovs` the same on Open vSwitch. */
const stacked = (mtu: string): string =>
  host(`
  interface eno2 { mtu = ${mtu} }
  interface eno3 { mtu = ${mtu} }
  bond bond0 { ports = [eno2, eno3], mode = active-backup, mtu = ${mtu} }
  bridge vmbr1 { ports = [bond0], mtu = ${mtu} }
  vlan "vmbr1.20" { address = 10.20.0.2/24, mtu = ${mtu} }
`);

const mtus = (text: string): readonly string[] =>
  [...text.matchAll(/\t(?:ovs_)?mtu (\d+)/g)].map(([, mtu = ""]) => mtu);

const changes = (commands: readonly string[]): readonly string[] =>
  commands
    .filter((line) => line.startsWith("pvesh"))
    .map((line) => line.replace(/^pvesh set \/nodes\/localhost\/network\/?/, ""));

test("what grows grows from below, what shrinks shrinks from above, whatever the order of the steps", () =>
  withHost(installed(), async (sim) => {
    assert.is((await run(sim, stacked("1500"))).code, 0);
    const grown = await run(sim, stacked("9000"));
    assert.is(grown.code, 0, grown.text);
    assert.equal(changes(grown.commands), [
      "bond0 --type bond --mtu 9000",
      "eno2 --type eth --mtu 9000",
      "eno3 --type eth --mtu 9000",
      "vmbr1 --type bridge --autostart 1 --bridge_ports bond0 --mtu 9000",
      "vmbr1.20 --type vlan --autostart 1 --cidr 10.20.0.2/24 --mtu 9000",
      "",
    ]);
    assert.ok(
      grown.said.some((line) => line.includes("interface bond0: mtu 1500 -> 9000")),
      grown.text,
    );
    assert.equal(
      mtus(fileOf(sim)),
      Array.from({ length: 5 }, () => "9000"),
    );
    await quiet(sim, stacked("9000"));
    const shrunk = await run(sim, stacked("1400"));
    assert.is(shrunk.code, 0, shrunk.text);
    assert.equal(changes(shrunk.commands), [
      "eno2 --type eth --mtu 1400",
      "eno3 --type eth --mtu 1400",
      "vmbr1.20 --type vlan --cidr 10.20.0.2/24 --mtu 1400",
      "vmbr1 --type bridge --mtu 1400",
      "bond0 --type bond --autostart 1 --slaves eno2 eno3 --bond_mode active-backup --mtu 1400",
      "",
    ]);
    assert.match(fileOf(sim), "address 10.20.0.2/24");
    await quiet(sim, stacked("1400"));
  }));

test("an MTU that is taken away counts as 1500", () =>
  withHost(installed(), async (sim) => {
    await run(sim, host("interface eno2 { mtu = 9000 }\nbridge vmbr1 { ports = [eno2], mtu = 9000 }"));
    const source = host("interface eno2 { mtu = absent }\nbridge vmbr1 { ports = [eno2], mtu = absent }");
    const done = await run(sim, source);
    assert.is(done.code, 0, done.text);
    assert.equal(changes(done.commands), ["vmbr1 --type bridge --delete mtu", "eno2 --type eth --delete mtu", ""]);
    assert.equal(mtus(fileOf(sim)), []);
    await quiet(sim, source);
  }));

const SWITCH = (mtu: number): string =>
  host(`
  ovs_bridge vmbr1 { ports = [eno2], mtu = ${mtu} }
  ovs_port inner { bridge = vmbr1, address = 10.20.0.2/24, mtu = ${mtu} }
`);

test("a bridge of Open vSwitch is the one that lets pass", () =>
  withHost(installed(), async (sim) => {
    for (const mtu of [9000, 1400]) {
      const done = await run(sim, SWITCH(mtu));
      assert.is(done.code, 0, done.text);
      assert.equal(mtus(fileOf(sim)), [`${mtu}`, `${mtu}`]);
      await quiet(sim, SWITCH(mtu));
    }
    assert.match(fileOf(sim), /ovs_ports eno2 inner|ovs_ports inner eno2/);
  }));

test("a bridge with a larger MTU than a port of which the files say none is refused before anything is touched", () =>
  withHost(installed(), async (sim) => {
    const before = fileOf(sim);
    for (const args of [[], ["--check"]]) {
      const done = await run(sim, host("bridge vmbr1 { ports = [eno2], mtu = 9000 }"), ...args);
      assert.equal([done.code, done.commands, fileOf(sim)], [3, [], before], done.text);
      assert.match(
        done.text,
        "vmbr1 would have an MTU of 9000, and eno2 one of 1500, which Proxmox does not take: declare `mtu` for both",
      );
    }
  }));

const withMtu = (text: string): HostState =>
  emptyHost({ nics: ["eno1", "eno2", "eno3"], files: { [FILE]: INSTALLED.replace("iface eno2 inet manual", text) } });

test("what the host has already is enough, and too little of it is refused", async () => {
  await withHost(withMtu("iface eno2 inet manual\n\tmtu 9000"), async (sim) => {
    const source = host("bridge vmbr1 { ports = [eno2], mtu = 9000 }");
    assert.is((await run(sim, source)).code, 0);
    await quiet(sim, source);
    const less = await run(sim, host("interface eno2 { mtu = 4000 }"));
    assert.is(less.code, 3, less.text);
    assert.match(less.text, "vmbr1 would have an MTU of 9000, and eno2 one of 4000");
  });
  await withHost(withMtu("iface eno2 inet manual\n\tmtu 4000"), async (sim) => {
    const tagged = await run(sim, host('bridge vmbr1 { ports = ["eno2.5"], mtu = 4001 }'));
    assert.is(tagged.code, 3, tagged.text);
    assert.match(tagged.text, "vmbr1 would have an MTU of 4001, and eno2 one of 4000");
  });
});

test("an MTU of the host's own file that is no number is not evaluated", () =>
  withHost(withMtu("iface eno2 inet manual\n\tmtu NET[$(touch${IFS}${ROOT}/evaluated)0]"), async (sim) => {
    const done = await run(sim, host("bridge vmbr1 { ports = [eno2], mtu = 9000 }"));
    assert.not(isThere(sim, "/evaluated"), done.text);
  }));

test("a port that leaves its bridge does not hold the MTU of that bridge", () =>
  withHost(installed(), async (sim) => {
    await run(sim, host("interface eno2 { mtu = 9000 }\nbridge vmbr1 { ports = [eno2], mtu = 9000 }"));
    const moved = host(
      "interface eno2 { mtu = 1500 }\ninterface eno3 { mtu = 9000 }\nbridge vmbr1 { ports = [eno3], mtu = 9000 }\nbridge vmbr2 { ports = [eno2], mtu = 1500 }",
    );
    const done = await run(sim, moved);
    assert.is(done.code, 0, done.text);
    await quiet(sim, moved);
  }));

test("what stands in the way and carries the address of the node is changed only when asked", () =>
  withHost(installed(), async (sim) => {
    const source = host("interface eno1 { mtu = 9000 }\nbridge vmbr0 { mtu = 9000 }");
    assert.is((await run(sim, source)).code, 3);
    assert.is((await run(sim, source, "--allow-disconnect")).code, 0);
    const back = host("interface eno1 { mtu = 1500 }\nbridge vmbr0 { mtu = 1500 }");
    const done = await run(sim, back, "--allow-disconnect");
    assert.is(done.code, 0, done.text);
    assert.equal(changes(done.commands.filter((line) => line.startsWith("pvesh"))), [
      "vmbr0 --type bridge --cidr 10.0.0.2/24 --mtu 1500",
      "eno1 --type eth --mtu 1500",
      "",
    ]);
    assert.match(fileOf(sim), "gateway 10.0.0.1");
    await quiet(sim, back);
  }));

test("a change of MTUs that was taken back is known again, and not made unasked", () =>
  withHost(installed(), async (sim) => {
    await run(sim, host("interface eno1 { mtu = 9000 }\nbridge vmbr0 { mtu = 9000 }"), "--allow-disconnect");
    const back = host("interface eno1 { mtu = 1500 }\nbridge vmbr0 { mtu = 1500 }");
    const { script } = await compileSource(back);
    const silenced = script.replace("still_answering || revert_network", "false || revert_network");
    const first = await sim.runScript(silenced, ["--allow-disconnect"]);
    assert.is(first.code, 4, first.stdout);
    const second = await sim.runScript(script, ["--allow-disconnect"]);
    assert.is(second.code, 3, second.stdout);
    assert.match(second.stderr, "it is not made again as it was");
  }));

test("killed at any command, the next run ends in the same state", async () => {
  const names = ["eno2", "eno3"].map((name) => `iface ${name} inet manual\n\tmtu 9000\n`).join("\n");
  const state = emptyHost({
    nics: ["eno1", "eno2", "eno3"],
    files: {
      [FILE]: `${INSTALLED.replace(/iface eno[23] inet manual\n\n/g, "")}\n${names}
auto bond0
iface bond0 inet manual
	bond-slaves eno2 eno3
	bond-miimon 100
	bond-mode active-backup
	mtu 9000

auto vmbr1
iface vmbr1 inet manual
	bridge-ports bond0
	bridge-stp off
	bridge-fd 0
	mtu 9000
`,
    },
  });
  const whole = await wholeRun(await compileSource(stacked("1400")), state);
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test.run();
