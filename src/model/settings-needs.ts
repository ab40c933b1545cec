import type { Step } from "./plan.js";

/** What the settings of a host name and no step of the plan makes. */
export interface SettingsNeeds {
  /** Groups of the system, sorted. */
  readonly groups: readonly string[];
  /** Packages that the plan installs: they may bring a group. */
  readonly packages: readonly string[];
  /** Entries of Proxmox's access control, as `role NAME`, sorted. */
  readonly access: readonly string[];
}

/** Roles that Proxmox brings are no lines of its file (pve-access-control, PVE/AccessControl.pm), and `root@pam` is always there. */
const BUILT_IN = /^(?:role (?:PVE.*|Administrator|NoAccess)|user root@pam)$/;

/** What has to be there before the steps of the host's settings run. */
export function settingsNeeds(steps: readonly Step[]): SettingsNeeds {
  const made = new Set<string>();
  const groups = new Set<string>();
  const packages = new Set<string>();
  const access = new Set<string>();
  for (const { probe } of steps) {
    if (probe.kind === "packages") for (const name of probe.names) packages.add(name);
    if (probe.kind === "host-user") {
      made.add(`group of ${probe.user}`);
      for (const name of probe.groups) groups.add(name);
    }
    if (probe.kind === "access") {
      made.add(`${probe.entry} ${probe.name}`);
      for (const name of probe.groups) access.add(`group ${name}`);
      if (probe.entry === "token") access.add(`user ${probe.name.slice(0, probe.name.indexOf("!"))}`);
    }
    if (probe.kind === "permission") {
      access.add(`role ${probe.role}`);
      for (const holder of probe.holders) access.add(entryOf(holder));
    }
  }
  return {
    // useradd makes a group of the user's own name.
    groups: [...groups].filter((name) => !made.has(`group of ${name}`)).sort(),
    packages: [...packages].sort(),
    access: [...access].filter((name) => !made.has(name) && !BUILT_IN.test(name)).sort(),
  };
}

function entryOf(holder: string): string {
  if (holder.startsWith("@")) return `group ${holder.slice(1)}`;
  return `${holder.includes("!") ? "token" : "user"} ${holder}`;
}
