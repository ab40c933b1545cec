import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";

const test = suite("the cluster's firewall");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";
const FILE = "/etc/pve/firewall/cluster.fw";

const fileOf = ({ host }: CommittedProject): string => host.capture().files[FILE] ?? "";

/** What an administrator writes in the web interface. */
function writeByHand({ host }: CommittedProject, text: string): void {
  mkdirSync(join(host.root, "/etc/pve/firewall"), { recursive: true });
  writeFileSync(join(host.root, FILE), text);
}

/** A file of which nothing is ours. */
const THEIRS = `# a comment of theirs
[OPTIONS]

enable: 1
policy_in: DROP

[IPSET management] # who may

10.0.0.9 # desk

[RULES]

IN SSH(ACCEPT) -source +dc/management
|IN ACCEPT -p tcp -dport 8006 # off

[group theirs]

IN ACCEPT -p tcp -dport 1
`;

const PIECES = `
alias router { address = 10.0.0.1, comment = "it's" }
ipset admins { members = [10.0.0.0/25, web], except = [10.0.0.7] }
group web_server { in accept Web, in accept tcp 9000 from admins, in drop from router }
`;

const WEB = ct(101, "web", "net lan { ip = 10.0.0.5, firewall = true }\nfirewall { group web_server on lan }");

test("groups, sets and aliases are made, and a second run has nothing to do", () =>
  withCommitted(async (project) => {
    await project.write(HOST + LAN + PIECES + WEB);
    const said = await settled(project);
    assert.ok(said.includes("+ host: group web_server"), said.join("\n"));
    assert.is(
      fileOf(project),
      `[ALIASES]

router 10.0.0.1 # phxc: it's

[IPSET admins] # phxc

10.0.0.0/25
10.0.0.5 # web
!10.0.0.7

[group web_server] # phxc

IN Web(ACCEPT)
IN ACCEPT -source +dc/admins -p tcp -dport 9000
IN DROP -source dc/router

`,
    );
    assert.match(
      readFileSync(join(project.host.root, "/etc/pve/firewall/101.fw"), "utf8"),
      /^GROUP web_server -i net0$/m,
    );
  }));

