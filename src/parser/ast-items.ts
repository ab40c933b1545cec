import type { CstNode, IToken } from "chevrotain";
import {
  braceOnNextLine,
  colonForEquals,
  fileLevelOnly,
  needsQuotes,
  plainString,
  profileName,
  reservedName,
  unexpected,
} from "../diagnostics/catalogue/syntax.js";
import type {
  AssertItem,
  Attribute,
  Block,
  Body,
  ErrorItem,
  Expr,
  ForItem,
  ImportItem,
  Item,
  LetItem,
  Name,
  ParamItem,
  ParamType,
} from "../syntax/ast.js";
import { type SourceFile, type Span, span } from "../text/source.js";
import {
  type Build,
  buildBareText,
  buildDelimited,
  buildElements,
  buildExpr,
  buildLiteral,
  errorExpr,
  nameOf,
  wordOf,
} from "./ast-exprs.js";
import { buildString, plainText } from "./ast-strings.js";
import { leaf, leaves, rangeOf, rangeOfToken, sub, subs } from "./cst.js";
import { describe, gluedWord, shorten } from "./describe.js";
import { reportJunk } from "./junk.js";
import type { Report } from "./report.js";
import { BareText, Colon, Extends, When } from "./tokens.js";

const reserved = new Set([
  ...["import", "param", "let", "assert", "for", "extends", "when", "in"],
  ...["true", "false", "absent", "self", "dhcp", "auto"],
]);

/** Makes the items of a file, one after the other, from their concrete trees. */
export interface FileBuilder {
  readonly items: readonly Item[];
  readonly add: (node: CstNode) => void;
}

/** Makes an empty builder. */
export function fileBuilder(file: SourceFile, report: Report): FileBuilder {
  const build: Build = {
    file,
    report,
    body: (node) => buildBody(build, node),
    string: (node) => buildString(build, node),
  };
  const items: Item[] = [];
  return { items, add: (node) => addItem(build, items, node, true) };
}

function buildBody(build: Build, node: CstNode): Body {
  const { start, end } = rangeOf(node) ?? { start: 0, end: 0 };
  const items: Item[] = [];
  for (const item of subs(node, "item")) addItem(build, items, item, false);
  return { span: span(build.file, start, end), items };
}

function addItem(build: Build, items: Item[], node: CstNode, isFile: boolean): void {
  const entry = sub(node, "entry");
  const junk = subs(node, "junk");
  const last = items.at(-1);
  const stray = entry === undefined ? sub(junk[0], "body") : undefined;
  if (stray !== undefined && last?.type === "block" && last.body === undefined) {
    items[items.length - 1] = withLateBody(build, last, stray);
  } else {
    items.push(buildItem(build, node, entry, junk, isFile));
  }
}

/** `vm 100 web` with its `{` on the next line: one finding, and the block is whole. */
function withLateBody(build: Build, block: Block, node: CstNode): Block {
  const body = build.body(node);
  const { start, end } = block.span;
  const header = build.file.text.slice(start, end);
  build.report.addGrammar(braceOnNextLine, { start: body.span.start, end: body.span.start + 1 }, { header });
  return { ...block, span: span(build.file, start, body.span.end), body };
}

function buildItem(
  build: Build,
  node: CstNode,
  entry: CstNode | undefined,
  junk: readonly CstNode[],
  isFile: boolean,
): Item {
  const whole = rangeOf(node) ?? { start: 0, end: 0 };
  if (entry === undefined) {
    reportJunk(build.file, junk, "start", whole.start, build.report);
    return { type: "error", span: span(build.file, whole.start, whole.end) };
  }
  const item = buildEntry(build, entry, isFile);
  if (junk.length === 0) return item;
  const before = rangeOf(entry)?.end ?? whole.start;
  const place = item.type === "block" || item.type === "param" ? item.type : "attribute";
  reportJunk(build.file, junk, place, before, build.report);
  return withJunk(build, item, junk);
}

/** What junk follows is not trusted, but what could be read is kept, so that other findings do not follow from it. */
function withJunk(build: Build, item: Item, junk: readonly CstNode[]): Item {
  const end = rangeOf(junk.at(-1))?.end ?? item.span.end;
  const error = errorExpr(build, item.span.end, end);
  const whole = span(build.file, item.span.start, end);
  if (item.type === "attribute" || item.type === "let" || item.type === "param") {
    return { ...item, span: whole, value: error };
  }
  if (item.type !== "block") return { type: "error", span: whole };
  const node = junk.map((part) => sub(part, "body")).find((found) => found !== undefined);
  const late = node === undefined || item.body !== undefined ? {} : { body: build.body(node) };
  return { ...item, ...late, span: whole, args: [...item.args, error] };
}

