import { suite } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, diagnosticKind } from "../../src/diagnostics/diagnostic.js";
import type { Model, Resource } from "../../src/model/resource.js";
import { checkText, clean, codes, evaluated, only, plain, refused, resource } from "../support/check.js";
import { toyKinds } from "../support/toy-kinds.js";

const test = suite("checker: references");

const images = 'image noble { url = "x" }\n';

test("references by name, by id, forward, as text and with their kind", () => {
  for (const text of ["b", "101", '"b"', '"101"', "(b)", "vm.b"]) {
    assert.is(evaluated("clone", text, { before: "vm 101 b { }" }), "-> vm.101", text);
  }
  const model = clean(`vm 100 a { clone = b, needs = [b, noble] }\nct 101 b\n${images}`);
  assert.equal(plain(resource(model, "vm.100"), "needs"), ["-> ct.101", "-> image.noble"]);
  assert.equal(resource(model, "vm.100").settings.get("clone")?.value, { type: "ref", address: "ct.101", text: "b" });
});

test("a loose reference keeps a name that nothing has", () => {
  const model = clean(
    "storage dir fast\nvm 100 a { disk a { size = 1G, storage = fast }\n disk b { size = 1G, storage = local-lvm } }",
  );
  const disks = resource(model, "vm.100").sections.map((section) => plain(section, "storage"));
  assert.equal(disks, ["-> storage.fast", "local-lvm"]);
});

test("the same wrong name has the same suggestion however often, and so many different ones have one", () => {
  const vms = Array.from(
    { length: 300 },
    (_, i) => `vm ${200 + i} v${i} { clone = templte, needs = [service-nam${i}] }\n`,
  );
  const { findings } = checkText(`vm 101 template\nvm 102 service-name\n${vms.join("")}`);
  assert.equal([findings.length, findings.filter(({ code }) => code === "PHX3090").length], [600, 600]);
  assert.is(findings.filter(({ message }) => message.includes("did you mean `template`")).length, 300);
  assert.is(findings.filter(({ message }) => message.includes("did you mean `service-name`")).length, 199);
});

test("variables hold names", () => {
  assert.is(evaluated("clone", "base", { before: "let base = b\nvm 101 b" }), "-> vm.101");
  const model = clean('ct 101 b\nct 102 c\nfor i, g in [b, c] { vm (200 + i) "x-${g}" { needs = [g] } }');
  assert.equal(plain(resource(model, "vm.201"), "needs"), ["-> ct.102"]);
});

test("names that nothing has", () => {
  const finding = refused("clone", "templte", "PHX3090 3:11", { before: "vm 101 template" });
  assert.match(finding.message, "none is called `templte`; did you mean `template`");
  assert.is(finding.fix?.replacement, "template");
  refused("clone", "999", "PHX3090 3:11");
  refused("needs", "[b, nope]", "PHX3090 3:15", { before: "vm 101 b" });
  only("vm 100 a { net lan { } }", "PHX3090 1:16");
});

test("something of another kind", () => {
  const finding = refused("clone", "noble", "PHX3092 3:11", { before: 'image noble { url = "x" }' });
  assert.match(finding.message, "takes the name of a vm or a ct; `noble` is of the kind image");
  refused("clone", "image.noble", "PHX3092 3:11", { before: 'image noble { url = "x" }' });
});

test("a name that two things have", () => {
  const text = 'image data { url = "x" }\nstorage dir data\nvm 100 a {\n  needs = [data]\n}';
  const finding = only(text, "PHX3091 4:12");
  assert.match(finding.message, "`data` could be image.data or storage.data");
  assert.is(finding.related.length, 2);
  const model = clean(text.replace("[data]", "[image.data]"));
  assert.equal(plain(resource(model, "vm.100"), "needs"), ["-> image.data"]);
  only('image data { url = "x" }\nstorage dir data\nvm 100 a { label = data.url }', "PHX3091 3:20");
});

test("a variable and a thing of one name", () => {
  const finding = refused("clone", "b", "PHX3014 3:11", { before: 'let b = "c", vm 101 b' });
  assert.match(finding.message, "the let `b` or `vm.101`");
  assert.is(finding.related.length, 2);
  assert.is(evaluated("clone", "(b)", { before: "let b = c\nvm 101 b\nvm 102 c" }), "-> vm.102");
  assert.is(evaluated("clone", '"b"', { before: "let b = c\nvm 101 b\nvm 102 c" }), "-> vm.101");
  refused("cores", "b.cores", "PHX3014 3:11", { before: "let b = { cores = 1 }, vm 101 b { cores = 2 }" });
});

