/** A fenced block of a Markdown page. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** Words of an HTML comment directly before it: `<!-- run -->`. */
  readonly mark: string;
}

/** All fenced blocks of a page, in order. */
export function fences(page: string): readonly Fence[] {
  const pattern = /(?:^<!-- ([^>]*?) -->\n+)?^```(\w*)\n([^]*?)^```$/gm;
  return [...page.matchAll(pattern)].map((match) => ({
    language: match[2] ?? "",
    text: match[3] ?? "",
    line: page.slice(0, match.index + match[0].indexOf("```")).split("\n").length,
    mark: match[1] ?? "",
  }));
}
