import type { Section } from "../config/guest-config.js";
import { type Call, flag, readCallerFile } from "../host/command.js";
import { hashPassword, type Machine, newMac } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { parseProperty, printProperty } from "../../pve/property.js";
import { specOf } from "../../pve/spec.js";
import { splitList } from "../../pve/check.js";
import { callerFile } from "../host/command.js";
import { volumePath } from "../storage/volume-names.js";
import { netFormat } from "../../pve/qm-devices.js";
import { qmConfig } from "../../pve/qm.js";

/** The options of a call that belong into the configuration, with file names and prompts replaced by what they stand for. */
export async function wantedOptions(call: Call): Promise<Map<string, string>> {
  const wanted = new Map<string, string>();
  for (const [name, value] of call.args.values) if (specOf(qmConfig, name) !== undefined) wanted.set(name, value);
  wanted.delete("force");
  if (call.args.prompts.includes("cipassword")) wanted.set("cipassword", await promptPassword(call));
  const keys = wanted.get("sshkeys");
  if (keys !== undefined) wanted.set("sshkeys", encodeURIComponent(await readCallerFile(call, keys)));
  const cdrom = wanted.get("cdrom");
  if (cdrom !== undefined) wanted.set("ide2", cdrom.includes("media=") ? cdrom : `${cdrom},media=cdrom`);
  wanted.delete("cdrom");
  return wanted;
}

/** A password typed twice on stdin. */
export async function promptPassword(call: Call): Promise<string> {
  const [first = "", second = ""] = (await call.stdin()).toString("utf8").split("\n");
  call.print("Enter new password: ");
  call.print("Retype new password: ");
  return first !== "" && first === second ? first : refuse("Passwords do not match.", 255);
}

/** What Proxmox takes for a hash, and keeps (the pattern of PVE/API2/Qemu.pm). */
const PASSWORD_HASH = /^\$(?:[156]|2[ay])(?:\$.+){2}/;

/** A value that is not a drive, as it is written. */
export function writtenValue(machine: Machine, option: string, value: string): string {
  if (option === "tags") return tagList(value);
  if (option === "cipassword") return PASSWORD_HASH.test(value) ? value : hashPassword(machine, value);
  return /^net\d+$/.test(option) ? writtenNet(machine, value) : value;
}

/** Tags in Proxmox's spelling: lower case, each once, sorted. */
export function tagList(value: string): string {
  return [...new Set(splitList(value.toLowerCase()))].sort().join(";");
}

function writtenNet(machine: Machine, value: string): string {
  const keys = parseProperty(netFormat, value);
  if (typeof keys === "string") return value;
  if (!keys.has("macaddr")) keys.set("macaddr", newMac(machine));
  return printProperty(netFormat, keys);
}

/** A net with a new MAC address. */
export function netWithNewMac(machine: Machine, value: string): string {
  const keys = parseProperty(netFormat, value);
  if (typeof keys === "string") return value;
  keys.set("macaddr", newMac(machine));
  return printProperty(netFormat, keys);
}

/** Refusals that look at several options, or at the host. */
export function checkOptions(call: Call, section: Section, wanted: ReadonlyMap<string, string>): void {
  const memory = Number((wanted.get("memory") ?? section.options.get("memory") ?? "512").replace(/^current=/, ""));
  const balloon = wanted.get("balloon");
  if (balloon !== undefined && Number(balloon) > memory)
    refuse("balloon value too large (must be smaller than assigned memory)");
  const hook = wanted.get("hookscript");
  if (hook !== undefined && callerFile(call, volumePath(call.machine, hook)) === undefined)
    throw parameterRefusal(call.args.spec, [{ name: "hookscript", message: `script '${hook}' does not exist` }], 2);
}

/** Sets one option that is no drive. */
export function setPlain(section: Section, option: string, value: string): void {
  if (option !== "description") section.options.set(option, value);
  else if (value === "") delete section.description;
  else section.description = value;
}

/** What `--start` asks for. */
export function wantsStart(call: Call): boolean {
  return flag(call, "start");
}
