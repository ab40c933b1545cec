import type { Ran } from "./guest.js";

const READING = /^((zfs (get|list|version)|zpool (get|list|status|version)|wipefs .*--no-act)\b|zfs allow \S+$)/;

/** The commands of a step that may have changed something, in order. */
export function changing({ calls }: Pick<Ran, "calls">): readonly string[] {
  return calls.map(({ command }) => command).filter((command) => !READING.test(command));
}
