import type { CstNode, IToken, Lexer } from "chevrotain";
import type { Result } from "../diagnostics/diagnostic.js";
import { beyondLimit, notText } from "../diagnostics/catalogue/syntax.js";
import type { Comment, Document, Item } from "../syntax/ast.js";
import { MAX_FILE_BYTES } from "../text/files.js";
import { type SourceFile, span } from "../text/source.js";
import { fileBuilder } from "./ast-items.js";
import { rangeOfToken, subs } from "./cst.js";
import { ErrorMessages, reportErrors, TooManyErrors } from "./errors.js";
import { PhxParser } from "./grammar.js";
import { layOut } from "./layout.js";
import { reportComment, reportTokens } from "./lexical.js";
import { createReport, type Report } from "./report.js";
import { createLexer, mostTokens, TooManyTokens } from "./tokens.js";

/**
 * Reads one .phx file. Reports every mistake of the text, at most one syntax error for each line; what could not be
 * read is an `error` node. Never throws, whatever the text is.
 */
export function parse(file: SourceFile): Result<Document> {
  const report = createReport(file);
  const lexed = refuse(file, report) ? undefined : tokenize(file, report);
  if (lexed === undefined) return { value: unread(file), diagnostics: report.findings() };
  const { tokens, comments, isHopeless } = lexed;
  // What is wrong so often is not .phx: parsing it would cost time and say nothing.
  const balanced = isHopeless ? undefined : layOut(file, tokens, report);
  const items = balanced === undefined || report.full() ? undefined : parseTokens(file, balanced, report);
  const document = items === undefined ? unread(file) : { ...unread(file), items };
  return { value: { ...document, comments }, diagnostics: report.findings() };
}

interface Lexed {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
  readonly isHopeless: boolean;
}

/** The tokens; undefined where there are too many to go on. */
function tokenize(file: SourceFile, report: Report): Lexed | undefined {
  try {
    const { tokens, groups } = tools().lexer.tokenize(file.text);
    for (const token of groups["badComments"] ?? []) reportComment(token, report);
    const comments = (groups["comments"] ?? []).map((token) => comment(file, token));
    return { tokens, comments, isHopeless: !reportTokens(file, tokens, report) };
  } catch (error) {
    if (!(error instanceof TooManyTokens)) throw error;
    const args = { what: "this file has too many words and signs", limit: `${mostTokens / 1e6} million` };
    report.add(beyondLimit, { start: error.offset, end: error.offset + 1 }, args);
    return undefined;
  }
}

/** The items; undefined where there are too many errors to go on. */
function parseTokens(file: SourceFile, tokens: IToken[], report: Report): readonly Item[] | undefined {
  const { parser, messages } = tools();
  const builder = fileBuilder(file, report);
  let reported = 0;
  let built = 0;
  const reportNew = (): void => {
    reportErrors(file, parser.errors.slice(reported), report);
    reported = parser.errors.length;
  };
  const add = (node: CstNode): void => {
    reportNew();
    builder.add(node);
    built++;
  };
  messages.begin();
  parser.input = tokens;
  parser.onItem = add;
  try {
    // An item in which the parser gave up is in the tree, but was never handed over.
    for (const node of subs(parser.file(), "item").slice(built)) add(node);
    return builder.items;
  } catch (error) {
    if (error instanceof TooManyErrors) return undefined;
    throw error;
  } finally {
    reportNew();
    // The parser lives on; the file's tokens and tree need not.
    parser.input = [];
    parser.onItem = () => undefined;
  }
}

/** Whether a file is not worth reading, for a reason that is reported. */
function refuse({ text }: SourceFile, report: Report): boolean {
  const binary = text.search(/[\0\uFFFD]/);
  const isTooLarge = text.length > MAX_FILE_BYTES;
  if (binary !== -1) report.add(notText, { start: binary, end: binary + 1 }, undefined);
  else if (isTooLarge) {
    report.add(beyondLimit, { start: 0, end: 0 }, { what: "this file is too large", limit: "8 MiB" });
  }
  return binary !== -1 || isTooLarge;
}

function unread(file: SourceFile): Document {
  const whole = span(file, 0, file.text.length);
  return { span: whole, items: [{ type: "error", span: whole }], comments: [] };
}

function comment(file: SourceFile, token: IToken): Comment {
  const { start, end } = rangeOfToken(token);
  return { span: span(file, start, end), text: token.image };
}

interface Tools {
  readonly lexer: Lexer;
  readonly parser: PhxParser;
  readonly messages: ErrorMessages;
}

/** Lexer and parser are the same for every file and cost some milliseconds: they are made on first use. */
const tools = once((): Tools => {
  const messages = new ErrorMessages();
  return { lexer: createLexer(), parser: new PhxParser(messages), messages };
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
