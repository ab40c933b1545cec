import { notATemplate, noIdForTemplate } from "../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { buildKey, writtenId } from "../model/drawn.js";
import type { GuestOccupant, Occupied } from "../model/drawn.js";
import type { Model, Resource } from "../model/resource.js";
import type { Entry } from "../planner/lock/index.js";
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

/** What has ids beside the guests of the files. */
export interface Others {
  /** Guests of a captured host. */
  readonly occupied: readonly Occupied[];
  /** Guests of the committed plans, also those that left the files: they are on their host, for all that is known. */
  readonly remembered: readonly Occupied<GuestOccupant>[];
  /** The lock file: what was released is kept for the guest that it was drawn for. */
  readonly locked: readonly Entry[];
}

/** Chooses the id of a new template. Pure: the same model, lock file and plans give the same id. */
export function chooseBuild(model: Model, request: RebuildRequest, others: Others): Result<Build | undefined> {
  const all = [...model.resources.values()];
  const meant = resolveTargets(request.targets, all);
  const [template, ...more] = meant.value.flatMap((address) => model.resources.get(address) ?? []);
  const { targets } = request;
  if (meant.diagnostics.length > 0) return { value: undefined, diagnostics: meant.diagnostics };
  if (template?.id === undefined || more.length > 0 || !isTemplate(template)) {
    return refused(diagnose(notATemplate, commandLine(targets), { targets, templates: templatesOf(model) }));
  }
  const taken = takenIds(model, others);
  const chosen = request.id === undefined ? nextId(template, model, taken) : asked(request.id, taken);
  if (typeof chosen !== "number") {
    const { kind, id, name } = guestRef(template);
    const args = { template: `${kind} ${id} ${name}`, forgettable: [], ...chosen };
    return refused(diagnose(noIdForTemplate, template.headSpan, args));
  }
  const key = template.drawn ?? buildKey(template.kind, template.id);
  return { value: { key, id: chosen, address: `${template.kind}.${chosen}` }, diagnostics: [] };
}

/** Why there is no id. */
interface Refusal {
  readonly problem: string;
  /** What of earlier plans is in the way, as `phxc forget` knows it. */
  readonly forgettable?: readonly string[];
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

/** Who has an id: what `phxc forget` calls it where no file declares it any more, else nothing. */
type Taken = ReadonlyMap<number, string | undefined>;

/** Ids of declared guests, under which they stand and which the files write, and of all others. */
function takenIds(model: Model, { occupied, remembered, locked }: Others): Taken {
  const declared = guests(model).flatMap(({ id, drawn }) => [id, drawn === undefined ? undefined : writtenId(drawn)]);
  const captured = occupied.flatMap(({ sort, value }) => (sort === "id" ? [Number(value)] : []));
  return new Map<number, string | undefined>([
    ...locked.flatMap(({ sort, value, key }) => (sort === "id" ? [[Number(value), key] as const] : [])),
    ...remembered.map(({ guest: { kind, id } }) => [id, `${kind}.${id}`] as const),
    ...[...captured, ...declared].flatMap((id) => (id === undefined ? [] : [[id, undefined] as const])),
  ]);
}

function asked(id: number, taken: Taken): number | Refusal {
  if (!taken.has(id)) return id;
  const forgettable = taken.get(id);
  return forgettable === undefined
    ? { problem: `${id} is the id of another guest, or of this one` }
    : { problem: `${id} was ${forgettable} of an earlier plan`, forgettable: [forgettable] };
}

/** The next free id after the present one, and from the beginning again: the one before stays for as long as possible. */
function nextId(template: Resource, model: Model, taken: Taken): number | Refusal {
  const range = rangeOf(template, "rebuild_ids") ?? idsOfHost(template, model);
  if (range === undefined) return { problem: "neither `--as ID` nor `rebuild_ids` of the template says one" };
  const [first, last] = range.map(Number) as [number, number];
  const present = template.id ?? 0;
  const from = present >= first && present < last ? present + 1 : first;
  for (let id = from; id <= last; id++) if (!taken.has(id)) return id;
  for (let id = first; id < from; id++) if (!taken.has(id)) return id;
  const forgettable = [...taken].flatMap(([id, name]) => (id < first || id > last ? [] : (name ?? [])));
  return { problem: `all of ${first}..${last} are in use, or were in an earlier plan`, forgettable };
}

/** Where the template's own id was drawn from. */
function idsOfHost(template: Resource, model: Model): readonly [string, string] | undefined {
  if (template.drawn === undefined || writtenId(template.drawn) !== undefined) return undefined;
  const hosts = resourcesOf(model, "host");
  const own = stringOf(template, "host");
  const host = hosts.length === 1 ? hosts[0] : hosts.find(({ name }) => name === own);
  return host === undefined ? undefined : rangeOf(host, "ids");
}
