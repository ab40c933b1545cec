import type { Span } from "../text/source.js";

/** What a body is called by. */
export interface Labelled {
  /** The body around it; of a top-level one how findings name it: `vm.8001`. */
  readonly within: string | Labelled;
  readonly headSpan: Span;
}

/** How findings name a body: `vm.8001`, `net lan of vm.8001`. Few bodies have findings. */
export function labelOf({ within, headSpan }: Labelled): string {
  return typeof within === "string" ? within : `${sourceText(headSpan)} of ${labelOf(within)}`;
}

/** How cycles name a value: `let a`, `vm.8001.memory`. */
export function labelOfValue({ of, part }: { readonly of: string | Labelled; readonly part: string }): string {
  return `${typeof of === "string" ? of : labelOf(of)}${part}`;
}

/** How a place is written, on one line and not too long. */
export function sourceText(at: Span): string {
  const text = at.file.text.slice(at.start, at.end).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
