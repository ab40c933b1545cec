import { basename } from "node:path";
import { transform } from "esbuild";

const IMPORT = /^import (?:\{([^}]*)\} from )?"([^"]+)";$/gm;
const EXPORT = /^export \{([^}]*)\};\s*$/m;

/**
 * A chunk that is a module, as a function expression, since a script has no loader: what it imports are constants that come of
 * the launcher's `require`, what it exports is the object that it returns. (The CommonJS that esbuild makes of a module reaches
 * each name of another chunk through a getter, each time it is used.) So chunks must not import each other in a circle, and
 * nobody assigns to what is exported. `chunk` is what esbuild's metafile says of it, against which the texts found are checked.
 */
export async function chunkScript(module, chunk, options) {
  const found = { imports: [], exports: [] };
  const body = module
    .replaceAll(IMPORT, (_, names, path) => {
      found.imports.push(path);
      return `${names === undefined ? "" : `const {${names.replaceAll(" as ", ": ")}} = `}require("${path}");`;
    })
    .replace(EXPORT, (_, names) => {
      const pairs = names.split(",").map((name) => name.trim().split(" as "));
      found.exports.push(...pairs.map(([inner, outer]) => outer ?? inner));
      return `return {${pairs.map(([inner, outer]) => `${outer ?? inner}: ${inner}`)}};`;
    });
  expectSame(found.imports, staticImports(chunk).map(requested));
  expectSame(found.exports, chunk.exports);
  // As a value of something, because esbuild drops a function that stands for itself.
  const { code } = await transform(`it = function (require, load, launcher) {"use strict";\n${body}};`, options);
  return `(${code
    .replace(/^it=/, "")
    .replace(/;\s*$/, "")
    .replaceAll(/\bimport\(/g, "load(")})`;
}

/** Throws when chunks, a map of esbuild's descriptions by name, import each other in a circle. */
export function expectNoCircle(chunks) {
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name)) throw new Error(`chunks import each other: ${[...path, name].join(" -> ")}`);
    if (done.has(name) || !chunks.has(name)) return;
    for (const { path: next } of staticImports(chunks.get(name))) visit(basename(next), [...path, name]);
    done.add(name);
  };
  for (const name of chunks.keys()) visit(name, []);
}

function staticImports(chunk) {
  return chunk.imports.filter(({ kind }) => kind === "import-statement");
}

function requested({ path, external }) {
  return external ? path : `./${basename(path)}`;
}

function expectSame(found, expected) {
  const [left, right] = [new Set(found), new Set(expected)];
  const other = [...left].filter((name) => !right.has(name)).concat([...right].filter((name) => !left.has(name)));
  if (other.length > 0) throw new Error(`imports or exports of a chunk are not as esbuild says: ${other.join(", ")}`);
}
