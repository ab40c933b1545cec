import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clean, codes, checkText, evaluated, only, plain, refused, resource } from "../support/check.js";

const test = suite("checker: expressions");

const MIB = 2 ** 20;
const GIB = 2 ** 30;

test("numbers are calculated with precedence and parentheses", () => {
  assert.is(evaluated("cores", "1 + 2 * 3"), 7);
  assert.is(evaluated("cores", "(1 + 2) * 3"), 9);
  assert.is(evaluated("cores", "17 % 5"), 2);
  assert.is(evaluated("weight", "7 / 2"), 3.5);
  assert.is(evaluated("cores", "-(-4)"), 4);
});

test("sizes and durations keep their unit", () => {
  assert.is(evaluated("memory", "2 * 1GiB"), 2 * GIB);
  assert.is(evaluated("memory", "1GiB / 4 + 256MiB"), 512 * MIB);
  assert.is(evaluated("cores", "8GiB / 2GiB"), 4);
  assert.is(evaluated("timeout", "2s * 3 - 1s"), 5000);
});

test("addresses take integers", () => {
  assert.is(evaluated("gateway", "10.0.0.250 + 10"), "10.0.1.4");
  assert.is(evaluated("gateway", "fd00::1 + 65535"), "fd00::1:0");
  assert.is(evaluated("address", "10.0.0.5/24 + 1"), "10.0.0.6/24");
  assert.is(evaluated("cores", "10.0.0.9 - 10.0.0.1"), 8);
  assert.is(evaluated("gateway", "lan.gateway + 4", { before: lan }), "10.0.0.5");
});

const lan = "network lan { subnet = 10.0.0.0/24, gateway = 10.0.0.1 }";

test("comparisons and logic", () => {
  for (const text of ["2 < 3", "3 >= 3", "1GiB > 512MiB", "10.0.0.2 > 10.0.0.1", "1 != 2", 'lower("A") == "a"']) {
    assert.is(evaluated("agent", text), true, text);
  }
  assert.is(evaluated("agent", "true && !false || false"), true);
  assert.is(evaluated("agent", "env == prod", { before: 'let env = "prod"' }), true);
  assert.is(evaluated("agent", "[1, 2] == [1, 2]"), true);
});

test("the right side of && and || is only evaluated when it counts", () => {
  assert.is(evaluated("agent", "false && 1 / 0 == 1"), false);
  assert.is(evaluated("agent", "true || 1 / 0 == 1"), true);
});

test("a condition chooses, and only the chosen branch is evaluated", () => {
  assert.is(evaluated("cores", "2 > 1 ? 4 : 1 / 0"), 4);
  assert.is(evaluated("cache", "true ? none : writeback"), "none");
});

test("strings hold expressions", () => {
  assert.is(evaluated("label", '"n${1 + 1}-${size}-${a}"', { before: 'let a = "x"\nlet size = 8GiB' }), "n2-8GiB-x");
  assert.is(evaluated("label", '"${10.0.0.1 + 1} ${1GiB * 2} ${2s * 30}"'), "10.0.0.2 2GiB 1m");
  assert.is(evaluated("label", '"${self.id} ${self.name}"'), "100 a");
});

test("functions", () => {
  assert.is(evaluated("label", "pad(7, 3)"), "007");
  assert.is(evaluated("label", 'join([1, "b", 10.0.0.1], "-")'), "1-b-10.0.0.1");
  assert.is(evaluated("label", 'fill("\\${a} \\${HOME} \\${b}\\${a}", { a = 1, b = "\\${a}" })'), "1 ${HOME} ${a}1");
  assert.is(evaluated("label", 'lower("ABC")'), "abc");
  assert.is(evaluated("gateway", "cidrhost(10.0.0.0/24, 5)"), "10.0.0.5");
  assert.is(evaluated("gateway", "cidrhost(lan.subnet, -2)", { before: lan }), "10.0.0.254");
  assert.match(String(evaluated("label", 'sha256("")')), /^e3b0c442/);
  assert.is(evaluated("agent", "has(self.cores)"), false);
  assert.is(evaluated("agent", 'has(lan.gateway) && has([1, 2], 2) && has({ a = 1 }, "a")', { before: lan }), true);
});

test("file() reads beside its file, without the last line end where one line is wanted", () => {
  const files = { "keys/a.pub": "ssh-ed25519 AAAA\n" };
  assert.is(evaluated("label", 'file("keys/a.pub")', { files }), "ssh-ed25519 AAAA");
  assert.is(evaluated("description", 'file("keys/a.pub")', { files }), "ssh-ed25519 AAAA\n");
  assert.is(evaluated("label", '"<${file("keys/a.pub")}>"', { files }), "<ssh-ed25519 AAAA>");
});

test("env() takes a default, and its names are in the model", () => {
  assert.is(evaluated("label", 'env("A")', { env: { A: "x" } }), "x");
  assert.is(evaluated("label", 'env("A", "y")'), "y");
  const model = clean('let b = env("B", "")\nlet a = env("A", "")\n');
  assert.equal(model.environment, ["A", "B"]);
});

