import type { Probe, Step } from "../model/plan.js";
import { compareText } from "../plugin-api/index.js";

type PackagesStep = Step & { readonly probe: Extract<Probe, { readonly kind: "packages" }> };

/** All packages that steps ask for in one step before all others: one command installs them, and what they bring is there. */
export function withOnePackagesStep(steps: readonly Step[], host: string): readonly Step[] {
  const asking = steps.filter((step): step is PackagesStep => step.probe.kind === "packages");
  const [first] = asking;
  const options = first?.commands[0] ?? [];
  if (first === undefined) return steps;
  const unique = (words: readonly string[]): readonly string[] => [...new Set(words)].toSorted(compareText);
  const names = unique(asking.flatMap(({ probe }) => probe.names));
  const one: Step = {
    ...first,
    id: `host.${host}.packages`,
    resource: `host.${host}`,
    probe: { kind: "packages", names, commands: unique(asking.flatMap(({ probe }) => probe.commands)) },
    commands: [[...options.slice(0, options.indexOf("--") + 1), ...names]],
    requires: [],
  };
  const ids = new Set(asking.map(({ id }) => id));
  const others = steps.filter((step) => !ids.has(step.id));
  const linked = others.map((step) => ({
    ...step,
    requires: [...new Set(step.requires.map((id) => (ids.has(id) ? one.id : id)))],
  }));
  return [one, ...linked];
}
