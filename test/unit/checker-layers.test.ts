import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Section } from "../../src/model/resource.js";
import { position } from "../../src/text/source.js";
import { checkText, clean, codes, only, plain, plainValue, resource } from "../support/check.js";

const test = suite("checker: layers");

/** What each layer says: `a: = 1 @2`. */
function layers(section: Section, name: string): readonly string[] | undefined {
  return section.settings
    .get(name)
    ?.layers?.map(
      ({ profile = "own", operator, value, span }) =>
        `${profile}: ${operator} ${JSON.stringify(plainValue(value))} @${position(span.file, span.start).line}`,
    );
}

test("every layer of an attribute is kept, lowest first, with its own value", () => {
  const model = clean(
    [
      "profile base { cores = 1, tags = [a] }",
      "profile big extends base { cores = 8, tags += [b] }",
      "vm 100 a extends big { cores = 4, tags += [c], memory = 1GiB }",
      "vm 101 b extends base",
    ].join("\n"),
  );
  const vm = resource(model, "vm.100");
  assert.equal(layers(vm, "cores"), ["base: = 1 @1", "big: = 8 @2", "own: = 4 @3"]);
  assert.equal(layers(vm, "tags"), [`base: = ["a"] @1`, `big: += ["b"] @2`, `own: += ["c"] @3`]);
  assert.equal(plain(vm, "tags"), ["a", "b", "c"]);
  assert.is(layers(vm, "memory"), undefined, "one place says it, and it is the block itself");
  assert.equal(layers(resource(model, "vm.101"), "cores"), ["base: = 1 @1"]);
});

test("nested blocks keep the layers of their namesakes", () => {
  const model = clean("profile p { disk root { size = 1GiB } }\nvm 100 a extends p { disk root { size = 2GiB } }");
  const [disk] = resource(model, "vm.100").sections;
  assert.equal(disk && layers(disk, "size"), ["p: = 1073741824 @1", "own: = 2147483648 @2"]);
});

test("absent over an inherited value is as if no layer had said it", () => {
  const vm = resource(clean("profile p { timeout = 5s }\nvm 100 a extends p { timeout = absent }"), "vm.100");
  assert.is(vm.settings.has("timeout"), false);
});

test("absent over an inherited option of Proxmox makes it not set, as everywhere", () => {
  const vm = resource(clean("profile p { cores = 2 }\nvm 100 a extends p { cores = absent }"), "vm.100");
  assert.is(plain(vm, "cores"), "(absent)");
});

test("a layer above an absent one begins anew", () => {
  const text = "profile p { ports = [1] }\nprofile q { ports = absent }\n";
  const vm = resource(clean(`${text}vm 100 a extends [p, q] { ports += [3] }`), "vm.100");
  assert.equal(plain(vm, "ports"), [3]);
});

test("what absent takes away is missing where it is required", () => {
  const text = "profile p { disk root { size = 1GiB } }\nvm 100 a extends p { disk root { size = absent } }";
  only(text, "PHX3069 1:13");
});

test("absent without anything below is still refused", () => {
  only("vm 100 a { timeout = absent }", "PHX3047 1:22");
  only("profile p { timeout = absent }\nvm 100 a extends p", "PHX3047 1:23");
});

test("absent takes an inherited block away, and another may stand in its place", () => {
  const profile =
    "profile p { boot { order = 2, delay = 1s }, disk root { size = 1GiB }, disk data { size = 2GiB } }\n";
  const gone = resource(clean(`${profile}vm 100 a extends p { boot absent, disk data absent }`), "vm.100");
  assert.equal(
    gone.sections.map(({ kind, args }) => [kind, ...[...args.values()].map(plainValue)]),
    [["disk", "root"]],
  );
  const other = resource(clean(`${profile}vm 100 a extends p { boot absent, boot { order = 3 } }`), "vm.100");
  const boot = other.sections.find(({ kind }) => kind === "boot");
  assert.equal(boot && [...boot.settings.keys()], ["order"]);
});

test("a profile takes away what the one has that it extends", () => {
  const text =
    "profile p { boot { order = 2 } }\nprofile q extends p { boot absent }\nvm 100 a extends q\nvm 101 b extends p";
  const model = clean(text);
  assert.is(resource(model, "vm.100").sections.length, 0);
  assert.is(resource(model, "vm.101").sections.length, 1);
});

test("absent for a block only where its condition holds", () => {
  const text = "profile p { boot { order = 2 } }\nvm 100 a extends p { boot absent when false }";
  assert.is(resource(clean(text), "vm.100").sections.length, 1);
});

test("absent for a block that is not inherited", () => {
  const profile = "profile p { disk root { size = 1GiB } }\n";
  assert.match(only(`${profile}vm 100 a extends p { disk data absent }`, "PHX3100 2:22").help ?? "", "`disk root`");
  only("vm 100 a { boot absent }", "PHX3100 1:12");
  only("vm 100 a { boot { order = 1 }, boot absent }", "PHX3100 1:32");
  only("vm 100 a { disk absent }", "PHX3065 1:12");
});

test("of blocks that any number may stand of, those with the same arguments are taken away", () => {
  const profile = "profile p { firewall { in accept 80, in accept 80, in accept 22 } }\n";
  const vm = resource(clean(`${profile}vm 100 a extends p { firewall { in accept 80 absent, in drop } }`), "vm.100");
  assert.equal(
    vm.sections[0]?.sections.map(({ args }) => [...args.values()].map(plainValue)),
    [["accept", [22]], ["drop"]],
  );
  only(`${profile}vm 100 a extends p { firewall { in drop absent } }`, "PHX3100 2:33");
});

test("a block that is taken away has no braces", () => {
  const text = "profile p { boot { order = 1 } }\nvm 100 a extends p { boot absent { order = 2 } }";
  only(text, "PHX3101 2:34");
});

test("an absent block of an unknown kind is what it always was", () => {
  assert.equal(codes(checkText("vm 100 a { zzz absent }")), ["PHX3062 1:12"]);
});

test.run();
