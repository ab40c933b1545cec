import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: firewall");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }";
const OTHERS = `
ct 201 proxy { net lan { ip = 10.0.0.12 } }
ct 202 portal { net lan { ip = 10.0.0.13 } }
`;

const guest = (rules: string, options = ""): string => `
${LAN}
${OTHERS}
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    ${options}
${rules}
  }
}
`;

test("repeated rules are found, whatever their comment", async () => {
  const [finding] = await expectFindings(
    guest(`
    in accept tcp 80 from proxy { comment = "one" }
    in accept tcp 443 from proxy
    in accept tcp 80 from 10.0.0.12 { comment = "two" } # PHX4501
    in accept tcp 80 from portal
    in accept udp 80 from proxy
`),
  );
  assert.is(finding?.message, "the rule `in accept tcp 80 from 10.0.0.12` stands here already");
  assert.is(finding?.related[0]?.message, "it stands here first");
});

test("each further copy is reported", async () => {
  await expectFindings(
    guest(`
    out accept tcp 80 to proxy
    out accept tcp 80 to proxy # PHX4501
    out accept tcp 80 to proxy # PHX4501
`),
  );
});

test("a wider rule shadows narrower ones after it", async () => {
  await expectFindings(
    guest(`
    in accept tcp [80, 443] from proxy
    in accept tcp 80 from proxy # PHX4502
    in accept tcp 8000..8010 from lan
    in accept tcp 8005 from portal # PHX4502
    in accept tcp [8001, 8009] from 10.0.0.77 # PHX4502 PHX4504
    in drop icmp from lan
    in accept icmp from proxy # PHX4502
`),
  );
});

test("what decides first the other way is said", async () => {
  const [finding] = await expectFindings(
    guest(`
    in drop tcp 22 from lan
    in accept tcp 22 from proxy # PHX4502
`),
  );
  assert.match(finding?.message ?? "", "decides first, the other way");
  assert.match(finding?.help ?? "", "before the wider one");
});

test("narrower rules before wider ones, and other directions, protocols and ports, are left alone", async () => {
  await expectFindings(
    guest(`
    in accept tcp 80 from proxy
    in accept tcp [80, 443] from lan
    out accept tcp 80 to proxy
    in accept tcp 79..81 from portal
    in accept udp 443 from lan
    in accept tcp 443 from 10.0.0.0/23
    in accept tcp 80 from proxy { enabled = false }
    in accept tcp 9000 from proxy { iface = net0 }
    in accept tcp 9000 from proxy { iface = net1 } # PHX4519
`),
  );
});

test("a rule for all interfaces shadows that for one", async () => {
  await expectFindings(
    guest(`
    in accept tcp 9000 from proxy
    in accept tcp 9000 from proxy { iface = net0 } # PHX4502
`),
  );
});

test("sets are only equal to themselves", async () => {
  await expectFindings(
    guest(`
    in accept tcp 80 from "+admins"
    in accept tcp 80 from "+others"
    in accept tcp 80 from "+admins" # PHX4501
`),
  );
});

test("protocols without ports have none", async () => {
  await expectFindings(
    guest(`
    in accept gre 80 from lan # PHX4503
    in accept gre from lan
    in accept sctp 80 from lan
    in accept icmp 8 from lan
`),
  );
});

test("private addresses that nobody has are found, with the one that was meant", async () => {
  const found = await expectFindings(
    guest(`
    in accept tcp 80 from 10.0.0.99 # PHX4504
    in accept tcp 80 from 10.0.0.2 # PHX4504
    in accept tcp 80 from 172.16.100.10 # PHX4504
    in accept tcp 80 from 192.168.7.0/24 # PHX4504
    in accept tcp 80 from 10.0.0.1
    in accept tcp 80 from 8.8.8.8
    in accept tcp 80 from 203.0.113.0/24
    in accept tcp 81 from 10.0.0.0/25
    in accept tcp 82 from 10.0.0.20..10.0.0.30
    out accept udp 53 to 10.0.0.12
`),
  );
  assert.match(found[1]?.help ?? "", "Did you mean ct 201 proxy (10.0.0.12) or ct 101 web (10.0.0.5)?");
});

test("addresses of hosts, resolvers and pools are known; without a subnet nothing is", async () => {
  await expectFindings(`
host pve1 { address = 10.0.0.13 }
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, dns = [10.0.0.53], pool = 10.0.0.150..10.0.0.199 }
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    in accept tcp 80 from [10.0.0.13, 10.0.0.53]
    in accept tcp 443 from 10.0.0.160
  }
}
`);
  await expectFindings(`
network lan { bridge = vmbr0 }
ct 101 web {
  net lan { ip = 10.0.0.5/24, firewall = true }
  firewall { in accept tcp 80 from 10.0.0.99 }
}
`);
});

test("open ports are noted unless the rule says any", async () => {
  await expectFindings(
    guest(`
    in accept tcp 6333 # PHX4505
    in accept tcp 6334 from any
    in accept tcp 6335 from 0.0.0.0/0 # PHX4505
    in drop tcp 6336
    out accept tcp 6337
    in accept tcp 6338 from lan
`),
  );
});

test("a disabled firewall with rules is noted, and nothing in it is called open", async () => {
  await expectFindings(guest("in accept tcp 6333", "enabled = false # PHX4506"));
  await expectFindings(guest("", "enabled = false"));
});

test("a firewall needs an interface that it filters", async () => {
  await expectFindings(`
${LAN}
ct 101 a {
  net lan { ip = 10.0.0.5 }
  firewall { in accept tcp 80 from lan } # PHX4507
}
ct 102 b {
  net lan { ip = 10.0.0.6 }
  net lan { ip = none, firewall = true }
  firewall { in accept tcp 80 from lan }
}
ct 103 c { firewall { in accept tcp 80 from lan } }
`);
});

const target = (firewall: string, interfaces = "firewall = true"): string =>
  guest("out accept tcp 5432 to db # PHX4508").replace(
    OTHERS,
    `
ct 203 db {
  net lan { ip = 10.0.0.20, ${interfaces} }
  firewall { ${firewall} }
}
`,
  );

test("what is let out is let in", async () => {
  await expectFindings(target("in accept tcp 22 from lan"));
  await expectFindings(target("in drop tcp 5432 from lan"));
  await expectFindings(target("in accept udp 5432 from web"));
});

test("guests that let it in, or filter nothing, are left alone", async () => {
  const quiet = (text: string): string => text.replace(" # PHX4508", "");
  await expectFindings(quiet(target("in accept tcp 5432 from web")));
  await expectFindings(quiet(target("in accept tcp 5000..6000 from lan")));
  await expectFindings(quiet(target("in accept from lan")));
  await expectFindings(quiet(target("policy_in = accept")));
  await expectFindings(quiet(target("in accept tcp 22 from lan", "firewall = false")), /PHX4507/);
  await expectFindings(
    guest("out accept tcp 5432 to proxy\nout accept tcp 443 to 8.8.8.8\nout drop tcp 5432 to proxy"),
    /PHX4502/,
  );
});

test("a guest that rules name has a static address, inside lists as well", async () => {
  await expectFindings(`
${LAN}
ct 201 proxy { net lan { ip = dhcp } }
ct 202 none {}
ct 203 portal { net lan { ip = 10.0.0.13 } }
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    in accept tcp 80 from proxy # PHX4509
    in accept tcp 443 from [portal, none] # PHX4509
    in accept tcp 22 from portal
  }
}
`);
});

test.run();
