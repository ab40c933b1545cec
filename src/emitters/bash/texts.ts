import type { Argv, Owner, Probe, SecretPlace } from "../../model/plan.js";
import { render } from "./render.js";
import { ShellWord, isPlain } from "./shell-word.js";

/** Steps that write texts: managed files, and snippets of guests. */

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));

type FileProbe = Extract<Probe, { readonly kind: "file" }>;

/** A file's text as a here-document, after the commands that belong to it: what checks it, and what follows a change. */
export function renderFile(probe: FileProbe): string {
  const { path, content, adopt, mode, owner, check, secrets = [] } = probe;
  const words = [
    ...(adopt ? [bare("--adopt")] : []),
    ...blockWords(probe),
    ...(mode === undefined ? [] : [bare("--mode"), bare(mode)]),
    ...(owner === undefined ? [] : [bare("--owner"), ownerWord(owner)]),
    value(path),
  ];
  const checked = check === undefined ? "" : ShellWord.call("file_check", check.map(value));
  return checked + followers(probe) + fed("managed_file", words, content, secrets.map(placeWords));
}

/** A file, or a block in one, that no file declares any more. */
export function renderFileRemoval(probe: Extract<Probe, { readonly kind: "file-retired" }>): string {
  return followers(probe) + ShellWord.call("drop_file", [...blockWords(probe), value(probe.path), value(probe.mark)]);
}

/** A file that is looked at before anything is touched: one of the host itself, which is not to be taken over. */
export function fileNeed(probe: FileProbe): readonly string[] {
  if (probe.guest !== undefined || probe.adopt) return [];
  return [ShellWord.call("need_own_file", [...blockWords(probe), value(probe.path)])];
}

/** `33:33`, or names of the host. */
export function ownerWord(owner: Owner): ShellWord {
  return typeof owner === "string" ? value(owner) : bare(`${owner.uid}:${owner.gid}`);
}

function blockWords({ block }: { readonly block?: string }): readonly ShellWord[] {
  return block === undefined ? [] : [bare("--block"), value(block)];
}

function followers(file: { readonly before?: readonly Argv[]; readonly then?: readonly Argv[] }): string {
  const { before = [], then = [] } = file;
  const calls = (verb: string, commands: readonly Argv[]): readonly string[] =>
    commands.map((argv) => ShellWord.call(verb, argv.map(value)));
  return [...calls("file_before", before), ...calls("file_then", then)].join("");
}

/** A snippet's text, with the secrets that take the places of words in it. */
export function renderSnippet({ storage, file, content, secrets }: Extract<Probe, { kind: "snippet" }>): string {
  return fed("snippet", [value(storage), value(file)], content, secrets.map(placeWords));
}

function placeWords({ token, form, secret }: SecretPlace): ShellWord {
  return ShellWord.join([bare("--secret"), value(token), bare(form), value(secret)]);
}

/** A call of the runtime that reads a text from its standard input. */
function fed(verb: string, words: readonly ShellWord[], content: string, lines: readonly ShellWord[] = []): string {
  const call = { verb: bare(verb), args: words, lines };
  if (!isPlain(content) || !content.endsWith("\n")) return render("fed-words", { ...call, content: value(content) });
  return render("fed", { ...call, delimiter: bare(delimiterFor(content)), content: ShellWord.hereDocument(content) });
}

/** A word that no line of a text is. */
export function delimiterFor(text: string): string {
  const lines = new Set(text.split("\n"));
  let delimiter = "END";
  while (lines.has(delimiter)) delimiter += "_";
  return delimiter;
}
