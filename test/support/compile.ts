import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import type { Compilation } from "../../src/compile.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { memoryFiles } from "../../src/host/files.js";
import { position } from "../../src/text/source.js";

/** Checks `.phx` text as a project of one file. */
export function checkText(text: string, upTo: "check" | "plan" = "check"): Promise<Compilation> {
  return compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }), upTo });
}

/** `12 PHX4001` for a finding that begins on line 12. */
export function lineAndCode({ span, code }: Diagnostic): string {
  return `${position(span.file, span.start).line} ${code}`;
}

/**
 * Checks text whose comments name the findings: each line that ends in `# PHX4001` (or several codes) yields just these
 * findings of the rules, and no other line yields any. Errors of other phases count as well; codes that `except` matches
 * are left out. What is found while steps are made is known up to the plan only.
 */
export async function expectFindings(
  text: string,
  except?: RegExp,
  upTo: "check" | "plan" = "check",
): Promise<readonly Diagnostic[]> {
  const expected = text.split("\n").flatMap((line, i) => {
    const [, codes = ""] = /#((?: PHX\d{4})+)$/.exec(line) ?? [];
    return codes
      .split(" ")
      .filter((code) => code !== "")
      .map((code) => `${i + 1} ${code}`);
  });
  const { diagnostics } = await checkText(text, upTo);
  const found = diagnostics.filter(
    ({ code, severity }) => (code.startsWith("PHX4") || severity === "error") && except?.test(code) !== true,
  );
  const messages = found.map((finding) => `${lineAndCode(finding)} ${finding.message}`).join("\n");
  assert.equal(found.map(lineAndCode).toSorted(), expected.toSorted(), `\n${text}\n${messages}\n`);
  return found;
}
