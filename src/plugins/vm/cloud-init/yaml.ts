/** What a cloud-config can hold. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

/**
 * YAML in block style. Keys are the caller's own words; every text is a double-quoted scalar of printable ASCII, or, where it
 * consists of such lines, a literal one: no text can end its place, mean another type, or be read differently by the two
 * versions of YAML.
 */
export function yaml(data: Yaml): string {
  return `${blockOf(data, "").replace(/^\n/, "")}\n`;
}

/** A value behind a key or a dash: a scalar on the line, or a block below it. */
function blockOf(data: Yaml, margin: string): string {
  if (typeof data === "string") return scalar(data, margin);
  if (typeof data !== "object") return ` ${String(data)}`;
  if (isList(data)) {
    if (data.length === 0) return " []";
    return data.map((item) => `\n${margin}-${inItem(blockOf(item, `${margin}  `), `${margin}  `)}`).join("");
  }
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return " {}";
  return entries.map(([key, value]) => `\n${margin}${key}:${blockOf(value ?? "", `${margin}  `)}`).join("");
}

function isList(data: Yaml): data is readonly Yaml[] {
  return Array.isArray(data);
}

/** The first line of a block stands behind its dash. */
function inItem(block: string, margin: string): string {
  return block.startsWith(`\n${margin}`) ? ` ${block.slice(margin.length + 1)}` : block;
}

/** Lines of printable ASCII, the first not blank and not indented (its indentation is that of the scalar), one end. */
const PLAIN_LINES = /^[!-~][ -~]*\n(?:[ -~]*\n)*$/;

function scalar(text: string, margin: string): string {
  if (!PLAIN_LINES.test(text) || text.endsWith("\n\n") || !text.slice(0, -1).includes("\n")) return ` ${quoted(text)}`;
  const lines = text.slice(0, -1).split("\n");
  return ` |${lines.map((line) => (line === "" ? "\n" : `\n${margin}${line}`)).join("")}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A double-quoted scalar in printable ASCII. Half of a surrogate pair, which no text file can hold, becomes U+FFFD. */
function quoted(text: string): string {
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const escape = ESCAPES[character];
    if (escape !== undefined) out += escape;
    else if (code >= 0x20 && code < 0x7f) out += character;
    else if (code >= 0xd800 && code <= 0xdfff) out += "\\uFFFD";
    else if (code > 0xffff) out += `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`;
    else out += `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return `"${out}"`;
}
