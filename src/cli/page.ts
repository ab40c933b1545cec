import type { Palette } from "../diagnostics/palette.js";

/**
 * A Markdown page of the documentation for a terminal: headings stand out, code is set in, fences are left out.
 * Of the comments that tests read, the name of a file is shown.
 */
export function renderPage(markdown: string, palette: Palette): string {
  let inCode = false;
  const lines = markdown
    .replace(/^<!-- (?!file ).*-->\n\n?/gm, "")
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("```")) {
        inCode = !inCode;
        return [];
      }
      if (inCode) return [line === "" ? "" : `    ${line}`];
      const file = /^<!-- file (.*) -->$/.exec(line)?.[1];
      if (file !== undefined) return [`${file}:`];
      const heading = /^#+ (.*)$/.exec(line)?.[1];
      return [heading === undefined ? line : palette.strong(heading)];
    });
  return lines.join("\n");
}
