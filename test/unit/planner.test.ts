import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/model/plan.js";
import { plan, plans } from "../../src/planner/index.js";
import type { Model } from "../../src/model/resource.js";
import { fleet, lan } from "../support/fleet.js";
import { golden } from "../support/golden.js";
import { block, kinds, modelOf, ref } from "../support/model.js";
import type { Block, Short } from "../support/model.js";
import { planText } from "../support/plan-text.js";

const test = suite("planner");

const ct = (id: number, set: Readonly<Record<string, Short>> = {}, inner: readonly Block[] = []): Block =>
  block("ct", { id, name: `ct-${id}` }, { clone: ref("ct.100"), ...set }, inner);
const first = block("ct", { id: 100, name: "first" }, { image: "local:vztmpl/x.tar.zst" }, [
  block("disk", { name: "root" }, { size: { type: "size", value: 1024 ** 3 }, storage: "local-zfs" }),
]);
const boot = (order: number): Block => block("boot", {}, { order });
const order = (value: Plan): readonly string[] => [...new Set(value.steps.map((step) => step.resource))];
const codes = (model: Model, targets: readonly string[] = []): readonly string[] =>
  plan(model, kinds, { targets }).diagnostics.map((finding) => finding.code);

test("the fleet's plan", () => {
  const { value, diagnostics } = plan(fleet, kinds);
  assert.equal(diagnostics, []);
  golden("plan/fleet.txt", planText(value));
});

test("needs come first, then boot order, then those without one, then ids", () => {
  const model = modelOf([
    ct(105),
    ct(104, {}, [boot(2)]),
    ct(103, { needs: [ref("ct.105")] }, [boot(1)]),
    ct(102),
    first,
  ]);
  assert.equal(order(plan(model, kinds).value), ["ct.100", "ct.104", "ct.102", "ct.105", "ct.103"]);
});

test("the order does not depend on the order of the files", () => {
  const blocks = [first, ct(101), ct(102, {}, [boot(1)]), ct(103), lan];
  const forward = plan(modelOf(blocks), kinds).value.steps.map((step) => step.id);
  const backward = plan(modelOf(blocks.toReversed()), kinds).value.steps.map((step) => step.id);
  assert.equal(forward, backward);
});

test("the host's things come before all guests", () => {
  const { value } = plan(fleet, kinds);
  const phases = value.steps.map((step) => step.phase === "host");
  assert.is(phases.lastIndexOf(true) < phases.indexOf(false), true);
});

test("a guest's steps stand together, by phase", () => {
  const { value } = plan(fleet, kinds);
  const turns = value.steps.map((step) => step.resource).filter((address, i, all) => address !== all[i - 1]);
  assert.is(new Set(turns).size, turns.length);
  const steps = value.steps.filter((step) => step.resource === "vm.8001");
  const names = steps.map((step) => step.id.replace("vm.8001.", ""));
  const configure = ["cloud-init.drive", "disk.root", "disk.data", "firewall"];
  const finish = ["check.docker", "check.web", "snapshot.final-form"];
  assert.equal(names, ["create", "options", ...configure, "start", ...finish]);
});

test("every step requires steps that come before it", () => {
  const { value } = plan(fleet, kinds);
  const seen = new Set<string>();
  for (const step of value.steps) {
    for (const id of step.requires) assert.ok(seen.has(id), `${step.id} requires ${id}`);
    seen.add(step.id);
  }
  const create = value.steps.find((step) => step.id === "ct.901.create");
  assert.ok(create?.requires.includes("ct.900.snapshot.final-form"));
});

test("a cycle ends, with every guest in the plan once", () => {
  const model = modelOf([first, ct(101, { needs: [ref("ct.102")] }), ct(102, { needs: [ref("ct.101")] })]);
  assert.equal(order(plan(model, kinds).value), ["ct.100", "ct.101", "ct.102"]);
});

test("a target brings what it needs and nothing else", () => {
  for (const target of ["901", "Copy-Cuda12.8", "ct.901"]) {
    const { value, diagnostics } = plan(fleet, kinds, { targets: [target] });
    assert.equal(diagnostics, []);
    assert.equal(
      value.guests.map((guest) => guest.address),
      ["ct.900", "ct.901"],
    );
    assert.equal(value.targets, [target]);
    const others = value.steps.map((step) => step.resource).filter((address) => !address.startsWith("ct."));
    const expected = ["dataset.quickOS/lxc-disks", "dataset.quickOS/shared-iso", "image.ubuntu", "pool.quickOS"];
    assert.equal([...new Set(others)].toSorted(), expected);
  }
});

