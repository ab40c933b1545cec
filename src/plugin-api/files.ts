import type { Step } from "../model/plan.js";

/** How the first line of every file begins that is ours as a whole; the script overwrites no other. */
export const FILE_MARK = "# Managed by phxc:";

/** The text of a file that is ours as a whole: a first line that says what it is, then these lines. */
export function managedText(what: string, lines: readonly string[]): string {
  return [`${FILE_MARK} ${what}. Changes are overwritten.`, ...lines, ""].join("\n");
}

/** A file of the host, or a block in one, as a plan remembers it. */
export interface RememberedFile {
  readonly path: string;
  readonly block?: string;
  /** Without the values of secrets. */
  readonly text: string;
}

/** The name under which a plan remembers a file: its path, and after `#` the block in it. */
export function fileName({ path, block }: { readonly path: string; readonly block?: string }): string {
  return block === undefined ? path : `${path}#${block}`;
}

/** The files of the host that steps write, in their order. */
export function filesOf(steps: readonly Step[]): readonly RememberedFile[] {
  return steps.flatMap(({ probe }) => {
    if (probe.kind !== "file" || probe.guest !== undefined) return [];
    const { path, block, content } = probe;
    return [{ path, ...(block === undefined ? {} : { block }), text: content }];
  });
}
