import type { CheckerIo, CheckInput, LoadFailure, ParamSetting, SourceDocument } from "./checker/input.js";
import { BUILT_IN_FORMATS, registry } from "./compile/registry.js";
import type { ExternalPlugin, Registry } from "./compile/registry.js";
import type { LoadedFeatures } from "./compile/features.js";
import { frontEnds } from "./compile/front-ends.js";
import type { FrontEnds } from "./compile/front-ends.js";
import type { Diagnostic, Result } from "./diagnostics/diagnostic.js";
import { joinRepeated } from "./diagnostics/repeated.js";
import { hasErrors, sortFindings } from "./diagnostics/summary.js";
import type { GuestOccupant, Occupied } from "./model/drawn.js";
import type { Model } from "./model/resource.js";
import type { Plan } from "./model/plan.js";
import type { ActionRequest } from "./planner/actions.js";
import type { LockFile, OpenLock } from "./compile/lock.js";
import type { PlanFolders } from "./compile/memory.js";
import type { Build } from "./compile/rebuild.js";
import { lockPath } from "./compile/names.js";
import type { Plugin } from "./plugin-api/index.js";
import type { Committed } from "./planner/memory/index.js";
import { sha256 } from "./text/sha256.js";
import type { Files, ReadFailure } from "./text/files.js";

export type { JsonValue, ParamSetting } from "./checker/input.js";
export { BUILT_IN_FORMATS } from "./compile/registry.js";
export type { ActionRequest } from "./planner/actions.js";
export type { ExternalPlugin } from "./compile/registry.js";
export type { Plugin } from "./plugin-api/index.js";

/** What to compile, and all that a compilation sees of the outside. */
export interface CompileRequest {
  /** The entry, relative to the project's root: a `.phx` file or a JSON configuration. */
  readonly entry: string;
  /** The project's files; reads never leave them. */
  readonly files: Files;
  /** Values of params by name. */
  readonly params?: ReadonlyMap<string, ParamSetting>;
  /** For `env()`; without it no variable is set. */
  readonly env?: (name: string) => string | undefined;
  /** Plugins beside the built-in ones, loaded already. */
  readonly plugins?: readonly ExternalPlugin[];
  /** Ids, names or addresses to restrict the plan to, with what they need; none: everything. */
  readonly targets?: readonly string[];
  /** What to do with the targets, in place of converging them. */
  readonly action?: ActionRequest;
  /** The template among the targets is to be made anew, under another id. */
  readonly rebuild?: { readonly id?: number };
  /** The declared name of the host to plan for; needed only where the files declare several. */
  readonly host?: string;
  /** Committed plans are read: the plan follows the last one. `write`: a host that has none is to get its first. */
  readonly memory?: { readonly folder?: string; readonly write: boolean };
  /** What guests of a captured host have: nothing of it is drawn for others. */
  readonly occupied?: readonly Occupied[];
  /** The folder of the scripts that guests run, relative to the project's root. Default: `scripts`. */
  readonly scripts?: string;
  /** `check` stops before planning; `plans` plans for every host, for what is found there, and gives no plan. */
  readonly upTo?: "check" | "plans" | "plan";
}

/** What a compilation made and found. */
export interface Compilation {
  /** In reading order; all of them, whatever their severity. */
  readonly diagnostics: readonly Diagnostic[];
  /** There when the entry could be read. */
  readonly model?: Model;
  /** There when it was asked for and there are no errors. */
  readonly plan?: Plan;
  /** The lock file as it is to be, where values are drawn or were. */
  readonly lock?: LockFile;
  /** Why the entry itself could not be read; there are no findings then. */
  readonly unreadable?: ReadFailure;
  readonly registry: Registry;
  /** The plan that another model would give under the same circumstances; there with the plan. */
  readonly replan?: (model: Model) => Plan;
}

