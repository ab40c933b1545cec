import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";

const test = suite("the firewall of the cluster and of the node");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";
const CLUSTER = "/etc/pve/firewall/cluster.fw";
const NODE = "/etc/pve/nodes/pve1/host.fw";

const fileOf = ({ host }: CommittedProject, path: string): string => host.capture().files[path] ?? "";

function writeByHand({ host }: CommittedProject, path: string, text: string): void {
  const file = join(host.root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

const OPEN = `
firewall cluster {
  enabled = true
  policy_in = DROP
  in accept SSH from 10.0.0.0/24
  in accept tcp 8006 from 10.0.0.0/24 { comment = "web interface" }
}
`;

const OURS = `IN SSH(ACCEPT) -source 10.0.0.0/24 # phxc
IN ACCEPT -source 10.0.0.0/24 -p tcp -dport 8006 # phxc: web interface
`;

test("options and rules are written, and a second run has nothing to do", () =>
  withCommitted(async (project) => {
    await project.write(`${HOST + LAN + OPEN}firewall pve1 {
  nosmurfs = true
  nf_conntrack_max = 300000
  log_level_in = info
  in accept udp 53 from lan on lan
  out accept tcp 443 to 10.0.0.3
}`);
    const said = await settled(project);
    assert.ok(said.includes("~ host: firewall of the cluster: line added: enable: 1"), said.join("\n"));
    assert.is(fileOf(project, CLUSTER), `[OPTIONS]\n\nenable: 1\npolicy_in: DROP\n\n[RULES]\n\n${OURS}\n`);
    assert.is(
      fileOf(project, NODE),
      `[OPTIONS]

nosmurfs: 1
log_level_in: info
nf_conntrack_max: 300000

[RULES]

IN ACCEPT -i vmbr0 -source 10.0.0.0/24 -p udp -dport 53 # phxc
OUT ACCEPT -dest 10.0.0.3 -p tcp -dport 443 # phxc

`,
    );
    // What the node opens comes before what the cluster closes.
    assert.ok(
      said.findIndex((line) => line.includes("of the node")) <
        said.findIndex((line) => line.includes("of the cluster")),
    );
  }));

/** What an administrator keeps in the file. */
const THEIRS = `# theirs
[OPTIONS]

policy_out: DROP
enable: 0
ebtables:   1

[IPSET management] # who may

10.0.0.9 # desk

[RULES]

IN DROP -p tcp -dport 25
|IN ACCEPT -p tcp -dport 4711 # off

[group theirs]

IN ACCEPT -p tcp -dport 1
`;

test("what others wrote stays byte for byte, and so does what they add between our rules", () =>
  withCommitted(async (project) => {
    writeByHand(project, CLUSTER, THEIRS);
    await project.write(HOST + LAN + OPEN.replace("enabled", "ebtables = true\nenabled"));
    await settled(project);
    const wanted = THEIRS.replace("enable: 0\nebtables:   1\n", "enable: 1\nebtables:   1\npolicy_in: DROP\n").replace(
      "# off\n",
      `# off\n${OURS}`,
    );
    assert.is(fileOf(project, CLUSTER), wanted);
    const [first = "", second = ""] = OURS.split("\n");
    const between = wanted.replace(`${first}\n`, `${first}\nIN ACCEPT -p tcp -dport 4712\n`);
    writeByHand(project, CLUSTER, between);
    assert.equal(await settled(project), []);
    await project.write(HOST + LAN + OPEN.replace("8006", "[8006, 8007]"));
    await settled(project);
    const changed = between
      .replace(`${second}\n`, "")
      .replace(OURS.split("\n")[0] ?? "", `${first}\n${second.replace("8006", "8006,8007")}`);
    assert.is(fileOf(project, CLUSTER), changed);
  }));

test("the first version of somebody else's file is kept, and no later one", () =>
  withCommitted(async (project) => {
    const kept = (path: string): string => fileOf(project, `/var/lib/phxc/backup/${path.replaceAll("/", "_")}`);
    writeByHand(project, CLUSTER, THEIRS);
    await project.write(`${HOST + LAN}ipset admins { members = [10.0.0.9] }\nfirewall pve1 { nosmurfs = true }`);
    await settled(project);
    assert.is(kept(CLUSTER), THEIRS);
    // That of the node was made by the plan.
    assert.is(kept(NODE), "");
    await project.write(HOST + LAN + OPEN);
    await settled(project);
    assert.is(kept(CLUSTER), THEIRS);
  }));

test("rules that leave the files go, those of others stay, options are told", () =>
  withCommitted(async (project) => {
    writeByHand(project, CLUSTER, THEIRS);
    await project.write(HOST + LAN + OPEN);
    await settled(project);
    await project.write(HOST + LAN);
    const run = await project.apply();
    assert.is(run.code, 0, run.stderr);
    assert.equal(
      run.said,
      OURS.trimEnd()
        .split("\n")
        .map((line) => `~ host: firewall of the cluster: line removed: ${line}`),
    );
    assert.match(run.stdout, "pvesh set /cluster/firewall/options --delete policy_in");
    assert.is(
      fileOf(project, CLUSTER),
      THEIRS.replace("enable: 0\nebtables:   1\n", "enable: 1\nebtables:   1\npolicy_in: DROP\n"),
    );
  }));

/** A session from 192.0.2.7 to the host's 10.0.0.13, which has a route to 10.0.0.0/24 on vmbr0, and another to the world. */
const SESSION = "192.0.2.7 50000 10.0.0.13 22";
const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
vmbr0	00000000	0100000A	0003	0	0	0	00000000	0	0	0
vmbr0	0000000A	00000000	0001	0	0	0	00FFFFFF	0	0	0
vmbr1	0005A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

/** From another net of the host, to its address there. */
const ASIDE = "192.168.5.9 50000 192.168.5.13 22";

async function applied(project: CommittedProject, from: string, ...args: readonly string[]) {
  writeByHand(project, "/proc/net/route", ROUTES);
  writeByHand(project, "/etc/hosts", "127.0.1.1 pve1\n10.0.0.13 pve1.lan pve1 # this one\n");
  const script = project.read("plans/pve1/plan.sh");
  return project.host.runScript(script, args, { env: { SSH_CONNECTION: from } });
}

const cases: readonly (readonly [string, string, string, RegExp | undefined])[] = [
  [
    "nobody is let in from elsewhere",
    OPEN,
    SESSION,
    /shut out 192\.0\.2\.7.*port 22: no rule lets it in; port 8006: no rule/,
  ],
  [
    "the local network is, by Proxmox itself",
    "firewall cluster { enabled = true }",
    SESSION.replace("192.0.2.7", "10.0.0.7"),
    undefined,
  ],
  [
    "the local network is that of the node's own address, not of the session",
    "firewall cluster { enabled = true }",
    ASIDE,
    /port 22: no rule lets it in/,
  ],
  [
    "the alias says another one",
    "alias local_network { address = 192.168.5.0/24 }\nfirewall cluster { enabled = true }",
    ASIDE,
    undefined,
  ],
  [
    "taken out of the set `management`",
    "ipset management { members = [10.0.0.8], except = [10.0.0.7] }\nfirewall cluster { enabled = true }",
    SESSION.replace("192.0.2.7", "10.0.0.7"),
    /port 22: no rule lets it in/,
  ],
  [
    "in the set `blacklist`, which comes before all rules",
    "ipset blacklist { members = [192.0.2.0/24] }\nfirewall cluster { enabled = true, policy_in = ACCEPT, in accept tcp [22, 8006] }",
    SESSION,
    /port 22: DROP by the set blacklist; port 8006: DROP/,
  ],
  ["not from elsewhere", "firewall cluster { enabled = true }", SESSION, /port 22: no rule lets it in/],
  ["with a policy that lets in", "firewall cluster { enabled = true, policy_in = ACCEPT }", SESSION, undefined],
  ["off", OPEN.replace("enabled = true", "enabled = false"), SESSION, undefined],
  [
    "a rule that drops before one that lets in",
    OPEN.replace("in accept SSH", "in drop tcp 20..30 from any\nin accept SSH"),
    SESSION.replace("192.0.2.7", "10.0.0.7"),
    /port 22: DROP by IN DROP -p tcp -dport 20:30/,
  ],
  [
    "a group, a set, an alias and an interface",
    `
    alias desk { address = 192.0.2.7 }
    ipset admins { members = [192.0.2.0/28], except = [192.0.2.9] }
    group web-ui { in accept tcp 8006 from admins }
    firewall cluster { enabled = true, group web-ui, in accept tcp 22 from desk on lan }`,
    SESSION,
    undefined,
  ],
  [
    "taken out of the set",
    `
    ipset admins { members = [192.0.2.0/28], except = [192.0.2.7] }
    firewall cluster { enabled = true, in accept tcp [22, 8006] from admins }`,
    SESSION,
    /port 22: no rule/,
  ],
  [
    "on another interface",
    "firewall cluster { enabled = true, in accept tcp [22, 8006] on vmbr1 }",
    SESSION,
    /port 22: no rule/,
  ],
  [
    "the node lets in",
    "firewall cluster { enabled = true }\nfirewall pve1 { in accept tcp [22, 8006] from 192.0.2.0..192.0.2.7 }",
    SESSION,
    undefined,
  ],
  [
    "the node is out of it",
    "firewall cluster { enabled = true }\nfirewall pve1 { enabled = false }",
    SESSION,
    undefined,
  ],
  [
    "a rule that is off",
    "firewall cluster { enabled = true, in accept tcp [22, 8006] { enabled = false } }",
    SESSION,
    /port 22: no rule/,
  ],
  [
    "IPv6",
    "firewall cluster { enabled = true, in accept tcp [22, 8006] from 2001:db8::/32 }",
    "2001:db8::7 5 2001:db8::1 22",
    undefined,
  ],
  [
    "IPv4 in IPv6",
    "firewall cluster { enabled = true, in accept tcp [22, 8006] from 192.0.2.7 }",
    "::ffff:192.0.2.7 5 ::ffff:10.0.0.13 22",
    undefined,
  ],
  [
    "the port of the session",
    "firewall cluster { enabled = true, in accept tcp [22, 8006] from 192.0.2.7 }",
    SESSION.replace(/22$/, "2222"),
    /port 2222: no rule/,
  ],
];

for (const [name, text, from, refused] of cases) {
  test(`whoever runs the script is not shut out: ${name}`, () =>
    withCommitted(async (project) => {
      await project.write(HOST + LAN + text);
      const run = await applied(project, from);
      if (refused === undefined) {
        assert.is(run.code, 0, run.stderr);
        return;
      }
      assert.is(run.code, 4, run.stdout);
      assert.match(run.stderr, refused);
      assert.is(fileOf(project, CLUSTER).includes("enable: 1"), false);
      const check = await applied(project, from, "--check");
      assert.is(check.code, 2, check.stderr);
      assert.match(check.stdout, refused);
      assert.is((await applied(project, from, "--allow-lockout")).code, 0);
      assert.is(fileOf(project, CLUSTER).includes("enable: 1"), true);
    }));
}

test("in a cluster the node has the address that the cluster says", () =>
  withCommitted(async (project) => {
    await project.write(`${HOST + LAN}firewall cluster { enabled = true }`);
    writeByHand(
      project,
      "/etc/pve/.members",
      '{ "nodename": "pve1", "nodelist": {\n  "pve1": { "id": 1, "online": 1, "ip": "192.168.5.13"},\n  "pve2": { "id": 2, "ip": "10.0.0.14"} } }',
    );
    assert.is((await applied(project, ASIDE)).code, 0);
    assert.is((await applied(project, SESSION.replace("192.0.2.7", "10.0.0.7"))).code, 0);
  }));

/** Lets in whoever is in the set. */
const BY_SET = (members: string): string =>
  `ipset admins { members = [${members}] }
firewall cluster { enabled = true, in accept tcp [22, 8006] from admins }`;

const parts: readonly (readonly [string, string, string])[] = [
  ["a set loses the address", BY_SET("192.0.2.7"), BY_SET("192.0.2.8")],
  [
    "an alias gets another address",
    "alias desk { address = 192.0.2.7 }\nfirewall cluster { enabled = true, in accept tcp [22, 8006] from desk }",
    "alias desk { address = 192.0.2.8 }\nfirewall cluster { enabled = true, in accept tcp [22, 8006] from desk }",
  ],
  [
    "a group loses the rule",
    "group web-ui { in accept tcp [22, 8006] }\nfirewall cluster { enabled = true, group web-ui }",
    "group web-ui { in accept tcp 22 }\nfirewall cluster { enabled = true, group web-ui }",
  ],
  [
    "the set `management`, which no rule names, leaves the files",
    "ipset management { members = [192.0.2.7] }\nfirewall cluster { enabled = true }",
    "firewall cluster { enabled = true }",
  ],
  [
    "the set `blacklist`, which no rule names, is made",
    BY_SET("192.0.2.7"),
    `ipset blacklist { members = [192.0.2.0/29] }\n${BY_SET("192.0.2.7")}`,
  ],
];

for (const [name, before, after] of parts) {
  test(`whoever runs the script is not shut out by what rules name: ${name}`, () =>
    withCommitted(async (project) => {
      await project.write(HOST + LAN + before);
      const first = await applied(project, SESSION);
      assert.is(first.code, 0, first.stderr);
      const open = fileOf(project, CLUSTER);
      await project.write(HOST + LAN + after);
      const run = await applied(project, SESSION);
      assert.is(run.code, 4, run.stdout);
      assert.match(run.stderr, /Refused: step .*shut out 192\.0\.2\.7/);
      assert.is(fileOf(project, CLUSTER), open);
      assert.match((await applied(project, SESSION, "--check")).stdout, "shut out 192.0.2.7");
      assert.is((await applied(project, SESSION, "--allow-lockout")).code, 0);
      assert.is.not(fileOf(project, CLUSTER), open);
    }));
}

test("a part that does not change who is let in is written, also where the way was closed before", () =>
  withCommitted(async (project) => {
    writeByHand(project, CLUSTER, "[OPTIONS]\n\nenable: 1\n");
    await project.write(`${HOST + LAN}ipset others { members = [203.0.113.5] }`);
    const run = await applied(project, SESSION);
    assert.is(run.code, 0, run.stderr);
    assert.match(fileOf(project, CLUSTER), "[IPSET others]");
  }));

test("a session whose variable was lost is found among the parents", () =>
  withCommitted(async (project) => {
    await project.write(HOST + LAN + OPEN);
    writeByHand(project, `/proc/${process.pid}/environ`, `A=b\0SSH_CONNECTION=${SESSION}\0`);
    writeByHand(project, `/proc/${process.pid}/stat`, `${process.pid} (node x) S 1 1`);
    const run = await project.apply();
    assert.is(run.code, 4, run.stdout);
    assert.match(run.stderr, "shut out 192.0.2.7");
  }));

test("a plan with the firewall of the cluster on does not say that it is off", () =>
  withCommitted(async (project) => {
    const web = ct(101, "web", "net lan { ip = 10.0.0.5, firewall = true }\nfirewall { in accept tcp 80 from any }");
    await project.write(HOST + LAN + web);
    assert.match((await project.apply()).stdout, "the firewall of the cluster is off");
    await project.write(HOST + LAN + OPEN + web);
    assert.not.match((await project.apply()).stdout, "the firewall of the cluster is off");
  }));

test.run();
