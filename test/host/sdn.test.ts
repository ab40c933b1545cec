import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { Seen } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("the software-defined network");

const SOURCE = `
zone simple intern {
  dhcp = true
  mtu = 1450
  vnet guests {
    comment = "for guests"
    isolate = true
    subnet 10.50.0.0/24 { gateway = 10.50.0.1, snat = true, dhcp = 10.50.0.100..10.50.0.200, dns = 10.50.0.1 }
  }
  vnet dmz {}
}
`;

const GUEST = `
network inner { bridge = guests, subnet = 10.50.0.0/24 }
ct 101 web {
  image = "local:vztmpl/d.tar.zst"
  disk root { size = 1GiB, storage = local }
  net inner { ip = 10.50.0.5, gateway = 10.50.0.1 }
}
`;

async function run(sim: SimulatedHost, source: string, ...args: readonly string[]) {
  const { script } = await compileSource(source);
  const done = await sim.runScript(script, args);
  return { ...done, said: announced(done.stdout), changes: mutating(done), text: done.stdout + done.stderr };
}

const fileOf = (sim: SimulatedHost, part: string): string =>
  readFileSync(join(sim.root, `/etc/pve/sdn/${part}.cfg`), "utf8");

async function quiet(sim: SimulatedHost, source: string): Promise<void> {
  const again = await run(sim, source);
  assert.equal([again.code, again.said, again.commands.map(({ argv }) => argv.join(" "))], [0, [], []], again.text);
}

test("a zone, its networks and a subnet are made and applied once; a second run asks nobody", () =>
  withHost(emptyHost(), async (sim) => {
    const first = await run(sim, SOURCE);
    assert.is(first.code, 0, first.text);
    assert.equal(first.said, [
      "+ host: package dnsmasq",
      "+ host: zone intern",
      "+ host: vnet guests",
      "+ host: subnet intern-10.50.0.0-24",
      "+ host: vnet dmz",
    ]);
    assert.is(first.changes.filter((line) => line === "pvesh set /cluster/sdn").length, 1);
    assert.is(fileOf(sim, "zones"), "simple: intern\n\tmtu 1450\n\tdhcp dnsmasq\n\tipam pve\n\n");
    assert.match(fileOf(sim, "subnets"), /\tdhcp-range start-address=10\.50\.0\.100,end-address=10\.50\.0\.200\n/);
    await quiet(sim, SOURCE);
  }));

test("an option that differs is set alone; what the files do not say stays", () =>
  withHost(emptyHost(), async (sim) => {
    await run(sim, SOURCE);
    const changed = SOURCE.replace("mtu = 1450", "mtu = 1400").replace("isolate = true", "isolate = false");
    const done = await run(sim, changed);
    assert.is(done.code, 0, done.text);
    assert.equal(done.said, ["~ host: zone intern: mtu 1450 -> 1400", "~ host: vnet guests: isolate-ports 1 -> 0"]);
    assert.equal(done.changes, [
      "pvesh set /cluster/sdn/zones/intern --mtu 1400",
      "pvesh set /cluster/sdn/vnets/guests --isolate-ports 0",
      "pvesh set /cluster/sdn",
    ]);
    await quiet(sim, changed);
  }));

test("what somebody else has changed and not applied is not applied by a plan", () =>
  withHost(emptyHost(), async (sim) => {
    const byHand = await sim.execute("pvesh create /cluster/sdn/zones --zone theirs --type simple".split(" "));
    assert.is(byHand.code, 0, byHand.stderr);
    const done = await run(sim, SOURCE);
    assert.equal([done.code, done.changes.filter((line) => line.startsWith("pvesh"))], [4, []]);
    assert.match(done.text, /somebody has changed zones of the software-defined network and not applied it/);
  }));

test("a zone of another type is refused", () =>
  withHost(emptyHost(), async (sim) => {
    await run(sim, SOURCE);
    const done = await run(sim, "zone vlan intern { bridge = vmbr0 }\n");
    assert.equal([done.code, done.changes], [4, []]);
    assert.match(done.text, /the zone intern is of type simple, declared as vlan/);
  }));

test("a guest waits for the zone that makes its bridge, and preflight asks for none", async () => {
  const compiled = await compileSource(SOURCE + GUEST);
  assert.equal(
    compiled.plan.requirements.filter(({ kind }) => kind === "bridge"),
    [],
  );
  const order = compiled.plan.steps.map(({ id }) => id);
  assert.ok(order.indexOf("zone.intern.apply") < order.indexOf("ct.101.create"), order.join("\n"));
  await wholeRun(compiled);
});

test("nothing of a zone is taken away: `absent` is refused", async () => {
  for (const [from, to] of [
    ["mtu = 1450", "mtu = absent"],
    ['comment = "for guests"', "comment = absent"],
    ["snat = true", "snat = absent"],
  ] as const)
    await compileSource(SOURCE.replace(from, to)).then(
      () => assert.unreachable(to),
      ({ message }: Error) => assert.match(message, /cannot be absent|`absent`/, to),
    );
});