test("lets are evaluated in any order, in any body", () => {
  assert.is(evaluated("cores", "b", { before: "let b = a + 1\nlet a = 2" }), 3);
  const model = clean("vm 100 a {\n  cores = n\n  let n = 2\n  disk root { let s = 1GiB\n size = s * n }\n}");
  assert.is(plain(resource(model, "vm.100"), "cores"), 2);
});

test("lists and maps are indexed", () => {
  assert.is(evaluated("cores", "xs[1]", { before: "let xs = [1, 2]" }), 2);
  assert.is(evaluated("label", 'm["k"]', { before: 'let m = { k = "v" }' }), "v");
  assert.is(evaluated("label", "m.k", { before: 'let m = { k = "v" }' }), "v");
});

test("members look into the first nested block that has them, addresses without prefix", () => {
  const text = `${lan}\nvm 100 a {\n  net lan { ip = 10.0.0.7/24 }\n}\nvm 101 b {\n  gateway = a.ip\n  memory = vm.c.memory\n}\nvm 102 c { memory = 1GiB }\n`;
  const model = clean(text);
  assert.is(plain(resource(model, "vm.101"), "gateway"), "10.0.0.7");
  assert.is(plain(resource(model, "vm.101"), "memory"), GIB);
});

test("loops run over lists, ranges, maps, addresses and nothing", () => {
  const model = clean(
    'for n in 1..2 {\n  let id = 100 + n\n  vm (id) "a-${n}" { cores = n }\n}\nfor k, v in { x = 300 } { vm (v) "${k}" {} }\nfor i, v in [400] { vm (v + i) "l" {} }\nfor a in 10.0.0.1..10.0.0.2 { vm (500 + (a - 10.0.0.0)) "ip-${a - 10.0.0.0}" { gateway = a } }\nfor n in 1..0 { vm 1 x {} }\n',
  );
  assert.equal([...model.resources.keys()], ["vm.101", "vm.102", "vm.300", "vm.400", "vm.501", "vm.502"]);
  assert.is(plain(resource(model, "vm.502"), "gateway"), "10.0.0.2");
});

test("when and for inside of blocks", () => {
  const model = clean(
    'vm 100 a {\n  cores = 2\n  for n in 1..2 { disk (join(["d", n], "")) { size = 1GiB * n } }\n  boot when self.cores > 4 { start = true }\n}\nvm 101 b when false {}\n',
  );
  assert.equal([...model.resources.keys()], ["vm.100"]);
  const found = resource(model, "vm.100").sections.map((section) => [section.kind, plain(section, "size")]);
  assert.equal(found, [
    ["disk", GIB],
    ["disk", 2 * GIB],
  ]);
});

test("an assertion that holds says nothing, one that does not says its message", () => {
  clean('assert 1 < 2 "never"\nvm 100 a { cores = 2, assert self.cores > 1 "never" }');
  const finding = only('vm 100 a {\n  cores = 2\n  assert self.cores > 2 "${self.name} needs more"\n}', "PHX3020 3:10");
  assert.is(finding.message, "a needs more");
  assert.equal(codes(checkText('for n in 1..2 { assert n < 1 "n is ${n}" }')), ["PHX3020 1:24", "PHX3020 1:24"]);
});

test("an unknown name is reported with a suggestion", () => {
  const finding = refused("cores", "1 + coutn", "PHX3012 3:15", { before: "let count = 1" });
  assert.match(finding.message, "did you mean `count`");
  assert.is(finding.fix?.replacement, "count");
  refused("label", '"${nothing}"', "PHX3012 3:14");
  refused("agent", "enviroment == prod", "PHX3012 3:11");
  only("let a = self.id\n", "PHX3012 1:9");
});

test("glued names get their operator back", () => {
  assert.is(refused("cores", "1 + n-1", "PHX3013 3:15", { before: "let n = 2" }).fix?.replacement, "n - 1");
  refused("label", '"${a/b}"', "PHX3013 3:14", { before: "let a = 4, let b = 2" });
  refused("cores", "self.id-99", "PHX3013 3:16");
  refused("cores", "n-1", "PHX3013 3:11", { before: "let n = 2" });
  only("let n = 2\nlet m = n-1\n", "PHX3013 2:9");
  clean("let docker = 2\nlet alias = docker-1\nct 101 docker-1 { }\nct 102 b { needs = [alias] }\n");
  assert.is(only("let n = 101\nct (n-1) a { }\n", "PHX3013 2:4").fix?.replacement, "(n - 1)");
});

test("operators refuse other types", () => {
  refused("cores", "1 + 1GiB", "PHX3015 3:11");
  refused("memory", "1GiB + 1s", "PHX3015 3:12");
  refused("agent", "!1", "PHX3015 3:11");
  refused("cores", '-"a"', "PHX3015 3:11");
  refused("agent", "1 && true", "PHX3015 3:11");
  refused("agent", "true && 1", "PHX3015 3:19");
  refused("agent", '1 == "1"', "PHX3015 3:11");
  refused("agent", "1 < 1GiB", "PHX3015 3:11");
  refused("cores", "1.5 % 2", "PHX3015 3:11");
  refused("cores", "1..2.5", "PHX3015 3:11");
  assert.match(refused("label", '"a" + "b"', "PHX3015 3:11").help ?? "", "interpolation");
});

