import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../src/checker/index.js";
import { renderText } from "../../src/diagnostics/index.js";
import type { Expr } from "../../src/syntax/ast.js";
import { position, sourceFile, span } from "../../src/text/source.js";
import { checkText, clean, codes, evaluated, only, plain, refused, resource } from "../support/check.js";
import { toyKinds } from "../support/toy-kinds.js";

const test = suite("checker: types");

test("what counts as a value of each type", () => {
  const rows: readonly (readonly [string, string, unknown])[] = [
    ["agent", "true", true],
    ["cores", "4", 4],
    ["weight", "1.5", 1.5],
    ["memory", "1.5G", 1536 * 2 ** 20],
    ["timeout", "1m", 60_000],
    ["label", "plain-word", "plain-word"],
    ["label", "10.0.0.1", "10.0.0.1"],
    ["label", "0755", "0755"],
    ["label", "8GiB", "8GiB"],
    ["version", "8.10", "8.10"],
    ["description", '"a\\nb"', "a\nb"],
    ["cache", "none", "none"],
    ["cache", '"none"', "none"],
    ["ostype", "4m", "4m"],
    ["gateway", '"10.0.0.1"', "10.0.0.1"],
    ["gateway", "FD00:0:0::1", "fd00::1"],
    ["address", "10.0.0.5/24", "10.0.0.5/24"],
    ["pci", "0000:01:00.0", "0000:01:00.0"],
    ["pci", '"0000:01:00"', "0000:01:00"],
    ["owner", "33:33", "33:33"],
    ["path", '"/mnt/data"', "/mnt/data"],
    ["span", "8000..8010", [8000, 8010]],
    ["span", '"1..5"', [1, 5]],
    ["pool", "10.0.0.1..10.0.0.9", ["10.0.0.1", "10.0.0.9"]],
    ["pool", '"10.0.0.1..10.0.0.9"', ["10.0.0.1", "10.0.0.9"]],
    ["tags", "[web, prod]", ["web", "prod"]],
    ["dns", "[10.0.0.1]", ["10.0.0.1"]],
    ["env", '{ A = "1", B = two }', { A: "1", B: "two" }],
    ["token", 'secret("env:TOKEN")', "secret env:TOKEN"],
    ["token", 'true ? secret("file:/root/.x") : secret("cmd:pass show x")', "secret file:/root/.x"],
    ["tokens", '[secret("env:A")]', ["secret env:A"]],
    ["cores", "absent", "(absent)"],
    ["gateway", "absent", "(absent)"],
    ["memory", "size", 2 ** 30],
  ];
  for (const [name, text, wanted] of rows) {
    assert.equal(evaluated(name, text, { before: "let size = 1GiB" }), wanted, `${name} = ${text}`);
  }
});

test("values of another type", () => {
  for (const [name, text] of [
    ["agent", "1"],
    ["cores", "1.5"],
    ["cores", "[1]"],
    ["cores", "8GiB"],
    ["memory", "5s"],
    ["timeout", "fast"],
    ["label", "true"],
    ["label", "[a]"],
    ["cache", "[none]"],
    ["gateway", "router"],
    ["gateway", "5"],
    ["owner", "root"],
    ["path", "data"],
    ["span", "5"],
    ["tags", "web"],
    ["env", "[a]"],
  ] as const) {
    const finding = refused(name, text, `PHX3040 3:${name.length + 6}`);
    assert.match(finding.message, `\`${name}\` takes `);
  }
});

test("habits get their fix", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["cores", '"4"', "4"],
    ["memory", '"8GiB"', "8GiB"],
    ["timeout", '"5s"', "5s"],
    ["agent", '"true"', "true"],
    ["agent", "yes", "true"],
    ["agent", "off", "false"],
    ["label", "true", '"true"'],
  ];
  for (const [name, text, fix] of rows) {
    assert.is(refused(name, text, `PHX3040 3:${name.length + 6}`).fix?.replacement, fix, text);
  }
  assert.match(refused("tags", "web", "PHX3040 3:10").help ?? "", "[web]");
  assert.match(refused("cores", "08", "PHX3040 3:11").help ?? "", "leading zero");
});

