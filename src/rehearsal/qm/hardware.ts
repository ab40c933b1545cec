import { existsSync, readdirSync } from "node:fs";
import { loadConfig } from "../host/guests.js";
import { type Machine, machinePath, readHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parseProperty } from "../../pve/property.js";
import { qmConfig } from "../../pve/qm.js";
import { specOf } from "../../pve/spec.js";

type Options = ReadonlyMap<string, string>;

/** What a start refuses: PCI devices that are not there or in use by another machine, and mappings that do not exist. */
export function checkHardware(machine: Machine, id: number, options: Options): void {
  for (const { option, keys } of passed(options)) {
    const mapping = keys.get("mapping") ?? keys.get("dirid");
    if (mapping !== undefined) checkMapping(machine, option.replace(/\d+$/, ""), mapping);
    if (!option.startsWith("hostpci")) continue;
    for (const address of addressesOf(keys)) {
      checkPci(machine, address);
      const holder = keys.has("mdev") ? undefined : holderOf(machine, id, address);
      if (holder !== undefined) refuse(`PCI device '${address}' already in use by VMID '${holder}'`);
    }
  }
}

function passed(options: Options): readonly { readonly option: string; readonly keys: Options }[] {
  return [...options].flatMap(([option, value]) => {
    const format = /^(?:hostpci|usb|virtiofs)\d+$/.test(option) ? specOf(qmConfig, option)?.keys : undefined;
    const keys = format === undefined ? "" : parseProperty(format, value);
    return typeof keys === "string" ? [] : [{ option, keys }];
  });
}

/** With their domain, as the kernel writes them. */
function addressesOf(keys: Options): readonly string[] {
  const written = keys.get("host")?.toLowerCase().split(";") ?? [];
  return written.map((address) => (/^[0-9a-f]{4,}:/.test(address) ? address : `0000:${address}`));
}

function checkPci(machine: Machine, address: string): void {
  const folder = machinePath(machine, "/sys/bus/pci/devices");
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(address)) : [];
  if (found.length === 0) refuse(`no PCI device found for '${address}'`);
  if (!existsSync(machinePath(machine, "/sys/kernel/iommu_groups"))) refuse("IOMMU not present");
}

function holderOf(machine: Machine, id: number, address: string): number | undefined {
  const slot = address.replace(/\..*/, "");
  return Object.keys(machine.state.running)
    .map(Number)
    .filter((other) => other !== id && existsSync(machinePath(machine, `/etc/pve/qemu-server/${other}.conf`)))
    .find((other) =>
      passed(loadConfig(machine, "vm", other).current.options).some(
        ({ option, keys }) =>
          option.startsWith("hostpci") &&
          !keys.has("mdev") &&
          addressesOf(keys).some((held) => held === address || held === slot || held.replace(/\..*/, "") === address),
      ),
    );
}

/** `virtiofs` mappings are those of directories. */
function checkMapping(machine: Machine, family: string, mapping: string): void {
  const [type, called] =
    family === "hostpci" ? ["pci", "PCI"] : family === "usb" ? ["usb", "USB"] : ["directory", "Dir"];
  const text = readHostFile(machine, `/etc/pve/mapping/${type}.cfg`) ?? "";
  const [, section] = new RegExp(`^${mapping}\\s*\\n((?:[ \\t]+.*\\n?)*)`, "m").exec(text) ?? [];
  const entries = (section ?? "").split("\n").filter((line) => /^\s+map\s/.test(line));
  const node = `node=${machine.state.node}`;
  if (
    !entries.some((line) =>
      line
        .trim()
        .replace(/^map\s+/, "")
        .split(",")
        .includes(node),
    )
  )
    refuse(`${called} device mapping not found for '${mapping}'`);
}
