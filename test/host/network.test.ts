import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, presupposed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { FILE, fileOf, host, installed, INSTALLED, isThere, NICS, quiet, run } from "../support/network.js";
import { compileSource, withHost } from "../support/rehearsal.js";

const test = suite("the host's network");

const BRIDGE = host(
  'bond bond0 { ports = [eno2, eno3], mode = 802.3ad, hash = "layer2+3", mtu = 9000 }\n' +
    'bridge vmbr1 { ports = [bond0], vlan_aware = true, vlans = "2-100 200", mtu = 9000, comment = "guests" }\n' +
    'vlan "bond0.20" { address = 10.20.0.2/24 }\n' +
    "interface eno2 { mtu = 9000 }\ninterface eno3 { mtu = 9000 }",
);

test("a bond, a bridge on it, a VLAN and cards are made and applied once; a second run asks nobody", () =>
  withHost(installed(), async (sim) => {
    const first = await run(sim, BRIDGE);
    assert.is(first.code, 0, first.text);
    assert.equal(first.said, [
      "~ host: interface eno2: mtu (unset) -> 9000",
      "~ host: interface eno3: mtu (unset) -> 9000",
      "+ host: interface bond0",
      "+ host: interface vmbr1",
      "+ host: interface bond0.20",
    ]);
    assert.equal(
      first.commands.filter((line) => line === "pvesh set /nodes/localhost/network"),
      ["pvesh set /nodes/localhost/network"],
    );
    const text = fileOf(sim);
    assert.match(
      text,
      /auto bond0\niface bond0 inet manual\n\tbond-slaves eno2 eno3\n\tbond-miimon 100\n\tbond-mode 802\.3ad\n/,
    );
    assert.match(text, /\tbridge-ports bond0\n(?:.*\n)*?\tbridge-vids 2-100 200\n\tmtu 9000\n#guests\n/);
    assert.match(text, /auto bond0\.20\niface bond0\.20 inet static\n\taddress 10\.20\.0\.2\/24\n/);
    assert.match(text, /\tpost-up echo theirs\n/);
    for (const path of [`${FILE}.new`, "/var/lib/phxc/network/pending", "/var/lib/phxc/network/unconfirmed"]) {
      assert.not.ok(isThere(sim, path), path);
    }
    await quiet(sim, BRIDGE);
  }));

test("a changed option is told with both values, and the address of its interface stays", () =>
  withHost(installed(), async (sim) => {
    const source = host("bridge vmbr1 { ports = [eno2], address = 10.1.0.2/24, comment = old }");
    await run(sim, source);
    const changed = host("bridge vmbr1 { ports = [eno2, eno3], mtu = 1400, comment = absent }");
    const done = await run(sim, changed);
    assert.is(done.code, 0, done.text);
    assert.equal(done.said, [
      "~ host: interface vmbr1: bridge_ports eno2 -> eno2 eno3",
      "~ host: interface vmbr1: mtu (unset) -> 1400",
      "~ host: interface vmbr1: comments old -> (removed)",
    ]);
    assert.match(fileOf(sim), /\taddress 10\.1\.0\.2\/24\n\tbridge-ports eno2 eno3\n/);
    await quiet(sim, changed);
  }));

test("ports are joined by blanks: with commas they are one name that no card has", () =>
  withHost(installed(), async (sim) => {
    const words = "pvesh create /nodes/localhost/network --iface bond0 --type bond --slaves".split(" ");
    const joined = await sim.execute([...words, "eno2,eno3"]);
    assert.is(joined.code, 255);
    assert.match(joined.stderr, "unable to find slave 'eno2,eno3'");
    assert.is((await sim.execute([...words, "eno2 eno3"])).code, 0);
  }));

test("--check tells what it would do and touches nothing", () =>
  withHost(installed(), async (sim) => {
    const checked = await run(sim, BRIDGE, "--check");
    assert.equal([checked.code, checked.commands, fileOf(sim)], [2, [], INSTALLED]);
    const own = await run(sim, host("bridge vmbr0 { mtu = 1400 }"), "--check");
    assert.match(own.text, /vmbr0 carries the address by which this node is reached; --allow-disconnect does it/);
  }));

const CARRIERS: Readonly<Record<string, string>> = {
  "the bridge with its address": host("bridge vmbr0 { mtu = 1400 }"),
  "the card below that": host("interface eno1 { mtu = 1400 }"),
  "a bridge that takes the card": host("bridge vmbr1 { ports = [eno1] }"),
};

for (const [name, source] of Object.entries(CARRIERS)) {
  test(`without --allow-disconnect, ${name} is not changed`, () =>
    withHost(installed(), async (sim) => {
      const done = await run(sim, source);
      assert.equal([done.code, done.commands, fileOf(sim)], [3, [], INSTALLED], done.text);
      assert.match(done.text, /Refused; nothing was touched:\n {2}- \S+ carries the address .*--allow-disconnect/);
    }));
}

test("the interface that an ssh connection came in by carries an address of the node, too", () =>
  withHost(installed(), async (sim) => {
    const source = host("bridge vmbr1 { ports = [eno2], address = 10.1.0.2/24 }");
    await run(sim, source);
    const { script } = await compileSource(host("bridge vmbr1 { mtu = 1400 }"));
    const env = { SSH_CONNECTION: "10.1.0.9 50000 10.1.0.2 22" };
    const done = await sim.runScript(script, [], { env });
    assert.is(done.code, 3);
    assert.match(done.stderr, /vmbr1 carries the address/);
  }));

test("with --allow-disconnect it is changed, and stays so when the gateway answers", () =>
  withHost(installed(), async (sim) => {
    const source = host("bridge vmbr0 { mtu = 1400 }");
    const done = await run(sim, source, "--allow-disconnect");
    assert.is(done.code, 0, done.text);
    assert.match(fileOf(sim), /\tmtu 1400\n/);
    // The timer runs out later and finds that all is well.
    const [timer] = sim.state.timers;
    const [program = "", script = "", ...words] = timer?.argv ?? [];
    assert.is(program, "/bin/bash");
    const fired = await sim.runScript(script, words);
    assert.is(fired.code, 0, fired.stderr);
    assert.match(fileOf(sim), /\tmtu 1400\n/);
    await quiet(sim, source);
  }));

/** Runs with a `sleep` that takes no time. */
async function impatiently(sim: SimulatedHost, source: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "phxc-sleep-"));
  writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  try {
    const { script } = await compileSource(source);
    return await sim.runScript(script, args, { env: { PATH: `${folder}:${sim.env["PATH"] ?? ""}` } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a change after which the gateway does not answer is taken back at once", () =>
  withHost(installed(), async (sim) => {
    const done = await impatiently(sim, host("bridge vmbr0 { ports = [] }"), "--allow-disconnect");
    assert.is(done.code, 4, done.stdout);
    assert.match(done.stderr, /10\.0\.0\.1 does not answer any more; the network is as it was before/);
    assert.is(fileOf(sim), INSTALLED);
    assert.not.ok(isThere(sim, "/var/lib/phxc/network/pending"));
  }));

test("a script that is cut off with the network leaves a timer that takes the change back", () =>
  withHost(installed(), async (sim) => {
    const { script } = await compileSource(host("bridge vmbr0 { ports = [] }"));
    const whole = await sim.runScript(script, ["--allow-disconnect", "--check"]);
    assert.is(whole.code, 2);
    const killed = await sim.runScript(script, ["--allow-disconnect"], { fault: { at: 3, when: "after" } });
    assert.is(killed.commands.at(-1)?.argv.join(" "), "pvesh set /nodes/localhost/network");
    assert.not.equal(fileOf(sim), INSTALLED);
    const [program, path = "", ...words] = sim.state.timers[0]?.argv ?? [];
    assert.is(program, "/bin/bash");
    const fired = await sim.runScript(path, words);
    assert.is(fired.code, 0, fired.stderr);
    assert.is(fileOf(sim), INSTALLED);
    // Its second shot hits nothing.
    writeFileSync(join(sim.root, FILE), INSTALLED.replace("echo theirs", "echo later"));
    await sim.runScript(path, words);
    assert.match(fileOf(sim), /echo later/);
  }));

/** Cuts a run off right after it has applied the network, and lets the timer fire. */
async function takenBack(sim: SimulatedHost, source: string): Promise<void> {
  const { script } = await compileSource(source);
  await sim.runScript(script, ["--allow-disconnect"], { fault: { at: 3, when: "after" } });
  const [, path = "", ...words] = sim.state.timers.at(-1)?.argv ?? [];
  assert.is((await sim.runScript(path, words)).code, 0);
  assert.is(fileOf(sim), INSTALLED);
}

test("the run after a change that the timer took back tells of it, and makes it again only when asked", () =>
  withHost(installed(), async (sim) => {
    const source = host("bridge vmbr0 { mtu = 1400 }");
    await takenBack(sim, source);
    const check = await run(sim, source, "--check");
    assert.is(check.code, 2, check.text);
    assert.match(check.text, /the change of vmbr0 was taken back at \d{4}-/);
    const again = await run(sim, source, "--allow-disconnect");
    assert.equal([again.code, again.commands, fileOf(sim)], [3, [], INSTALLED]);
    assert.match(again.text, /it is not made again as it was: change the files, or say --retry-network/);
    const asked = await run(sim, source, "--allow-disconnect", "--retry-network");
    assert.is(asked.code, 0, asked.text);
    assert.match(asked.text, /the change of vmbr0 was taken back/);
    assert.not.ok(isThere(sim, "/var/lib/phxc/network/reverted"));
    await quiet(sim, source);
  }));

test("another change than the one that was taken back is made, and the former told", () =>
  withHost(installed(), async (sim) => {
    await takenBack(sim, host("bridge vmbr0 { mtu = 1450 }"));
    const mended = host("bridge vmbr0 { mtu = 1400 }");
    const done = await run(sim, mended, "--allow-disconnect");
    assert.is(done.code, 0, done.text);
    assert.match(done.text, /the change of vmbr0 was taken back/);
    await quiet(sim, mended);
  }));

test("a host that is as declared forgets that a change was taken back", () =>
  withHost(installed(), async (sim) => {
    await takenBack(sim, host("bridge vmbr0 { mtu = 1400 }"));
    const done = await run(sim, host("bridge vmbr0 { ports = [eno1] }"));
    assert.equal([done.code, done.said, isThere(sim, "/var/lib/phxc/network/reverted")], [0, [], false]);
  }));

test("where nothing answers a ping, what carries the address is not changed", () =>
  withHost(installed({ silent: ["10.0.0.1"] }), async (sim) => {
    const done = await run(sim, host("bridge vmbr0 { mtu = 1400 }"), "--allow-disconnect");
    assert.is(done.code, 3);
    assert.match(done.text, /neither a gateway nor the other end of this connection answers/);
    assert.is(fileOf(sim), INSTALLED);
  }));

test("changes that somebody else has prepared are neither changed nor applied", () => {
  const theirs = INSTALLED.replace("eno1\n\tbridge-stp", "none\n\tbridge-stp");
  const state = emptyHost({ nics: NICS, files: { [FILE]: INSTALLED, [`${FILE}.new`]: theirs } });
  return withHost(state, async (sim) => {
    const done = await run(sim, BRIDGE);
    assert.is(done.code, 3);
    assert.match(done.text, /somebody has prepared changes of the network/);
    assert.equal([done.commands, fileOf(sim), fileOf(sim, `${FILE}.new`)], [[], INSTALLED, theirs]);
    // What is as declared needs none of them.
    await quiet(sim, host("bridge vmbr0 { ports = [eno1] }"));
  });
});

test("what an administrator wrote is understood: netmasks, old spellings, numbers of modes", () => {
  const text = `${INSTALLED}
auto vmbr1
iface vmbr1 inet static
	address 10.1.0.2
	netmask 255.255.252.0
	bridge_ports eno2 bond0
	bridge_vlan_aware yes
iface vmbr1 inet6 static
	address fd00::2/64
auto bond0
iface bond0 inet manual
	slaves eno3
	bond_mode 4
`;
  const source = host(
    "bridge vmbr1 { ports = [bond0, eno2], address = 10.1.0.2/22, address6 = fd00::2/64, vlan_aware = true }\n" +
      "bond bond0 { ports = [eno3], mode = 802.3ad }",
  );
  return withHost(emptyHost({ nics: NICS, files: { [FILE]: text } }), (sim) => quiet(sim, source));
});

test("a netmask of the host's own file that is none is not evaluated", () => {
  const mask = "NET[$(touch${IFS}${ROOT}/evaluated)0].255.0.0";
  const text = `${INSTALLED}\nauto vmbr1\niface vmbr1 inet static\n\taddress 10.1.0.2\n\tnetmask ${mask}\n\tbridge-ports eno2\n`;
  return withHost(emptyHost({ nics: NICS, files: { [FILE]: text } }), async (sim) => {
    const done = await run(sim, host("bridge vmbr1 { ports = [eno2] }"));
    assert.not(isThere(sim, "/evaluated"), done.text);
  });
});

test("a guest on a bridge that the same plan makes needs no bridge before it", async () => {
  const source = `${host("bridge vmbr5 { ports = [eno2] }")}
vm 100 a { disk root { size = 1GiB, storage = local-lvm }, net lan {} }
network lan { bridge = vmbr5 }
`;
  const { plan } = await compileSource(source);
  assert.equal(
    plan.requirements.filter(({ kind }) => kind === "bridge"),
    [],
  );
  const state = presupposed(plan);
  assert.not.ok(state.bridges.some(({ name }) => name === "vmbr5"));
  await wholeRun(await compileSource(source));
});

test("killed at any command, the next run ends in the same state", async () => {
  const whole = await wholeRun(await compileSource(BRIDGE), installed());
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

provesMatrix(test, import.meta.url);

test.run();
