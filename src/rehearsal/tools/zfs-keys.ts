import type { Command } from "../host/command.js";
import { refuse } from "../host/refusal.js";
import { getProperty } from "../storage/zfs-properties.js";
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

/** `zfs mount -a` */
export function mountAll({ machine }: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "-a") refuse(`simulated host: unknown: zfs mount ${argv.join(" ")}`, 127);
  for (const dataset of Object.values(machine.state.datasets)) if (dataset.locked !== true) dataset.unmounted = false;
}
