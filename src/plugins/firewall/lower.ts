import { boolOf, firewallAlias, blockRules, firewallSet, stringOf } from "../../plugin-api/index.js";
import type {
  FirewallPiece,
  LowerContext,
  Lowered,
  Resource,
  RetiredThing,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { isReadable, pieceRequirements, ruleFindings } from "../guest/firewall.js";
import { aliasLines, marked, ruleLines, setLines, withComment } from "../guest/firewall-text.js";
import { makeStep } from "../guest/step.js";

/**
 * How the comment of every part and every rule begins that is ours. Proxmox drops lines of comments when it writes the file anew, and keeps
 * those behind heads and aliases: the mark survives what somebody changes in the web interface.
 */
export const MARK = "phxc";

const TITLES: Readonly<Record<FirewallPiece, string>> = { group: "security group", ipset: "set", alias: "alias" };

/** A security group. */
export function lowerGroup(resource: Resource, { model }: LowerContext): Lowered {
  const rules = blockRules(resource, model);
  const head = withComment(`[group ${resource.name}]`, marked(MARK, stringOf(resource, "comment")));
  return {
    steps: [pieceStep(resource, "group", [head, ...rules.filter(isReadable).flatMap(ruleLines)])],
    requirements: pieceRequirements(rules, [], model),
    diagnostics: rules.flatMap(ruleFindings),
  };
}

/** A set of addresses. */
export function lowerSet(resource: Resource, { model }: LowerContext): Lowered {
  const lines = setLines(firewallSet(resource, undefined, model), MARK);
  return { steps: [pieceStep(resource, "ipset", lines)], requirements: [] };
}

/** An alias; one that stands for nothing has been reported. */
export function lowerAlias(resource: Resource, { model }: LowerContext): Lowered {
  const lines = aliasLines(firewallAlias(resource, undefined, model), MARK);
  return { steps: lines.length === 0 ? [] : [pieceStep(resource, "alias", lines)], requirements: [] };
}

function pieceStep(resource: Resource, piece: FirewallPiece, lines: readonly string[]): Step {
  const { name } = resource;
  const step = makeStep(resource, "firewall", {
    phase: "host",
    title: `${TITLES[piece]} ${name}`,
    risk: "interrupts",
    probe: { kind: "firewall-piece", piece, name, lines, adopt: boolOf(resource, "adopt") ?? false },
    commands: [],
  });
  return { ...step, id: resource.address };
}

/** Takes back a part that no file declares any more. */
export function leavePiece({ kind, name, options }: RetiredThing, source: Span): readonly Step[] {
  if (kind !== "group" && kind !== "ipset" && kind !== "alias") return [];
  const address = `${kind}.${name}`;
  const lines = (options["text"] ?? "").split("\n");
  const step: Step = {
    id: `${address}.remove`,
    phase: "finish",
    resource: address,
    title: `remove ${TITLES[kind]} ${name}`,
    risk: "interrupts",
    probe: { kind: "firewall-piece-retired", piece: kind, name, lines },
    commands: [],
    requires: [],
    source,
  };
  return [step];
}
