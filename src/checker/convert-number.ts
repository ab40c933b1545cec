import { diagnose } from "../diagnostics/diagnostic.js";
import { missingUnit, notAMultiple, outOfRange } from "../diagnostics/catalogue/semantics.js";
import type { OptionType } from "../plugin-api/index.js";
import { accept, close } from "./outcome.js";
import type { Attempt, Outcome } from "./outcome.js";
import type { Datum } from "./datum.js";
import { formatDuration, formatSize } from "./units.js";

type NumberType = Extract<OptionType, { type: "int" | "number" }>;

/** Whole and other numbers within their bounds. */
export function convertNumber(datum: Datum, type: NumberType, name: string): Attempt {
  if (datum.type !== "number") return undefined;
  if (type.type === "int" && !Number.isInteger(datum.value)) return undefined;
  const bounds = boundsProblem(datum.value, type, String);
  const found = datum.text ?? String(datum.value);
  if (bounds !== undefined) return close(diagnose(outOfRange, datum.span, { name, found, bounds }));
  return accept({ type: "number", value: datum.value });
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function boundsProblem(value: number, { min, max }: Bounds, show: (value: number) => string): string | undefined {
  const isInside = value >= (min ?? -Infinity) && value <= (max ?? Infinity);
  if (isInside) return undefined;
  if (min !== undefined && max !== undefined) return `${show(min)} to ${show(max)}`;
  return min === undefined ? `at most ${show(max ?? Infinity)}` : `at least ${show(min)}`;
}

type QuantityType = Extract<OptionType, { type: "size" | "duration" }>;

/** Sizes and durations: they need a unit, unless they are zero. */
export function convertQuantity(datum: Datum, type: QuantityType, name: string): Attempt {
  const show = type.type === "size" ? formatSize : formatDuration;
  const isBareZero = datum.type === "number" && datum.value === 0;
  if (datum.type === "number" && !isBareZero) return unitMissing(datum, type, name);
  if (datum.type !== type.type && !isBareZero) return undefined;
  const value = datum.type === type.type ? datum.value : 0;
  const found = (datum.type === type.type ? datum.text : undefined) ?? show(value);
  const bounds = boundsProblem(value, type, show);
  if (bounds !== undefined) return close(diagnose(outOfRange, datum.span, { name, found, bounds }));
  if (type.multipleOf !== undefined && value % type.multipleOf !== 0) {
    return close(diagnose(notAMultiple, datum.span, { name, found, step: show(type.multipleOf) }));
  }
  return accept({ type: type.type, value });
}

function unitMissing(datum: Extract<Datum, { type: "number" }>, type: QuantityType, name: string): Outcome {
  const found = datum.text ?? String(datum.value);
  const units = type.type === "size" ? ["MiB", "GiB"] : ["s", "m"];
  const examples = units.map((unit) => `${found}${unit}`).join(" or ");
  return close(diagnose(missingUnit, datum.span, { name, found, examples, type: type.type }));
}
