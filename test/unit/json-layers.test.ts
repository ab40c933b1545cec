import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { jsonLayerDiagnostics } from "../../src/diagnostics/catalogue/json-layers.js";
import { memoryFiles } from "../../src/host/files.js";
import type { Block } from "../../src/syntax/ast.js";
import { position, type Span } from "../../src/text/source.js";
import { documentText, readTexts, spansIn } from "../support/json.js";

/** `conf.d`: a guest as the sum of its layers. */
const test = suite("json-layers");

const ENTRY = { "config.json": "{}" };
const SIZES = '"cores": 1, "storage_pool": "s1", "storage_size_gb": 8, "unprivileged": true, "template": "/a.tar"';
const BASE = `{ ${SIZES}, "memory_mb": 512 }`;

type Texts = Readonly<Record<string, string>>;

/** Files of conf.d, without that part of their names. */
function read(files: Texts) {
  const inside = Object.entries(files).map(([path, text]) => [`conf.d/${path}`, text]);
  return readTexts({ ...ENTRY, ...(Object.fromEntries(inside) as Texts) });
}

function placeOf({ file, start }: Span): string {
  const { line, column } = position(file, start);
  return `${file.path.replace("conf.d/", "")}:${line}:${column}`;
}

/** `PHX2102 lxc/101_a.json:1:3`, and the related places behind it. */
function found(files: Texts): readonly string[] {
  return read(files).diagnostics.map(({ code, span, related }) =>
    [code, placeOf(span), ...related.map((place) => placeOf(place.span))].join(" "),
  );
}

/** A document that has no findings. */
function clean(files: Texts): string {
  assert.equal(found(files), []);
  return documentText(read(files).value.document);
}

/** What one attribute of the first guest lies over: `= 512 base.json:1:2`. */
function layers(files: Texts, name: string): readonly string[] {
  const blocks = read(files).value.document.items as readonly Block[];
  const guest = blocks.find(({ kind }) => kind.text === "ct");
  const attribute = guest?.body?.items.find((item) => item.type === "attribute" && item.name.text === name);
  if (attribute?.type !== "attribute") return [];
  return [...(attribute.below ?? []), attribute].map(({ operator, value }) => `${operator} ${placeOf(value.span)}`);
}

test("the base, the profiles in the order of the list, the guest's own file; the later wins", () => {
  const files = {
    "defaults/lxc_base.json": BASE,
    "defaults/profile_big.json": '{ "memory_mb": 2048, "cores": 8 }',
    "defaults/profile_small.json": '{ "memory_mb": 128 }',
    "lxc/101_web.json": '{ "name": "web", "profiles": ["big", "small"], "storage_size_gb": 20 }',
  };
  const text = clean(files);
  assert.match(text, /^ct 101 "web" \{\n/);
  assert.match(text, /^ {2}cores = 8\n {2}memory = 128MiB$/m);
  assert.match(text, /size = 20GiB\n {4}storage = "s1"/);
  assert.equal(layers(files, "memory"), [
    "= defaults/lxc_base.json:1:116",
    "= defaults/profile_big.json:1:16",
    "= defaults/profile_small.json:1:16",
  ]);
});

test("objects are merged deep, lists are replaced, name+ appends", () => {
  const files = {
    "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": 512, "features": ["a", "b"], "pct_options": ["nesting=1"],
      "network_config": { "bridge": "vmbr7", "gw": "10.0.0.1", "nameservers": ["10.0.0.2"] } }`,
    "lxc/101_web.json": `{ "name": "web", "features+": ["c"], "pct_options": ["keyctl=1"],
      "network_config": { "ip": "10.0.0.5/24", "nameservers+": ["10.0.0.3"] } }`,
  };
  const text = clean(files);
  assert.match(text, /features = \["c"\]/, "the document has the appended part; what is below is beside it");
  assert.equal(layers(files, "features"), ["= defaults/lxc_base.json:1:133", "+= lxc/101_web.json:1:31"]);
  assert.match(text, /keyctl = true/);
  assert.not.match(text, /nesting/);
  assert.match(text, /net "vmbr7" \{\n {4}ip = 10.0.0.5\/24\n {4}gateway = 10.0.0.1\n/);
  assert.equal(layers(files, "nameservers"), ["= defaults/lxc_base.json:2:79", "+= lxc/101_web.json:2:64"]);
});

test("options that are no attribute of their own are appended as well", () => {
  const text = clean({
    "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": 512, "pct_options": ["nesting=1"] }`,
    "lxc/101_web.json": '{ "name": "web", "pct_options+": ["keyctl=1"] }',
  });
  assert.match(text, /nesting = true\n {2}keyctl = true/);
});

