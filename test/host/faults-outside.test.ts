import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HostRunOptions, SimulatedHost } from "../../src/rehearsal/index.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import {
  LAN,
  appVm,
  applied,
  confPath,
  editConf,
  fleetOn,
  output,
  scripted,
  told,
  webCt,
} from "../support/script-host.js";
import type { Scripted } from "../support/script-host.js";
import { withHost, zfsHost } from "../support/sim.js";

const test = suite("what happens to a run from outside");

/** The script of a fleet on a host that does its commands in this way. */
async function on(text: string, options: HostRunOptions, use: (fleet: Scripted) => Promise<void>): Promise<void> {
  const { script } = await compileSource(LAN + text);
  await withHost(zfsHost(), (host) => use(fleetOn(host, script)), options);
}

test("a guest locked by a backup is waited for", () =>
  applied(webCt("cores = 2"), async ({ host, apply, byHand, quiet }) => {
    await byHand("pct set 200 --cores 1");
    editConf(host, 200, (text) => `lock: backup\n${text}`);
    const ends = setTimeout(1500).then(() => editConf(host, 200, (text) => text.replace("lock: backup\n", "")));
    const run = await apply();
    assert.match(run.stdout, "  ct 200 is locked (backup); waiting for that to end, 300 s at most");
    assert.equal(told(run), ["~ ct 200 web: cores 1 -> 2"]);
    await ends;
    await quiet();
  }));

test("it is waited for so long and no longer, all guests together; then they are held back", () =>
  applied(`${webCt("cores = 2")}${appVm("cores = 2")}`, async ({ host, apply, byHand }) => {
    await byHand("pct set 200 --cores 1", "qm set 100 --cores 1");
    for (const id of [100, 200]) editConf(host, id, (text) => `lock: backup\n${text}`);
    const start = performance.now();
    const run = await apply(4, "--wait", "2");
    assert.ok(performance.now() - start < 15_000);
    assert.equal(run.stdout.match(/waiting for that to end/g)?.length, 1);
    assert.equal(told(run), [
      "! ct 200 web: held back: it is locked (backup) by another task; run again when that has ended",
      "! vm 100 app: held back: it is locked (backup) by another task; run again when that has ended",
    ]);
  }));

test("a lock that no task will take away, and a check, are not waited for", () =>
  applied(webCt("cores = 2"), async ({ host, apply, check, byHand }) => {
    await byHand("pct set 200 --cores 1");
    editConf(host, 200, (text) => `lock: mounted\n${text}`);
    assert.not.match((await apply(4)).stdout, "waiting");
    editConf(host, 200, (text) => text.replace("mounted", "backup"));
    assert.equal(await check(), ["~ ct 200 web: cores 1 -> 2"]);
  }));

test("a guest that is destroyed while it is waited for is held back", () =>
  applied(webCt("cores = 2"), async ({ host, apply, byHand }) => {
    await byHand("pct set 200 --cores 1");
    editConf(host, 200, (text) => `lock: backup\n${text}`);
    const ends = setTimeout(1200).then(() => rmSync(confPath(host, 200)));
    assert.match((await apply(4)).stdout, "held back: it was destroyed while this run waited for its lock");
    await ends;
  }));

/** Somebody else changes the file of container 200 just before each of the first `times` commands that begin so. */
function meddling(words: string, times: number): { readonly options: HostRunOptions; host?: SimulatedHost } {
  let left = times;
  const meddler: { options: HostRunOptions; host?: SimulatedHost } = {
    options: {
      refuses: (argv) => {
        if (!argv.join(" ").startsWith(words) || meddler.host === undefined || left === 0) return undefined;
        left--;
        editConf(meddler.host, 200, (text) => text.replace(/^tags: .*\n|^/, `tags: by-hand-${left}\n`));
        return undefined;
      },
    },
  };
  return meddler;
}

