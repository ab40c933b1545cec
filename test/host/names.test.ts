import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, presupposed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("names of guests");

const CONF = "/etc/dnsmasq.d/phxc.conf";

/** Guests with two families, on DHCP, a template, and one whose name is not in lower case. */
const GUESTS = `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, subnet6 = fd00::/64 }
ct 101 Web { image = "local:vztmpl/d.tar.zst", disk root { size = 1GiB, storage = local }, net lan { ip = 10.0.0.5, ip6 = fd00::5 } }
ct 102 db { image = "local:vztmpl/d.tar.zst", disk root { size = 1GiB, storage = local }, net lan { ip = 10.0.0.6 } }
ct 103 any { image = "local:vztmpl/d.tar.zst", disk root { size = 1GiB, storage = local }, net lan { ip = dhcp } }
ct 104 base { template = true, image = "local:vztmpl/d.tar.zst", disk root { size = 1GiB, storage = local }, net lan { ip = 10.0.0.7 } }
`;

const host = (names: string): string => `host pve { address = 10.0.0.2\n names { ${names} } }\n${GUESTS}`;

const SERVER = host(`domain = "home.example", upstream = [1.1.1.1, 9.9.9.9]
  record grafana { address = Web }
  record "nas.office.example" { address = 10.0.0.9 }`);

const ANSWERED = `# Managed by phxc: the names of declared guests. Changes are overwritten.
bind-dynamic
listen-address=127.0.0.1
listen-address=10.0.0.2
no-resolv
server=1.1.1.1
server=9.9.9.9
domain=home.example
local=/home.example/
host-record=db,db.home.example,10.0.0.6
host-record=grafana,grafana.home.example,10.0.0.5,fd00::5
host-record=nas.office.example,10.0.0.9
host-record=web,web.home.example,10.0.0.5,fd00::5
`;

const fileOf = (sim: SimulatedHost, path: string): string => readFileSync(join(sim.root, path), "utf8");

async function run(sim: SimulatedHost, source: string, ...args: readonly string[]) {
  const { script } = await compileSource(source);
  const done = await sim.runScript(script, args);
  return { ...done, said: announced(done.stdout).filter((line) => line.includes(" host: ")), changes: mutating(done) };
}

test("dnsmasq is installed, its file is checked, put into place, and the server restarted; once", async () => {
  const { plan } = await compileSource(SERVER);
  await withHost(presupposed(plan), async (sim) => {
    const first = await run(sim, SERVER);
    assert.is(first.code, 0, first.stdout + first.stderr);
    assert.is(fileOf(sim, CONF), ANSWERED);
    const tools = first.commands.map(({ argv }) => argv.slice(0, 2).join(" "));
    const order = ["apt-get install", "dnsmasq --test", "systemctl restart"].map((line) => tools.indexOf(line));
    assert.ok(
      order.every((at) => at >= 0) && order.join() === order.toSorted((a, b) => a - b).join(),
      tools.join("\n"),
    );
    const again = await run(sim, SERVER);
    assert.equal([again.code, again.said, again.changes], [0, [], []]);
    const moved = await run(sim, SERVER.replace("ip = 10.0.0.6 ", "ip = 10.0.0.8 "));
    assert.is(moved.code, 0, moved.stderr);
    assert.match(fileOf(sim, CONF), /^host-record=db,db\.home\.example,10\.0\.0\.8$/m);
  });
});

test("without anything said, every address answers, and other names go where the host's go", async () => {
  const { plan } = await compileSource(`host pve { names {} }\n${GUESTS}`);
  const file = plan.steps.find(({ probe }) => probe.kind === "file" && probe.path === CONF)?.probe;
  assert.is(
    file?.kind === "file" && file.content.split("\n").slice(1).join("\n"),
    "bind-dynamic\nhost-record=db,10.0.0.6\nhost-record=web,10.0.0.5,fd00::5\n",
  );
});

test("as a hosts file, the names are a block of ours, and the lines of others stay", async () => {
  const source = host('form = hosts, domain = "home.example"');
  const { plan } = await compileSource(source);
  const theirs = "127.0.0.1 localhost\n10.0.0.2 pve.home.example pve\n";
  await withHost(presupposed(plan, { files: { "/etc/hosts": theirs } }), async (sim) => {
    const first = await run(sim, source);
    assert.is(first.code, 0, first.stdout + first.stderr);
    assert.is(
      fileOf(sim, "/etc/hosts"),
      `${theirs}# phxc begin names
10.0.0.6 db.home.example db
10.0.0.5 web.home.example web
fd00::5 web.home.example web
# phxc end names
`,
    );
    assert.not.ok(first.commands.some(({ argv }) => argv[0] === "apt-get"));
    const again = await run(sim, source);
    assert.equal([again.code, again.said, again.changes], [0, [], []]);
  });
});

test("a file of somebody else in its place is left alone", () =>
  withHost(
    emptyHost({
      files: { [CONF]: "port=5353\n", "/var/lib/dpkg/status": "Package: dnsmasq\nStatus: install ok installed\n\n" },
    }),
    async (sim) => {
      const source = `host pve { names {} }\n`;
      const done = await run(sim, source);
      assert.is.not(done.code, 0);
      assert.is(fileOf(sim, CONF), "port=5353\n");
    },
  ));

test("killed at any command, the next run ends in the same state, with the server restarted", async () => {
  const source = `host pve { address = 10.0.0.2\n names { domain = "home.example", record nas { address = 10.0.0.9 } } }\n`;
  const whole = await wholeRun(await compileSource(source));
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test.run();
