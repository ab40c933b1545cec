import type { GuestConfig, Section } from "../config/guest-config.js";
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
import { type Call, flag, vmid } from "../host/command.js";
import { checkDigest, checkLock, isRunning, loadConfig, writeConfig } from "../host/guests.js";
import { parameterRefusal } from "../schema/arguments.js";
import { splitList } from "../../pve/check.js";
import { parseVolume } from "../storage/volume-names.js";
import { freeVolume, makeBase } from "../storage/volumes.js";
import { cloudInitOptions, driveFormat, qmConfig } from "../../pve/qm.js";
import {
  checkDrives,
  driveVolume,
  drivesOf,
  isCdrom,
  isCloudInit,
  parseDrive,
  placeDrive,
  removeDrive,
  setDrive,
  withVolume,
} from "./drives.js";
import { checkOptions, setPlain, wantedOptions, writtenValue } from "./options.js";
import { compareKeys } from "../../text/order.js";

/** `qm set` */
export async function qmSet(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const changes = readChanges(call, await wantedOptions(call));
  const { wanted, deletes, reverts } = changes;
  const config = loadConfig(machine, "vm", id);
  checkDeletes(call, qmConfig, changes);
  checkDrives(call, drivesOf(wanted));
  for (const [option, value] of wanted) if (/^unused\d+$/.test(option)) parseVolume(machine, value, 2);
  checkDigest(machine, "vm", id, call.args.values.get("digest"));
  if (!flag(call, "skiplock")) checkLock("vm", config);
  checkOptions(call, config.current, wanted);
  warnOfUnset(call, config, deletes);
  call.print(`update VM ${id}: ${shownParameters(call, wanted)}`);
  for (const option of reverts) config.pending.options.delete(option);
  await applyChanges(call, id, config, changes);
}

function warnOfUnset(call: Call, config: GuestConfig, deletes: readonly string[]): void {
  for (const option of deletes) {
    const set =
      option === "description"
        ? config.current.description !== undefined
        : config.current.options.has(option) || config.pending.options.has(option);
    if (!set) call.warn(`cannot delete '${option}' - not set in current configuration!`);
  }
}

/** The call's parameters as Proxmox logs them: sorted, the password hidden. */
function shownParameters(call: Call, wanted: ReadonlyMap<string, string>): string {
  const shown = new Map(wanted);
  for (const name of ["delete", "force", "revert"]) {
    const value = call.args.values.get(name);
    if (value !== undefined) shown.set(name, value);
  }
  if (shown.has("cipassword")) shown.set("cipassword", "<hidden>");
  return [...shown]
    .sort(compareKeys)
    .map(([name, value]) => `-${name} ${value}`)
    .join(" ");
}

async function applyChanges(call: Call, id: number, config: GuestConfig, { wanted, deletes }: Changes): Promise<void> {
  const { machine } = call;
  const running = isRunning(machine, id);
  let unplugged: string | undefined;
  for (const option of deletes) if (!deleteOption(call, id, config, option, running)) unplugged = option;
  const made: string[] = [];
  const drives = drivesOf(wanted).map(
    ([option, value]) => [option, placeDrive(call, id, option, value, made)] as const,
  );
  if (made.length > 0) await call.midway();
  for (const [option, value] of drives) {
    if (running && driveWaits(config.current, option, value)) setLater(config, option, value);
    else setDrive(machine, config, option, asBase(call, config, option, value, made));
  }
  const rest = [...wanted].filter(([option]) => driveFormat(option) === undefined);
  for (const [option, value] of rest) setOption(config, option, writtenValue(machine, option, value), running);
  const newCloudInit = drives.some(([option, value]) => isCloudInit(option, value) && made.length > 0);
  if (newCloudInit) call.print("generating cloud-init ISO");
  writeConfig(machine, "vm", id, config);
  if (unplugged === undefined) return;
  const message = `hotplug problem - error on hot-unplugging device 'virtio${unplugged}' - still busy in guest?\n`;
  throw parameterRefusal(call.args.spec, [{ name: unplugged, message }], 255);
}

