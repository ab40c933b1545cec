import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken } from "chevrotain";
import { expected } from "../diagnostics/catalogue/syntax.js";
import type { SourceFile } from "../text/source.js";
import { rangeOfToken } from "./cst.js";
import { describe, describeType } from "./describe.js";
import { reportGlued } from "./junk.js";
import type { Range, Report } from "./report.js";
import { Dot, endOf, NewLine } from "./tokens.js";

const byRule: Readonly<Record<string, string>> = {
  string: "a string",
  extendsClause: "the name of a profile",
  paramType: "a type",
};

/** Chevrotain's messages name token types and rules; ours say what was wanted, and the finding says the rest. */
export const errorMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, ruleName }) =>
    expected.name === "Word" ? (byRule[ruleName] ?? "a name") : describeType(expected),
  buildNoViableAltMessage: ({ ruleName }) => byRule[ruleName] ?? "a value",
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildEarlyExitMessage: ({ ruleName }) => byRule[ruleName] ?? "a value",
};

/** Chevrotain's exceptions know the token before; its type does not say so. */
type ParserError = IRecognitionException & { readonly previousToken?: IToken };

/** Turns what the parser met into findings. */
export function reportErrors(file: SourceFile, errors: readonly ParserError[], report: Report): void {
  for (const { message, token, previousToken } of errors) {
    if (previousToken?.tokenType === Dot && reportGlued(file, token, report)) continue;
    const where = previousToken === undefined || isEnd(previousToken) ? undefined : `after ${describe(previousToken)}`;
    const args = { wanted: message, found: describe(token), ...(where === undefined ? {} : { where }) };
    report.addGrammar(expected, place(file, token, previousToken), args);
  }
}

/** The token that was met; where that is the end of a line or has no width, the end of what stands before it. */
function place(file: SourceFile, token: IToken, previous: IToken | undefined): Range {
  if (!isEnd(token) && token.image !== "") return rangeOfToken(token);
  const at = previous === undefined || Number.isNaN(previous.startOffset) ? file.text.length : endOf(previous);
  return { start: at, end: at };
}

function isEnd(token: IToken): boolean {
  return token.tokenType === EOF || token.tokenType === NewLine || Number.isNaN(token.startOffset);
}
