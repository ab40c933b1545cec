import { jsonNoEnvironment } from "../diagnostics/catalogue/json-text.js";
import { jsonEnvironmentUnused, jsonRuleInterface } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block, Expr } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import {
  address,
  asBool,
  asString,
  attribute,
  block,
  bool,
  constant,
  int,
  joined,
  list,
  range,
  string,
  word,
} from "./build.js";
import type { Make } from "./build.js";
import { setting } from "./context.js";
import type { Context, Guest } from "./context.js";
import { boolOf, itemsOf, member, partsOf, textOf } from "./read.js";
import type { JsonNode } from "./tree.js";

/** The environment of a stack that the existing system uses, whatever the file says. */
const PRODUCTION = "production";

/** A stack that a virtual machine runs. */
export interface StackUse {
  readonly name: string;
  readonly environment: string;
  readonly node: JsonNode;
}

/** The stacks of a guest: names, or objects with `name` and `environment`. */
export function stacksOf(guest: Guest): readonly StackUse[] {
  return itemsOf(member(guest.node, "docker_stacks")?.value).flatMap((node) => {
    const name = textOf(node) ?? textOf(member(node, "name")?.value);
    const environment = textOf(member(node, "environment")?.value) ?? PRODUCTION;
    return name === undefined ? [] : [{ name, environment, node }];
  });
}

/**
 * The `firewall` block of a guest: its own rules, then those of its stacks. Without `enabled` it is off, as for the existing
 * system; one that is off and has no rules says nothing.
 */
export function firewallBlock(context: Context, guest: Guest): readonly Block[] {
  const own = member(guest.node, "firewall");
  const rules = [
    ...itemsOf(member(own?.value, "rules")?.value),
    ...stacksOf(guest).flatMap((stack) => stackRules(context, stack)),
  ].flatMap((rule) => ruleBlock(context, rule));
  const enabled = member(own?.value, "enabled");
  const isOn = enabled !== undefined && boolOf(enabled.value) !== false;
  const from = own ?? member(guest.node, "docker_stacks");
  if (from === undefined || (!isOn && rules.length === 0)) return [];
  const at = enabled?.value.span ?? from.nameSpan;
  const off: readonly Attribute[] = isOn ? [] : [constant(at, "enabled", bool(at, false))];
  return [block("firewall", from.nameSpan, from.span, [], [...off, ...rules])];
}

/**
 * The firewall of the cluster. The existing system keeps it among the shared volumes, and has it on only where it is said to be.
 */
export function clusterFirewall(context: Context): readonly Block[] {
  const own = setting(context.files, "firewall") ?? setting(context.files, "shared_volumes", "firewall");
  if (own === undefined || own.value.type !== "object") return [];
  const rules = itemsOf(member(own.value, "global_firewall_rules")?.value).flatMap((rule) => ruleBlock(context, rule));
  const items = [
    ...attribute(member(own.value, "enabled"), "enabled", asBool),
    ...attribute(member(own.value, "default_input_policy"), "policy_in", asPolicy),
    ...attribute(member(own.value, "default_output_policy"), "policy_out", asPolicy),
  ];
  return [block("firewall", own.nameSpan, own.span, [word(own.nameSpan, "cluster")], [...items, ...rules])];
}

const asPolicy: Make = (node) => {
  const text = textOf(node);
  return text === undefined ? undefined : word(node.span, text.toUpperCase());
};

/** Environments of stacks that no guest names: their rules are in no firewall. */
export function checkEnvironments(context: Context): void {
  const used = context.guests.flatMap(stacksOf);
  for (const [stack, manifest] of context.stacks) {
    const environments = member(manifest, "environments")?.value;
    if (environments?.type !== "object") continue;
    for (const { name, nameSpan } of environments.members.values()) {
      if (used.some((use) => use.name === stack && use.environment === name)) continue;
      context.report(diagnose(jsonEnvironmentUnused, nameSpan, { stack, environment: name }));
    }
  }
}

function stackRules(context: Context, stack: StackUse): readonly JsonNode[] {
  const manifest = context.stacks.get(stack.name);
  if (manifest === undefined) return [];
  const environment = member(member(manifest, "environments")?.value, stack.environment);
  if (environment === undefined)
    context.report(diagnose(jsonNoEnvironment, stack.node.span, { stack: stack.name, environment: stack.environment }));
  return itemsOf(member(environment?.value, "firewall_rules")?.value);
}

function ruleBlock(context: Context, rule: JsonNode): readonly Block[] {
  const type = member(rule, "type");
  const direction = textOf(type?.value)?.toLowerCase();
  const action = member(rule, "action");
  if (type === undefined || (direction !== "in" && direction !== "out")) return [];
  const iface = member(rule, "iface");
  const device = textOf(iface?.value);
  if (iface !== undefined && device !== undefined && !/^net\d+$/.test(device)) {
    context.report(diagnose(jsonRuleInterface, iface.value.span, { iface: device }));
    return [];
  }
  const at = action?.value.span ?? rule.span;
  const words = [word(at, (textOf(action?.value) ?? "accept").toLowerCase()), ...matchWords(rule)];
  const items = joined(attribute(iface, "iface", asString), attribute(member(rule, "comment"), "comment", asString));
  return [block(direction, type.value.span, rule.span, words, items)];
}

function matchWords(rule: JsonNode): readonly Expr[] {
  const proto = member(rule, "proto")?.value;
  const name = textOf(proto)?.toLowerCase();
  const port = member(rule, "port")?.value;
  return joined<Expr>(
    proto === undefined || name === undefined ? [] : [string(proto.span, name)],
    port === undefined ? [] : ports(port),
    end(member(rule, "source")?.value, "from"),
    end(member(rule, "dest")?.value, "to"),
  );
}

/** `80,443` is a list, `8000:8010` a range. */
function ports(node: JsonNode): readonly Expr[] {
  const found = partsOf(node).map(({ text, node: { span } }) => portOf(span, text));
  const [first] = found;
  if (first === undefined) return [];
  return [found.length === 1 ? first : list(node.span, found)];
}

function portOf(at: Span, text: string): Expr {
  const match = /^(\d{1,5})(?:[:-](\d{1,5}))?$/.exec(text);
  if (match === null) return string(at, text);
  const lower = int(at, Number(match[1]));
  return match[2] === undefined ? lower : range(at, lower, int(at, Number(match[2])));
}

/** Addresses stay literal text: what the file says, and nothing that is looked up. */
function end(node: JsonNode | undefined, keyword: "from" | "to"): readonly Expr[] {
  const found = partsOf(node).map(({ text, node: { span } }) => address(span, text));
  const [first] = found;
  if (node === undefined || first === undefined) return [];
  return [word(node.span, keyword), found.length === 1 ? first : list(node.span, found)];
}
