import { diagnose, settingOf, sha256, shellOf, stringOf, withoutLastLineFeeds } from "../../plugin-api/index.js";
import type { CheckProbe, Diagnostic, Features, Lowered, Section } from "../../plugin-api/index.js";
import { checkLeftOut, checkScriptUnusable } from "./findings-checks.js";
import { scriptMissing } from "./findings-features.js";

/**
 * Bytes of a script that still fit into one argument of a command: Linux takes 128 KiB (`MAX_ARG_STRLEN`), of which some is
 * kept for what a system may add.
 */
const LONGEST = 120_000;

type Interpreter = Extract<CheckProbe["test"], { type: "script" }>["interpreter"];

/** A check's script with its text, or why there is none. */
export function loadCheckScript(
  section: Section,
  args: readonly string[],
  features: Features | undefined,
): Pick<Lowered, "scripts" | "diagnostics"> & { readonly test?: CheckProbe["test"] } {
  const name = stringOf(section, "script") ?? "";
  const path = `${features?.scriptsFolder ?? "scripts"}/${name}`;
  const at = settingOf(section, "script")?.span ?? section.headSpan;
  const only = (finding: Diagnostic) => ({ diagnostics: [finding] });
  const text = features?.script(name);
  if (text === undefined) {
    // What the existing system's configuration names may lie elsewhere; the guest goes without the check.
    return only(diagnose(at.file.path.endsWith(".json") ? checkLeftOut : scriptMissing, at, { path }));
  }
  const interpreter = interpreterOf(text);
  const bytes = Buffer.byteLength(text);
  const [line = ""] = text.split("\n", 1);
  if (interpreter === undefined || bytes > LONGEST) {
    const reason =
      interpreter === undefined
        ? `begins with \`${line}\`; checks are run by sh, bash and python3`
        : `has ${bytes} bytes; the script of a check has ${LONGEST} at most`;
    return only(diagnose(checkScriptUnusable, at, { path, reason }));
  }
  const script = `check ${name}`;
  return {
    test: { type: "script", script, interpreter, arguments: args, digest: sha256(text) },
    scripts: { [script]: `${withoutLastLineFeeds(text)}\n` },
  };
}

function interpreterOf(text: string): Interpreter | undefined {
  const isPython = /^#!\s*(?:\/usr)?(?:\/local)?\/bin\/(?:env\s+)?python3(?:\.\d+)?\s*(?:\n|$)/.test(text);
  return isPython ? "python3" : shellOf(text);
}
