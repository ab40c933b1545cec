import { defineKind, definePlugin } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { lowerHost } from "./lower.js";
import { joinedParts, leaveHost } from "./parts.js";

const parts = joinedParts();

const host = defineKind({
  keyword: "host",
  aliases: ["node", "server", "proxmox", "pve"],
  doc: "The Proxmox VE host that a plan is for.",
  args: [{ name: "name", type: t.label, doc: "The name by which the files refer to it." }],
  identity: { name: "name" },
  options: {
    address: { type: t.ip, doc: "Its address." },
    node: { type: t.dnsName, doc: "The name of its Proxmox node." },
    version: {
      type: { type: "string", pattern: "\\d+(\\.\\d+){0,2}", describe: "a version such as 8.2" },
      doc: "The oldest Proxmox VE release that the plan may run on.",
    },
    cores: { type: { type: "int", min: 1 }, doc: "Its CPU cores." },
    memory: { type: { type: "size", min: 1 }, doc: "Its memory." },
    gpus: {
      type: t.listOfType(t.union({ type: "int", min: 0, max: 31 }, { type: "pci" }), true),
      doc: "Its GPUs, by number or PCI address.",
    },
    ids: { type: { type: "range", of: "int" }, doc: "The ids from which `vm auto` and `ct auto` draw." },
    mac_prefix: { type: t.macPrefix, doc: "How the MAC addresses begin that `mac = auto` draws." },
    plans: { type: t.text, doc: "The folder of its committed plan, relative to the project. Default: `plans/NAME`." },
    ...parts.options,
  },
  sections: parts.sections,
  instead: {
    ...parts.instead,
    ip: "address",
    hostname: "node",
    name: "node",
    ram: "memory",
    cpus: "cores",
    cpu: "cores",
    gpu: "gpus",
  },
  lower: lowerHost,
  leave: leaveHost,
});

/** Hosts: where guests are, and which release they need. */
export const hostPlugin = definePlugin({
  name: "host",
  kinds: [host],
  diagnostics: parts.diagnostics,
});
