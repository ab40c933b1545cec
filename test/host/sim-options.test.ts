import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandSpecs } from "../../src/rehearsal/schema/commands.js";
import type { Spec } from "../../src/pve/spec.js";
import { hasShared, shared } from "../support/paths.js";

const test = suite("sim options");

/** An option as the genuine command's schema has it. */
interface Recorded {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly optional?: boolean | number;
  readonly alias?: string;
  readonly index?: { readonly max: number };
  readonly requires?: string;
  readonly format?: {
    readonly kind: string;
    readonly properties?: Readonly<Record<string, Recorded & { readonly default_key?: number }>>;
  };
}

/** Options that the tables leave out on purpose. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  "pct migrate": ["bwlimit"],
  "pct move-volume": ["target-digest", "target-vmid", "target-volume"],
  "qm disk move": ["target-digest", "target-vmid", "target-disk"],
  "qm migrate": ["bwlimit", "migration_network", "migration_type", "with-conntrack-state"],
  "qm start": [
    "migratedfrom",
    "migration_network",
    "migration_type",
    "nets-host-mtu",
    "stateuri",
    "targetstorage",
    "with-conntrack-state",
  ],
  "qm stop": ["migratedfrom"],
  // Options of storage types that the simulated host does not make.
  "pvesm add": [
    "authsupported",
    "comstar_hg",
    "comstar_tg",
    "fs-name",
    "iscsiprovider",
    "lio_tpg",
    "monhost",
    "portal",
    "subdir",
    "target",
    "zfs-base-path",
  ],
  "pvesm set": ["comstar_hg", "comstar_tg", "fs-name", "lio_tpg", "monhost", "zfs-base-path"],
};

/** Names of CPU types are checked by family, not by list. */
const freeWords = new Set(["reported-model"]);

function recordedOptions(command: string): Readonly<Record<string, Recorded>> | undefined {
  const [tool = "", ...words] = command.split(" ");
  const path = join(shared, "pve/options", `${tool}.${words.join("_")}.json`);
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as { options: Record<string, Recorded> }).options
    : undefined;
}

/** What differs between a table's entry and the recorded one. */
function differences(name: string, spec: Spec, recorded: Recorded): string[] {
  const problems: string[] = [];
  const same = (what: string, ours: unknown, theirs: unknown): void => {
    if (JSON.stringify(ours ?? null) !== JSON.stringify(theirs ?? null))
      problems.push(`${name}: ${what} ${JSON.stringify(ours)}, recorded ${JSON.stringify(theirs)}`);
  };
  const bound = (value: number | string | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  if (recorded.type !== "array") same("type", spec.type, recorded.type);
  if (!freeWords.has(name.split(".").at(-1) ?? "")) same("words", spec.words, recorded.enum?.map(String));
  if (!name.endsWith("vmid") && !name.endsWith("newid"))
    same("bounds", [bound(spec.min), bound(spec.max)], [bound(recorded.minimum), bound(recorded.maximum)]);
  same("highest index", spec.highest, recorded.index?.max);
  same("keys", spec.keys !== undefined, recorded.format?.properties !== undefined);
  return [...problems, ...keyDifferences(name, spec, recorded)];
}

function keyDifferences(name: string, spec: Spec, recorded: Recorded): string[] {
  const theirs = recorded.format?.properties;
  if (spec.keys === undefined || theirs === undefined) return [];
  const { keys, required, defaultKey, aliases = {}, keyAlias } = spec.keys;
  const problems: string[] = [];
  for (const [key, property] of Object.entries(theirs)) {
    const own = keys[key];
    if (property.alias !== undefined) {
      if (aliases[key] !== property.alias && keyAlias?.words.includes(key) !== true)
        problems.push(`${name}.${key}: no alias of ${property.alias}`);
      continue;
    }
    if (own === undefined) problems.push(`${name}.${key}: unknown`);
    else problems.push(...differences(`${name}.${key}`, own, property));
    if (required.includes(key) !== !property.optional) problems.push(`${name}.${key}: needed or not`);
    if ((defaultKey === key) !== (property.default_key === 1)) problems.push(`${name}.${key}: the bare key or not`);
    if (own?.requires !== property.requires) problems.push(`${name}.${key}: requires ${own?.requires ?? "nothing"}`);
  }
  const surplus = Object.keys(keys)
    .filter((key) => theirs[key] === undefined)
    .map((key) => `${name}.${key}: does not exist`);
  return [...problems, ...surplus];
}

for (const [command, spec] of Object.entries(commandSpecs))
  test(`${command} takes what the genuine command takes`, () => {
    if (!hasShared) return console.log("skipped: the reference material is not beside the project");
    const recorded = recordedOptions(command);
    if (recorded === undefined) return;
    const problems: string[] = [];
    for (const [name, option] of Object.entries(recorded)) {
      if (name === "extra-args" || leftOut[command]?.includes(name) === true) continue;
      const own = spec.options[name];
      problems.push(...(own === undefined ? [`${name}: unknown`] : differences(name, own, option)));
    }
    for (const name of Object.keys(spec.options))
      if (recorded[name] === undefined) problems.push(`${name}: does not exist`);
    assert.equal(problems, []);
  });

test.run();
