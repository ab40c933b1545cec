import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OptionSpec, OptionType, SectionSpec } from "../../src/plugin-api/index.js";
import { renderOption, renderTags, renderText, sizeText, gibText, propertyString } from "../../src/plugin-api/index.js";
import { plugins } from "../../src/plugins/index.js";
import { storageTypes } from "../../src/pve/storage.js";
import { storageOptions } from "../../src/plugins/storage/options.js";
import { commandTable, optionTable } from "../support/option-tables.js";
import { gib, kib, kinds, mib, seconds } from "../support/model.js";
import { hasShared, shared } from "../support/paths.js";

const test = suite("kinds");

interface StorageTable {
  readonly options: Readonly<Record<string, { readonly optional?: number }>>;
  readonly plugindata: {
    readonly content: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>];
  };
}

function types(type: OptionType): readonly OptionType[] {
  if (type.type === "union") return type.of.flatMap(types);
  return type.type === "list" || type.type === "map" ? [type, ...types(type.of)] : [type];
}

function allTypes(spec: SectionSpec): readonly OptionType[] {
  const own = [...spec.args.map((arg) => arg.type), ...Object.values(spec.options).map((option) => option.type)];
  const free = spec.free === undefined ? [] : [spec.free.option.type];
  return [...own, ...free].flatMap(types).concat(Object.values(spec.sections).flatMap(allTypes));
}

function allOptions(spec: SectionSpec): readonly (readonly [string, OptionSpec])[] {
  return [...Object.entries(spec.options), ...Object.values(spec.sections).flatMap(allOptions)];
}

test("the kinds of the vocabulary are there, each once", () => {
  const keywords = plugins.flatMap((plugin) => plugin.kinds ?? []).map((kind) => kind.keyword);
  assert.equal(keywords.toSorted(), [
    ...[
      "alias",
      "backup",
      "controller",
      "ct",
      "dataset",
      "export",
      "firewall",
      "group",
      "host",
      "image",
      "ipset",
      "mapping",
      "network",
      "pool",
      "replication",
      "share",
      "storage",
      "vm",
      "zone",
      "zvol",
    ],
  ]);
});

test("guests share their ids and names", () => {
  for (const keyword of ["vm", "ct"]) {
    const kind = kinds.get(keyword);
    assert.equal([kind?.idSpace, kind?.nameSpace, kind?.profiles], ["guest", "guest", true]);
  }
});

test("identities name arguments", () => {
  for (const kind of kinds.values()) {
    const names = kind.args.map((arg) => arg.name);
    assert.ok(names.includes(kind.identity.name), kind.keyword);
    if (kind.identity.id !== undefined) assert.ok(names.includes(kind.identity.id), kind.keyword);
  }
});

test("every pattern is a regular expression and says what it means", () => {
  for (const kind of kinds.values()) {
    for (const type of allTypes(kind)) {
      if (type.type !== "string" || type.pattern === undefined) continue;
      assert.ok(type.describe !== undefined, `${kind.keyword}: ${type.pattern}`);
      assert.ok(new RegExp(`^(?:${type.pattern})$`, "u"));
    }
  }
});

test("every option says in a sentence what it is", () => {
  for (const kind of kinds.values()) {
    for (const [name, option] of allOptions(kind)) assert.match(option.doc, /^[A-Z`].*\.$/, `${kind.keyword} ${name}`);
  }
});

test("storages are described as Proxmox describes them", () => {
  if (!hasShared) return console.log("skipped: the tables of Proxmox are not here");
  const text = readFileSync(join(shared, "pve/options/storage.plugins.json"), "utf8");
  const { types: known } = JSON.parse(text) as { readonly types: Readonly<Record<string, StorageTable>> };
  const table = commandTable("pvesm add");
  const names = Object.values(storageOptions).flatMap((option) => option.pve ?? []);
  assert.equal(
    names.filter((name) => table !== undefined && optionTable(table, name) === undefined),
    [],
  );
  for (const [type, ours] of Object.entries(storageTypes)) {
    const entry = known[type];
    assert.ok(entry, type);
    const optional = (name: string): boolean => entry.options[name]?.optional === 1;
    const names = Object.keys(entry.options).toSorted();
    assert.equal(
      ours.fixed.toSorted(),
      names.filter((name) => !optional(name)),
      type,
    );
    assert.equal(ours.options.toSorted(), names.filter(optional), type);
    const [content, usual] = entry.plugindata.content;
    assert.equal(ours.content.toSorted(), Object.keys(content).toSorted(), type);
    assert.equal(ours.defaultContent.toSorted(), Object.keys(usual).toSorted(), type);
  }
});

test("values become arguments by their types", () => {
  const plain = { type: { type: "bool" }, doc: "" } as const;
  const cases = [
    [{ type: "bool", value: true }, "1"],
    [{ type: "bool", value: false }, "0"],
    [{ type: "number", value: 1.5 }, "1.5"],
    [mib(8192), "8192"],
    [seconds(90), "90"],
    [{ type: "string", value: "host" }, "host"],
    [
      {
        type: "list",
        items: [
          { type: "string", value: "a" },
          { type: "number", value: 2 },
        ],
      },
      "a,2",
    ],
    [{ type: "ref", address: "storage.x", text: "x" }, "x"],
    [{ type: "secret", source: "env:X" }, ""],
  ] as const;
  for (const [value, text] of cases) assert.is(renderOption(plain, value), text);
});

test("tags are lower case, sorted and single", () => {
  const items = ["web", "Db", "WEB", "a.b"].map((value) => ({ type: "string", value }) as const);
  assert.is(renderTags({ type: "list", items }), "a.b;db;web");
  assert.is(renderTags({ type: "list", items: [] }), "");
});

test("text loses the line ends at its end only", () => {
  assert.is(renderText({ type: "string", value: "\n a\nb \n\r\n" }), "\n a\nb ");
});

test("sizes are written as Proxmox takes them", () => {
  const sizes = [gib(32), gib(2048), mib(512), kib(16), kib(1536), { type: "size", value: 1000 }] as const;
  const texts = sizes.map((size) => (size.type === "size" ? [sizeText(size.value), gibText(size.value)] : []));
  assert.equal(
    texts.map(([text]) => text),
    ["32G", "2T", "512M", "16K", "1536K", "1000"],
  );
  assert.equal(
    texts.slice(0, 3).map(([, text]) => text),
    ["32", "2048", "0.5"],
  );
});

test("a property string holds its managed keys in Proxmox's order", () => {
  const text = propertyString([
    { key: "tag", value: 5 },
    { key: "volume", value: "a:1", place: "bare" },
    { key: "Zed", value: false },
    { key: "mp", value: "/x", place: "first" },
    { key: "backup", value: undefined },
  ]);
  assert.is(text, "a:1,mp=/x,Zed=0,tag=5");
  assert.is(propertyString([]), "");
});

test.run();
