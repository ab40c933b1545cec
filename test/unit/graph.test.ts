import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitDot, emitMermaid } from "../../src/emitters/graph/index.js";
import { plan } from "../../src/planner/index.js";
import { fleet } from "../support/fleet.js";
import { golden } from "../support/golden.js";
import { block, gib, kinds, modelOf } from "../support/model.js";

const test = suite("graph");

const whole = plan(fleet, kinds).value;

test("the fleet's graph", () => {
  golden("plan/fleet.dot", emitDot(whole));
  golden("plan/fleet.mmd", emitMermaid(whole));
});

test("an empty plan is an empty graph", () => {
  const { value } = plan(modelOf([]), kinds);
  assert.is(emitDot(value), "digraph plan {\n  rankdir=LR;\n}\n");
  assert.is(emitMermaid(value), "flowchart LR\n");
});

test("every edge joins two nodes that are there", () => {
  const dot = emitDot(whole);
  const nodes = new Set([...dot.matchAll(/^ {2}(n\d+) \[/gm)].map(([, name]) => name));
  const edges = [...dot.matchAll(/^ {2}(n\d+) -> (n\d+)/gm)];
  assert.ok(edges.length > 5);
  for (const [, from, to] of edges) assert.ok(nodes.has(from) && nodes.has(to) && from !== to);
});

test("names stay inside their labels", () => {
  const disk = block("disk", { name: "root" }, { size: gib(1), storage: "s" });
  const guest = block("ct", { id: 100, name: 'a"]; b\\ --> c\n"' }, { image: "/x" }, [disk]);
  const { value } = plan(modelOf([guest]), kinds);
  assert.is(emitDot(value).split("\n")[2], '  n0 [label="ct 100 a\\"]; b\\\\ --> c \\"", shape=box];');
  assert.is(emitMermaid(value).split("\n")[1], '  n0["ct 100 a#34;#93;#59; b\\ --#62; c #34;"]');
});

test.run();
