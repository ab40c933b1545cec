import { diagnose, managedText, secretOf, sectionOf, stringOf } from "../../plugin-api/index.js";
import type { Diagnostic, Lowered, Requirement, Resource, SectionSpec } from "../../plugin-api/index.js";
import { joinLowered, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep, unitRemoval } from "../host/files.js";
import { keyMissing, keyNotAtBoot, keyOfNone } from "./findings-datasets.js";
import type { Properties, Property } from "./properties.js";
import { fileWord } from "./snapshots.js";

/** `key { from = secret("file:/root/tank.key") }` */
export const keySection: SectionSpec = {
  doc: "The key of an encrypted dataset; those below it use it, too.",
  args: [],
  repeat: "once",
  options: {
    from: { type: { type: "secret" }, required: true, doc: "Where the key is; one line." },
    format: {
      type: t.oneOf("passphrase", "hex"),
      doc: "What it is: a passphrase of 8 to 512 characters, or 64 hexadecimal digits. Default: `passphrase`.",
    },
  },
  sections: {},
  instead: { secret: "from", keyformat: "format" },
};

/** The key of a dataset, where it has one of its own. */
export function keyOf(dataset: Resource): string | undefined {
  const block = sectionOf(dataset, "key");
  return block === undefined ? undefined : secretOf(block, "from");
}

/** What a dataset with a key of its own is made with besides. The key comes by standard input. */
export function keyProperties(dataset: Resource, { set }: Properties): readonly Property[] {
  const block = sectionOf(dataset, "key");
  if (block === undefined) return [];
  const cipher = set.some(([name]) => name === "encryption") ? [] : ([["encryption", "on"]] as const);
  return [...cipher, ["keyformat", stringOf(block, "format") ?? "passphrase"], ["keylocation", "prompt"]];
}

/** The unit that loads a key which lies in a file of the host before datasets are mounted. */
export function keySteps(dataset: Resource): Lowered {
  const block = sectionOf(dataset, "key");
  const secret = keyOf(dataset);
  if (block === undefined) return { ...onlySteps([]), diagnostics: missing(dataset) };
  if (secret === undefined) return onlySteps([]);
  if (cipherOf(dataset) === "off")
    return { ...onlySteps([]), diagnostics: [diagnose(keyOfNone, block.headSpan, { dataset: dataset.name })] };
  const requirement: Requirement = { kind: "secret", secret, blocks: [], source: block.headSpan };
  const needed: Lowered = { steps: [], requirements: [requirement] };
  const path = /^file:(\/[A-Za-z0-9_./@+-]+)$/.exec(secret)?.[1];
  if (path === undefined) {
    const note = diagnose(keyNotAtBoot, block.headSpan, { dataset: dataset.name });
    return joinLowered([needed, { ...onlySteps([]), diagnostics: [note] }]);
  }
  const unit = `phxc-zfs-key-${fileWord(dataset.name)}.service`;
  const file = {
    path: `/etc/systemd/system/${unit}`,
    content: managedText(`key of ${dataset.name}`, unitLines(dataset.name, path)),
    adopt: false,
    mode: "644",
    then: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", unit],
    ],
    removal: unitRemoval(unit),
  };
  return joinLowered([
    needed,
    fileStep(dataset, "key", file, { title: `key of ${dataset.name} at start`, asked: block }),
  ]);
}

function unitLines(dataset: string, path: string): readonly string[] {
  const load = `zfs load-key -L file://${path} ${dataset}`;
  return [
    "[Unit]",
    `Description=Key of the ZFS dataset ${dataset}`,
    "DefaultDependencies=no",
    `RequiresMountsFor=${path}`,
    "After=zfs-import.target",
    "Before=zfs-mount.service",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    `ExecStart=/bin/sh -c 'test "$(zfs get -H -o value keystatus ${dataset})" != unavailable || ${load}'`,
    "",
    "[Install]",
    "WantedBy=zfs-mount.service",
  ];
}

/** A cipher without a key, on a dataset that says so itself. */
function missing(dataset: Resource): readonly Diagnostic[] {
  const cipher = cipherOf(dataset);
  return cipher === undefined || cipher === "off"
    ? []
    : [diagnose(keyMissing, dataset.headSpan, { dataset: dataset.name })];
}

/** The cipher that is declared, as an attribute or among the properties. */
function cipherOf(dataset: Resource): string | undefined {
  const properties = sectionOf(dataset, "properties");
  return stringOf(dataset, "encryption") ?? (properties && stringOf(properties, "encryption"));
}
