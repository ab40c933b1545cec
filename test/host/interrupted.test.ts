import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { Fault, HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, compileSource, mutating, withEmptyHost, withHost } from "../support/rehearsal.js";
import type { Compiled } from "../support/rehearsal.js";

const test = suite("interrupted plans");

/** A container, a clone of its snapshot with a volume and a bind mount, a template from an image and its clone. */
const FLEET = `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
dataset tank/g { quota = 100G, storage zfspool { id = guests, content = [images, rootdir] } }
image noble { url = "https://images.example/noble.img" }
ct 100 base {
  image = "local:vztmpl/debian-13-standard_13.0-1_amd64.tar.zst"
  unprivileged = true
  disk root { size = 4GiB, storage = guests }
  net lan { ip = 10.0.0.20, firewall = true }
  firewall { in accept tcp 22 from lan }
  snapshot ready {}
}
ct 101 web {
  clone = base
  clone_snapshot = ready
  memory = 1GiB
  boot { start = true }
  disk root { size = 8GiB, storage = guests }
  disk data { size = 2GiB, storage = guests, at = "/data" }
  net lan { ip = 10.0.0.21 }
  mount "/srv/web" { at = "/srv", owner = 33:33 }
  raw { "lxc.apparmor.profile" = unconfined }
}
vm 200 tmpl {
  template = true
  image = noble
  agent = true
  disk root { size = 8GiB, storage = guests }
  net lan { ip = dhcp }
  cloud_init { user = admin, ssh_keys = ["ssh-ed25519 AAAA admin@example"] }
}
vm 201 app {
  clone = tmpl
  cores = 2
  boot { start = true }
  disk root { size = 10GiB }
  disk data { size = 1GiB, storage = guests }
  net lan { ip = 10.0.0.30 }
  needs = [web]
}
`;

/** The host's state without what is random or a running number: what two runs to the same end have in common. */
function settled(host: SimulatedHost): string {
  const { files, datasets, volumes, pools } = host.capture() as HostState & Record<string, unknown>;
  const kept = Object.entries(files).filter(([path]) =>
    /^\/etc\/pve\/(nodes|storage|firewall)|^\/var\/lib\/phxc\/(intent|first)/.test(path),
  );
  return JSON.stringify([kept, datasets, volumes, pools, host.guests()], null, 1)
    .replace(/BC:24:11:[0-9A-F:]{8}/g, "(mac)")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "(uuid)")
    .replace(/"?(guid|createtxg|ctime|snaptime|creation|version)"?[=:] ?"?\d+/g, "$1=(number)")
    .replace(/ctime=\d+/g, "ctime=(time)");
}

let fleet: Compiled;
let reference: string;
let length: number;

test.before(async () => {
  fleet = await compileSource(FLEET);
  await withEmptyHost(fleet.plan, async (host) => {
    const run = await host.runScript(fleet.script);
    assert.is(run.code, 0, run.stdout + run.stderr);
    length = run.commands.length;
    reference = settled(host);
  });
});

async function survive(fault: Fault): Promise<string | undefined> {
  return withEmptyHost(fleet.plan, async (host) => {
    const cut = await host.runScript(fleet.script, [], { fault });
    const second = await host.runScript(fleet.script);
    if (second.code !== 0)
      return `the next run ended with ${second.code}:\n${cut.stdout}--\n${second.stdout}${second.stderr}`;
    if (settled(host) !== reference)
      return `another end state:\n${firstDifference(settled(host), reference)}\n${cut.stdout}--\n${second.stdout}`;
    const third = await host.runScript(fleet.script);
    if (third.code !== 0 || mutating(third).length > 0)
      return `the third run was not quiet:\n${third.stdout}${third.stderr}`;
    return undefined;
  });
}

function firstDifference(have: string, want: string): string {
  const a = have.split("\n");
  const b = want.split("\n");
  const at = a.findIndex((line, i) => line !== b[i]);
  return `- ${b.slice(at, at + 3).join("\n- ")}\n+ ${a.slice(at, at + 3).join("\n+ ")}`;
}

for (const when of ["before", "during", "after"] as const) {
  test(`killed ${when} each command, the next run reaches the same state, and the one after is quiet`, async () => {
    const failures: string[] = [];
    for (let at = 1; at <= length; at++) {
      const failure = await survive({ at, when, signal: "SIGKILL" });
      if (failure !== undefined) failures.push(`command ${at}, ${when}: ${failure}`);
    }
    assert.is(failures.join("\n\n"), "");
    console.log(`  ${length} commands`);
  });
}

test("interrupted by SIGINT or SIGTERM it ends with 130 and says how to go on", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await withEmptyHost(fleet.plan, async (host) => {
      const cut = await host.runScript(fleet.script, [], { fault: { at: 9, when: "before", signal } });
      assert.is(cut.code, 130, cut.stderr);
      assert.match(cut.stderr, /Interrupted in step \S+\. Run the same script again/);
      assert.is((await host.runScript(fleet.script)).code, 0);
      assert.is(settled(host), reference);
    });
  }
});

test("a command that fails once: the step, the command and its last words are told, and the next run goes on", async () => {
  for (let at = 1; at <= length; at++) {
    await withEmptyHost(fleet.plan, async (host) => {
      const failed = await host.runScript(fleet.script, [], { fault: { at, when: "fail" } });
      if (failed.code !== 0) {
        assert.is(failed.code, 4, failed.stderr);
        assert.match(failed.stderr, /^(Failed|Refused): step \S+/m);
      }
      const next = await host.runScript(fleet.script);
      assert.is(next.code, 0, `command ${at}\n${failed.stdout}${failed.stderr}\n--\n${next.stdout}${next.stderr}`);
      assert.is(settled(host), reference, `command ${at}\n${failed.stdout}${failed.stderr}\n--\n${next.stdout}`);
    });
  }
});

test("a half-made guest without our record is somebody else's: it is left alone and held back", async () => {
  const files = { "/etc/pve/nodes/pve/lxc/100.conf": "lock: create\n" };
  await withEmptyHost(fleet.plan, async (host) => {
    await withHost(
      {
        ...host.capture(),
        ...emptyHost({
          bridges: ["vmbr0"],
          disks: [{ path: "/dev/disk/by-id/a" }],
          images: ["/var/lib/vz/template/cache/debian-13-standard_13.0-1_amd64.tar.zst"],
          files,
        }),
      },
      async (other) => {
        const run = await other.runScript(fleet.script);
        assert.is(run.code, 4, run.stderr);
        assert.match(run.stdout, /^! ct 100 base: held back: it is locked \(create\) by a creation that is not ours$/m);
        assert.equal(
          mutating(run).filter((line) => line.includes(" 100")),
          [],
        );
      },
    );
  });
});

test("only one run at a time: the second ends with 5", async () => {
  await withEmptyHost(fleet.plan, async (host) => {
    await host.runScript(fleet.script);
    const holder = host.runScript(`exec 9>>"$PHXC_ROOT/run/lock/phxc.lock"\nflock 9\nsleep 1\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await host.runScript(fleet.script);
    assert.is(second.code, 5, second.stderr);
    assert.equal(announced(second.stdout), []);
    await holder;
  });
});

test.run();
