/** How the text of strings is written: the escapes that are needed, and no others. */

/** Characters that are not seen, or not seen as what they are. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The characters of a `"..."` string. */
export function escapeLine(text: string): string {
  return escape(text.replace(/[\\"]/g, "\\$&"), { "\n": "\\n", "\t": "\\t" });
}

/** The lines of a `"""` text; line ends and tabs stand for themselves. */
export function escapeText(text: string): string {
  return escape(text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"""'), { "\n": "\n", "\t": "\t" });
}

/** Whether text can stand in lines of its own: every line has an end. */
export function endsLine(text: string): boolean {
  return text === "" || text.endsWith("\n");
}

/** Whether the lines of a `'''` text can be written as they are. */
export function fitsRaw(text: string): boolean {
  return endsLine(text) && !text.includes("\r") && !text.split("\n").some((line) => /^[ \t]*'''[ \t]*$/.test(line));
}

/** Puts a margin before every line that is not empty. */
export function indentLines(text: string, margin: string): string {
  return text.replace(/[^\n]+/g, (line) => margin + line);
}

function escape(text: string, named: Readonly<Record<string, string>>): string {
  return text
    .replace(/\$(?=\{)/g, "\\$")
    .replace(invisible, (c) => named[c] ?? `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
