/** One literal word for a POSIX shell: the only way in which a value becomes part of a remote command line. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line from literal words. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}

/** The same for readers: words that a shell takes as they are stay without quotes. */
export function readableLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word))).join(" ");
}
