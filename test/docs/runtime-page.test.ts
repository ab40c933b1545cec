import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runtime } from "../../src/emitters/bash/runtime.js";
import { root } from "../support/paths.js";
import { SHELLCHECK_EXCLUDED } from "../support/script-lint.js";

const test = suite("docs/runtime.md");

const INTRODUCTION = `# The runtime of a script

A script carries, between its header and its own part, those of the functions below that it can reach, each with the same text
in every script of a release. This page is made from them, so that it cannot differ. Each function says what it does in the
comment above it.

How it handles failure: a command that changes something runs through \`run\`, which reports and ends the script, or
through \`attempt\`, whose caller does. Nothing relies on errexit, which bash switches off inside conditions. Functions
hand results back in \`REPLY\`, because a subshell for each would cost more than all the reading.

The four findings of shellcheck that do not apply, with the reason: **SC2016** (expressions in single quotes do not
expand): that is how values of the sources are kept literal. **SC2310** (a function in a condition runs without errexit):
see above. **SC2034** (a variable appears unused) and **SC2317** (a command appears unreachable): which functions a script needs
is decided by their names, generously, and what one of them sets is there also where nothing of this script reads it.
`;

/** The runtime's text as a page: its parts as headings, each function with the comment above it. */
function page(): string {
  let out = INTRODUCTION;
  for (const part of runtime().split(/^(?=# --- )/m)) {
    const [title = "", ...lines] = part.split("\n");
    out += `\n## ${title.replace(/^# --- | -+$/g, "")}\n\n\`\`\`bash\n${lines.join("\n").trim()}\n\`\`\`\n`;
  }
  return out;
}

test("it is the runtime", () => {
  const path = join(root, "docs/runtime.md");
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, page());
  assert.is(
    readFileSync(path, "utf8") === page(),
    true,
    "docs/runtime.md is stale; UPDATE_GOLDENS=1 npm test writes it",
  );
});

test("it argues every exclusion", () => {
  for (const code of SHELLCHECK_EXCLUDED) assert.match(INTRODUCTION, new RegExp(`\\*\\*${code}\\*\\*`));
});

test("no two parts of the runtime give the same name to a variable or a function", () => {
  const names = runtime()
    .split("\n")
    .flatMap((line) => {
      if (/^(declare|readonly)? ?(-\w+ )?\w+=/.test(line))
        return [...line.replace(/ #.*/, "").matchAll(/(?<=^|\s)(\w+)=/g)].map(([, name = ""]) => name);
      return /^(\w+)\(\) \{/.exec(line)?.slice(1) ?? [];
    });
  assert.ok(names.length > 100);
  assert.equal(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test("every function of the runtime has a comment above it", () => {
  const lines = runtime().split("\n");
  const bare = lines.filter((line, i) => /^[a-z_]+\(\) \{/.test(line) && !/^(#|[A-Z_]+=)/.test(lines[i - 1] ?? ""));
  assert.equal(bare, []);
});

test.run();
