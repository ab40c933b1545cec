import { notATemplate, noIdForTemplate } from "../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { buildKey, writtenId } from "../model/drawn.js";
import type { Occupied } from "../model/drawn.js";
import type { Model, Resource } from "../model/resource.js";
import { resolveTargets } from "../planner/targets.js";
import { guestRef, guests, isTemplate, rangeOf, resourcesOf, stringOf } from "../plugin-api/index.js";
import { sourceFile, span } from "../text/source.js";

/** A template that is to be made anew, beside the one that there is. */
export interface RebuildRequest {
  /** What the command line names. */
  readonly targets: readonly string[];
  /** The id of the new one; without it, the next of `rebuild_ids`. */
  readonly id?: number;
}

/** The id under which a template is made anew. */
export interface Build {
  /** Whose it is in the lock file. */
  readonly key: string;
  readonly id: number;
  /** The template's address under that id. */
  readonly address: string;
}

/** Chooses the id of a new template. Pure: the same model and lock file give the same id. */
export function chooseBuild(
  model: Model,
  request: RebuildRequest,
  occupied: readonly Occupied[],
): Result<Build | undefined> {
  const all = [...model.resources.values()];
  const meant = resolveTargets(request.targets, all);
  const [template, ...others] = meant.value.flatMap((address) => model.resources.get(address) ?? []);
  const { targets } = request;
  if (meant.diagnostics.length > 0) return { value: undefined, diagnostics: meant.diagnostics };
  if (template?.id === undefined || others.length > 0 || !isTemplate(template)) {
    return refused(diagnose(notATemplate, commandLine(targets), { targets, templates: templatesOf(model) }));
  }
  const taken = takenIds(model, occupied);
  const chosen = request.id ?? nextId(template, model, taken);
  const problem =
    typeof chosen === "string"
      ? chosen
      : taken.has(chosen)
        ? `${chosen} is the id of another guest, or of this one`
        : "";
  if (typeof chosen === "string" || problem !== "") {
    const { kind, id, name } = guestRef(template);
    return refused(diagnose(noIdForTemplate, template.headSpan, { template: `${kind} ${id} ${name}`, problem }));
  }
  const key = template.drawn ?? buildKey(template.kind, template.id);
  return { value: { key, id: chosen, address: `${template.kind}.${chosen}` }, diagnostics: [] };
}

function refused(finding: Diagnostic): Result<undefined> {
  return { value: undefined, diagnostics: [finding] };
}

function commandLine(targets: readonly string[]): Diagnostic["span"] {
  const words = targets.join(" ");
  return span(sourceFile("command line", words), 0, words.length);
}

function templatesOf(model: Model): readonly string[] {
  return guests(model)
    .filter(isTemplate)
    .map(({ name }) => name);
}

/** Ids of declared guests, under which they stand and which the files write, and of guests of a captured host. */
function takenIds(model: Model, occupied: readonly Occupied[]): ReadonlySet<number> {
  const declared = guests(model).flatMap(({ id, drawn }) => [id, drawn === undefined ? undefined : writtenId(drawn)]);
  const captured = occupied.flatMap(({ sort, value }) => (sort === "id" ? [Number(value)] : []));
  return new Set([...declared, ...captured].filter((id) => id !== undefined));
}

/** The next free id after the present one, and from the beginning again: the one before stays for as long as possible. */
function nextId(template: Resource, model: Model, taken: ReadonlySet<number>): number | string {
  const range = rangeOf(template, "rebuild_ids") ?? idsOfHost(template, model);
  if (range === undefined) return "neither `--as ID` nor `rebuild_ids` of the template says one";
  const [first, last] = range.map(Number) as [number, number];
  const present = template.id ?? 0;
  const from = present >= first && present < last ? present + 1 : first;
  for (let id = from; id <= last; id++) if (!taken.has(id)) return id;
  for (let id = first; id < from; id++) if (!taken.has(id)) return id;
  return `all of ${first}..${last} are in use`;
}

/** Where the template's own id was drawn from. */
function idsOfHost(template: Resource, model: Model): readonly [string, string] | undefined {
  if (template.drawn === undefined || writtenId(template.drawn) !== undefined) return undefined;
  const hosts = resourcesOf(model, "host");
  const own = stringOf(template, "host");
  const host = hosts.length === 1 ? hosts[0] : hosts.find(({ name }) => name === own);
  return host === undefined ? undefined : rangeOf(host, "ids");
}
