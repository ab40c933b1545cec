/** How the first line of every file begins that is ours as a whole; the script overwrites no other. */
export const FILE_MARK = "# Managed by phxc:";

/** The text of a file that is ours as a whole: a first line that says what it is, then these lines. */
export function managedText(what: string, lines: readonly string[]): string {
  return [`${FILE_MARK} ${what}. Changes are overwritten.`, ...lines, ""].join("\n");
}

/** The name under which a plan remembers a file: its path, and after `#` the block in it. */
export function fileName({ path, block }: { readonly path: string; readonly block?: string }): string {
  return block === undefined ? path : `${path}#${block}`;
}
