/**
 * Proxmox's encoding of text in a line (PVE::Tools::encode_text): control characters, colons and what is not ASCII. A percent sign is
 * not among them, so that a text with `%41` in it is another one when Proxmox reads it back.
 */
export function encodeText(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) =>
      byte < 32 || byte === 58 || byte > 126
        ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
        : String.fromCharCode(byte),
    )
    .join("");
}

/** How Proxmox reads what {@link encodeText} gave. */
export function decodeText(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = /^%([0-9A-Fa-f]{2})/.exec(text.slice(i, i + 3))?.[1];
    if (hex === undefined) bytes.push(...Buffer.from(text.charAt(i), "utf8"));
    else {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    }
  }
  return Buffer.from(bytes).toString("utf8");
}
