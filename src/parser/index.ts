import type { CstNode, IToken, Lexer } from "chevrotain";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { beyondLimit, notText } from "../diagnostics/catalogue/syntax.js";
import type { Comment, Document, Item } from "../syntax/ast.js";
import { type SourceFile, span } from "../text/source.js";
import { fileBuilder } from "./ast-items.js";
import { rangeOfToken, subs } from "./cst.js";
import { ErrorMessages, reportErrors, TooManyErrors } from "./errors.js";
import { PhxParser } from "./grammar.js";
import { layOut } from "./layout.js";
import { reportComment, reportTokens } from "./lexical.js";
import { createReport, type Report } from "./report.js";
import { createLexer } from "./tokens.js";

/** Larger files are refused: thirty thousand lines say more than one file should. In UTF-16 units. */
export const largestFile = 8 * 1024 * 1024;

/**
 * Reads one .phx file. Reports every mistake of the text, at most one syntax error for each line; what could not be
 * read is an `error` node. Never throws, whatever the text is.
 */
export function parse(file: SourceFile): Result<Document> {
  const refused = refusal(file);
  if (refused !== undefined) return { value: unread(file), diagnostics: refused };
  const report = createReport(file);
  const { tokens, groups } = tools().lexer.tokenize(file.text);
  const comments = (groups["comments"] ?? []).map((token) => comment(file, token));
  for (const token of groups["badComments"] ?? []) reportComment(token, report);
  reportTokens(file, tokens, report);
  const balanced = layOut(file, tokens, report);
  // What is wrong so often is not .phx: parsing it would cost time and say nothing.
  const items = report.full() ? undefined : parseTokens(file, balanced, report);
  const document = items === undefined ? unread(file) : { ...unread(file), items };
  return { value: { ...document, comments }, diagnostics: report.findings() };
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

/** A file that is not worth reading, with the reason. */
function refusal(file: SourceFile): readonly Diagnostic[] | undefined {
  const report = createReport(file);
  const binary = file.text.search(/[\0\uFFFD]/);
  if (binary !== -1) report.add(notText, { start: binary, end: binary + 1 }, undefined);
  else if (file.text.length > largestFile) {
    report.add(beyondLimit, { start: 0, end: 0 }, { what: "this file is too large", limit: "1 MiB" });
  } else return undefined;
  return report.findings();
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
