import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { type FieldNode, isLeaf } from "../../src/json/field.js";
import { CONFIG_FIELDS, fieldOf, pathOf, STACK_MANIFEST_FIELDS } from "../../src/json/fields.js";
import { isSet } from "../../src/json/read.js";
import { type JsonNode, parseJson } from "../../src/json/tree.js";
import { sourceFile, type Span } from "../../src/text/source.js";
import { filesOf, placesOf, readTexts, spansIn, type TextFiles } from "../support/json.js";
import { root, shared } from "../support/paths.js";

/** Whole configurations: every leaf of every file is in the document or in a finding. */
const test = suite("json-real");

const ENTRY = "phoenix_hypervisor_config.json";
const realFolder = join(shared, "phoenix/config");
const hasReal = existsSync(join(realFolder, ENTRY));

/** A value without parts, and the part of the field table that describes it. */
interface Leaf {
  readonly path: string;
  readonly node: JsonNode;
  /** The nearest name around it. */
  readonly nameSpan: Span;
  readonly field: FieldNode | undefined;
  /** Where it stands in the table. */
  readonly row: string;
}

function leavesOf(path: string, text: string): readonly Leaf[] {
  const tree = parseJson(sourceFile(path, text), () => {});
  assert.ok(tree !== undefined, path);
  const fields = path.startsWith("stacks/") ? STACK_MANIFEST_FIELDS : CONFIG_FIELDS;
  return [...visit(tree, { field: fields, row: "" }, "", tree.span)];
}

type Row = Pick<Leaf, "field" | "row">;

function* visit(node: JsonNode, row: Row, path: string, nameSpan: Span): Generator<Leaf> {
  if (node.type === "object") {
    for (const member of node.members.values()) {
      yield* visit(member.value, rowOf(row, member.name), `${path}.${member.name}`, member.nameSpan);
    }
  } else if (node.type === "array") {
    const { field } = row;
    const inner = field === undefined || isLeaf(field) ? row : { field: field.items, row: `${row.row}[]` };
    for (const [index, item] of node.items.entries()) yield* visit(item, inner, `${path}[${index}]`, nameSpan);
  } else if (isSet(node)) yield { path, node, nameSpan, ...row };
}

function rowOf({ field, row }: Row, name: string): Row {
  if (field === undefined || isLeaf(field)) return { field, row };
  return { field: fieldOf(field, name), row: pathOf(row, field, name) };
}

/** Leaves that are neither in the document nor in a finding, although no row of the table says that they only steer. */
function lostLeaves(files: TextFiles): readonly string[] {
  const { value, diagnostics } = readTexts(files);
  const known = new Set(spansIn(value.document.items).map(keyOf));
  const found = spansIn(diagnostics);
  const lost: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    for (const leaf of leavesOf(path, text)) {
      const fate = leaf.field?.fate?.fate;
      const isReported = fate === "foreign" || fate === "later" || fate === "idle" || fate === "info";
      const isNamed = !leaf.path.endsWith("]") && known.has(keyOf(leaf.nameSpan));
      const isFound = found.some((span) => contains(span, leaf));
      const isUnused = diagnostics.some(({ code, span }) => code === "PHX2060" && covers(span, path, leaf.path));
      if (fate === "read" || isReported || isNamed || isFound || isUnused || isOwner(leaf) || isNone(leaf)) continue;
      if (known.has(keyOf(leaf.node.span))) continue;
      lost.push(`${path}${leaf.path} (${fate ?? "unknown"})`);
    }
  }
  return lost;
}

/** Whether a finding points at a leaf, at its name, or at something around it. */
function contains({ file, start, end }: Span, { node, nameSpan }: Leaf): boolean {
  if (file.path !== node.span.file.path) return false;
  return (start <= node.span.start && node.span.end <= end) || (start === nameSpan.start && end === nameSpan.end);
}

/** Whether a finding stands at the name of the environment that holds a leaf. */
function covers(span: Span, path: string, leaf: string): boolean {
  const name = JSON.parse(span.file.text.slice(span.start, span.end)) as string;
  return span.file.path === path && leaf.startsWith(`.environments.${name}.`);
}

/** The two halves of `owner` are one literal. */
function isOwner({ path }: Leaf): boolean {
  return /\.owner_[ug]id$/.test(path);
}

