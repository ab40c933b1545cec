import type { BinaryOperator } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { arithmetic, operandTypes, tooLarge } from "../diagnostics/catalogue/semantics.js";
import { addToIp, formatCidr, formatIp, parseCidr, parseIp } from "../text/ip.js";
import type { Ip } from "../text/ip.js";
import { report } from "./context.js";
import type { Context } from "./context.js";
import { MAX_ELEMENTS, boolDatum, describe, errorDatum, literalDatum, numberDatum, plainText } from "./datum.js";
import type { Datum } from "./datum.js";

/** What each operator takes, for messages. */
const ALLOWED: Readonly<Record<string, string>> = {
  "+": "two numbers, sizes, durations or lists, or an address and a whole number",
  "-": "two numbers, sizes, durations or addresses, or an address and a whole number",
  "*": "two numbers, or a size or duration and a number",
  "/": "two numbers, sizes or durations, or a size or duration and a number",
  "%": "two whole numbers",
  "..": "two whole numbers or two addresses of one family",
  "&&": "true or false on both sides",
  "||": "true or false on both sides",
  "!": "true or false",
  "==": "two values of one type",
  "!=": "two values of one type",
  "<": "two numbers, sizes, durations or addresses",
};

/** `!` and `-`. */
export function unary(ctx: Context, operator: "!" | "-", value: Datum, span: Span): Datum {
  if (value.type === "error") return errorDatum(span);
  if (operator === "!" && value.type === "bool") return boolDatum(!value.value, span);
  if (operator === "-" && value.type === "number") return numberDatum(-value.value, span);
  const allowed = operator === "!" ? (ALLOWED["!"] ?? "") : "a number";
  report(ctx, operandTypes, span, { operator, operands: describe(value), allowed });
  return errorDatum(span);
}

/** Any operator with two sides but `&&` and `||`. */
export function binary(ctx: Context, operator: BinaryOperator, left: Datum, right: Datum, span: Span): Datum {
  if (left.type === "error" || right.type === "error") return errorDatum(span);
  const isEquality = operator === "==" || operator === "!=";
  const result = isEquality ? equality(operator, left, right, span) : calculate(ctx, operator, left, right, span);
  return result ?? refuse(ctx, operator, left, right, span);
}

function refuse(ctx: Context, operator: string, left: Datum, right: Datum, span: Span): Datum {
  const operands = `${describe(left)} and ${describe(right)}`;
  const allowed = ALLOWED[operator] ?? ALLOWED["<"] ?? "";
  const isText = left.type === "text" && left.form === "string" && ipOf(left) === undefined;
  const isJoining = operator === "+" && isText && plainText(right) !== undefined;
  const help = isJoining ? { help: 'join text by interpolation: "${a}${b}"' } : {};
  report(ctx, operandTypes, span, { operator, operands, allowed }, help);
  return errorDatum(span);
}

/** `&&` and `||`; asks for the right side only when it counts. */
export function logical(
  ctx: Context,
  operator: "&&" | "||",
  left: Datum,
  evaluateRight: () => Datum,
  span: Span,
): Datum {
  if (left.type === "error") return errorDatum(span);
  if (left.type !== "bool") return refuseSide(ctx, operator, left);
  if (left.value === (operator === "||")) return boolDatum(left.value, span);
  const right = evaluateRight();
  if (right.type === "error") return errorDatum(span);
  return right.type === "bool" ? boolDatum(right.value, span) : refuseSide(ctx, operator, right);
}

function refuseSide(ctx: Context, operator: string, side: Datum): Datum {
  report(ctx, operandTypes, side.span, { operator, operands: describe(side), allowed: ALLOWED[operator] ?? "" });
  return errorDatum(side.span);
}

function equality(operator: string, left: Datum, right: Datum, span: Span): Datum | undefined {
  const equal = areEqual(left, right);
  return equal === undefined ? undefined : boolDatum(equal === (operator === "=="), span);
}

/** Undefined: values of these types are not compared. */
export function areEqual(a: Datum, b: Datum): boolean | undefined {
  if (a.type === "list" && b.type === "list") {
    if (a.items.length !== b.items.length) return false;
    return a.items.every((item, i) => areScalarsEqual(item, b.items[i]) === true);
  }
  return areScalarsEqual(a, b);
}

function areScalarsEqual(a: Datum, b: Datum | undefined): boolean | undefined {
  if (b === undefined) return undefined;
  if (a.type === "resource" && b.type === "resource") return a.address === b.address;
  if (isNamed(a) && isNamed(b)) return plainText(a) === plainText(b);
  if (a.type === "bool" && b.type === "bool") return a.value === b.value;
  if (isQuantity(a) && isQuantity(b) && a.type === b.type) return a.value === b.value;
  return undefined;
}

function isNamed(datum: Datum): boolean {
  return datum.type === "text" || datum.type === "resource";
}

