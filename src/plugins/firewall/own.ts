import {
  CLUSTER_FIREWALL_FLAGS,
  NODE_FIREWALL_FLAGS,
  NODE_FIREWALL_LEVELS,
  NODE_FIREWALL_NUMBERS,
  boolOf,
  defineKind,
  diagnose,
  blockRules,
  refOf,
  renderValue,
  resourcesOf,
  settingOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  FirewallScopeName,
  KindSpec,
  LowerContext,
  Lowered,
  Model,
  OptionSpec,
  Resource,
  RetiredThing,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { pieceEdges } from "../guest/edges.js";
import { isReadable, pieceRequirements, ruleFindings } from "../guest/firewall.js";
import { logLevel, ownRules, policy } from "../guest/firewall-sections.js";
import { marked, ruleLines } from "../guest/firewall-text.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { firewallOfNobody, firewallOptionElsewhere, forwardWithoutNftables } from "./findings.js";
import { MARK } from "./lower.js";

type Specs = Readonly<Record<string, OptionSpec>>;

/** The word for the firewall of the whole cluster; any other name is that of a host. */
const CLUSTER = "cluster";

function flags(docs: Readonly<Record<string, string>>): Specs {
  return Object.fromEntries(Object.entries(docs).map(([name, doc]) => [name, { type: t.bool, doc }]));
}

const clusterOptions: Specs = {
  policy_in: { type: policy, doc: "What happens to packets to nodes that no rule matches. Default of Proxmox: DROP." },
  policy_out: {
    type: policy,
    doc: "What happens to packets from nodes that no rule matches. Default of Proxmox: ACCEPT.",
  },
  policy_forward: {
    type: t.oneOf("ACCEPT", "DROP", "accept", "drop"),
    doc: "What happens to packets that pass through nodes and that no rule matches. Default of Proxmox: ACCEPT.",
    since: "8.3",
  },
  ...flags(CLUSTER_FIREWALL_FLAGS),
  log_ratelimit: {
    type: {
      type: "string",
      pattern: "(enable=)?[01](,(burst=\\d+|rate=\\d+/(second|minute|hour|day)))*",
      describe: "as Proxmox writes it: `enable=1,burst=5,rate=1/second`",
    },
    doc: "How much of the log is written at most. Default of Proxmox: `enable=1,burst=5,rate=1/second`.",
  },
};

const nodeOptions: Specs = {
  ...flags(NODE_FIREWALL_FLAGS),
  ...Object.fromEntries(
    Object.entries(NODE_FIREWALL_LEVELS).map(([name, doc]) => [
      name,
      { type: logLevel, doc, ...(name === "log_level_forward" ? { since: "8.3" } : {}) },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(NODE_FIREWALL_NUMBERS).map(([name, { doc, ...range }]) => [
      name,
      { type: { type: "int", ...range }, doc },
    ]),
  ),
};

/** The firewall of the cluster, and of each node: some options of their files, and the rules in them that are ours. */
export const firewall: KindSpec = defineKind({
  keyword: "firewall",
  aliases: ["host_firewall", "cluster_firewall", "datacenter_firewall"],
  doc: "The firewall of the cluster, `firewall cluster`, or of a node, `firewall HOST`: what reaches the nodes themselves.",
  args: [{ name: "name", type: t.label, doc: "`cluster`, or the name of a host." }],
  identity: { name: "name" },
  options: {
    enabled: {
      type: t.bool,
      doc: "Whether it is in force. That of the cluster is the switch of all firewalls, those of guests included.",
    },
    ...clusterOptions,
    ...nodeOptions,
    host: { type: t.hostRef, doc: "The host whose plan makes that of the cluster. Default: every one." },
  },
  sections: ownRules,
  instead: {
    enable: "enabled",
    input_policy: "policy_in",
    output_policy: "policy_out",
    rule: "write `in accept tcp 22 from ADDRESS`",
    rules: "write `in accept tcp 22 from ADDRESS`",
  },
  edges: ownEdges,
  lower: lowerOwn,
  leave: leaveOwn,
});

function scopeOf({ name }: Pick<Resource, "name">): FirewallScopeName {
  return name === CLUSTER ? "cluster" : "node";
}

/** What Proxmox's firewall looks at without a rule that names it (pve-firewall, PVE/Firewall.pm). */
const UNNAMED = ["ipset.management", "ipset.blacklist", "alias.local_network"];

/**
 * Groups, sets and aliases must be there before the rules that name them, and before a firewall that may be switched on looks at
 * those that no rule has to name. Rules of nodes come before those of the cluster, whose
 * policy may close what they open.
 */
function ownEdges(own: Resource, model: Model): readonly { readonly to: string; readonly reason: string }[] {
  const host = refOf(own, "host")?.replace("host.", "");
  const nodes = scopeOf(own) === "node" ? [] : resourcesOf(model, "firewall");
  return [
    ...pieceEdges(blockRules(own, model), model),
    ...UNNAMED.filter((address) => model.resources.has(address)).map((to) => ({ to, reason: "firewall" })),
    ...nodes
      .filter(({ name }) => name !== CLUSTER && (host === undefined || name === host))
      .map(({ address }) => ({ to: address, reason: "firewall" })),
  ];
}

function lowerOwn(own: Resource, { model }: LowerContext): Lowered {
  const scope = scopeOf(own);
  const rules = blockRules(own, model);
  const lines = rules.filter(isReadable).flatMap((rule) => ruleLines({ ...rule, comment: marked(MARK, rule.comment) }));
  const probe = { kind: "firewall-file", scope, name: own.name, options: optionsOf(own), rules: lines } as const;
  const title = scope === "cluster" ? "firewall of the cluster" : "firewall of the node";
  const step = makeStep(own, "file", { phase: "host", title, risk: "interrupts", probe, commands: [] });
  return {
    steps: [{ ...step, id: own.address }],
    requirements: pieceRequirements(rules, [], model),
    diagnostics: [...misplaced(own, scope, model), ...unforwarded(own, scope, model), ...rules.flatMap(ruleFindings)],
  };
}

/** The declared options as Proxmox writes them. */
function optionsOf(own: Resource): readonly (readonly [string, string])[] {
  const enabled = boolOf(own, "enabled");
  const policies = ["policy_in", "policy_out", "policy_forward"];
  const others = Object.keys({ ...clusterOptions, ...nodeOptions }).flatMap((name) => {
    const setting = settingOf(own, name);
    if (setting === undefined || setting.value.type === "error") return [];
    const value = renderValue(setting.value);
    return [[name, policies.includes(name) ? value.toUpperCase() : value] as const];
  });
  return [...(enabled === undefined ? [] : [["enable", enabled ? "1" : "0"] as const]), ...others];
}

function misplaced(own: Resource, scope: FirewallScopeName, model: Model): readonly Diagnostic[] {
  const hosts = resourcesOf(model, "host").map(({ name }) => name);
  if (scope === "node" && !hosts.includes(own.name))
    return [diagnose(firewallOfNobody, own.headSpan, { name: own.name, hosts })];
  const others = Object.keys(scope === "node" ? { ...clusterOptions, host: true } : nodeOptions);
  return others.flatMap((option) => {
    const setting = settingOf(own, option);
    if (setting === undefined) return [];
    return [diagnose(firewallOptionElsewhere, setting.nameSpan, { option, node: scope === "cluster" })];
  });
}

/** What is said of packets that pass through, where no node that it is for is said to have the firewall that knows of it. */
function unforwarded(own: Resource, scope: FirewallScopeName, model: Model): readonly Diagnostic[] {
  const rule = own.sections.find(({ kind }) => kind === "forward");
  const at = rule?.headSpan ?? settingOf(own, scope === "cluster" ? "policy_forward" : "log_level_forward")?.nameSpan;
  if (at === undefined) return [];
  const nodes = scope === "node" ? [own] : resourcesOf(model, "firewall").filter(({ name }) => name !== CLUSTER);
  if (nodes.some((node) => boolOf(node, "nftables") === true)) return [];
  const [host] = resourcesOf(model, "host");
  return [diagnose(forwardWithoutNftables, at, { node: scope === "node" ? own.name : (host?.name ?? "HOST") })];
}

/** Takes back the rules that are ours; options that no file declares any more are told. */
function leaveOwn({ kind, name, whole, options }: RetiredThing, source: Span): readonly Step[] {
  if (kind !== "firewall") return [];
  const scope = scopeOf({ name });
  const address = `firewall.${name}`;
  const at = { phase: "finish", resource: address, risk: "interrupts", commands: [], requires: [], source } as const;
  const path = scope === "cluster" ? "/cluster" : "/nodes/localhost";
  const left = Object.entries(options).map(([option, value]): Step => ({
    ...at,
    id: `${address}.left.${option}`,
    title: `firewall ${name}: ${option} is left`,
    risk: "safe",
    probe: {
      kind: "thing-retired",
      thing: "firewall",
      name,
      option: { name: option, value },
      advice: ["pvesh", "set", `${path}/firewall/options`, "--delete", option],
    },
  }));
  if (!whole) return left;
  const rules: Step = {
    ...at,
    id: `${address}.remove`,
    title: `remove our rules from the firewall of the ${scope}`,
    probe: { kind: "firewall-rules-retired", scope, name },
  };
  return [rules, ...left];
}