test("calculations without a result", () => {
  refused("cores", "1 / 0", "PHX3016 3:11");
  refused("cores", "1 % 0", "PHX3016 3:11");
  refused("gateway", "255.255.255.255 + 1", "PHX3016 3:13");
  refused("memory", "1GiB - 2GiB", "PHX3016 3:12");
  refused("cores", "9007199254740991 * 2", "PHX3016 3:11");
});

test("values that depend on themselves show the chain", () => {
  const finding = only("let a = b + 1\nlet b = a\n", "PHX3011 2:9");
  assert.match(finding.message, "let a -> let b -> let a");
  const guests = "vm 100 a { cores = b.cores }\nvm 101 b { cores = a.cores }";
  assert.match(only(guests, "PHX3011 2:20").message, "vm.100.cores -> vm.101.cores -> vm.100.cores");
});

test("loops over other things, and without end", () => {
  only("for x in 5 { }", "PHX3017 1:10");
  only("for k, v in 1..2 { }", "PHX3017 1:13");
  only("for k in { a = 1 } { }", "PHX3017 1:10");
  only("for a in 1..1000 { for b in 1..1000 { } }", "PHX3018 1:29");
  only("for a in 1..1000000 { }", "PHX3029 1:10");
});

test("conditions take true or false", () => {
  only("vm 100 a when 1 { }", "PHX3019 1:15");
  only('assert 1 "x"', "PHX3019 1:8");
  refused("cores", "1 ? 2 : 3", "PHX3019 3:11");
});

test("functions are known and take what they take", () => {
  assert.match(refused("label", 'lowr("A")', "PHX3021 3:11").message, "did you mean `lower`");
  refused("label", "lower(1)", "PHX3022 3:17");
  refused("label", "lower()", "PHX3022 3:11");
  refused("label", "pad(1)", "PHX3022 3:11");
  refused("label", "pad(1, 1000)", "PHX3022 3:18");
  refused("label", "join(1)", "PHX3022 3:16");
  refused("label", 'fill("a", { b = 1 })', "PHX3022 3:21");
  refused("label", "fill(1, { b = 1 })", "PHX3022 3:16");
  refused("label", 'fill("a")', "PHX3022 3:11");
  refused("label", 'fill("a", [1])', "PHX3022 3:21");
  refused("label", 'fill("\\${b}", { b = [1] })', "PHX3022 3:31");
  refused("gateway", 'cidrhost("x", 1)', "PHX3022 3:22");
  refused("gateway", "cidrhost(10.0.0.0/24, 256)", "PHX3022 3:35");
  refused("agent", "has(1)", "PHX3022 3:15");
  refused("label", 'env("A B")', "PHX3022 3:15");
});

test("file() and env() without their input", () => {
  refused("label", 'file("no.txt")', "PHX3023 3:16");
  refused("label", 'file("../no.txt")', "PHX3002 3:16");
  refused("label", 'file("/etc/passwd")', "PHX3002 3:16");
  refused("label", 'env("NO")', "PHX3024 3:15");
});

test("members and elements that are not there", () => {
  assert.match(refused("gateway", "lan.gatway", "PHX3025 3:17", { before: lan }).message, "did you mean `gateway`");
  refused("cores", "self.agent ? 1 : 2", "PHX3025 3:16");
  refused("label", "m.b", "PHX3025 3:13", { before: "let m = { a = 1 }" });
  refused("cores", "xs[2]", "PHX3026 3:14", { before: "let xs = [1, 2]" });
  refused("cores", "xs[0]", "PHX3026 3:14", { before: "let xs = []" });
  refused("cores", 'm["b"]', "PHX3026 3:13", { before: "let m = { a = 1 }" });
  refused("cores", "n[0]", "PHX3026 3:13", { before: "let n = 1" });
  refused("label", '"${[1]}"', "PHX3027 3:14");
});

test("blocks at file level cannot depend on blocks", () => {
  only("vm 100 a { cores = 2 }\nvm 101 b when a.cores > 1 { }", "PHX3028 2:15");
});

test("what grows without bounds is stopped", () => {
  const doubled = Array.from({ length: 40 }, (_, i) => `let s${i + 1} = "\${s${i}}\${s${i}}"`).join("\n");
  const found = checkText(`let s0 = "0123456789"\n${doubled}\n`);
  assert.equal(codes(found), ["PHX3029 18:11"]);
  const nested = `${"(".repeat(600)}1${")".repeat(600)}`;
  assert.ok(checkText(`let a = ${nested}\n`).findings.length > 0);
});

test("an error is reported once, not again where it is used", () => {
  only('let a = nope + 1\nlet b = join(["x", a])\n', "PHX3012 1:9");
  only('let a = nope + 1\nlet b = a + 1\nvm 100 x {\n  cores = b\n  label = "${b}"\n}\n', "PHX3012 1:9");
});

test.run();
