import type { Span } from "../text/source.js";

/** A JSON value with the place where it stands. */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

export interface JsonObject {
  readonly type: "object";
  readonly span: Span;
  /** In source order, each name once. */
  readonly members: ReadonlyMap<string, JsonMember>;
}

/** A property: its span runs from the quote of the name to the end of the value. */
export interface JsonMember {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: JsonNode;
  readonly span: Span;
  /** What the files below say of it, lowest first. */
  readonly below?: readonly JsonMember[];
  /** The list that it appends to the one below; its value is both. */
  readonly appended?: JsonArray;
}

export interface JsonArray {
  readonly type: "array";
  readonly span: Span;
  readonly items: readonly JsonNode[];
}

export interface JsonString {
  readonly type: "string";
  readonly span: Span;
  readonly value: string;
}

export interface JsonNumber {
  readonly type: "number";
  readonly span: Span;
  readonly value: number;
}

export interface JsonBoolean {
  readonly type: "boolean";
  readonly span: Span;
  readonly value: boolean;
}

export interface JsonNull {
  readonly type: "null";
  readonly span: Span;
}
