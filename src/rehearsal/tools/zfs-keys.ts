import type { Command } from "../host/command.js";
import { refuse } from "../host/refusal.js";
import { encryptionRoot, getProperty } from "../storage/zfs-properties.js";
import { readFlags } from "./flags.js";

/** The key that a new dataset is made with; undefined for one that uses that of a dataset above, or none. */
export async function newKey(
  command: Command,
  dataset: string,
  properties: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { encryption = "off", keyformat, keylocation } = properties;
  const failure = `cannot create '${dataset}'`;
  if (keyformat === undefined) {
    const above = dataset.slice(0, dataset.lastIndexOf("/"));
    const inherited = getProperty(command.machine.state, above, "encryption", false)?.value ?? "off";
    if (encryption !== "off" && inherited === "off")
      refuse(`${failure}: Keyformat required for new encryption root.`, 1);
    return undefined;
  }
  if (encryption === "off") refuse(`${failure}: Encryption must be turned on to set a keyformat.`, 1);
  if (keylocation !== undefined && keylocation !== "prompt")
    refuse(`simulated host: unknown: keylocation=${keylocation}`, 127);
  return readKey(command, keyformat);
}

async function readKey(command: Command, format: string): Promise<string> {
  const [key = ""] = (await command.stdin()).toString("utf8").split("\n");
  if (format === "passphrase" && key.length < 8) refuse("Passphrase too short (min 8).", 1);
  if (format === "hex" && !/^[0-9a-fA-F]{64}$/.test(key)) refuse("Invalid hex key.", 1);
  return key;
}

/** `zfs load-key DATASET`, with the key on standard input. */
export async function loadKey(command: Command, argv: readonly string[]): Promise<void> {
  const { words } = readFlags("zfs load-key", argv, "", "");
  const [name = ""] = words;
  const dataset = command.machine.state.datasets[name] ?? refuse(`cannot open '${name}': dataset does not exist`, 1);
  if (getProperty(command.machine.state, name, "encryption", false)?.value === "off")
    refuse(`Key load error: '${name}' is not encrypted.`, 255);
  if (dataset.key === undefined) refuse(`Key load error: '${name}' is not an encryption root.`, 255);
  if (dataset.locked !== true) refuse(`Key load error: Key already loaded for '${name}'.`, 255);
  const key = await readKey(command, dataset.properties["keyformat"] ?? "");
  if (key !== dataset.key) refuse(`Key load error: Incorrect key provided for '${name}'.`, 255);
  dataset.locked = false;
}

/** `zfs mount -a`, `zfs mount DATASET` */
export function mountDatasets({ machine: { state } }: Command, argv: readonly string[]): void {
  const { flags, words } = readFlags("zfs mount", argv, "a", "");
  const isAble = (name: string): boolean =>
    encryptionRoot(state, name)?.locked !== true && getProperty(state, name, "canmount", false)?.value === "on";
  if (flags.has("a")) {
    for (const [name, dataset] of Object.entries(state.datasets)) if (isAble(name)) delete dataset.unmounted;
    return;
  }
  const [name = refuse("missing dataset argument", 2)] = words;
  const dataset = state.datasets[name] ?? refuse(`cannot open '${name}': dataset does not exist`, 1);
  const failure = `cannot mount '${name}'`;
  if (getProperty(state, name, "canmount", false)?.value === "off")
    refuse(`${failure}: 'canmount' property is set to 'off'`, 1);
  if (getProperty(state, name, "mounted", false)?.value === "yes") refuse(`${failure}: filesystem already mounted`, 1);
  if (encryptionRoot(state, name)?.locked === true) refuse(`${failure}: encryption key not loaded`, 1);
  delete dataset.unmounted;
}

/** `zfs unmount DATASET`, with those below it. */
export function unmountDataset({ machine: { state } }: Command, argv: readonly string[]): void {
  const [name = refuse("missing filesystem argument", 2)] = readFlags("zfs unmount", argv, "f", "").words;
  if (state.datasets[name] === undefined) refuse(`cannot open '${name}': dataset does not exist`, 1);
  if (getProperty(state, name, "mounted", false)?.value !== "yes")
    refuse(`cannot unmount '${name}': not currently mounted`, 1);
  for (const [other, dataset] of Object.entries(state.datasets))
    if (other === name || other.startsWith(`${name}/`)) dataset.unmounted = true;
}
