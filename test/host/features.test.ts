import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { survive, undisturbed } from "../../src/rehearsal/index.js";
import type { HostState, Seen } from "../../src/rehearsal/index.js";
import type { Scripted } from "../support/script-host.js";
import { another, appVm, confPath, fleetOn, LAN, output, scripted, told, webCt } from "../support/script-host.js";
import { compileProject, compileSource, mutating } from "../support/rehearsal.js";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("features on the simulated host");

const KEYS = 'feature ssh_keys { keys = ["ssh-ed25519 AAAA a@b"] }';

/** Command lines of a run that went into guests, without what is the same in each. */
function asked(run: { readonly commands: readonly { readonly argv: readonly string[] }[] }): readonly string[] {
  return run.commands
    .map(({ argv }) => argv.join(" "))
    .filter((line) => line.includes(" sh -s -- "))
    .map((line) => line.replace(/^(?:pct exec|qm guest exec) (\d+) .* sh -s -- (\S+) (\S+).*$/, "$1 $2 $3"));
}

function failing(code: number, stdout: string, stderr = ""): HostState {
  const state = zfsHost();
  state.answers.push({ guest: 200, command: "work feature.nfs_client", code, stdout, stderr });
  return state;
}

test("a container and a machine: installed, and then quiet, without a process in any guest", async () => {
  const machine = appVm("agent = true\n features = [nfs_client]\n state = running");
  await scripted(
    webCt(`features = [docker]\n ${KEYS}\n state = running`) + machine,
    async ({ apply, check, quiet }) => {
      assert.ok((await check()).includes("+ ct 200 web: feature docker"));
      const run = await apply();
      assert.equal(asked(run), [
        "200 begin feature.base_setup",
        "200 begin feature.docker",
        "200 begin feature.ssh_keys",
        "100 begin feature.nfs_client",
      ]);
      await quiet();
      assert.equal((await apply()).commands, []);
    },
  );
});

test("a changed parameter runs that step alone", async () => {
  const source = (name: string): string => webCt(`feature docker { source = ${name} }\n ${KEYS}\n state = running`);
  await scripted(source("distro"), async ({ host, apply }) => {
    await apply();
    const changed = await another(host, source("docker"));
    assert.equal(await changed.check(), ["+ ct 200 web: feature docker, again"]);
    const run = await changed.apply();
    assert.equal(asked(run), ["200 begin feature.docker"]);
    assert.equal(mutating(run).length, 1);
    await changed.quiet();
  });
});

test("a changed script of the project's own runs again", async () => {
  const compiled = async (install: string): Promise<string> => {
    const { script } = await compileProject({
      "main.phx": LAN + webCt("features = [motd]\n state = running"),
      "features/motd/feature.json": "{}",
      "features/motd/install.sh": install,
    });
    return script;
  };
  await withHost(zfsHost(), async (host) => {
    await fleetOn(host, await compiled("echo one\n")).apply();
    const second = fleetOn(host, await compiled("echo two\n"));
    assert.equal(told(await second.apply()), ["+ ct 200 web: feature motd, again"]);
    await second.quiet();
  });
});

test("a script that fails: exit 4, its code and its last lines; the next run begins it anew", async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n");
  await scripted(
    webCt("features = [nfs_client]\n state = running"),
    async ({ host, apply, quiet }) => {
      const run = await apply(4);
      assert.match(run.stderr, /^Failed: step ct\.200\.feature\.nfs_client \(ct 200 web; asked for by fleet\.phx\)$/m);
      assert.match(run.stderr, /^ {2}exit code: 100$/m);
      assert.match(run.stderr, /^ {4}line 39\n {4}E: no such package$/m);
      assert.not.match(run.stderr, /line 20\b/);
      const log = /what the commands printed is in (\S+)\.$/im.exec(run.stderr)?.[1] ?? "";
      assert.match(readFileSync(join(host.root, log), "utf8"), /line 0\n/);
      host.state.answers.splice(0);
      assert.equal(told(await apply()), ["+ ct 200 web: feature nfs_client"]);
      await quiet();
    },
    failing(100, `${lines}\n`, "E: no such package\n"),
  );
});

