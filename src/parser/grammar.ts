import {
  type CstNode,
  CstParser,
  EOF,
  type IOrAlt,
  type IParserErrorMessageProvider,
  type TokenType,
} from "chevrotain";
import { release } from "./cst.js";
import * as t from "./tokens.js";

const closers: ReadonlySet<TokenType> = new Set([t.RCurly, t.RSquare, t.RParen, t.InterpClose, EOF]);

/** The rules that choose. */
type Choosing =
  | "item"
  | "entry"
  | "importItem"
  | "extendsClause"
  | "arg"
  | "expr"
  | "primary"
  | "suffix"
  | "element"
  | "string"
  | "part"
  | "junk"
  | "stray";

/**
 * The grammar of .phx. It is generic: what a kind may hold is not its business. Lists, parentheses, calls and bodies take
 * any junk after what they expect, so that a mistake stays in its entry; the layout pass has balanced the brackets, so that
 * none is ever missing here. Precedence and chaining are checked when the tree is built.
 */
export class PhxParser extends CstParser {
  /** Of each rule that has some, made once: they are asked for more often than anything else. */
  private readonly alternatives: { [Rule in Choosing]?: IOrAlt<unknown>[] } = {};

  constructor(errorMessageProvider: IParserErrorMessageProvider, skipValidations = true) {
    super(t.vocabulary, {
      recoveryEnabled: true,
      maxLookahead: 1,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider,
      skipValidations,
    });
    this.performSelfAnalysis();
  }

