import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CONFIG_NAME } from "../compile/names.js";
import type { ProjectConfig } from "../compile/config.js";
import { cliUnreadable } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Result } from "../diagnostics/diagnostic.js";
import type { Files } from "../text/files.js";
import { describeFailure } from "../text/files.js";
import { sourceFile, span } from "../text/source.js";
import { diskFiles, pathBelow, realOr } from "./files.js";

/** A project: the folder that all reads stay in, and what its configuration says. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  readonly files: Files;
  readonly config: Result<ProjectConfig>;
}

/** The project of a folder: the nearest one above it (or itself) with a phx.config.json, otherwise the folder alone. */
export async function openProject(folder: string): Promise<Project> {
  const start = realOr(folder);
  const root = rootAbove(start) ?? start;
  const files = diskFiles(root);
  return { root, files, config: await configOf(files) };
}

/** The project of a file, and the file's path in it. A symbolic link stands for what it leads to. */
export async function projectOf(path: string): Promise<{ readonly project: Project; readonly entry: string }> {
  const full = realOr(path);
  const project = await openProject(dirname(full));
  return { project, entry: pathBelow(project.root, full) ?? basename(full) };
}

/** What the existing system calls the entry of a JSON configuration. */
const JSON_ENTRY = "phoenix_hypervisor_config.json";

/**
 * The file that is compiled when none is named: what the configuration says, else `main.phx` in the folder, else its only
 * `.phx` file, else, where it has none, the entry of a JSON configuration. A path relative to the project's root.
 */
export function defaultEntry(project: Project, folder: string): string | undefined {
  const named = project.config.value.entry;
  if (named !== undefined) return named.text;
  const here = pathBelow(project.root, realOr(folder));
  if (here === undefined) return undefined;
  const names = project.files.list(here) ?? [];
  const sources = names.filter((name) => name.endsWith(".phx"));
  const alone = sources.length === 0 ? names.find((name) => name === JSON_ENTRY) : undefined;
  const chosen = sources.includes("main.phx") ? "main.phx" : sources.length === 1 ? sources[0] : alone;
  return chosen === undefined ? undefined : [here, chosen].filter((part) => part !== "").join("/");
}

/** Whether something is at a path, and a folder or not. */
export function whatIsAt(path: string): "folder" | "file" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

function rootAbove(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, CONFIG_NAME))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** The JSON reader is loaded only for projects that have a configuration. */
async function configOf(files: Files): Promise<Result<ProjectConfig>> {
  const read = files.read(CONFIG_NAME);
  if (read.ok) return (await import("../compile/config.js")).readConfig(sourceFile(CONFIG_NAME, read.text));
  if (read.reason === "missing") return { value: { plugins: [] }, diagnostics: [] };
  const finding = diagnose(cliUnreadable, span(sourceFile(CONFIG_NAME, ""), 0), {
    path: CONFIG_NAME,
    reason: describeFailure(read.reason),
  });
  return { value: { plugins: [] }, diagnostics: [finding] };
}

/** All `.phx` files below a folder, in code-unit order of their paths; hidden folders and packages are left out. */
export function sourcesBelow(folder: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return entry.isFile() && entry.name.endsWith(".phx") ? [path] : [];
    })
    .toSorted();
}
