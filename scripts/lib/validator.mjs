import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./files.mjs";

/** Removes what an earlier build left, until src/json offers a schema to compile. */
export async function writeValidator() {
  rmSync(join(root, "src/json/validator.generated.ts"), { force: true });
}
