import { join, resolve } from "node:path";
import { compile } from "../compile.js";
import type { ActionRequest, Compilation, CompileRequest, ParamSetting } from "../compile.js";
import { cliUnreadable } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { hasErrors } from "../diagnostics/summary.js";
import type { Occupied } from "../model/drawn.js";
import { ACTIONS } from "../model/plan.js";
import { defaultEntry, openProject, projectOf, whatIsAt } from "../host/project.js";
import type { Project } from "../host/project.js";
import { describeFailure } from "../text/files.js";
import { isProblem, valueOf } from "./command.js";
import type { Arguments, OptionDeclarations, Problem } from "./command.js";
import { readParams } from "./params.js";
import { shortPath } from "./report.js";
import type { Terminal } from "./terminal.js";

/** Options of every command that compiles. */
export const SOURCE_OPTIONS: OptionDeclarations = {
  set: { takes: "values", placeholder: "NAME=VALUE", doc: "give a param its value" },
  params: { takes: "value", placeholder: "FILE", doc: "take the values of params from a JSON file" },
  for: { takes: "value", placeholder: "NAME", doc: "the host to plan for, where the files declare several" },
  "trust-plugins": { takes: "flag", doc: "run the project's plugins without `phxc trust`" },
};

/** Makes a template anew beside the one that there is: a plan like any other, with another id for it. */
export const REBUILD = "rebuild-template";

/** Options of the commands whose plan can do something else than converge. */
export const ACTION_OPTIONS: OptionDeclarations = {
  action: { takes: "value", placeholder: "ACTION", choices: ACTIONS, doc: "what to do" },
  snapshot: {
    takes: "value",
    placeholder: "NAME",
    doc: "with --action snapshot or rollback: which one",
  },
  "with-dependents": { takes: "flag", doc: "with --action: also the guests that need the targets" },
};

/** These, and what only a plan can do that is kept. */
export const PLAN_ACTION_OPTIONS: OptionDeclarations = {
  ...ACTION_OPTIONS,
  action: { takes: "value", placeholder: "ACTION", choices: [...ACTIONS, REBUILD], doc: "what to do" },
  as: { takes: "value", placeholder: "ID", doc: "with --action rebuild-template: the id of the new one" },
};

/** An entry and what to plan of it. */
export interface Selection {
  readonly project: Project;
  /** Relative to the project's root. */
  readonly entry: string;
  readonly targets: readonly string[];
  /** The entry as the user wrote it, if so. */
  readonly written?: string;
}

/** A compilation and where its files are. */
export interface Compiled extends Selection {
  readonly compilation: Compilation;
}

/** What a command wants of a compilation. */
interface Wish {
  readonly upTo: "check" | "plans" | "plan";
  /** What was made is going to be written as the committed plan. */
  readonly write?: boolean;
  /** What follows the entry are names of things in the files, that may have slashes, and no targets of the plan. */
  readonly areNames?: boolean;
  /** What guests of a captured host have: nothing of it is drawn for others. */
  readonly occupied?: readonly Occupied[];
}

/** Compiles what the positionals name. */
export async function compileArguments(
  args: Arguments,
  terminal: Terminal,
  { upTo, write = false, areNames = false, occupied = [] }: Wish,
): Promise<Compiled | Problem> {
  const params = readParams(args, terminal);
  if (isProblem(params)) return params;
  const action = actionOf(args);
  if (isProblem(action)) return action;
  const rebuild = rebuildOf(args);
  if (isProblem(rebuild)) return rebuild;
  const selection = await select(args.positionals, terminal.cwd, { areNames });
  return isProblem(selection)
    ? selection
    : compileSelection(selection, params, {
        ...{ args, terminal, upTo, write, occupied, action, rebuild, isWhole: areNames },
      });
}

/** What is asked for, where that is not to converge. */
function actionOf(args: Arguments): ActionRequest | Problem | undefined {
  const name = ACTIONS.find((action) => action === valueOf(args, "action"));
  const withDependents = args.flags.has("with-dependents");
  const snapshot = valueOf(args, "snapshot");
  const isNamed = name === "snapshot" || name === "rollback";
  if (!isNamed && snapshot !== undefined) return { problem: "`--snapshot` is for `--action snapshot` and `rollback`" };
  if (isNamed) {
    if (snapshot === undefined)
      return { problem: `\`--action ${name}\` wants the name of a snapshot: \`--snapshot NAME\`` };
    return SNAPSHOT_NAME.test(snapshot) && snapshot !== "current"
      ? { name, withDependents, snapshot }
      : { problem: `Proxmox takes no snapshot called ${snapshot}: letters, digits, \`_\` and \`-\`, 2 to 40 of them` };
  }
  if (name !== undefined && name !== "converge") return { name, withDependents };
  if (!withDependents) return undefined;
  return {
    problem:
      "`--with-dependents` is for `--action start`, `stop`, `restart`, `snapshot`, `rollback`, `destroy` and `health`",
  };
}

/** What Proxmox takes as the name of a snapshot (pve-configid, at most 40 characters). */
const SNAPSHOT_NAME = /^[a-z][a-z0-9_-]{1,39}$/i;

/** Whether a template is to be made anew, and under which id. */
function rebuildOf(args: Arguments): CompileRequest["rebuild"] | Problem {
  const id = valueOf(args, "as");
  if (valueOf(args, "action") !== REBUILD) {
    return id === undefined ? undefined : { problem: `\`--as\` is for \`--action ${REBUILD}\`` };
  }
  if (id === undefined) return {};
  const isId = /^[1-9]\d{2,8}$/.test(id);
  return isId ? { id: Number(id) } : { problem: `\`--as\` wants an id of Proxmox, 100 to 999999999, not ${id}` };
}

