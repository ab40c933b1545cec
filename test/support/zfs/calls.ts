import type { Call } from "./guest.js";

const READING = /^(zfs (get|list|version)|zpool (get|list|status|version)|wipefs .*--no-act)\b/;

/** Whether a call only looks. */
export function isReading({ command }: Call): boolean {
  return READING.test(command);
}
