import type { GuestConfig } from "../config/guest-config.js";
import { type Call, vmid } from "../host/command.js";
import { checkDigest, checkLock, isRunning, loadConfig, writeConfig } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { splitList } from "../schema/check.js";
import { specOf } from "../schema/spec.js";
import { freeVolume } from "../storage/volumes.js";
import { pctConfig } from "../tables/pct.js";
import {
  checkBridges,
  checkDevices,
  checkPctOptions,
  setPctPlain,
  wantedPctOptions,
  writtenPctValue,
} from "./options.js";
import { checkMounts, mountFormatOf, pctVolumes, placeMount, printMount, removeMount, setMount } from "./volumes.js";

/** What a running container takes over at once; everything else waits for its restart. */
const atOnce = new Set([
  "cores",
  "cpulimit",
  "cpuunits",
  "description",
  "hookscript",
  "hostname",
  "lock",
  "memory",
  "onboot",
  "protection",
  "startup",
  "swap",
  "tags",
  "template",
]);

/** `pct set` */
export async function pctSet(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const wanted = wantedPctOptions(call);
  const deletes = splitList(call.args.values.get("delete") ?? "");
  const reverts = splitList(call.args.values.get("revert") ?? "");
  if (wanted.size + deletes.length + reverts.length === 0) refuse("no options specified", 2);
  const config = loadConfig(machine, "ct", id);
  checkDeletes(call, wanted, deletes);
  if (wanted.has("unprivileged")) refuse("unable to modify read-only option: 'unprivileged'");
  checkDigest(machine, "ct", id, call.args.values.get("digest"));
  checkLock("ct", config);
  // Every change looks at the devices first, except one that does nothing but remove devices.
  const onlyDevices = wanted.size + reverts.length === 0 && deletes.every((option) => /^dev\d+$/.test(option));
  if (!onlyDevices) checkDevices(machine, new Map([...config.current.options, ...wanted]));
  checkPctOptions(call, wanted);
  checkMounts(call, pctVolumes(new Map([...wanted].filter(([option]) => option !== "rootfs"))), false);
  for (const option of reverts) config.pending.options.delete(option);
  await applyChanges(call, id, config, wanted, deletes);
  // The file is written before the bridges are looked at.
  checkBridges(machine, config.current.options);
}

function checkDeletes(call: Call, wanted: ReadonlyMap<string, string>, deletes: readonly string[]): void {
  const refusal = (message: string): never => {
    throw parameterRefusal(call.args.spec, [{ name: "delete", message }], 255);
  };
  for (const option of deletes) {
    if (wanted.has(option)) refusal(`you can't use '-${option}' and -delete ${option}' at the same time`);
    if (specOf(pctConfig, option) === undefined) refusal(`unknown option '${option}'`);
    if (option === "rootfs" || option === "memory") refuse(`unable to delete required option '${option}'`);
  }
}

async function applyChanges(
  call: Call,
  id: number,
  config: GuestConfig,
  wanted: ReadonlyMap<string, string>,
  deletes: readonly string[],
): Promise<void> {
  const { machine } = call;
  const running = isRunning(machine, id);
  for (const option of deletes) deleteOption(call, config, option, running);
  const made: string[] = [];
  for (const mount of pctVolumes(wanted)) {
    const { option } = mount;
    if (option === "rootfs") {
      // Written as it stands: a new volume that is asked for here is never made.
      config.current.options.set(option, printMount(option, mount.keys));
      continue;
    }
    const value = placeMount(call, id, mount, made);
    if (running && config.current.options.has(option)) config.pending.options.set(option, value);
    else setMount(machine, config.current, option, value);
  }
  if (made.length > 0) await call.midway();
  for (const [option, value] of wanted)
    if (mountFormatOf(option) === undefined)
      setOption(config, option, writtenPctValue(machine, option, value), running);
  writeConfig(machine, "ct", id, config);
}

function setOption(config: GuestConfig, option: string, value: string, running: boolean): void {
  const waiting = splitList(config.pending.options.get("delete") ?? "").filter((name) => name !== option);
  if (waiting.length === 0) config.pending.options.delete("delete");
  else config.pending.options.set("delete", waiting.join(","));
  const now = !running || atOnce.has(option) || /^(?:net|unused)\d+$/.test(option);
  if (now) config.pending.options.delete(option);
  if (now) setPctPlain(config.current, option, value);
  else if (config.current.options.get(option) === value) config.pending.options.delete(option);
  else config.pending.options.set(option, value);
}

function deleteOption(call: Call, config: GuestConfig, option: string, running: boolean): void {
  const { current, pending } = config;
  pending.options.delete(option);
  if (option === "description") delete current.description;
  if (option === "env")
    current.raw.splice(0, current.raw.length, ...current.raw.filter(([key]) => key !== "lxc.environment.runtime"));
  if (!current.options.has(option)) return;
  if (running && !atOnce.has(option) && !/^(?:net|unused)\d+$/.test(option)) {
    const waiting = new Set(splitList(pending.options.get("delete") ?? "")).add(option);
    pending.options.set("delete", [...waiting].sort().join(","));
    return;
  }
  removeOption(call, config, option);
}

function removeOption(call: Call, config: GuestConfig, option: string): void {
  const value = config.current.options.get(option) ?? "";
  if (mountFormatOf(option) !== undefined) return removeMount(call.machine, config.current, option);
  config.current.options.delete(option);
  if (!/^unused\d+$/.test(option)) return;
  const used = [...config.snapshots.values()].some(({ options }) =>
    pctVolumes(options).some(({ volume }) => volume === value),
  );
  if (!used) freeVolume(call.machine, value);
}

/** Applies what waits for a restart; what a start of the container does. */
export function applyPctPending(call: Call, config: GuestConfig): void {
  for (const option of splitList(config.pending.options.get("delete") ?? "")) removeOption(call, config, option);
  for (const [option, value] of config.pending.options) {
    if (option === "delete") continue;
    if (mountFormatOf(option) === undefined) config.current.options.set(option, value);
    else setMount(call.machine, config.current, option, value);
  }
  config.pending.options.clear();
}
