import type { Verdict } from "./replay.js";

/** Why recorded commands are answered otherwise. */
export interface Divergence {
  /** What differs, in words of our own. */
  readonly what: string;
  readonly why: string;
  /** The transcript; any, unless given. */
  readonly file?: string;
  readonly commands: RegExp;
}

const noPlan = "No plan runs it, and the simulated host says loudly that it does not know it.";

/** Every divergence has one reason, and every reason has a divergence: a test compares. */
export const divergences: readonly Divergence[] = [
  {
    what: "tools for high availability, users, backups, the list of replication jobs, and the firewall's own command",
    why: noPlan,
    commands: /^(?:ha-manager |pveum |vzdump |pve-firewall |pvesr list$)/,
  },
  {
    what: "`pvesh create`, `pvesh set`, `pvesh delete` of guests and of rules of their firewalls",
    why: "Plans run these commands for backup jobs and for the network only; any other path is refused, loudly.",
    commands: /^pvesh (?:create|set|delete) /,
  },
  {
    what: "`pvesh get` of a node's status, storages and tasks, and of firewall rules",
    why: noPlan,
    commands: /^pvesh get \/nodes\/pve\/(?:status|storage|tasks|qemu\/100\/firewall\/rules) /,
  },
  {
    what: "`pvesh get` of guests, nodes, storages and resources: fewer fields; a state that is not `unknown`",
    why: "The fields are figures of the recording machine, where the daemon that gathers states was not running. No plan reads them.",
    commands: /^pvesh get \/(?:cluster\/resources|nodes|nodes\/pve\/(?:qemu|lxc)|storage)(?: --|$)/,
  },
  { what: "`pct enter`, `qm cloudinit pending`", why: noPlan, commands: /^(?:pct enter|qm cloudinit pending) / },
  {
    what: "`qm`, `pct` and `pvesm` without a command, or with one that does not exist: the list of all commands",
    why: "A script that comes here is wrong; that it fails, loudly, is what matters.",
    commands: /^(?:qm|pct|pvesm)(?: foo)?$/,
  },
  {
    what: "`qm start` of a VM that is an HA resource: starts it, rather than asking the HA manager",
    why: "Plans do not make HA resources, and the simulated host has no HA manager.",
    file: "pvesh-storage-ha-firewall.txt",
    commands: /^qm start 100$/,
  },
  {
    what: "`qm clone` of a running VM: succeeds",
    why: "The recorded failure is one of the recording machine, which emulated its VMs.",
    file: "vm-running-disks-import.txt",
    commands: /^qm clone 100 101$/,
  },
  {
    what: "`pct set --delete` of three options, one of them unknown: ends with 255, recorded 25",
    why: "The code of a refusal is the number of whatever system call failed last; that of a single unknown option agrees.",
    commands: /^pct set 200 --delete mp1,dev0,nosuch$/,
  },
];

/** The reasons for which a verdict may differ. */
export function reasonsFor({ file, entry }: Verdict): readonly Divergence[] {
  return divergences.filter((reason) => (reason.file ?? file) === file && reason.commands.test(entry.line));
}
