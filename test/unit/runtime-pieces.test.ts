import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pieces } from "../../src/emitters/bash/runtime.generated.js";
import { runtime, runtimeFor } from "../../src/emitters/bash/runtime.js";
import { hasLinters } from "../support/script-lint.js";

const test = suite("the parts of the runtime that a script carries");

/** The functions that a text of bash defines. */
const functionsOf = (text: string): string[] => Array.from(text.matchAll(/^(\w+)\(\) \{/gm), ([, name = ""]) => name);

const all = new Set(functionsOf(runtime()));

interface Node {
  readonly Type?: string;
  readonly Parts?: readonly { readonly Type: string; readonly Value: string }[];
  readonly [key: string]: unknown;
}

/** The words of commands that are one plain word and the name of a function, as shfmt's parser sees them. */
function called(node: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const item of node) called(item, found);
  else if (typeof node === "object" && node !== null) {
    const { Type, Args, ...rest } = node as Node & { readonly Args?: readonly Node[] };
    if (Type === "CallExpr") for (const name of composed(Args?.[0])) found.add(name);
    for (const { Parts = [] } of Type === "CallExpr" ? (Args ?? []) : []) {
      const [part] = Parts;
      if (Parts.length === 1 && part?.Type === "Lit" && all.has(part.Value)) found.add(part.Value);
    }
    called(Object.values(rest), found);
    called(Args, found);
  }
  return found;
}

/** The functions that a command may be whose name is put together, as `probe_"${kind}"`; arrays of words are nobody's name. */
function composed(word: Node | undefined): string[] {
  const parts = (word?.Parts ?? []).flatMap((part) => (part as Node).Parts ?? [part]);
  if (parts.length < 2 || parts.every(({ Type }) => Type === "Lit")) return [];
  const prefix = parts[0]?.Type === "Lit" ? parts[0].Value : "";
  assert.match(prefix, /^[a-z]+_$/, `a command whose name begins with an expansion: ${JSON.stringify(parts)}`);
  return [...all].filter((name) => name.startsWith(prefix));
}

test("every function that another parser of bash finds in a piece is among its needs", () => {
  if (!hasLinters()) return console.log("skipped: shfmt is not installed");
  let calls = 0;
  for (const { names, needs, text } of pieces) {
    const parsed = spawnSync("shfmt", ["--to-json"], { input: text, encoding: "utf8", maxBuffer: 1 << 28 });
    assert.is(parsed.status, 0, parsed.stderr);
    const wanted = [...called(JSON.parse(parsed.stdout))].filter((name) => !names.includes(name));
    calls += wanted.length;
    assert.equal(
      wanted.filter((name) => !needs.includes(name)),
      [],
      `needs of ${names.join(" ")}`,
    );
  }
  assert.ok(calls > 500, `${calls} calls`);
});

/** The names of variables that a text of bash gives a value outside of functions. */
const variablesOf = (text: string): string[] =>
  Array.from(text.matchAll(/^(?:(?:readonly|declare)(?: -\w+)? )?[A-Z_]+=.*/gm)).flatMap(([line]) =>
    Array.from(line.replace(/ +#.*/, "").matchAll(/(?<=^|\s)([A-Z_]+)=/g), ([, name = ""]) => name),
  );

test("every variable of the runtime that a script mentions is defined in it", () => {
  const known = new Set(variablesOf(runtime()));
  assert.ok(known.size > 80, `${known.size} variables`);
  for (const name of all) {
    const script = runtimeFor(name);
    const defined = new Set(variablesOf(script));
    const code = script.replace(/^\s*#.*/gm, "");
    const missing = new Set(code.match(/\b[A-Z_]+\b/g)?.filter((word) => known.has(word) && !defined.has(word)));
    assert.equal([...missing], [], `what ${name} reaches`);
  }
});

test("pieces together are the runtime; what nothing calls stays away, with its heading", () => {
  assert.equal(functionsOf(runtimeFor(functionsOf(runtime()).join("\n"))), functionsOf(runtime()));
  assert.is(runtimeFor("").trim(), "");
  const own = runtimeFor("\tconverge qm set 100 \\\n\t\t--cores '2'\n");
  assert.ok(functionsOf(own).includes("differences"));
  assert.not(functionsOf(own).includes("zpool_exists"));
  assert.not.match(own, /# --- ZFS: pools/);
  assert.ok(own.length < runtime().length / 2, `${own.length} of ${runtime().length}`);
});

test("names that are put together, those handed on, and those for a trap count as called", () => {
  const settle = functionsOf(runtimeFor("settle_interrupted"));
  for (const name of ["settle_snapshot", "settle_rollback"]) assert.ok(settle.includes(name), name);
  const work = functionsOf(runtimeFor("in_guest"));
  const checked = functionsOf(runtimeFor("check"));
  for (const name of ["probe_command", "probe_http", "probe_agent"]) assert.ok(checked.includes(name), name);
  for (const name of ["in_begin", "in_job", "in_detach", "in_follow", "in_drop"]) assert.ok(work.includes(name), name);
  const begun = functionsOf(runtimeFor("begin"));
  for (const name of ["unexpected", "interrupted", "finish"]) assert.ok(begun.includes(name), name);
});

test.run();