function buildEntry(build: Build, entry: CstNode, isFile: boolean): Item {
  const at = wholeSpan(build, entry);
  const error: ErrorItem = { type: "error", span: at };
  const importItem = sub(entry, "importItem");
  if (importItem !== undefined) return atFileLevel(build, "import", isFile, buildImport(build, importItem) ?? error);
  const paramItem = sub(entry, "paramItem");
  if (paramItem !== undefined) return atFileLevel(build, "param", isFile, buildParam(build, paramItem) ?? error);
  const letItem = sub(entry, "letItem");
  if (letItem !== undefined) return buildLet(build, letItem) ?? error;
  const assertItem = sub(entry, "assertItem");
  if (assertItem !== undefined) return buildAssert(build, assertItem) ?? error;
  const forItem = sub(entry, "forItem");
  if (forItem !== undefined) return buildFor(build, forItem);
  const attribute = sub(entry, "attribute") ?? sub(entry, "quotedAttribute");
  if (attribute !== undefined) return buildAttribute(build, attribute) ?? error;
  const block = sub(entry, "block");
  return (block === undefined ? undefined : buildBlock(build, block)) ?? error;
}

function atFileLevel(build: Build, keyword: string, isFile: boolean, item: Item): Item {
  if (isFile) return item;
  const { start } = item.span;
  build.report.add(fileLevelOnly, { start, end: start + keyword.length }, { keyword });
  return { type: "error", span: item.span };
}

function buildImport(build: Build, node: CstNode): ImportItem | undefined {
  const string = sub(node, "string");
  if (string === undefined) reportBarePath(build, leaf(node, "Junk"));
  const path = string === undefined ? undefined : build.string(string);
  if (path === undefined || path.type === "error") return undefined;
  if (plainText(path) === undefined) {
    build.report.add(plainString, path.span, { what: "the path of an import" });
    return undefined;
  }
  return { type: "import", span: wholeSpan(build, node), path };
}

/** `import net.phx` */
function reportBarePath(build: Build, token: IToken | undefined): void {
  if (token === undefined) return;
  if (token.tokenType === BareText) return void buildBareText(build, token);
  const { start, end } = gluedWord(build.file.text, token.startOffset);
  const text = build.file.text.slice(start, end);
  const fix = { title: "put it in quotes", span: span(build.file, start, end), replacement: `"${text}"` };
  build.report.addGrammar(needsQuotes, { start, end }, { text: shorten(text), what: "the path of an import" }, { fix });
}

function buildParam(build: Build, node: CstNode): ParamItem | undefined {
  const token = leaf(node, "Word");
  if (token === undefined) return undefined;
  const typeNode = sub(node, "paramType");
  const paramType = typeNode === undefined ? undefined : buildParamType(build, typeNode);
  const equals = leaf(node, "Equals");
  return {
    type: "param",
    span: wholeSpan(build, node),
    name: ownName(build, token, "param"),
    ...(paramType === undefined ? {} : { paramType }),
    ...(equals === undefined ? {} : { value: buildExpr(build, sub(node, "expr"), rangeOfToken(equals).end) }),
  };
}

function buildParamType(build: Build, node: CstNode): ParamType | undefined {
  const name = leaf(node, "Word")?.image;
  const inner = sub(node, "paramType");
  const of = inner === undefined ? undefined : buildParamType(build, inner);
  if (name === undefined) return undefined;
  return { span: wholeSpan(build, node), name, ...(of === undefined ? {} : { of }) };
}

function buildLet(build: Build, node: CstNode): LetItem | undefined {
  const token = leaf(node, "Word");
  if (token === undefined) return undefined;
  const at = wholeSpan(build, node);
  const value = buildExpr(build, sub(node, "expr"), at.end);
  return { type: "let", span: at, name: ownName(build, token, "let"), value };
}

function buildAssert(build: Build, node: CstNode): AssertItem | undefined {
  const string = sub(node, "string");
  const message = string === undefined ? undefined : build.string(string);
  const at = wholeSpan(build, node);
  const condition = buildExpr(build, sub(node, "expr"), at.start + "assert".length);
  if (message === undefined || message.type === "error") return undefined;
  return { type: "assert", span: at, condition, message };
}

