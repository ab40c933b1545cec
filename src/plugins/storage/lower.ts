import {
  blockOptions,
  compareText,
  diagnose,
  isAbsent,
  joinOptions,
  optionArguments,
  renderOption,
  sectionOf,
  settingOf,
  storageAdd,
  storageTypes,
  storages,
  stringsOf,
  textOf,
  valueOf,
} from "../../plugin-api/index.js";
import type {
  DeclaredStorage,
  Diagnostic,
  LowerContext,
  Lowered,
  OptionPair,
  Requirement,
  Resource,
  SecretOption,
  Section,
} from "../../plugin-api/index.js";
import { joinLowered, makeStep } from "../guest/step.js";
import {
  storageAccount,
  storageContentUnfit,
  storageIncomplete,
  storageOptionUnfit,
  storageOverIscsi,
} from "./findings.js";
import { fedOptions, storageOptions, storageSections } from "./options.js";

/** A storage of its own. */
export function lowerStorage(resource: Resource, { model }: LowerContext): Lowered {
  const declared = storages(model).filter((storage) => storage.section === resource);
  const { steps, requirements, diagnostics = [] } = joinLowered(declared.map(lowerDeclared));
  return { steps: steps.map((step) => ({ ...step, id: resource.address })), requirements, diagnostics };
}

/** The step that defines a storage, or sets the options that differ, with what it reads and what is wrong with it. */
export function lowerDeclared(storage: DeclaredStorage): Lowered {
  const pairs = storagePairs(storage);
  const { fixed, options, absent } = pairs;
  const fed = fedBy(storage);
  const pair = ({ option, value }: OptionPair): readonly [string, string] => [option, value];
  const step = makeStep(storage.owner, `storage.${storage.id}`, {
    phase: "host",
    title: `storage ${storage.id}`,
    probe: {
      kind: "storage",
      storage: storage.id,
      storageType: storage.type,
      fixed: fixed.map(pair),
      options: options.map(pair),
      ...(absent.length === 0 ? {} : { absent }),
      ...(fed.length === 0 ? {} : { secrets: fed }),
    },
    commands: [["pvesm", "add", storage.type, storage.id, ...optionArguments([...fixed, ...options])]],
    asked: storage.section,
  });
  return {
    steps: [{ ...step, id: `storage.${storage.id}` }],
    requirements: fed.flatMap(({ option, secret }) => needOf(option, secret, storage.section)),
    diagnostics: storageFindingsOf(storage, pairs),
  };
}

/** The options that come from secrets or files, and from where. */
function fedBy({ section }: DeclaredStorage): readonly SecretOption[] {
  return fedOptions.flatMap((option): readonly SecretOption[] => {
    const value = valueOf(section, option);
    if (value === undefined) return [];
    if (value.type === "secret") return [{ option, secret: value.source }];
    return [{ option, secret: option === "master-pubkey" ? `file:${textOf(value) ?? ""}` : "autogen" }];
  });
}

function needOf(option: string, secret: string, section: Section): readonly Requirement[] {
  const source = settingOf(section, option)?.span ?? section.headSpan;
  if (secret === "autogen") return [];
  if (option === "master-pubkey") return [{ kind: "file", path: secret.slice("file:".length), blocks: [], source }];
  return [{ kind: "secret", secret, blocks: [], source }];
}

interface StoragePairs {
  readonly fixed: readonly OptionPair[];
  readonly options: readonly OptionPair[];
  /** Options and keys of property strings that must not be set. */
  readonly absent: readonly string[];
}

/** The declared options, apart from those that Proxmox cannot change later. */
function storagePairs(storage: DeclaredStorage): StoragePairs {
  const { section } = storage;
  const place = new Map([
    ["path", storage.path],
    ["pool", storage.pool],
  ]);
  const unchangeable = storageTypes[storage.type]?.fixed ?? [];
  const fixed: OptionPair[] = [];
  const options: OptionPair[] = [];
  const absent: string[] = [];
  for (const [name, spec] of Object.entries(storageOptions)) {
    if (spec.pve === undefined || fedOptions.includes(name)) continue;
    if (isAbsent(section, name)) absent.push(spec.pve);
    const value = valueOf(section, name);
    const text = place.get(name) ?? (value === undefined ? undefined : renderOption(spec, value));
    if (text === undefined) continue;
    const isFixed = unchangeable.includes(spec.pve) || spec.effect === "create-only";
    (isFixed ? fixed : options).push({ option: spec.pve, value: text });
  }
  const { wanted, absentKeys } = joinOptions(blockOptions(section, storageSections, storageAdd));
  return { fixed, options: [...options, ...wanted], absent: [...absent, ...absentKeys] };
}

/** What Proxmox would refuse about a storage. */
function storageFindingsOf(storage: DeclaredStorage, { fixed, options, absent }: StoragePairs): readonly Diagnostic[] {
  const known = storageTypes[storage.type];
  if (known === undefined) return [];
  const { id, type, section } = storage;
  const said = fedOptions.filter((option) => settingOf(section, option) !== undefined);
  const given = new Set([...[...fixed, ...options].map(({ option }) => option), ...said]);
  const needed = known.fixed.filter((option) => !(known.mounted === true && option === "path"));
  const missing = needed.filter((option) => !given.has(option) && !isSaid(storage, option));
  const taken = new Set([...known.fixed, ...known.options]);
  const named = new Set([...given, ...absent.map((path) => path.split(".")[0] ?? "")]);
  const unfit = [...named].filter((option) => !taken.has(option)).toSorted(compareText);
  const held = stringsOf(section, "content").filter((content) => !known.content.includes(content));
  const at = (name: string) => settingOf(section, name)?.span ?? sectionOf(section, name)?.headSpan ?? section.headSpan;
  if (type === "zfs" && missing.includes("portal"))
    return [diagnose(storageOverIscsi, section.headSpan, { storage: id })];
  const account = ["password", "domain"].find((option) => given.has(option) && !given.has("username"));
  return [
    ...missing.map((option) => diagnose(storageIncomplete, section.headSpan, { storage: id, type, option })),
    ...unfit.map((option) => diagnose(storageOptionUnfit, at(option), { storage: id, type, option })),
    ...held.map((content) => diagnose(storageContentUnfit, at("content"), { storage: id, type, content })),
    ...(account === undefined || !taken.has("username") || missing.includes("username")
      ? []
      : [diagnose(storageAccount, at(account), { storage: id, option: account })]),
  ];
}

/** Said, if not understood: then it has been reported already. */
function isSaid(storage: DeclaredStorage, option: string): boolean {
  return settingOf(storage.section, option)?.value.type === "error" || isAbsent(storage.section, option);
}
