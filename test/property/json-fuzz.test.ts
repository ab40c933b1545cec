import { existsSync } from "node:fs";
import { join } from "node:path";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { noGroups } from "../../src/json/account.js";
import { CONFIG_FIELDS, STACK_MANIFEST_FIELDS } from "../../src/json/fields.js";
import { survey } from "../../src/json/survey.js";
import { parseJson } from "../../src/json/tree.js";
import { checkShape } from "../../src/json/validate.js";
import { sourceFile } from "../../src/text/source.js";
import { filesOf, readTexts, spansIn, type TextFiles } from "../support/json.js";
import { root, shared } from "../support/paths.js";

/** No input crashes the JSON front end, and every span lies inside its file. */
const test = suite("json-fuzz");

const ENTRY = "phoenix_hypervisor_config.json";
const fixtures = join(root, "test/fixtures/json");
const realFolder = join(shared, "phoenix/config");

const bases: readonly TextFiles[] = [
  filesOf(join(root, "examples/homelab/json"), ENTRY),
  ...["mid-2025", "templates", "forerunner", "roadmap", "late-2025"].map((name) => filesOf(fixtures, `${name}.json`)),
  ...(existsSync(join(realFolder, ENTRY)) ? [filesOf(realFolder, ENTRY)] : []),
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

function pathsOf(value: Json, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...at, key]))];
}

/** The value with another one at a path; at an object, the path may end in a name that it does not have. */
function replaced(value: Json, [key, ...rest]: Path, by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, i) => (i === key ? replaced(item, rest, by) : item));
  if (typeof value !== "object" || value === null) return by;
  const inner = Object.hasOwn(value, key) ? ((value as { readonly [name: string]: Json })[key] ?? null) : null;
  return { ...value, [key]: replaced(inner, rest, by) };
}

function check(files: TextFiles): void {
  const { value, diagnostics } = readTexts(files);
  for (const span of [...spansIn(value.document), ...spansIn(diagnostics)]) {
    const text = files[span.file.path];
    assert.ok(text !== undefined && span.file.text.length === text.length, span.file.path);
    assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, span.file.path);
  }
  if (diagnostics.some(({ severity }) => severity === "error")) return;
  assert.ok(!JSON.stringify(value.document, withoutFiles).includes('"type":"error"'), "an error without a finding");
}

function withoutFiles(key: string, inner: unknown): unknown {
  return key === "span" || key === "file" ? undefined : inner;
}

/** Text that the front end takes apart, besides arbitrary text. */
const telling = fc.constantFrom(
  ...[
    "",
    "none",
    "0,1",
    "10.0.0.1/24",
    "dhcp",
    "::1/64",
    "lxc.a=b",
    "a=1,b=",
    "nesting=1",
    "../x",
    "/",
    "100",
    "-1",
    "1e9",
  ],
  ...[
    "\u0000",
    "\ud800",
    "\u202e",
    "${x}",
    "$(x)",
    "a\nb",
    "[",
    ",",
    ";;",
    "=",
    ":",
    "1..2",
    "final-form",
    "unconfined",
  ],
);
const scalar = fc.oneof(telling, fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const json = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
) as fc.Arbitrary<Json>;

/** A file of a configuration with some value at some place of it. */
const edited = fc
  .tuple(fc.nat(), fc.nat(), fc.nat(), fc.option(fc.oneof(telling, fc.string()), { freq: 6 }), json)
  .map(([which, file, place, name, by]) => {
    const base = bases[which % bases.length] ?? {};
    const paths = Object.keys(base);
    const path = paths[file % paths.length] ?? "";
    const tree = JSON.parse(base[path] ?? "") as Json;
    const places = pathsOf(tree);
    const at = places[place % places.length] ?? [];
    const changed = replaced(tree, name === null ? at : [...at, name], by);
    return { base, path, text: JSON.stringify(changed, null, 1) };
  });

test("a value of any form at any place", () => {
  const property = fc.property(edited, ({ base, path, text }) => check({ ...base, [path]: text }));
  fc.assert(property, { numRuns: 200, includeErrorInReport: true });
});

test("a file fits exactly when the validators find nothing", () => {
  let misfits = 0;
  const property = fc.property(edited, ({ path, text }) => {
    const tree = parseJson(sourceFile(path, text), () => {});
    if (tree === undefined) return;
    const schema = path.startsWith("stacks/") ? "stack" : "config";
    const found: Diagnostic[] = [];
    checkShape(schema, tree, (finding) => void found.push(finding));
    const doesFit = survey(tree, schema === "stack" ? STACK_MANIFEST_FIELDS : CONFIG_FIELDS, noGroups());
    assert.is(doesFit, found.length === 0, found.map(({ message }) => message).join("\n"));
    if (!doesFit) misfits++;
  });
  fc.assert(property, { numRuns: 400, includeErrorInReport: true });
  assert.ok(misfits > 50, `${misfits} of 400 files do not fit`);
});

test("a file with a piece of text cut out or put in", () => {
  const piece = fc.oneof(
    fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "\\", "//", "/*", "\uFEFF", "'", "-"),
    fc.string(),
  );
  const property = fc.property(fc.nat(), fc.nat(), fc.nat(200), piece, (which, place, length, by) => {
    const base = bases[which % bases.length] ?? {};
    const path = Object.keys(base)[0] ?? "";
    const text = base[path] ?? "";
    const at = place % (text.length + 1);
    check({ ...base, [path]: text.slice(0, at) + by + text.slice(at + length) });
  });
  fc.assert(property, { numRuns: 150, includeErrorInReport: true });
});

test("arbitrary text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => check({ "a.json": text })),
    { numRuns: 200 },
  );
});

test("megabytes of brackets, quotes and digits", () => {
  for (const text of ["[", "{", '"', "1", '{"a":', ",", "//", "\n", '{"a_token":"'])
    check({ "a.json": text.repeat(200_000) });
});

test("tokens of a megabyte", () => {
  const long = "x".repeat(1_000_000);
  for (const text of [
    `{"a":"${long}"}`,
    `{"a_token":"${long}`,
    `{"a":${long}`,
    `{"a":/*${long}`,
    `{"a_token":${"1".repeat(1_000_000)}}`,
  ]) {
    check({ "a.json": text });
  }
});

test("patterns give up in linear time", () => {
  const long = "1,".repeat(20_000);
  const fields = ["dependencies", "gpu_assignment", "features", "network_config", "apparmor_profile", "template"];
  const guest = Object.fromEntries(fields.map((name) => [name, `${long} !`]));
  const started = performance.now();
  check({
    "a.json": JSON.stringify({ lxc_configs: { "101": guest }, zfs: { pools: [{ name: "a", disks: `/${long}!` }] } }),
  });
  assert.ok(performance.now() - started < 3000);
});

test.run();
