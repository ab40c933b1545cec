/** Findings: what they are, how they are counted, ordered and shown. The catalogue of their kinds is imported on its own. */
export * from "./diagnostic.js";
export { colourPalette } from "./colours.js";
export { plainPalette } from "./palette.js";
export type { Palette } from "./palette.js";
export { renderText } from "./render-text.js";
export type { TextOptions } from "./render-text.js";
export { countFindings, hasErrors, plural, sortFindings, summaryLine } from "./summary.js";
export type { Counts } from "./summary.js";
