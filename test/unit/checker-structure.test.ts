import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkText, clean, codes, evaluated, only, plain, refused, resource } from "../support/check.js";

const test = suite("checker: blocks and profiles");

const lan = "network lan { subnet = 10.0.0.0/24 }\n";

test("a block becomes a resource with arguments, settings and sections in order", () => {
  const model = clean(
    `${lan}vm 100 a {\n  net lan { ip = dhcp }\n  disk root { size = 1GiB }\n  firewall {\n    in accept 80 from b\n    in drop\n  }\n}\nct 101 b`,
  );
  const vm = resource(model, "vm.100");
  assert.is(vm.id, 100);
  assert.is(vm.name, "a");
  assert.equal(
    vm.sections.map(({ kind }) => kind),
    ["net", "disk", "firewall"],
  );
  const rules = vm.sections[2]?.sections ?? [];
  assert.equal(
    rules.map(({ args }) => [...args.keys()]),
    [["action", "match"], ["action"]],
  );
  const match = rules[0]?.args.get("match");
  assert.equal(match?.type === "list" && match.items.map(({ type }) => type), ["number", "string", "ref"]);
  assert.is(vm.headSpan.file.text.slice(vm.headSpan.start, vm.headSpan.end), "vm 100 a");
});

test("an argument that is a word is itself, never a variable", () => {
  const model = clean('let root = "other"\nvm 100 a { disk root { size = 1GiB } }');
  assert.equal(resource(model, "vm.100").sections[0]?.args.get("name"), { type: "string", value: "root" });
});

test("kinds, attributes and blocks that do not exist", () => {
  assert.is(only("wm 100 a { }", "PHX3060 1:1").fix?.replacement, "vm");
  assert.match(only("zzz a { }", "PHX3060 1:1").help ?? "", "ct, image, network, profile, storage, vm");
  assert.is(refused("memroy", "1GiB", "PHX3061 3:3").fix?.replacement, "memory");
  assert.match(refused("zzz", "1", "PHX3061 3:3").message, "vm.100 has no attribute `zzz`");
  assert.is(only("vm 100 a { nett lan { } }", "PHX3062 1:12").fix?.replacement, "net");
  assert.match(only(`${lan}vm 100 a { net lan { memory = 1GiB } }`, "PHX3061 2:22").message, "net lan of vm.100");
  refused("constructor", "1", "PHX3061 3:3");
  only("vm 100 a { toString { } }", "PHX3062 1:12");
});

test("attributes written as blocks, blocks written as attributes", () => {
  assert.is(only("vm 100 a { memory 8GiB }", "PHX3063 1:12").fix?.replacement, " = ");
  only("vm 100 a { memory { } }", "PHX3063 1:12");
  assert.is(refused("boot", "{ start = true }", "PHX3064 3:3").fix?.replacement, " ");
  assert.match(refused("disk", "{ size = 1GiB }", "PHX3064 3:3").message, "write `disk NAME { ... }`");
  assert.match(refused("boot", "true", "PHX3064 3:3").message, "boot { ... }");
});

test("an attribute in the wrong block", () => {
  assert.match(refused("vlan", "5", "PHX3073 3:3").message, "belongs into `net NETWORK { ... }`");
});

test("attributes outside any block", () => {
  assert.match(only("cores = 4", "PHX3070 1:1").help ?? "", "let cores = ...");
});

test("arguments that are missing, too many or of another type", () => {
  assert.match(only("vm 100 { }", "PHX3065 1:1").message, "`vm ID NAME`");
  only("vm { }", "PHX3065 1:1");
  only("vm 100 a b { }", "PHX3066 1:10");
  only("vm 99 a { }", "PHX3041 1:4");
  only("vm a 100 { }", "PHX3040 1:4");
  only('vm 100 "a b" { }', "PHX3045 1:8");
  only("vm 100 a { firewall { in } }", "PHX3065 1:23");
  only("vm 100 a { firewall { in allow } }", "PHX3042 1:26");
});

test("attributes and blocks that are there twice", () => {
  const finding = only("vm 100 a {\n  cores = 1\n  cores = 2\n}", "PHX3067 3:3");
  assert.is(finding.related[0]?.span.start, 13);
  only(`${lan}vm 100 a { net lan { }\n net lan { } }`, "PHX3068 3:2");
  only("vm 100 a { boot { }\n boot { } }", "PHX3068 2:2");
  clean("vm 100 a { disk a { size = 1G }\n disk b { size = 1G } }");
  clean("vm 100 a { firewall { in accept 80\n in accept 80 } }");
});

test("a required attribute is missing", () => {
  assert.match(only("vm 100 a { disk root { } }", "PHX3069 1:12").message, "needs `size`");
  only("network lan { }", "PHX3069 1:1");
});

test("free names have to fit", () => {
  const model = clean('vm 100 a { raw { "lxc.cap.keep" = "sys_admin" } }');
  assert.is(plain(resource(model, "vm.100").sections[0] ?? resource(model, "vm.100"), "lxc.cap.keep"), "sys_admin");
  assert.match(only('vm 100 a { raw { "cap.keep" = "x" } }', "PHX3071 1:18").message, "keys of LXC");
});

