import { PLAN_FORMAT, PLAN_FORMAT_VERSION } from "../../model/plan.js";
import type { Plan } from "../../model/plan.js";
import { position } from "../../text/source.js";
import type { Memory } from "../../model/memory.js";
import type { Span } from "../../text/source.js";
import { unifiedDiff } from "../../text/diff.js";
import { compareText } from "../../text/order.js";

/** What goes with a plan as data. */
export interface JsonOptions {
  /** The compiler's. */
  readonly version: string;
  /** Of the plan's script. */
  readonly digest?: string;
  /** How texts differ from those of the committed plan: never in that plan itself, which would differ from the next one. */
  readonly changes?: true;
}

/**
 * A plan as data, for programs and for comparison: `schema/plan.schema.json` describes it. The same plan gives the same
 * bytes; with `digest`, that of its script, it is what the next plan remembers; places are a file with line and column, both counted from 1; it never holds the value of a secret, because a plan
 * does not.
 */
export function emitJson(plan: Plan, options: JsonOptions): string {
  const { memory } = plan;
  const data = {
    format: PLAN_FORMAT,
    formatVersion: PLAN_FORMAT_VERSION,
    compiler: options.version,
    host: plan.host,
    ...(plan.node === undefined ? {} : { node: plan.node }),
    ...(plan.action === undefined ? {} : { action: plan.action }),
    targets: plan.targets,
    ...(options.digest === undefined ? {} : { digest: options.digest }),
    ...(memory === undefined || plan.targets.length > 0
      ? {}
      : {
          ancestry: memory.ancestry,
          declared: plain(memory.declared),
          retired: plain(memory.retired),
          retiredThings: plain(memory.retiredThings),
        }),
    sources: plan.sources.map(({ path, sha256 }) => ({ path, sha256 })),
    environment: plan.environment,
    guests: plan.guests.map(plain),
    requirements: plan.requirements.map(plain),
    ...(plan.scripts === undefined ? {} : { scripts: plan.scripts }),
    steps: plan.steps.map(plain),
    ...(options.changes === undefined ? {} : changesOf(plan)),
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function changesOf({ textChanges = [] }: Plan): object {
  const changes = textChanges.map(({ name, before, after }) => ({
    name,
    change: before === undefined ? "new" : after === undefined ? "gone" : "changed",
    diff: unifiedDiff(before, after),
  }));
  return changes.length === 0 ? {} : { textChanges: changes };
}

/** A plan as data with another memory, and all else as it is. */
export function withMemory(text: string, { declared, retired, retiredThings }: Memory): string {
  const memory = { declared: plain(declared), retired: plain(retired), retiredThings: plain(retiredThings) };
  const data = { ...(JSON.parse(text) as object), ...memory };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** Keys that a reader looks for first; all others follow in code-unit order, whatever made the object. */
const LEADING = ["kind", "id", "name", "phase", "resource", "title", "risk", "probe", "commands", "requires", "source"];

/** A value with its objects' keys in one fixed order and its spans as places. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSpan(value)) return place(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.toSorted(byKey).map(([key, inner]) => [key, plain(inner)]));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return rank(a) - rank(b) || compareText(a, b);
}

function rank(key: string): number {
  const index = LEADING.indexOf(key);
  return index < 0 ? LEADING.length : index;
}

function isSpan(value: object): value is Span {
  return "file" in value && "start" in value && "end" in value;
}

function place(span: Span): { readonly file: string; readonly line: number; readonly column: number } {
  return { file: span.file.path, ...position(span.file, span.start) };
}
