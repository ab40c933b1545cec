import type { Requirement } from "../model/plan.js";

/**
 * The files by which a host's kernel and its cluster tell of devices that a plan presupposes: each alone in its IOMMU group.
 * `gpus`: how many cards of NVIDIA there are for the host's own driver.
 */
export function hardwareOf(
  requirements: readonly Requirement[],
  node: string,
  gpus: number,
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const mappings = { pci: new Set<string>(), usb: new Set<string>(), directory: new Set<string>() };
  let group = 0;
  // A machine may get a card that the kernel keeps for it: what drives the card is said by the latter.
  const machinesFirst = [...requirements].sort((a, b) => Number(b.kind === "pci") - Number(a.kind === "pci"));
  for (const requirement of machinesFirst) {
    if (requirement.kind === "pci") {
      for (const address of requirement.addresses.map((each) => (each.includes(".") ? each : `${each}.0`))) {
        Object.assign(files, pciFiles(address, group++));
        if (requirement.mdev !== undefined)
          files[`/sys/bus/pci/devices/${address}/mdev_supported_types/${requirement.mdev}/available_instances`] = "8\n";
      }
    } else if (requirement.kind === "card") {
      Object.assign(files, requiredCard(requirement.id, group++, files));
    } else if (requirement.kind === "nvidia-card") {
      for (let i = 0; i < gpus; i++) Object.assign(files, cardFiles("10de:ffff", group++));
      files["/sys/module/nouveau/initstate"] = "live\n";
    } else if (requirement.kind === "usb") {
      Object.assign(files, usbFiles(requirement.device));
    } else if (requirement.kind === "mapping") {
      mappings[requirement.type].add(requirement.id);
    }
  }
  for (const [type, ids] of Object.entries(mappings)) {
    if (ids.size === 0) continue;
    const entry = { pci: "id=10de:2204,path=0000:01:00.0", usb: "id=046d:c52b", directory: "path=/srv" }[type] ?? "";
    files[`/etc/pve/mapping/${type}.cfg`] = [...ids].map((id) => `${id}\n\tmap ${entry},node=${node}\n`).join("\n");
  }
  return files;
}

/** A PCI device as `/sys` shows it. */
export function pciFiles(address: string, group: number, driver = ""): Readonly<Record<string, string>> {
  const line = driver === "" ? "" : `DRIVER=${driver}\n`;
  return {
    [ueventOf(address)]: `${line}PCI_CLASS=30000\nPCI_SLOT_NAME=${address}\n`,
    [`/sys/kernel/iommu_groups/${group}/devices/${address}`]: "",
  };
}

/** A card by vendor and model, or at an address: one of NVIDIA. */
function requiredCard(
  card: string,
  group: number,
  there: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (card.split(":").length === 2) return cardFiles(card, group);
  const address = card.includes(".") ? card : `${card}.0`;
  const { [ueventOf(address)]: uevent = "", ...rest } = cardFiles("10de:2684", group, address);
  return ueventOf(address) in there ? { [ueventOf(address)]: uevent } : { [ueventOf(address)]: uevent, ...rest };
}

const ueventOf = (address: string): string => `/sys/bus/pci/devices/${address}/uevent`;

/** A card with the driver that Debian's kernel has for it, which takes it before it is told otherwise. */
function cardFiles(
  id: string,
  group: number,
  address = `0000:${(0x80 + group).toString(16)}:00.0`,
): Readonly<Record<string, string>> {
  const [uevent = "", iommu = ""] = Object.keys(pciFiles(address, group));
  const lines = `DRIVER=nouveau\nPCI_CLASS=30000\nPCI_ID=${id.toUpperCase()}\nPCI_SLOT_NAME=${address}\n`;
  return { [uevent]: lines, [iommu]: "" };
}

function usbFiles(device: string): Readonly<Record<string, string>> {
  const [vendor = "", product] = device.split(":");
  const folder = `/sys/bus/usb/devices/${product === undefined ? device : `9-${vendor}${product}`}`;
  return { [`${folder}/idVendor`]: `${vendor}\n`, [`${folder}/idProduct`]: `${product ?? "0000"}\n` };
}
