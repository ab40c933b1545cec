import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { Seen } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { FILE, fileOf, host, installed, INSTALLED, NICS, quiet, run } from "../support/network.js";
import { compileSource, withHost } from "../support/rehearsal.js";

const test = suite("Open vSwitch");

test("an interface of Open vSwitch is not turned into one of Linux, nor the other way round", () => {
  const text = INSTALLED + "\nauto vmbr9\niface vmbr9 inet manual\n\tovs_type OVSBridge\n";
  return withHost(emptyHost({ nics: NICS, files: { [FILE]: text } }), async (sim) => {
    const done = await run(sim, host("bridge vmbr9 { ports = [eno2] }"));
    assert.equal([done.code, done.commands], [3, []]);
    assert.match(done.text, "vmbr9 is OVSBridge of Open vSwitch, declared as one of Linux");
    const other = await run(sim, host("ovs_bridge vmbr0 { ports = [eno1] }"), "--allow-disconnect");
    assert.equal([other.code, other.commands], [3, []]);
    assert.match(other.text, "vmbr0 is an interface of Linux, declared as OVSBridge");
    assert.is(fileOf(sim), text);
  });
});

const SWITCH = host(`
  ovs_bridge vmbr1 { ports = [eno4], mtu = 9000 }
  ovs_bond bond0 { bridge = vmbr1, ports = [eno2, eno3], mode = lacp-balance-tcp, tag = 5, settings = "vlan_mode=native-untagged" }
  ovs_port storage { bridge = vmbr1, tag = 20, address = 10.20.0.2/24, comment = "storage" }
`);

test("a bridge, a bond and a port of Open vSwitch are made with its package; a second run asks nobody", () =>
  withHost(installed({ nics: [...NICS, "eno4"] }), async (sim) => {
    const first = await run(sim, SWITCH);
    assert.is(first.code, 0, first.text);
    assert.equal(first.said, [
      "+ host: package openvswitch-switch",
      "+ host: interface vmbr1",
      "+ host: interface bond0",
      "+ host: interface storage",
    ]);
    const text = fileOf(sim);
    assert.match(text, "\tovs_type OVSBridge\n\tovs_ports eno4 bond0 storage\n\tovs_mtu 9000\n");
    assert.match(text, "\tovs_bonds eno2 eno3\n\tovs_type OVSBond\n\tovs_bridge vmbr1\n");
    assert.match(text, "\tovs_options vlan_mode=native-untagged bond_mode=balance-tcp lacp=active tag=5\n");
    assert.match(text, /iface storage inet static\n\taddress 10\.20\.0\.2\/24\n\tovs_type OVSIntPort\n/);
    await quiet(sim, SWITCH);
  }));

test("cards of a bridge of Open vSwitch change, and bonds and ports stay on it", () =>
  withHost(installed({ nics: [...NICS, "eno4", "eno5"] }), async (sim) => {
    await run(sim, SWITCH);
    const more = SWITCH.replace("ports = [eno4]", "ports = [eno4, eno5]").replace("tag = 20", "tag = 21");
    const done = await run(sim, more);
    assert.is(done.code, 0, done.text);
    assert.equal(done.said, [
      "~ host: interface vmbr1: ovs_ports eno4 -> eno4 eno5",
      "~ host: interface storage: ovs_tag 20 -> 21",
    ]);
    assert.match(fileOf(sim), "\tovs_ports eno4 eno5 bond0 storage\n");
    await quiet(sim, more);
    const none = SWITCH.replace("ports = [eno4]", "ports = []").replace("tag = 20", "tag = 21");
    const fewer = await run(sim, none);
    assert.is(fewer.code, 0, fewer.text);
    assert.match(fileOf(sim), "\tovs_ports bond0 storage\n");
    await quiet(sim, none);
  }));

test("the way to the node leads through a port of Open vSwitch to its bridge, its bond and their cards", () => {
  const text = `auto vmbr1
iface vmbr1 inet manual
	ovs_type OVSBridge
	ovs_ports bond0 mgmt

auto bond0
iface bond0 inet manual
	ovs_bonds eno2 eno3
	ovs_type OVSBond
	ovs_bridge vmbr1
	ovs_options bond_mode=active-backup

auto mgmt
iface mgmt inet static
	address 10.0.0.2/24
	gateway 10.0.0.1
	ovs_type OVSIntPort
	ovs_bridge vmbr1
`;
  return withHost(emptyHost({ nics: NICS, files: { [FILE]: text } }), async (sim) => {
    for (const source of [
      "interface eno3 { mtu = 9000 }",
      "ovs_bond bond0 { bridge = vmbr1, ports = [eno2, eno3], mode = balance-slb }",
      "ovs_bridge vmbr1 { mtu = 9000 }",
      "bridge vmbr2 { ports = [eno2] }",
    ]) {
      const done = await run(sim, host(source));
      assert.is(done.code, 3, source + done.text);
      assert.match(done.text, /carries the address by which this node is reached/);
    }
  });
});

test("Open vSwitch killed at any command ends in the same state", async () => {
  const whole = await wholeRun(await compileSource(SWITCH), installed({ nics: [...NICS, "eno4"] }));
  const seen: Seen = new Map();
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when), seen);
});

test.run();
