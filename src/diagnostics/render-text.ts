import { position } from "../text/source.js";
import type { Span } from "../text/source.js";
import { visible, visibleLines } from "../text/visible.js";
import type { Diagnostic } from "./diagnostic.js";
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
  const shown = options.quiet === true ? diagnostics.filter((d) => d.severity !== "note") : diagnostics;
  return shown.map((finding) => `${renderFinding(finding, options)}\n`).join("\n");
}

function renderFinding(finding: Diagnostic, options: TextOptions): string {
  const palette = options.palette ?? plainPalette;
  const paint = palette[finding.severity];
  const head = `${palette.strong(paint(`${finding.severity} ${finding.code}`))}${palette.strong(`: ${indented(finding.message)}`)}`;
  const gutter = " ".repeat(gutterWidth(finding));
  const lines = [head, ...place(finding.span, gutter, "-->", paint, options)];
  for (const related of finding.related) {
    lines.push(...place(related.span, gutter, ":::", palette.note, options, related.message));
  }
  if (finding.help !== undefined) lines.push(`${gutter} ${palette.faint("=")} help: ${indented(finding.help)}`);
  if (finding.fix !== undefined) lines.push(`${gutter} ${palette.faint("=")} fix: ${indented(finding.fix.title)}`);
  return lines.join("\n");
}

/** Location line, source line, carets (with a label after them). An empty file has no source line to show. */
function place(
  at: Span,
  gutter: string,
  arrow: string,
  paint: (text: string) => string,
  options: TextOptions,
  label?: string,
): readonly string[] {
  const { faint } = options.palette ?? plainPalette;
  const where = `${gutter}${faint(arrow)} ${location(at, options)}`;
  if (at.file.text === "") return [label === undefined ? where : `${where}: ${indented(label)}`];
  const { line, source, carets } = frame(at);
  const number = String(line).padStart(gutter.length);
  const suffix = label === undefined ? "" : ` ${indented(label)}`;
  return [
    where,
    `${faint(`${number} |`)} ${source}`.trimEnd(),
    `${gutter} ${faint("|")} ${carets.replace(/\^+/, (run) => paint(run + suffix))}`,
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
