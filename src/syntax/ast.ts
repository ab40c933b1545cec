import type { Span } from "../text/source.js";

/**
 * The tree of one file, as both front ends make it. It says what is written, not what it means: kinds, types and
 * references are the checker's. Recovery leaves `error` nodes, which silence follow-on findings.
 */
export interface Document {
  readonly span: Span;
  readonly items: readonly Item[];
  /** All comments in source order; the printer puts them back. Empty for JSON. */
  readonly comments: readonly Comment[];
}

/** A comment with its delimiters (`# ...`, `// ...`, or a block). */
export interface Comment {
  readonly span: Span;
  readonly text: string;
}

export type Item = ImportItem | ParamItem | LetItem | AssertItem | ForItem | Attribute | Block | ErrorItem;

/** `import "path"` */
export interface ImportItem {
  readonly type: "import";
  readonly span: Span;
  readonly path: StringExpr;
}

/** `param NAME[: type] [= default]` */
export interface ParamItem {
  readonly type: "param";
  readonly span: Span;
  readonly name: Name;
  readonly paramType?: ParamType;
  readonly value?: Expr;
}

/** `string`, `list(int)`, ... as written; the checker knows which exist. */
export interface ParamType {
  readonly span: Span;
  readonly name: string;
  readonly of?: ParamType;
}

/** `let NAME = expr` */
export interface LetItem {
  readonly type: "let";
  readonly span: Span;
  readonly name: Name;
  readonly value: Expr;
}

/** `assert expr "message"` */
export interface AssertItem {
  readonly type: "assert";
  readonly span: Span;
  readonly condition: Expr;
  readonly message: StringExpr;
}

/** `for x in expr { ... }` or `for k, v in expr { ... }` */
export interface ForItem {
  readonly type: "for";
  readonly span: Span;
  readonly names: readonly Name[];
  readonly over: Expr;
  readonly body: Body;
}

/** `key = expr` or `key += expr` */
export interface Attribute {
  readonly type: "attribute";
  readonly span: Span;
  readonly name: Name;
  readonly operator: "=" | "+=";
  readonly value: Expr;
  /** What the files below say of it, lowest first, where a front end has layers of its own; none of them has any below. */
  readonly below?: readonly Attribute[];
}

/** `kind argument... [extends p] [when expr] [{ ... }]` */
export interface Block {
  readonly type: "block";
  readonly span: Span;
  readonly kind: Name;
  readonly args: readonly Expr[];
  readonly extends: readonly Name[];
  readonly when?: Expr;
  readonly body?: Body;
}

/** The braces of a block, with what stands in them. */
export interface Body {
  readonly span: Span;
  readonly items: readonly Item[];
}

/** Something that could not be read; it has been reported. */
export interface ErrorItem {
  readonly type: "error";
  readonly span: Span;
}

/** A name as written; `quoted` when it stood in quotes (`"lxc.cap.keep" = ...`). */
export interface Name {
  readonly span: Span;
  readonly text: string;
  readonly quoted?: boolean;
}

export type Expr =
  | LiteralExpr
  | WordExpr
  | StringExpr
  | ListExpr
  | MapExpr
  | UnaryExpr
  | BinaryExpr
  | ConditionalExpr
  | MemberExpr
  | IndexExpr
  | CallExpr
  | ParenExpr
  | ErrorExpr;

export type LiteralKind =
  | "int"
  | "decimal"
  | "size"
  | "duration"
  | "ipv4"
  | "ipv6"
  | "cidr"
  | "mac"
  | "pci"
  | "ownership"
  /** Well formed for none of the others (`0755`, `4m`, `8.10.1`): only its text counts. */
  | "text";

/**
 * A bare literal. `text` is as written; where a kind wants a word, version or mode, the text counts.
 * `value`: int and decimal as a number, size in bytes, duration in milliseconds; otherwise absent.
 */
export interface LiteralExpr {
  readonly type: "literal";
  readonly span: Span;
  readonly kind: LiteralKind;
  readonly text: string;
  readonly value?: number;
}

/** A bare name: a variable, an enum word or the name of a thing; `true`, `false`, `absent` and `self` are words too. */
export interface WordExpr {
  readonly type: "word";
  readonly span: Span;
  readonly name: string;
}

/** A string of any form; `parts` alternate freely between decoded text and interpolations. */
export interface StringExpr {
  readonly type: "string";
  readonly span: Span;
  /** `"..."`, `"""..."""` or `'''...'''` */
  readonly form: "line" | "text" | "raw";
  readonly parts: readonly (string | Expr)[];
}

export interface ListExpr {
  readonly type: "list";
  readonly span: Span;
  readonly items: readonly Expr[];
}

/** `{ key = value }` as a value: attributes only. */
export interface MapExpr {
  readonly type: "map";
  readonly span: Span;
  readonly entries: readonly Attribute[];
}

export interface UnaryExpr {
  readonly type: "unary";
  readonly span: Span;
  readonly operator: "!" | "-";
  readonly operand: Expr;
}

export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | ".." | "+" | "-" | "*" | "/" | "%";

export interface BinaryExpr {
  readonly type: "binary";
  readonly span: Span;
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}

export interface ConditionalExpr {
  readonly type: "conditional";
  readonly span: Span;
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
}

/** `guest.attribute`: always a reference. */
export interface MemberExpr {
  readonly type: "member";
  readonly span: Span;
  readonly object: Expr;
  readonly member: Name;
}

export interface IndexExpr {
  readonly type: "index";
  readonly span: Span;
  readonly object: Expr;
  readonly index: Expr;
}

export interface CallExpr {
  readonly type: "call";
  readonly span: Span;
  readonly callee: Name;
  readonly args: readonly Expr[];
}

export interface ParenExpr {
  readonly type: "paren";
  readonly span: Span;
  readonly inner: Expr;
}

/** Could not be read or evaluated; it has been reported. */
export interface ErrorExpr {
  readonly type: "error";
  readonly span: Span;
}
