import { drawUnsettled, lockOfOther, lockOutdated, lockUnreadable } from "../diagnostics/catalogue/planner-lock.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { hasErrors } from "../diagnostics/summary.js";
import type { Model } from "../model/resource.js";
import { draw, lockText, readLock } from "../planner/lock/index.js";
import type { Drawing, Entry, Lock } from "../planner/lock/index.js";
import type { GuestOccupant, Occupied } from "../model/drawn.js";
import type { KindSpec } from "../plugin-api/index.js";
import type { Forgettable } from "./memory.js";
import type { Build } from "./rebuild.js";
import { lockPath } from "./names.js";
import { describeFailure } from "../text/files.js";
import type { FileRead, Files } from "../text/files.js";
import { sourceFile, span } from "../text/source.js";

/** The lock file as it is to be. */
export interface LockFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
  /** Its lines, in no order. */
  readonly entries: readonly Entry[];
  /** It is not what is there. */
  readonly changed: boolean;
}

/** A model with all that was drawn in it. */
export interface Drawn {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
  /** None where nothing is drawn and nothing ever was, or where the one that is there cannot be used. */
  readonly lock?: LockFile;
}

/** What drawing needs of a compilation. */
export interface LockRequest {
  /** The entry, beside which the lock file is. */
  readonly entry: string;
  readonly path: string;
  readonly read: FileRead;
  readonly kinds: ReadonlyMap<string, KindSpec>;
  readonly occupied: readonly Occupied[];
  /** What guests of the committed plans have. */
  readonly remembered: (model: Model) => readonly Occupied<GuestOccupant>[];
  /** The lock file is going to be written, so that there is nothing to say about that. */
  readonly write: boolean;
  /** A template that is to be made anew, and the id that it is to have. */
  readonly build?: Pick<Build, "key" | "id"> | undefined;
}

/** A lock file that has been read. */
export interface OpenLock {
  /** What it says, by whose it is: known from the beginning, so that one check is enough as long as nothing is new. */
  readonly values: ReadonlyMap<string, string>;
  /** Draws what is missing; `first` is what the check found with these values, `check` checks with more of them. */
  readonly settle: (first: Result<Model>, check: (drawn: ReadonlyMap<string, string>) => Result<Model>) => Drawn;
}

/** More turns than any files need: ids come first, then what has them in its name, then what only drawn values show. */
const MOST_TURNS = 6;

/** Reads a lock file; one that is missing is empty. */
export function openLock(request: LockRequest): OpenLock {
  const { build, entry } = request;
  const { lock, diagnostics } = readEntries(request);
  // With half of a lock file, the rules would report what the other half explains.
  if (hasErrors(diagnostics)) return withoutValues((first) => [...diagnostics, ...first.diagnostics]);
  if (lock.entry !== undefined && lock.entry !== nameIn(entry)) return ofOther(lock, request);
  const entries = lock.entries.filter(({ key }) => key !== build?.key);
  return {
    values: new Map([...entries.map(({ key, value }) => [key, value] as const), ...built(build)]),
    settle: (first, check) =>
      // One that does not say whose it is belongs to whoever draws.
      lock.entry !== undefined || first.value.draws === true || build !== undefined
        ? settle(request, entries, first, check)
        : { model: first.value, diagnostics: first.diagnostics },
  };
}

/** The lock file of another entry in the folder: it is nobody else's, and nothing is drawn that it would not keep. */
function ofOther({ entry: owner = "", at }: Lock, { entry, path, build }: LockRequest): OpenLock {
  const finding = diagnose(lockOfOther, at, { path, owner, entry: nameIn(entry) });
  return withoutValues(({ value, diagnostics }) =>
    value.draws === true || build !== undefined ? [finding, ...diagnostics] : diagnostics,
  );
}

/** What a lock file calls its entry: the name in its folder, as JSON writes it. */
function nameIn(entry: string): string {
  return JSON.stringify(entry.slice(entry.lastIndexOf("/") + 1)).slice(1, -1);
}

function withoutValues(diagnosticsOf: (first: Result<Model>) => readonly Diagnostic[]): OpenLock {
  return { values: new Map(), settle: (first) => ({ model: first.value, diagnostics: diagnosticsOf(first) }) };
}

