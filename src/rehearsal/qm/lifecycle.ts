import { emptyConfig } from "../config/guest-config.js";
import { parseProperty } from "../../pve/property.js";
import { type Call, flag, vmid } from "../host/command.js";
import { checkLock, findConfig, isRunning, loadConfig, removeConfig, setRunning, writeConfig } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { freeVolume, isBaseInUse, listVolumes, volumeExists } from "../storage/volumes.js";
import { parseVolume, storages } from "../storage/volume-names.js";
import { netFormat } from "../../pve/qm-devices.js";
import { makeImage } from "./cloud-init.js";
import { driveVolume, isCdrom } from "./drives.js";
import { checkHardware } from "./hardware.js";
import { applyPending } from "./set.js";

/** `qm start` */
export async function qmStart(call: Call): Promise<void> {
  await startVm(call, vmid(call));
}

/** Starts a VM: applies what waits, checks what it needs, and leaves a process behind that keeps the caller's open files. */
export async function startVm(call: Call, id: number): Promise<void> {
  const { machine } = call;
  const config = loadConfig(machine, "vm", id, 255);
  if (!flag(call, "skiplock")) checkLock("vm", config);
  if (config.current.options.get("template") === "1") refuse("you can't start a vm if it's a template");
  if (isRunning(machine, id)) refuse(`VM ${id} already running`);
  applyPending(call, config);
  for (const [option, value] of config.current.options) {
    const volid = driveVolume(option, value);
    if (volid !== undefined && !volumeExists(machine, volid)) refuse(`volume '${volid}' does not exist`);
    if (/^net\d+$/.test(option)) checkBridge(call, value);
  }
  checkHardware(call.machine, id, config.current.options);
  makeImage(call, id, config);
  writeConfig(machine, "vm", id, config);
  await call.midway();
  setRunning(machine, "vm", id, true);
  await call.daemon(id);
}

function checkBridge(call: Call, net: string): void {
  const keys = parseProperty(netFormat, net);
  const bridge = typeof keys === "string" ? undefined : keys.get("bridge");
  if (bridge !== undefined && !call.machine.state.bridges.some(({ name }) => name === bridge))
    refuse(`bridge '${bridge}' does not exist`);
}

/** `qm stop` */
export function qmStop(call: Call): void {
  const id = vmid(call);
  const config =
    findConfig(call.machine, "vm", id) ??
    refuse(`unable to find configuration file for VM ${id} on node '${call.machine.state.node}'`);
  if (!flag(call, "skiplock")) checkLock("vm", config);
  if (isRunning(call.machine, id)) stopVm(call, id);
}

/** Stops a VM; what waited for a restart is applied. */
export function stopVm(call: Call, id: number): void {
  setRunning(call.machine, "vm", id, false);
  const config = loadConfig(call.machine, "vm", id);
  applyPending(call, config);
  writeConfig(call.machine, "vm", id, config);
}

/** `qm shutdown` */
export function qmShutdown(call: Call): void {
  const id = vmid(call);
  const config = loadConfig(call.machine, "vm", id, 255);
  if (!flag(call, "skiplock")) checkLock("vm", config);
  if (!isRunning(call.machine, id)) return call.print(`VM ${id} not running`);
  const manner = call.machine.state.manners[id];
  if (manner?.agent === false && config.current.options.has("agent"))
    call.warn(`QEMU Guest Agent is not running - VM ${id} qga command 'guest-ping' failed - got timeout`);
  if (manner?.ignoresShutdown === true && !flag(call, "forceStop")) refuse("VM quit/powerdown failed - got timeout");
  stopVm(call, id);
}

/** `qm reboot` */
export async function qmReboot(call: Call): Promise<void> {
  const id = vmid(call);
  loadConfig(call.machine, "vm", id, 255);
  if (!isRunning(call.machine, id)) refuse(`VM ${id} not running`);
  if (call.machine.state.manners[id]?.ignoresShutdown === true) refuse("VM quit/powerdown failed - got timeout");
  stopVm(call, id);
  await startVm(call, id);
}

/** `qm destroy` */
export async function qmDestroy(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  if (config.current.options.get("protection") === "1") refuse(`can't remove VM ${id} - protection mode enabled`);
  if (isRunning(machine, id)) refuse(`VM ${id} is running - destroy failed`, 25);
  if (!flag(call, "skiplock")) checkLock("vm", config);
  const sections = [config.current, ...config.snapshots.values()];
  const volumes = new Set(
    sections.flatMap(({ options }) =>
      [...options].flatMap(([name, value]) =>
        /^unused\d+$/.test(name) ? value : isCdrom(name, value) ? [] : (driveVolume(name, value) ?? []),
      ),
    ),
  );
  for (const volid of volumes)
    if (isBaseInUse(machine, volid)) refuse(`base volume '${volid}' is still in use by linked cloned`);
  for (const volid of volumes) if (parseVolume(machine, volid).owner === id) freeVolume(machine, volid);
  if (flag(call, "destroy-unreferenced-disks")) freeUnreferenced(call, id);
  await zombie(call, "vm");
  if (flag(call, "purge")) call.print(`purging VM ${id} from related configurations..`);
  removeConfig(machine, "vm", id);
}

/** Proxmox leaves a configuration with nothing but this lock until all else is done. */
export async function zombie(call: Call, kind: "vm" | "ct"): Promise<void> {
  const config = emptyConfig();
  config.current.options.set("lock", "destroyed");
  writeConfig(call.machine, kind, vmid(call), config);
  await call.midway();
}

/** Frees what else belongs to a guest by its name. */
export function freeUnreferenced(call: Call, id: number): void {
  for (const storage of storages(call.machine))
    for (const volid of listVolumes(call.machine, storage))
      if (parseVolume(call.machine, volid).owner === id) freeVolume(call.machine, volid);
}
