import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * SHA-256 of bytes, or of a text's UTF-8 bytes, hexadecimal. Node's module is loaded with the first digest that somebody asks
 * for: most runs show none.
 */
export function sha256(bytes: Uint8Array | string): string {
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}
