import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Address, Model, Resource, Section, Value } from "../model/resource.js";
import type { Span } from "../text/source.js";

/**
 * The resources that errors elsewhere cannot have changed: nothing in them or in what they refer to is broken. None at all
 * where an error lies outside of every resource, in a profile or a param: what it touches is not known then.
 */
export function soundResources(model: Model, findings: readonly Diagnostic[]): readonly Resource[] {
  const all = [...model.resources.values()];
  const errors = findings.filter(({ severity }) => severity === "error").map(({ span }) => span);
  if (errors.some((at) => !all.some(({ span }) => isWithin(at, span)))) return [];
  const broken = new Set(all.filter((resource) => isBroken(resource, errors)).map(({ address }) => address));
  return all.filter((resource) => !reaches(resource, broken, model));
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

function isBroken(resource: Resource, errors: readonly Span[]): boolean {
  return errors.some((at) => isWithin(at, resource.span)) || valuesOf(resource).some(({ type }) => type === "error");
}

/** Whether it is one of the broken ones, or refers to one at any distance. */
function reaches(start: Resource, broken: ReadonlySet<Address>, model: Model): boolean {
  const seen = new Set<Address>([start.address]);
  for (const address of seen) {
    if (broken.has(address)) return true;
    const resource = model.resources.get(address);
    if (resource === undefined) continue;
    for (const value of valuesOf(resource)) if (value.type === "ref") seen.add(value.address);
    for (const { to } of resource.requires) seen.add(to);
  }
  return false;
}

/** All values in a block, those inside of lists and maps included. */
function valuesOf(section: Section): readonly Value[] {
  const own = [...section.args.values(), ...[...section.settings.values()].map(({ value }) => value)];
  return [...own.flatMap(partsOf), ...section.sections.flatMap(valuesOf)];
}

function partsOf(value: Value): readonly Value[] {
  if (value.type === "list") return value.items.flatMap(partsOf);
  return value.type === "map" ? value.entries.flatMap(([, item]) => partsOf(item)) : [value];
}
