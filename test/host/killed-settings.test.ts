import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { undisturbed } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { HOST, ct, withCommitted } from "../support/committed.js";
import { surviveCuts } from "../support/cuts.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";

const test = suite("the firewall, name servers and mappings cut off anywhere");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";
const CLUSTER = "/etc/pve/firewall/cluster.fw";
const NODE = "/etc/pve/nodes/pve1/host.fw";

/** What others keep in the files. */
const THEIRS = `# theirs
[OPTIONS]

policy_out: DROP
enable: 0

[ALIASES]

old 10.0.0.250 # theirs

[IPSET management] # who may

10.0.0.9 # desk

[RULES]

IN DROP -p tcp -dport 25

[group theirs]

IN ACCEPT -p tcp -dport 1
`;

const PIECES = `alias router { address = 10.0.0.1, comment = "it's" }
ipset admins { members = [10.0.0.0/25, web], except = [10.0.0.7] }
group web_server { in accept Web, in accept tcp 9000 from admins, in drop from router }
`;
const CHANGED = `alias router { address = 10.0.0.254 }
ipset admins { members = [10.0.0.0/24] }
group web_server { in accept tcp 9000 from admins, in accept Web }
`;
const RULES = `firewall cluster {
  enabled = true, policy_in = DROP
  in accept SSH from 10.0.0.0/24
  in accept tcp 8006 from 10.0.0.0/24 { comment = "web interface" }
}
firewall pve1 { nosmurfs = true, log_level_in = info, in accept udp 53 from lan on lan, out accept tcp 443 to 10.0.0.3 }
`;
const OTHER_RULES = `firewall cluster { enabled = true, policy_in = REJECT, in accept tcp [22, 8006] from 10.0.0.0/24 }
firewall pve1 { nosmurfs = false, in accept udp 53 from lan on lan }
`;
const WEB = ct(101, "web", "net lan { ip = 10.0.0.5, firewall = true }\nfirewall { group web_server on lan }");
const PLAIN = ct(101, "web", "net lan { ip = 10.0.0.5, firewall = true }");
const part = (body: string): string => HOST.replace(/\{/, `{\n${body}\n`);

interface Row {
  readonly name: string;
  readonly files?: HostState["files"];
  /** What is applied, and stands, before the plan whose run is cut off. */
  readonly before?: string;
  readonly source: string;
}

const FIREWALL = { [CLUSTER]: THEIRS, [NODE]: "[OPTIONS]\n\ntcpflags: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 2\n" };

const MADE = LAN + HOST + PIECES + RULES + WEB;

const ROWS: readonly Row[] = [
  { name: "a firewall made", files: FIREWALL, before: LAN + HOST + PLAIN, source: MADE },
  { name: "a firewall changed", files: FIREWALL, before: MADE, source: LAN + HOST + CHANGED + OTHER_RULES + WEB },
  { name: "a firewall taken back", files: FIREWALL, before: MADE, source: LAN + HOST + PLAIN },
  {
    name: "name servers set",
    files: { "/etc/resolv.conf": "search old.example\noptions timeout:1\nnameserver 10.0.0.1\n" },
    source: part('dns { servers = [10.0.0.2, 8.8.8.8], search = "new.example" }'),
  },
  {
    name: "permissions taken back",
    before: part(
      'access { user "a@pam" {}\nacl "/vms" { role = PVEAuditor, users = ["a@pam"] }\nacl "/" { role = PVEAdmin, users = ["a@pam"] } }',
    ),
    source: HOST,
  },
  {
    name: "directory mappings made",
    source: `${HOST}mapping models { path = "/srv/models", description = "weights" }\nmapping media { path = "/srv/media" }\n`,
  },
  {
    name: "directory mappings moved and taken back",
    before: `${HOST}mapping models { path = "/srv/models" }\nmapping media { path = "/srv/media" }\n`,
    source: `${HOST}mapping models { path = "/srv/moved" }\n`,
  },
];

for (const { name, files = {}, before, source } of ROWS)
  test(`${name}: the next run reaches the same state, and the one after it is quiet`, () =>
    withCommitted(async (project) => {
      const { host, write, read, apply } = project;
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(host.root, path)), { recursive: true });
        writeFileSync(join(host.root, path), text);
      }
      if (before !== undefined) {
        await write(before);
        const done = await apply();
        assert.is(done.code, 0, done.stdout + done.stderr);
      }
      await write(source);
      const whole = await undisturbed(read("plans/pve1/plan.sh"), host.capture());
      assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
      assert.match(whole.run.stdout, /^[-+~] host: /m);
      const seen = new Map();
      const faults = (["before", "during", "after", "fail"] as const).flatMap((when) => faultsAt(whole, when));
      await surviveAll(whole, faults, seen);
      await surviveCuts(whole, seen);
    }));

provesMatrix(test, import.meta.url);

test.run();