test("a script that takes longer than its time is told as such", async () => {
  await scripted(
    webCt("features = [nfs_client]\n state = running"),
    async ({ apply }) => {
      const run = await apply(4);
      assert.match(run.stderr, /exit code: 124/);
      assert.match(run.stderr, /\(it did not end within 900 s\)/);
    },
    failing(124, "still at it\n"),
  );
});

test("work that takes its time is followed", async () => {
  const state = zfsHost();
  state.manners[200] = { slowWork: 3 };
  await scripted(
    webCt("features = [nfs_client]\n state = running"),
    async ({ apply, quiet }) => {
      assert.equal(asked(await apply()), [
        "200 begin feature.nfs_client",
        ...Array.from({ length: 3 }, () => "200 follow feature.nfs_client"),
      ]);
      await quiet();
    },
    state,
  );
});

test("cut off while work goes on in the guest: the next run follows it, and does not begin it twice", async () => {
  const state = zfsHost();
  state.manners[200] = { slowWork: 4 };
  await scripted(
    webCt("features = [nfs_client]\n state = running"),
    async ({ host, script, apply, quiet }) => {
      const all = (await withHost(zfsHost(), (other) => other.runScript(script))).commands;
      const at = all.findIndex(({ argv }) => argv.includes("begin")) + 1;
      const cut = await host.runScript(script, [], { fault: { at: at + 1, when: "before" } });
      assert.is(cut.signal, "SIGKILL");
      // The command that it was cut off at may hold the lock for a moment.
      assert.equal(asked(await apply(0, "--wait", "30"))[0], "200 begin feature.nfs_client");
      assert.is(Object.keys(host.state.work["200"] ?? {}).length, 1);
      await quiet();
    },
    state,
  );
});

test("killed before any of its commands, or with any of them failing: the next run reaches the same end", async () => {
  const source = webCt("template = true\n features = [docker]").replace("ct 200 web", "ct 300 base");
  const clone = `ct 200 web { clone = base, features = [nfs_client]\n net lan { ip = 10.0.0.21 } }\n`;
  const { script } = await compileSource(LAN + source + clone);
  // A command that outlives the run which was struck holds the lock until it ends.
  const whole = await undisturbed(script, zfsHost(), { args: ["--wait", "30"] });
  assert.is(whole.run.code, 0);
  assert.match(whole.end, /feature\.nfs_client/);
  const seen: Seen = new Map();
  for (let at = 1; at <= whole.commands.length; at++) {
    for (const when of ["before", "fail"] as const) {
      const { problem, command } = await survive(whole, { at, when }, seen);
      assert.is(problem, undefined, `${when} ${command}`);
    }
  }
});

test("a guest that is not to run is started for the work and stopped again, also by the run after a cut", async () => {
  await scripted(webCt("features = [nfs_client]\n state = stopped"), async ({ host, script, quiet }) => {
    const all = (await withHost(zfsHost(), (other) => other.runScript(script))).commands.map(({ argv }) =>
      argv.join(" "),
    );
    const begin = all.findIndex((line) => line.includes("begin"));
    assert.is(all[begin - 1], "pct start 200");
    assert.is(all[begin + 1], "pct shutdown 200 --forceStop 1");
    await host.runScript(script, [], { fault: { at: begin + 1, when: "before" } });
    assert.ok(host.guests().some(({ id, running }) => id === 200 && running));
    assert.is((await host.runScript(script)).code, 0);
    assert.ok(host.guests().some(({ id, running }) => id === 200 && !running));
    await quiet();
  });
});

test("a template gets its features before it becomes one; afterwards a change is told, and nothing is started", async () => {
  const base = (inner: string): string => webCt(`template = true\n ${inner}`);
  await scripted(base("features = [nfs_client]"), async ({ host, apply, quiet }) => {
    const lines = (await apply()).commands.map(({ argv }) => argv.slice(0, 3).join(" "));
    assert.equal(lines.slice(-4), ["pct start 200", "pct exec 200", "pct shutdown 200", "pct template 200"]);
    await quiet();
    const changed = await another(host, base("features = [nfs_client, samba_client]"));
    const run = await changed.apply();
    assert.equal(told(run), []);
    assert.match(
      run.stdout,
      /^ {2}ct 200 web: stale: changed since it was made: feature samba_client\. It stays as it is/m,
    );
  });
});

