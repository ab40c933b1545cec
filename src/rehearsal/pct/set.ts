import type { GuestConfig } from "../config/guest-config.js";
import {
  appliesAtOnce,
  type Changes,
  checkDeletes,
  deleteLater,
  isInSnapshot,
  readChanges,
  setLater,
  setNow,
} from "../guest/changes.js";
import { type Call, vmid } from "../host/command.js";
import { checkDigest, checkLock, isRunning, loadConfig, writeConfig } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { splitList } from "../../pve/check.js";
import { specOf } from "../../pve/spec.js";
import { freeVolume } from "../storage/volumes.js";
import { pctConfig } from "../../pve/pct.js";
import {
  checkBridges,
  checkDevices,
  checkPctOptions,
  setPctPlain,
  wantedPctOptions,
  writtenPctValue,
} from "./options.js";
import { checkMounts, mountFormatOf, pctVolumes, placeMount, printMount, removeMount, setMount } from "./volumes.js";

/** `pct set` */
export async function pctSet(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const changes = readChanges(call, wantedPctOptions(call));
  const { wanted, deletes, reverts } = changes;
  const config = loadConfig(machine, "ct", id);
  checkDeletes(call, pctConfig, changes, ["rootfs", "memory"]);
  for (const option of wanted.keys())
    if (specOf(pctConfig, option)?.effect === "create-only") refuse(`unable to modify read-only option: '${option}'`);
  checkDigest(machine, "ct", id, call.args.values.get("digest"));
  checkLock("ct", config);
  // Every change looks at the devices first, except one that does nothing but remove devices.
  const onlyDevices = wanted.size + reverts.length === 0 && deletes.every((option) => /^dev\d+$/.test(option));
  if (!onlyDevices) checkDevices(machine, new Map([...config.current.options, ...wanted]));
  checkPctOptions(call, wanted);
  checkMounts(call, pctVolumes(new Map([...wanted].filter(([option]) => option !== "rootfs"))), false);
  for (const option of reverts) config.pending.options.delete(option);
  await applyChanges(call, id, config, changes);
  // The file is written before the bridges are looked at.
  checkBridges(machine, config.current.options);
}

async function applyChanges(call: Call, id: number, config: GuestConfig, { wanted, deletes }: Changes): Promise<void> {
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
  if (running && !appliesAtOnce(pctConfig, option)) setLater(config, option, value);
  else setNow(config, option, value, setPctPlain);
}

function deleteOption(call: Call, config: GuestConfig, option: string, running: boolean): void {
  const { current, pending } = config;
  pending.options.delete(option);
  if (option === "description") delete current.description;
  if (option === "env")
    current.raw.splice(0, current.raw.length, ...current.raw.filter(([key]) => key !== "lxc.environment.runtime"));
  if (!current.options.has(option)) return;
  if (running && !appliesAtOnce(pctConfig, option)) return deleteLater(config, option);
  removeOption(call, config, option);
}

function removeOption(call: Call, config: GuestConfig, option: string): void {
  const value = config.current.options.get(option) ?? "";
  if (mountFormatOf(option) !== undefined) return removeMount(call.machine, config.current, option);
  config.current.options.delete(option);
  if (!/^unused\d+$/.test(option)) return;
  const volumes = (options: ReadonlyMap<string, string>): readonly string[] =>
    pctVolumes(options).map(({ volume }) => volume);
  if (!isInSnapshot(config, value, volumes)) freeVolume(call.machine, value);
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
