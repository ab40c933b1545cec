import { cliPluginClash, cliPluginFailed } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Emitter, KindSpec, Plugin, Rule } from "../plugin-api/index.js";
import type { Span } from "../text/source.js";

/** A plugin that is not built in, and the place in phx.config.json that names it. */
export interface ExternalPlugin {
  readonly plugin: Plugin;
  readonly span: Span;
}

/** Everything that plugins bring, by name. */
export interface Registry {
  /** By keyword. */
  readonly kinds: ReadonlyMap<string, KindSpec>;
  readonly rules: readonly Rule[];
  /** By format. */
  readonly emitters: ReadonlyMap<string, Emitter>;
  /** What is wrong with the plugins themselves; grows while their functions run. */
  readonly findings: readonly Diagnostic[];
}

/** Formats that phxc brings itself. */
export const BUILT_IN_FORMATS = ["bash", "json", "markdown", "dot", "mermaid"] as const;

/** Joins the built-in plugins and the external ones; what is there already stays, and the newcomer is reported. */
export function registry(builtIn: readonly Plugin[], external: readonly ExternalPlugin[]): Registry {
  const kinds = new Map<string, KindSpec>();
  const rules = new Map<string, Rule>();
  const emitters = new Map<string, Emitter>();
  const owners = new Map<string, string>(BUILT_IN_FORMATS.map((format) => [`the format \`${format}\``, "phxc"]));
  const findings: Diagnostic[] = [];
  const report = (finding: Diagnostic): void => void findings.push(finding);
  const join = (plugin: Plugin, at: Span | undefined): void => {
    const claim = (what: string): boolean => {
      const owner = owners.get(what);
      owners.set(what, owner ?? `plugin \`${plugin.name}\``);
      if (owner !== undefined && at !== undefined) {
        report(diagnose(cliPluginClash, at, { plugin: plugin.name, what, owner }));
      }
      return owner === undefined;
    };
    for (const kind of plugin.kinds ?? []) if (claim(`the kind \`${kind.keyword}\``)) kinds.set(kind.keyword, kind);
    for (const rule of plugin.rules ?? []) if (claim(`the rule \`${rule.name}\``)) rules.set(rule.name, rule);
    for (const emitter of plugin.emitters ?? []) {
      if (claim(`the format \`${emitter.format}\``)) emitters.set(emitter.format, emitter);
    }
  };
  for (const plugin of builtIn) join(plugin, undefined);
  for (const { plugin, span } of external) join(guarded(plugin, span, report), span);
  return { kinds, rules: [...rules.values()], emitters, findings };
}

/** The plugin with functions that report an exception as a finding of the plugin: a stranger's bug is not ours. */
function guarded(plugin: Plugin, at: Span, report: (finding: Diagnostic) => void): Plugin {
  const attempt = <T>(where: string, instead: T, body: () => T): T => {
    try {
      return body();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(diagnose(cliPluginFailed, at, { plugin: plugin.name, where, reason }));
      return instead;
    }
  };
  const kind = (spec: KindSpec): KindSpec => {
    const { edges, lower, keyword } = spec;
    return {
      ...spec,
      ...(edges && { edges: (...args) => attempt(`the edges of \`${keyword}\``, [], () => edges(...args)) }),
      ...(lower && {
        lower: (...args) =>
          attempt(`the lowering of \`${keyword}\``, { steps: [], requirements: [] }, () => lower(...args)),
      }),
    };
  };
  return {
    ...plugin,
    kinds: (plugin.kinds ?? []).map(kind),
    rules: (plugin.rules ?? []).map((rule) => ({
      ...rule,
      check: (...args) => attempt(`the rule \`${rule.name}\``, undefined, () => rule.check(...args)),
    })),
    emitters: (plugin.emitters ?? []).map((emitter) => ({
      ...emitter,
      emit: (...args) => attempt(`the format \`${emitter.format}\``, "", () => emitter.emit(...args)),
    })),
  };
}
