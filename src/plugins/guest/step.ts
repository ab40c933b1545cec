import { guestRef, joinOptions, optionArguments, pctConfig, qmConfig, specOf } from "../../plugin-api/index.js";
import type {
  GuestKind,
  GuestRef,
  Lowered,
  OptionPair,
  Phase,
  Resource,
  RetiredGuest,
  RetiredKey,
  SecretOption,
  Section,
  Step,
  WantedOptions,
} from "../../plugin-api/index.js";

/** Makes a step of a resource's turn; `name` follows the resource's address in the step's id. */
export function makeStep(
  resource: Resource,
  name: string,
  fields: Pick<Step, "probe" | "commands"> & {
    readonly phase: Phase;
    readonly title?: string;
    readonly risk?: Step["risk"];
    readonly asked?: Section | undefined;
  },
): Step {
  return {
    id: `${resource.address}.${name}`,
    phase: fields.phase,
    resource: resource.address,
    title: fields.title ?? name,
    risk: fields.risk ?? "safe",
    probe: fields.probe,
    commands: fields.commands,
    requires: [],
    source: (fields.asked ?? resource).headSpan,
  };
}

/** `qm` or `pct`, whichever manages the guest. */
export function toolOf(guest: GuestRef): "qm" | "pct" {
  return guest.kind === "vm" ? "qm" : "pct";
}

/** One `set` for all that the files say of a guest; no step when they say nothing. */
export function optionsStep(
  resource: Resource,
  parts: readonly WantedOptions[],
  extra: {
    readonly exact: readonly string[];
    readonly risk: Step["risk"];
    readonly retired: RetiredGuest | undefined;
    readonly secrets?: readonly SecretOption[];
    /** What is decided when the guest, or its volume, is made: told where it differs, never set. */
    readonly fixed?: readonly OptionPair[];
  },
): readonly Step[] {
  const options = joinOptions(parts);
  const gone = retiredOptions(extra.retired, extra.exact);
  const { secrets = [], fixed = [] } = extra;
  const lists = [options.wanted, options.absent, options.absentKeys, extra.exact, fixed, secrets];
  const isEmpty = lists.every((list) => list.length === 0);
  if (isEmpty) return [];
  const guest = guestRef(resource);
  const deletion = options.absent.length === 0 ? [] : ["--delete", options.absent.join(",")];
  const command = [toolOf(guest), "set", String(guest.id), ...optionArguments(options.wanted), ...deletion];
  const pending = pendingOptions(guest.kind, options);
  const decided = { ...(fixed.length === 0 ? {} : { fixed }), ...(secrets.length === 0 ? {} : { secrets }) };
  const probe = { kind: "options", guest, ...options, exact: extra.exact, pending, ...decided, ...gone } as const;
  return [makeStep(resource, "options", { phase: "configure", risk: extra.risk, probe, commands: [command] })];
}

/** Of the options that a step manages and their keys, those that a running guest takes over only at its next start. */
function pendingOptions(kind: GuestKind, { wanted, absent, absentKeys }: WantedOptions): readonly string[] {
  const table = kind === "vm" ? qmConfig : pctConfig;
  const names = [...wanted.map(({ option }) => option), ...absent, ...absentKeys.map((key) => key.split(".")[0] ?? "")];
  const whole = [...new Set(names)].filter((option) => specOf(table, option)?.effect !== "at-once");
  const keys = wanted.flatMap(({ option, value }) => [
    ...value.split(",").map((part) => `${option}.${part.slice(0, part.indexOf("="))}`),
  ]);
  const waiting = [...keys, ...absentKeys].filter((path) => {
    const [option = "", key = ""] = path.split(".");
    return !whole.includes(option) && specOf(table, option)?.keys?.keys[key]?.effect === "pending";
  });
  return [...whole, ...waiting];
}

/** What the options step takes back: whole options, and keys of those that stay. */
function retiredOptions(
  retired: RetiredGuest | undefined,
  exact: readonly string[],
): { readonly retired?: readonly OptionPair[]; readonly retiredKeys?: readonly RetiredKey[] } {
  if (retired === undefined) return {};
  // A family that is managed as an exact set takes back its own.
  const isOwn = (option: string): boolean => exact.every((family) => !option.startsWith(`${family} `));
  const options = Object.entries(retired.options).flatMap(([option, value]) =>
    isOwn(option) ? [{ option, value }] : [],
  );
  const keys = Object.entries(retired.keys).flatMap(([option, values]) =>
    Object.entries(values).map(([key, value]) => ({ option, key, value })),
  );
  return {
    ...(options.length === 0 ? {} : { retired: options }),
    ...(keys.length === 0 ? {} : { retiredKeys: keys }),
  };
}

/** Several lowered parts as one, in order. */
export function joinLowered(parts: readonly Lowered[]): Lowered {
  const scripts = parts.flatMap((part) => Object.entries(part.scripts ?? {}));
  return {
    ...(scripts.length === 0 ? {} : { scripts: Object.fromEntries(scripts) }),
    steps: parts.flatMap((part) => part.steps),
    requirements: parts.flatMap((part) => part.requirements),
    diagnostics: parts.flatMap((part) => part.diagnostics ?? []),
  };
}

/** Steps with nothing else. */
export function onlySteps(steps: readonly Step[]): Lowered {
  return { steps, requirements: [] };
}