function buildFor(build: Build, node: CstNode): ForItem {
  const at = wholeSpan(build, node);
  const body = sub(node, "body");
  const nothing = span(build.file, at.end);
  return {
    type: "for",
    span: at,
    names: leaves(node, "Word").map((token) => ownName(build, token, "loop variable")),
    over: buildExpr(build, sub(node, "expr"), at.end),
    body: body === undefined ? { span: nothing, items: [{ type: "error", span: nothing }] } : build.body(body),
  };
}

function ownName(build: Build, token: IToken, what: string): Name {
  if (reserved.has(token.image)) {
    build.report.add(reservedName, rangeOfToken(token), { name: token.image, what });
  }
  return nameOf(build, token);
}

function buildAttribute(build: Build, node: CstNode): Attribute | undefined {
  const name = attributeName(build, node);
  const operator = leaf(node, "Assign");
  // Without a value it rather opens a block, as in YAML: that is said where the value is missed.
  const hasValue = rangeOf(sub(node, "expr")) !== undefined;
  if (operator !== undefined && operator.tokenType === Colon && hasValue) reportColon(build, operator, node);
  if (name === undefined || operator === undefined) return undefined;
  const value = buildExpr(build, sub(node, "expr"), rangeOfToken(operator).end);
  return {
    type: "attribute",
    span: wholeSpan(build, node),
    name,
    operator: operator.image === "+=" ? "+=" : "=",
    value,
  };
}

function attributeName(build: Build, node: CstNode): Name | undefined {
  const word = leaf(node, "Word");
  if (word !== undefined) return nameOf(build, word);
  const string = sub(node, "string");
  const key = string === undefined ? undefined : build.string(string);
  if (key === undefined || key.type === "error") return undefined;
  const text = plainText(key);
  if (text === undefined) build.report.add(plainString, key.span, { what: "the name of an attribute" });
  return text === undefined ? undefined : { span: key.span, text, quoted: true };
}

function reportColon(build: Build, colon: IToken, node: CstNode): void {
  const at = rangeOfToken(colon);
  const { text } = build.file;
  const name = text.slice(rangeOf(node)?.start ?? at.start, at.start).trim();
  const spaced = `${text[at.start - 1] === " " ? "" : " "}=${text[at.end] === " " ? "" : " "}`;
  const fix = { title: "write `=`", span: span(build.file, at.start, at.end), replacement: spaced };
  build.report.add(colonForEquals, at, { name }, { fix });
}

function buildBlock(build: Build, node: CstNode): Block | undefined {
  const kind = leaf(node, "Kind");
  if (kind === undefined) return undefined;
  if (kind.tokenType === Extends || kind.tokenType === When) {
    const why = "it stands in the header of a block, before its `{`";
    build.report.addGrammar(unexpected, rangeOfToken(kind), { found: describe(kind), why });
    return undefined;
  }
  const at = wholeSpan(build, node);
  const when = leaf(node, "When");
  const body = sub(node, "body");
  return {
    type: "block",
    span: at,
    kind: nameOf(build, kind),
    args: subs(node, "arg").map((arg) => buildArgument(build, arg)),
    extends: buildExtends(build, sub(node, "extendsClause")),
    ...(when === undefined ? {} : { when: buildExpr(build, sub(node, "expr"), rangeOfToken(when).end) }),
    ...(body === undefined ? {} : { body: build.body(body) }),
  };
}

function buildArgument(build: Build, node: CstNode): Expr {
  const word = leaf(node, "ArgWord");
  if (word !== undefined) return wordOf(build, word);
  const [from, to] = leaves(node, "Literal").map((literal) => buildLiteral(build, literal));
  const at = wholeSpan(build, node);
  if (from !== undefined && leaf(node, "DotDot") === undefined) return from;
  if (from !== undefined && to !== undefined) {
    return { type: "binary", span: at, operator: "..", left: from, right: to };
  }
  return buildDelimited(build, node) ?? errorExpr(build, at.start, at.end);
}

function buildExtends(build: Build, clause: CstNode | undefined): Name[] {
  const word = leaf(clause, "Word");
  if (word !== undefined) return [nameOf(build, word)];
  return buildElements(build, subs(sub(clause, "list"), "element"), "element").flatMap((profile) => {
    if (profile.type === "word") return [{ span: profile.span, text: profile.name }];
    if (profile.type !== "error") build.report.add(profileName, profile.span, undefined);
    return [];
  });
}

function wholeSpan(build: Build, node: CstNode): Span {
  const { start, end } = rangeOf(node) ?? { start: 0, end: 0 };
  return span(build.file, start, end);
}
