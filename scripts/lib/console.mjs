/** Writes one line to the terminal; progress of the scripts goes to stderr so that stdout stays the product's. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
