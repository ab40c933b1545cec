import { BUILT_IN_FORMATS, emit } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { hasErrors } from "../diagnostics/summary.js";
import { didYouMean, suggestion } from "../diagnostics/did-you-mean.js";
import type { Occupied } from "../model/drawn.js";
import { version } from "../version.generated.js";
import { isProblem } from "./command.js";
import type { Arguments, Problem } from "./command.js";
import { report } from "./report.js";
import { compileArguments } from "./sources.js";
import type { Compiled } from "./sources.js";
import type { Terminal } from "./terminal.js";

/** A compilation with its plan as text. */
export interface Planned {
  readonly compiled: Compiled;
  /** None when there are errors; empty when no format was asked for. */
  readonly text: string | undefined;
}

/** Plans what the arguments name, apart from what a captured host has, writes the plan in a format, and reports all that was found on the way. */
export async function planText(
  args: Arguments,
  terminal: Terminal,
  format: string | undefined,
  occupied: readonly Occupied[] = [],
): Promise<Planned | Problem> {
  const compiled = await compileArguments(args, terminal, { upTo: "plan", occupied });
  if (isProblem(compiled)) return compiled;
  const text = await emitText(compiled, format);
  if (isProblem(text)) return text;
  await report(text.diagnostics, { args, terminal, root: compiled.project.root }, terminal.err);
  return { compiled, text: text.value };
}

interface Emitted {
  readonly value: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function emitText({ compilation }: Compiled, format: string | undefined): Promise<Emitted | Problem> {
  const { plan, model, registry, diagnostics } = compilation;
  const formats = [...BUILT_IN_FORMATS, ...registry.emitters.keys()];
  if (format !== undefined && !formats.includes(format)) {
    const meant = suggestion(didYouMean(format, formats));
    return { problem: `there is no format \`${format}\`${meant}`, hint: `formats: ${formats.join(", ")}` };
  }
  if (plan === undefined || model === undefined || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  if (format === undefined) return { value: "", diagnostics };
  const { value, diagnostics: late } = await emit({ plan, model, registry }, format, { version, changes: true });
  return { value: hasErrors(late) ? undefined : value, diagnostics: [...diagnostics, ...late] };
}
