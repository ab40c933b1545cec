import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: network");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }";

test("duplicate addresses are found on one network, across prefixes and spellings", async () => {
  const [finding] = await expectFindings(`
${LAN}
ct 101 a { net lan { ip = 10.0.0.5 } }
ct 102 b { net lan { ip = 10.0.0.5/24 } } # PHX4001
vm 103 c { net lan { ip = 10.0.0.6 } }
`);
  assert.is(finding?.message, "ct 102 b has the address 10.0.0.5 in lan, which ct 101 a has");
  assert.is(finding?.related.length, 1);
});

test("IPv6 addresses are equal in any spelling", async () => {
  await expectFindings(`
network six { bridge = vmbr6, subnet = 2001:db8::/64, gateway = 2001:db8::1 }
ct 101 a { net six { ip = 2001:db8::5 } }
ct 102 b { net six { ip = 2001:db8:0:0::5 } } # PHX4001
ct 103 c { net six { ip = 2001:db8::50 } }
`);
});

test("`ip6` is looked at like `ip`", async () => {
  await expectFindings(`
network dual { bridge = vmbr6, subnet = 10.0.0.0/24, subnet6 = 2001:db8::/64 }
host pve { address = 2001:db8::9 }
ct 101 a { net dual { ip = 10.0.0.5, ip6 = 2001:db8::5 } }
ct 102 b { net dual { ip = 10.0.0.6, ip6 = 2001:db8:0::5/64 } } # PHX4001
ct 103 c { net dual { ip = 10.0.0.7, ip6 = 2001:db9::5 } } # PHX4003
ct 104 d { net dual { ip = 10.0.0.8, ip6 = 2001:db8::9 } } # PHX4005
ct 105 e { net dual { ip = 10.0.0.9, ip6 = auto } }
`);
});

test("equal addresses in networks that do not meet are left alone", async () => {
  await expectFindings(`
network a { bridge = vmbr0, subnet = 10.0.0.0/24 }
network b { bridge = vmbr0, subnet = 10.0.0.0/24, vlan = 20 }
network c { bridge = vmbr1, subnet = 10.0.0.0/24 }
ct 101 a { net a { ip = 10.0.0.5 } }
ct 102 b { net b { ip = 10.0.0.5 } }
ct 103 c { net c { ip = 10.0.0.5 } }
ct 104 d { net a { ip = dhcp } }
ct 105 e { net a { ip = dhcp } }
`);
});

test("two networks on one bridge do meet", async () => {
  await expectFindings(`
network a { bridge = vmbr0, subnet = 10.0.0.0/24 }
network b { bridge = vmbr0, subnet = 10.0.0.0/24 }
ct 101 a { net a { ip = 10.0.0.5 } }
ct 102 b { net b { ip = 10.0.0.5 } } # PHX4001
`);
});

test("MAC addresses are compared without regard to case, inside one guest as well", async () => {
  await expectFindings(`
${LAN}
ct 101 a {
  net lan { ip = 10.0.0.5, mac = 52:54:00:AA:BB:01 }
  net lan { ip = none, mac = 52:54:00:aa:bb:01 } # PHX4002
}
ct 102 b { net lan { ip = 10.0.0.6, mac = 52:54:00:aa:bb:02 } }
ct 103 c { net lan { ip = 10.0.0.7 } }
ct 104 d { net lan { ip = 10.0.0.8 } }
`);
});

test("addresses are in their subnet and are no reserved ones", async () => {
  await expectFindings(`
${LAN}
ct 101 a { net lan { ip = 10.0.1.5 } } # PHX4003
ct 102 b { net lan { ip = 10.0.0.0 } } # PHX4006
ct 103 c { net lan { ip = 10.0.0.255 } } # PHX4006
ct 104 d { net lan { ip = 10.0.0.5/16 } } # PHX4008
ct 105 e { net lan { ip = 10.0.0.254/24 } }
ct 106 f { net lan { ip = 10.0.0.2 } }
`);
});

test("subnets of one or two addresses have no reserved ones, networks without subnet no judgement", async () => {
  await expectFindings(`
network link { bridge = vmbr1, subnet = 10.1.0.0/31 }
network free { bridge = vmbr2 }
ct 101 a { net link { ip = 10.1.0.0 } }
ct 102 b { net link { ip = 10.1.0.1 } }
ct 103 c { net free { ip = 10.9.0.255/24 } }
`);
});

test("a broken address yields only its own finding", async () => {
  const found = await expectFindings(`${LAN}\nct 101 a { net lan { ip = 10.0.0.300 } }`, /^PHX[13]/);
  assert.is(found.length, 0);
});

test("gateways are in the subnet, and nobody has their address", async () => {
  await expectFindings(`
network far { bridge = vmbr1, subnet = 10.1.0.0/24, gateway = 10.2.0.1 } # PHX4007
${LAN}
ct 101 a { net lan { ip = 10.0.0.1 } } # PHX4004
ct 102 b { net lan { ip = 10.0.0.5, gateway = 10.7.0.1 } } # PHX4007
ct 103 c { net lan { ip = 10.0.0.6, gateway = 10.0.0.7 } }
`);
});

test("a router without a gateway of its own, and host prefixes, are left alone", async () => {
  await expectFindings(`
${LAN}
network free { bridge = vmbr1 }
ct 101 router { net lan { ip = 10.0.0.1, gateway = absent } }
ct 102 cloud { net free { ip = 192.0.2.7/32, gateway = 198.51.100.1 } }
`);
});