test("profiles: later ones win, the block wins over all, += extends lists, nested blocks merge", () => {
  const model = clean(`
profile base { cores = 1, memory = 1GiB, tags = [base], boot { start = true, order = 1 } }
profile web extends base { cores = 2, tags += [web] }
profile big { memory = 4GiB, disk root { size = 10GiB } }
vm 100 a extends [web, big] {
  tags += [own]
  boot { order = 5 }
  disk root { storage = fast }
}
vm 101 b extends web { tags = [only], cores = absent }
`);
  const a = resource(model, "vm.100");
  assert.is(plain(a, "cores"), 2);
  assert.is(plain(a, "memory"), 4 * 2 ** 30);
  assert.equal(plain(a, "tags"), ["base", "web", "own"]);
  assert.equal(
    a.sections.map((section) => [section.kind, ...section.settings.keys()]),
    [
      ["boot", "start", "order"],
      ["disk", "size", "storage"],
    ],
  );
  assert.is(plain(a.sections[0] ?? a, "order"), 5);
  const b = resource(model, "vm.101");
  assert.equal(plain(b, "tags"), ["only"]);
  assert.is(plain(b, "cores"), "(absent)");
});

test("a profile that comes twice counts once", () => {
  const model = clean(`
profile base { cores = 1, tags = [base] }
profile p extends base { cores = 2 }
profile q extends base { tags += [q] }
vm 100 a extends [p, q] {}
`);
  assert.is(plain(resource(model, "vm.100"), "cores"), 2);
  assert.equal(plain(resource(model, "vm.100"), "tags"), ["base", "q"]);
});

test("a profile speaks of the block that extends it", () => {
  const model = clean(
    'profile p { label = "n-${self.id}", let n = self.id\n cores = n - 99 }\nvm 100 a extends p\nvm 101 b extends p',
  );
  assert.is(plain(resource(model, "vm.101"), "label"), "n-101");
  assert.is(plain(resource(model, "vm.101"), "cores"), 2);
});

test("unknown names of a profile are reported once, at the profile", () => {
  const text =
    "profile p {\n  memroy = 1GiB\n  disk root { sise = 1GiB, size = 1GiB }\n  zap { }\n}\nvm 100 a extends p\nct 101 b extends p";
  const found = codes(checkText(text));
  assert.equal(found, ["PHX3061 2:3", "PHX3061 3:15", "PHX3062 4:3"]);
  assert.equal(codes(checkText(text.split("\nvm")[0] ?? "")), found);
});

test("what a profile sets for one kind is wrong for another", () => {
  const finding = only("profile p {\n  memory = 1GiB\n}\nct 101 b extends p", "PHX3061 2:3");
  assert.match(finding.message, "`ct` has no attribute `memory`");
  assert.is(finding.related[0]?.message, "extends profile `p`");
});

test("mistakes in the values of a profile are reported once", () => {
  only("profile p { cores = 0 }\nvm 100 a extends p\nvm 101 b extends p", "PHX3041 1:21");
  only("profile p { cores = 1\n cores = 2 }\nvm 100 a extends p\nvm 101 b extends p", "PHX3067 2:2");
});

test("profiles that do not exist, repeat or extend each other", () => {
  assert.is(only("profile web { }\nvm 100 a extends wbe", "PHX3080 2:18").fix?.replacement, "web");
  only("profile p extends nope { }", "PHX3080 1:19");
  assert.match(
    only("profile p extends q { }\nprofile q extends p { }\nvm 100 a extends p", "PHX3081 2:19").message,
    "p -> q -> p",
  );
  only("profile p extends p { }", "PHX3081 1:19");
  only("profile p { }\nprofile p { }", "PHX3082 2:1");
  only("profile { }", "PHX3065 1:1");
  only("profile p q { }", "PHX3066 1:11");
});

test("extends on a block that takes no profile", () => {
  only(`profile p { }\n${lan.replace("lan {", "lan extends p {")}`, "PHX3072 2:21");
  only("profile p { }\nvm 100 a { boot extends p { } }", "PHX3072 2:25");
});

test("+= takes lists", () => {
  assert.equal(evaluated("tags", "[a]\n  tags += [b]"), ["a", "b"]);
  only("vm 100 a { tags += [a] \n tags += [a] }", "PHX3051 2:10");
  only("vm 100 a { cores += 1 }", "PHX3052 1:12");
});

test("loops inside of blocks set attributes too", () => {
  assert.equal(evaluated("tags", "[a]\n  for t in [b, c] { tags += [t] }"), ["a", "b", "c"]);
  assert.is(evaluated("cores", "1 + 1\n  for n in [1] { memory = 1GiB * n }"), 2);
  only("vm 100 a { for n in 1..2 { cores = n } }", "PHX3067 1:28");
});

test("names of variables", () => {
  assert.equal(codes(checkText("let dhcp = 1")), ["PHX1019 1:5"]);
  const twice = only("let a = 1\nparam a = 2", "PHX3009 2:7");
  assert.is(twice.related[0]?.span.start, 4);
  only("for x, x in [1] { }", "PHX3009 1:8");
});

test("all findings in one run, in order, with those of the parser", () => {
  const found = codes(checkText("vm 100 a {\n  cores = 0\n  zap = 1\n}\nlet x = 8GB\nvm 100 b { memory = 1 }\n"));
  assert.equal(
    found.map((code) => code.slice(8)),
    ["2:11", "3:3", "5:9", "6:4", "6:21"],
  );
});

test("what the parser could not read is not reported again", () => {
  const { findings } = checkText("vm 100 a {\n  clone = b\n}\nvm 101 b {{\n");
  assert.equal(
    findings.filter(({ code }) => code.startsWith("PHX3")),
    [],
  );
});

test.run();
