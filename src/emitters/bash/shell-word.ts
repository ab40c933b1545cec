/**
 * The only place that knows how bash reads text. Templates take {@link ShellWord}s, never strings, so that none of them
 * can forget to quote.
 */
export class ShellWord {
  readonly #text: string;
  private constructor(text: string) {
    this.#text = text;
  }

  /** A value of the user: always one literal word, whatever it holds. NUL cannot be passed to a program and throws. */
  static value(text: string): ShellWord {
    return new ShellWord(quote(text));
  }

  /** A word of ours (a command, an option, a number); throws when it would need quoting. */
  static bare(text: string): ShellWord {
    if (!/^[A-Za-z0-9_.,:=/+-]+$/.test(text)) throw new Error(`not a bare word: ${JSON.stringify(text)}`);
    return new ShellWord(text);
  }

  /** Text for a comment: one line, nothing in it can end it or deceive a reader. */
  static comment(text: string): ShellWord {
    return new ShellWord(visible(text));
  }

  /** Several words, separated by blanks. */
  static join(words: readonly ShellWord[]): ShellWord {
    return new ShellWord(words.map(String).join(" "));
  }

  /**
   * A call of the runtime as a line of the script: some words on its first line, the others one a line, so that a change is
   * one line of a diff. Most of a script is such calls; a template for them costs more than all others together.
   */
  static call(verb: string, args: readonly ShellWord[], lines: readonly ShellWord[] = []): string {
    return `\t${[ShellWord.bare(verb), ...args].join(" ")}${lines.map((line) => ` \\\n\t\t${String(line)}`).join("")}\n`;
  }

  /** The lines of a quoted here-document, which bash takes as they are; the caller has checked them. */
  static hereDocument(lines: string): ShellWord {
    return new ShellWord(lines);
  }

  toString(): string {
    return this.#text;
  }

  /** How Handlebars asks for text that it must not escape. */
  toHTML(): string {
    return this.#text;
  }
}

/** Control characters but newline and tab, and the characters that change the direction or the look of text. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Nearly every text, told in one look. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Whether text may stand in the script as it is: no control, bidirectional or invisible characters but newline and tab. */
export function isPlain(text: string): boolean {
  return PRINTABLE.test(text) || !DECEPTIVE.test(text.replace(/[\n\t]/g, ""));
}

/** One literal word: in single quotes, or as `$'...'` with the bytes spelled out when it holds deceptive characters. */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("a NUL character cannot be passed to a program");
  if (isPlain(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  let out = "";
  for (const char of text) {
    if (char === "'" || char === "\\") out += `\\${char}`;
    else if (char === "\n") out += "\\n";
    else if (char === "\t") out += "\\t";
    else if (DECEPTIVE.test(char)) {
      for (const byte of Buffer.from(char, "utf8")) out += `\\x${byte.toString(16).padStart(2, "0")}`;
    } else out += char;
  }
  return `$'${out}'`;
}

/** Text on one line, with everything deceptive spelled out as `\u{...}`. */
export function visible(text: string): string {
  if (PRINTABLE.test(text)) return text;
  let out = "";
  for (const char of text) out += DECEPTIVE.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
  return out;
}
