/**
 * SHA-256 of bytes, or of a text's UTF-8 bytes, hexadecimal. Node's module is loaded with the first digest that somebody asks
 * for: most runs show none.
 */
export function sha256(bytes: Uint8Array | string): string {
  // eslint-disable-next-line no-restricted-globals -- nothing of the process is read; what an import says is loaded at once
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}
