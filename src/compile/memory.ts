import { planDamaged } from "../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Result } from "../diagnostics/diagnostic.js";
import type { GuestOccupant, Occupied } from "../model/drawn.js";
import type { Plan } from "../model/plan.js";
import type { Model } from "../model/resource.js";
import { MAX_ANCESTRY, forget, forgettable, readMemory } from "../planner/memory/index.js";
import type { Committed, CommittedPlan } from "../planner/memory/index.js";
import { UNNAMED_HOST } from "../planner/hosts.js";
import { guests, resourcesOf, stringOf } from "../plugin-api/index.js";
import { MAX_PLAN_BYTES, describeFailure } from "../text/files.js";
import type { Files } from "../text/files.js";
import { sourceFile, span } from "../text/source.js";
import { guestValues } from "./occupied.js";

/** The names of a committed plan's files. */
export const PLAN_FILES = { script: "plan.sh", data: "plan.json" } as const;

/** Where committed plans are. */
export interface PlanFolders {
  /** Relative to the project: its plans are read from there, and `phxc plan --write` writes them there. */
  readonly entry: string;
  /** `plans` of phx.config.json. */
  readonly configured?: string;
}

/** The folder of a host's plan, relative to the project: as its block says, else below the configured one, else `plans` beside the entry. */
export function planFolder(model: Model, host: string, folders: PlanFolders): string {
  const resource = model.resources.get(`host.${host}`);
  const own = resource === undefined ? undefined : stringOf(resource, "plans");
  if (own !== undefined) return tidy(own);
  return tidy(`${folders.configured ?? `${folderOf(folders.entry)}plans`}/${host}`);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function tidy(path: string): string {
  return path.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
}

/** Reads committed plans. `begin`: a host without one is to get its first. */
export function committedPlans(model: Model, files: Files, folders: PlanFolders, begin: boolean): Committed {
  const known = new Map<string, Result<CommittedPlan> | undefined>();
  return (host) => {
    if (!known.has(host)) known.set(host, readPlan(files, planFolder(model, host, folders), host, begin));
    return known.get(host);
  };
}

/**
 * What guests of the committed plans have, for all that is known: their ids, and the addresses of those that left the files, which
 * are on their host until somebody destroys them.
 */
export function rememberedValues(model: Model, committed: Committed): readonly Occupied<GuestOccupant>[] {
  const hosts = resourcesOf(model, "host").map(({ name }) => name);
  const present = new Set(guests(model).flatMap(({ kind, id, name }) => [`${kind} ${id}`, `${kind} ${name}`]));
  return (hosts.length === 0 ? [UNNAMED_HOST] : hosts).flatMap((host) => {
    const memory = committed(host)?.value.previous;
    const known = memory === undefined ? [] : [...memory.declared.guests, ...memory.retired];
    return known.flatMap(({ kind, id, name, options }) => {
      const isPresent = present.has(`${kind} ${id}`) || present.has(`${kind} ${name}`);
      const values = guestValues({ kind, id, name }, new Map(Object.entries(options)));
      return isPresent ? values.filter(({ sort }) => sort === "id") : values;
    });
  });
}

function readPlan(files: Files, folder: string, host: string, begin: boolean): Result<CommittedPlan> | undefined {
  const path = `${folder}/${PLAN_FILES.data}`;
  const file = sourceFile(path, "");
  const read = files.read(path, MAX_PLAN_BYTES);
  if (!read.ok) {
    const nothing = { file, previous: undefined };
    // A script without its data is no beginning: what was declared once would be forgotten unseen.
    const isLost = files.read(`${folder}/${PLAN_FILES.script}`, MAX_PLAN_BYTES).ok;
    if (read.reason === "missing" && !isLost) return begin ? { value: nothing, diagnostics: [] } : undefined;
    const problem = `${describeFailure(read.reason)}${isLost ? `, but ${PLAN_FILES.script} is there` : ""}`;
    return { value: nothing, diagnostics: [diagnose(planDamaged, span(file, 0), { path, problem })] };
  }
  const { value, diagnostics } = readMemory(file, read.text, host);
  return { value: { file, previous: value }, diagnostics };
}

/** A plan as it is written down: its place among the plans before it is settled. */
export interface Settled {
  readonly plan: Plan;
  readonly script: string;
  readonly digest: string;
}

/**
 * The script of a plan, which follows the committed one: where it would be the same script it is the same plan, with the
 * same ancestors; otherwise the committed plan becomes the latest of them.
 */
export async function settle(plan: Plan, options: { readonly version: string }): Promise<Settled> {
  const { digestOf, draftBash } = await import("../emitters/bash/index.js");
  const { memory } = plan;
  const draft = draftBash(plan, options);
  const script = draft(memory?.ancestry ?? []);
  const digest = digestOf(script);
  if (memory?.previous === undefined || memory.previous === digest) return { plan, script, digest };
  const ancestry = [memory.previous, ...memory.ancestry].slice(0, MAX_ANCESTRY);
  const next = { ...plan, memory: { ...memory, ancestry } };
  const later = draft(ancestry);
  return { plan: next, script: later, digest: digestOf(later) };
}

/** The texts of a committed plan's files; with `changes`, its data as it is shown, with what changes of texts. */
export async function committedTexts(
  plan: Plan,
  options: { readonly version: string; readonly changes?: true },
): Promise<{ readonly script: string; readonly data: string }> {
  const { emitJson } = await import("../emitters/json/index.js");
  const settled = await settle(plan, options);
  return { script: settled.script, data: emitJson(settled.plan, { ...options, digest: settled.digest }) };
}

/** What can be forgotten of a host's committed plan, and how. */
export interface Forgettable {
  /** Relative to the project. */
  readonly path: string;
  readonly items: readonly string[];
  /** The text of the file without some of them, and those that name nothing. */
  readonly without: (
    items: readonly string[],
  ) => Promise<{ readonly text: string; readonly unknown: readonly string[] }>;
}

/** Reads what a host's committed plan remembers; undefined when it cannot be read, which is a finding, or is not there. */
export function forgettableOf(
  model: Model,
  host: string,
  files: Files,
  folders: PlanFolders,
): Result<Forgettable | undefined> {
  const plan = committedPlans(model, files, folders, false)(host);
  const memory = plan?.value.previous;
  if (plan === undefined || memory === undefined) return { value: undefined, diagnostics: plan?.diagnostics ?? [] };
  const { path } = plan.value.file;
  const read = files.read(path, MAX_PLAN_BYTES);
  const value: Forgettable = {
    path,
    items: forgettable(memory),
    without: async (items) => {
      const { withMemory } = await import("../emitters/json/index.js");
      const left = forget(memory, items);
      return { text: withMemory(read.ok ? read.text : "{}", left.memory), unknown: left.unknown };
    },
  };
  return { value, diagnostics: [] };
}
