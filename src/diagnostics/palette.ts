/** How parts of terminal output are coloured; {@link plainPalette} leaves them as they are, colours.ts has the other one. */
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

function same(text: string): string {
  return text;
}