test("the address of a host is taken", async () => {
  await expectFindings(`
host pve1 { address = 10.0.0.13 }
${LAN}
ct 101 a { net lan { ip = 10.0.0.13 } } # PHX4005
ct 102 b { net lan { ip = 10.0.0.14 } }
`);
});

test("the address of an interface of a host is taken too, that of a bridge by those on it", async () => {
  await expectFindings(`
host pve1 {
  bridge vmbr0 { ports = [eno1], address = 10.0.0.13/24, address6 = fd00::13/64 }
  bridge vmbr1 { address = 10.0.0.14/24 }
  vlan "vmbr0.20" { address = 10.0.0.15/24 }
}
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1, subnet6 = fd00::/64 }
ct 101 a { net lan { ip = 10.0.0.13 } } # PHX4005
ct 102 b { net lan { ip = 10.0.0.14 } }
ct 103 c { net lan { ip = 10.0.0.15 } } # PHX4005
ct 104 d { net lan { ip = none, ip6 = fd00::13 } } # PHX4005
`);
});

test("pools of IPv6 are looked at like those of IPv4; what is drawn belongs into its pool", async () => {
  await expectFindings(`
host pve1 { address = fd00::1f } # PHX4009
network lan {
  bridge = vmbr0
  subnet = 10.0.0.0/24
  pool = 10.0.0.150..10.0.0.199
  subnet6 = fd00::/64
  gateway6 = fd00::10 # PHX4009
  pool6 = fd00::10..fd00::1f
}
network bad { bridge = vmbr1, subnet6 = fd01::/64, pool6 = fd01::10..fd01:0:0:1::10 } # PHX4011
ct 101 a { net lan { ip = auto, ip6 = pool } }
ct 102 b { net lan { ip = 10.0.0.5, ip6 = fd00::12 } } # PHX4009
`);
});

test("pools hold no fixed addresses and lie in their subnet", async () => {
  await expectFindings(`
host pve1 { address = 10.0.0.155 } # PHX4009
network lan {
  bridge  = vmbr0
  subnet  = 10.0.0.0/24
  gateway = 10.0.0.150 # PHX4009
  pool    = 10.0.0.150..10.0.0.199
}
network bad { bridge = vmbr1, subnet = 10.1.0.0/24, pool = 10.1.0.150..10.2.0.5 } # PHX4011
ct 101 a { net lan { ip = 10.0.0.160 } } # PHX4009
ct 102 b { net lan { ip = 10.0.0.149 } }
ct 103 c { net lan { ip = 10.0.0.200 } }
ct 104 d { net lan { ip = dhcp } }
`);
});

test("a pool is that of its bridge, whichever network a guest names", async () => {
  await expectFindings(`
network auto { bridge = vmbr0, subnet = 10.0.0.0/24, pool = 10.0.0.150..10.0.0.199 }
network same { bridge = vmbr0, subnet = 10.0.0.0/24 }
network other { bridge = vmbr1, subnet = 10.0.0.0/24 }
ct 101 a { net same { ip = 10.0.0.160 } } # PHX4009
ct 102 b { net other { ip = 10.0.0.161 } }
`);
});

const resolver = (rules: string, more = ""): string => `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
ct 101 web {
  net lan { ip = 10.0.0.53, firewall = true }
  firewall {
    ${more}
    ${rules}
  }
}
ct 102 app {
  nameservers = [10.0.0.53, 9.9.9.9] # PHX4010
  net lan { ip = 10.0.0.6 }
}
`;

test("a name server behind a firewall that drops queries is found", async () => {
  await expectFindings(resolver("in accept tcp 443 from lan"));
  await expectFindings(resolver("in drop udp 53 from lan"));
});

test("a name server that may answer is left alone", async () => {
  const quiet = (rules: string, more?: string): string => resolver(rules, more).replace(" # PHX4010", "");
  await expectFindings(quiet("in accept udp 53 from lan"));
  await expectFindings(quiet("in accept udp 50..60 from lan"));
  await expectFindings(quiet("in accept tcp 443 from lan", "policy_in = accept"));
  await expectFindings(quiet("in accept tcp 443 from lan", "enabled = false"), /PHX4506/);
  await expectFindings(quiet("in accept tcp 443 from lan").replace(", firewall = true", ""), /PHX4507/);
});

test("a template is no name server", async () => {
  await expectFindings(`
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, dns = [10.0.0.53] } # PHX4010
ct 900 base {
  template = true
  net lan { ip = 10.0.0.53 }
}
`);
});

test("a clone keeps the addresses of its source that it does not replace", async () => {
  const found = await expectFindings(`
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
network iot { bridge = vmbr1, subnet = 10.1.0.0/24 }
ct 100 base {
  template = true
  net lan { ip = 10.0.0.5 }
  net iot { ip = 10.1.0.5 }
}
ct 101 a {
  clone = base # PHX4012 PHX4012
}
ct 102 b {
  clone = base # PHX4012
  net lan { ip = dhcp }
}
ct 103 c {
  clone = base # PHX4012
  net lan { firewall = true }
  net iot { ip = none }
}
ct 104 d {
  template = true
  clone = base
}
ct 105 e {
  clone = d # PHX4012
  net lan { ip = 10.0.0.6 }
}
ct 106 f {
  clone = base
  net lan { ip = 10.0.0.7 }
  net iot { ip = 10.1.0.7 }
}
ct 107 dynamic {
  template = true
  net lan { ip = dhcp }
}
ct 108 g { clone = dynamic }
`);
  assert.match(found[4]?.message ?? "", "ct 105 e keeps the address 10.1.0.5 in iot of ct 100 base");
});

test.run();
