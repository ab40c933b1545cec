import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/index.js";
import { presupposed } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { hasShared, root, shared } from "../support/paths.js";
import { announced, compileFolder, mutating, runThrough, withEmptyHost, withHost } from "../support/rehearsal.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("plans on a simulated host");

const CONFIGURATIONS = [
  { name: "the homelab", folder: join(root, "examples/homelab"), entry: "homelab.phx", there: true },
  {
    name: "its JSON twin",
    folder: join(root, "examples/homelab/json"),
    entry: "phoenix_hypervisor_config.json",
    there: true,
  },
  { name: "the Phoenix example", folder: join(root, "examples/phoenix"), entry: "phoenix.phx", there: true },
  {
    name: "the production files",
    folder: join(shared, "phoenix/config"),
    entry: "phoenix_hypervisor_config.json",
    there: hasShared,
  },
];

for (const { name, folder, entry, there } of CONFIGURATIONS) {
  test(`${name}: from an empty host to all guests; the second run changes nothing`, async () => {
    if (!there) return console.log(`skipped: ${folder} is not here`);
    const { plan, script } = await compileFolder(folder, entry);
    if (hasLinters()) assert.equal(lintScript(script), []);
    await withEmptyHost(plan, async (host) => {
      const before = await host.runScript(script, ["--check"]);
      assert.is(before.code, 2, before.stderr);
      assert.equal(mutating(before), []);
      const first = await runThrough(host, script);
      assert.is(first.code, 0, first.stdout + first.stderr);
      assert.equal(
        host.guests().map(({ id }) => id),
        plan.guests.map(({ id }) => id).sort((a, b) => a - b),
      );
      assert.equal(
        first.commands.filter(({ known }) => !known),
        [],
      );
      const second = await host.runScript(script);
      assert.is(second.code, 0, second.stdout + second.stderr);
      assert.equal(mutating(second), []);
      assert.equal(announced(second.stdout), []);
      assert.equal(guestCommands(second), [], "a quiet run starts no Proxmox process for guests");
      const check = await host.runScript(script, ["--check"]);
      assert.is(check.code, 0);
    });
  });
}

test("the production files: who runs afterwards", async () => {
  if (!hasShared) return console.log("skipped: the production files are not here");
  const { plan, script } = await compileFolder(join(shared, "phoenix/config"), "phoenix_hypervisor_config.json");
  await withEmptyHost(plan, async (host) => {
    await runThrough(host, script);
    const stopped = host.guests().filter(({ running }) => !running);
    assert.equal(
      stopped.map(({ id }) => id),
      [900, 901, 910, 911, 912, 9000],
    );
    assert.is(host.guests().length, 15);
  });
});

test("without the GPUs, their guests and dependants are held back by name; the others converge", async () => {
  if (!hasShared) return console.log("skipped: the production files are not here");
  const { plan, script } = await compileFolder(join(shared, "phoenix/config"), "phoenix_hypervisor_config.json");
  await withHost(withCards(plan, 0), async (host) => {
    const run = await runThrough(host, script);
    assert.is(run.code, 4, run.stderr);
    assert.equal(
      host.guests().map(({ id }) => id),
      [101, 102, 103, 900, 1001, 1002, 9000],
    );
    for (const id of [901, 910, 911, 912, 801, 802, 914, 917]) {
      assert.match(run.stdout, new RegExp(`^! ct ${id} \\S+: held back: there is no device /dev/nvidia`, "m"));
    }
    assert.match(run.stdout, /8 held back/);
  });
});

test("a guest that needs one that is held back is held back with it", async () => {
  if (!hasShared) return console.log("skipped: the production files are not here");
  const { plan, script } = await compileFolder(join(shared, "phoenix/config"), "phoenix_hypervisor_config.json");
  await withHost(withCards(plan, 1), async (host) => {
    const run = await runThrough(host, script);
    assert.match(run.stdout, /^! ct 911 \S+: held back: it needs ct 901, which is held back$/m);
    assert.match(run.stdout, /^! ct 801 \S+: held back: it needs ct 911, which is held back$/m);
  });
});

test("three guests changed behind its back: the check shows exactly that, the next run mends it, then it is quiet", async () => {
  if (!hasShared) return console.log("skipped: the production files are not here");
  const { plan, script } = await compileFolder(join(shared, "phoenix/config"), "phoenix_hypervisor_config.json");
  await withEmptyHost(plan, async (host) => {
    await runThrough(host, script);
    const byHand = [
      ["qm", "set", "1001", "--onboot", "0"],
      ["pct", "stop", "801"],
      ["pct", "set", "801", "--delete", "mp0"],
      ["pct", "set", "801", "--delete", "unused0"],
      ["pct", "start", "801"],
      ["pct", "stop", "102"],
      ["pct", "set", "102", "--delete", "mp1"],
      ["pct", "start", "102"],
    ];
    for (const argv of byHand) assert.is((await host.execute(argv)).code, 0, argv.join(" "));
    const expected = [
      "~ ct 102 Traefik-Internal: mp1 (unset) -> /mnt/pve/quickOS/lxc-persistent-data/103/ssl,mp=/etc/step-ca/ssl",
      "~ vm 1001 Portainer: onboot 0 -> 1",
      "~ ct 801 granite-embedding: mp0 (unset) -> fastData-shared-bulk-data:50,mp=/vllm_models",
    ];
    const check = await host.runScript(script, ["--check"]);
    assert.is(check.code, 2);
    assert.equal(announced(check.stdout), expected);
    assert.equal(mutating(check), []);
    const mend = await host.runScript(script);
    assert.is(mend.code, 0, mend.stderr);
    assert.equal(announced(mend.stdout), expected);
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, mutating(quiet), announced(quiet.stdout)], [0, [], []]);
  });
});

/** What the plan presupposes, with no more than so many cards of NVIDIA. */
function withCards(plan: Plan, most: number): HostState {
  const state = presupposed(plan);
  const cards = Object.keys(state.files).filter((path) => /^PCI_ID=10de:/im.test(state.files[path] ?? ""));
  const files = Object.entries(state.files).filter(([path]) => !cards.slice(most).includes(path));
  const devices = state.devices.filter((path) => most > 0 || !path.startsWith("/dev/nvidia"));
  return { ...state, files: Object.fromEntries(files), devices };
}

/** Calls of the tools that cost about a second each and that a quiet run must not make for guests. */
function guestCommands(run: { readonly commands: readonly { readonly argv: readonly string[] }[] }): string[] {
  return run.commands.map(({ argv }) => argv.join(" ")).filter((line) => /^(qm|pct|pvesh|pvesm) /.test(line));
}

test.run();