test("numbers, sizes and durations outside their bounds", () => {
  assert.match(refused("cores", "0", "PHX3041 3:11").message, "it must be 1 to 128");
  refused("cores", "129", "PHX3041 3:11");
  refused("weight", "10.5", "PHX3041 3:12");
  assert.match(refused("memory", "1M", "PHX3041 3:12").message, "at least 16MiB");
  refused("timeout", "2m", "PHX3041 3:13");
  refused("ports", "[80, 99999]", "PHX3041 3:16");
  refused("memory", "0", "PHX3041 3:12");
  assert.match(refused("memory", "16777217K", "PHX3044 3:12").message, "multiple of 1MiB");
  only("vm 100 a { boot { delay = 1500ms } }", "PHX3044 1:27");
});

test("a word that is not one of the choices", () => {
  const finding = refused("cache", "writebak", "PHX3042 3:11");
  assert.match(finding.message, "did you mean `writeback`");
  assert.is(finding.fix?.replacement, "writeback");
  assert.match(finding.help ?? "", "none, writeback, unsafe");
  refused("cache", "None", "PHX3042 3:11");
});

test("a number without its unit names both", () => {
  assert.match(refused("memory", "8192", "PHX3043 3:12").message, "8192MiB or 8192GiB");
  assert.match(refused("timeout", "5", "PHX3043 3:13").message, "5s or 5m");
});

test("texts of a form that is not accepted", () => {
  refused("label", '""', "PHX3045 3:11");
  refused("label", '"a\\nb"', "PHX3045 3:11");
  refused("label", '"a\\u{0}b"', "PHX3045 3:11");
  refused("version", "8", "PHX3045 3:13");
  refused("description", `"${"x".repeat(201)}"`, "PHX3045 3:17");
  refused("tags", "[Web]", "PHX3045 3:11");
  refused("path", '"data/x"', "PHX3045 3:10");
  refused("path", '"/a/../b"', "PHX3045 3:10");
  refused("path", '"/a\\nb"', "PHX3045 3:10");
});

test("text that is not the address it should be", () => {
  assert.match(refused("gateway", '"10.0.0.300"', "PHX3046 3:13").message, "300 is larger than 255");
  assert.match(refused("gateway", '"10.0.0.01"', "PHX3046 3:13").message, "leading zero");
  assert.match(refused("gateway", '"10.0.0"', "PHX3046 3:13").message, "3 parts");
  assert.is(refused("gateway", "10.0.0.1/24", "PHX3046 3:13").fix?.replacement, "10.0.0.1");
  assert.match(refused("address", "10.0.0.1", "PHX3046 3:13").message, "needs a prefix");
  refused("address", '"10.0.0.1/33"', "PHX3046 3:13");
  refused("gateway", '"fd00::1::2"', "PHX3046 3:13");
  assert.is(only("network lan { subnet = 10.0.0.5/24 }", "PHX3046 1:24").fix?.replacement, "10.0.0.0/24");
  refused("pci", '"01:00.0"', "PHX3046 3:9");
  refused("owner", '"root:root"', "PHX3046 3:11");
  const net = (mac: string): string => `network lan { subnet = 10.0.0.0/24 }\nvm 100 a { net lan { mac = ${mac} } }`;
  assert.match(only(net('"52-54-00-aa-bb-ca"'), "PHX3046 2:28").message, "joined by colons");
  assert.match(only(net("53:54:00:aa:bb:ca"), "PHX3046 2:28").message, "multicast");
  only(net('"52:54:00:aa:bb"'), "PHX3046 2:28");
});

test("absent only where something can be removed", () => {
  refused("label", "absent", "PHX3047 3:11");
  refused("ports", "[absent]", "PHX3040 3:12");
  clean("network lan { subnet = 10.0.0.0/24 }\nvm 100 a { net lan { vlan = absent } }");
});

test("secret() only where a secret is taken, and as a whole value", () => {
  refused("label", 'secret("env:A")', "PHX3048 3:11");
  refused("label", '"${secret("env:A")}"', "PHX3027 3:14");
  only('let a = secret("env:A")', "PHX3048 1:9");
  only('param a = secret("env:A")', "PHX3048 1:11");
  refused("token", 'secret("A")', "PHX3050 3:18");
  refused("token", 'secret("env:1A")', "PHX3050 3:18");
  refused("token", 'secret("file:x")', "PHX3050 3:18");
  refused("token", 'secret("env:${n}")', "PHX3050 3:18", { before: "let n = 1" });
  refused("token", "secret()", "PHX3050 3:11");
});

