import * as o from "./spec.js";

/** For options that a running guest takes over. */
export const atOnce = { effect: "at-once" } as const;
/** For options that wait for the guest's next start. */
export const pending = { effect: "pending" } as const;

/** Options that virtual machines and containers have in common. */
export const guestOptions = {
  description: o.told(o.text({ maxLength: 8192 }), "Notes shown in the web interface.", atOnce),
  hookscript: o.told(o.format("pve-volume-id"), "A volume with a script that runs at start and stop.", atOnce),
  onboot: o.flag("Start the guest when the host boots, and once after its creation.", false, atOnce),
  protection: o.flag("Proxmox refuses to destroy the guest or its disks.", false, atOnce),
  startup: o.format("pve-startup-order", {
    doc: "The place in the order of starts, and the pauses before and after.",
    ...atOnce,
  }),
  tags: o.told(o.format("pve-tag", { list: true }), "Tags; Proxmox keeps them in lower case and sorted.", atOnce),
  template: o.flag("Whether the guest is a template; phxc makes it one with the command for that.", false, atOnce),
} satisfies o.Options;

/** The sentence of a guest's `cores` and of its `memory`. */
export const CORES = "The number of CPU cores.";
export const MEMORY = "The memory, in whole MiB.";
/** Bytes of the unit in which Proxmox counts memory. */
export const MIB = 1024 ** 2;

/** What Proxmox says about CPU weights where none is set. */
export const CPU_UNITS = "cgroup v1: 1024, cgroup v2: 100";

/** Sentences about keys of `netN`; the limits differ between the kinds of guests. */
export const netDocs = {
  bridge: "The bridge of the host. Default: the network's.",
  mac: "The hardware address. Omitted: Proxmox makes one, and it is kept.",
  mtu: "The largest packet, in bytes.",
  rate: "The rate limit, in megabytes per second.",
  trunks: "The VLAN tags that pass through, separated by semicolons.",
};

/** Keys of `netN` that are alike. */
export const netKeys = {
  firewall: o.flag("Whether the guest's firewall filters this interface.", undefined),
  link_down: o.flag("Whether the cable is unplugged.", undefined),
  tag: o.told(o.int(1, 4094), "The VLAN tag. Default: the network's."),
} satisfies Record<string, o.Spec>;

/** What a call of `set` says besides options. */
export const setCall = {
  delete: o.format("pve-configid", { list: true }),
  digest: o.text({ maxLength: 40 }),
  revert: o.format("pve-configid", { list: true }),
} satisfies o.Options;
