import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitJson } from "../../src/emitters/json/index.js";
import type { Plan, Probe, Step } from "../../src/model/plan.js";
import { plan } from "../../src/planner/index.js";
import { fleet } from "../support/fleet.js";
import { golden } from "../support/golden.js";
import { kinds, modelOf } from "../support/model.js";
import { root } from "../support/paths.js";

const test = suite("emit-json");

const schema = JSON.parse(readFileSync(join(root, "schema/plan.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
const whole = plan(fleet, kinds).value;
const emitted = emitJson(whole, { version: "0.0.0" });

function isValid(text: string): boolean {
  return validate(JSON.parse(text));
}

function withProbe(probe: unknown): Plan {
  const [step] = whole.steps;
  assert.ok(step);
  return { ...whole, steps: [{ ...step, probe: probe as Probe }] };
}

test("the fleet's plan as data", () => {
  golden("plan/fleet.json", emitted);
});

test("it is as the published schema says", () => {
  assert.is(isValid(emitted), true, JSON.stringify(validate.errors));
  assert.is(isValid(emitJson(plan(modelOf([]), kinds).value, { version: "0.0.0" })), true);
});

test("the schema knows every probe that a plan may hold", () => {
  const guest = { kind: "ct", id: 1, name: "x" } as const;
  const probes: readonly Probe[] = [
    { kind: "restart-needed", guest },
    { kind: "command", argv: ["true"], stdout: "" },
    { kind: "command", argv: ["true"] },
    { kind: "directory", path: "/x" },
    { kind: "image-absent", path: "/x" },
    { kind: "file", path: "/x", content: "", adopt: true },
  ];
  for (const probe of probes) assert.is(isValid(emitJson(withProbe(probe), { version: "1" })), true, probe.kind);
});

test("the schema refuses what is no plan", () => {
  const wrong: readonly unknown[] = [
    { kind: "unheard-of" },
    { kind: "options" },
    { kind: "not-template", guest: { kind: "lxc", id: 1, name: "x" } },
    { kind: "run-state", guest: { kind: "ct", id: 1, name: "x" }, want: "maybe" },
    { kind: "pool-vdev", pool: "x", vdev: "none" },
  ];
  for (const probe of wrong) assert.is(isValid(emitJson(withProbe(probe), { version: "1" })), false);
  assert.is(validate({}), false);
  assert.is(validate({ ...(JSON.parse(emitted) as object), more: 1 }), false);
});

test("places are lines and columns, counted from 1", () => {
  const data = JSON.parse(emitted) as { readonly steps: readonly { readonly id: string; readonly source: unknown }[] };
  const source = data.steps.find((step) => step.id === "vm.8001.create")?.source;
  assert.equal(source, { file: "fleet.phx", line: 2, column: 1 });
});

test("the order of keys does not depend on what made an object", () => {
  const reversed = (step: Step): Step =>
    Object.fromEntries(
      Object.entries(step)
        .map(([key, value]) => [
          key,
          key === "probe" ? Object.fromEntries(Object.entries(value as object).toReversed()) : value,
        ])
        .toReversed() as [string, unknown][],
    ) as unknown as Step;
  const shuffled = { ...whole, steps: whole.steps.map(reversed) };
  assert.is(emitJson(shuffled, { version: "0.0.0" }), emitted);
});

test("hostile text arrives as it is", () => {
  const content = "\"\\\u0000\u2028\u202e'$(x)`\n</script>\ud800";
  const text = emitJson(withProbe({ kind: "file", path: content, content, adopt: false }), { version: "1" });
  const back = JSON.parse(text) as { readonly steps: readonly { readonly probe: { readonly content: string } }[] };
  assert.is(back.steps[0]?.probe.content, content);
});

test.run();
