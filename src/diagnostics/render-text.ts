import { position } from "../text/source.js";
import type { Span } from "../text/source.js";
import { visible, visibleLines } from "../text/visible.js";
import type { Diagnostic } from "./diagnostic.js";
import { conceal } from "./conceal.js";
import { frame } from "./frame.js";
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
  const gutter = " ".repeat(gutterWidth(finding));
  const margin = { gutter, options };
  const lines = [`${label}${palette.strong(`: ${indented(finding.message)}`)}`];
  lines.push(...place(finding.span, margin, { arrow: "-->", paint, text: "" }));
  for (const { span, message } of finding.related) {
    lines.push(...place(span, margin, { arrow: ":::", paint: palette.note, text: indented(message) }));
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
function place(at: Span, { gutter, options }: Margin, label: Label): readonly string[] {
  const { faint } = options.palette ?? plainPalette;
  const where = `${gutter}${faint(label.arrow)} ${location(at, options)}`;
  if (at.file.text === "") return [label.text === "" ? where : `${where}: ${label.text}`];
  const { line, source, carets } = frame(at);
  const blanks = carets.length - carets.trimStart().length;
  const run = [carets.trimStart(), label.text].filter((part) => part !== "").join(" ");
  return [
    where,
    `${faint(`${String(line).padStart(gutter.length)} |`)} ${source}`.trimEnd(),
    `${gutter} ${faint("|")} ${" ".repeat(blanks)}${label.paint(run)}`,
  ];
}

/** `fleet.phx:12:3` */
function location(at: Span, options: TextOptions): string {
  const { line, column } = position(at.file, at.start);
  const path = options.path?.(at.file.path) ?? at.file.path;
  return `${visible(path)}:${line}:${column}`;
}

function gutterWidth(finding: Diagnostic): number {
  const lines = [finding.span, ...finding.related.map((r) => r.span)].map((s) => position(s.file, s.start).line);
  return String(Math.max(...lines)).length;
}

/** Texts with several lines keep their breaks, set in under the first. */
function indented(text: string): string {
  return visibleLines(text).replace(/\n/g, "\n    ");
}