test("null takes away what stands below, empty text as well; an object is taken away as a whole", () => {
  const files = {
    "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": 512, "description": "x", "features": ["a"], "boot_order": 3,
      "network_config": { "ip": "dhcp" } }`,
    "lxc/101_web.json":
      '{ "name": "web", "description": "", "features": null, "network_config": null, "swap_mb": null }',
  };
  assert.not.match(clean(files), /description|features|dhcp|swap/);
  assert.match(clean(files), /order = 3/);
});

test("a list appended to nothing, or to what was taken away, is the list", () => {
  const text = clean({
    "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": 512, "features": ["a"] }`,
    "defaults/profile_none.json": '{ "features": null }',
    "lxc/101_web.json": '{ "name": "web", "profiles": ["none"], "features+": ["b"], "dependencies+": [102] }',
    "lxc/102_db.json": '{ "name": "db" }',
  });
  assert.match(text, /needs = \[102\]\n {2}features = \["b"\]/);
});

test("profiles include profiles, each once, before themselves", () => {
  const files = {
    "defaults/lxc_base.json": `{ "profiles": ["a"], ${SIZES} }`,
    "defaults/profile_a.json": '{ "memory_mb": 100 }',
    "defaults/profile_b.json": '{ "profiles": ["a"], "memory_mb": 200 }',
    "lxc/101_web.json": '{ "name": "web", "profiles": ["a", "b"] }',
  };
  assert.match(clean(files), /memory = 200MiB/);
  assert.equal(layers(files, "memory"), ["= defaults/profile_a.json:1:16", "= defaults/profile_b.json:1:35"]);
});

