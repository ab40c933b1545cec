import { jsonCheckWithoutTest, jsonSingularCheck } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { asInt, asSeconds, asString, attribute, block, constant, list, string } from "./build.js";
import type { Context, Guest } from "./context.js";
import { itemsOf, member, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** Folders of the existing system that hold scripts of checks; they keep their names below the project's folder of scripts. */
const HEALTH_FOLDER = "health_checks";
const TESTS_FOLDER = "tests";
/** Lists of `tests` that ask a guest how it is. */
const SUITES = ["health_checks", "integration_tests"] as const;

/** The `check` blocks of a guest: `health_checks`, the old `health_check`, and `tests` that are scripts. */
export function checkBlocks(context: Context, guest: Guest): readonly Block[] {
  const tests = member(guest.node, "tests")?.value;
  return [
    ...singularBlock(context, member(guest.node, "health_check")),
    ...itemsOf(member(guest.node, "health_checks")?.value).flatMap((node) => checkBlock(context, node)),
    ...SUITES.flatMap((suite) => itemsOf(member(tests, suite)?.value)).flatMap((node) => testBlock(context, node)),
  ];
}

function singularBlock(context: Context, field: JsonMember | undefined): readonly Block[] {
  if (field === undefined) return [];
  context.report(diagnose(jsonSingularCheck, field.nameSpan, undefined));
  const command = member(field.value, "command");
  const text = textOf(command?.value);
  if (command === undefined || text === undefined) return [];
  const file = /^\S*\/health_checks\/([^\s/]+)$/.exec(text)?.[1];
  const test =
    file === undefined
      ? attribute(command, "run", asString)
      : [scriptAttribute(command.value.span, `${HEALTH_FOLDER}/${file}`)];
  return [checkOf(field.nameSpan, field.span, "health", [...test, ...pace(field.value)])];
}

function checkBlock(context: Context, node: JsonNode): readonly Block[] {
  const called = member(node, "name");
  const name = textOf(called?.value);
  if (called === undefined || name === undefined) return [];
  const script = member(node, "script");
  const file = textOf(script?.value);
  const test = [
    ...attribute(member(node, "command"), "run", asString),
    ...attribute(member(node, "port"), "tcp", asInt),
    ...attribute(member(node, "url"), "http", asString),
    ...(script === undefined || file === undefined
      ? []
      : [scriptAttribute(script.value.span, `${HEALTH_FOLDER}/${file}`), ...argsOf(member(node, "args"))]),
  ];
  if (test.length === 0) {
    context.report(diagnose(jsonCheckWithoutTest, called.value.span, { name }));
    return [];
  }
  return [checkOf(called.value.span, node.span, name, [...test, ...pace(node)])];
}

function testBlock(context: Context, node: JsonNode): readonly Block[] {
  const called = member(node, "name");
  const name = textOf(called?.value);
  if (called === undefined || name === undefined) return [];
  const path = member(node, "path");
  const file = textOf(path?.value);
  if (textOf(member(node, "type")?.value) !== "script" || path === undefined || file === undefined) {
    context.report(diagnose(jsonCheckWithoutTest, called.value.span, { name }));
    return [];
  }
  // Names of tests are titles: `vLLM Responsiveness Test`.
  const label = name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[.-]+|-+$/g, "");
  return [checkOf(called.value.span, node.span, label, [scriptAttribute(path.value.span, `${TESTS_FOLDER}/${file}`)])];
}

function checkOf(head: Span, whole: Span, name: string, items: readonly Attribute[]): Block {
  return block("check", head, whole, [string(head, name)], items);
}

function scriptAttribute(at: Span, path: string): Attribute {
  return constant(at, "script", string(at, path));
}

/** A list of words, or one text that the existing system splits at blanks. */
function argsOf(field: JsonMember | undefined): readonly Attribute[] {
  if (field === undefined) return [];
  const { value } = field;
  const words =
    value.type === "array"
      ? value.items.flatMap((item) => textOf(item) ?? [])
      : (textOf(value) ?? "").split(/\s+/).filter((word) => word !== "");
  const items = words.map((word) => string(value.span, word));
  return items.length === 0 ? [] : [constant(field.nameSpan, "args", list(value.span, items))];
}

function pace(node: JsonNode): readonly Attribute[] {
  return [
    ...attribute(member(node, "retries"), "retries", asInt),
    ...attribute(member(node, "interval"), "every", asSeconds),
    ...attribute(member(node, "timeout"), "timeout", asSeconds),
  ];
}
