import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pctConfig } from "../../src/pve/pct.js";
import { qmConfig } from "../../src/pve/qm.js";
import type { Options, PropertyFormat } from "../../src/pve/spec.js";
import { root } from "../support/paths.js";

/** What the runtime knows of property strings is what the table of options says. */
const test = suite("pve runtime");

const path = join(root, "templates/bash/runtime/30-property.bash");

/** No option of these is ever compared: another name of `ide2`, and what lies unused. */
const never = new Set(["vm.cdrom", "vm.unused", "ct.unused"]);

/** Proxmox reads it with code of its own, as if it were a property string. */
const startup: PropertyFormat = { defaultKey: "order", required: [], keys: {} };

function formats(): readonly (readonly [string, PropertyFormat])[] {
  const of = (kind: string, options: Options): readonly (readonly [string, PropertyFormat])[] =>
    Object.entries(options).flatMap(([name, { keys }]) =>
      keys === undefined ? [] : [[`${kind}.${name.replace(/\[n\]$|\d+$/, "")}`, keys] as const],
    );
  const families = (kind: string, options: Options): readonly (readonly [string, PropertyFormat])[] => {
    const all = new Map([...of(kind, options), [`${kind}.startup`, startup]]);
    return [...all].filter(([family]) => !never.has(family)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  };
  return [...families("vm", qmConfig), ...families("ct", pctConfig)];
}

function formatLine([family, { defaultKey = "-", keys }]: readonly [string, PropertyFormat]): string {
  const booleans = Object.keys(keys).filter((key) => keys[key]?.type === "boolean");
  return `\t["${family}"]='${[defaultKey, ...booleans.toSorted()].join(" ")}'`;
}

/** Other names of keys; those of throttles are not here, because Proxmox writes the names that they stand for. */
function aliases(): readonly string[] {
  return formats().flatMap(([family, { aliases: names = {} }]) =>
    Object.entries(names)
      .filter(([name]) => !name.endsWith("_length"))
      .map(([name, key]) => `["${family}.${name}"]=${key}`),
  );
}

/** The options and families that a running guest takes over. */
function atOnceLine(kind: string, options: Options): string {
  const names = Object.keys(options).filter((name) => options[name]?.effect === "at-once");
  return `\t[${kind}]=' ${names
    .map((name) => name.replace("[n]", ""))
    .toSorted()
    .join(" ")} '`;
}

test("the keys that may stand bare, the booleans, the other names, the models of cards and what applies at once are those of the table", () => {
  const text = readFileSync(path, "utf8");
  const models = qmConfig["net[n]"]?.keys?.keyAlias?.words ?? [];
  const drive = qmConfig["scsi[n]"]?.keys?.keys ?? {};
  const waitingKeys = Object.keys(drive)
    .filter((key) => drive[key]?.effect === "pending")
    .toSorted();
  const fresh = text
    .replace(
      /(declare -rA FORMAT=\(\n).*?(\n\)\n)/s,
      (_, a: string, b: string) => a + formats().map(formatLine).join("\n") + b,
    )
    .replace(/(declare -rA ALIAS=\(\n).*?(\n\)\n)/s, (_, a: string, b: string) => `${a}\t${aliases().join("\n\t")}${b}`)
    .replace(/(readonly NET_MODELS=').*?'/, (_, a: string) => `${a} ${models.join(" ")} '`)
    .replace(/(readonly DRIVE_WAITS=').*?'/, (_, a: string) => `${a} ${waitingKeys.join(" ")} '`)
    .replace(
      /(declare -rA AT_ONCE=\(\n).*?(\n\)\n)/s,
      (_, a: string, b: string) => `${a}${atOnceLine("vm", qmConfig)}\n${atOnceLine("ct", pctConfig)}${b}`,
    );
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, fresh);
  assert.is(fresh, readFileSync(path, "utf8"), "the runtime's tables are stale; UPDATE_GOLDENS=1 npm test writes them");
  for (const name of [
    "FORMAT=(",
    "ALIAS=(",
    "NET_MODELS=' e1000 ",
    "DRIVE_WAITS=' aio cache ",
    "AT_ONCE=(\n\t[vm]=' cicustom ",
  ])
    assert.ok(fresh.includes(name), name);
});

test.run();