test("a target may be something of the host", () => {
  const { value } = plan(fleet, kinds, { targets: ["quickOS/vm-disks"] });
  assert.equal(order(value), ["pool.quickOS", "dataset.quickOS/vm-disks"]);
});

test("a guest is meant before other things of its name", () => {
  const network = block("network", { name: "first" }, { bridge: "vmbr9" });
  assert.equal(
    plan(modelOf([network, first]), kinds, { targets: ["first"] }).value.guests.map((guest) => guest.address),
    ["ct.100"],
  );
});

test("an unknown target is a finding that names the nearest", () => {
  const { diagnostics } = plan(fleet, kinds, { targets: ["103", "docker-9"] });
  assert.equal(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    ["PHX6001 the plan has nothing that is called `docker-9`; did you mean `docker-1`"],
  );
  const [finding] = diagnostics;
  assert.is(finding?.span.file.text.slice(finding.span.start, finding.span.end), "docker-9");
  assert.equal(codes(fleet, ["nothing-like-it", ""]), ["PHX6001", "PHX6001"]);
});

test("the same requirement of several guests is one, and holds back all of them", () => {
  const gpu = (id: number): Block => ct(id, { gpus: [0] });
  const { value } = plan(modelOf([first, gpu(101), gpu(102)]), kinds);
  const devices = value.requirements.filter((entry) => entry.kind === "device" && entry.path === "/dev/nvidia0");
  assert.equal(
    devices.map((entry) => entry.blocks),
    [["ct.101", "ct.102"]],
  );
});

test("guests know the guests that they need, also through other things", () => {
  const { value } = plan(fleet, kinds);
  const needs = new Map(value.guests.map((guest) => [guest.address, guest.needs]));
  assert.equal(needs.get("vm.8001"), ["vm.9000", "ct.103"]);
  assert.equal(needs.get("ct.103"), []);
});

const twoHosts = [
  block("host", { name: "pve1" }, { node: "one" }),
  block("host", { name: "pve2" }, {}),
  block("ct", { id: 100, name: "first" }, { image: "/x.tar.zst", host: ref("host.pve1") }, [
    block("disk", { name: "root" }, { size: { type: "size", value: 1024 ** 3 }, storage: "local-zfs" }),
  ]),
  block("pool", { name: "tank" }, { disks: ["/dev/disk/by-id/a"], host: ref("host.pve2") }),
  block("dataset", { name: "tank/data" }),
];

const found = (model: Model, targets: readonly string[]): readonly string[] => codes(model, targets);

test("a host as a target means everything on it; so does what belongs to one host", () => {
  const model = modelOf(twoHosts);
  for (const targets of [["pve2"], ["host.pve2"], ["tank/data"]]) {
    const { value, diagnostics } = plan(model, kinds, { targets });
    assert.equal([diagnostics, value.host, order(value)], [[], "pve2", ["pool.tank", "dataset.tank/data"]]);
  }
  const { value } = plan(model, kinds, { targets: ["pve1"] });
  assert.equal([value.host, value.node, value.targets, order(value)], ["pve1", "one", [], ["ct.100"]]);
});

test("several hosts have a plan each, and what they share is found once", () => {
  const shared = block("storage", { type: "nfs", id: "nas" }, { server: "10.0.0.9" });
  const { value, diagnostics } = plans(modelOf([...twoHosts, shared]), kinds);
  assert.equal(
    value.map((each) => [each.host, order(each).filter((address) => address !== "storage.nas")]),
    [
      ["pve1", ["ct.100"]],
      ["pve2", ["pool.tank", "dataset.tank/data"]],
    ],
  );
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["PHX5301"],
  );
  const some = plans(modelOf(twoHosts), kinds, { targets: ["100", "nobody"] });
  assert.equal(
    some.diagnostics.map(({ code }) => code),
    ["PHX6001"],
  );
  assert.equal(
    plans(modelOf([first]), kinds).value.map((each) => each.host),
    ["host"],
  );
});

