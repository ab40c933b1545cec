import type { Address, Resource } from "../model/resource.js";
import { bootOf, compareText, isGuest } from "../plugin-api/index.js";

/** The resources that each one needs directly, restricted to those given; each once, in the order written. */
export type Graph = ReadonlyMap<Address, readonly Address[]>;

/** Builds the graph of some resources from their edges. */
export function graphOf(resources: readonly Resource[]): Graph {
  const known = new Set(resources.map((resource) => resource.address));
  return new Map(
    resources.map((resource) => {
      const needed = resource.requires.map((edge) => edge.to);
      const own = [...new Set(needed)].filter((to) => known.has(to) && to !== resource.address);
      return [resource.address, own];
    }),
  );
}

/** All that the given addresses need, with themselves. */
export function closure(graph: Graph, from: readonly Address[]): ReadonlySet<Address> {
  const reached = new Set<Address>();
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return reached;
}

/**
 * The order of the turns: what is needed comes first; among those that could come next, the host itself, then its things
 * before guests, then by boot order (guests without one last), kind, id and name. A cycle has been reported by the checker; here it is cut
 * at the resource that would come first.
 */
export function turns(resources: readonly Resource[], graph: Graph): readonly Resource[] {
  const waiting = [...resources].toSorted(byPreference);
  const done = new Set<Address>();
  const ordered: Resource[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((resource) => (graph.get(resource.address) ?? []).every((to) => done.has(to)));
    const [next] = waiting.splice(Math.max(ready, 0), 1);
    if (next === undefined) break;
    done.add(next.address);
    ordered.push(next);
  }
  return ordered;
}

function byPreference(a: Resource, b: Resource): number {
  return (
    Number(b.kind === "host") - Number(a.kind === "host") ||
    Number(isGuest(a)) - Number(isGuest(b)) ||
    bootOrder(a) - bootOrder(b) ||
    compareText(a.kind, b.kind) ||
    (a.id ?? 0) - (b.id ?? 0) ||
    compareText(a.name, b.name)
  );
}

function bootOrder(resource: Resource): number {
  return bootOf(resource)?.order ?? Number.MAX_SAFE_INTEGER;
}
