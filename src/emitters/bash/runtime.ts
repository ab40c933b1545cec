import { pieces } from "./runtime.generated.js";
import type { RuntimePiece } from "./runtime.generated.js";

/** The whole runtime: all that scripts of this release may carry. */
export function runtime(): string {
  return textOf(pieces);
}

/**
 * The part of the runtime that a script can reach.
 * @param code The script without the runtime; a function counts as called where a line begins with its name.
 */
export function runtimeFor(code: string): string {
  const byName = new Map(pieces.flatMap((piece) => piece.names.map((name) => [name, piece] as const)));
  const reached = new Set<RuntimePiece>();
  const reach = (names: Iterable<string>): void => {
    for (const name of names) {
      const piece = byName.get(name);
      if (piece === undefined || reached.has(piece)) continue;
      reached.add(piece);
      reach(piece.needs);
    }
  };
  reach(code.match(/^[\t ]*\w+/gm)?.map((word) => word.trim()) ?? []);
  return textOf(withHeadings(reached));
}

/** The pieces in their order, under the headings of the parts from which there is one. */
function withHeadings(reached: ReadonlySet<RuntimePiece>): RuntimePiece[] {
  const kept: RuntimePiece[] = [];
  let headings: RuntimePiece[] = [];
  for (const piece of pieces) {
    if (piece.names.length === 0) {
      headings = piece.text.startsWith("# --- ") ? [piece] : [...headings, piece];
    } else if (reached.has(piece)) {
      kept.push(...headings, piece);
      headings = [];
    }
  }
  return kept;
}

function textOf(of: readonly RuntimePiece[]): string {
  return `${of.map(({ text }) => text).join("\n\n")}\n`;
}
