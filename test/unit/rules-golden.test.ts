import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { renderText } from "../../src/diagnostics/index.js";
import { firewallDiagnostics } from "../../src/plugins/validation/findings/firewall.js";
import { lifecycleDiagnostics } from "../../src/plugins/validation/findings/lifecycle.js";
import { networkDiagnostics } from "../../src/plugins/validation/findings/network.js";
import { resourceDiagnostics } from "../../src/plugins/validation/findings/resources.js";
import { secretDiagnostics } from "../../src/plugins/validation/findings/secrets.js";
import { checkText } from "../support/compile.js";
import { golden } from "../support/golden.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";

const GROUPS: Readonly<Record<string, readonly { readonly code: string }[]>> = {
  network: networkDiagnostics,
  lifecycle: lifecycleDiagnostics,
  resources: resourceDiagnostics,
  firewall: firewallDiagnostics,
  secrets: secretDiagnostics,
};

const test = suite("rules: as they are shown");

for (const [group, kinds] of Object.entries(GROUPS)) {
  test(`the findings of the pages: ${group}`, async () => {
    let shown = "";
    for (const { code } of kinds) {
      const page = readFileSync(join(root, "docs/diagnostics", `${code}.md`), "utf8");
      const [fails, fixed] = fences(page).filter(({ language }) => language === "phx");
      const { diagnostics } = await checkText(fails?.text ?? "");
      const found = diagnostics.filter((finding) => finding.code.startsWith("PHX4"));
      assert.ok(
        found.some((finding) => finding.code === code),
        `${code} is not found in its own example`,
      );
      shown += `${renderText(found)}\n`;
      const after = await checkText(fixed?.text ?? "");
      assert.not.ok(
        after.diagnostics.some((finding) => finding.severity !== "note"),
        `the fixed example of ${code} has findings`,
      );
    }
    golden(`rules/${group}.txt`, shown);
  });
}

test.run();
