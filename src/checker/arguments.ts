import type { Value } from "../model/resource.js";
import type { ArgSpec, SectionSpec } from "../plugin-api/index.js";
import type { Block, Expr } from "../syntax/ast.js";
import { cover } from "../text/source.js";
import type { Span } from "../text/source.js";
import { missingArgument, surplusArgument, wrongType } from "../diagnostics/catalogue/semantics.js";
import type { Extra } from "../diagnostics/diagnostic.js";
import { report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { convert, tryConvert } from "./convert.js";
import type { Datum } from "./datum.js";
import { declaredNames } from "./references.js";
import { ERROR } from "./values.js";

/** Arguments by the names of their declaration; those that could not be read are error values. */
export interface Arguments {
  readonly values: ReadonlyMap<string, Value>;
  readonly spans: ReadonlyMap<string, Span>;
  /** Those whose value is left to phxc; error values as well. */
  readonly drawn: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Evaluates and types the arguments of a block. */
export function readArguments(ctx: Context, block: Block, kind: SectionSpec, scope: Scope): Arguments {
  const specs = kind.args;
  const before = ctx.findings.length;
  const values = new Map<string, Value>();
  const spans = new Map<string, Span>();
  let drawn: Set<string> | undefined;
  let next = 0;
  for (const spec of specs) {
    const given = block.args.slice(next, spec.rest === true ? undefined : next + 1);
    next += given.length;
    const first = given[0];
    const last = given.at(-1);
    if (first === undefined || last === undefined) {
      if (spec.optional !== true) missing(ctx, block, specs, spec, values);
      continue;
    }
    const data = given.map((arg) => argument(ctx, arg, scope));
    spans.set(spec.name, cover(first.span, last.span));
    if (first.type === "word" && first.name === spec.draw?.word) {
      drawn = (drawn ?? new Set()).add(spec.name);
      values.set(spec.name, ERROR);
      continue;
    }
    values.set(
      spec.name,
      spec.rest === true ? restValue(ctx, data, spec, scope) : convertFirst(ctx, data, spec, scope),
    );
  }
  const surplus = block.args[next];
  if (ctx.findings.length > before) sayForm(ctx, before, formOf(block.kind.text, specs));
  if (surplus !== undefined && surplus.type !== "error") reportSurplus(ctx, block, surplus, kind, scope);
  return { values, spans, drawn: drawn ?? NONE };
}

/** An argument of another type is often one in another place. */
function sayForm(ctx: Context, before: number, form: string): void {
  const added = ctx.findings.splice(before).map((finding) => {
    const isMute = finding.code === wrongType.code && finding.help === undefined;
    return isMute ? { ...finding, help: `the block is written \`${form}\`` } : finding;
  });
  ctx.findings.push(...added);
}

/** `disk root 32G`: an attribute that would take the value is likely meant. */
function reportSurplus(ctx: Context, block: Block, surplus: Expr, kind: SectionSpec, scope: Scope): void {
  const form = formOf(block.kind.text, kind.args);
  if (surplus.type === "word" && Object.hasOwn(kind.options, surplus.name)) {
    const help = `attributes stand in braces: \`{ ${surplus.name} = ... }\``;
    return report(ctx, surplusArgument, surplus.span, { keyword: block.kind.text, form }, { help });
  }
  const datum = argument(ctx, surplus, scope);
  const precise = ["size", "duration", "path", "ip", "cidr", "mac", "int"];
  const meant = Object.entries(kind.options).find(
    ([name, { type }]) => precise.includes(type.type) && tryConvert(ctx, datum, type, name).ok,
  );
  const { file, start, end } = surplus.span;
  const head = file.text.slice(block.span.start, start).trim();
  const help = `attributes stand in braces: \`${head} { ${meant?.[0] ?? ""} = ${file.text.slice(start, end)} }\``;
  report(ctx, surplusArgument, surplus.span, { keyword: block.kind.text, form }, meant === undefined ? {} : { help });
}

/** A word is always itself, never a variable; everything else is an expression. */
export function argument(ctx: Context, arg: Expr, scope: Scope): Datum {
  if (arg.type !== "word") return ctx.evaluate(arg, scope);
  return { type: "text", form: "word", value: arg.name, span: arg.span };
}

function convertFirst(ctx: Context, [datum]: readonly Datum[], spec: ArgSpec, scope: Scope): Value {
  return datum === undefined ? ERROR : convert(ctx, datum, spec.type, spec.name, scope);
}

function restValue(ctx: Context, data: readonly Datum[], spec: ArgSpec, scope: Scope): Value {
  const type = spec.type.type === "list" ? spec.type.of : spec.type;
  return { type: "list", items: data.map((datum) => convert(ctx, datum, type, spec.name, scope)) };
}

function missing(
  ctx: Context,
  block: Block,
  specs: readonly ArgSpec[],
  spec: ArgSpec,
  values: Map<string, Value>,
): void {
  values.set(spec.name, { type: "error" });
  const isFirst = specs.find(({ name, optional }) => optional !== true && values.get(name)?.type === "error") === spec;
  if (!isFirst || block.args.some((arg) => arg.type === "error")) return;
  const args = { keyword: block.kind.text, argument: spec.name, form: formOf(block.kind.text, specs) };
  report(ctx, missingArgument, headSpan(block), args, declared(ctx, spec));
}

/** The names that an argument may take, where it takes the name of something; else what it is. */
function declared(ctx: Context, { name, type, doc }: ArgSpec): Extra {
  return { help: type.type === "ref" ? declaredNames(ctx, type.kinds, "NAME") : `${name}: ${doc}` };
}

/** `vm ID NAME`, with optional arguments in brackets. */
export function formOf(keyword: string, specs: readonly ArgSpec[]): string {
  const words = specs.map(({ name, optional, rest }) => {
    const word = name.toUpperCase() + (rest === true ? "..." : "");
    return optional === true ? `[${word}]` : word;
  });
  return [keyword, ...words].join(" ");
}

/** The words that open a block: its keyword and arguments. */
export function headSpan(block: Block): Span {
  return block.args.reduce((span, arg) => cover(span, arg.span), block.kind.span);
}
