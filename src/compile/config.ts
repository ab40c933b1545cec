import { cliPluginName, cliSettingType, cliUnknownSetting } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { parseJson } from "../json/tree.js";
import type { JsonMember, JsonNode } from "../json/tree.js";
import type { SourceFile, Span } from "../text/source.js";
import { isPluginFile } from "./names.js";

/** A text of the configuration and where it stands. */
export interface ConfigText {
  readonly text: string;
  readonly span: Span;
}

/** What phx.config.json says. */
export interface ProjectConfig {
  /** The file that is compiled when none is named, relative to the project's root. */
  readonly entry?: ConfigText;
  /** The folder in which each host has one for its committed plan, relative to the project's root. */
  readonly plans?: ConfigText;
  /** The folder of the scripts that guests run, relative to the project's root. */
  readonly scripts?: ConfigText;
  /** Files below `plugins/` and names of npm packages, in the order in which they are loaded. */
  readonly plugins: readonly ConfigText[];
}

const SETTINGS = ["entry", "plans", "plugins", "scripts"];

/** Names of npm packages, with or without a scope, as npm allows them for new ones. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Reads the text of a phx.config.json. */
export function readConfig(file: SourceFile): Result<ProjectConfig> {
  const diagnostics: Diagnostic[] = [];
  const report = (finding: Diagnostic): void => void diagnostics.push(finding);
  const members = parseJson(file, report)?.members ?? new Map<string, JsonMember>();
  for (const { name, nameSpan } of members.values()) {
    if (SETTINGS.includes(name)) continue;
    report(diagnose(cliUnknownSetting, nameSpan, { name, meant: didYouMean(name, SETTINGS) }));
  }
  const entry = readPath(members, "entry", "the path of a file, as text", report);
  const plans = readPath(members, "plans", "the path of a folder, as text", report);
  const scripts = readPath(members, "scripts", "the path of a folder, as text", report);
  const plugins = readPlugins(members.get("plugins")?.value, report);
  return {
    value: {
      ...(entry === undefined ? {} : { entry }),
      ...(plans === undefined ? {} : { plans }),
      ...(scripts === undefined ? {} : { scripts }),
      plugins,
    },
    diagnostics,
  };
}

function readPath(
  members: ReadonlyMap<string, JsonMember>,
  name: string,
  wanted: string,
  report: (finding: Diagnostic) => void,
): ConfigText | undefined {
  const value = members.get(name)?.value;
  if (value === undefined) return undefined;
  if (value.type === "string" && value.value !== "") {
    return { text: value.value.replace(/^(\.\/)+/, ""), span: value.span };
  }
  report(diagnose(cliSettingType, value.span, { name, wanted }));
  return undefined;
}

function readPlugins(value: JsonNode | undefined, report: (finding: Diagnostic) => void): readonly ConfigText[] {
  if (value === undefined) return [];
  const wanted = "a list of texts: files below plugins/ and names of npm packages";
  if (value.type !== "array") {
    report(diagnose(cliSettingType, value.span, { name: "plugins", wanted }));
    return [];
  }
  return value.items.flatMap((item) => {
    if (item.type !== "string") {
      report(diagnose(cliSettingType, item.span, { name: "plugins", wanted }));
      return [];
    }
    const text = item.value.replace(/^\.\//, "");
    if (isPluginFile(text) || PACKAGE_NAME.test(text)) return [{ text, span: item.span }];
    report(diagnose(cliPluginName, item.span, { name: item.value }));
    return [];
  });
}