test("ids and names are taken once", () => {
  const id = only("vm 100 a\nct 100 b", "PHX3093 2:4");
  assert.match(id.message, "the id 100 is taken by `a` (vm.100)");
  assert.is(id.related[0]?.span.start, 3);
  assert.match(only("vm 100 a\nct 101 A", "PHX3094 2:8").message, "taken by `a` (vm.100)");
  assert.equal(codes(checkText("vm 100 a\nvm 100 a")), ["PHX3093 2:4", "PHX3094 2:8"]);
  only("storage dir x\nstorage zfspool x", "PHX3094 2:17");
  clean('image x { url = "y" }\nstorage dir x');
  const again = only('for n in 1..3 { vm 100 "a-${n}" { } }', "PHX3093 1:20");
  assert.match(again.help ?? "", "their id has to differ from turn to turn");
});

test("the first of two with one id is in the model", () => {
  const { model } = checkText("vm 100 a { cores = 1 }\nvm 100 b { cores = 2 }");
  assert.is(resource(model, "vm.100").name, "a");
});

test("edges come from attributes at any depth, not from arguments", () => {
  const model = clean(`network lan { subnet = 10.0.0.0/24 }
storage dir fast
ct 101 b
vm 100 a {
  clone = b
  needs = [b]
  net lan { }
  disk root { size = 1G, storage = fast }
  firewall { in accept 80 from b }
}`);
  const edges = resource(model, "vm.100").requires.map(({ to, reason }) => `${reason} ${to}`);
  assert.equal(edges, ["clone ct.101", "needs ct.101", "storage storage.fast"]);
});

test("a kind adds edges of its own", () => {
  const model = clean(`${images}storage dir linked`);
  const [edge] = resource(model, "storage.linked").requires;
  assert.is(edge?.to, "image.noble");
  assert.is(edge?.reason, "link");
  clean("storage dir linked");
});

test("a cycle is printed whole, with all its places", () => {
  assert.match(only("vm 100 a { needs = [self] }", "PHX3095 1:20").message, "`vm.100` -> `vm.100` (needs)");
  const finding = only("vm 100 a { clone = b }\nvm 101 b { needs = [c] }\nct 102 c { needs = [a] }", "PHX3095 1:20");
  assert.match(finding.message, "`vm.100` -> `vm.101` (clone) -> `ct.102` (needs) -> `vm.100` (needs)");
  assert.is(finding.related.length, 2);
});

test("firewall rules about each other are no cycle", () => {
  clean("vm 100 a { firewall { in accept 80 from b } }\nvm 101 b { firewall { in accept 80 from a } }");
});

test("long chains are no problem", () => {
  const guests = Array.from({ length: 3000 }, (_, i) => `vm ${100 + i} g${i} { needs = [g${i + 1}] }`);
  clean(`${guests.join("\n")}\nct 99999 g3000`);
});

test("an unreadable name silences references to its kind only", () => {
  const found = codes(checkText("vm 100 (1 + x) { }\nvm 101 b { clone = c, image = nobel }\n"));
  assert.equal(found, ["PHX3012 1:13", "PHX3090 2:31"]);
});

test("rules see the model, broken values included, and their findings join the others", () => {
  const kind = diagnosticKind<{ name: string }>({
    code: "PHX4999",
    severity: "warning",
    title: "t",
    message: ({ name }) => name,
  });
  const rule = {
    name: "test/all",
    check: (model: Model, report: (f: ReturnType<typeof diagnose>) => void): void => {
      for (const each of model.resources.values()) report(diagnose(kind, each.headSpan, { name: each.name }));
    },
  };
  const checked = checkText("vm 100 a { cores = 0 }", { rules: [rule] });
  assert.equal(codes(checked), ["PHX4999 1:1", "PHX3041 1:20"]);
  assert.is(plain(resource(checked.model, "vm.100"), "cores"), "(error)");
});

test("kinds tell their edges by the model that rules see: what is read of it is kept for both", () => {
  const seen: Model[] = [];
  const edges = (resource: Resource, model: Model): readonly { to: string; reason: string }[] => {
    seen.push(model);
    return resource.name === "a" ? [{ to: "vm.101", reason: "test" }] : [];
  };
  const kinds = new Map([...toyKinds].map(([keyword, kind]) => [keyword, { ...kind, edges }]));
  const rule = { name: "test/model", check: (model: Model): void => void seen.push(model) };
  const { model } = checkText("vm 100 a { cores = 1 }\nvm 101 b { cores = 1 }", { kinds, rules: [rule] });
  assert.equal(
    seen.map((other) => other === model),
    [true, true, true],
  );
  assert.equal(
    resource(model, "vm.100").requires.map(({ to, reason }) => `${to} ${reason}`),
    ["vm.101 test"],
  );
});

test.run();