type Quantity = Datum & { readonly type: "number" | "size" | "duration" };

function isQuantity(datum: Datum): datum is Quantity {
  return datum.type === "number" || datum.type === "size" || datum.type === "duration";
}

function calculate(ctx: Context, operator: string, left: Datum, right: Datum, span: Span): Datum | undefined {
  if (operator === "..") return range(left, right, span);
  if (/^[<>]/.test(operator)) return compare(operator, left, right, span);
  if (isQuantity(left) && isQuantity(right)) return calculateQuantities(ctx, operator, left, right, span);
  if (left.type === "text") return calculateAddress(ctx, operator, left, right, span);
  if (operator === "+" && left.type === "list" && right.type === "list") {
    const items = [...left.items, ...right.items];
    if (items.length <= MAX_ELEMENTS) return { type: "list", items, span };
    report(ctx, tooLarge, span, { what: "this list", limit: `${MAX_ELEMENTS} elements` });
    return errorDatum(span);
  }
  return undefined;
}

function range(from: Datum, to: Datum, span: Span): Datum | undefined {
  const areIntegers = isWhole(from) && isWhole(to);
  const first = ipOf(from);
  const areAddresses = first !== undefined && first.version === ipOf(to)?.version;
  return areIntegers || areAddresses ? { type: "range", from, to, span } : undefined;
}

function isWhole(datum: Datum): boolean {
  return datum.type === "number" && Number.isInteger(datum.value);
}

/** The address that a text is, if it is one. */
export function ipOf(datum: Datum): Ip | undefined {
  return datum.type === "text" ? parseIp(datum.value) : undefined;
}

function compare(operator: string, left: Datum, right: Datum, span: Span): Datum | undefined {
  const order = orderOf(left, right);
  if (order === undefined) return undefined;
  const holds = { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[operator];
  return boolDatum(holds === true, span);
}

function orderOf(left: Datum, right: Datum): number | undefined {
  if (isQuantity(left) && isQuantity(right)) return left.type === right.type ? left.value - right.value : undefined;
  const a = ipOf(left);
  const b = ipOf(right);
  if (a === undefined || b === undefined || a.version !== b.version) return undefined;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** The type of a result, by operator and the types of both sides; pairs that are missing are refused. */
const RESULTS: Readonly<Record<string, Quantity["type"]>> = {
  "number+number": "number",
  "size+size": "size",
  "duration+duration": "duration",
  "number-number": "number",
  "size-size": "size",
  "duration-duration": "duration",
  "number*number": "number",
  "size*number": "size",
  "number*size": "size",
  "duration*number": "duration",
  "number*duration": "duration",
  "number/number": "number",
  "size/number": "size",
  "size/size": "number",
  "duration/number": "duration",
  "duration/duration": "number",
  "number%number": "number",
};

function calculateQuantities(
  ctx: Context,
  operator: string,
  left: Quantity,
  right: Quantity,
  span: Span,
): Datum | undefined {
  const type = RESULTS[`${left.type}${operator}${right.type}`];
  if (type === undefined) return undefined;
  if (operator === "%" && !(isWhole(left) && isWhole(right))) return undefined;
  if ((operator === "/" || operator === "%") && right.value === 0) return fail(ctx, "division by zero", span);
  const exact = apply(operator, left.value, right.value);
  // A part of a byte or of a millisecond means nothing.
  const value = type === "number" ? exact : Math.floor(exact);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return fail(ctx, "the result is too large to be exact", span);
  if (type !== "number" && value < 0) return fail(ctx, `a ${type} cannot be negative`, span);
  return { type, value, span };
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    default:
      return a % b;
  }
}

/** Address +- integer, and the distance of two addresses. */
function calculateAddress(ctx: Context, operator: string, left: Datum, right: Datum, span: Span): Datum | undefined {
  if ((operator !== "+" && operator !== "-") || left.type !== "text") return undefined;
  const cidr = parseCidr(left.value);
  const ip = cidr ?? parseIp(left.value);
  if (ip === undefined) return undefined;
  const other = ipOf(right);
  if (operator === "-" && cidr === undefined && other?.version === ip.version) {
    return numberDatum(Number(ip.value - other.value), span);
  }
  if (right.type !== "number" || !Number.isInteger(right.value)) return undefined;
  const offset = operator === "+" ? right.value : -right.value;
  const moved = addToIp(ip, offset);
  if (moved === undefined) return fail(ctx, `there is no address ${left.value} ${operator} ${right.value}`, span);
  if (cidr !== undefined) return literalDatum(formatCidr({ ...cidr, ...moved }), "cidr", span);
  return literalDatum(formatIp(moved), ip.version === 4 ? "ipv4" : "ipv6", span);
}

function fail(ctx: Context, problem: string, span: Span): Datum {
  report(ctx, arithmetic, span, { problem });
  return errorDatum(span);
}
