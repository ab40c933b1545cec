import type { Diagnostic } from "./diagnostic.js";

/** A guest as messages name it: `vm 8001 docker-1`. */
const GUEST = /\b(?:vm|ct) \d+ [\w.-]*\w/g;

/** More names than these help nobody. */
const MOST_NAMES = 8;

/**
 * Joins what a loop or a profile brings to several guests: findings that differ only in the guest that they name, about the
 * same places. The first stands for all of them, and names the other guests.
 */
export function joinRepeated(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = new Map<string, Diagnostic[]>();
  const atPlace = countByPlace(findings);
  for (const finding of findings) {
    const place = placeOf(finding);
    const key = atPlace.get(place) === 1 ? place : keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [joined(first, others)]));
}

function joined(first: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  const own = new Set(first.message.match(GUEST));
  const names = [...new Set(others.flatMap(({ message }) => message.match(GUEST) ?? []))].filter(
    (name) => !own.has(name),
  );
  if (names.length === 0) return first;
  const shown =
    names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), `${names.length - MOST_NAMES} more`] : names;
  return { ...first, message: `${first.message} (likewise ${shown.join(", ")})` };
}

/** Most findings are alone at their place, which is found without looking at their texts. */
function countByPlace(findings: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const place = placeOf(finding);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

/** Equal for findings that may be joined; a part of what decides. */
function placeOf({ code, span }: Diagnostic): string {
  return `${code} ${span.start} ${span.end}`;
}

function keyOf({ code, severity, message, span, related }: Diagnostic): string {
  const places = [span, ...related.map((other) => other.span)];
  const where = places.map(({ file, start, end }) => [file.path, start, end]);
  return JSON.stringify([code, severity, message.replace(GUEST, "guest"), ...where]);
}
