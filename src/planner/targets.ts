import { diagnose } from "../diagnostics/diagnostic.js";
import type { Result } from "../diagnostics/diagnostic.js";
import { unknownTarget } from "../diagnostics/catalogue/planner.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { writtenId } from "../model/drawn.js";
import type { Address, Resource } from "../model/resource.js";
import { isGuest } from "../plugin-api/index.js";
import { sourceFile, span } from "../text/source.js";

/** The name under which findings about the words of a command show them. */
const COMMAND_LINE = "command line";

/**
 * The resources that targets name, by id, name or address. A guest is meant before other things of its name. `elsewhere`
 * are those of other hosts, to say so.
 */
export function resolveTargets(
  targets: readonly string[],
  resources: readonly Resource[],
  elsewhere: readonly Resource[] = [],
): Result<readonly Address[]> {
  const found: Address[] = [];
  const diagnostics = [];
  for (const target of targets) {
    const matches = matching(target, resources);
    found.push(...matches.map((resource) => resource.address));
    if (matches.length === 0) {
      const at = span(sourceFile(COMMAND_LINE, target), 0, target.length);
      const [other] = matching(target, elsewhere);
      const nearest = other === undefined ? didYouMean(target, resources.flatMap(namesOf)) : undefined;
      const help = other === undefined ? {} : { help: `${other.address} belongs to another host: plan for that one.` };
      diagnostics.push(diagnose(unknownTarget, at, { target, nearest }, help));
    }
  }
  return { value: found, diagnostics };
}

/** What one target names, all of it where the name is not unique. */
export function matching(target: string, resources: readonly Resource[]): readonly Resource[] {
  const matches = resources.filter((resource) => namesOf(resource).includes(target));
  const exact = matches.filter((resource) => resource.address === target);
  if (exact.length > 0) return exact;
  const meant = matches.filter(isGuest);
  return meant.length > 0 ? meant : matches;
}

function namesOf(resource: Resource): readonly string[] {
  const id = resource.id === undefined ? [] : [String(resource.id)];
  const written = resource.drawn === undefined ? undefined : writtenId(resource.drawn);
  return [...id, resource.name, resource.address, ...(written === undefined ? [] : [String(written)])];
}
