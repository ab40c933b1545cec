import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pluginApi } from "../compile.js";
import type { ExternalPlugin, Plugin } from "../compile.js";
import type { ConfigText } from "../compile/config.js";
import { isPluginFile } from "../compile/names.js";
import { cliPluginLoad, cliUntrustedPlugins } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import type { Project } from "./project.js";
import { pluginCode, trustOf } from "./trust.js";

/** Who vouches for a project's plugins. */
export interface TrustOptions {
  /** The user's trust file. */
  readonly file: string;
  /** For this run the user trusts whatever the configuration names. */
  readonly always: boolean;
}

/**
 * Loads the plugins that a project's configuration names, in its order: only when the user trusts the state that they are
 * in. Without trust none of their code runs, and a finding says so.
 */
export async function loadPlugins(project: Project, trust: TrustOptions): Promise<Result<readonly ExternalPlugin[]>> {
  const { plugins } = project.config.value;
  const [first] = plugins;
  if (first === undefined) return { value: [], diagnostics: [] };
  if (!trust.always) {
    const state = trustOf(trust.file, project.root, pluginCode(project.root, project.config.value).digest);
    if (state !== "trusted") {
      return { value: [], diagnostics: [diagnose(cliUntrustedPlugins, first.span, { changed: state === "changed" })] };
    }
  }
  const value: ExternalPlugin[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const named of plugins) {
    const loaded = await loadOne(project.root, named);
    if (typeof loaded === "string") diagnostics.push(notLoaded(named, loaded));
    else value.push({ plugin: loaded, span: named.span });
  }
  return { value, diagnostics };
}

function notLoaded(named: ConfigText, reason: string): Diagnostic {
  return diagnose(cliPluginLoad, named.span, { name: named.text, reason });
}

/** The plugin, or why there is none. */
async function loadOne(root: string, named: ConfigText): Promise<Plugin | string> {
  try {
    const module: unknown = await import(pathToFileURL(locate(root, named.text)).href);
    if (typeof module !== "object" || module === null || !("plugin" in module)) return "it exports no `plugin`";
    const exported = module.plugin;
    const made: unknown = typeof exported === "function" ? exported(await pluginApi()) : exported;
    return isPlugin(made) ? made : "its `plugin` is not what `definePlugin` makes";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function locate(root: string, name: string): string {
  return isPluginFile(name) ? join(root, name) : createRequire(join(root, "phx.config.json")).resolve(name);
}

/** As much of the shape as keeps a wrong export from failing deep inside a phase. */
function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string") return false;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["kinds", ["keyword", "args", "options", "sections", "identity"]],
    ["rules", ["name", "check"]],
    ["emitters", ["format", "emit"]],
    ["diagnostics", ["code", "title"]],
  ];
  const plugin: Readonly<Record<string, unknown>> = { ...value };
  return parts.every(([part, keys]) => isListOf(plugin[part], keys));
}

function isListOf(value: unknown, keys: readonly string[]): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value)) return false;
  return value.every((item) => typeof item === "object" && item !== null && keys.every((key) => key in item));
}
