import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit } from "../../src/compile.js";
import type { Compilation } from "../../src/compile.js";
import { renderText } from "../../src/diagnostics/index.js";
import type { Diagnostic } from "../../src/diagnostics/index.js";
import { renderJson } from "../../src/diagnostics/render-json.js";
import { renderSarif } from "../../src/diagnostics/render-sarif.js";
import { memoryFiles } from "../../src/host/files.js";
import { checkText } from "../support/compile.js";

const test = suite("no output shows a secret");

const PLANTED = "correct-horse-battery";

/** All forms in which findings are written. */
function written(diagnostics: readonly Diagnostic[]): string {
  return [renderText(diagnostics), renderJson(diagnostics), renderSarif(diagnostics, { version: "1" })].join("\n");
}

/** Each has the planted value beside, inside or behind something else that is found. */
const SOURCES: readonly (readonly [what: string, text: string, code: string])[] = [
  ["unknown block", `ct 101 a { nett x {}, feature app { password = "${PLANTED}" } }`, "PHX3"],
  ["syntax error", `ct 101 a { feature app { password = "${PLANTED}", ] ) } }`, "PHX1"],
  ["lost block", `ct 101 { ( feature app { password = "${PLANTED}" `, "PHX1"],
  ["unclosed string", `ct 101 a { feature app { password = "${PLANTED} } }`, "PHX1"],
  ["comment", `ct 101 a { nonsense = 1 } # password = "${PLANTED}"`, "PHX3"],
  ["unused profile", `profile app { nonsense = 1, feature app { token = ${PLANTED} } }`, "PHX3"],
  ["wrong type", `ct 101 a { cores = "${PLANTED}" }\nct 102 b { feature app { password = "${PLANTED}" } }`, "PHX3"],
  ["let", `let p = "${PLANTED}"\nlet p = "${PLANTED}"\nct 101 a { feature app { password = p } }`, "PHX3"],
  [
    "interpolated",
    `let p = "${PLANTED}"\nlet p = "${PLANTED}"\nct 101 a { feature app { url = "http://me:\${p}@b/" } }`,
    "PHX4603",
  ],
  [
    "key",
    `let k = "-----BEGIN PRIVATE KEY-----\\n${PLANTED}\\n"\nlet k = 2\nct 101 a { feature app { cert = k } }`,
    "PHX4602",
  ],
  ["assert", `let api_key = "${PLANTED}"\nassert false "the key is \${api_key}"`, "PHX3"],
  ["secret() of a value", `ct 101 a { cores = 0, description = secret("${PLANTED}") }`, "PHX3050"],
  ["two on a line", `ct 101 a { feature a { password = "${PLANTED}", url = "http://me:${PLANTED}@b/" } }`, "PHX4601"],
];

for (const [what, text, code] of SOURCES) {
  test(`beside other findings: ${what}`, async () => {
    const { diagnostics } = await checkText(text);
    assert.ok(
      diagnostics.some((finding) => finding.code.startsWith(code)),
      diagnostics.map((finding) => `${finding.code} ${finding.message}`).join("\n"),
    );
    assert.not.match(written(diagnostics), PLANTED);
  });
}

test("the beginning of a long secret is not shown either", async () => {
  const value = "abcdefghijklmnop".repeat(8);
  const { diagnostics } = await checkText(`let token = "${value}"\nct 101 a { cores = token }`);
  assert.match(renderText(diagnostics), "PHX3040");
  assert.not.match(written(diagnostics), "abcdef");
});

test("a fix that would write a secret is left out", async () => {
  const { diagnostics } = await checkText(
    `ct 101 a { onboot = "yes" }\nct 102 b { cores = "12345678" } # pwd = "12345678"`,
  );
  assert.not.match(written(diagnostics), "12345678");
});

test("places, and lines without secrets, are shown as they are", async () => {
  const text = `ct 101 a {\n  nonsense = 1\n  feature app { password = "x" } # x marks\n}\n`;
  const { diagnostics } = await checkText(text);
  const report = renderText(diagnostics);
  assert.match(report, "2 |   nonsense = 1");
  assert.match(report, "3 |   feature app { password = *** } # x marks");
});

const ENTRY = JSON.stringify(
  {
    lxc_configs: {
      "101": { name: "a", cores: "many", admin_password: PLANTED, description: `http://me:${PLANTED}@b/`, nonsense: 1 },
    },
    environments: [{ name: "DATABASE_PASS", value: PLANTED }],
  },
  undefined,
  0,
);

test("JSON on one line", async () => {
  const { diagnostics } = await compile({ entry: "a.json", files: memoryFiles({ "a.json": ENTRY }) });
  assert.ok(diagnostics.some(({ code }) => code === "PHX2030"));
  assert.ok(diagnostics.length > 3);
  assert.not.match(written(diagnostics), PLANTED);
});

test("damaged JSON", async () => {
  for (const text of [ENTRY.slice(0, -20), ENTRY.replace("many", 'ma"ny'), ENTRY.replaceAll(",", ",,"), `x${ENTRY}`]) {
    const { diagnostics } = await compile({ entry: "a.json", files: memoryFiles({ "a.json": text }) });
    assert.ok(diagnostics.length > 0);
    assert.not.match(written(diagnostics), PLANTED);
  }
});

test("no form of a plan holds what is a secret by its name", async () => {
  const phx = `
image debian { url = "https://example.org/debian.tar.zst", sha256 = "${"0".repeat(64)}" }
ct 101 a {
  image = debian
  disk root { size = 8GiB, storage = local-lvm }
  feature app { password = GIVEN }
}
`;
  const compiled = (given: string, type: string): Promise<Compilation> => {
    const json = JSON.stringify({ parameters: { password: { type } } });
    const files = { "a.phx": phx.replace("GIVEN", given), "features/app/feature.json": json };
    return compile({ entry: "a.phx", files: memoryFiles({ ...files, "features/app/install.sh": "true\n" }) });
  };
  for (const type of ["text", "list", "secret"]) {
    const refused = await compiled(type === "list" ? `["${PLANTED}"]` : `"${PLANTED}"`, type);
    assert.is(refused.plan, undefined);
    assert.not.match(written(refused.diagnostics), PLANTED);
  }
  const { plan, model, registry, diagnostics } = await compiled(`secret("env:APP_PASSWORD")`, "secret");
  assert.ok(plan && model, renderText(diagnostics));
  assert.not.match(written(diagnostics), PLANTED);
  for (const format of ["bash", "json", "markdown", "dot", "mermaid"]) {
    const { value } = await emit({ plan, model, registry }, format, { version: "1" });
    assert.match(value, "101");
    assert.not.match(value, /password='[^']/);
    assert.not.match(value, PLANTED);
  }
});

test("a private key stops the plan", async () => {
  const text = `ct 101 a { description = "-----BEGIN PRIVATE KEY-----${PLANTED}" }`;
  const { plan, diagnostics } = await compile({ entry: "a.phx", files: memoryFiles({ "a.phx": text }) });
  assert.is(plan, undefined);
  assert.not.match(written(diagnostics), PLANTED);
});

test.run();
