import pico from "picocolors";

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

const colours = pico.createColors(true);

/** For terminals; whether there is one is the caller's to know. */
export const colourPalette: Palette = {
  error: colours.red,
  warning: colours.yellow,
  note: colours.cyan,
  good: colours.green,
  strong: colours.bold,
  faint: colours.dim,
};

function same(text: string): string {
  return text;
}
