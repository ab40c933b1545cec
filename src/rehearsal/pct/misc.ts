import { readFileSync, writeFileSync } from "node:fs";
import { argument, type Call, callerFile, flag, vmid } from "../host/command.js";
import { checkDigest, checkLock, isRunning, loadConfig, writeConfig } from "../host/guests.js";
import { guestReply } from "../guest/work.js";
import { machinePath } from "../host/machine.js";
import { Refusal, refuse } from "../host/refusal.js";
import { askedSize } from "../qm/disks.js";
import { addUnused } from "../qm/drives.js";
import { printSize } from "../storage/sizes.js";
import { getStorage } from "../storage/volume-names.js";
import { allocate, freeVolume, resizeVolume, volumeSize } from "../storage/volumes.js";
import { parseMount, printMount } from "./volumes.js";

/** `pct exec`: takes all of its caller's stdin, and passes the exit code on. */
export async function pctExec(call: Call): Promise<void> {
  const id = vmid(call);
  loadConfig(call.machine, "ct", id);
  if (!isRunning(call.machine, id)) refuse(`container '${id}' not running!`);
  if (call.args.rest.length === 0) refuse("missing command", 255);
  const guest = { kind: "ct", id } as const;
  const answer = await guestReply(call, guest, call.args.rest, await call.stdin());
  if (answer.stdout !== "") call.print(answer.stdout.replace(/\n$/, ""));
  if (answer.code !== 0) throw new Refusal(answer.stderr, answer.code);
  if (answer.stderr !== "") call.warn(answer.stderr.replace(/\n$/, ""));
}

/** `pct push` */
export function pctPush(call: Call): void {
  const id = vmid(call);
  loadConfig(call.machine, "ct", id);
  if (!isRunning(call.machine, id)) refuse("can only push files to a running CT");
  const from =
    callerFile(call, argument(call, "file")) ??
    refuse(`failed to open ${argument(call, "file")} for reading: No such file or directory`, 2);
  (call.machine.state.guestFiles[id] ??= {})[argument(call, "destination")] = readFileSync(from, "utf8");
}

/** `pct pull` */
export function pctPull(call: Call): void {
  const id = vmid(call);
  loadConfig(call.machine, "ct", id);
  if (!isRunning(call.machine, id)) refuse("can only pull files from a running CT");
  const path = argument(call, "path");
  const text =
    call.machine.state.guestFiles[id]?.[path] ?? refuse(`failed to open ${path}: No such file or directory`, 2);
  writeFileSync(machinePath(call.machine, argument(call, "destination")), text);
}

/** `pct resize` */
export function pctResize(call: Call): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "ct", id);
  checkDigest(machine, "ct", id, call.args.values.get("digest"));
  checkLock("ct", config);
  const disk = argument(call, "disk");
  const keys = parseMount(disk, config.current.options.get(disk) ?? "");
  const volid = keys.get("volume");
  if (volid === undefined)
    return refuse(
      "format error\nvolume: property is missing and it is not optional\nmp: property is missing and it is not optional",
    );
  if (volid.startsWith("/")) return refuse(`simulated host: unknown: resizing the bind mount ${disk}`, 127);
  const now = volumeSize(machine, volid);
  const bytes = askedSize(argument(call, "size"), now);
  if (bytes < now) refuse("unable to shrink disk size");
  if (bytes === now) refuse("disk is already at specified size");
  resizeVolume(machine, volid, bytes);
  keys.set("size", printSize(bytes));
  config.current.options.set(disk, printMount(disk, keys));
  writeConfig(machine, "ct", id, config);
}

/** `pct move-volume` */
export async function pctMoveVolume(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "ct", id);
  checkDigest(machine, "ct", id, call.args.values.get("digest"));
  checkLock("ct", config);
  if (isRunning(machine, id)) refuse("cannot move volumes of a running container");
  const option = argument(call, "volume");
  const keys = parseMount(option, config.current.options.get(option) ?? "");
  const volid = keys.get("volume") ?? refuse(`${option} does not exist`);
  const bytes = volumeSize(machine, volid);
  const moved = allocate(machine, {
    storage: getStorage(machine, argument(call, "storage")),
    owner: id,
    bytes,
    format: "subvol",
  });
  await call.midway();
  keys.set("volume", moved);
  config.current.options.set(option, printMount(option, keys));
  if (flag(call, "delete")) freeVolume(machine, volid);
  else addUnused(config.current, volid);
  writeConfig(machine, "ct", id, config);
}
