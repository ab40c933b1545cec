import { suite } from "uvu";
import * as assert from "uvu/assert";
import { renderPage } from "../../src/cli/page.js";
import { findingKinds } from "../../src/compile/catalogue.js";
import { colourPalette } from "../../src/diagnostics/colours.js";
import { plainPalette } from "../../src/diagnostics/palette.js";
import { packageFile } from "../../src/host/package.js";
import { runCli } from "../support/terminal.js";

const test = suite("explain");
const cwd = "/";

test("a page is shown by its code, in any spelling", async () => {
  const { code, out } = await runCli(["explain", "PHX7004"], { cwd });
  assert.is(code, 0);
  assert.match(out, /^PHX7004: plugins are not trusted\n/);
  assert.match(out, "Severity: error");
  assert.not.match(out, "```");
  for (const spelling of ["phx7004", "7004"]) assert.is((await runCli(["explain", spelling], { cwd })).out, out);
});

test("without a code all findings are listed, in order", async () => {
  const { code, out } = await runCli(["explain"], { cwd });
  assert.is(code, 0);
  const lines = out.trimEnd().split("\n");
  assert.equal(lines, lines.toSorted());
  assert.is(lines.length, findingKinds().length);
  assert.match(out, /^PHX7004 {2}error {4}plugins are not trusted$/m);
});

test("an unknown code is usage, with a near one", async () => {
  for (const wrong of ["PHX9999", "7", "../../package", "PHX700", "README"]) {
    const { code, out, err } = await runCli(["explain", wrong], { cwd });
    assert.equal([code, out], [2, ""]);
    assert.match(err, "there is no finding");
  }
  assert.match((await runCli(["explain", "PHX70044"], { cwd })).err, "did you mean");
  assert.is((await runCli(["explain", "7004", "7005"], { cwd })).code, 2);
});

test("headings stand out, code is set in, fences go", () => {
  const page = "# A\n\nText.\n\n```phx\nct 1 a {\n\n}\n```\n";
  assert.is(renderPage(page, plainPalette), "A\n\nText.\n\n    ct 1 a {\n\n    }\n");
  assert.match(renderPage(page, colourPalette), "\u001b[1mA\u001b[22m");
});

test("files that are shipped are found beside package.json, and only there", () => {
  assert.match(packageFile("package.json") ?? "", '"name": "phxc"');
  assert.is(packageFile("docs/diagnostics/PHX0000.md"), undefined);
});

test.run();
