import { commandAliases } from "../../../src/rehearsal/schema/commands.js";

const guest = "clone create delsnapshot destroy reboot set shutdown snapshot start template unlock";

/** The commands that a script runs: those of its steps, and those of the runtime (reading, unlocking, freeing). */
export const plannedCommands: ReadonlySet<string> = new Set([
  ...guest.split(" ").flatMap((verb) => [`qm ${verb}`, `pct ${verb}`]),
  ...["pct exec", "pct resize", "qm disk resize", "qm guest exec"],
  ...["pvesr create-local-job", "pvesr update"],
  ...["pvesm add", "pvesm free", "pvesm list", "pvesm set"],
  ...[
    "pveam download",
    "pveversion",
    "zfs create",
    "zfs get",
    "zfs list",
    "zfs set",
    "zpool create",
    "zpool get",
    "zpool list",
    "zpool status",
  ],
]);

/** The words of a command line that name the command, with other spellings resolved: `qm disk resize`. */
export function commandName(argv: readonly string[]): string {
  const three = argv.slice(0, 3).join(" ");
  if (plannedCommands.has(three)) return three;
  const two = argv.slice(0, 2).join(" ");
  return commandAliases[two] ?? two;
}
