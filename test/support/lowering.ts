import * as assert from "uvu/assert";
import type { Probe, Step } from "../../src/model/plan.js";
import { plan } from "../../src/planner/index.js";
import { lan } from "./fleet.js";
import { block, gib, kinds, modelOf, ref } from "./model.js";
import type { Block, Short } from "./model.js";

/** Small models of one guest, and what of their plans tests look at. */

export type Settings = Readonly<Record<string, Short>>;

export const root = block("disk", { name: "root" }, { size: gib(8), storage: "local-zfs" });
export const net = (set: Settings = {}): Block => block("net", { network: ref("network.lan", "lan") }, set);
export const ct = (set: Settings, inner: readonly Block[] = [root]): Block =>
  block("ct", { id: 101, name: "web" }, { image: "/x.tar.zst", ...set }, inner);
export const vm = (set: Settings, inner: readonly Block[] = [root]): Block =>
  block("vm", { id: 201, name: "app" }, { image: "/x.img", ...set }, inner);

export function stepsOf(...blocks: readonly Block[]): readonly Step[] {
  const { value, diagnostics } = plan(modelOf([lan, ...blocks]), kinds);
  assert.equal(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    [],
  );
  return value.steps;
}

export function findings(...blocks: readonly Block[]): readonly string[] {
  return plan(modelOf([lan, ...blocks]), kinds).diagnostics.map((finding) => finding.code);
}

export function probe<K extends Probe["kind"]>(steps: readonly Step[], kind: K): Extract<Probe, { readonly kind: K }> {
  const found = steps.map((step) => step.probe).find((each) => each.kind === kind);
  assert.ok(found, `no step has the probe ${kind}`);
  return found as Extract<Probe, { readonly kind: K }>;
}

export function option(steps: readonly Step[], name: string): string | undefined {
  return probe(steps, "options").wanted.find((pair) => pair.option === name)?.value;
}

export function command(steps: readonly Step[], id: string): string {
  return (steps.find((step) => step.id === id)?.commands ?? []).map((argv) => argv.join(" ")).join("; ");
}
