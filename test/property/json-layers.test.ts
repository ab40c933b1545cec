import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyAt, mergeObjects } from "../../src/json/merge.js";
import { isSet } from "../../src/json/read.js";
import { type JsonNode, type JsonObject, parseJson } from "../../src/json/tree.js";
import { sourceFile } from "../../src/text/source.js";

/** The merging of layers, against the same rules for plain values. */
const test = suite("json layers properties");

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Fields = { readonly [name: string]: Json };

const NAMES = ["a", "b", "c", "d", "__proto__", "constructor"];

const { layer } = fc.letrec<{ layer: Fields; value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<Json>(null, "", true, 0, 1, "x", [], [1], ["x", null]),
    tie("layer"),
  ),
  layer: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom("", "", "+"), tie("value")), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.map(([name, sign, value]) => [`${name}${sign}`, value]))),
}));

function treeOf(fields: Fields): JsonObject {
  const tree = parseJson(sourceFile("layer.json", JSON.stringify(fields)), () => {});
  assert.ok(tree);
  return tree;
}

function plain(node: JsonNode): unknown {
  if (node.type === "array") return node.items.map(plain);
  if (node.type === "null") return null;
  if (node.type !== "object") return node.value;
  return new Map([...node.members].map(([name, { value }]) => [name, plain(value)]));
}

type Merged = ReadonlyMap<string, unknown>;

/** Values of lists as they stand; only objects that are fields are maps of what counts. */
function asIs(value: Json): unknown {
  if (Array.isArray(value)) return value.map(asIs);
  return isFields(value) ? new Map(Object.entries(value).map(([name, inner]) => [name, asIs(inner)])) : value;
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function reference(below: Merged, above: Fields): Merged {
  const merged = new Map(below);
  for (const [name, value] of Object.entries(above)) {
    const base = name.endsWith("+") ? name.slice(0, -1) : undefined;
    if (base !== undefined) {
      const list = merged.get(base);
      const isList = Array.isArray(value) && (list === undefined || Array.isArray(list));
      if (isList && !Object.hasOwn(above, base)) {
        merged.set(base, [...((list ?? []) as readonly unknown[]), ...(asIs(value) as readonly unknown[])]);
      }
    } else if (value === null || value === "") merged.delete(name);
    else if (isFields(value)) {
      const inner = merged.get(name);
      merged.set(name, reference(inner instanceof Map ? (inner as Merged) : new Map(), value));
    } else merged.set(name, asIs(value));
  }
  return merged;
}

function merge(layers: readonly Fields[]): JsonObject {
  const [first = {}] = layers;
  return layers.map(treeOf).reduce((below, above) => mergeObjects(below, above, () => {}), emptyAt(treeOf(first)));
}

test("layers are merged as the rules say, whatever stands in them", () => {
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
      assert.equal(plain(merge(layers)), layers.reduce<Merged>(reference, new Map()));
    }),
  );
});

test("each member keeps all layers that have said something of it since it was last taken away", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<Json>(null, 1, "x", [1]), { minLength: 1, maxLength: 6 }), (values) => {
      const member = merge(values.map((a) => ({ a }))).members.get("a");
      const since = values.slice(values.lastIndexOf(null) + 1);
      const said = member === undefined ? [] : [...(member.below ?? []), member];
      assert.equal(
        said.map(({ value }) => plain(value)),
        since,
      );
      assert.ok(said.every(({ value }) => isSet(value)));
    }),
  );
});

test.run();
