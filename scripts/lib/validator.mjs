import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { root } from "./files.mjs";
import { shareRepeated } from "./share-schemas.mjs";

/** What of the compiled schema the build relies on. */
const SCHEMA = "build/src/json/schema.js";

/**
 * For the bundle: puts validators that Ajv compiled now in the place of the module that would load Ajv and compile them at
 * every start. Schemas and options are those of src/json/schema.ts, so both behave alike.
 */
export const precompiledValidators = {
  name: "precompiled-validators",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]json[\\/]validator\.js$/ }, async () => ({
      contents: await shortened(await validatorSource()),
      resolveDir: root,
      loader: "js",
    }));
  },
};

/** Names in generated code that nobody reads are made short: the code is a fifth of what a run loads. */
async function shortened(source) {
  const { code } = await transform(source, { minifyIdentifiers: true, format: "esm" });
  return code;
}

async function validatorSource() {
  const path = join(root, SCHEMA);
  if (!existsSync(path)) throw new Error(`${SCHEMA} is missing`);
  const { AJV_OPTIONS, SCHEMAS } = await import(pathToFileURL(path).href);
  const { Ajv } = await import("ajv");
  const { default: standalone } = await import("ajv/dist/standalone/index.js");
  const ajv = new Ajv({ ...AJV_OPTIONS, inlineRefs: false, code: { source: true, esm: true } });
  const names = Object.keys(SCHEMAS);
  for (const name of names) ajv.addSchema(shareRepeated(SCHEMAS[name]), name);
  const code = (standalone.default ?? standalone)(ajv, Object.fromEntries(names.map((name) => [name, name])));
  return `${code}
const validators = { ${names.join(", ")} };
export function validate(schema, value) {
  const validator = validators[schema];
  return validator(value) ? [] : (validator.errors ?? []);
}
`;
}
