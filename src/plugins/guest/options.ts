import { attribute, renderTags, renderText, renderWords, written } from "../../plugin-api/index.js";
import type { Options, OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import { drawnIp, drawnIp6, drawnMac } from "./draws.js";
import { bootHabits, netHabits } from "./habits.js";
import * as t from "./types.js";
import { firewallSection } from "./firewall-sections.js";
import { checkSection, featureSection, scriptSection, snapshotSection, volumeSection } from "./sections.js";

/**
 * What virtual machines and containers have in common. One entry per option: checking, the schema, the reference page and,
 * where `pve` is set, the converge step are made from it. `pve` is the table of the guest's options at Proxmox.
 */
export function guestOptions(pve: Options): Readonly<Record<string, OptionSpec>> {
  return {
    ...sharedOptions,
    cores: attribute(pve, "cores"),
    memory: attribute(pve, "memory"),
    description: attribute(pve, "description", {
      type: { type: "string", maxLength: 8192, multiline: true },
      render: renderText,
    }),
    tags: attribute(pve, "tags", { render: renderTags }),
    protection: attribute(pve, "protection"),
    nameservers: written(pve, "nameserver", {
      type: t.listOfType(t.ip),
      doc: "The addresses of the name servers. Default: those of the guest's network.",
      removable: true,
      render: renderWords,
    }),
    search: written(pve, "searchdomain", {
      type: t.dnsName,
      doc: "The DNS search domain. Default: that of the guest's network.",
      removable: true,
    }),
  };
}

/** Attributes that say what phxc does, not what Proxmox keeps. */
const sharedOptions: Readonly<Record<string, OptionSpec>> = {
  template: {
    type: t.bool,
    doc: "Make a template of it: it is never started, and guests are cloned from it.",
    hint: "What the guest is made from is `image` (a template archive, an image) or `clone` (another guest); `template = true` makes a template of the guest itself.",
    writes: "template",
  },
  rebuild_ids: {
    type: { type: "range", of: "int" },
    doc: "Of a template: the ids under which `--action rebuild-template` makes it anew, one after the other.",
  },
  clone: { type: { type: "ref", kinds: ["vm", "ct"] }, doc: "The guest that it is cloned from, by name or id." },
  clone_snapshot: {
    type: t.configId,
    doc: "The snapshot of the source that is cloned, rather than its present state.",
  },
  clone_mode: {
    type: t.oneOf("linked", "full"),
    doc: "A linked clone shares the disk of a template; a full one is a copy. Default: linked where the source allows it.",
  },
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
  os: {
    type: t.system,
    doc: "The operating system: its preset fills in what no file says. Default: that of the image.",
  },
  features: { type: t.listOfType(t.label, true), doc: "Software to install in the guest, with default parameters." },
};

/** A key of `startup`, which Proxmox reads with code of its own. */
function startup(type: OptionType, doc: string): OptionSpec {
  return { type, doc, removable: true, writes: "startup" };
}

function bootSection(pve: Options): SectionSpec {
  return {
    doc: "Start at boot, and in which order.",
    args: [],
    repeat: "once",
    options: {
      start: written(pve, "onboot", { removable: true }),
      order: startup({ type: "int", min: 0 }, "Guests with a lower number start earlier and stop later."),
      delay: startup(t.seconds, "Time to wait before the next guest is started, in seconds."),
      down_delay: startup(t.seconds, "Time that the guest may take to shut down, in seconds."),
    },
    sections: {},
    instead: bootHabits,
  };
}

/** Blocks of both kinds of guests. */
export function guestSections(pve: Options): Readonly<Record<string, SectionSpec>> {
  return {
    boot: bootSection(pve),
    firewall: firewallSection,
    check: checkSection,
    snapshot: snapshotSection,
    volume: volumeSection,
    feature: featureSection,
    script: scriptSection,
  };
}

/** `net lan { ip = 10.0.0.5 }`, with the attributes of a kind of guest. */
export function netSection(pve: Options, doc: string, own: Readonly<Record<string, OptionSpec>>): SectionSpec {
  // Containers have addresses in their net, virtual machines in what cloud-init gets.
  const address = pve["ipconfig[n]"] === undefined ? "net[n]" : "ipconfig[n]";
  return {
    doc,
    args: [{ name: "network", type: { type: "ref", kinds: ["network"] }, doc: "The network that it is on." }],
    repeat: "any",
    options: {
      ip: written(pve, `${address}.ip`, {
        type: t.union(t.oneOfMeant({ pool: "auto" }, "dhcp", "auto", "none"), t.ip, { type: "cidr", host: true }),
        doc: "The address, with the prefix of its network unless it says one; `auto`: one of the network's `pool`; or `dhcp`, or `none`.",
        removable: true,
        draw: drawnIp,
      }),
      gateway: written(pve, `${address}.gw`, {
        type: t.ip,
        doc: "The default gateway. Default: the network's, on the first interface with a static address.",
        removable: true,
      }),
      ip6: written(pve, `${address}.ip6`, {
        type: t.union(t.oneOf("dhcp", "auto", "pool", "none"), t.ip, { type: "cidr", host: true }),
        doc: "The IPv6 address, with the prefix of its network unless it says one; `pool`: one of the network's `pool6`; or `dhcp`, `auto` (as routers announce), `none`.",
        removable: true,
        draw: drawnIp6,
      }),
      gateway6: written(pve, `${address}.gw6`, {
        type: t.ip,
        doc: "The default gateway of IPv6. Default: the network's, on the first interface with a static `ip6`.",
        removable: true,
      }),
      vlan: written(pve, "net[n].tag", { removable: true }),
      firewall: written(pve, "net[n].firewall", { removable: true }),
      bridge: written(pve, "net[n].bridge", { type: t.bridge }),
      mtu: written(pve, "net[n].mtu", { removable: true }),
      rate: written(pve, "net[n].rate", { type: { type: "number", min: 0 }, removable: true }),
      link_down: written(pve, "net[n].link_down", { removable: true }),
      trunks: written(pve, "net[n].trunks", { removable: true }),
      ...own,
    },
    sections: {},
    instead: netHabits,
  };
}

/** A MAC address as an attribute that phxc may choose. */
export function drawable(mac: OptionSpec): OptionSpec {
  const doc = `${mac.doc} \`auto\`: one that begins with the \`mac_prefix\` of the network or the host.`;
  return { ...mac, type: t.union(t.oneOf("auto"), mac.type), doc, draw: drawnMac };
}

/** `options { cpulimit = 2 }`: what a kind of guest has no attribute for; property strings also as blocks. */
export function furtherOptions(
  options: Readonly<Record<string, OptionSpec>>,
  sections: Readonly<Record<string, SectionSpec>> = {},
): SectionSpec {
  return { doc: "Further options under their Proxmox names.", args: [], repeat: "once", options, sections };
}
