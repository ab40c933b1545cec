import { renderTags, renderText, renderWords } from "../../plugin-api/index.js";
import type { OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import { bootHabits, netHabits } from "./habits.js";
import * as t from "./types.js";
import { checkSection, featureSection, firewallSection, snapshotSection, volumeSection } from "./sections.js";

/**
 * What virtual machines and containers have in common. One entry per option: checking, the schema, the reference page and,
 * where `pve` is set, the converge step are made from it.
 */
export const guestOptions: Readonly<Record<string, OptionSpec>> = {
  template: { type: t.bool, doc: "Make a template of it: it is never started, and guests are cloned from it." },
  clone: { type: { type: "ref", kinds: ["vm", "ct"] }, doc: "The guest that it is cloned from, by name or id." },
  clone_snapshot: {
    type: t.configId,
    doc: "The snapshot of the source that is cloned, rather than its present state.",
  },
  clone_mode: {
    type: t.oneOf("linked", "full"),
    doc: "A linked clone shares the disk of a template; a full one is a copy. Default: linked where the source allows it.",
  },
  cores: { type: { type: "int", min: 1, max: 8192 }, doc: "The number of CPU cores.", pve: "cores", effect: "at-once" },
  memory: { type: t.memory, doc: "The memory, in whole MiB.", pve: "memory", effect: "at-once" },
  description: {
    type: { type: "string", maxLength: 8192, multiline: true },
    doc: "Notes shown in the web interface.",
    pve: "description",
    effect: "at-once",
    render: renderText,
  },
  tags: {
    type: t.listOfType(t.tag, true),
    doc: "Tags; Proxmox keeps them in lower case and sorted.",
    pve: "tags",
    effect: "at-once",
    render: renderTags,
  },
  protection: {
    type: t.bool,
    doc: "Proxmox refuses to destroy the guest or its disks.",
    pve: "protection",
    effect: "at-once",
  },
  nameservers: {
    type: t.listOfType(t.ip),
    doc: "The addresses of the name servers. Default: those of the guest's network.",
    removable: true,
    render: renderWords,
  },
  search: { type: t.dnsName, doc: "The DNS search domain. Default: that of the guest's network.", removable: true },
  state: {
    type: t.oneOfMeant(
      {
        started: "running",
        start: "running",
        on: "running",
        up: "running",
        stop: "stopped",
        off: "stopped",
        down: "stopped",
      },
      ...["running", "stopped"],
    ),
    doc: "Keep it running or stopped. Omitted: left as found, but started once after its creation if it starts at boot.",
  },
  restart: {
    type: t.oneOf("never", "when-needed"),
    doc: "Whether a plan may restart the guest for changes that wait for it. Default: never.",
  },
  needs: {
    type: t.listOfType(
      { type: "ref", kinds: ["vm", "ct", "dataset", "pool", "storage", "network", "image", "host"] },
      true,
    ),
    doc: "What must have converged before this guest, by name or id.",
  },
  host: { type: t.hostRef, doc: "The host that it belongs to, where the files declare several." },
  features: { type: t.listOfType(t.label, true), doc: "Software to install in the guest, in order." },
};

const boot: SectionSpec = {
  doc: "Start at boot, and in which order.",
  args: [],
  repeat: "once",
  options: {
    start: { type: t.bool, doc: "Start the guest when the host boots, and once after its creation.", removable: true },
    order: {
      type: { type: "int", min: 0 },
      doc: "Guests with a lower number start earlier and stop later.",
      removable: true,
    },
    delay: { type: t.seconds, doc: "Time to wait before the next guest is started, in seconds.", removable: true },
    down_delay: { type: t.seconds, doc: "Time that the guest may take to shut down, in seconds.", removable: true },
  },
  sections: {},
  instead: bootHabits,
};

/** Blocks of both kinds of guests. */
export const guestSections: Readonly<Record<string, SectionSpec>> = {
  boot,
  firewall: firewallSection,
  check: checkSection,
  snapshot: snapshotSection,
  volume: volumeSection,
  feature: featureSection,
};

/** Attributes of a `net` block that both kinds of guests have. */
const netOptions: Readonly<Record<string, OptionSpec>> = {
  ip: {
    type: t.union(t.oneOf("dhcp", "none"), t.ip, { type: "cidr", host: true }),
    doc: "The address, with the prefix of its network unless it says one; or `dhcp`, or `none`.",
    hint: "`auto` is not there yet: this version draws no addresses from the network's `pool`; write an address",
    removable: true,
  },
  gateway: {
    type: t.ip,
    doc: "The default gateway. Default: the network's, on the first interface with a static address.",
    removable: true,
  },
  mac: { type: { type: "mac" }, doc: "The hardware address. Omitted: Proxmox makes one, and it is kept." },
  vlan: { type: t.vlan, doc: "The VLAN tag. Default: the network's.", removable: true },
  firewall: { type: t.bool, doc: "Whether the guest's firewall filters this interface.", removable: true },
  bridge: { type: t.bridge, doc: "The bridge of the host. Default: the network's." },
  mtu: { type: { type: "int", min: 64, max: 65520 }, doc: "The largest packet, in bytes.", removable: true },
  rate: { type: { type: "number", min: 0 }, doc: "The rate limit, in megabytes per second.", removable: true },
};

/** `net lan { ip = 10.0.0.5 }`, with the attributes of a kind of guest. */
export function netSection(doc: string, own: Readonly<Record<string, OptionSpec>>): SectionSpec {
  return {
    doc,
    args: [{ name: "network", type: { type: "ref", kinds: ["network"] }, doc: "The network that it is on." }],
    repeat: "any",
    options: { ...netOptions, ...own },
    sections: {},
    instead: netHabits,
  };
}

/** `options { cpulimit = 2 }`: what a kind of guest has no attribute for. */
export function furtherOptions(options: Readonly<Record<string, OptionSpec>>): SectionSpec {
  return { doc: "Further options under their Proxmox names.", args: [], repeat: "once", options, sections: {} };
}
