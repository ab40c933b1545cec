import { typeOf } from "./field.js";
import { CONFIG_FIELDS, type FieldNode, isLeaf, STACK_MANIFEST_FIELDS } from "./fields.js";
import type { Schema } from "./types.js";

/** Which of the two forms a file has: a part of the configuration, or the manifest of a Docker stack. */
export type SchemaName = "config" | "stack";

/** JSON Schemas (draft 7) of the files, assembled from the field table: plain JSON values, so that a build can precompile them. */
export const SCHEMAS: Readonly<Record<SchemaName, Schema>> = {
  config: schemaOf(CONFIG_FIELDS),
  stack: schemaOf(STACK_MANIFEST_FIELDS),
};

/** How Ajv has to be told to read them: all findings in one run, and fields of several types. */
export const AJV_OPTIONS = {
  allErrors: true,
  strict: false,
  allowUnionTypes: true,
  unicodeRegExp: true,
  messages: false,
} as const;

function schemaOf(node: FieldNode): Schema {
  const own = node.field === undefined ? undefined : typeOf(node.field).schema;
  if (isLeaf(node)) return own ?? {};
  const isObject = node.names.size > 0 || node.prefixes.length > 0 || node.keys !== undefined;
  return {
    type: isObject ? "object" : "array",
    ...own,
    ...(isObject ? objectKeywords(node) : {}),
    ...(node.items === undefined ? {} : { items: schemaOf(node.items) }),
  };
}

function objectKeywords(node: FieldNode): Schema {
  const required = [...node.names].filter(([, child]) => child.field?.required === true).map(([name]) => name);
  const patterns = node.prefixes.map(([prefix, child]) => [`^${prefix}`, schemaOf(child)] as const);
  const ids = node.keys?.ids === true ? [["^[0-9]+$", schemaOf(node.keys.node)] as const] : [];
  return {
    properties: Object.fromEntries([...node.names].map(([name, child]) => [name, schemaOf(child)])),
    patternProperties: Object.fromEntries([...patterns, ...ids]),
    additionalProperties: node.keys === undefined || node.keys.ids ? false : schemaOf(node.keys.node),
    required,
  };
}