/** Checks again with what was drawn, until every guest has what it keeps. */
function settle(
  { entry, path, read, kinds, occupied, remembered: rememberedOf, write, build }: LockRequest,
  entries: readonly Entry[],
  first: Result<Model>,
  check: (drawn: ReadonlyMap<string, string>) => Result<Model>,
): Drawn {
  const locked = [...entries.map(({ key, value }) => [key, value] as const), ...built(build)];
  let values: ReadonlyMap<string, string> = new Map(locked);
  let checked = first;
  const tentative = new Map<string, string>(built(build));
  let had: readonly Occupied<GuestOccupant>[] | undefined;
  const remembered = (): readonly Occupied<GuestOccupant>[] => (had ??= rememberedOf(first.value));
  const known = { entries, tentative, occupied, remembered };
  let drawing = draw(checked.value, kinds, known);
  for (let turn = 1; turn < MOST_TURNS && moving(drawing, values).length > 0; turn++) {
    for (const [key, value] of drawing.values) tentative.set(key, value);
    values = new Map([...locked, ...drawing.values]);
    checked = check(values);
    drawing = draw(checked.value, kinds, known);
  }
  const model = checked.value;
  const diagnostics = [...checked.diagnostics, ...drawing.diagnostics];
  const [unsettled] = moving(drawing, values);
  if (unsettled !== undefined) {
    // What the rules say of the value says it better.
    const finding = hasErrors(diagnostics) ? [] : [diagnose(drawUnsettled, unsettled.at, { what: unsettled.label })];
    return { model, diagnostics: [...diagnostics, ...finding] };
  }
  const lock = lockOf({ entry, path, before: read.ok ? read.text : undefined }, drawing);
  const note = lock?.changed === true && !write && !hasErrors(diagnostics) ? [outdated(path, drawing)] : [];
  return { model, diagnostics: [...diagnostics, ...note], ...(lock === undefined ? {} : { lock }) };
}

function built(build: LockRequest["build"]): readonly (readonly [string, string])[] {
  return build === undefined ? [] : [[build.key, String(build.id)]];
}

/** What was drawn otherwise than the last check had it. */
function moving({ fresh }: Drawing, values: ReadonlyMap<string, string>): Drawing["fresh"] {
  return fresh.filter(({ key, value }) => values.get(key) !== value);
}

function readEntries({ path, read }: Pick<LockRequest, "path" | "read">): {
  readonly lock: Lock;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (read.ok) {
    const { value: lock, diagnostics } = readLock(sourceFile(path, read.text));
    return { lock, diagnostics };
  }
  const lock = { entries: [], at: span(sourceFile(path, ""), 0) };
  if (read.reason === "missing") return { lock, diagnostics: [] };
  const problem = describeFailure(read.reason);
  return { lock, diagnostics: [diagnose(lockUnreadable, lock.at, { path, problem })] };
}

function lockOf(
  { entry, path, before }: { readonly entry: string; readonly path: string; readonly before: string | undefined },
  { entries }: Drawing,
): LockFile | undefined {
  if (before === undefined && entries.length === 0) return undefined;
  const content = lockText({ entry: nameIn(entry), entries });
  return { path, content, entries, changed: content !== before };
}

/** At what asks for the first new value, or else at the line of the first one that is released. */
function outdated(path: string, { fresh, released }: Drawing): Diagnostic {
  const place = [...fresh, ...released][0]?.at ?? span(sourceFile(path, ""), 0);
  const drawn = fresh.map(({ key, value }) => `${key} = ${value}`);
  return diagnose(lockOutdated, place, { path, drawn, released: released.map(({ key }) => key) });
}

/** What can be forgotten of the lock file of an entry: the items are what was released. None where there is no lock file. */
export function forgettableLock(files: Files, entry: string): Result<Forgettable | undefined> {
  const path = lockPath(entry);
  const read = files.read(path);
  if (!read.ok && read.reason === "missing") return { value: undefined, diagnostics: [] };
  const { lock, diagnostics } = readEntries({ path, read });
  const { entries } = lock;
  if (lock.entry !== undefined && lock.entry !== nameIn(entry)) return { value: undefined, diagnostics };
  const value: Forgettable = {
    path,
    items: entries.filter(({ released }) => released).map(({ key }) => key),
    without: (items) => {
      const isMeant = ({ key, released }: Entry, item: string): boolean =>
        key === item || (released && key.startsWith(`${item}.`));
      const left = entries.filter((one) => !items.some((item) => isMeant(one, item)));
      const unknown = items.filter((item) => !entries.some((one) => isMeant(one, item)));
      return Promise.resolve({ text: lockText({ ...lock, entries: left }), unknown });
    },
  };
  return { value, diagnostics };
}
