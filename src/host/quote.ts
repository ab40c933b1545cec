/** One literal word for a POSIX shell: the only way in which a value becomes part of a remote command line. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line from literal words. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