test("clones have what their source has: nothing is asked; of a snapshot the guest's own mark answers", async () => {
  const source = webCt("template = true\n features = [docker]").replace("ct 200 web", "ct 300 base");
  const clone = `ct 200 web { clone = base, features = [docker], state = running\n net lan { ip = 10.0.0.21 } }\n`;
  await scripted(source + clone, async ({ apply, quiet }) => {
    assert.equal(asked(await apply()), ["300 begin feature.base_setup", "300 begin feature.docker"]);
    await quiet();
  });
  const snapped = webCt("features = [docker]\n snapshot ready {}\n state = running").replace(
    "ct 200 web",
    "ct 300 base",
  );
  const copy = clone.replace("clone = base,", "clone = base, clone_snapshot = ready,");
  await scripted(snapped + copy, async ({ apply, quiet }) => {
    const run = await apply();
    assert.equal(asked(run).slice(-1), ["200 begin feature.docker"]);
    assert.not.match(run.stdout, /ct 200 web: feature/);
    await quiet();
  });
});

test("a guest that was made anew has nothing, whatever the host remembers of the old one", async () => {
  await scripted(webCt("features = [nfs_client]\n state = running"), async ({ host, apply, byHand, quiet }) => {
    await apply();
    await byHand("pct stop 200", "pct destroy 200");
    assert.ok(existsSync(join(host.root, "var/lib/phxc/guest/200")));
    assert.ok(told(await apply()).includes("+ ct 200 web: feature nfs_client"));
    await quiet();
  });
});

test("after a rollback of a machine the guest is asked again", async () => {
  const text = appVm("agent = true\n features = [nfs_client]\n state = running");
  await scripted(appVm("agent = true\n state = running"), async ({ host, apply }) => {
    await apply();
    await must(host, "qm snapshot 100 before");
    const fleet = await another(host, text);
    await fleet.apply();
    await fleet.quiet();
    await must(host, "qm rollback 100 before");
    assert.ok(told(await fleet.apply()).includes("+ vm 100 app: feature nfs_client"));
  });
});

test("--verify asks the guests that run, and does again what is not in order", async () => {
  await scripted(webCt("features = [nfs_client]\n state = running"), async ({ host, apply, check }) => {
    await apply();
    assert.equal(await check("--verify"), []);
    assert.equal(told(await apply(0, "--verify")), []);
    delete host.state.guestFiles["200"];
    assert.equal(await check(), []);
    assert.equal(await check("--verify"), ["+ ct 200 web: feature nfs_client, again"]);
    assert.equal(told(await apply(0, "--verify")), ["+ ct 200 web: feature nfs_client, again"]);
    assert.equal(told(await apply(0, "--verify")), []);
  });
});

test("an agent that needs its time is waited for; one that never answers ends the run with its words", async () => {
  const state = zfsHost();
  state.manners[100] = { agent: 2 };
  const text = appVm("agent = true\n features = [nfs_client]\n state = running");
  await scripted(
    text,
    async ({ quiet, apply }) => {
      await apply();
      await quiet();
    },
    state,
  );
  const silent = zfsHost();
  silent.manners[100] = { agent: false };
  await scripted(
    text,
    async ({ host, script }) => {
      const run = await host.runScript(script.replace("AGENT_SECONDS=300", "AGENT_SECONDS=1"));
      assert.is(run.code, 4, output(run));
      assert.match(run.stderr, /QEMU guest agent is not running/);
    },
    silent,
  );
});

