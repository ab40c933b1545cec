import { existsSync } from "node:fs";
import type { Section } from "../config/guest-config.js";
import { type Call, callerFile } from "../host/command.js";
import { type Machine, machinePath, newMac } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { tagList } from "../qm/options.js";
import { parseProperty, printProperty } from "../../pve/property.js";
import { specOf } from "../../pve/spec.js";
import { splitList } from "../../pve/check.js";
import { volumePath } from "../storage/volume-names.js";
import { ctNetFormat, deviceFormat, pctConfig } from "../../pve/pct.js";

/** Device files that every host has. */
const everywhere = new Set([
  "/dev/null",
  "/dev/zero",
  "/dev/full",
  "/dev/random",
  "/dev/urandom",
  "/dev/tty",
  "/dev/fuse",
  "/dev/net/tun",
  "/dev/kvm",
]);

/** The options of a call that belong into the configuration. */
export function wantedPctOptions(call: Call): Map<string, string> {
  return new Map([...call.args.values].filter(([name]) => specOf(pctConfig, name) !== undefined));
}

/** A value that is no mount, as it is written. */
export function writtenPctValue(machine: Machine, option: string, value: string): string {
  if (option === "tags") return tagList(value);
  if (option === "nameserver" || option === "searchdomain") return splitList(value).join(" ");
  return /^net\d+$/.test(option) ? writtenCtNet(machine, value) : value;
}

function writtenCtNet(machine: Machine, value: string): string {
  const keys = parseProperty(ctNetFormat, value);
  if (typeof keys === "string") return value;
  if (!keys.has("hwaddr")) keys.set("hwaddr", newMac(machine));
  if (!keys.has("type")) keys.set("type", "veth");
  return printProperty(ctNetFormat, keys);
}

/** A net with a new MAC address. */
export function ctNetWithNewMac(machine: Machine, value: string): string {
  const keys = parseProperty(ctNetFormat, value);
  if (typeof keys === "string") return value;
  keys.set("hwaddr", newMac(machine));
  return printProperty(ctNetFormat, keys);
}

/** Sets one option that is no mount; `env` becomes raw lines. */
export function setPctPlain(section: Section, option: string, value: string): void {
  if (option === "env") section.raw.push(["lxc.environment.runtime", value]);
  else if (option !== "description") section.options.set(option, value);
  else if (value === "") delete section.description;
  else section.description = value;
}

/** Refuses devices that the host does not have. */
export function checkDevices(machine: Machine, options: ReadonlyMap<string, string>): void {
  for (const [option, value] of options) {
    if (!/^dev\d+$/.test(option)) continue;
    const keys = parseProperty(deviceFormat, value);
    const path = typeof keys === "string" ? undefined : keys.get("path");
    if (path !== undefined && !everywhere.has(path) && !existsSync(machinePath(machine, path)))
      refuse(`Device ${path} does not exist`, 2);
  }
}

/** Refuses nets on bridges that the host does not have. */
export function checkBridges(machine: Machine, options: ReadonlyMap<string, string>): void {
  for (const bridge of bridgesOf(options).values())
    if (!machine.state.bridges.some(({ name }) => name === bridge)) refuse(`bridge '${bridge}' does not exist`, 2);
}

function bridgesOf(options: ReadonlyMap<string, string>): Map<string, string> {
  const result = new Map<string, string>();
  for (const [option, value] of options) {
    const keys = /^net\d+$/.test(option) ? parseProperty(ctNetFormat, value) : "";
    const bridge = typeof keys === "string" ? undefined : keys.get("bridge");
    if (bridge !== undefined) result.set(option, bridge);
  }
  return result;
}

/** Refusals that need to look at the host: a bridge's MTU, a hook script. */
export function checkPctOptions(call: Call, wanted: ReadonlyMap<string, string>): void {
  for (const [option, bridge] of bridgesOf(wanted)) {
    const keys = parseProperty(ctNetFormat, wanted.get(option) ?? "");
    const mtu = typeof keys === "string" ? undefined : keys.get("mtu");
    const limit = call.machine.state.bridges.find(({ name }) => name === bridge)?.mtu;
    if (mtu !== undefined && limit !== undefined && Number(mtu) > limit)
      refuse(`${option}: MTU size '${mtu}' is bigger than bridge MTU '${limit}'`, 25);
  }
  const hook = wanted.get("hookscript");
  if (hook !== undefined && callerFile(call, volumePath(call.machine, hook)) === undefined)
    refuse(`script '${hook}' does not exist`, 2);
}
