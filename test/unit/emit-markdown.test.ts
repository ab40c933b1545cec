import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitMarkdown } from "../../src/emitters/markdown/index.js";
import { plan } from "../../src/planner/index.js";
import { fleet } from "../support/fleet.js";
import { golden } from "../support/golden.js";
import { block, gib, kinds, modelOf } from "../support/model.js";

const test = suite("emit-markdown");

test("the fleet's plan for a review", () => {
  golden("plan/fleet.md", emitMarkdown(plan(fleet, kinds).value));
});

test("an empty plan is a title", () => {
  const text = emitMarkdown(plan(modelOf([]), kinds).value);
  assert.match(text, /^# Plan for host\n\n0 guests, 0 steps\./);
  assert.not.match(text, /##|\|/);
});

test("targets are named", () => {
  assert.match(emitMarkdown(plan(fleet, kinds, { targets: ["901"] }).value), /Only for 901 and what they need\./);
});

test("names and paths cannot become markup or break a table", () => {
  const image = "/x|y`z`\n# <b>.zst";
  const disk = block("disk", { name: "root" }, { size: gib(1), storage: "s|t" });
  const guest = block("ct", { id: 100, name: "a|b*c_<i>[x](y)" }, { image }, [disk]);
  const text = emitMarkdown(plan(modelOf([guest]), kinds).value);
  const row = text.split("\n").find((line) => line.startsWith("| ct 100"));
  assert.is((row ?? "").replace(/\\./g, "").split("|").length, 9);
  assert.not.match(text.replace(/`+[^`]*`+/g, ""), /[^\\]<|^# <b>/m);
});

test.run();