test("virtual machines have a base of their own, and the defaults of all machines below it", () => {
  const text = documentText(
    readTexts({
      "config.json": '{ "vm_defaults": { "cores": 2, "memory_mb": 4096, "storage_pool": "s9" } }',
      "conf.d/defaults/lxc_base.json": '{ "memory_mb": 1 }',
      "conf.d/defaults/vm_base.json": '{ "memory_mb": 8192, "template_image": "/b.img", "disk_size_gb": 4 }',
      "conf.d/vm/200_box.json": '{ "vmid": 200, "name": "box" }',
    }).value.document,
  );
  assert.match(text, /vm 200 "box" \{[^]*cores = 2\n {2}memory = 8192MiB[^]*storage = "s9"/);
});

test("the id inside may be left out, and stands where the file begins", () => {
  const files = { "defaults/lxc_base.json": BASE, "lxc/101_web.json": '{ "name": "web" }', "lxc/99999.json": "{}" };
  const [first, second] = read(files).value.document.items as readonly Block[];
  assert.is(first?.args[0] && placeOf(first.args[0].span), "lxc/101_web.json:1:1");
  assert.is(second?.args[0]?.type === "literal" && second.args[0].text, "99999");
});

test("guests stand in the order of their ids, whatever the folder's order is", () => {
  const files = {
    "defaults/lxc_base.json": BASE,
    "lxc/1000_c.json": '{ "name": "c" }',
    "lxc/200_b.json": '{ "name": "b" }',
    "lxc/999.json": '{ "name": "d" }',
  };
  assert.equal(clean(files).match(/^ct \d+/gm), ["ct 200", "ct 999", "ct 1000"]);
});

test("the files are inputs of the plan, and what stands elsewhere counts as well", () => {
  const { value } = readTexts({
    "etc/config.json": '{ "network": { "interfaces": { "name": "vmbr0", "address": "10.0.0.2/24" } } }',
    "etc/conf.d/defaults/lxc_base.json": BASE,
    "etc/conf.d/lxc/101_web.json": '{ "name": "web" }',
    "conf.d/lxc/102_far.json": '{ "name": "far" }',
  });
  assert.equal(
    value.files.map(({ path }) => path),
    ["etc/config.json", "etc/conf.d/defaults/lxc_base.json", "etc/conf.d/lxc/101_web.json"],
  );
  assert.match(documentText(value.document), /network "vmbr0"[^]*ct 101 "web"/);
});

test("profiles and name+ are for the files of conf.d alone", () => {
  const { diagnostics } = readTexts({
    "config.json": `{ "lxc_configs": { "101": {\n${SIZES}, "name": "a", "memory_mb": 1024,\n"profiles": [],\n"features+": [] } } }`,
  });
  assert.equal(
    diagnostics.map(({ code, span }) => `${code} ${placeOf(span)}`),
    ["PHX2010 config.json:3:1", "PHX2010 config.json:4:1"],
  );
});

test("one id in two files is a finding with both places", async () => {
  const guest = BASE.replace("{", '{ "name": "a", ');
  for (const other of ["conf.d/lxc/101_b.json", "conf.d/vm/101.json", "lxc.json"]) {
    const text = other === "lxc.json" ? `{ "lxc_configs": { "101": ${guest} } }` : guest;
    const files = memoryFiles({
      "config.json": '{ "core_paths": { "lxc_config_file": "lxc.json" } }',
      "lxc.json": '{ "lxc_configs": {} }',
      "conf.d/lxc/101_a.json": guest.replace('"a"', '"first"'),
      [other]: text,
    });
    const { diagnostics } = await compile({ entry: "config.json", files, upTo: "check" });
    const found = diagnostics.find(({ message }) => /101/.test(message) && /id/.test(message));
    const places = [found?.span, ...(found?.related ?? []).map((place) => place.span)].map((at) => at?.file.path);
    assert.is(places.length, 2, other);
    assert.equal(new Set(places), new Set(["conf.d/lxc/101_a.json", other]), other);
  }
});

test("files of one folder that are imported together have one conf.d", async () => {
  const files = memoryFiles({
    "main.phx": 'import "a.json"\nimport "b.json"\n',
    "a.json": '{ "network": { "interfaces": { "name": "vmbr0", "address": "10.0.0.2/24" } } }',
    "b.json": "{}",
    "conf.d/defaults/lxc_base.json": BASE,
    "conf.d/lxc/101_web.json": '{ "name": "web", "network_config": { "ip": "dhcp" } }',
  });
  const { diagnostics, model } = await compile({ entry: "main.phx", files, upTo: "check" });
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  assert.ok(model?.resources.has("ct.101"));
});

/** Files, and what is found in them. */
const cases: readonly (readonly [string, Texts, ...string[]])[] = [
  ["a guest's file without an id", { "lxc/web.json": "{}" }, "PHX2100 lxc/web.json:1:1"],
  ["an id that is none of Proxmox's", { "vm/99_a.json": "{}" }, "PHX2100 vm/99_a.json:1:1"],
  ["a file among the defaults", { "defaults/gpu.json": "{}" }, "PHX2100 defaults/gpu.json:1:1"],
  ["a folder of another name", { "lcx/101_a.json": "{}" }, "PHX2100 config.json:1:1"],
  ["files that are beside the point", { "README.md": "x", "lxc/.101.json": "{}", "lxc/101.json~": "{}" }],
  [
    "another id inside",
    { "defaults/lxc_base.json": BASE, "lxc/101_a.json": '{ "name": "a", "ctid": 102 }' },
    "PHX2101 lxc/101_a.json:1:24",
  ],
  [
    "another id inside a machine",
    {
      "defaults/vm_base.json": '{ "cores": 1, "memory_mb": 512, "template_image": "/b.img", "disk_size_gb": 4 }',
      "vm/201_a.json": '{ "name": "a", "vmid": "x" }',
    },
    "PHX2101 vm/201_a.json:1:24",
  ],
  [
    "an unknown profile",
    {
      "defaults/lxc_base.json": BASE,
      "defaults/profile_gpu.json": "{}",
      "lxc/101_a.json": '{ "name": "a", "profiles": ["gpu", "gppu"] }',
    },
    "PHX2102 lxc/101_a.json:1:36",
  ],
  [
    "profiles that are no list of names",
    { "defaults/lxc_base.json": BASE, "lxc/101_a.json": '{ "name": "a",\n"profiles": "gpu" }' },
    "PHX2011 lxc/101_a.json:2:13",
  ],
  [
    "a list with a number in it",
    { "defaults/lxc_base.json": BASE, "lxc/101_a.json": '{ "name": "a",\n"profiles": [7] }' },
    "PHX2011 lxc/101_a.json:2:14",
  ],
  [
    "a cycle, once for all who run into it",
    {
      "defaults/lxc_base.json": BASE,
      "defaults/profile_a.json": '{ "profiles": ["b"] }',
      "defaults/profile_b.json": '{ "profiles":\n["a"] }',
      "lxc/101_a.json": '{ "name": "a", "profiles": ["b"] }',
      "lxc/102_b.json": '{ "name": "b", "profiles": ["a"] }',
    },
    "PHX2103 defaults/profile_a.json:1:16 defaults/profile_b.json:2:2",
  ],
  [
    "a profile that includes itself",
    {
      "defaults/lxc_base.json": BASE,
      "defaults/profile_a.json": '{ "profiles": ["a"] }',
      "lxc/101_a.json": '{ "name": "a", "profiles": ["a"] }',
    },
    "PHX2103 defaults/profile_a.json:1:16",
  ],
  ["a profile that nobody has", { "defaults/profile_a.json": "{}" }, "PHX2104 defaults/profile_a.json:1:1"],
  [
    "appending to a text",
    {
      "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": 512, "features": "a" }`,
      "lxc/101_a.json": '{ "name": "a", "features+": ["b"] }',
    },
    "PHX2105 lxc/101_a.json:1:16 defaults/lxc_base.json:1:121",
  ],
  [
    "appending what is no list",
    { "defaults/lxc_base.json": BASE, "lxc/101_a.json": '{ "name": "a", "features+": "b" }' },
    "PHX2105 lxc/101_a.json:1:16",
  ],
  [
    "both ways in one file",
    { "defaults/lxc_base.json": BASE, "lxc/101_a.json": '{ "name": "a", "features+": ["b"], "features": ["c"] }' },
    "PHX2106 lxc/101_a.json:1:16 lxc/101_a.json:1:36",
  ],
  [
    "a mistake in a layer is one finding, whoever has it, also where it is replaced",
    {
      "defaults/lxc_base.json": `{ ${SIZES}, "memory_mb": "much", "coers": 2 }`,
      "lxc/101_a.json": '{ "name": "a", "memory_mb": 512 }',
      "lxc/102_b.json": '{ "name": "b", "memory_mb": 512 }',
    },
    "PHX2010 defaults/lxc_base.json:1:124",
    "PHX2011 defaults/lxc_base.json:1:116",
  ],
  [
    "what no layer says is missing at the guest; elements of lists are never completed",
    {
      "defaults/lxc_base.json": `{ ${SIZES}, "zfs_volumes":\n[{ "name": "x", "pool": "p", "size_gb": 1 }] }`,
      "lxc/101_a.json": '{ "name": "a" }',
      "lxc/102_b.json": '{ "memory_mb": 64 }',
    },
    "PHX2012 defaults/lxc_base.json:2:2",
    "PHX2012 lxc/101_a.json:1:1",
    "PHX2012 lxc/102_b.json:1:1",
  ],
  [
    "a layer that is not JSON hides what would only follow from it",
    { "defaults/lxc_base.json": "{", "lxc/101_a.json": "{}" },
    "PHX2001 defaults/lxc_base.json:1:2",
  ],
];

for (const [name, files, ...wanted] of cases) {
  test(name, () => {
    assert.equal([...found(files)].sort(), [...wanted].sort());
  });
}

test("every finding about layers has a case", () => {
  const codes = new Set(cases.flatMap(([, , ...places]) => places.map((place) => place.split(" ")[0])));
  for (const { code } of jsonLayerDiagnostics) assert.ok(codes.has(code), code);
});

test("an unknown profile is told with the one that was meant", () => {
  const { diagnostics } = read({
    "defaults/lxc_base.json": BASE,
    "defaults/profile_gpu.json": "{}",
    "lxc/101_a.json": '{ "name": "a", "profiles": ["gppu"] }',
  });
  const finding = diagnostics.find(({ code }) => code === "PHX2102");
  assert.is(finding?.fix?.replacement, "gpu");
  assert.match(finding?.help ?? "", "conf.d/defaults/profile_gppu.json");
});

test("secrets of layers are hidden like all others", () => {
  const { value, diagnostics } = read({
    "defaults/lxc_base.json": `{ ${SIZES}, "vllm_api_key": "hunter2-hunter2" }`,
    "lxc/101_a.json": '{ "name": "a" }',
  });
  assert.ok(diagnostics.some(({ code }) => code === "PHX2030"));
  const shown = [...spansIn(diagnostics), ...spansIn(value.document.items)].map(({ file }) => file.text);
  assert.not.match(shown.join("\n"), "hunter2");
});

test.run();
