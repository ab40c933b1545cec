import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";

const test = suite("repeated findings");

async function messages(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }), upTo: "check" });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test("what a loop brings to many guests is one finding that names them", async () => {
  const found = await messages(`
ct 100 base { }
for n in 1..3 { ct (100 + n) "web-\${n}" { needs = [base], boot { start = true } } }
`);
  assert.equal(found, [
    "PHX4111 ct 101 web-1 starts with the host and needs ct 100 base, which does not (likewise ct 102 web-2, ct 103 web-3)",
  ]);
});

test("long lists of names are cut", async () => {
  const [found] = await messages(`
ct 100 base { }
for n in 1..20 { ct (100 + n) "web-\${n}" { needs = [base], boot { start = true } } }
`);
  assert.match(found ?? "", "(likewise ct 102 web-2, ");
  assert.match(found ?? "", "ct 109 web-9, 11 more)");
});

test("findings about other places or other things stay", async () => {
  const found = await messages(`
ct 100 base { }
ct 101 other { }
ct 102 a { needs = [base, other], boot { start = true } }
ct 103 b { needs = [base], boot { start = true } }
`);
  assert.is(found.length, 3);
});

test.run();
