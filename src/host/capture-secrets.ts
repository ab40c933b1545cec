import { decodeText, encodeText } from "../text/pve-text.js";
import { maskText, secretRanges } from "../text/secrets.js";

/**
 * A text of a host without what our own search finds of secrets: a second net, after the host's own. Comments of a guest's
 * file are read as Proxmox writes them, with control characters and colons encoded.
 */
export function withoutSecrets(text: string): { readonly text: string; readonly found: number } {
  let found = 0;
  const comments = text.replace(/^#.*(?:\n#.*)*/gm, (block) => {
    const plain = block.split("\n").map((line) => decodeText(line.slice(1)));
    const ranges = secretRanges(plain.join("\n"));
    if (ranges.length === 0) return block;
    found += ranges.length;
    const lines = maskText(plain.join("\n"), ranges).split("\n");
    return lines.map((line) => `#${encodeText(line)}`).join("\n");
  });
  const ranges = secretRanges(comments);
  return { text: maskText(comments, ranges), found: found + ranges.length };
}