test("what others wrote stays byte for byte, and names come before what uses them", () =>
  withCommitted(async (project) => {
    writeByHand(project, THEIRS);
    await project.write(HOST + LAN + PIECES + WEB);
    await settled(project);
    const text = fileOf(project);
    const ours = /\[ALIASES\]\n\n.*\n\n|\[IPSET admins\][^[]*|\n\[group web_server\][^[]*/g;
    assert.is(text.replaceAll(ours, ""), THEIRS);
    const order = [
      "[OPTIONS]",
      "[ALIASES]",
      "[IPSET management]",
      "[IPSET admins]",
      "[RULES]",
      "[group theirs]",
      "[group web_server]",
    ];
    assert.equal(
      order.toSorted((a, b) => text.indexOf(a) - text.indexOf(b)),
      order,
    );
  }));

test("a rule that somebody adds to the file stays, also when Proxmox writes the file anew", () =>
  withCommitted(async (project) => {
    writeByHand(project, THEIRS);
    await project.write(HOST + LAN + PIECES + WEB);
    await settled(project);
    // Proxmox drops lines of comments, and writes sets sorted and aliases in any order.
    const anew = fileOf(project)
      .replace(/^# .*\n/m, "")
      .replace("[RULES]\n\n", "[RULES]\n\nIN ACCEPT -p tcp -dport 4711\n")
      .replace("[ALIASES]\n\n", "[ALIASES]\n\ntheirs 10.0.0.77\n")
      .replace("10.0.0.0/25\n10.0.0.5 # web\n", "10.0.0.5 # web\n10.0.0.0/25\n");
    writeByHand(project, anew);
    assert.equal(await settled(project), []);
    await project.write(HOST + LAN + PIECES.replace("9000", "9001") + WEB);
    assert.equal(await settled(project), [
      "~ host: group web_server: line removed: IN ACCEPT -source +dc/admins -p tcp -dport 9000",
      "~ host: group web_server: line added: IN ACCEPT -source +dc/admins -p tcp -dport 9001",
    ]);
    assert.is(fileOf(project), anew.replace("9000", "9001"));
  }));

test("a group that somebody changed is made right again", () =>
  withCommitted(async (project) => {
    await project.write(HOST + LAN + PIECES + WEB);
    await settled(project);
    const wanted = fileOf(project);
    writeByHand(project, wanted.replace("IN Web(ACCEPT)\n", "").replace("router 10.0.0.1", "router 10.0.0.2"));
    const { code, said } = await project.apply("--check");
    assert.equal(
      [code, said],
      [
        2,
        [
          "~ host: alias router: line removed: router 10.0.0.2 # phxc: it's",
          "~ host: alias router: line added: router 10.0.0.1 # phxc: it's",
          "~ host: group web_server: line added: IN Web(ACCEPT)",
        ],
      ],
    );
    await settled(project);
    assert.is(fileOf(project), wanted);
  }));

test("one of the same name that is not ours is refused before anything is touched; adopt = true takes it over", () =>
  withCommitted(async (project) => {
    writeByHand(project, THEIRS);
    const theirs = (more: string): string => `${HOST}group theirs { in accept tcp 2 ${more} }\n`;
    await project.write(theirs(""));
    const refused = await project.apply();
    assert.is(refused.code, 3);
    assert.match(refused.stdout + refused.stderr, /has the group theirs, which was not made by phxc/);
    assert.is(fileOf(project), THEIRS);
    await project.write(theirs("\n adopt = true"));
    await settled(project);
    assert.is(
      fileOf(project),
      THEIRS.replace("[group theirs]", "[group theirs] # phxc").replace(/dport 1\n$/, "dport 2\n\n"),
    );
    const backup = readFileSync(join(project.host.root, "/var/lib/phxc/backup/_etc_pve_firewall_cluster.fw"), "utf8");
    assert.is(backup, THEIRS);
  }));

test("what the files no longer declare is taken out, what uses others first, and nothing else", () =>
  withCommitted(async (project) => {
    writeByHand(project, THEIRS);
    await project.write(HOST + LAN + PIECES + WEB);
    await settled(project);
    const told = await project.write(HOST + LAN + WEB.replace("group web_server on lan", ""));
    assert.match(told, /host: group web_server of the cluster's firewall/);
    assert.equal(await settled(project), [
      "~ ct 101 web: file /etc/pve/firewall/101.fw",
      "- host: remove group web_server",
      "- host: remove ipset admins",
      "- host: remove alias router",
    ]);
    assert.is(fileOf(project).replace("[ALIASES]\n\n", "").replaceAll(/\n+/g, "\n"), THEIRS.replaceAll(/\n+/g, "\n"));
  }));

test("a group that somebody changed, or that a rule of others names, is left where it is, with a note", () =>
  withCommitted(async (project) => {
    await project.write(
      `${HOST}group one { in accept Web }\ngroup two { in accept SSH }\ngroup three { in accept DNS }`,
    );
    await settled(project);
    writeByHand(
      project,
      fileOf(project).replace("IN SSH(ACCEPT)", "IN SSH(DROP)").replace("three] # phxc", "three] # mine"),
    );
    writeFileSync(join(project.host.root, "/etc/pve/firewall/999.fw"), "[RULES]\n\n|GROUP one -i net0\n");
    const before = fileOf(project);
    await project.write(HOST);
    const { code, stdout, said } = await project.apply();
    assert.equal([code, said], [0, []], stdout);
    assert.match(stdout, /group one is no longer declared, but \/etc\/pve\/firewall\/999\.fw names it/);
    assert.match(stdout, /group two is no longer declared and not what it was declared as/);
    assert.match(stdout, /group three is no longer declared and was not made by phxc/);
    assert.is(fileOf(project), before);
    rmSync(join(project.host.root, "/etc/pve/firewall/999.fw"));
    assert.equal(await settled(project), ["- host: remove group one"]);
    const { code: forgotten } = await project.phxc("forget", "group.two");
    assert.is(forgotten, 0);
    await project.write(HOST);
    assert.not.match((await project.apply()).stdout, /group two/);
  }));

test("a guest whose rules name what neither the files nor the host have is held back", () =>
  withCommitted(async (project) => {
    await project.write(HOST + LAN + WEB);
    const { code, stdout } = await project.apply();
    assert.is(code, 4);
    assert.match(stdout, /ct 101 web: held back: the firewall of the cluster has no group web_server/);
    writeByHand(project, "[group web_server]\n\nIN Web(ACCEPT)\n");
    await settled(project);
  }));

test("a firewall that is off is told, and nothing switches it on", () =>
  withCommitted(async (project) => {
    await project.write(HOST + LAN + PIECES + WEB);
    const { stdout } = await project.apply();
    assert.match(stdout, /the firewall of the cluster is off/);
    assert.not.match(fileOf(project), /enable/);
    for (const [value, isOn] of [
      ["1", true],
      ["0", false],
      ["1700000000", false],
    ] as const) {
      writeByHand(project, `[OPTIONS]\nenable: ${value}\n`);
      const { stdout: told } = await project.apply();
      assert.is(told.includes("the firewall of the cluster is off"), !isOn, value);
    }
  }));

test("a file that is locked by somebody else is not written", () =>
  withCommitted(async (project) => {
    const lock = join(project.host.root, "/etc/pve/priv/lock/firewall-cluster");
    await project.write(`${HOST}group one { in accept Web }`);
    mkdirSync(lock, { recursive: true });
    setTimeout(() => rmSync(lock, { recursive: true }), 1500);
    await settled(project);
    assert.match(fileOf(project), /\[group one\]/);
  }));

test.run();
