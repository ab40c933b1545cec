import type { Command } from "../host/command.js";
import { type Machine, readHostFile, removeHostFile, writeHostFile } from "../host/machine.js";
import { filesBelow } from "../host/capture.js";
import { refuse } from "../host/refusal.js";
import { startKernel } from "./boot.js";
import type { Handover } from "./stock.js";

/** Devices of a host: what its kernel takes over when it starts, and NVIDIA's installer. */

const INITRAMFS = "/boot/initrd.img";
const LOADED = "/proc/driver/nvidia/version";
const INSTALLED = "/usr/lib/modules/nvidia";

/** `update-initramfs -u -k all`: what /etc/modprobe.d says by now is what the next start goes by. */
export function updateInitramfs({ machine, print }: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "-u -k all") refuse(`simulated host: unknown: update-initramfs ${argv.join(" ")}`, 127);
  const texts = filesBelow(machine, "/etc/modprobe.d").map((path) => readHostFile(machine, path) ?? "");
  writeHostFile(machine, INITRAMFS, texts.join(""));
  print("update-initramfs: Generating /boot/initrd.img");
}

/** `sh NVIDIA-Linux-x86_64-VERSION.run OPTION...` installs a driver; anything else is left to the real shell. */
export function sh(command: Command, argv: readonly string[]): Handover | undefined {
  const [path = "", ...options] = argv;
  const version = /NVIDIA-Linux-x86_64-([\d.]+)\.run$/.exec(path)?.[1];
  if (version === undefined) return { real: "sh" };
  const { machine } = command;
  if (readHostFile(machine, path) === undefined) refuse(`sh: 0: cannot open ${path}: No such file`, 2);
  const unknown = options.find((option) => !["--silent", "--dkms", "--no-x-check"].includes(option));
  if (unknown !== undefined) refuse(`ERROR: Unable to parse command line: unrecognized option '${unknown}'`, 1);
  if (!options.includes("--silent")) refuse("ERROR: Unable to open a terminal for questions.", 1);
  if (readHostFile(machine, "/sys/module/nouveau/initstate") !== undefined)
    refuse("ERROR: The Nouveau kernel driver is currently in use by your system.", 1);
  const packages = readHostFile(machine, "/var/lib/dpkg/status") ?? "";
  if (!packages.includes("Package: build-essential\n"))
    refuse("ERROR: Unable to find the development tool `cc` in your path", 1);
  if (!packages.includes("Package: proxmox-default-headers\n"))
    refuse("ERROR: Unable to find the kernel source tree for the currently running kernel.", 1);
  writeHostFile(machine, INSTALLED, version);
  if (readHostFile(machine, LOADED) === undefined) loadDriver(machine);
  return undefined;
}

/** Loads the installed driver, where a card is left for it. */
function loadDriver(machine: Machine): void {
  const version = readHostFile(machine, INSTALLED);
  const own = cards(machine).filter(({ id, driver }) => id.startsWith("10de:") && driver !== "vfio-pci");
  if (version === undefined || own.length === 0 || isBlocked(machine)) return;
  const line = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Release Build\n`;
  writeHostFile(machine, LOADED, line);
  const nodes = ["ctl", "-uvm", "-uvm-tools", ...own.map((_, i) => String(i))];
  for (const node of nodes) writeHostFile(machine, `/dev/nvidia${node}`, "");
}

function isBlocked(machine: Machine): boolean {
  return readHostFile(machine, "/sys/module/nouveau/initstate") !== undefined;
}

interface Card {
  readonly path: string;
  readonly id: string;
  readonly driver: string | undefined;
  readonly text: string;
}

function cards(machine: Machine): readonly Card[] {
  return filesBelow(machine, "/sys/bus/pci/devices")
    .filter((path) => path.endsWith("/uevent"))
    .map((path) => {
      const text = readHostFile(machine, path) ?? "";
      const id = /^PCI_ID=(.*)$/m.exec(text)?.[1]?.toLowerCase() ?? "";
      return { path, id, driver: /^DRIVER=(.*)$/m.exec(text)?.[1], text };
    });
}

/** Intel's IOMMU is on only where the command line says so, before kernel 6.8; then every device has a group. */
function startIommu(machine: Machine): void {
  const line = readHostFile(machine, "/proc/cmdline") ?? "";
  const cpu = readHostFile(machine, "/proc/cpuinfo") ?? "";
  if (!cpu.includes("GenuineIntel") || !/\bintel_iommu=on\b/.test(line)) return;
  for (const [group, { path }] of cards(machine).entries()) {
    const address = path.split("/").at(-2) ?? "";
    writeHostFile(machine, `/sys/kernel/iommu_groups/${group}/devices/${address}`, "");
  }
}

/** The host starts anew: drivers take their devices as its initramfs says. Guests that ran run again. */
export function restart(machine: Machine): void {
  const path = "/proc/sys/kernel/random/boot_id";
  const count = Number(/(\d+)\s*$/.exec(readHostFile(machine, path) ?? "")?.[1] ?? 0) + 1;
  writeHostFile(machine, path, `00000000-0000-4000-8000-${String(count).padStart(12, "0")}\n`);
  startKernel(machine);
  startIommu(machine);
  const said = readHostFile(machine, INITRAMFS) ?? "";
  const ids = new Set(/^options vfio-pci ids=(\S+)/m.exec(said)?.[1]?.split(",") ?? []);
  const overridden = /^install vfio-pci for device in (.*?); do/m.exec(said)?.[1]?.split(" ") ?? [];
  const isPassed = ({ id, path: at }: Card): boolean =>
    ids.has(id) || overridden.some((device) => at.slice(0, -"/uevent".length).startsWith(device.replace(/\*$/, "")));
  for (const card of cards(machine)) {
    if (!isPassed(card)) continue;
    writeHostFile(machine, card.path, `DRIVER=vfio-pci\n${card.text.replace(/^DRIVER=.*\n/m, "")}`);
  }
  if (/^blacklist nouveau$/m.test(said)) removeHostFile(machine, "/sys/module/nouveau");
  removeHostFile(machine, LOADED);
  loadDriver(machine);
}
