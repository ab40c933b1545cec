import type { Address, Edge, Model, Resource, Section, Setting, Value } from "../model/resource.js";
import type { KindSpec } from "../plugin-api/index.js";
import { dependencyCycle } from "../diagnostics/catalogue/semantics.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnose } from "../diagnostics/diagnostic.js";

/**
 * What must exist before a resource: everything that its attributes refer to, whatever their depth, unless they only mention
 * it. Arguments of blocks are no edges: a firewall rule about another guest does not wait for it.
 */
export function edgesOf(section: Section, self: Address): Edge[] {
  const edges: Edge[] = [];
  collectEdges(section, self, edges);
  return edges;
}

function collectEdges(section: Section, self: Address, edges: Edge[]): void {
  for (const setting of section.settings.values()) collectTargets(setting.value, setting, self, edges);
  for (const inner of section.sections) collectEdges(inner, self, edges);
}

/** Attributes that name nothing but what comes first. */
const ORDERS: ReadonlySet<string> = new Set(["needs", "clone"]);

function addEdge(edges: Edge[], edge: Edge, self: Address): void {
  const isKnown = edges.some(({ to, reason }) => to === edge.to && reason === edge.reason);
  // What a block says of itself is no order, unless it says so in so many words.
  const isOrder = edge.to !== self || ORDERS.has(edge.reason);
  if (isOrder && !isKnown) edges.push(edge);
}

function collectTargets(value: Value, setting: Setting, self: Address, edges: Edge[]): void {
  switch (value.type) {
    case "ref":
      if (value.mention !== true) addEdge(edges, { to: value.address, span: setting.span, reason: setting.name }, self);
      return;
    case "list":
      for (const item of value.items) collectTargets(item, setting, self, edges);
      return;
    case "map":
      for (const [, item] of value.entries) collectTargets(item, setting, self, edges);
      return;
    default:
      return;
  }
}

/** The model with what its kinds fill in; the same one where they have nothing to add. */
export function completed(model: Model, kinds: ReadonlyMap<string, KindSpec>): Model {
  const filled: Resource[] = [];
  for (const resource of model.resources.values()) {
    const whole = kinds.get(resource.kind)?.complete?.(resource, model) ?? resource;
    if (whole !== resource) filled.push(whole);
  }
  if (filled.length === 0) return model;
  const resources = new Map(model.resources);
  for (const resource of filled) resources.set(resource.address, resource);
  return { ...model, resources };
}

/** The lists of edges that the resources of a model have, by address. */
export type EdgeLists = ReadonlyMap<Address, Edge[]>;

/**
 * Adds the edges that only the kinds know to those of the resources. In place: what kinds ask of a model to tell its edges is
 * what rules and steps ask as well, and is kept by model and resource.
 */
export function addKindEdges(model: Model, kinds: ReadonlyMap<string, KindSpec>, edges: EdgeLists): void {
  for (const [address, requires] of edges) {
    const resource = model.resources.get(address);
    if (resource === undefined) continue;
    for (const { to, reason } of kinds.get(resource.kind)?.edges?.(resource, model) ?? []) {
      const isKnown = requires.some((edge) => edge.to === to);
      if (model.resources.has(to) && !isKnown) addEdge(requires, { to, reason, span: resource.headSpan }, address);
    }
  }
}

/** Cycles among the resources, each once, at the edge with which the first of its resources (in source order) enters it. */
export function findCycles(model: Model): readonly Diagnostic[] {
  const done = new Set<Address>();
  const findings: Diagnostic[] = [];
  for (const address of model.resources.keys()) search(model, address, done, findings);
  return findings;
}

interface Frame {
  readonly address: Address;
  readonly edges: readonly Edge[];
  next: number;
}

/** Depth first, without recursion: chains of resources may be long. */
function search(model: Model, start: Address, done: Set<Address>, findings: Diagnostic[]): void {
  if (done.has(start)) return;
  const path: Frame[] = [frame(model, start)];
  const onPath = new Map<Address, number>([[start, 0]]);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const edge = top.edges[top.next++];
    if (edge === undefined) {
      path.pop();
      onPath.delete(top.address);
      done.add(top.address);
      continue;
    }
    const at = onPath.get(edge.to);
    if (at !== undefined) findings.push(cycle(path.slice(at)));
    else if (!done.has(edge.to) && model.resources.has(edge.to)) {
      onPath.set(edge.to, path.length);
      path.push(frame(model, edge.to));
    }
  }
}

function frame(model: Model, address: Address): Frame {
  return { address, edges: model.resources.get(address)?.requires ?? [], next: 0 };
}

/** The frames of a cycle, each with the edge that it is at. */
function cycle(frames: readonly Frame[]): Diagnostic {
  const edges = frames.flatMap(({ address, edges: all, next }) => {
    const edge = all[next - 1];
    return edge === undefined ? [] : [{ from: address, edge }];
  });
  const [first, ...others] = edges;
  if (first === undefined) throw new RangeError("a cycle without edges");
  const chain = [`\`${first.from}\``, ...edges.map(({ edge }) => `\`${edge.to}\` (${edge.reason})`)].join(" -> ");
  const related = others.map(({ from, edge }) => ({
    span: edge.span,
    message: `\`${from}\` needs \`${edge.to}\` (${edge.reason})`,
  }));
  return diagnose(dependencyCycle, first.edge.span, { chain }, { related });
}
