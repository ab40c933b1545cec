import type { Command } from "../host/command.js";
import { filesBelow } from "../host/capture.js";
import { type Machine, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** How a host's boot loader gets the command line of the kernel: GRUB as Debian sets it up, or Proxmox's own tool. */

const GRUB = "/etc/default/grub";
const LINE = "/etc/kernel/cmdline";
const PARTITIONS = "/etc/kernel/proxmox-boot-uuids";
/** What the loaders read when the host starts. */
const ENTRIES = "/boot/grub/grub.cfg";
const RUNNING = "/proc/cmdline";

/** The files of a host that is booted by GRUB from LVM, as the installer makes it. */
export const GRUB_FILES: Readonly<Record<string, string>> = {
  [GRUB]: 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n',
  [RUNNING]: "BOOT_IMAGE=/boot/vmlinuz-6.14.8-2-pve root=/dev/mapper/pve-root ro quiet\n",
};

/** `update-grub` */
export function updateGrub({ machine, warn }: Command, argv: readonly string[]): void {
  if (argv.length > 0) refuse(`simulated host: unknown: update-grub ${argv.join(" ")}`, 127);
  writeHostFile(machine, ENTRIES, `${grubLine(machine)}\n`);
  warn("Generating grub configuration file ...\nFound linux image: /boot/vmlinuz-6.14.8-2-pve\ndone");
}

/** `proxmox-boot-tool status|refresh` */
export function proxmoxBootTool({ machine, print, warn }: Command, argv: readonly string[]): void {
  const partitions = (readHostFile(machine, PARTITIONS) ?? "").split("\n").filter((uuid) => uuid !== "");
  const loader = isEfi(machine) ? "uefi" : "grub";
  print("Re-executing '/usr/sbin/proxmox-boot-tool' in new private mount namespace..");
  if (argv.join(" ") === "status") {
    print(`System currently booted with ${isEfi(machine) ? "uefi" : "legacy bios"}`);
    if (partitions.length === 0) {
      warn(`E: ${PARTITIONS} does not exist.`);
      refuse("", 2);
    }
    for (const uuid of partitions) print(`${uuid} is configured with: ${loader} (versions: 6.14.8-2-pve)`);
    return;
  }
  if (argv.join(" ") !== "refresh") refuse(`simulated host: unknown: proxmox-boot-tool ${argv.join(" ")}`, 127);
  const line = loader === "grub" ? grubLine(machine) : (readHostFile(machine, LINE) ?? "").split("\n")[0];
  for (const uuid of partitions) writeHostFile(machine, `/boot/partitions/${uuid}`, `${line}\n`);
  print("Running hook script 'proxmox-auto-removal'..\nRunning hook script 'zz-proxmox-boot'..");
}

function isEfi(machine: Machine): boolean {
  return readHostFile(machine, "/sys/firmware/efi/fw_platform_size") !== undefined;
}

/** The variables of GRUB's file that make the line, as far as they are plain words in quotes. */
function grubLine(machine: Machine): string {
  const text = readHostFile(machine, GRUB) ?? "";
  const value = (name: string): string => {
    const last = [...text.matchAll(new RegExp(`^${name}=(?:"([^"]*)"|'([^']*)'|(\\S*))`, "gm"))].at(-1);
    return last?.[1] ?? last?.[2] ?? last?.[3] ?? "";
  };
  return [value("GRUB_CMDLINE_LINUX"), value("GRUB_CMDLINE_LINUX_DEFAULT")].filter((part) => part !== "").join(" ");
}

/** The kernel starts with what its boot loader has by now; one that nothing was told to keeps its line. */
export function startKernel(machine: Machine): void {
  const entries = filesBelow(machine, "/boot/partitions")[0] ?? ENTRIES;
  const line = readHostFile(machine, entries);
  const before = readHostFile(machine, RUNNING);
  if (line === undefined || before === undefined) return;
  // What is booted stays: its image, its root.
  const kept = before
    .trim()
    .split(" ")
    .filter((word) => /^(?:BOOT_IMAGE|initrd|root|boot)=|^ro$/.test(word));
  const added = line
    .trim()
    .split(" ")
    .filter((word) => word !== "" && !kept.includes(word));
  writeHostFile(machine, RUNNING, `${[...kept, ...added].join(" ")}\n`);
}
