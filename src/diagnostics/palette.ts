/** How parts of terminal output are coloured; {@link plainPalette} leaves them as they are. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly note: (text: string) => string;
  readonly good: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** No colour: for pipes, files and `NO_COLOR`. */
export const plainPalette: Palette = {
  error: same,
  warning: same,
  note: same,
  good: same,
  strong: same,
  faint: same,
};

/** SGR sequences of ECMA-48, understood by every terminal that Node calls a TTY. */
export const colourPalette: Palette = {
  error: sgr(31, 39),
  warning: sgr(33, 39),
  note: sgr(36, 39),
  good: sgr(32, 39),
  strong: sgr(1, 22),
  faint: sgr(2, 22),
};

function same(text: string): string {
  return text;
}

function sgr(on: number, off: number): (text: string) => string {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
