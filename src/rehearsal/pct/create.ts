import { existsSync } from "node:fs";
import { emptyConfig } from "../config/guest-config.js";
import { makeVolumes } from "../guest/making.js";
import { argument, type Call, callerFile, flag, readCallerFile, vmid } from "../host/command.js";
import { readImage } from "../host/images.js";
import { takenMessage, writeConfig, writeLockOnly } from "../host/guests.js";
import { machinePath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { promptPassword } from "../qm/options.js";
import { getStorage, isVolumeId, parseVolume, volumePath } from "../storage/volume-names.js";
import { volumeExists } from "../storage/volumes.js";
import { startCt } from "./lifecycle.js";
import { checkDevices, checkPctOptions, setPctPlain, wantedPctOptions, writtenPctValue } from "./options.js";
import { checkMounts, mountFormatOf, parseMount, pctVolumes, placeMount } from "./volumes.js";

const unsupported = ["force", "ha-managed", "restore", "unique"];

/** `pct create` */
export async function pctCreate(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  for (const name of unsupported)
    if (call.args.values.has(name)) refuse(`simulated host: unknown option --${name} of pct create`, 127);
  if (call.args.prompts.includes("password")) await promptPassword(call);
  const keyFile = call.args.values.get("ssh-public-keys");
  if (keyFile !== undefined) await readCallerFile(call, keyFile);
  const template = argument(call, "ostemplate");
  if (!template.startsWith("/")) checkTemplate(call, template);
  const taken = takenMessage(machine, id);
  if (taken !== undefined) refuse(taken, 2);
  const wanted = wantedPctOptions(call);
  const mounts = wantedMounts(call, wanted);
  checkMounts(call, mounts, true);
  checkDevices(machine, wanted);
  checkPctOptions(call, wanted);
  writeLockOnly(machine, "ct", id, "create");
  const config = emptyConfig();
  const refusal = (message: string): string =>
    `${isVolumeId(template) ? message : ""}unable to create CT ${id} - ${message}`;
  await makeVolumes(call, { kind: "ct", id, refusal }, async (made) => {
    for (const mount of mounts) config.current.options.set(mount.option, placeMount(call, id, mount, made));
    await call.midway();
    unpack(call, template);
  });
  for (const [option, value] of wanted)
    if (mountFormatOf(option) === undefined)
      setPctPlain(config.current, option, writtenPctValue(machine, option, value));
  const path = template.startsWith("/") ? template : volumePath(machine, template);
  const entrypoint = readImage(callerFile(call, path) ?? machinePath(machine, path))?.entrypoint;
  if (entrypoint !== undefined) addOci(config.current.options, entrypoint);
  addDefaults(config.current.options, id, template);
  writeConfig(machine, "ct", id, config);
  if (flag(call, "start")) await startCt(call, id);
}

function checkTemplate(call: Call, template: string): void {
  if (!isVolumeId(template)) refuse(`unable to parse volume ID '${template}'`, 255);
  getStorage(call.machine, template.slice(0, template.indexOf(":")));
  parseVolume(call.machine, template);
}

/** The mounts of the call; a root of 4 GiB on `local` where nothing else is said. */
function wantedMounts(call: Call, wanted: ReadonlyMap<string, string>): ReturnType<typeof pctVolumes> {
  const store = call.args.values.get("storage") ?? "local";
  const asked = new Map(wanted);
  const root = parseMount("rootfs", asked.get("rootfs") ?? `${store}:4`);
  const volume = root.get("volume") ?? "";
  const rest = (asked.get("rootfs") ?? "").split(",").slice(1);
  if (/^\d+(?:\.\d+)?$/.test(volume)) asked.set("rootfs", [`${store}:${volume}`, ...rest].join(","));
  else if (!asked.has("rootfs")) asked.set("rootfs", `${store}:4`);
  return pctVolumes(asked);
}

function unpack(call: Call, template: string): void {
  const path = template.startsWith("/") ? template : volumePath(call.machine, template);
  if (!template.startsWith("/")) {
    if (!volumeExists(call.machine, template)) refuse(`volume '${template}' does not exist`);
  } else if (callerFile(call, template) === undefined || !/\.tar(?:\.\w+)?$/.test(template))
    refuse(`file does not look like a template archive: ${template}`);
  if (!existsSync(machinePath(call.machine, path))) refuse(`volume '${template}' does not exist`);
  call.print(`extracting archive '${path}'`);
  call.print("Detected container architecture: amd64");
}

/** What an OCI image says of itself; its system is none that Proxmox sets up. */
function addOci(options: Map<string, string>, entrypoint: string): void {
  for (const [name, value] of Object.entries({ entrypoint, ostype: "unmanaged" }))
    if (!options.has(name)) options.set(name, value);
}

function addDefaults(options: Map<string, string>, id: number, template: string): void {
  if (options.get("unprivileged") === "0") options.delete("unprivileged");
  else options.set("unprivileged", "1");
  const family =
    /(debian|devuan|ubuntu|centos|fedora|opensuse|archlinux|alpine|gentoo|nixos)/.exec(template)?.[1] ?? "unmanaged";
  const defaults = { arch: "amd64", hostname: `CT${id}`, memory: "512", swap: "512", ostype: family };
  for (const [name, value] of Object.entries(defaults)) if (!options.has(name)) options.set(name, value);
}
