// The linter's rules. The layer rules are made from src/layers.json (folder -> folders it may import), so that the table is
// enforced and not merely agreed; test/meta/layers.test.ts proves that a forbidden import fails.
import { readFileSync } from "node:fs";

const layers = JSON.parse(readFileSync(new URL("src/layers.json", import.meta.url), "utf8"));

/** Packages that belong to one folder; everywhere else they are a mistake. */
const packageHomes = {
  chevrotain: ["src/parser"],
  ajv: ["src/json"],
  "jsonc-parser": ["src/json"],
  handlebars: ["src/emitters"],
};

/** Node's modules for the outside world, and the layers that may touch it. */
const outside = ["process", "child_process", "net", "tls", "http", "https", "os", "readline", "tty", "worker_threads"];
const outsideLayers = new Set(["cli", "lsp", "host", "rehearsal"]);

const deepestFolder = 4;

const importRule = (layer, climb) => {
  const allowed = new Set([layer, ...(layers[layer] ?? [])]);
  const forbidden = Object.keys(layers).filter((other) => !allowed.has(other));
  const patterns = [
    {
      regex: `^${climb}(${forbidden.join("|")})(/|\\.js$)`,
      message: `src/layers.json does not let ${layer} import this.`,
    },
    { regex: `^\\.\\./${climb}`, message: "Leaves src." },
    { regex: "/\\.\\.?/\\.\\.?/.*/\\.\\.?/|[^./]/\\.\\./", message: "Write the shortest relative path." },
  ];
  const packages = Object.keys(packageHomes).filter((name) => !packageHomes[name].includes(`src/${layer}`));
  patterns.push({
    regex: `^(${packages.join("|")})(/|$)`,
    message: "This package has one home; see oxlint.config.mjs.",
  });
  if (!outsideLayers.has(layer)) {
    patterns.push({
      regex: `^(node:)?(${outside.join("|")})(/|$)`,
      message: "Only cli, lsp, host and rehearsal touch the outside world.",
    });
  }
  return ["error", { patterns }];
};

/** One override for each depth of folders: what a number of `../` reaches depends on it. */
const layerOverrides = Object.keys(layers).flatMap((layer) => [
  { files: [`src/${layer}.ts`], rules: { "no-restricted-imports": importRule(layer, "\\./") } },
  ...Array.from({ length: deepestFolder }, (_, depth) => ({
    files: [`src/${layer}/${"*/".repeat(depth)}*.ts`],
    rules: { "no-restricted-imports": importRule(layer, `(\\.\\./){${depth + 1}}`) },
  })),
]);

const pureLayers = Object.keys(layers).filter((layer) => !outsideLayers.has(layer));

export default {
  plugins: ["typescript", "import", "unicorn", "oxc", "promise", "node"],
  categories: { correctness: "error", suspicious: "error" },
  ignorePatterns: ["node_modules/**", "build*/**", "dist/**", "coverage/**", "**/*.generated.ts", "test/fixtures/**"],
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "max-lines": ["error", { max: 400 }],
    "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    "max-depth": ["error", { max: 4 }],
    "max-params": ["error", { max: 6 }],
    eqeqeq: "error",
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
    "no-param-reassign": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/consistent-type-imports": [
      "error",
      { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
    ],
    "unicorn/prefer-node-protocol": "error",
    // `toSorted` copies; the project sorts fresh arrays in place where that is plain to see.
    "unicorn/no-array-sort": "off",
    // Names such as `name`, `status` and `length` are ordinary words here: no browser globals exist.
    "no-shadow": "off",
    // A test is its `test.run()`: imports for their effect and unassigned ones are part of that style.
    "import/no-unassigned-import": "off",
    // Findings and shell text are full of control characters; naming them in patterns is the point.
    "no-control-regex": "off",
    // The compiler checks both with more knowledge of the types.
    "typescript/consistent-return": "off",
    "typescript/no-unsafe-type-assertion": "off",
    // A small function beside its only use reads better than one far away.
    "unicorn/consistent-function-scoping": "off",
    // Spreading a string into code points is what is meant where it stands.
    "typescript/no-misused-spread": "off",
    // The tree of `a ? b : c` has a branch called `then`; nothing awaits a node.
    "unicorn/no-thenable": "off",
    // A library's constants are numbers here, because its const enum cannot be imported.
    "typescript/no-unsafe-enum-comparison": "off",
    // Both are used on purpose: a spread list keeps many words on one line, and `new Array(n).fill(x)` is plain enough.
    "unicorn/no-useless-spread": "off",
    "unicorn/no-new-array": "off",
    // `await` in a loop is how things are done one after the other, which the lock and the runner mean.
    "no-await-in-loop": "off",
  },
  overrides: [
    ...layerOverrides,
    {
      files: pureLayers.flatMap((layer) => [`src/${layer}.ts`, `src/${layer}/**/*.ts`]),
      rules: { "no-restricted-globals": ["error", "process", "console", "fetch"] },
    },
    // Tests: a suite's closure holds all of its tests; `(condition ? test : test.skip)` is how uvu skips; words that a
    // tracked file must not hold are put together from pieces.
    {
      files: ["test/**/*.{ts,mjs}"],
      rules: {
        "max-lines-per-function": "off",
        "typescript/unbound-method": "off",
        "no-useless-concat": "off",
        "no-console": "off",
      },
    },
    {
      files: ["test/**/*.ts"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            paths: [
              { name: "fast-check", message: "Import test/support/property.ts, which gives all of it one seed." },
            ],
          },
        ],
      },
    },
    { files: ["test/support/property.ts"], rules: { "no-restricted-imports": "off" } },
    // Its loader wants a default export.
    { files: ["oxlint.config.mjs"], rules: { "import/no-default-export": "off" } },
  ],
};