/** Whether a running machine leaves a drive for its next start: there is no plugging on its bus, or a key is not taken over. */
function driveWaits({ options }: Section, option: string, value: string): boolean {
  if (option === "efidisk0" || option === "tpmstate0") return true;
  const old = options.get(option);
  if (old === undefined) return /^(?:ide|sata)/.test(option);
  if (isCdrom(option, value) || isCloudInit(option, value)) return false;
  if (driveVolume(option, old) !== driveVolume(option, value)) return false;
  const [before, after] = [parseDrive(option, old), parseDrive(option, value)];
  const keys = Object.entries(driveFormat(option)?.keys ?? {}).filter(([, { effect }]) => effect === "pending");
  return keys.some(([key]) => before.get(key) !== after.get(key));
}

/** A new disk of a template is a base at once. */
function asBase(call: Call, { current }: GuestConfig, option: string, value: string, made: readonly string[]): string {
  const volid = driveVolume(option, value);
  const fresh = volid !== undefined && made.includes(volid) && !isCloudInit(option, value);
  return fresh && current.options.get("template") === "1"
    ? withVolume(option, value, makeBase(call.machine, volid))
    : value;
}

function setOption(config: GuestConfig, option: string, value: string, running: boolean): void {
  if (running && !appliesAtOnce(qmConfig, option)) return setLater(config, option, value);
  if (running) rememberForCloudInit(config, option);
  setNow(config, option, value, setPlain);
}

/** Removes an option; false when the guest keeps the device. */
function deleteOption(call: Call, id: number, config: GuestConfig, option: string, running: boolean): boolean {
  const { machine } = call;
  const { current, pending } = config;
  pending.options.delete(option);
  const isDisk = driveFormat(option) !== undefined && !isCdrom(option, current.options.get(option) ?? "");
  const refused = running && isDisk && machine.state.manners[id]?.refusesUnplug === true;
  const isFixed = /^(?:ide|sata)\d/.test(option);
  if (running && current.options.has(option) && (refused || isFixed || !appliesAtOnce(qmConfig, option))) {
    deleteLater(config, option);
    return !refused;
  }
  if (/^unused\d+$/.test(option)) freeUnused(call, config, option);
  else if (driveFormat(option) !== undefined) removeDrive(machine, config, option, flag(call, "force"));
  else if (option === "description") delete current.description;
  else {
    if (running) rememberForCloudInit(config, option);
    current.options.delete(option);
  }
  return true;
}

function freeUnused(call: Call, config: GuestConfig, option: string): void {
  const volid = config.current.options.get(option);
  config.current.options.delete(option);
  const volumes = (options: ReadonlyMap<string, string>): readonly (string | undefined)[] =>
    [...options].map(([name, value]) => driveVolume(name, value));
  if (volid !== undefined && !isInSnapshot(config, volid, volumes)) freeVolume(call.machine, volid);
}

/** Notes what the cloud-init image of a running VM still says. */
function rememberForCloudInit({ current, cloudInit }: GuestConfig, option: string): void {
  const concerns = cloudInitOptions.includes(option) || /^(?:net|ipconfig)\d+$/.test(option);
  if (!concerns || !drivesOf(current.options).some(([name, value]) => isCloudInit(name, value))) return;
  const added = splitList(cloudInit.options.get("added") ?? "");
  if (cloudInit.options.has(option) || added.includes(option)) return;
  const old = current.options.get(option);
  if (old !== undefined) cloudInit.options.set(option, old);
  else cloudInit.options.set("added", [...added, option].sort().join(","));
}

/** Applies what waits for a restart; what a stop of the VM does. */
export function applyPending(call: Call, config: GuestConfig): void {
  for (const option of splitList(config.pending.options.get("delete") ?? "")) {
    if (driveFormat(option) !== undefined) removeDrive(call.machine, config, option, false);
    else config.current.options.delete(option);
  }
  for (const [option, value] of config.pending.options)
    if (option !== "delete") config.current.options.set(option, value);
  config.pending.options.clear();
}
