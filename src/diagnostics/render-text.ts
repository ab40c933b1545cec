import type { Span } from "../text/source.js";
import { visible, visibleLines } from "../text/visible.js";
import type { Diagnostic } from "./diagnostic.js";
import { conceal } from "./conceal.js";
import { frame } from "./frame.js";
import type { Frame } from "./frame.js";
import { plainPalette } from "./palette.js";
import type { Palette } from "./palette.js";

export interface TextOptions {
  readonly palette?: Palette;
  /** Turns a file's path into what the reader can open, such as one relative to the current folder. */
  readonly path?: (path: string) => string;
  /** Leaves out notes. */
  readonly quiet?: boolean;
}

/** Findings for people, one paragraph each; ends in a newline unless there is nothing to show. */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions = {}): string {
  const safe = conceal(diagnostics);
  const shown = options.quiet === true ? safe.filter((d) => d.severity !== "note") : safe;
  return shown.map((finding) => `${renderFinding(finding, options)}\n`).join("\n");
}

function renderFinding(finding: Diagnostic, options: TextOptions): string {
  const palette = options.palette ?? plainPalette;
  const paint = palette[finding.severity];
  const label = palette.strong(paint(`${finding.severity} ${finding.code}`));
  const first = frame(finding.span);
  const others = finding.related.map(({ span, message }) => ({ span, message, shown: frame(span) }));
  const widest = others.reduce((line, { shown }) => Math.max(line, shown.line), first.line);
  const gutter = " ".repeat(String(widest).length);
  const margin = { gutter, options };
  const lines = [
    `${label}${palette.strong(`: ${indented(finding.message)}`)}`,
    place(finding.span, first, margin, { arrow: "-->", paint, text: "" }),
  ];
  for (const { span, message, shown } of others) {
    lines.push(place(span, shown, margin, { arrow: ":::", paint: palette.note, text: indented(message) }));
  }
  if (finding.help !== undefined) lines.push(`${gutter} ${palette.faint("=")} help: ${indented(finding.help)}`);
  if (finding.fix !== undefined) lines.push(`${gutter} ${palette.faint("=")} fix: ${indented(finding.fix.title)}`);
  return lines.join("\n");
}

interface Margin {
  /** Blanks as wide as the longest line number. */
  readonly gutter: string;
  readonly options: TextOptions;
}

interface Label {
  readonly arrow: string;
  readonly paint: (text: string) => string;
  /** Stands after the carets. */
  readonly text: string;
}

/** Location line, source line, carets. An empty file has no source line to show. */
function place(at: Span, shown: Frame, { gutter, options }: Margin, label: Label): string {
  const { faint } = options.palette ?? plainPalette;
  const { path } = at.file;
  const { line, column, source, indent, carets } = shown;
  // `fleet.phx:12:3`
  const where = `${gutter}${faint(label.arrow)} ${visible(options.path?.(path) ?? path)}:${line}:${column}`;
  if (at.file.text === "") return label.text === "" ? where : `${where}: ${label.text}`;
  const run = label.text === "" ? carets : `${carets} ${label.text}`;
  const numbered = `${faint(`${String(line).padStart(gutter.length)} |`)} ${source}`.trimEnd();
  return `${where}\n${numbered}\n${gutter} ${faint("|")} ${" ".repeat(indent)}${label.paint(run)}`;
}

/** Texts with several lines keep their breaks, set in under the first. */
function indented(text: string): string {
  const lines = visibleLines(text);
  return lines.includes("\n") ? lines.replaceAll("\n", "\n    ") : lines;
}