/** Compiles an entry: the only place that composes the phases. Mistakes of users are findings; only bugs throw. */
export async function compile(request: CompileRequest): Promise<Compilation> {
  const known = registry(await builtInPlugins(), request.plugins ?? []);
  const rebuilt = await checkRebuilt(request, known);
  const { checked } = rebuilt;
  if ("unreadable" in checked) return { diagnostics: [], registry: known, ...checked };
  const { model } = checked;
  const paths = model.sources.map((source) => source.path);
  const done = (found: readonly Diagnostic[], plan?: Plan): Compilation => ({
    diagnostics: joinRepeated(sortFindings([...found, ...known.findings], paths)),
    model,
    registry: known,
    ...(checked.lock === undefined ? {} : { lock: checked.lock }),
    ...(plan === undefined ? {} : { plan }),
  });
  const blocked = hasErrors(checked.diagnostics) || hasErrors(known.findings);
  if (request.upTo === "check") return done(checked.diagnostics);
  const { findingsDespite, plan, plans } = await import("./planner/index.js");
  const committed = blocked ? undefined : await committedOf(request, model);
  const features = await featuresOf(request, model, committed !== undefined);
  const kinds = features === undefined ? known.kinds : equipped(known.kinds, features);
  const ofFeatures = (): readonly Diagnostic[] => features?.diagnostics() ?? [];
  if (blocked) {
    const despite = findingsDespite(checked.diagnostics, model, kinds);
    return done([...checked.diagnostics, ...despite, ...ofFeatures()]);
  }
  const { host, action } = request;
  const targets = rebuilt.targets ?? request.targets ?? [];
  const options = {
    targets,
    ...(host === undefined ? {} : { host }),
    ...(action === undefined ? {} : { action }),
    ...(committed === undefined ? {} : { committed }),
  };
  if (request.upTo === "plans") {
    const { diagnostics } = plans(model, kinds, options);
    return done([...checked.diagnostics, ...diagnostics, ...ofFeatures()]);
  }
  const { value, diagnostics } = plan(model, kinds, options);
  const found = [...checked.diagnostics, ...diagnostics, ...ofFeatures()];
  if (hasErrors(found) || hasErrors(known.findings)) return done(found);
  const { lock } = checked;
  const drawn = lock === undefined ? [] : [{ path: lock.path, sha256: sha256(lock.content) }];
  const planned = { ...value, sources: [...value.sources, ...(features?.sources() ?? []), ...drawn] };
  return { ...done(found, planned), replan: (other) => plan(other, kinds, options).value };
}

/** What can be installed in guests; not read where the files ask for none of it, and no earlier plan may have. */
async function featuresOf(
  { files, scripts }: CompileRequest,
  model: Model,
  hasMemory: boolean,
): Promise<LoadedFeatures | undefined> {
  const { usesFeatures } = await pluginApi();
  if (!hasMemory && !usesFeatures(model)) return undefined;
  const { loadFeatures } = await import("./compile/features.js");
  return loadFeatures(files, scripts);
}

/** Kinds whose lowering knows the features. */
function equipped(kinds: Registry["kinds"], features: LoadedFeatures): Registry["kinds"] {
  return new Map(
    [...kinds].map(([keyword, kind]) => {
      const { lower } = kind;
      if (lower === undefined) return [keyword, kind];
      return [keyword, { ...kind, lower: (resource, context) => lower(resource, { ...context, features }) }];
    }),
  );
}

/** What guests of the committed plans have. */
async function rememberedOf(request: CompileRequest): Promise<(model: Model) => readonly Occupied<GuestOccupant>[]> {
  const { entry, files, memory } = request;
  if (memory === undefined) return () => [];
  const { committedPlans, rememberedValues } = await import("./compile/memory.js");
  return (model) => rememberedValues(model, committedPlans(model, files, foldersOf(entry, memory), false));
}

async function committedOf({ entry, files, memory }: CompileRequest, model: Model): Promise<Committed | undefined> {
  if (memory === undefined) return undefined;
  const { committedPlans } = await import("./compile/memory.js");
  return committedPlans(model, files, foldersOf(entry, memory), memory.write);
}

function foldersOf(entry: string, { folder }: NonNullable<CompileRequest["memory"]>): PlanFolders {
  return { entry, ...(folder === undefined ? {} : { configured: folder }) };
}

/** How a plan is written as text. */
export interface EmitOptions {
  /** The compiler's, for headers. */
  readonly version: string;
  /** The data also say how texts differ from those of the committed plan, for a reader; a committed plan's own never do. */
  readonly changes?: true;
}

/** The plan of a compilation as text. An unknown format is a bug of the caller. */
export async function emit(
  compilation: { readonly plan: Plan; readonly model: Model; readonly registry: Registry },
  format: string,
  options: EmitOptions,
): Promise<Result<string>> {
  const { plan, model, registry } = compilation;
  const external = registry.emitters.get(format);
  if (external === undefined) return { value: await emitBuiltIn(plan, format, options), diagnostics: [] };
  const before = registry.findings.length;
  const value = external.emit(plan, model);
  return { value, diagnostics: registry.findings.slice(before) };
}

async function emitBuiltIn(plan: Plan, format: string, options: EmitOptions): Promise<string> {
  switch (BUILT_IN_FORMATS.find((name) => name === format)) {
    case "bash":
      return (await import("./compile/memory.js")).settle(plan, options).then(({ script }) => script);
    case "json":
      return emitData(plan, options);
    case "markdown":
      return (await import("./emitters/markdown/index.js")).emitMarkdown(plan);
    case "dot":
      return (await import("./emitters/graph/index.js")).emitDot(plan);
    case "mermaid":
      return (await import("./emitters/graph/index.js")).emitMermaid(plan);
    case undefined:
      throw new RangeError(`there is no format ${format}`);
  }
}

