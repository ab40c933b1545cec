import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../support/paths.js";

const MAX_SOURCE_LINES = 400;
const MAX_TEMPLATE_LINES = 40;

/** The words are put together here, so that this file does not contain them. */
const unwanted: readonly (readonly [string, RegExp])[] = [
  [
    "the address of a package registry",
    new RegExp(["registry\\.", "(npm|yarn)|npm", "js\\.(org|com)|npm", "mirror"].join("")),
  ],
  ["a mark of unfinished work", new RegExp(`\\b(${["TO", "DO|FIX", "ME|X", "XX"].join("")})\\b`)],
  // Ada is the administrator of the documentation.
  ["a path of one machine", new RegExp(["/", "work/(main|shared)|/tmp/", "brief|/home/(?!ada/)[a-z]+/"].join(""))],
];

/** Names only: what the user's own configuration holds is kept as it is. */
const foreign = /^(examples\/phoenix|test\/fixtures)\//;

function trackedFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  return listed.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
}

const hasGit = existsSync(join(root, ".git"));
const test = suite("words");

(hasGit ? test : test.skip)("no tracked file holds unwanted words", () => {
  const found: string[] = [];
  for (const path of trackedFiles().filter((name) => !foreign.test(name))) {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    for (const [meaning, pattern] of unwanted) {
      const at = lines.findIndex((line) => pattern.test(line));
      if (at !== -1) found.push(`${path}:${at + 1}: ${meaning}`);
    }
  }
  assert.equal(found, []);
});

(hasGit ? test : test.skip)("sources and templates are short enough to read", () => {
  const found: string[] = [];
  for (const path of trackedFiles()) {
    const limit = lineLimit(path);
    if (limit === undefined) continue;
    const lines = readFileSync(join(root, path), "utf8").trimEnd().split("\n").length;
    if (lines > limit) found.push(`${path}: ${lines} lines, at most ${limit}`);
  }
  assert.equal(found, []);
});

function lineLimit(path: string): number | undefined {
  if (path.endsWith(".hbs")) return MAX_TEMPLATE_LINES;
  return /\.(ts|mjs|bash)$/.test(path) ? MAX_SOURCE_LINES : undefined;
}

test("the lock file names no registry", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  assert.equal(
    Object.entries(lock.packages)
      .filter(([, entry]) => entry.resolved !== undefined)
      .map(([name]) => name),
    [],
  );
});

(hasGit ? test : test.skip)("nothing that is generated is tracked", () => {
  const generated = /\.generated\.ts$|^(build|dist|coverage|node_modules)[^/]*\//;
  assert.equal(
    trackedFiles().filter((path) => generated.test(path)),
    [],
  );
});

test.run();
