import pico from "picocolors";
import type { Palette } from "./palette.js";

const colours = pico.createColors(true);

/** For terminals; whether there is one is the caller's to know. A module of its own, because most output has no colour. */
export const colourPalette: Palette = {
  error: colours.red,
  warning: colours.yellow,
  note: colours.cyan,
  good: colours.green,
  strong: colours.bold,
  faint: colours.dim,
};