test("a literal secret is never shown", () => {
  for (const text of ['"hunter2"', "hunter2", "hunter2-x + 1", '"a-${hunter2}"', '["hunter2"]']) {
    const { findings } = checkText(`vm 100 a {\n  token = ${text}, cores = 0\n}\n`);
    assert.is(findings[0]?.code, "PHX3049", text);
    assert.is(renderText(findings).includes("hunter2"), false, text);
    assert.is(JSON.stringify(findings.map(({ message, help }) => [message, help])).includes("hunter2"), false, text);
  }
  const list = checkText('vm 100 a {\n  tokens = [secret("env:A"), "hunter2"]\n}\n');
  assert.equal(codes(list), ["PHX3049 2:30"]);
  assert.is(renderText(list.findings).includes("hunter2"), false);
});

test("lists", () => {
  refused("tags", "[a, b, a]", "PHX3051 3:17");
  assert.equal(codes(checkText("vm 100 a {\n  ports = [0, 80, x]\n}")), ["PHX3041 2:12", "PHX3040 2:19"]);
  assert.equal(evaluated("ports", "[80] + [443]"), [80, 443]);
  refused("env", "{ A = 1, A = 2 }", "PHX3054 3:18");
});

test("ranges run upwards", () => {
  refused("span", "9..1", "PHX3053 3:10");
  refused("pool", "10.0.0.9..10.0.0.1", "PHX3053 3:10");
  refused("pool", "1..5", "PHX3040 3:10");
});

test("unions report what is closest", () => {
  const net = (ip: string): string => `network lan { subnet = 10.0.0.0/24 }\nvm 100 a { net lan { ip = ${ip} } }`;
  assert.match(
    only(net("static"), "PHX3040 2:27").message,
    "one of dhcp, none, an IP address or an address with prefix",
  );
  assert.is(only(net("dchp"), "PHX3042 2:27").fix?.replacement, "dhcp");
  only(net('"10.0.0.999"'), "PHX3046 2:27");
  refused("image", "nobel", "PHX3090 3:11", { before: 'image noble { url = "x" }' });
});

test("a variable and a word of one name", () => {
  const finding = only('let none = "unsafe"\nvm 100 a {\n  cache = none\n}', "PHX3014 3:11");
  assert.match(finding.message, 'the let `none` or the value "none"');
  assert.is(finding.related[0]?.span.start, 4);
  const model = clean('let none = "unsafe"\nvm 100 a { cache = (none) }\nvm 101 b { cache = "none" }');
  assert.is(plain(resource(model, "vm.100"), "cache"), "unsafe");
  assert.is(plain(resource(model, "vm.101"), "cache"), "none");
  clean('let none = "none"\nvm 100 a { cache = none }');
});

test("the JSON front end's documents: strings for texts, literals for numbers and sizes", () => {
  const file = sourceFile("a.json", "{}");
  const at = span(file, 0, 2);
  const text = (value: string): Expr => ({ type: "string", span: at, form: "line", parts: [value] });
  const name = (value: string): { readonly span: typeof at; readonly text: string } => ({ span: at, text: value });
  const attributes: readonly (readonly [string, Expr])[] = [
    ["memory", { type: "literal", span: at, kind: "size", text: "2048", value: 2 ** 31 }],
    ["cores", { type: "literal", span: at, kind: "int", text: "2", value: 2 }],
    ["cache", text("unsafe")],
    ["gateway", text("10.0.0.1")],
    ["clone", text("100")],
  ];
  const block = (id: number, items: typeof attributes): import("../../src/syntax/ast.js").Block => ({
    type: "block",
    span: at,
    kind: name("vm"),
    args: [{ type: "literal", span: at, kind: "int", text: String(id), value: id }, text(`g${id}`)],
    extends: [],
    body: {
      span: at,
      items: items.map(([key, value]) => ({ type: "attribute", span: at, name: name(key), operator: "=", value })),
    },
  });
  const document = { span: at, items: [block(101, attributes), block(100, [])], comments: [] };
  const io = {
    load: () => ({ error: "missing" }) as const,
    listFolder: () => undefined,
    readText: () => ({ ok: false, reason: "missing" }) as const,
    env: () => undefined,
  };
  const { value, diagnostics } = check({
    entry: { file, document, source: { path: file.path, sha256: "" } },
    kinds: toyKinds,
    rules: [],
    params: new Map(),
    io,
  });
  assert.equal(
    diagnostics.map((finding) => [finding.message, position(file, finding.span.start).line]),
    [],
  );
  assert.is(plain(resource(value, "vm.101"), "memory"), 2 ** 31);
  assert.is(plain(resource(value, "vm.101"), "clone"), "-> vm.100");
});

test.run();
