import { existsSync } from "node:fs";
import { type Call, flag, vmid } from "../host/command.js";
import { checkLock, isRunning, loadConfig, removeConfig, setRunning, writeConfig } from "../host/guests.js";
import { machinePath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { freeUnreferenced, zombie } from "../qm/lifecycle.js";
import { parseVolume } from "../storage/volume-names.js";
import { freeVolume, isBaseInUse, makeBase, volumeExists } from "../storage/volumes.js";
import { checkBridges, checkDevices } from "./options.js";
import { applyPctPending } from "./set.js";
import { pctVolumes, printMount } from "./volumes.js";

/** `pct start` */
export async function pctStart(call: Call): Promise<void> {
  await startCt(call, vmid(call));
}

/** Starts a container: applies what waits and checks what it needs. */
export async function startCt(call: Call, id: number): Promise<void> {
  const { machine } = call;
  const config = loadConfig(machine, "ct", id, 255);
  if (!flag(call, "skiplock")) checkLock("ct", config);
  if (config.current.options.get("template") === "1") refuse("you can't start a CT if it's a template");
  if (isRunning(machine, id)) refuse(`CT ${id} already running`);
  applyPctPending(call, config);
  checkDevices(machine, config.current.options);
  checkBridges(machine, config.current.options);
  for (const { volume } of pctVolumes(config.current.options)) {
    const there = volume.startsWith("/") ? existsSync(machinePath(machine, volume)) : volumeExists(machine, volume);
    if (!there) refuse(`startup for container '${id}' failed`);
  }
  writeConfig(machine, "ct", id, config);
  await call.midway();
  setRunning(machine, "ct", id, true);
}

/** `pct stop` */
export function pctStop(call: Call): void {
  stop(call, false);
}

/** `pct shutdown` */
export function pctShutdown(call: Call): void {
  stop(call, !flag(call, "forceStop"));
}

function stop(call: Call, politely: boolean): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "ct", id, 255);
  if (!flag(call, "skiplock")) checkLock("ct", config);
  if (!isRunning(machine, id)) refuse(`CT ${id} not running`);
  if (politely && machine.state.manners[id]?.ignoresShutdown === true) refuse("command 'lxc-stop' failed: got timeout");
  setRunning(machine, "ct", id, false);
}

/** `pct reboot` */
export async function pctReboot(call: Call): Promise<void> {
  const id = vmid(call);
  loadConfig(call.machine, "ct", id, 255);
  if (!isRunning(call.machine, id)) refuse(`CT ${id} not running`);
  setRunning(call.machine, "ct", id, false);
  await startCt(call, id);
}

/** `pct destroy` */
export async function pctDestroy(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "ct", id);
  if (config.current.options.get("protection") === "1") refuse(`can't remove CT ${id} - protection mode enabled`, 25);
  checkLock("ct", config);
  if (isRunning(machine, id)) {
    if (!flag(call, "force")) refuse(`unable to destroy CT ${id} - container is running`);
    setRunning(machine, "ct", id, false);
  }
  const sections = [config.current, ...config.snapshots.values()];
  const mounted = sections.flatMap(({ options }) => pctVolumes(options).map(({ volume }) => volume));
  const unused = [...config.current.options].flatMap(([name, value]) => (/^unused\d+$/.test(name) ? [value] : []));
  const volumes = new Set([...mounted, ...unused].filter((volume) => !volume.startsWith("/")));
  for (const volid of volumes)
    if (isBaseInUse(machine, volid)) refuse(`base volume '${volid}' is still in use by linked cloned`);
  for (const volid of volumes) if (parseVolume(machine, volid).owner === id) freeVolume(machine, volid);
  if (flag(call, "destroy-unreferenced-disks")) freeUnreferenced(call, id);
  await zombie(call, "ct");
  if (flag(call, "purge")) call.print(`purging CT ${id} from related configurations..`);
  removeConfig(machine, "ct", id);
}

/** `pct template` */
export function pctTemplate(call: Call): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "ct", id);
  checkLock("ct", config);
  if (config.snapshots.size > 0) refuse("unable to create template, because CT contains snapshots");
  if (config.current.options.get("template") === "1") refuse("you can't convert a template to a template");
  if (isRunning(machine, id)) refuse("you can't convert a CT to template if the CT is running");
  for (const { option, volume, keys } of pctVolumes(config.current.options)) {
    if (volume.startsWith("/")) continue;
    keys.set("volume", makeBase(machine, volume));
    config.current.options.set(option, printMount(option, keys));
  }
  config.current.options.set("template", "1");
  writeConfig(machine, "ct", id, config);
}