for (const [what, words, more] of [
  ["options", "pct set 200", "cores = 2"],
  ["a disk's size", "pct resize 200", ""],
] as const)
  test(`${what}: a guest that changes between reading and writing is read again, once`, async () => {
    for (const times of [1, 2]) {
      const meddler = meddling(words, times);
      await on(webCt(more).replace("4GiB", "8GiB"), meddler.options, async ({ host, script, byHand }) => {
        await fleetOn(host, (await compileSource(LAN + webCt())).script).apply();
        await byHand("pct set 200 --cores 1");
        meddler.host = host;
        const run = await host.runScript(script);
        assert.is(run.code, times === 1 ? 0 : 4, output(run));
        const tries = mutating(run).filter((line) => line.startsWith(words));
        assert.is(tries.length, 2);
        if (times === 2) assert.match(run.stderr, /checksum mismatch/);
        assert.match(readFileSync(confPath(host, 200), "utf8"), `tags: by-hand-0`);
      });
    }
  });

const two = `${webCt("boot { start = true }")}${webCt("cores = 2")
  .replaceAll("200 web", "201 other")
  .replace("10.0.0.20", "10.0.0.21")}`;

/** Refuses with these words until `over`, wherever the command line has them. */
function trouble(pattern: RegExp, words: string): { readonly options: HostRunOptions; over: boolean } {
  const state = {
    over: false,
    options: {
      refuses: (argv: readonly string[]) => (!state.over && pattern.test(argv.join(" ")) ? words : undefined),
    },
  };
  return state;
}

for (const [what, words] of [
  ["a full disk", "zfs error: cannot create 'tank/cts/subvol-200-disk-0': out of space"],
  ["a storage that goes away in mid-run", "storage 'cts' is not online"],
] as const)
  test(`${what}: the step and its words are told; with --keep-going the others go on, and the next run finishes`, async () => {
    const full = trouble(/^pct create 200/, words);
    await on(two, full.options, async ({ host, apply, quiet }) => {
      const run = await apply(4);
      assert.match(run.stderr, `Failed: step ct.200.create`);
      assert.match(run.stderr, words);
      assert.equal(host.guests(), []);
      const going = await apply(4, "--keep-going");
      assert.match(going.stdout, "! ct 200 web: held back: step ct.200.create failed");
      assert.equal(
        host.guests().map(({ id }) => id),
        [201],
      );
      full.over = true;
      await apply();
      await quiet();
    });
  });

/** Makes every write to a file of the host end with "no space left on device". */
function fill(host: SimulatedHost, path: string): void {
  mkdirSync(dirname(join(host.root, path)), { recursive: true });
  symlinkSync("/dev/full", join(host.root, path));
}

for (const [what, path, words] of [
  ["a record of a creation", "var/lib/phxc/intent/200.phxc-new", "no record can be written below /var/lib/phxc"],
  ["a file below /etc/pve", "etc/pve/firewall/200.fw.phxc-new", "/etc/pve/firewall/200.fw cannot be written"],
] as const)
  test(`no room for ${what}: nothing is begun that could not be gone on with`, () =>
    scripted(
      webCt("boot { start = true }\n  firewall { in accept tcp 22 from lan }"),
      async ({ host, apply, quiet }) => {
        fill(host, path);
        const run = await apply(4);
        assert.match(run.stderr, words);
        assert.is(existsSync(confPath(host, 200)), path.startsWith("etc"));
        await apply();
        assert.ok(host.guests()[0]?.running);
        await quiet();
      },
    ));

test("no place for the mark of a first start: the guest is not made without it", () =>
  scripted(webCt("boot { start = true }"), async ({ host, apply, quiet }) => {
    writeFileSync(join(host.root, "var/lib/phxc/first-start"), "in the way");
    assert.match((await apply(4)).stderr, "no record can be written below /var/lib/phxc");
    assert.equal(host.guests(), []);
    rmSync(join(host.root, "var/lib/phxc/first-start"));
    await apply();
    assert.ok(host.guests()[0]?.running);
    await quiet();
  }));

test("no room for the log: the run goes on", () =>
  scripted(webCt(), async ({ host, script, quiet }) => {
    const digest = /^readonly PLAN_DIGEST='(.{12})/m.exec(script)?.[1] ?? "";
    fill(host, `var/lib/phxc/log/${digest}.log`);
    const run = await host.runScript(script);
    assert.is(run.code, 0, output(run));
    await quiet();
  }));

