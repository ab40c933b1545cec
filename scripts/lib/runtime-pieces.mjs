// Cuts the runtime into pieces (a function, or some variables, with the comment above), and tells which piece needs which, so
// that a script carries those alone that it can reach.

/**
 * @typedef {object} RuntimePiece
 * @property {readonly string[]} names the functions and variables that it defines; none: the heading of a part
 * @property {readonly string[]} needs names of others that its code mentions
 * @property {string} text
 */

const FUNCTION = /^(\w+)\(\) \{/;
const VARIABLES = /(?<=^|\s)(\w+)=/g;
const DEFINES = /^(?:(?:readonly|declare)(?: -\w+)? )?\w+=/;
/** How a line opens something that holds blank lines, and how it ends. */
const SPANS = [
  [/^\w+\(\) \{$/, /^\}$/],
  [/^(?:(?:readonly|declare)(?: -\w+)? )?\w+=\($/, /^\)$/],
  [/^(?:(?:readonly|declare)(?: -\w+)? )?\w+='$/, /'$/],
];

/** Cuts the texts of the runtime's files. @param {readonly string[]} texts @returns {RuntimePiece[]} */
export function runtimePieces(texts) {
  const pieces = texts.flatMap((text) => paragraphs(text).map((lines) => ({ lines, names: definedBy(lines) })));
  const kinds = new Map(
    pieces.flatMap(({ lines, names }) =>
      names.map((name) => [name, lines.some((line) => FUNCTION.exec(line)?.[1] === name)]),
    ),
  );
  return pieces.map(({ lines, names }) => ({
    names,
    needs: mentions(lines, kinds).filter((name) => !names.includes(name)),
    text: lines.join("\n"),
  }));
}

/** What stands between blank lines, where a function, a list or a text counts as one whatever is in it. */
function paragraphs(text) {
  const found = [[]];
  let end;
  for (const line of text.trimEnd().split("\n")) {
    if (line === "" && end === undefined) {
      found.push([]);
      continue;
    }
    found.at(-1)?.push(line);
    if (end === undefined) end = SPANS.find(([opening]) => opening.test(line))?.[1];
    else if (end.test(line)) end = undefined;
  }
  if (end !== undefined) throw new Error(`a part of the runtime has no end: ${found.at(-1)?.[0]}`);
  return found;
}

function definedBy(lines) {
  let inside = false;
  return lines.flatMap((line) => {
    const name = FUNCTION.exec(line)?.[1];
    const names = name !== undefined ? [name] : !inside && DEFINES.test(line) ? variablesOf(line) : [];
    if (SPANS.some(([opening]) => opening.test(line))) inside = true;
    return names;
  });
}

function variablesOf(line) {
  return [...line.replace(/ +#.*/, "").matchAll(VARIABLES)].map(([, name = ""]) => name);
}

/**
 * Names in code, rather too many than too few: a variable's wherever the word stands, a function's wherever it may be a command
 * or a word handed on. Where a name is put together, all count that begin so.
 */
function mentions(lines, kinds) {
  const text = lines.filter((line) => !/^\s*#/.test(line)).join("\n");
  const code = withoutPatterns(commandsOf(text));
  const found = new Set();
  for (const [name] of text.matchAll(/\w+/g)) if (kinds.get(name) === false) found.add(name);
  for (const [, name = ""] of code.matchAll(/(?<![-$./\w[])(\w+)(?![\w=\]+])/g))
    if (kinds.get(name) === true) found.add(name);
  for (const [, prefix = ""] of text.matchAll(/(\w+_)"?\$/g))
    for (const [name, isFunction] of kinds) if (isFunction && name.startsWith(prefix)) found.add(name);
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

/** Without the patterns of cases, names of variables that are declared, arithmetic, and what is compared with. */
function withoutPatterns(code) {
  return code
    .replace(/^\s*local [^$\n]*$/gm, "")
    .replace(/\(\([^()]*\)\)/g, "")
    .replace(/^\s*[^\s()]+(?: \| [^\s()]+)*\)(?= |$)/gm, "")
    .replace(/[!=]= \w+/g, "");
}

/**
 * A text of bash without comments, here-documents and what is quoted, except for commands within quotes and the first word
 * of a text in single quotes, which may be a command for `trap`.
 */
function commandsOf(text) {
  const modes = ["code"];
  let out = "";
  for (let at = 0; at < text.length;) {
    const mode = modes.at(-1);
    const rest = text.slice(at, at + 40);
    const opens = /^(?:\$\(|[<>]\()/.exec(rest)?.[0];
    if (rest[0] === "\\") at += 2;
    else if (opens !== undefined && (opens[0] === "$" || mode === "code")) {
      modes.push("code");
      out += " ( ";
      at += opens.length;
    } else if (rest.startsWith("${")) {
      modes.push("expansion");
      at += 2;
    } else if (rest[0] === '"') {
      if (mode === "quotes") modes.pop();
      else modes.push("quotes");
      out += '"';
      at++;
    } else if (mode === "expansion" && rest[0] === "}") {
      modes.pop();
      out += "_";
      at++;
    } else if (mode === "expansion" && rest[0] === "'" && !modes.includes("quotes")) {
      at = text.indexOf("'", at + 1) + 1;
    } else if (mode !== "code") {
      at++;
    } else {
      [out, at] = plainCode(text, at, out, modes);
    }
  }
  return out;
}

/** One step through code outside of quotes and expansions. */
function plainCode(text, at, out, modes) {
  const rest = text.slice(at);
  const [comment] = /^#[^\n]*/.exec(rest) ?? [];
  if (comment !== undefined && /(^|\s)$/.test(out)) return [out, at + comment.length];
  const [single, word] = /^(?:'(\w*)[^']*'|\$'(?:[^'\\]|\\.)*')/s.exec(rest) ?? [];
  if (single !== undefined) return [`${out}' ${word ?? ""} '`, at + single.length];
  const [document] = /^<<-?'?(\w+)'?[^\n]*\n.*?\n\1(?=\n|$)/s.exec(rest) ?? [];
  if (document !== undefined && !rest.startsWith("<<<")) return [out, at + document.length];
  if (rest[0] === "(") modes.push("code");
  else if (rest[0] === ")" && modes.length > 1) modes.pop();
  return [out + rest[0], at + 1];
}
