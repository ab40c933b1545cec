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

/** Users, tokens and permissions of Proxmox; a token's line has its name and no secret. */
const ACCESS_FILE = "/etc/pve/user.cfg";
const TOKEN = "token:";

/** {@link withoutSecrets} of the file of this path. */
export function withoutSecretsOf(path: string, text: string): ReturnType<typeof withoutSecrets> {
  if (path !== ACCESS_FILE) return withoutSecrets(text);
  const lines = text.split("\n").map((line) => {
    const head = line.startsWith(TOKEN) ? TOKEN : "";
    const rest = withoutSecrets(line.slice(head.length));
    return { text: head + rest.text, found: rest.found };
  });
  return { text: lines.map((line) => line.text).join("\n"), found: lines.reduce((sum, { found }) => sum + found, 0) };
}
