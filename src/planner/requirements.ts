import type { Requirement, Step } from "../model/plan.js";

/**
 * Requirements that say the same become one, which holds back all that the others would; one that holds back nothing in
 * particular refuses the whole plan, and wins.
 */
export function mergeRequirements(requirements: readonly Requirement[]): readonly Requirement[] {
  const merged = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const key = subject(requirement);
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? requirement : { ...earlier, blocks: joined(earlier, requirement) });
  }
  return [...merged.values()];
}

function joined(a: Requirement, b: Requirement): Requirement["blocks"] {
  return a.blocks.length === 0 || b.blocks.length === 0 ? [] : [...new Set([...a.blocks, ...b.blocks])];
}

function subject(requirement: Requirement): string {
  const { blocks: _blocks, source: _source, ...rest } = requirement;
  return JSON.stringify(rest);
}

/** Requirements without those that the steps bring about themselves, before anything needs them: bridges. */
export function unmetRequirements(
  requirements: readonly Requirement[],
  steps: readonly Step[],
): readonly Requirement[] {
  const made = new Set(
    steps.flatMap(({ probe }) => {
      if (probe.kind === "sdn-pending") return probe.vnets;
      return probe.kind === "interface" && /bridge$/i.test(probe.type) ? [probe.name] : [];
    }),
  );
  return requirements.filter((requirement) => requirement.kind !== "bridge" || !made.has(requirement.bridge));
}
