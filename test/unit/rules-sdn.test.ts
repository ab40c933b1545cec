import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: names and subnets of networks");

const planned = (...lines: readonly string[]) => expectFindings(`${lines.join("\n")}\n`, undefined, "plan");

test("a virtual network has a name of its own", async () => {
  const found = await planned(
    "zone simple first { vnet apps {} }",
    "zone vlan second {",
    "  bridge = vmbr1",
    "  vnet apps { tag = 5 } # PHX4853",
    "  vnet web { tag = 6 }",
    "}",
  );
  assert.is(
    found[0]?.message,
    "the virtual network apps is a bridge of that name, which another virtual network has already",
  );
});

test("a virtual network is called like no interface of a node that it is on", async () => {
  const found = await planned(
    "host pve1 {",
    "  bridge vmbr1 { ports = [eno2] }",
    "  interface eno3 { mtu = 1500 }",
    "  dns { servers = [10.0.0.1] }",
    "}",
    "zone simple inner {",
    "  vnet vmbr1 {} # PHX4853",
    "  vnet eno3 {} # PHX4853",
    "  vnet vmbr2 {}",
    "}",
    "zone simple other { nodes = [pve2], vnet vmbr1 {} } # PHX4853",
    "zone simple third { nodes = [pve2], vnet eno3 {} } # PHX4853",
  );
  assert.is(
    found[0]?.message,
    "the virtual network vmbr1 is a bridge of that name, which the bridge of host pve1 has already",
  );
});

test("a zone that is not on a node has nothing to do with its interfaces", async () => {
  await planned("host pve1 { bridge vmbr1 { ports = [eno2] } }", "zone simple inner { nodes = [pve2], vnet vmbr1 {} }");
});

test("two interfaces of a host are in two subnets", async () => {
  const found = await planned(
    "host pve1 {",
    "  address = 10.0.0.2",
    "  bridge vmbr1 { address = 10.0.0.2/24 }",
    "  bridge vmbr2 { address = 10.0.0.3/24 } # PHX4854",
    "  bridge vmbr3 { address = 10.0.200.1/16 } # PHX4854",
    "  bridge vmbr4 { address = 10.1.0.1/24, address6 = fd00:1::1/64 }",
    "  bridge vmbr5 { address6 = fd00:1::2/64 } # PHX4854",
    "  bridge vmbr6 { address = 10.0.0.9/32, address6 = fe80::1/64 }",
    "  bridge vmbr7 { address = 10.2.0.1/24, address6 = fe80::2/64 }",
    "}",
  );
  assert.is(found[0]?.message, "vmbr2 has the address 10.0.0.3/24, in the subnet that vmbr1 is in with 10.0.0.2/24");
});

test("a gateway that nodes have themselves is in no subnet of theirs", async () => {
  const found = await planned(
    "host pve1 { address = 10.0.0.2, bridge vmbr1 { address = 10.9.0.2/24 } }",
    "zone simple inner {",
    "  vnet apps { subnet 10.0.0.0/16 { gateway = 10.0.0.1 } } # PHX4854",
    "  vnet web { subnet 10.9.0.0/24 { gateway = 10.9.0.1 } } # PHX4854",
    "  vnet own { subnet 10.0.0.0/30 { gateway = 10.0.0.2 } }",
    "  vnet none { subnet 10.0.1.0/24 { gateway = 10.0.1.1 } }",
    "  vnet bare { subnet 10.0.0.0/24 {} }",
    "}",
    "zone vlan tagged { bridge = vmbr1, vnet lan { tag = 5, subnet 10.0.0.0/24 { gateway = 10.0.0.1 } } }",
    "zone simple away { nodes = [pve2], vnet far { subnet 10.0.0.0/24 { gateway = 10.0.0.1 } } }",
  );
  assert.is(found[0]?.message, "apps has the address 10.0.0.1/16, in the subnet that host pve1 is in with 10.0.0.2");
});

test.run();