test("a host that is asked for must be declared", () => {
  const asked = plan(modelOf(twoHosts), kinds, { host: "pve2" });
  assert.equal([asked.diagnostics, order(asked.value)], [[], ["pool.tank", "dataset.tank/data"]]);
  const [finding, ...others] = plan(modelOf(twoHosts), kinds, { host: "pve9" }).diagnostics;
  assert.equal(
    [finding?.code, finding?.message, others],
    ["PHX6004", "no host `pve9` is declared; did you mean `pve1`", []],
  );
});

test("with several hosts one must be chosen, and everything must say its own", () => {
  assert.equal(codes(modelOf(twoHosts)), ["PHX6003"]);
  assert.equal(found(modelOf(twoHosts), ["100", "tank"]), ["PHX6003", "PHX6001"]);
  const { diagnostics } = plan(modelOf(twoHosts), kinds, { host: "pve2", targets: ["100"] });
  assert.equal(
    diagnostics.map(({ help }) => help),
    ["ct.100 belongs to another host: plan for that one."],
  );
  const stray = block("pool", { name: "stray" }, { disks: ["/dev/disk/by-id/b"] });
  assert.equal(found(modelOf([...twoHosts, stray]), ["pve1"]), ["PHX6002"]);
  const across = ct(101, { host: ref("host.pve2") });
  assert.equal(found(modelOf([...twoHosts, across]), ["pve1"]), ["PHX6005"]);
});

test("without a host block the host has no name, and any that is asked for is unknown", () => {
  const model = modelOf([first]);
  assert.is(plan(model, kinds).value.host, "host");
  assert.equal(codes(model, ["pve1"]), ["PHX6001"]);
});

test("the only host as a target is everything", () => {
  const { value } = plan(fleet, kinds, { targets: ["pve1"] });
  assert.equal([value.targets, value.guests.length], [[], 6]);
});

test("two blocks that make one storage are a finding", () => {
  const dataset = block("dataset", { name: "tank/x" }, {}, [block("storage", { type: "dir" }, { id: "data" })]);
  const storage = block("storage", { type: "dir", id: "data" }, { path: "/srv" });
  const { diagnostics } = plan(modelOf([dataset, storage]), kinds);
  assert.equal(
    diagnostics.map(({ code, related }) => [code, related.length]),
    [["PHX6006", 1]],
  );
});

test("an empty model is an empty plan", () => {
  const { value, diagnostics } = plan(modelOf([]), kinds);
  assert.equal([value.steps, value.guests, value.requirements, diagnostics], [[], [], [], []]);
});

test("options of newer releases are refused where the host declares an older one, and required where it declares none", () => {
  const ctKind = kinds.get("ct");
  assert.ok(ctKind);
  const cores = { ...ctKind.options["cores"], type: { type: "int" }, doc: "", since: "8.10" } as const;
  const net = {
    ...ctKind.sections["net"],
    doc: "",
    args: [],
    sections: {},
    options: { mtu: { ...cores, since: "9" } },
  };
  const newer = new Map(kinds).set("ct", {
    ...ctKind,
    options: { ...ctKind.options, cores },
    sections: { ...ctKind.sections, net },
  });
  const guest = ct(101, { cores: 2 }, [block("net", {}, { mtu: 1400 })]);
  const on = (...hosts: readonly Block[]): Plan => plan(modelOf([...hosts, first, guest]), newer).value;
  const found = (version: string): readonly string[] =>
    plan(modelOf([block("host", { name: "h" }, { version }), first, guest]), newer).diagnostics.map(
      ({ message }) => message,
    );
  assert.equal(found("9.0.1"), []);
  assert.equal(found("8.10"), ["`mtu` needs Proxmox VE 9 or later, and host h declares 8.10"]);
  assert.is(found("8.9").length, 2);
  const minimum = ({ requirements }: Plan): readonly string[] =>
    requirements.flatMap((requirement) => (requirement.kind === "version" ? [requirement.minimum] : []));
  assert.equal(minimum(on()), ["9"]);
  assert.equal(minimum(on(block("host", { name: "h" }))), ["9"]);
  assert.equal(minimum(on(block("host", { name: "h" }, { version: "9.1" }))), ["9.1"]);
});

test.run();
