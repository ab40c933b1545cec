import { createRequire } from "node:module";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { AJV_OPTIONS, type SchemaName, SCHEMAS } from "./schema.js";

const require = createRequire(import.meta.url);
const compiled = new Map<SchemaName, ValidateFunction>();

/**
 * What a value breaks of a schema, in Ajv's terms; empty when it fits. Ajv is loaded and the schema compiled when the first
 * file is checked: a module of its own, so that a bundle can put precompiled validators in its place.
 */
export function validate(schema: SchemaName, value: unknown): readonly ErrorObject[] {
  const validator = compiled.get(schema) ?? compile(schema);
  return validator(value) ? [] : (validator.errors ?? []);
}

function compile(schema: SchemaName): ValidateFunction {
  const module = require("ajv") as { readonly Ajv: typeof Ajv };
  const validator = new module.Ajv(AJV_OPTIONS).compile(SCHEMAS[schema]);
  compiled.set(schema, validator);
  return validator;
}
