import { type FieldNode, isGroup, isLeaf, requiredNames, typeOf } from "./field.js";
import { CONFIG_FIELDS, STACK_MANIFEST_FIELDS } from "./fields.js";

/** Which of the two forms a file has: a part of the configuration, or the manifest of a Docker stack. */
export type SchemaName = "config" | "stack";

/** A JSON Schema as plain data. */
type Schema = { readonly [keyword: string]: unknown };

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
  const own = typeOf(node)?.schema;
  if (isLeaf(node)) return { ...own };
  const isObject = isGroup(node);
  return {
    type: isObject ? "object" : "array",
    ...own,
    ...(isObject ? objectKeywords(node) : {}),
    ...(node.items === undefined ? {} : { items: schemaOf(node.items) }),
  };
}

function objectKeywords({ names, prefixes, ids, others }: FieldNode): Schema {
  const patterns = prefixes.map(([prefix, child]) => [`^${prefix}`, schemaOf(child)] as const);
  const numbers = ids === undefined ? [] : [["^[0-9]+$", schemaOf(ids)] as const];
  return {
    properties: Object.fromEntries(Object.entries(names).map(([name, child]) => [name, schemaOf(child)])),
    patternProperties: Object.fromEntries([...patterns, ...numbers]),
    additionalProperties: others === undefined ? false : schemaOf(others),
    required: requiredNames(names),
  };
}
