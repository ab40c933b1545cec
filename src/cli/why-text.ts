import type { Effect, EffectStep, Entry, Explanation, LayerText, Place } from "../compile/why/index.js";
import type { Palette } from "../diagnostics/palette.js";
import { visible } from "../text/visible.js";

/** How an explanation is written. */
export interface WhyStyle {
  /** A file as the reader would name it. */
  readonly path: (file: string) => string;
  readonly palette: Palette;
}

/** An explanation for a terminal: each attribute with its layers, then the steps. */
export function whyText({ subject, address, entries, effect }: Explanation, style: WhyStyle): string {
  const [only] = entries;
  const isOne = entries.length === 1 && only !== undefined && subject.endsWith(`.${only.name}`);
  const { strong } = style.palette;
  const head = isOne ? entryHead(subject, only) : subject === address ? subject : `${subject} (${address})`;
  const body = isOne
    ? [...about(only), "", ...layerLines(only, style)]
    : entries.flatMap((entry) => ["", entryHead(entry.name, entry), ...layerLines(entry, style)]);
  return [strong(visible(head)), ...body, "", ...effectLines(effect, isOne ? only : undefined, style), ""].join("\n");
}

function entryHead(name: string, { value }: Entry): string {
  return value === undefined ? name : `${name} = ${value}`;
}

function about({ doc }: Entry): readonly string[] {
  return doc === undefined ? [] : [`  ${doc}`];
}

function layerLines({ layers, block, drawn }: Entry, { path, palette }: WhyStyle): readonly string[] {
  if (block !== undefined) return [`> ${placeText(block, path)}`];
  if (layers.length === 0) return ["  no file sets it: what no file declares is not managed"];
  const places = layers.map((layer) => placeText(layer, path));
  const width = Math.max(...places.map((place) => place.length));
  const lines = layers.map((layer, index) => {
    const text = `${(places[index] ?? "").padEnd(width)}  ${said(layer)}`;
    return layer.counts ? `> ${text}` : palette.faint(`  ${text}`);
  });
  return drawn === undefined ? lines : [...lines, visible(`  drawn, and kept in the lock file as ${drawn}`)];
}

function placeText({ file, line, column }: Place, path: WhyStyle["path"]): string {
  return visible(`${path(file)}:${line}:${column}`);
}

function said({ operator, value, profile, preset }: LayerText): string {
  const origin = profile === undefined ? preset && `preset ${preset}` : `profile ${profile}`;
  return visible(`${operator} ${value}${origin === undefined ? "" : `  (${origin})`}`);
}

const OTHER_CHANGES: Readonly<Record<EffectStep["change"], readonly string[]>> = {
  commands: [],
  comparison: ["  its commands are the same; what it compares is not"],
  script: ["  the script does this by itself, without a command of Proxmox"],
};

function effectLines(effect: Effect | undefined, entry: Entry | undefined, { palette }: WhyStyle): readonly string[] {
  if (effect === undefined) return ["there is no plan because of the errors"];
  const { steps, requirements, after } = effect;
  if (entry !== undefined && entry.value === undefined) return ["nothing of the plan follows from it"];
  if (steps.length + requirements.length + after.length === 0) {
    return ["the plan is the same without it: phxc only checks with it, or it says what holds anyway"];
  }
  return [
    ...steps.flatMap(({ id, title, change, commands }) => [
      `${palette.strong("step")} ${visible(id)} (${visible(title)})`,
      ...commands.map((command) => `  ${visible(command)}`),
      ...OTHER_CHANGES[change],
    ]),
    ...requirements.map((text) => `${palette.strong("before the first step")} the host is asked for ${visible(text)}`),
    ...after.map((address) => `${palette.strong("order")} after ${visible(address)}`),
  ];
}
