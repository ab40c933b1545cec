import type { Palette } from "../diagnostics/palette.js";

/** A Markdown page of the documentation for a terminal: headings stand out, code is set in, fences are left out. */
export function renderPage(markdown: string, palette: Palette): string {
  let inCode = false;
  const lines = markdown.split("\n").flatMap((line) => {
    if (line.startsWith("```")) {
      inCode = !inCode;
      return [];
    }
    if (inCode) return [line === "" ? "" : `    ${line}`];
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    return [heading === undefined ? line : palette.strong(heading)];
  });
  return lines.join("\n");
}