  /** Recovery inserts a missing token, but never drops one: it could be the end of a line. */
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return false;
  }

  /** Takes each item of the file as soon as it has been read, and all that it holds: a large file's tree is never there whole. */
  onItem: (node: CstNode) => void = () => undefined;

  readonly file = this.RULE("file", () => {
    this.MANY(() => {
      const node = this.SUBRULE(this.item);
      this.ACTION(() => {
        this.onItem(node);
        release(node);
      });
    });
  });

  private readonly item = this.RULE("item", () => {
    this.OR(
      (this.alternatives.item ??= [
        { ALT: () => this.SUBRULE(this.entry) },
        { ALT: () => this.AT_LEAST_ONE(() => this.SUBRULE(this.junk)), IGNORE_AMBIGUITIES: true },
      ]),
    );
    this.MANY(() => this.SUBRULE2(this.junk));
    this.OPTION(() => this.CONSUME(t.Separator));
  });

  private readonly entry = this.RULE("entry", () => {
    this.OR(
      (this.alternatives.entry ??= [
        // A keyword followed by `=` is a name.
        { GATE: () => t.tokenIs(this.LA(2), t.Assign), ALT: () => this.SUBRULE(this.attribute) },
        { ALT: () => this.SUBRULE(this.quotedAttribute) },
        { ALT: () => this.SUBRULE(this.importItem), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.paramItem), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.letItem), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.assertItem), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.forItem), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.block), IGNORE_AMBIGUITIES: true },
      ]),
    );
  });

  private readonly attribute = this.RULE("attribute", () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expr);
  });

  private readonly quotedAttribute = this.RULE("quotedAttribute", () => {
    this.SUBRULE(this.string);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expr);
  });

  private readonly importItem = this.RULE("importItem", () => {
    this.CONSUME(t.Import);
    this.OR(
      (this.alternatives.importItem ??= [
        { ALT: () => this.SUBRULE(this.string) },
        // A path without quotes, with whatever follows it.
        { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(t.Junk)) },
      ]),
    );
  });

  private readonly paramItem = this.RULE("paramItem", () => {
    this.CONSUME(t.Param);
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.paramType);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expr);
    });
  });

  private readonly paramType = this.RULE("paramType", () => {
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.CONSUME(t.LParen);
      this.SUBRULE(this.paramType);
      this.CONSUME(t.RParen);
    });
  });

  private readonly letItem = this.RULE("letItem", () => {
    this.CONSUME(t.Let);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expr);
  });

  private readonly assertItem = this.RULE("assertItem", () => {
    this.CONSUME(t.Assert);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.string);
  });

  private readonly forItem = this.RULE("forItem", () => {
    this.CONSUME(t.For);
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Word);
    });
    this.CONSUME(t.In);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.body);
  });

  private readonly block = this.RULE("block", () => {
    this.CONSUME(t.Kind);
    this.MANY(() => this.SUBRULE(this.arg));
    this.OPTION(() => this.SUBRULE(this.extendsClause));
    this.OPTION2(() => {
      this.CONSUME(t.When);
      this.SUBRULE(this.expr);
    });
    this.OPTION3(() => this.SUBRULE(this.body));
  });

  private readonly extendsClause = this.RULE("extendsClause", () => {
    this.CONSUME(t.Extends);
    this.OR(
      (this.alternatives.extendsClause ??= [
        { ALT: () => this.CONSUME(t.Word) },
        { ALT: () => this.SUBRULE(this.list) },
      ]),
    );
  });

  private readonly arg = this.RULE("arg", () => {
    this.OR(
      (this.alternatives.arg ??= [
        { ALT: () => this.CONSUME(t.ArgWord) },
        {
          ALT: () => {
            this.CONSUME(t.Literal);
            this.OPTION(() => {
              this.CONSUME(t.DotDot);
              this.CONSUME2(t.Literal);
            });
          },
        },
        { ALT: () => this.CONSUME(t.BareText) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.paren) },
      ]),
    );
  });

  private readonly body = this.RULE("body", () => {
    this.CONSUME(t.LCurly);
    this.MANY(() => this.SUBRULE(this.item));
    this.CONSUME(t.RCurly);
  });

  private readonly expr = this.RULE("expr", () => {
    this.OR(
      (this.alternatives.expr ??= [
        // Most values are one word, which needs none of the levels below.
        { GATE: () => this.endsNext(), ALT: () => this.CONSUME(t.Literal), IGNORE_AMBIGUITIES: true },
        { GATE: () => this.endsNext(), ALT: () => this.CONSUME(t.Word), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.choice) },
      ]),
    );
  });

  /** Whether the expression ends with its first token. */
  private endsNext(): boolean {
    const next = this.LA(2);
    return t.tokenIs(next, t.Separator) || closers.has(next.tokenType);
  }

  private readonly choice = this.RULE("choice", () => {
    this.SUBRULE(this.binary);
    this.OPTION(() => {
      this.CONSUME(t.Question);
      this.SUBRULE(this.expr);
      this.CONSUME(t.Colon);
      this.SUBRULE2(this.expr);
    });
  });

  private readonly binary = this.RULE("binary", () => {
    this.SUBRULE(this.unary);
    this.MANY(() => {
      this.CONSUME(t.BinOp);
      this.SUBRULE2(this.unary);
    });
  });

  private readonly unary = this.RULE("unary", () => {
    this.MANY(() => this.CONSUME(t.UnaryOp));
    this.SUBRULE(this.primary);
    this.MANY2(() => this.SUBRULE(this.suffix));
  });

  private readonly primary = this.RULE("primary", () => {
    this.OR(
      (this.alternatives.primary ??= [
        { ALT: () => this.CONSUME(t.Literal) },
        { ALT: () => this.CONSUME(t.Word) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.CONSUME(t.BareText) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.body) },
        { ALT: () => this.SUBRULE(this.paren) },
      ]),
    );
  });

  private readonly suffix = this.RULE("suffix", () => {
    this.OR(
      (this.alternatives.suffix ??= [
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            this.CONSUME(t.Word);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LSquare);
            this.SUBRULE(this.expr);
            this.MANY(() => this.SUBRULE(this.stray));
            this.CONSUME(t.RSquare);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.MANY2(() => this.SUBRULE(this.element));
            this.CONSUME(t.RParen);
          },
        },
      ]),
    );
  });

  private readonly paren = this.RULE("paren", () => {
    this.CONSUME(t.LParen);
    this.SUBRULE(this.expr);
    this.MANY(() => this.SUBRULE(this.stray));
    this.CONSUME(t.RParen);
  });

  private readonly list = this.RULE("list", () => {
    this.CONSUME(t.LSquare);
    this.MANY(() => this.SUBRULE(this.element));
    this.CONSUME(t.RSquare);
  });

  /** One element of a list or a call, with its separator. */
  private readonly element = this.RULE("element", () => {
    this.OR(
      (this.alternatives.element ??= [
        { ALT: () => this.SUBRULE(this.expr) },
        { ALT: () => this.AT_LEAST_ONE(() => this.SUBRULE(this.junk)), IGNORE_AMBIGUITIES: true },
      ]),
    );
    this.MANY(() => this.SUBRULE2(this.junk));
    this.OPTION(() => this.CONSUME(t.Separator));
  });

  private readonly string = this.RULE("string", () => {
    this.OR(
      (this.alternatives.string ??= [
        {
          ALT: () => {
            this.CONSUME(t.StrOpen);
            this.MANY(() => this.SUBRULE(this.part));
            this.CONSUME(t.StrClose);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.TextOpen);
            this.MANY2(() => this.SUBRULE2(this.part));
            this.CONSUME(t.TextClose);
          },
        },
        { ALT: () => this.CONSUME(t.RawText) },
        { ALT: () => this.CONSUME(t.BadStr) },
        { ALT: () => this.CONSUME(t.BadText) },
        { ALT: () => this.CONSUME(t.SingleQuoted) },
        { ALT: () => this.CONSUME(t.InlineText) },
      ]),
    );
  });

  private readonly part = this.RULE("part", () => {
    this.OR(
      (this.alternatives.part ??= [
        { ALT: () => this.CONSUME(t.Chunk) },
        { ALT: () => this.CONSUME(t.TextChunk) },
        { ALT: () => this.CONSUME(t.BadInterp) },
        { ALT: () => this.SUBRULE(this.interp) },
      ]),
    );
  });

  private readonly interp = this.RULE("interp", () => {
    this.CONSUME(t.InterpOpen);
    this.SUBRULE(this.expr);
    this.MANY(() => this.SUBRULE(this.stray));
    this.CONSUME(t.InterpClose);
  });

  /** Whatever stands where nothing should; the builder reports it. */
  private readonly junk = this.RULE("junk", () => {
    this.OR(
      (this.alternatives.junk ??= [
        { ALT: () => this.CONSUME(t.Junk) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.body) },
        { ALT: () => this.SUBRULE(this.group) },
      ]),
    );
  });

  /** Junk, and separators where they separate nothing. */
  private readonly stray = this.RULE("stray", () => {
    this.OR(
      (this.alternatives.stray ??= [{ ALT: () => this.SUBRULE(this.junk) }, { ALT: () => this.CONSUME(t.Separator) }]),
    );
  });

  private readonly group = this.RULE("group", () => {
    this.CONSUME(t.LParen);
    this.MANY(() => this.SUBRULE(this.stray));
    this.CONSUME(t.RParen);
  });
}
