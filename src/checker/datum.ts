import type { LiteralKind } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { formatDuration, formatSize } from "./units.js";

/**
 * What an expression evaluates to, before the type of its attribute decides what it means: words are still words, and
 * literals still know how they were written.
 */
export type Datum = {
  /** Where findings about it point. */
  readonly span: Span;
  /** The variable that was named at that place, for words that could mean two things. */
  readonly via?: Variable;
} & Content;

export type Content =
  | {
      readonly type: "text";
      readonly value: string;
      /** `word`: a bare name that no variable has; `literal`: addresses and other literals that are not numbers. */
      readonly form: "string" | "word" | "literal";
      readonly literal?: LiteralKind;
      /** It is a file's content; the last line end does not count where one line is wanted. */
      readonly isFile?: boolean;
    }
  | { readonly type: "bool"; readonly value: boolean }
  /** `text` of numbers, sizes and durations: as written, when written. */
  | { readonly type: "number"; readonly value: number; readonly text?: string }
  | { readonly type: "size"; readonly value: number; readonly text?: string }
  | { readonly type: "duration"; readonly value: number; readonly text?: string }
  | { readonly type: "range"; readonly from: Datum; readonly to: Datum }
  | { readonly type: "list"; readonly items: readonly Datum[] }
  | { readonly type: "map"; readonly entries: ReadonlyMap<string, Datum> }
  | { readonly type: "resource"; readonly address: string; readonly name: string }
  | { readonly type: "secret"; readonly source: string }
  | { readonly type: "absent" }
  | { readonly type: "error" };

/** A param, let or loop variable as findings speak of it: `the param` with the name's place. */
export interface Variable {
  readonly name: string;
  readonly what: "param" | "let" | "loop variable";
  readonly span: Span;
}

/** Longest string that an expression may make, in UTF-16 units. */
export const MAX_TEXT = 1_000_000;

/** Most elements that a list may have. */
export const MAX_ELEMENTS = 100_000;

export function errorDatum(span: Span): Datum {
  return { type: "error", span };
}

export function stringDatum(value: string, span: Span): Datum {
  return { type: "text", form: "string", value, span };
}

export function numberDatum(value: number, span: Span): Datum {
  return { type: "number", value, span };
}

export function boolDatum(value: boolean, span: Span): Datum {
  return { type: "bool", value, span };
}

/** An address as the result of a calculation. */
export function literalDatum(value: string, literal: LiteralKind, span: Span): Datum {
  return { type: "text", form: "literal", literal, value, span };
}

/** Words for a value in messages: `the number 5`, `the word \`mirror\``, `a list`. Long texts are cut. */
export function describe(datum: Datum): string {
  switch (datum.type) {
    case "text":
      return describeText(datum.value, datum.form);
    case "bool":
      return `\`${datum.value}\``;
    case "number":
      return `the number ${datum.text ?? datum.value}`;
    case "size":
      return `the size ${datum.text ?? formatSize(datum.value)}`;
    case "duration":
      return `the duration ${datum.text ?? formatDuration(datum.value)}`;
    case "range":
      return `the range ${plainText(datum.from) ?? "?"}..${plainText(datum.to) ?? "?"}`;
    case "list":
      return "a list";
    case "map":
      return "a map";
    case "resource":
      return `\`${datum.address}\``;
    case "secret":
      return "a secret";
    case "absent":
      return "`absent`";
    case "error":
      return "a value that could not be read";
  }
}

function describeText(value: string, form: "string" | "word" | "literal"): string {
  const firstLine = value.split("\n", 1)[0] ?? "";
  const shown = firstLine.length > 40 || firstLine !== value ? `${firstLine.slice(0, 40)}...` : value;
  if (form === "string") return `the string "${shown}"`;
  return form === "word" ? `the word \`${shown}\`` : `\`${shown}\``;
}

/** The text that stands for a scalar value inside a string; undefined for everything else. */
export function plainText(datum: Datum): string | undefined {
  switch (datum.type) {
    case "text":
      return datum.isFile === true ? withoutLastLineEnd(datum.value) : datum.value;
    case "bool":
      return String(datum.value);
    case "number":
      return datum.text ?? String(datum.value);
    case "size":
      return datum.text ?? formatSize(datum.value);
    case "duration":
      return datum.text ?? formatDuration(datum.value);
    case "resource":
      return datum.name;
    default:
      return undefined;
  }
}

export function withoutLastLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

/** What a variable holds: a bare word in it is a text like any other. */
export function settled(datum: Datum): Datum {
  return datum.type === "text" && datum.form === "word" ? { ...datum, form: "string" } : datum;
}