test("the driver of the host and its files are read when the step runs, and a change of them runs it again", async () => {
  const state = zfsHost({ devices: ["/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"] });
  const inner =
    'gpus = [0]\n features = [nvidia]\n feature trusted_ca { certificate_file = "/root/ca.pem" }\n state = running';
  await scripted(
    webCt(inner),
    async ({ host, apply, check, quiet }) => {
      const version = (text: string): void =>
        writeFileSync(
          join(host.root, "proc/driver/nvidia/version"),
          `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${text}  Wed\n`,
        );
      assert.match(output(await apply(4)), /the host has no NVIDIA driver/);
      await host.runScript('mkdir -p "$PHXC_ROOT/proc/driver/nvidia"\n');
      version("580.95.05");
      assert.match(output(await apply(4)), /there is no file \/root\/ca\.pem on the host/);
      writeFileSync(join(host.root, "root/ca.pem"), "one\n");
      await apply();
      await quiet();
      version("580.105.08");
      assert.equal(await check(), ["+ ct 200 web: feature nvidia, again"]);
      writeFileSync(join(host.root, "root/ca.pem"), "two\n");
      assert.equal(asked(await apply()), ["200 begin feature.nvidia", "200 begin feature.trusted_ca"]);
      await quiet();
    },
    state,
  );
});

test("secrets reach the guest on its input, and stand nowhere else", async () => {
  const seen: string[] = [];
  const { script: compiled } = await compileProject({
    "main.phx":
      LAN +
      webCt('feature login { token = secret("file:/root/token"), key = secret("env:LOGIN_KEY") }\n state = running'),
    "features/login/feature.json": '{"parameters": {"token": {"type": "secret"}, "key": {"type": "secret"}}}',
    "features/login/install.sh": 'test -n "${PARAM_TOKEN}"\n',
  });
  const state = zfsHost({ files: { "/root/token": "it's hunter2\n" } });
  await withHost(
    state,
    async (host) => {
      const refused = await host.runScript(compiled);
      assert.is(refused.code, 4);
      assert.match(output(refused), /held back: the secret env:LOGIN_KEY is not there/);
      const run = await host.runScript(compiled, [], { env: { LOGIN_KEY: "hunter3" } });
      assert.is(run.code, 0, output(run));
      const text = seen.join("\n");
      assert.match(text, /^export PARAM_TOKEN='it'\\''s hunter2'$/m);
      assert.match(text, /^export PARAM_KEY='hunter3'$/m);
      const log = await host.runScript('cat "$PHXC_ROOT"/var/lib/phxc/log/* "$PHXC_ROOT"/var/lib/phxc/guest/*\n');
      const everywhere = [compiled, output(run), log.stdout, ...run.commands.map(({ argv }) => argv.join(" "))].join(
        "\n",
      );
      assert.not.match(everywhere, /hunter/);
    },
    {
      guests: (_guest, _argv, stdin) => {
        seen.push(stdin.toString("utf8"));
        return undefined;
      },
    },
  );
});

test("an answer that is none is told; that of a machine, whose agent may be about to start again, after some more questions", async () => {
  await withHost(
    zfsHost(),
    async (host) => {
      const text = "features = [nfs_client]\n state = running";
      const container: Scripted = await another(host, webCt(text));
      const once = await host.runScript(container.script);
      assert.match(once.stderr, /the dog ate it/);
      assert.is(asked(once).length, 1);
      const fleet: Scripted = await another(host, appVm(`agent = true\n ${text}`));
      const run = await host.runScript(fleet.script.replaceAll("sleep 2", "sleep 0"));
      assert.is(run.code, 4);
      assert.match(run.stderr, /the dog ate it/);
      assert.is(asked(run).length, 5);
    },
    { guests: () => ({ code: 0, stdout: "the dog ate it\n", stderr: "" }) },
  );
});

test("a locked guest is left alone", async () => {
  await scripted(webCt("features = [nfs_client]\n state = running"), async ({ host, apply }) => {
    await apply();
    writeFileSync(confPath(host, 200), `${readFileSync(confPath(host, 200), "utf8").trimEnd()}\nlock: backup\n`);
    const fleet = await another(host, webCt("features = [nfs_client, samba_client]\n state = running"));
    const run = await fleet.host.runScript(fleet.script);
    assert.equal(asked(run), []);
    assert.match(output(run), /backup/);
  });
});

test.run();
