import type { Plan, PlanGuest, Probe, Requirement, Step } from "../../model/plan.js";
import { networkNeeds } from "./network.js";
import { ShellWord } from "./shell-word.js";
import { kernelWords } from "./devices.js";
import { settingsPreflight } from "./settings.js";
import { key } from "./steps.js";
import { fileNeed } from "./texts.js";
import { renderZfs } from "./zfs.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));

/** The calls of the function `preflight`: the node, every guest's id, where storages lie, then what else is presupposed, once. */
export function renderPreflight(plan: Plan): string {
  const keys = new Map(plan.guests.map((guest) => [guest.address, key(guest)]));
  const lines = [
    ...(plan.node === undefined ? [] : [ShellWord.call("need_node", [value(plan.node)])]),
    ...plan.guests.map(needGuest),
    ...renderZfs(plan),
    ...networkNeeds(plan.steps),
    ...settingsPreflight(plan.steps),
    ...plan.steps.flatMap(({ probe }) => {
      if (probe.kind === "storage") return [ShellWord.call("need_place", place(probe))];
      if (probe.kind === "file") return fileNeed(probe);
      if (probe.kind === "kernel-line") return [ShellWord.call("need_kernel_line", kernelWords(probe))];
      if (probe.kind === "job" && probe.job === "replication")
        return [ShellWord.call("need_replication", [value(probe.id), value(probe.target)])];
      if (probe.kind !== "firewall-piece" || probe.adopt) return [];
      return [ShellWord.call("need_own_piece", [bare(probe.piece), value(probe.name)])];
    }),
    ...(plan.steps.some(isOfFirewall) && !plan.steps.some(switchesOn) ? [ShellWord.call("need_firewall", [])] : []),
  ];
  for (const [first, blocks] of merged(plan.requirements)) {
    const [verb, words] = call(first);
    lines.push(ShellWord.call(verb, [...words, ...blocks.flatMap((address) => keys.get(address) ?? [])]));
  }
  return lines.join("");
}

/** Whether a step makes rules, which are in force only while the firewall of the cluster is on. */
function isOfFirewall({ probe }: Step): boolean {
  const isOurs = probe.kind === "firewall-piece" || probe.kind === "firewall-file";
  return isOurs || (probe.kind === "file" && probe.path.startsWith("/etc/pve/firewall/"));
}

/** Whether a step switches the firewall of the cluster on. */
function switchesOn({ probe }: Step): boolean {
  return (
    probe.kind === "firewall-file" && probe.scope === "cluster" && probe.options.some(([name]) => name === "enable")
  );
}

/** The names that the host may still have follow the declared one. */
function needGuest({ kind, id, name, formerNames = [] }: PlanGuest): string {
  return ShellWord.call("need_guest", [bare(kind), bare(id), ...[name, ...formerNames].map(value)]);
}

/**
 * Programs that the steps run, besides what every Debian has; sorted. What belongs to a file may come with a package that the
 * plan itself installs, and so may what a step of packages says that it brings.
 */
export function programs(plan: Plan): string[] {
  const steps = plan.steps.filter(({ probe }) => probe.kind !== "file" && probe.kind !== "file-retired");
  const brought = new Set(plan.steps.flatMap(({ probe }) => (probe.kind === "packages" ? probe.commands : [])));
  const used = steps.flatMap((step) => step.commands.flatMap((argv) => argv.slice(0, 1)));
  return [...new Set(["flock", ...used.filter((program) => !brought.has(program))])].sort();
}

/** Requirements that several guests share become one call that names them all; one that concerns everything names none. */
function merged(requirements: readonly Requirement[]): Map<Requirement, readonly string[]> {
  const byCall = new Map<string, { first: Requirement; blocks: Set<string>; all: boolean }>();
  for (const requirement of requirements) {
    const [verb, words] = call(requirement);
    const id = [verb, ...words].join(" ");
    const entry = byCall.get(id) ?? { first: requirement, blocks: new Set<string>(), all: false };
    entry.all ||= requirement.blocks.length === 0;
    for (const address of requirement.blocks) entry.blocks.add(address);
    byCall.set(id, entry);
  }
  return new Map([...byCall.values()].map((entry) => [entry.first, entry.all ? [] : [...entry.blocks]]));
}

function call(requirement: Requirement): [string, ShellWord[]] {
  switch (requirement.kind) {
    case "storage":
      return ["need_storage", [value(requirement.storage), value(requirement.content ?? "")]];
    case "bridge":
      return ["need_bridge", [value(requirement.bridge)]];
    case "file":
      return ["need_file", [value(requirement.path), value(requirement.hint ?? "")]];
    case "device":
      return ["need_device", [...(requirement.made === true ? [bare("--made")] : []), value(requirement.path)]];
    case "card":
      return ["need_card", [value(requirement.id)]];
    case "nvidia-card":
      return ["need_nvidia_card", [value(requirement.except.join(" "))]];
    case "pci":
      return ["need_pci", [value(requirement.addresses.join(" ")), value(requirement.mdev ?? "")]];
    case "usb":
      return ["need_usb", [value(requirement.device)]];
    case "mapping":
      return ["need_mapping", [bare(requirement.type), value(requirement.id)]];
    case "disk":
      return ["need_disk", [value(requirement.pool), value(requirement.path)]];
    case "command":
      return ["need_command", [value(requirement.command)]];
    case "version":
      return ["need_version", [value(requirement.minimum)]];
    case "secret":
      return ["need_secret", [value(requirement.secret)]];
    case "firewall-piece":
      return ["need_piece", [bare(requirement.piece), value(requirement.name)]];
    case "snapshot":
      return ["need_source", source(requirement, `snapshot:${requirement.snapshot}`)];
    case "template":
    case "guest":
      return ["need_source", source(requirement, requirement.kind)];
  }
}

/** A storage's type and what else cannot be changed. */
function place(probe: Extract<Probe, { kind: "storage" }>): ShellWord[] {
  return [value(probe.storage), value(probe.storageType), ...probe.fixed.flat().map(value)];
}

function source(
  requirement: Extract<Requirement, { kind: "snapshot" | "template" | "guest" }>,
  what: string,
): ShellWord[] {
  const { kind, id, name } = requirement.guest;
  return [bare(kind), bare(id), value(name), value(what)];
}
