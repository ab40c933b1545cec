import { maskRanges, maskText, secretRanges } from "../text/secrets.js";
import { lineText, position } from "../text/source.js";
import type { SourceFile, Span } from "../text/source.js";
import type { Diagnostic } from "./diagnostic.js";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is known of the secrets that findings could show. */
interface Known {
  /** Where they stand, by the path of the file. */
  readonly places: ReadonlyMap<string, readonly Range[]>;
  /** How they read. */
  readonly texts: readonly string[];
}

/**
 * Findings that show no secret, whichever of them is shown: every renderer begins with this. What a finding says to be a
 * secret, and what looks like one in a file that is shown, is overwritten with asterisks in the files
 * that spans point into, with lines and offsets kept, and so is each further place where the same text stands: the variable
 * that brought it, and messages that quote it. A fix that would write one is left out.
 */
export function conceal(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(findings.flatMap(spansOf).map(({ file }) => file))];
  const known = learn(findings, files);
  if (known.places.size === 0 && known.texts.length === 0) return findings;
  const beginnings = known.texts.map(beginningOf);
  const mayQuote = (text: string): boolean => beginnings.some((beginning) => text.includes(beginning));
  const quoting = files.filter(({ text }) => mayQuote(text));
  const lines = quoting.length === 0 ? new Map<SourceFile, ReadonlySet<number>>() : shownLines(findings);
  const masked = new Map(files.map((file) => [file, maskFile(file, lines.get(file), known)]));
  const isShown = (finding: Diagnostic): boolean =>
    !spansOf(finding).some(({ file }) => masked.get(file) !== file) && !textsOf(finding).some(mayQuote);
  const words = (text: string): string => maskText(text, occurrences(text, known.texts));
  const place = (at: Span): Span => ({ ...at, file: masked.get(at.file) ?? at.file });
  return findings.map((finding) => (isShown(finding) ? finding : rewritten(finding, words, place)));
}

function rewritten(
  { fix, help, ...finding }: Diagnostic,
  words: (text: string) => string,
  place: (at: Span) => Span,
): Diagnostic {
  return {
    ...finding,
    message: words(finding.message),
    span: place(finding.span),
    related: finding.related.map(({ span, message }) => ({ span: place(span), message: words(message) })),
    ...(help === undefined ? {} : { help: words(help) }),
    ...(fix === undefined || words(fix.replacement) !== fix.replacement
      ? {}
      : { fix: { ...fix, title: words(fix.title), span: place(fix.span) } }),
  };
}

function spansOf({ span, related, fix }: Diagnostic): readonly Span[] {
  return [span, ...related.map((other) => other.span), ...(fix === undefined ? [] : [fix.span])];
}

function textsOf({ message, help, related, fix }: Diagnostic): readonly string[] {
  return [message, help ?? "", ...related.map((other) => other.message), fix?.title ?? "", fix?.replacement ?? ""];
}

/** The lines (from 1) of each file that frames show: the first of every span. */
function shownLines(findings: readonly Diagnostic[]): ReadonlyMap<SourceFile, ReadonlySet<number>> {
  const lines = new Map<SourceFile, Set<number>>();
  for (const { file, start } of findings.flatMap(spansOf)) {
    const { line } = position(file, start);
    const known = lines.get(file);
    if (known === undefined) lines.set(file, new Set([line]));
    else known.add(line);
  }
  return lines;
}

/** More texts are not looked for, so that a file of nothing but secrets costs no more than others: places are known all the same. */
const MOST_TEXTS = 200;

function learn(findings: readonly Diagnostic[], files: readonly SourceFile[]): Known {
  const places = new Map<string, Range[]>();
  const texts = new Set<string>();
  for (const { secrets, span } of findings) {
    if (secrets === undefined) continue;
    push(places, span.file.path, span);
    for (const part of secrets.flatMap(parts)) texts.add(part);
  }
  for (const { path, text } of files) {
    for (const range of secretRanges(text)) {
      push(places, path, range);
      if (!range.isBare) for (const part of parts(text.slice(range.start, range.end))) texts.add(part);
    }
  }
  return { places, texts: [...texts].slice(0, MOST_TEXTS) };
}

function push(places: Map<string, Range[]>, path: string, range: Range): void {
  const known = places.get(path);
  if (known === undefined) places.set(path, [range]);
  else known.push(range);
}

/** Shorter texts stand in too many words that have nothing to do with the secret. */
const SHORTEST = 3;

/** The lines of a secret: messages show the first one, and files indent them. */
function parts(secret: string): readonly string[] {
  return secret.split(/[\r\n]+|\\n/).flatMap((line) => {
    const text = line.trim();
    return text.length < SHORTEST || /^\*+$/.test(text) ? [] : [text];
  });
}

/** The file itself where nothing in it has to be masked, or is masked already. */
function maskFile(file: SourceFile, lines: ReadonlySet<number> | undefined, known: Known): SourceFile {
  const repeated = [...(lines ?? [])].flatMap((line) => {
    const offset = file.lineStarts[line - 1] ?? 0;
    return occurrences(lineText(file, line), known.texts).map(({ start, end }) => ({
      start: start + offset,
      end: end + offset,
    }));
  });
  const masked = maskRanges(file, [...(known.places.get(file.path) ?? []), ...repeated]);
  return masked.text === file.text ? file : masked;
}

/** From this length on a text is recognised inside of other words, and when only its beginning is quoted. */
const CERTAIN = 6;
const BEGINNING = 16;

function beginningOf(secret: string): string {
  return secret.slice(0, BEGINNING);
}

function occurrences(text: string, secrets: readonly string[]): readonly Range[] {
  return secrets.flatMap((secret) => [...occurrencesOf(text, secret)]);
}

function* occurrencesOf(text: string, secret: string): Generator<Range> {
  const beginning = beginningOf(secret);
  for (let start = text.indexOf(beginning); start !== -1;) {
    let end = start + beginning.length;
    while (end < text.length && text[end] === secret[end - start]) end++;
    const isWord = !/\w/.test(text[start - 1] ?? "") && !/\w/.test(text[end] ?? "");
    if (secret.length >= CERTAIN || isWord) yield { start, end };
    start = text.indexOf(beginning, end);
  }
}
