import type { SectionSpec } from "../plugin-api/index.js";
import type { Context } from "./context.js";

/** Words at the beginning of a file's entries that other languages have, with what is written here. */
const ENTRIES: ReadonlyMap<string, string> = new Map([
  ...["var", "const", "local", "locals", "set", "def"].map((word) => [word, "write `let NAME = ...`"] as const),
  ...["variable", "input", "arg", "parameter"].map((word) => [word, "write `param NAME: int = 2`"] as const),
  ...["include", "require", "use", "source"].map((word) => [word, 'write `import "FILE.phx"`'] as const),
  ...["resource", "module", "instance"].map(
    (word) => [word, "a block begins with its kind: `vm 100 web { ... }`"] as const,
  ),
  ...["provider", "terraform", "output", "data", "version", "services"].map(
    (word) => [word, "there is nothing to be written in its place: leave it out"] as const,
  ),
  ["foreach", "write `for n in 1..3 { ... }`"],
  ["if", "write `when CONDITION` in the head of a block"],
]);

/** What language.md promises for later. */
const COMING = ["feature", "plugin"];

/** A word in the place of a kind: the kind that it means, or a sentence about it. */
export function meantKind(ctx: Context, word: string): { readonly kind?: string; readonly help?: string } {
  for (const kind of ctx.kinds.values()) if (kind.aliases?.includes(word) === true) return { kind: kind.keyword };
  if (ctx.profiles.has(word)) {
    return { help: `\`${word}\` is a profile: several of them stand in brackets, \`extends [a, ${word}]\`` };
  }
  const help = ENTRIES.get(word);
  if (help !== undefined) return { help };
  return COMING.includes(word) ? { help: `this version has no \`${word}\` yet` } : {};
}

/** A word in the place of an attribute or block: the name that it means here, or a sentence about what is written instead. */
export function meantName(
  specs: readonly SectionSpec[],
  word: string,
): { readonly name?: string; readonly help?: string } {
  // `net0`, `scsi1`: one entry for all of a row.
  const keys = [word, word.toLowerCase(), word.toLowerCase().replace(/\d+$/, "N")];
  for (const { instead, options, sections } of specs) {
    const [own] = Object.entries(options).find(([, { pve }]) => pve === word) ?? [];
    if (own !== undefined) return { name: own };
    const found = keys.map((key) => (instead !== undefined && Object.hasOwn(instead, key) ? instead[key] : undefined));
    const meant = found.find((text) => text !== undefined);
    if (meant === undefined) continue;
    return Object.hasOwn(options, meant) || Object.hasOwn(sections, meant) ? { name: meant } : { help: meant };
  }
  return {};
}
