import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, type Compilation } from "../../src/compile.js";
import { diskFiles } from "../../src/host/files.js";
import type { Plan } from "../../src/model/plan.js";
import { root, shared } from "../support/paths.js";

/** An example in .phx and its twin in JSON are one plan. */
const test = suite("json-twin");

const ENTRY = "phoenix_hypervisor_config.json";

async function compiled(folder: string, entry: string): Promise<Compilation & { readonly plan: Plan }> {
  const result = await compile({ entry, files: diskFiles(folder) });
  const errors = result.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  assert.equal(errors, []);
  const { plan } = result;
  assert.ok(plan !== undefined);
  return { ...result, plan };
}

/** A value without the places and layers it comes from and the names of files; references by what they name, however written. */
function bare(value: unknown): unknown {
  if (value instanceof Map) return bare(Object.fromEntries([...value].sort(([a], [b]) => (a < b ? -1 : 1))));
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  if ("type" in value && value.type === "ref" && "address" in value) return value.address;
  const entries = Object.entries(value).filter(
    ([key]) => !/spans?$/i.test(key) && !["source", "sources", "layers"].includes(key),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, bare(inner)]));
}

test("the home server: one plan", async () => {
  const phx = await compiled(join(root, "examples/homelab"), "homelab.phx");
  const json = await compiled(join(root, "examples/homelab/json"), ENTRY);
  assert.is(JSON.stringify(bare(phx.plan), null, 1), JSON.stringify(bare(json.plan), null, 1));
});

test("the home server in one file a guest: the same plan, with its own sources", async () => {
  const whole = await compiled(join(root, "examples/homelab/json"), ENTRY);
  const modular = await compiled(join(root, "examples/modular"), ENTRY);
  assert.is(JSON.stringify(bare(modular.plan), null, 1), JSON.stringify(bare(whole.plan), null, 1));
  assert.equal(
    modular.plan.sources.map(({ path }) => path),
    [
      ENTRY,
      ...["lxc_base", "profile_service", "profile_web", "vm_base"].map((name) => `conf.d/defaults/${name}.json`),
      ...["101_web-1", "102_web-2"].map((name) => `conf.d/lxc/${name}.json`),
      ...["201_docker", "9000_ubuntu-template"].map((name) => `conf.d/vm/${name}.json`),
    ],
  );
});

test("the home server: one model, but for names that .phx looks up where JSON has addresses", async () => {
  const phx = await compiled(join(root, "examples/homelab"), "homelab.phx");
  const json = await compiled(join(root, "examples/homelab/json"), ENTRY);
  const resources = ({ model }: Compilation) =>
    Object.fromEntries(
      [...(model?.resources ?? [])].map(([address, resource]) => [
        address,
        bare({ ...resource, sections: resource.sections.filter(({ kind }) => kind !== "firewall").toSorted(byKind) }),
      ]),
    );
  assert.equal(resources(phx), resources(json));
});

/** Blocks of a profile stand before those of the guest. */
function byKind(a: { readonly kind: string }, b: { readonly kind: string }): number {
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
}

const realFolder = join(shared, "phoenix/config");
const hasReal = existsSync(join(realFolder, ENTRY));

/** The images have better names in .phx, and the firewalls no rules that say nothing new. */
const RENAMED: readonly (readonly [string, string])[] = [
  ["ubuntu-24-04-standard_24-04-2_amd64", "ubuntu-24-04"],
  ["noble-server-cloudimg-amd64", "ubuntu-noble-cloud"],
];
const COVERED = "IN ACCEPT -source 10.0.0.10 -p tcp -dport 80";

function withoutRepeats(content: string): string {
  const seen = new Set<string>();
  const lines = content.split("\n").filter((line) => {
    const [rule = ""] = line.split(" #");
    const isRule = /^(IN|OUT) /.test(rule);
    const isNew = !isRule || (!seen.has(rule) && rule !== COVERED);
    seen.add(rule);
    return isNew;
  });
  return lines.join("\n");
}

/** Two clones do not say in JSON that they are unprivileged, as their source is; a profile says it for all. */
const SILENT = ["ct.911", "ct.912"];

function comparable(plan: Plan): string {
  const steps = plan.steps.map((step) => {
    const { probe } = step;
    if (probe.kind === "file") return { ...step, probe: { ...probe, content: withoutRepeats(probe.content) } };
    return probe.kind === "options" && SILENT.includes(step.resource)
      ? { ...step, probe: { ...probe, fixed: [] } }
      : step;
  });
  const text = JSON.stringify(bare({ ...plan, steps }), null, 1);
  return RENAMED.reduce(
    (result, [before, after]) =>
      result.replaceAll(`image.${before}"`, `image.${after}"`).replaceAll(`image ${before}"`, `image ${after}"`),
    text,
  );
}

(hasReal ? test : test.skip)("the real configuration in .phx says the same as the files", async () => {
  const phx = await compiled(join(root, "examples/phoenix"), "phoenix.phx");
  const json = await compiled(realFolder, ENTRY);
  assert.is(comparable(phx.plan), comparable(json.plan));
});

test("the real configuration in .phx compiles by itself", async () => {
  const { model } = await compiled(join(root, "examples/phoenix"), "phoenix.phx");
  assert.is([...(model?.resources.values() ?? [])].filter(({ kind }) => kind === "ct" || kind === "vm").length, 15);
});

test.run();
