/**
 * What a name such as `n-1` or `total/n` was meant to be: with spaces around the operators. Undefined when its parts are
 * no variables and numbers.
 */
export function gluedForm(name: string, isKnown: (part: string) => boolean): string | undefined {
  const parts = name.split(/([-/])/);
  const operands = parts.filter((_, i) => i % 2 === 0);
  if (operands.length < 2) return undefined;
  const isVariable = operands.some(isKnown);
  if (isVariable && operands.every((part) => isKnown(part) || isInteger(part))) return parts.join(" ");
  return singleSplit(parts, isKnown);
}

/** Variables may themselves hold `-`: `web-port-1` is `web-port - 1`. */
function singleSplit(parts: readonly string[], isKnown: (part: string) => boolean): string | undefined {
  for (let at = parts.length - 2; at > 0; at -= 2) {
    const left = parts.slice(0, at).join("");
    const right = parts.slice(at + 1).join("");
    const isMeant = (isKnown(left) && (isKnown(right) || isInteger(right))) || (isInteger(left) && isKnown(right));
    if (isMeant) return `${left} ${parts[at]} ${right}`;
  }
  return undefined;
}

function isInteger(text: string): boolean {
  return /^\d+$/.test(text);
}
