import {
  EOF,
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  type TokenType,
} from "chevrotain";
import { expected } from "../diagnostics/catalogue/syntax.js";
import type { SourceFile } from "../text/source.js";
import { rangeOfToken } from "./cst.js";
import { describe, describeType } from "./describe.js";
import { reportGlued } from "./junk.js";
import type { Range, Report } from "./report.js";
import { Colon, Dot, endOf, LCurly, Literal, NewLine, StrClose, StrOpen } from "./tokens.js";

const byRule: Readonly<Record<string, string>> = {
  string: "a string",
  extendsClause: "the name of a profile",
  importItem: "a string",
  paramType: "a type",
};

/** A text with more errors than this is not .phx; many of them fall on one line, so that it is more than are shown. */
const mostErrors = 1000;

/** Thrown through the parser to end it. */
export class TooManyErrors extends Error {}

/** Chevrotain's messages name token types and rules; ours say what was wanted, and the finding says the rest. */
export class ErrorMessages implements IParserErrorMessageProvider {
  private made = 0;

  /** A new file. */
  begin(): void {
    this.made = 0;
  }

  buildMismatchTokenMessage({ expected, ruleName }: { expected: TokenType; ruleName: string }): string {
    return this.count(expected.name === "Word" ? (byRule[ruleName] ?? "a name") : describeType(expected));
  }

  buildNoViableAltMessage({ ruleName }: { ruleName: string }): string {
    return this.count(byRule[ruleName] ?? "a value");
  }

  buildNotAllInputParsedMessage(): string {
    return this.count("the end of the file");
  }

  buildEarlyExitMessage({ ruleName }: { ruleName: string }): string {
    return this.count(byRule[ruleName] ?? "a value");
  }

  private count(message: string): string {
    this.made++;
    if (this.made > mostErrors) throw new TooManyErrors();
    return message;
  }
}

/** Chevrotain's exceptions know the token before; its type does not say so. */
type ParserError = IRecognitionException & { readonly previousToken?: IToken };

/** Turns what the parser met into findings. */
export function reportErrors(file: SourceFile, errors: readonly ParserError[], report: Report): void {
  for (const { message, token, previousToken } of errors) {
    if (previousToken?.tokenType === Dot && reportGlued(file, token, report)) continue;
    const where = previousToken === undefined || isEnd(previousToken) ? undefined : `after ${describe(previousToken)}`;
    const why = reason(message, token, previousToken);
    report.addGrammar(expected, place(file, token, previousToken), {
      wanted: message,
      found: describe(token),
      ...(where === undefined ? {} : { where }),
      ...(why === undefined ? {} : { why }),
    });
  }
}

/** Habits from JSON and YAML. */
function reason(wanted: string, token: IToken, previous: IToken | undefined): string | undefined {
  if (previous?.tokenType === StrClose && wanted === "`=`" && opensBlock(token)) {
    return "the kind of a block stands without quotes";
  }
  if (wanted === "`:`" && previous?.image.includes(":") === true) return "the `:` of `? :` has spaces around it";
  if (previous?.tokenType === Colon && isEnd(token))
    return "what a block holds stands in braces, and a list in brackets";
  return undefined;
}

function opensBlock(token: IToken): boolean {
  return token.tokenType === LCurly || token.tokenType === StrOpen || token.tokenType === Literal;
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
