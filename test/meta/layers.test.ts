import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../support/paths.js";

const layers = JSON.parse(readFileSync(join(root, "src/layers.json"), "utf8")) as Readonly<
  Record<string, readonly string[]>
>;
const names = Object.keys(layers);

interface Finding {
  readonly filename: string;
  readonly code: string;
}

/** Lints files that exist only for this, in a copy of the project's configuration. */
function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "phxc-layers-"));
  try {
    for (const [path, text] of Object.entries({ ...files, "src/layers.json": JSON.stringify(layers) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    cpSync(join(root, "oxlint.config.mjs"), join(folder, "oxlint.config.mjs"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const args = [join(root, "node_modules/oxlint/bin/oxlint"), "-c", "oxlint.config.mjs", "-f", "json", "src"];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] };
    const refused = diagnostics.filter(({ code }) => code === "eslint(no-restricted-imports)");
    return [...new Set(refused.map(({ filename }) => filename))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const test = suite("layers");

test("the linter refuses exactly the imports between layers that the table does not list", () => {
  const files: Record<string, string> = {};
  const expected: string[] = [];
  for (const layer of names) {
    for (const other of names) {
      if (other === layer) continue;
      const forbidden = !(layers[layer] ?? []).includes(other);
      for (const [path, up] of [
        [`src/${layer}/${other}.ts`, "../"],
        [`src/${layer}/inner/${other}.ts`, "../../"],
        [`src/${layer}/inner/deep/${other}.ts`, "../../../"],
      ] as const) {
        files[path] = `import { x } from "${up}${other}/x.js";\nexport const y = x;\n`;
        if (forbidden) expected.push(path);
      }
    }
  }
  assert.equal(lint(files), expected.sort());
});

test("types and re-exports are imports too, and so is the file of a layer that is one file", () => {
  const files = {
    "src/text/a.ts": 'import type { X } from "../checker/x.js";\nexport type Y = X;\n',
    "src/text/b.ts": 'export * from "../checker/x.js";\n',
    "src/text/c.ts": 'export * from "../compile.js";\n',
    "src/compile.ts": 'export * from "./cli/main.js";\n',
    "src/text/fine.ts": 'export * from "./a.js";\n',
  };
  assert.equal(lint(files), ["src/compile.ts", "src/text/a.ts", "src/text/b.ts", "src/text/c.ts"]);
});

test("packages stay in their folder, and the outside world in its layers", () => {
  const files = {
    "src/checker/a.ts": 'import { Lexer } from "chevrotain";\nexport const x = Lexer;\n',
    "src/checker/b.ts": 'import x from "ajv/dist/2020.js";\nexport const y = x;\n',
    "src/checker/c.ts": 'import { spawn } from "node:child_process";\nexport const y = spawn;\n',
    "src/parser/fine.ts": 'import { Lexer } from "chevrotain";\nexport const x = Lexer;\n',
    "src/host/fine.ts": 'import { spawn } from "node:child_process";\nexport const y = spawn;\n',
  };
  assert.equal(lint(files), ["src/checker/a.ts", "src/checker/b.ts", "src/checker/c.ts"]);
});

test("imports do not leave src, nor take a detour around the rule", () => {
  const files = {
    "src/text/a.ts": 'export * from "../../test/x.js";\n',
    "src/text/b.ts": 'export * from "../text/../checker/x.js";\n',
  };
  assert.equal(lint(files), ["src/text/a.ts", "src/text/b.ts"]);
});

/** The linter's rule does not look at `import()`, which is how parts are loaded late. */
test("imports at run time keep to the table as well", () => {
  const found: string[] = [];
  for (const path of sources()) {
    const layer = layerOf(path);
    for (const [, target] of readFileSync(join(root, path), "utf8").matchAll(/\bimport\(\s*"(\.[^"]+)"\s*\)/g)) {
      const other = layerOf(posix.join(posix.dirname(path), target ?? ""));
      if (layer !== undefined && other !== undefined && other !== layer && !(layers[layer] ?? []).includes(other)) {
        found.push(`${path} imports ${other}`);
      }
    }
  }
  assert.equal(found, []);
});

test("every folder of src is a layer", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.equal(
    folders.map((entry) => entry.name).filter((name) => !names.includes(name)),
    [],
  );
});

test("docs/architecture.md shows the same table", () => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const table = /<!-- layers -->\n\n?(.*?)\n\n?<!-- \/layers -->/s.exec(text)?.[1] ?? "";
  const rows = table.split("\n").slice(2);
  const shown = rows.map((row) =>
    row
      .split("|")
      .slice(1, 3)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((word) => word[1])),
  );
  assert.equal(
    shown.map(([folder, imports]) => [folder?.[0], imports]),
    names.map((name) => [name, layers[name]]),
  );
});

function sources(): readonly string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name.replaceAll("\\", "/")}`);
}

function layerOf(path: string): string | undefined {
  const first = path.split("/")[1]?.replace(/\.[jt]s$/, "");
  return first !== undefined && names.includes(first) ? first : undefined;
}

test.run();