/** The existing system's word for a secret that there is none. */
function isNone({ node }: Leaf): boolean {
  return node.type === "string" && node.value === "NOT_SET";
}

function keyOf({ file, start, end }: Span): string {
  return `${file.path} ${start} ${end}`;
}

/** Every field that the table does not compile has a note of its name. */
function unreportedFields(files: TextFiles, diagnostics: readonly Diagnostic[]): readonly string[] {
  const messages = diagnostics.filter(({ code }) => /^PHX202[0-3]$/.test(code)).map(({ message }) => message);
  const missing = Object.entries(files).flatMap(([path, text]) =>
    leavesOf(path, text).flatMap(({ field, row }) => {
      const fate = field?.fate?.fate;
      const name = row.replace(/^(lxc_configs\.#|vms\[\])\./, "");
      const isReported = messages.some((message) => message.startsWith(`\`${name}\``));
      return fate === "compiled" || fate === "read" || isReported ? [] : [`${path}: ${name}`];
    }),
  );
  return [...new Set(missing)];
}

const configurations: readonly (readonly [string, string, string, boolean])[] = [
  ["the real configuration", realFolder, ENTRY, hasReal],
  ["the home server", join(root, "examples/homelab/json"), ENTRY, true],
  ...["mid-2025", "templates", "forerunner", "roadmap", "late-2025"].map(
    (name) => [name, join(root, "test/fixtures/json"), `${name}.json`, true] as const,
  ),
];

/** The files that belong to an entry. */
function configuration(folder: string, entry: string): TextFiles {
  const all = filesOf(folder, entry);
  const { value } = readTexts(all);
  return Object.fromEntries(value.files.map(({ path }) => [path, all[path] ?? ""]));
}

for (const [name, folder, entry, isThere] of configurations) {
  (isThere ? test : test.skip)(`${name}: no leaf is lost`, () => {
    const files = configuration(folder, entry);
    assert.equal(lostLeaves(files), []);
    assert.equal(unreportedFields(files, readTexts(files).diagnostics), []);
  });

  (isThere ? test : test.skip)(`${name}: no errors`, () => {
    const { diagnostics } = readTexts(filesOf(folder, entry));
    assert.equal(placesOf(diagnostics.filter(({ severity }) => severity === "error")), []);
  });
}

(hasReal ? test : test.skip)("the real configuration: what its faults are, and where", () => {
  const { value, diagnostics } = readTexts(filesOf(realFolder, ENTRY));
  assert.equal(
    value.files.map(({ path }) => path),
    [
      ENTRY,
      "phoenix_lxc_configs.json",
      "phoenix_vm_configs.json",
      ...["portainer_service", "qdrant_service", "thinkheads_ai_app"].map((stack) => `stacks/${stack}/phoenix.json`),
    ],
  );
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  const count = (code: string): number => warnings.filter((finding) => finding.code === code).length;
  const counts = Object.fromEntries(
    [...new Set(warnings.map(({ code }) => code))].sort().map((code) => [code, count(code)]),
  );
  assert.equal(counts, {
    PHX2030: 4,
    PHX2031: 11,
    PHX2034: 1,
    PHX2035: 8,
    PHX2036: 3,
    PHX2037: 1,
    PHX2039: 5,
    PHX2051: 2,
    PHX2054: 1,
  });
  const shown = [...spansIn(diagnostics), ...spansIn(value.document.items)].map(({ file }) => file.text).join("\n");
  assert.not.match(shown, "Example@");
});

(hasReal ? test : test.skip)("the real configuration: what is not compiled is about the host's own system", () => {
  const { diagnostics } = readTexts(filesOf(realFolder, ENTRY));
  const named = (code: string): readonly string[] =>
    diagnostics
      .filter((finding) => finding.code === code)
      .map(({ message }) => /^`([^`]+)`/.exec(message)?.[1] ?? message)
      .toSorted();
  assert.equal(named("PHX2021"), []);
  for (const field of ["behavior", "bootstrap_ca_url", "core_paths.*", "tests", "vllm_engine_config"])
    assert.ok(named("PHX2020").includes(field), field);
  for (const field of ["apparmor_manages_nesting", "id_maps", "mount_point_base", "ports", "shared_volumes.*"])
    assert.ok(named("PHX2023").includes(field), field);
});

test.run();
