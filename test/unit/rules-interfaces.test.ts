import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: interfaces of a host");

const planned = (text: string) => expectFindings(text, undefined, "plan");

const hostOf = (...lines: readonly string[]): string => `host pve1 {\naddress = 10.9.0.2\n${lines.join("\n")}\n}\n`;

test("an address is of its family, and nobody else's", async () => {
  const found = await planned(
    hostOf(
      "bridge vmbr1 { address = fd00::5/64 } # PHX5658",
      "bridge vmbr2 { address6 = 10.2.0.5/24 } # PHX5658",
      "bridge vmbr3 { address = 10.3.0.255/24 } # PHX5658",
      "bridge vmbr4 { address = 10.4.0.0/24 } # PHX5658",
      "bridge vmbr5 { address = 10.5.0.1/24, gateway = 10.5.0.1 } # PHX5658",
      "bridge vmbr6 { address = 10.6.0.0/31 }",
      "bridge vmbr7 { address = 10.7.0.5/24, address6 = fd00:7::7/64 }",
      "bridge vmbr8 { address6 = fd00:8::2/64, gateway6 = fd00:8::2 } # PHX5658",
    ),
  );
  assert.is(found[0]?.message, "vmbr1 cannot have the address fd00::5/64: it is one of IPv6, which `address6` takes");
});

test("tags are those that there are, in names and in the list of a bridge", async () => {
  await planned(
    hostOf(
      'vlan "eno2.0" {} # PHX5659',
      'vlan "eno2.4095" {} # PHX5659',
      "vlan vlan5000 { device = eno2 } # PHX5659",
      'vlan "eno2.4094" {}',
      'bridge vmbr1 { vlan_aware = true, vlans = "200-2" } # PHX5659',
      'bridge vmbr2 { vlan_aware = true, vlans = "1-5" } # PHX5659',
      'bridge vmbr3 { vlan_aware = true, vlans = "2-100 4094" }',
      'bridge vmbr4 { vlan_aware = true, vlans = "2 5000" } # PHX5659',
    ),
  );
});

test("a list of tags needs a bridge that knows them", async () => {
  await planned(
    hostOf(
      'bridge vmbr1 { vlans = "2-100" } # PHX5624',
      'bridge vmbr2 { vlan_aware = false, vlans = "2-9" } # PHX5624',
    ),
  );
});

test("what is below another can be so", async () => {
  const found = await planned(
    hostOf(
      "bridge vmbr1 { ports = [vmbr1] } # PHX5623",
      "vlan vlan9 { device = vlan9 } # PHX5623",
      "bridge vmbr2 {}",
      "bond bond1 { ports = [vmbr2] } # PHX5623",
      "bridge vmbr3 { ports = [bond2] }",
      "bond bond2 { ports = [eno3, eno4] }",
      "interface eno5 { address = 10.5.0.2/24 }",
      "bridge vmbr4 { ports = [eno5] } # PHX5623",
      'bridge vmbr6 { ports = ["eno9.6"] }',
      'vlan "eno9.6" { mtu = 1400 }',
      "ovs_bridge vmbr7 { ports = [bond3] } # PHX5623",
      "bond bond3 { ports = [eno7] }",
    ),
  );
  assert.is(found[0]?.message, "vmbr1 cannot be below vmbr1: it is the same interface");
});

test("an MTU is not larger than that of what it is on", async () => {
  const [finding] = await planned(
    hostOf(
      "interface eno1 { mtu = 9000 }",
      "interface eno2 { mtu = 4000 }",
      "interface eno3 { mtu = absent }",
      "bridge vmbr1 { ports = [eno1, eno2, eno7], mtu = 9000 } # PHX5669",
      "bridge vmbr2 { ports = [eno3], mtu = 1501 } # PHX5669",
      "bond bond1 { ports = [eno4], mtu = 1500 }",
      "interface eno4 { mtu = 9000 } # PHX5669",
      'vlan "eno1.5" { mtu = 9001 } # PHX5669',
      "vlan vlan6 { device = eno1, mtu = 9000 }",
      'bridge vmbr3 { ports = ["eno2.9"], mtu = 4001 } # PHX5669',
      'bridge vmbr4 { ports = ["eno2.8"], mtu = 4000 }',
      "ovs_bridge vmbr5 { ports = [eno8], mtu = 1600 }",
      "interface eno8 { mtu = 1700 } # PHX5669",
      "ovs_port inner { bridge = vmbr5, mtu = 1601 } # PHX5669",
      "ovs_bond bond2 { bridge = vmbr5, ports = [eno9], mtu = 1600 }",
      "interface eno9 { mtu = 1601 } # PHX5669",
    ),
  );
  assert.is(finding?.message, "vmbr1 has an MTU of 9000, and eno2 lets 4000 pass");
});

test("what a block does not say is the host's: nothing is said of it", async () => {
  await planned(
    hostOf(
      "interface eno1 {}",
      "bridge vmbr1 { ports = [eno1, eno2], mtu = 9000 }",
      'vlan "eno1.5" { mtu = 9000 }',
      "interface eno3 { mtu = 9000 }",
      "bridge vmbr2 { ports = [eno3], mtu = absent }",
    ),
  );
});

test("a bond says the MTU that is asked of it", async () => {
  const [finding] = await planned(
    hostOf(
      "bond bond1 { ports = [eno1, eno2] } # PHX4852",
      "bridge vmbr1 { ports = [bond1], mtu = 9000 }",
      "bond bond2 { ports = [eno3], mtu = absent } # PHX4852",
      "interface eno3 { mtu = 4000 }",
      "bond bond3 { ports = [eno4] }",
      "bridge vmbr3 { ports = [bond3], mtu = 1500 }",
      "bond bond4 { ports = [eno5], mtu = 9000 }",
      'vlan "bond4.7" { mtu = 9000 }',
    ),
  );
  assert.is(finding?.message, "vmbr1 has an MTU of 9000, and the block of bond1 says none");
});

test("one name in two blocks is one finding", async () => {
  const [finding, ...others] = await planned(hostOf("interface vmbr5 { mtu = 1400 }", "bridge vmbr5 {} # PHX5640"));
  assert.equal([finding?.message, others], ["`vmbr5` is declared as `interface` already", []]);
});

test.run();
