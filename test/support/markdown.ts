/** A fenced block of a Markdown page. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** Words of an HTML comment directly before it (`<!-- run -->`), or behind its language. */
  readonly mark: string;
  /** Where the opening fence begins, where its text does, and where the closing fence ends. */
  readonly open: number;
  readonly start: number;
  readonly end: number;
}

/** All fenced blocks of a page, in order. */
export function fences(page: string): readonly Fence[] {
  const pattern = /(?:^<!-- ([^>]*?) -->\n+)?^```(\w*)([^\n`]*)\n([^]*?)^```$/gm;
  return [...page.matchAll(pattern)].map((match) => {
    const [whole, comment, language = "", info = "", text = ""] = match;
    const open = match.index + whole.indexOf("```");
    return {
      language,
      text,
      line: page.slice(0, open).split("\n").length,
      mark: comment ?? info.trim(),
      open,
      start: open + "```".length + language.length + info.length + 1,
      end: match.index + whole.length,
    };
  });
}

/** The page without its fenced blocks. */
export function prose(page: string): string {
  return fences(page).reduceRight((text, { open, end }) => text.slice(0, open) + text.slice(end), page);
}
