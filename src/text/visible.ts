/**
 * Characters that a terminal or a viewer would act on instead of showing them: controls, line and paragraph separators,
 * bidirectional and zero-width formatting, the byte order mark, lone surrogates.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- controls are what it is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** The text with every hidden character written as `\u{hex}`, so that what is shown is what is there. */
export function visible(text: string): string {
  return isPlain(text) ? text : text.replace(HIDDEN, escapeCharacter);
}

/** Whether a text is printable ASCII alone: what nearly all texts are, found without the long pattern. */
export function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** As {@link visible}, but line feeds stay: for messages that have several lines on purpose. */
export function visibleLines(text: string): string {
  return isPlain(text) ? text : text.split("\n").map(visible).join("\n");
}

/** Columns that a character takes on a terminal: 0 for combining marks, 2 for wide East Asian and emoji, else 1. */
export function cellWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^\p{M}$/u.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Ranges of East Asian Width W and F, joined generously (Unicode 15, EastAsianWidth.txt). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
