import { BUILT_IN_FORMATS, emit } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { hasErrors } from "../diagnostics/summary.js";
import { didYouMean, suggestion } from "../diagnostics/did-you-mean.js";
import { version } from "../version.generated.js";
import type { Problem } from "./command.js";
import type { Compiled } from "./sources.js";

/** A plan as text with all findings up to there; no text when there are errors, or no format was asked for. */
export interface Emitted {
  readonly value: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The plan of a compilation in a format. Without a format the text is empty. */
export async function emitText({ compilation }: Compiled, format: string | undefined): Promise<Emitted | Problem> {
  const { plan, model, registry, diagnostics } = compilation;
  const formats = [...BUILT_IN_FORMATS, ...registry.emitters.keys()];
  if (format !== undefined && !formats.includes(format)) {
    const meant = suggestion(didYouMean(format, formats));
    return { problem: `there is no format \`${format}\`${meant}`, hint: `formats: ${formats.join(", ")}` };
  }
  if (plan === undefined || model === undefined || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  if (format === undefined) return { value: "", diagnostics };
  const { value, diagnostics: late } = await emit({ plan, model, registry }, format, { version });
  return { value: hasErrors(late) ? undefined : value, diagnostics: [...diagnostics, ...late] };
}
