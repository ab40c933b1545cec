import { defineKind, definePlugin, qmConfig } from "../../plugin-api/index.js";
import { guestEdges } from "../guest/edges.js";
import { actOnGuest } from "../guest/demand.js";
import { vmHabits } from "../guest/habits.js";
import { presetMachine } from "../guest/preset.js";
import { refusedValues } from "../guest/refused.js";
import { retireGuest } from "../guest/retired.js";
import { busKeys } from "./buses.js";
import { cloudInitFindings } from "./cloud-init/findings.js";
import { retiredSnippets } from "./cloud-init/lower.js";
import { cloudInitRules } from "./cloud-init/rules.js";
import { passedDevices } from "./device-rules.js";
import { vmFindings } from "./findings.js";
import { deviceFindingKinds } from "./findings-devices.js";
import { lowerVm } from "./lower.js";
import { vmArgs, vmOptions, vmSections } from "./options.js";

const vm = defineKind({
  keyword: "vm",
  aliases: ["qemu", "kvm", "virtual_machine", "machine", "guest", "proxmox_vm", "vms"],
  doc: "A virtual machine.",
  args: vmArgs,
  identity: { id: "id", name: "name" },
  idSpace: "guest",
  nameSpace: "guest",
  profiles: true,
  options: vmOptions,
  sections: vmSections,
  instead: vmHabits,
  complete: presetMachine,
  edges: guestEdges,
  lower: lowerVm,
  retire: (guest, source, dependants) => [...retireGuest(guest, source, dependants), ...retiredSnippets(guest, source)],
  act: actOnGuest,
});

/** Virtual machines. */
export const vmPlugin = definePlugin({
  name: "vm",
  kinds: [vm],
  rules: [busKeys, passedDevices, ...cloudInitRules, refusedValues(vm, qmConfig)],
  diagnostics: [...vmFindings, ...cloudInitFindings, ...deviceFindingKinds],
});