test("killed at any command, the next run ends in the same state", async () => {
  const whole = await wholeRun(await compileSource(SOURCE), emptyHost());
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

const OVERLAYS = `
controller evpn core { asn = 65000, peers = [10.0.0.2, 10.0.0.3] }
controller bgp edge { node = pve, asn = 65001, peers = [10.0.0.1], ebgp = true, ebgp_multihop = 3, loopback = dummy0 }
zone qinq tenant { bridge = vmbr0, tag = 100, protocol = "802.1ad", vnet tenant1 { tag = 20 }, vnet bare {} }
zone vxlan over { peers = [10.0.0.2, 10.0.0.3], port = 4790, nodes = [pve], mtu = 1450, vnet wide { tag = 100000 } }
zone evpn routed {
  controller = core
  vrf = 10000
  mac = 02:00:00:00:00:01
  exit_nodes = [pve, pve2]
  primary_exit_node = pve
  exit_local_routing = true
  advertise_subnets = true
  disable_arp_nd_suppression = true
  rt_import = ["65000:1", "65000:2"]
  vnet apps { tag = 11000, subnet 10.60.0.0/24 { gateway = 10.60.0.1, snat = true } }
}
zone simple ranges {
  dhcp = true
  vnet many {
    subnet 10.70.0.0/24 { gateway = 10.70.0.1, dhcp = [10.70.0.10..10.70.0.19, 10.70.0.30..10.70.0.39] }
  }
}
`;

test("controllers, stacked VLANs, VXLANs and routed ones are made once; a second run asks nobody", () =>
  withHost(emptyHost(), async (sim) => {
    const first = await run(sim, OVERLAYS);
    assert.is(first.code, 0, first.text);
    assert.ok(
      first.changes.some((line) => line.endsWith("-- dnsmasq frr frr-pythontools")),
      first.changes.join("\n"),
    );
    const part = (name: string): string => fileOf(sim, name);
    assert.match(part("controllers"), "evpn: core\n\tasn 65000\n\tpeers 10.0.0.2,10.0.0.3\n");
    assert.match(part("controllers"), "\tebgp-multihop 3\n\tloopback dummy0\n");
    assert.match(part("zones"), "qinq: tenant\n\tbridge vmbr0\n\ttag 100\n\tvlan-protocol 802.1ad\n");
    assert.match(part("zones"), "vxlan: over\n\tpeers 10.0.0.2,10.0.0.3\n\tvxlan-port 4790\n");
    assert.match(part("zones"), /evpn: routed\n\tcontroller core\n\tvrf-vxlan 10000\n(?:.*\n)*?\texitnodes pve,pve2\n/);
    const lines = part("subnets").match(/\tdhcp-range .*\n/g);
    assert.equal(lines, [
      "\tdhcp-range start-address=10.70.0.10,end-address=10.70.0.19\n",
      "\tdhcp-range start-address=10.70.0.30,end-address=10.70.0.39\n",
    ]);
    await quiet(sim, OVERLAYS);
  }));

test("lists that only differ in their order are no change; a range that differs sets all of them", () =>
  withHost(emptyHost(), async (sim) => {
    await run(sim, OVERLAYS);
    const turned = OVERLAYS.replace("[pve, pve2]", "[pve2, pve]")
      .replace("[10.0.0.2, 10.0.0.3], port", "[10.0.0.3, 10.0.0.2], port")
      .replace("[10.70.0.10..10.70.0.19, 10.70.0.30..10.70.0.39]", "[10.70.0.30..10.70.0.39, 10.70.0.10..10.70.0.19]");
    await quiet(sim, turned);
    // The same ends in other ranges are other ranges.
    const crossed = OVERLAYS.replace(
      "[10.70.0.10..10.70.0.19, 10.70.0.30..10.70.0.39]",
      "[10.70.0.10..10.70.0.18, 10.70.0.30..10.70.0.39]",
    );
    const done = await run(sim, crossed);
    assert.is(done.code, 0, done.text);
    assert.equal(done.changes, [
      "pvesh set /cluster/sdn/vnets/many/subnets/ranges-10.70.0.0-24 " +
        "--dhcp-range start-address=10.70.0.10,end-address=10.70.0.18 --dhcp-range start-address=10.70.0.30,end-address=10.70.0.39",
      "pvesh set /cluster/sdn",
    ]);
    await quiet(sim, crossed);
  }));

test("a controller without zones is applied by itself", () =>
  withHost(emptyHost(), async (sim) => {
    const source =
      'controller isis ring { node = pve, domain = ring, net = "49.0001.1921.6800.1002.00", interfaces = [eno2] }\n';
    const done = await run(sim, source);
    assert.is(done.code, 0, done.text);
    assert.equal(
      done.changes.filter((line) => line.startsWith("pvesh")),
      [
        "pvesh create /cluster/sdn/controllers --controller ring --type isis --node pve --isis-domain ring --isis-net 49.0001.1921.6800.1002.00 --isis-ifaces eno2",
        "pvesh set /cluster/sdn",
      ],
    );
    await quiet(sim, source);
  }));

test("zones come after their controllers, whatever the order of the files", async () => {
  const { plan } = await compileSource(
    OVERLAYS.split("\n")
      .toReversed()
      .filter((line) => /^(controller)/.test(line))
      .join("\n") + OVERLAYS.replace(/^controller.*$/gm, ""),
  );
  const order = plan.steps.map(({ id }) => id);
  assert.ok(order.indexOf("controller.edge.controller") < order.indexOf("zone.routed.zone"), order.join("\n"));
  assert.ok(order.indexOf("controller.core.controller") < order.indexOf("zone.routed.zone"), order.join("\n"));
});

test("what somebody else has changed of controllers is not applied either", () =>
  withHost(emptyHost(), async (sim) => {
    await sim.execute(
      "pvesh create /cluster/sdn/controllers --controller theirs --type evpn --asn 1 --peers 10.0.0.9".split(" "),
    );
    const done = await run(sim, SOURCE);
    assert.is(done.code, 4);
    assert.match(done.text, /somebody has changed controllers of the software-defined network/);
  }));

test("overlays killed at any command end in the same state", async () => {
  const whole = await wholeRun(await compileSource(OVERLAYS), emptyHost());
  const seen: Seen = new Map();
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when), seen);
});

provesMatrix(test, import.meta.url);

test.run();
