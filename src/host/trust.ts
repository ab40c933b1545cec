import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { ProjectConfig } from "../compile/config.js";
import { PLUGIN_FOLDER, isPluginFile } from "../compile/names.js";
import { writeAtomically } from "./write.js";
import { sha256 } from "../text/sha256.js";
import { compareKeys } from "../text/order.js";

/** The code that the plugins of a project are made of, as far as trust looks. */
export interface PluginCode {
  /** Relative to the project's root, in code-unit order. */
  readonly files: readonly string[];
  /** Of the list of plugins and of every file's path and bytes, hexadecimal. */
  readonly digest: string;
}

/** Where a user's trust is kept: outside every project, so that no repository can bring its own. */
export function trustFile(env: Readonly<Record<string, string | undefined>>): string {
  const given = env["XDG_CONFIG_HOME"];
  const base = given !== undefined && given.startsWith("/") ? given : join(homedir(), ".config");
  return join(base, "phxc", "trust.json");
}

/**
 * What there is to trust: every file below `plugins/` and of the named packages, without the packages that those depend on
 * (the project's lock file stands for them).
 */
export function pluginCode(root: string, config: ProjectConfig): PluginCode {
  const names = config.plugins.map((plugin) => plugin.text);
  const packages = names.filter((name) => !isPluginFile(name)).map((name) => `node_modules/${name}`);
  const folders = [...(names.some(isPluginFile) ? [PLUGIN_FOLDER] : []), ...packages];
  const locks = packages.length === 0 ? [] : ["package-lock.json"];
  const files = [...new Set([...folders.flatMap((folder) => filesBelow(root, folder)), ...locks])].toSorted();
  const hash = createHash("sha256").update(JSON.stringify(names));
  for (const file of files) hash.update(`\n${JSON.stringify(file)} `).update(digestOf(join(root, file)));
  return { files, digest: hash.digest("hex") };
}

/** Whether the user trusts the code: `changed` when another state of this project's plugins is the trusted one. */
export function trustOf(path: string, root: string, digest: string): "trusted" | "changed" | "untrusted" {
  const trusted = readTrust(path)[root];
  return trusted === undefined ? "untrusted" : trusted === digest ? "trusted" : "changed";
}

/** Notes that the user trusts a project's plugins in this state; without a digest, no longer. */
export function setTrust(path: string, root: string, digest: string | undefined): void {
  const { [root]: _, ...others } = readTrust(path);
  const projects = digest === undefined ? others : { ...others, [root]: digest };
  const sorted = Object.fromEntries(Object.entries(projects).toSorted(compareKeys));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeAtomically(path, `${JSON.stringify({ version: 1, projects: sorted }, null, 2)}\n`, 0o600);
}

/** A damaged file trusts nothing. */
function readTrust(path: string): Readonly<Record<string, string>> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null || !("projects" in parsed)) return {};
    const { projects } = parsed;
    if (typeof projects !== "object" || projects === null) return {};
    return Object.fromEntries(Object.entries(projects).filter((entry) => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

function filesBelow(root: string, folder: string): readonly string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(root, path);
    return [path];
  });
}

function digestOf(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch {
    return "unreadable";
  }
}
