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

test("words of a rule that do not go together", async () => {
  await expectFindings(
    guest(`
    in accept SSH 22 from proxy # PHX4510
    in accept Web from proxy { source_port = 1024 } # PHX4510
    in accept ping from proxy { icmp_type = echo-request } # PHX4510
    in accept gre from proxy { source_port = 80 } # PHX4503
    in accept from portal { source_port = 80 } # PHX4503
    in accept icmp from portal { source_port = 80 } # PHX4503 PHX4502
    in accept icmp 8 from portal
    in accept tcp from proxy { icmp_type = redirect } # PHX4511
    in accept from 10.0.0.13 { icmp_type = redirect } # PHX4511
    in accept icmp 8 from portal { icmp_type = redirect } # PHX4511 PHX4502
    in accept icmp from portal { icmp_type = packet-too-big } # PHX4511
    in accept icmpv6 { icmp_type = packet-too-big } # PHX4505
    in accept icmp from fd00::1 # PHX4513 PHX4504
    in accept DHCPv6 from portal # PHX4513
    alias six { address = fd00::1 }
    in accept icmp from six # PHX4513
    in accept tcp 2 from six to web # PHX4513
    in accept tcp 3 from [six, portal] to web
    in accept tcp 1 from fd00::1 to 10.0.0.5 # PHX4513 PHX4504
    in accept tcp [${Array.from({ length: 15 }, (_, i) => i + 20).join(", ")}] from portal
    in accept udp [${Array.from({ length: 14 }, (_, i) => i + 20).join(", ")}, 100..200] from portal # PHX4512
`),
  );
});

test("a macro or a group decides packets that are not known here: nothing is said to shadow or to repeat it", async () => {
  await expectFindings(
    guest(`
    in accept SSH from proxy
    in accept SSH from proxy
    group web
    group web
    in drop tcp from lan { source_port = 53 }
    in accept tcp 80 from proxy
    in accept tcp 81 from proxy { source_port = 53 } # PHX4502
`),
  );
});

test("rules for interfaces that filter nothing", async () => {
  await expectFindings(`
${LAN}
network dmz { bridge = vmbr1, subnet = 10.1.0.0/24 }
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  net dmz { ip = 10.1.0.5 }
  firewall {
    in accept tcp 1 from lan on lan
    in accept tcp 2 from dmz on dmz # PHX4519
    in accept tcp 3 from lan on net2 # PHX4519
    group web on net1 # PHX4519
  }
}
`);
});

test("names of the guest's own file must be declared there; of the cluster's, only what is almost declared is a mistake", async () => {
  const [own] = await expectFindings(`
${LAN}
ipset admins { members = [10.0.0.1] }
group web { in accept tcp 1 from admins, in accept tcp 2 from "+guest/peers" } # PHX4514
ct 101 web1 {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    ipset peers { members = [10.0.0.1] }
    in accept tcp 1 from "+guest/peers"
    in accept tcp 2 from "+guest/admins" # PHX4514
    in accept tcp 3 from "+peer" # PHX4514
    in accept tcp 4 from "+dc/admin" # PHX4514
    in accept tcp 5 from "+theirs"
    in accept tcp 6 from "dc/theirs"
    group web
    group webb # PHX4514
    group other
  }
}
`);
  assert.is(own?.message, "no block declares the set peers");
});

test("what no rule names is told, names that mean something to Proxmox are not", async () => {
  await expectFindings(`
${LAN}
alias router { address = 10.0.0.1 } # PHX4515
alias resolver { address = 10.0.0.1 }
alias member1 { address = 10.0.0.2 }
alias local_network { address = 10.0.0.0/24 }
ipset idle { members = [member1] } # PHX4515
ipset management { members = [10.0.0.1] }
ipset used { members = [10.0.0.1] }
group idle-group { in accept tcp 1 from used } # PHX4515
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    alias mine { address = 10.0.0.1 } # PHX4515
    ipset ipfilter-net0 { members = [10.0.0.5] }
    ipset own { members = [10.0.0.1] } # PHX4515
    out accept udp 53 to resolver
  }
}
`);
});

test("members of sets and addresses of aliases", async () => {
  const found = await expectFindings(`
${LAN}
ct 201 proxy { net lan { ip = dhcp } }
ct 202 two { net lan { ip = 10.0.0.7 }
  net lan { ip = 10.0.0.8 } }
alias one { address = two } # PHX4518 PHX4515
alias none { address = proxy } # PHX4518 PHX4515
alias odd { address = nobody } # PHX4518 PHX4515
ipset management {
  member 10.0.0.0/25 { }
  member 10.0.0.1 { } # PHX4517
  except = [10.0.0.0/25] # PHX4516
  member 10.0.0.64/26 { except = true }
  member 10.0.0.65 { }
  member 10.0.0.66 { except = true } # PHX4517
  member 10.9.0.1 { except = true } # PHX4517
  member 0.0.0.0/0 { } # PHX4516
  member proxy { } # PHX4516
  member nobody { } # PHX4516
  member two { } # PHX4517 PHX4517
  member fd00::/64 { }
}
`);
  assert.ok(
    found.some(({ message }) => message === "10.0.0.1 adds nothing to the set management: 10.0.0.0/25 covers it"),
  );
});

test("aliases of aliases, of themselves and of sets are none", async () => {
  await expectFindings(`
${LAN}
ipset some { members = [10.0.0.1] }
ipset odd { members = [loop, one] } # PHX4515 PHX4516 PHX4516
alias loop { address = loop } # PHX4518
alias one { address = two } # PHX4518
alias two { address = one } # PHX4518
alias three { address = "+some" } # PHX4518
ct 101 web {
  net lan { ip = 10.0.0.5, firewall = true }
  firewall {
    in accept tcp 1 from [one, two, loop, three]
    in accept tcp 2 from some
  }
}
`);
});

test.run();