/** A plan that is remembered is written down with the digest of its script. */
async function emitData(plan: Plan, options: EmitOptions): Promise<string> {
  if (plan.memory !== undefined) {
    return (await import("./compile/memory.js")).committedTexts(plan, options).then(({ data }) => data);
  }
  return (await import("./emitters/json/index.js")).emitJson(plan, options);
}

/** The built-in plugins, in the order of their list. */
export async function builtInPlugins(): Promise<readonly Plugin[]> {
  return (await import("./plugins/index.js")).plugins;
}

/** All that plugins may import, for those that take it as an argument instead. */
export async function pluginApi(): Promise<typeof import("./plugin-api/index.js")> {
  return import("./plugin-api/index.js");
}

interface Checked {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
  readonly lock?: LockFile;
}

/**
 * The entry, checked. Where a template is to be made anew, it is checked once more with the id of the new one, to which the plan
 * is restricted: unless it is to be committed, which is that of everything.
 */
async function checkRebuilt(
  request: CompileRequest,
  known: Registry,
): Promise<{
  readonly checked: Checked | { readonly unreadable: ReadFailure };
  readonly targets?: readonly string[];
}> {
  const checked = await checkEntry(request, known);
  const { rebuild, targets = [], occupied = [], memory } = request;
  if (rebuild === undefined || "unreadable" in checked || hasErrors(checked.diagnostics)) return { checked };
  const { chooseBuild } = await import("./compile/rebuild.js");
  const { model, lock } = checked;
  const remembered = (await rememberedOf(request))(model);
  const { value, diagnostics } = chooseBuild(
    model,
    { targets, ...rebuild },
    {
      ...{ occupied, remembered, locked: lock?.entries ?? [] },
    },
  );
  if (value === undefined) return { checked: { ...checked, diagnostics: [...checked.diagnostics, ...diagnostics] } };
  const again = await checkEntry(request, known, value);
  return { checked: again, targets: memory?.write === true ? [] : [value.address] };
}

/**
 * Reads the entry and checks it. Which front ends the imports need shows only while they are followed; what was missing is
 * loaded, and the check begins again.
 */
async function checkEntry(
  request: CompileRequest,
  known: Registry,
  build?: Build,
): Promise<Checked | { readonly unreadable: ReadFailure }> {
  const { check } = await import("./checker/index.js");
  const ends = frontEnds(request.files);
  const lock = await lockOf(request, known, build !== undefined, build);
  for (;;) {
    const entry = ends.load(request.entry);
    if ("error" in entry && !ends.incomplete()) return { unreadable: entry.error };
    if (!("error" in entry)) {
      const input = checkInput(request, known, ends, entry);
      const again = (drawn: ReadonlyMap<string, string>): Result<Model> => check({ ...input, drawn });
      const first = again(lock?.values ?? new Map());
      if (!ends.incomplete()) {
        const { value: model, diagnostics } = first;
        const opened = lock ?? (model.draws === true ? await lockOf(request, known, true) : undefined);
        return apart(opened === undefined ? { model, diagnostics } : opened.settle(first, again), request);
      }
    }
    await ends.complete();
  }
}

/** With what guests of a captured host have that the files give to others. */
async function apart(checked: Checked, { occupied = [] }: CompileRequest): Promise<Checked> {
  if (occupied.length === 0) return checked;
  const { occupiedFindings } = await import("./compile/occupied.js");
  return { ...checked, diagnostics: [...checked.diagnostics, ...occupiedFindings(checked.model, occupied)] };
}

/** The lock file of an entry; undefined where there is none, unless it is to be made. */
async function lockOf(
  request: CompileRequest,
  { kinds }: Registry,
  make: boolean,
  build?: Build,
): Promise<OpenLock | undefined> {
  const { entry, files, occupied = [], memory } = request;
  const path = lockPath(entry);
  const read = files.read(path);
  if (!read.ok && read.reason === "missing" && !make) return undefined;
  const { openLock } = await import("./compile/lock.js");
  const remembered = await rememberedOf(request);
  return openLock({ entry, path, read, kinds, occupied, remembered, write: memory?.write === true, build });
}

function checkInput(request: CompileRequest, known: Registry, ends: FrontEnds, entry: SourceDocument): CheckInput {
  const io: CheckerIo = {
    load: (path): SourceDocument | LoadFailure => ends.load(request.files.canonical?.(path) ?? path),
    listFolder: (path) => request.files.list(path),
    readText: (path) => request.files.read(path),
    env: request.env ?? (() => undefined),
  };
  return { entry, kinds: known.kinds, rules: known.rules, params: request.params ?? new Map(), io };
}
