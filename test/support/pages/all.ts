import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.js";

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** The pages of the guide. */
export const guidePages: readonly string[] = markdownIn("docs/guide");

/** Pages for people; those of the diagnostics have a test of their own. */
export const pages: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...markdownIn("docs"),
  ...guidePages,
  ...readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `examples/${name}`),
];
