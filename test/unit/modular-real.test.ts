import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { diskFiles } from "../../src/host/files.js";
import type { Plan } from "../../src/model/plan.js";
import { inFolder } from "../support/folder.js";
import { filesOf } from "../support/json.js";
import { shared } from "../support/paths.js";
import { runCli } from "../support/terminal.js";

/** The real configuration, taken apart into one file a guest over what guests have in common. */
const test = suite("modular-real");

const ENTRY = "phoenix_hypervisor_config.json";
const realFolder = join(shared, "phoenix/config");
const hasReal = existsSync(join(realFolder, ENTRY));

type Fields = Readonly<Record<string, unknown>>;

function parsed(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(realFolder, name), "utf8")) as Record<string, unknown>;
}

/** What all say alike. */
function common(guests: readonly Fields[]): Fields {
  const [first = {}, ...rest] = guests;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      rest.every((guest) => JSON.stringify(guest[name]) === JSON.stringify(value)),
    ),
  );
}

function without(guest: Fields, ...layers: readonly Fields[]): Fields {
  return Object.fromEntries(Object.entries(guest).filter(([name]) => !layers.some((layer) => name in layer)));
}

/** `features` that begin with `base_setup` come from a profile that says so. */
function withBaseSetup(guest: Fields): Fields {
  const [first, ...rest] = Array.isArray(guest["features"]) ? (guest["features"] as readonly unknown[]) : [];
  if (first !== "base_setup") return guest;
  const own = without(guest, { features: [] });
  return { profiles: ["base"], ...own, ...(rest.length === 0 ? {} : { "features+": rest }) };
}

/** Files by path; what is said below and replaced above proves that it is replaced. */
function modular(): Readonly<Record<string, string>> {
  const lxc = parsed("phoenix_lxc_configs.json");
  const vm = parsed("phoenix_vm_configs.json");
  const containers = Object.entries(lxc["lxc_configs"] as Readonly<Record<string, Fields>>);
  const machines = vm["vms"] as readonly Fields[];
  const base = common(containers.map(([, guest]) => guest));
  const both = common(containers.flatMap(([id, guest]) => (/^80[12]$/.test(id) ? [guest] : [])));
  const vllm = without(both, base, { memory_mb: 0, features: [] });
  const files: Record<string, unknown> = {
    "phoenix_lxc_configs.json": { ...lxc, lxc_configs: {} },
    "phoenix_vm_configs.json": { ...vm, vms: [] },
    "conf.d/defaults/lxc_base.json": { ...base, memory_mb: 2048, cores: 1 },
    "conf.d/defaults/vm_base.json": { ...common(machines), cores: 16 },
    "conf.d/defaults/profile_base.json": { features: ["base_setup"] },
    "conf.d/defaults/profile_vllm.json": { ...vllm, memory_mb: 65536 },
  };
  for (const [id, guest] of containers) {
    const own = withBaseSetup(without(guest, base));
    const isVllm = /^80[12]$/.test(id);
    const rest = isVllm ? { ...without(own, vllm), profiles: ["vllm"] } : own;
    files[`conf.d/lxc/${id}_${String(guest["name"])}.json`] = rest;
  }
  for (const guest of machines) {
    const own = without(guest, common(machines));
    // Machines without a number of cores of their own have that of all machines, and none of the layer between.
    files[`conf.d/vm/${String(guest["vmid"])}.json`] = "cores" in guest ? own : { ...own, cores: null };
  }
  const texts = Object.entries(files).map(([path, value]) => [path, JSON.stringify(value, null, 2)]);
  return { ...filesOf(realFolder, ENTRY), ...(Object.fromEntries(texts) as Readonly<Record<string, string>>) };
}

async function planOf(folder: string): Promise<Plan> {
  const { plan, diagnostics } = await compile({ entry: ENTRY, files: diskFiles(folder) });
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  assert.equal(errors, []);
  assert.ok(plan !== undefined);
  return plan;
}

/** Without the places and files it comes from, which the header lists. */
function comparable({ steps, requirements, guests, scripts }: Plan): string {
  return JSON.stringify(
    { steps, requirements, guests, scripts },
    (key, value: unknown) => (key === "source" ? 0 : value),
    1,
  );
}

if (!hasReal) test.skip(`the real configuration is not there: ${realFolder}`, () => {});

if (hasReal) {
  test("the modular form is the same plan", async () => {
    const original = comparable(await planOf(realFolder));
    await inFolder(modular(), async (cwd) => assert.is(comparable(await planOf(cwd)), original));
  });

  test("`phxc why 801.memory` shows every layer, the one that counts, and the command", async () => {
    await inFolder(modular(), async (cwd) => {
      const { code, out, err } = await runCli(["why", "801.memory"], { cwd });
      assert.is(code, 0, err);
      const lines = out.split("\n");
      assert.is(lines[0], "801.memory = 72000MiB");
      assert.equal(
        lines.filter((line) => /conf\.d/.test(line)).map((line) => line.replace(/:\d+:\d+ +/, " ")),
        [
          "  conf.d/defaults/lxc_base.json = 2GiB",
          "  conf.d/defaults/profile_vllm.json = 64GiB",
          "> conf.d/lxc/801_granite-embedding.json = 72000MiB",
        ],
      );
      assert.match(out, "step ct.801.options (options)\n  pct set 801 --memory 72000\n");
    });
  });
}

test.run();
