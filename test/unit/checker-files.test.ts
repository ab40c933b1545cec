import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ParamSetting } from "../../src/checker/index.js";
import { checkText, clean, codes, only, plain, resource } from "../support/check.js";

const test = suite("checker: files and params");

test("imports bring blocks, lets, params and profiles, each file once, where they stand", () => {
  const files = {
    "net/lan.phx": 'import "../common.phx"\nnetwork lan { subnet = net }',
    "common.phx": "let net = 10.0.0.0/24\nprofile p { cores = n }\nparam n: int = 3",
  };
  const model = clean('vm 100 a extends p { net lan { } }\nimport "net/lan.phx"\nimport "common.phx"\nvm 101 b', {
    files,
  });
  assert.equal([...model.resources.keys()], ["vm.100", "network.lan", "vm.101"]);
  assert.equal(
    model.sources.map(({ path }) => path),
    ["main.phx", "net/lan.phx", "common.phx"],
  );
  assert.is(plain(resource(model, "vm.100"), "cores"), 3);
});

test("a folder imports its files in order, and not the one that imports it", () => {
  const files = { "g/b.phx": "vm 101 b", "g/a.phx": "vm 100 a", "g/x.txt": "", "g/sub/c.phx": "vm 102 c" };
  const model = clean('import "g"', { files });
  assert.equal([...model.resources.keys()], ["vm.100", "vm.101"]);
  clean('import "."', { files: { "main.phx": "", "other.phx": "vm 100 a" } });
});

test("imports that cannot be followed", () => {
  assert.match(only('\nimport "no.phx"', "PHX3001 2:8").message, "no such file");
  only('import "empty"', "PHX3001 1:8", { files: { "empty/a.txt": "" } });
  only('import "../x.phx"', "PHX3002 1:8");
  only('import "/etc/x.phx"', "PHX3002 1:8");
  const cycle = only('import "a.phx"', "PHX3003 a.phx:1:8", { files: { "a.phx": 'import "main.phx"' } });
  assert.match(cycle.message, "main.phx -> a.phx -> main.phx");
  only('import "main.phx"', "PHX3003 1:8");
});

test("what a missing file would have declared is not reported as unknown", () => {
  only('import "no.phx"\nvm 100 a extends p { clone = b, label = "${x}", cores = lan.n }', "PHX3001 1:8");
});

test("findings come in the order of the files", () => {
  const found = checkText('import "b.phx"\nimport "a.phx"\nvm 100 a { cores = 0 }', {
    files: { "a.phx": "vm 101 b { cores = 0 }", "b.phx": "vm 102 c { cores = 0 }" },
  });
  assert.equal(codes(found), ["PHX3041 3:20", "PHX3041 b.phx:1:20", "PHX3041 a.phx:1:20"]);
});

test("paths are relative to their file, also above a shown root", () => {
  const files = { "../project/a.phx": 'vm 100 a { label = file("t.txt") }', "../project/t.txt": "x" };
  const model = clean('import "a.phx"', { files, path: "../project/main.phx" });
  assert.is(plain(resource(model, "vm.100"), "label"), "x");
});

test("texts that file() reads are sources too, each once and behind the files that read them", () => {
  const files = { "keys/b.pub": "b", "keys/a.pub": "a" };
  const text =
    'let b = file("keys/b.pub")\nlet a = file("keys/a.pub")\nlet c = file("keys/b.pub")\nlet d = file("main.phx")';
  const { sources } = clean(text, { files: { ...files, "main.phx": text } });
  const paths = ["main.phx", "keys/a.pub", "keys/b.pub"];
  assert.equal(
    sources,
    paths.map((path) => ({ path, sha256: `sha of ${path}` })),
  );
});

const set = (name: string, text: string): ParamSetting => ({ origin: `--set ${name}=${text}`, text });

function param(declaration: string, setting: ParamSetting, attribute: string): unknown {
  const model = clean(`param p${declaration}\nvm 100 a { ${attribute} = p }`, { params: { p: setting } });
  return plain(resource(model, "vm.100"), attribute);
}

