import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { sortFindings } from "../diagnostics/summary.js";
import type { Address, Edge, Model, Resource } from "../model/resource.js";
import type { Item } from "../syntax/ast.js";
import { compareText } from "../text/order.js";
import { childScope, force } from "./context.js";
import type { Context } from "./context.js";
import { errorDatum } from "./datum.js";
import { doubtsOf, NO_DOUBTS } from "./doubts.js";
import { evaluate } from "./evaluate.js";
import { addKindEdges, completed, findCycles } from "./graph.js";
import type { EdgeLists } from "./graph.js";
import { loadFiles } from "./imports.js";
import { oncePerPlace } from "./findings.js";
import type { CheckInput } from "./input.js";
import { declareLet } from "./loops.js";
import { checkParams, declareParam } from "./params.js";
import { checkProfiles } from "./profiles.js";
import { addResource, collectBlocks } from "./resources.js";
import type { Found } from "./resources.js";
import { checkAssertion, checkResource } from "./sections.js";

export type { CheckerIo, CheckInput, ParamSetting, SourceDocument } from "./input.js";

/**
 * Turns documents into the model: imports, params, loops, profiles, expressions, types, references, the order of things,
 * and last the rules of the plugins. Reports everything that it finds; what is broken is in the model as error values.
 */
export function check(input: CheckInput): Result<Model> {
  const ctx = context(input);
  const { items, sources } = loadFiles(ctx, input.entry);
  const front = ctx.findings.splice(0);
  ctx.state.doubts = doubtsOf(front);
  declareGlobals(ctx, items, input);
  collectResources(ctx, items);
  const { resources, edges } = checkResources(ctx);
  for (const { item, scope } of ctx.assertions) checkAssertion(ctx, item, scope);
  const environment = [...ctx.environment].sort();
  const draws = ctx.state.draws ? ({ draws: true } as const) : {};
  const declared = { resources, sources: [...sources, ...textSources(ctx, sources)], environment, ...draws };
  const model = completed(declared, ctx.kinds);
  addKindEdges(model, ctx.kinds, edges);
  const found = [...front, ...oncePerPlace(ctx.findings), ...findCycles(model), ...judge(input, model)];
  return {
    value: model,
    diagnostics: sortFindings(
      found,
      sources.map(({ path }) => path),
    ),
  };
}

/** The texts that went into the model, by path. */
function textSources({ texts }: Context, sources: Model["sources"]): Model["sources"] {
  const known = new Set(sources.map(({ path }) => path));
  return [...texts.values()].filter(({ path }) => !known.has(path)).sort((a, b) => compareText(a.path, b.path));
}

function context({ kinds, io, drawn = new Map() }: CheckInput): Context {
  const ctx: Context = {
    kinds,
    io,
    evaluate: (expr, scope) => evaluate(ctx, expr, scope),
    findings: [],
    globals: childScope(undefined),
    drawn,
    profiles: new Map(),
    nodes: [],
    byAddress: new Map(),
    byText: new Map(),
    taken: new Map(),
    assertions: [],
    environment: new Set(),
    texts: new Map(),
    busy: [],
    unnamed: new Set(),
    suggestions: new Map(),
    lost: [],
    state: { turns: 0, depth: 0, areResourcesKnown: false, isIncomplete: false, doubts: NO_DOUBTS, draws: false },
  };
  return ctx;
}

/** Params and lets of all files hold everywhere; each is evaluated once, whether used or not. */
function declareGlobals(ctx: Context, items: readonly Item[], { params }: CheckInput): void {
  for (const item of items) {
    if (item.type === "let") declareLet(ctx, ctx.globals, item);
    if (item.type === "param") declareParam(ctx, item, ctx.globals, params);
  }
  checkParams(ctx, params);
}

function collectResources(ctx: Context, items: readonly Item[]): void {
  const found: Found[] = [];
  collectBlocks(ctx, items, ctx.globals, found);
  for (const block of found) addResource(ctx, block);
  ctx.state.areResourcesKnown = true;
  checkProfiles(ctx);
}

/** The resources, and the lists of their edges, which the kinds complete. */
function checkResources(ctx: Context): { readonly resources: Model["resources"]; readonly edges: EdgeLists } {
  const resources = new Map<Address, Resource>();
  const edges = new Map<Address, Edge[]>();
  for (const node of ctx.nodes) {
    const resource = checkResource(ctx, node);
    if (node.isSpurious) continue;
    resources.set(node.address, resource);
    edges.set(node.address, resource.requires);
  }
  for (const { variable, value } of ctx.globals.bindings.values()) {
    force(ctx, value, variable.span, errorDatum(variable.span));
  }
  return { resources, edges };
}

function judge({ rules }: CheckInput, model: Model): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  for (const rule of rules) rule.check(model, (finding) => findings.push(finding));
  return findings;
}
