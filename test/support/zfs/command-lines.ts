import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compile, memoryFiles } from "../../../src/index.js";
import { fences } from "../markdown.js";
import { root } from "../paths.js";

/** Command lines of ZFS that come from one place, in its order, as words of bash. */
export interface CommandLines {
  readonly from: string;
  readonly lines: readonly string[];
}

/** Those of every golden file that has any: scripts, plans as text, plans as data. */
export function goldenCommands(): readonly CommandLines[] {
  return texts("test/golden", /\.(sh|txt|json|md)$/)
    .map(([from, text]) => ({ from, lines: from.endsWith(".json") ? linesOfData(text) : linesOfText(text) }))
    .filter(({ lines }) => lines.length > 0);
}

/** Those of the plans that the pages of docs/ yield, each block of `.phx` for itself. */
export async function documentedCommands(): Promise<readonly CommandLines[]> {
  const blocks = texts("docs", /\.md$/).flatMap(([path, page]) =>
    fences(page)
      .filter(({ language, text }) => language === "phx" && /^(pool|dataset|zvol) /m.test(text))
      .map(({ text, line }) => ({ from: `${path}:${line}`, text })),
  );
  const all = await Promise.all(blocks.map(async ({ from, text }) => ({ from, lines: await plannedLines(text) })));
  return all.filter(({ lines }) => lines.length > 0);
}

/** What the steps of a plan may run. A block that shows a mistake, or goes on from another one, has none. */
async function plannedLines(text: string): Promise<readonly string[]> {
  const { plan } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
  return (plan?.steps ?? []).flatMap(({ commands }) => commands.filter(isZfs).map(quoted));
}

function texts(folder: string, names: RegExp): readonly (readonly [path: string, text: string])[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => names.test(name))
    .toSorted()
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), "utf8")] as const);
}

/** The command lines of a script, and of a plan as text (`$ zfs ...`). A command of a script goes on over the ends of lines. */
export function linesOfText(text: string): readonly string[] {
  const pattern = /^(?:\s*\$ |\t(?!require_host ).*?\b)((?:zfs|zpool) [a-z].*)$/gm;
  return [...text.replaceAll(/\\\n\s*/g, "").matchAll(pattern)].map(([, line = ""]) => line);
}

/** The command lines of a plan as data: `["zfs", "create", ...]`, however deep. */
export function linesOfData(text: string): readonly string[] {
  const below = (value: unknown): readonly string[] => {
    if (isZfs(value)) return [quoted(value)];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(below) : [];
  };
  return below(JSON.parse(text));
}

function isZfs(value: unknown): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  const words: readonly unknown[] = value;
  return words.length > 1 && /^(zfs|zpool)$/.test(String(words[0])) && words.every((word) => typeof word === "string");
}

/** Words as bash reads them. */
function quoted(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