test("params take values of their type from outside", () => {
  assert.is(param(": int", set("p", "4"), "cores"), 4);
  assert.is(param(": int = 2", set("p", "4"), "cores"), 4);
  assert.is(param(": bool", set("p", "true"), "agent"), true);
  assert.is(param(": size", set("p", "2GiB"), "memory"), 2 ** 31);
  assert.is(param(": duration", set("p", "5s"), "timeout"), 5000);
  assert.is(param(": ip", set("p", "10.0.0.1"), "gateway"), "10.0.0.1");
  assert.is(param(": cidr", set("p", "10.0.0.1/24"), "address"), "10.0.0.1/24");
  assert.is(param(": string", set("p", "4"), "label"), "4");
  assert.is(param("", set("p", "text"), "label"), "text");
  assert.equal(param(": list(string)", set("p", "a, b"), "tags"), ["a", "b"]);
  assert.equal(param(": list(int)", set("p", "[80, 443]"), "ports"), [80, 443]);
  assert.equal(param(": list(string)", set("p", ""), "tags"), []);
  assert.equal(param(": map(string)", set("p", '{"A": "x"}'), "env"), { A: "x" });
  assert.equal(param(": list(ip)", { origin: "p.json", json: ["10.0.0.1"] }, "dns"), ["10.0.0.1"]);
  assert.is(param(": size", { origin: "p.json", json: "1GiB" }, "memory"), 2 ** 30);
  assert.is(param(": int", { origin: "p.json", json: 7 }, "cores"), 7);
});

test("a param's default may be a word, a file, another param", () => {
  const files = { "k.pub": "key\n" };
  const model = clean(
    'param a: string = file("k.pub")\nparam b = a\nparam c: string = word\nvm 100 x { label = b, tags = [c] }',
    { files },
  );
  assert.is(plain(resource(model, "vm.100"), "label"), "key");
  assert.equal(plain(resource(model, "vm.100"), "tags"), ["word"]);
});

test("params that nobody sets, and values that nobody takes", () => {
  assert.match(only("param p: int", "PHX3005 1:7").help ?? "", "--set p=VALUE");
  const place = "PHX3008 command line:1:1";
  const unknown = only("param cores = 1", place, { params: { cors: set("cors", "2") } });
  assert.match(unknown.message, "did you mean `cores`");
  const upper = { origin: "PHX_PARAM_CORES", ambient: true, text: "2" } as const;
  assert.match(only("param cores = 1", place, { params: { CORES: upper } }).help ?? "", "their case counts");
  clean("param cores = 1", { params: { cores: set("cores", "4"), CORES: upper } });
  clean("param a = 1", { params: { other: { origin: "PHX_PARAM_other", ambient: true, text: "1" } } });
});

test("values that do not fit their type", () => {
  for (const [type, text] of [
    ["int", "four"],
    ["int", "1.5"],
    ["bool", "yes"],
    ["size", "8GB"],
    ["size", "8"],
    ["duration", "5"],
    ["ip", "10.0.0.300"],
    ["cidr", "10.0.0.1"],
    ["list(int)", "80,x"],
    ["map(string)", "a=b"],
    ["map(string)", "{broken"],
  ] as const) {
    const finding = only(`param p: ${type}`, "PHX3007 1:7", { params: { p: set("p", text) } });
    assert.match(finding.message, `(from --set p=${text})`);
  }
  only('param p: int = "4"', "PHX3007 1:16");
  only("param p: list(int) = [1, a]", "PHX3007 1:22");
});

test("types that do not exist", () => {
  assert.is(only("param p: strng = x", "PHX3006 1:10").fix?.replacement, "string");
  only("param p: list = []", "PHX3006 1:10");
  only("param p: int(string) = 1", "PHX3006 1:10");
  only("param p: list(thing) = []", "PHX3006 1:15");
});

test.run();
