import { suite } from "uvu";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: addresses by DHCP in zones");

/** A zone with a virtual network, and a network on it. */
const zone = (name: string, own: string, subnet: string): string => `
zone simple ${name} {
  ${own}
  vnet ${name} { subnet 10.50.0.0/24 { gateway = 10.50.0.1${subnet} } }
}
network ${name} { bridge = ${name}, subnet = 10.50.0.0/24 }
`;

const RANGES = ", dhcp = [10.50.0.10..10.50.0.19, 10.50.0.100..10.50.0.200]";

test("somebody has to hand them out", async () => {
  await expectFindings(`${zone("good", "dhcp = true", RANGES)}${zone("empty", "dhcp = true", "")}${zone("closed", "", RANGES)}
ct 101 a { net good { ip = dhcp } }
ct 102 b { net empty { ip = dhcp } } # PHX4465
vm 103 c { net closed { ip = dhcp } } # PHX4465
ct 104 d { net closed { ip = 10.50.0.15 } }
`);
});

test("in zones that are not closed somebody else may", async () => {
  await expectFindings(`
zone vlan outside { bridge = vmbr0, vnet outside { tag = 20, subnet 10.50.0.0/24 {} } }
network outside { bridge = outside, subnet = 10.50.0.0/24 }
ct 101 a { net outside { ip = dhcp } }
`);
});

test("what they may hand out is nobody's", async () => {
  await expectFindings(`${zone("good", "dhcp = true", RANGES)}
ct 101 a { net good { ip = 10.50.0.9 } }
ct 102 b { net good { ip = 10.50.0.10 } } # PHX4466
ct 103 c { net good { ip = 10.50.0.20 } }
ct 104 d { net good { ip = 10.50.0.200 } } # PHX4466
`);
});

test.run();
