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
`;

async function applied(project: CommittedProject, from: string, ...args: readonly string[]) {
  writeByHand(project, "/proc/net/route", ROUTES);
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
