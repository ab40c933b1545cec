import {
  compareText,
  diagnose,
  isAbsent,
  optionArguments,
  renderOption,
  settingOf,
  storageTypes,
  storages,
  stringsOf,
  valueOf,
} from "../../plugin-api/index.js";
import type {
  DeclaredStorage,
  Diagnostic,
  LowerContext,
  Lowered,
  OptionPair,
  Resource,
  Step,
} from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { storageContentUnfit, storageIncomplete, storageOptionUnfit } from "./findings.js";
import { storageOptions } from "./options.js";

/** A storage of its own. */
export function lowerStorage(resource: Resource, { model }: LowerContext): Lowered {
  const declared = storages(model).filter((storage) => storage.section === resource);
  return {
    steps: declared.map((storage) => ({ ...storageStep(storage), id: resource.address })),
    requirements: [],
    diagnostics: declared.flatMap(storageFindingsOf),
  };
}

/** The step that defines a storage, or sets the options that differ. */
export function storageStep(storage: DeclaredStorage): Step {
  const { fixed, options } = storagePairs(storage);
  const pair = ({ option, value }: OptionPair): readonly [string, string] => [option, value];
  const all = optionArguments([...fixed, ...options]);
  return makeStep(storage.owner, `storage.${storage.id}`, {
    phase: "host",
    title: `storage ${storage.id}`,
    probe: {
      kind: "storage",
      storage: storage.id,
      storageType: storage.type,
      fixed: fixed.map(pair),
      options: options.map(pair),
    },
    commands: [["pvesm", "add", storage.type, storage.id, ...all]],
    asked: storage.section,
  });
}

/** The declared options, apart from those that Proxmox cannot change later. */
function storagePairs(storage: DeclaredStorage): {
  readonly fixed: readonly OptionPair[];
  readonly options: readonly OptionPair[];
} {
  const place = new Map([
    ["path", storage.path],
    ["pool", storage.pool],
  ]);
  const fixed: OptionPair[] = [];
  const options: OptionPair[] = [];
  for (const [name, spec] of Object.entries(storageOptions)) {
    if (spec.pve === undefined) continue;
    const value = valueOf(storage.section, name);
    const text = place.get(name) ?? (value === undefined ? undefined : renderOption(spec, value));
    if (text === undefined) continue;
    (spec.effect === "create-only" ? fixed : options).push({ option: spec.pve, value: text });
  }
  return { fixed, options };
}

/** What Proxmox would refuse about a storage. */
export function storageFindingsOf(storage: DeclaredStorage): readonly Diagnostic[] {
  const known = storageTypes[storage.type];
  if (known === undefined) return [];
  const { id, type, section } = storage;
  const { fixed, options } = storagePairs(storage);
  const given = new Set([...fixed, ...options].map(({ option }) => option));
  const needed = known.fixed.filter((option) => !(known.mounted === true && option === "path"));
  const missing = needed.filter((option) => !given.has(option) && !isSaid(storage, option));
  const taken = new Set([...known.fixed, ...known.options]);
  const unfit = [...given].filter((option) => !taken.has(option)).toSorted(compareText);
  const held = stringsOf(section, "content").filter((content) => !known.content.includes(content));
  const at = (name: string) => settingOf(section, name)?.span ?? section.headSpan;
  return [
    ...missing.map((option) => diagnose(storageIncomplete, section.headSpan, { storage: id, type, option })),
    ...unfit.map((option) => diagnose(storageOptionUnfit, at(option), { storage: id, type, option })),
    ...held.map((content) => diagnose(storageContentUnfit, at("content"), { storage: id, type, content })),
  ];
}

/** Said, if not understood: then it has been reported already. */
function isSaid(storage: DeclaredStorage, option: string): boolean {
  return settingOf(storage.section, option)?.value.type === "error" || isAbsent(storage.section, option);
}