interface Setting {
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly upTo: "check" | "plans" | "plan";
  readonly write: boolean;
  readonly occupied: readonly Occupied[];
  readonly action: ActionRequest | undefined;
  readonly rebuild: CompileRequest["rebuild"];
  /** Whether the plan is of everything, whatever is named. */
  readonly isWhole: boolean;
}

async function compileSelection(
  selection: Selection,
  params: ReadonlyMap<string, ParamSetting>,
  { args, terminal, upTo, write, occupied, action, rebuild, isWhole }: Setting,
): Promise<Compiled | Problem> {
  const { project, entry, targets } = selection;
  const plugins = await pluginsOf(project, args, terminal);
  const own = [...project.config.diagnostics, ...plugins.diagnostics];
  const { files } = project;
  const host = valueOf(args, "for");
  const compilation = await compile({
    entry,
    files,
    params,
    targets: isWhole ? [] : targets,
    plugins: plugins.value,
    env: (name) => terminal.env[name],
    ...(host === undefined ? {} : { host }),
    ...(action === undefined ? {} : { action }),
    ...(rebuild === undefined ? {} : { rebuild }),
    occupied,
    memory: { write, ...plansFolder(project) },
    ...scriptsFolder(project),
    upTo: hasErrors(own) ? "check" : upTo,
  });
  const { unreadable } = compilation;
  if (unreadable !== undefined && project.config.value.entry?.text !== entry) {
    const path = selection.written ?? shortPath(terminal.cwd, join(project.root, entry));
    return { problem: `cannot read ${path}: ${describeFailure(unreadable)}` };
  }
  const diagnostics = [...own, ...entryFindings(selection, compilation), ...compilation.diagnostics];
  return { ...selection, compilation: { ...compilation, diagnostics } };
}

/** The folder for committed plans that the configuration names. */
export function plansFolder({ config }: Project): { readonly folder?: string } {
  const folder = config.value.plans?.text;
  return folder === undefined ? {} : { folder };
}

/** The folder of the guests' scripts that the configuration names. */
function scriptsFolder({ config }: Project): { readonly scripts?: string } {
  const folder = config.value.scripts?.text;
  return folder === undefined ? {} : { scripts: folder };
}

/** An unreadable entry that the configuration names is a finding there. */
function entryFindings({ project, entry }: Selection, { unreadable }: Compilation): readonly Diagnostic[] {
  const named = project.config.value.entry;
  if (unreadable === undefined || named === undefined) return [];
  return [diagnose(cliUnreadable, named.span, { path: entry, reason: describeFailure(unreadable) })];
}

/** The external plugins, loaded with the trust that the user gave. */
export async function pluginsOf(
  project: Project,
  args: Arguments,
  terminal: Terminal,
): Promise<Awaited<ReturnType<typeof import("../host/plugins.js").loadPlugins>>> {
  if (project.config.value.plugins.length === 0) return { value: [], diagnostics: [] };
  const [{ loadPlugins }, { trustFile }] = await Promise.all([
    import("../host/plugins.js"),
    import("../host/trust.js"),
  ]);
  return loadPlugins(project, { file: trustFile(terminal.env), always: args.flags.has("trust-plugins") });
}

/**
 * Finds the entry: the first positional if a file is there (the rest are targets), a folder's default entry if it is a
 * folder that has one, otherwise the default of the current folder, and all positionals are targets.
 */
export async function select(
  positionals: readonly string[],
  cwd: string,
  { areNames = false }: { readonly areNames?: boolean } = {},
): Promise<Selection | Problem> {
  const [first, ...rest] = positionals;
  if (first === "-") {
    return { problem: "sources are files: `-` stands for standard input only in `phxc fmt -`", hint: "name a file" };
  }
  if (first !== undefined) {
    const path = resolve(cwd, first);
    const found = whatIsAt(path);
    if (found === "file") return { ...(await projectOf(path)), targets: rest, written: first };
    if (found === "folder" && (looksLikePath(first) || (await inFolder(path)) !== undefined)) {
      const selection = await inFolder(path);
      return selection === undefined ? noEntryIn(first) : { ...selection, targets: rest };
    }
    const isPath = areNames ? /\.(phx|json)$/.test(first) : looksLikePath(first);
    if (found === undefined && isPath) return { problem: `cannot read ${first}: no such file` };
  }
  const selection = await inFolder(cwd);
  if (selection !== undefined) return { ...selection, targets: positionals };
  if (first === undefined) return noEntryIn("this folder");
  if (whatIsAt(resolve(cwd, first)) === "folder") return noEntryIn(first);
  return {
    problem: `there is no file ${first}, and this folder has no main.phx to take \`${first}\` from as a target`,
  };
}

async function inFolder(folder: string): Promise<Omit<Selection, "targets"> | undefined> {
  const project = await openProject(folder);
  const entry = defaultEntry(project, folder);
  return entry === undefined ? undefined : { project, entry };
}

function noEntryIn(folder: string): Problem {
  return {
    problem: `${folder} holds no main.phx, not exactly one .phx file, and no phoenix_hypervisor_config.json`,
    hint: "name the file to compile, or write `entry` in phx.config.json",
  };
}

function looksLikePath(text: string): boolean {
  return /[/\\]|^\.+$|\.(phx|json)$/.test(text);
}