test("no room for the first folder: nothing is touched", () =>
  scripted(webCt(), async ({ host, script }) => {
    rmSync(join(host.root, "var/lib/phxc"), { recursive: true });
    symlinkSync("/dev/full", join(host.root, "var/lib/phxc"));
    const run = await host.runScript(script);
    assert.equal([run.code, mutating(run)], [3, []], output(run));
    assert.match(run.stderr, "Nothing can be written to /var/lib/phxc or /run/lock; nothing was touched.");
  }));

test("a command that hangs is ended after its time, and told; the others go on, and the next run begins it anew", async () => {
  let hangs = true;
  const options = {
    latencyMs: (argv: readonly string[]) => (hangs && argv[1] === "create" && argv[2] === "200" ? 1e9 : 0),
  };
  await on(two, options, async ({ host, apply, quiet }) => {
    const start = performance.now();
    const run = await apply(4, "--limit", "1");
    assert.match(
      run.stderr,
      "exit code: 124; it had not ended after 1 s and was ended (--limit SECONDS gives it more)",
    );
    assert.equal(
      host.guests().map(({ id, name }) => [id, name]),
      [[200, "CT200"]],
    );
    const going = await apply(4, "--limit", "1", "--keep-going");
    assert.match(going.stdout, "! ct 200 web: held back: step ct.200.create failed");
    assert.ok(performance.now() - start < 30_000);
    assert.ok(host.guests().some(({ id }) => id === 201));
    hangs = false;
    await apply();
    await quiet();
  });
});

test("a command that does not listen either is killed", () =>
  scripted(webCt(), async ({ host, script }) => {
    const folder = join(host.root, "deaf");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "pct"),
      `#!/bin/bash\ntrap '' TERM\n[[ $1 == create ]] || exec "${host.env["PATH"]?.split(":")[0]}/pct" "$@"\nwhile :; do sleep 60; done\n`,
    );
    chmodSync(join(folder, "pct"), 0o755);
    const env = { PATH: `${folder}:${host.env["PATH"]}` };
    const run = await host.runScript(script, ["--limit", "1"], { env });
    assert.is(run.code, 4, output(run));
    assert.match(run.stderr, "exit code: 137; it had not ended after 1 s and was ended");
  }));

test("an interrupted run ends its command first, however long that would take", async () => {
  const hangs = { latencyMs: (argv: readonly string[]) => (argv[1] === "create" ? 1e9 : 0) };
  await on(webCt(), hangs, async ({ host, script }) => {
    const stop = 'pid=$$; (sleep 1; kill -TERM "${pid}") >/dev/null 2>&1 &\n';
    const start = performance.now();
    const run = await host.runScript(script.replace(/\n/, () => `\n${stop}`));
    assert.is(run.code, 130, output(run));
    assert.match(run.stderr, "Interrupted in step ct.200.create. Run the same script again; it goes on from there.");
    assert.ok(performance.now() - start < 20_000);
    const next = await host.runScript(script, ["--limit", "1"]);
    assert.is(next.code, 4, output(next));
  });
});

test("a question that is not answered: preflight refuses, a step is told", async () => {
  const silent = { latencyMs: (argv: readonly string[]) => (argv[0] === "zfs" && argv[1] === "list" ? 1e9 : 0) };
  await on(webCt(), silent, async ({ host, apply }) => {
    const run = await apply(4, "--limit", "1");
    assert.match(run.stderr, "no answer from 'zfs' 'list' '-H' '-o' 'name' '-d' '1' 'tank/cts' within 1 s");
    assert.equal(host.guests(), []);
  });
  const pool = 'pool tank { disks = ["/dev/disk/by-id/a"], raid = single }\n';
  const deaf = { latencyMs: (argv: readonly string[]) => (argv[0] === "zpool" ? 1e9 : 0) };
  await on(pool, deaf, async ({ apply }) => {
    const run = await apply(3, "--limit", "1");
    assert.match(run.stderr, "Refused; nothing was touched:");
    assert.match(run.stderr, "  - no answer from 'zpool' 'get' '-Hp' '-o' 'name,property,value' 'ashift' within 1 s");
  });
});

test("--limit wants a number of seconds", () =>
  scripted(webCt(), async ({ apply }) => {
    for (const wrong of [[], ["0"], ["-1"], ["1.5"], ["soon"]]) await apply(64, "--limit", ...wrong);
  }));

test.run();
