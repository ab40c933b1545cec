import type { GuestKind, Probe, Step } from "../model/plan.js";
import type { Model, Resource } from "../model/resource.js";
import { type PropertyFormat, specOf } from "../pve/spec.js";
import { disks } from "./guest.js";
import { nets } from "./nets.js";
import { pciDevices, usbDevices } from "./passthrough.js";
import { volumes } from "./volumes.js";
import { pctConfig, qmConfig } from "./pve.js";

/** How options of the last plan are recognised in this one. */

/** The form of an option that holds `key=value` pairs, of which the files may declare some. */
function formatOf(option: string): Pick<PropertyFormat, "required"> | undefined {
  // Of mounts and devices by their path, and of what Proxmox reads with code of its own, every key can go.
  if (/^(?:startup|(?:mp|dev) .*)$/s.test(option)) return { required: [] };
  return specOf(qmConfig, option)?.keys ?? specOf(pctConfig, option)?.keys;
}

const DRIVE = /^(?:scsi|virtio|sata|ide)\d+$/;

/** Options without which Proxmox has no container: they can be set, and not deleted. */
const REQUIRED: ReadonlySet<string> = new Set(["hostname", "memory", "rootfs"]);

/** Whether an option can be taken back; one that cannot stays as it is. */
export function isRemovable(kind: GuestKind, option: string): boolean {
  return kind === "vm" || !REQUIRED.has(option);
}

/** Keys that name a thing rather than set something of it: they stay as they are when no file says them any more. */
const IDENTITY: ReadonlySet<string> = new Set([
  "hwaddr",
  "name",
  "mp",
  "path",
  "file",
  "volume",
  "import-from",
  "host",
  "mapping",
]);

/** What identifies an option: its name; for mounts and devices of containers their path, whatever their number is. */
export function optionKey(kind: GuestKind, option: string, value: string): string {
  if (kind !== "ct") return option;
  if (/^mp\d+$/.test(option)) return `mp ${partsOf(value).get("mp") ?? ""}`;
  return /^dev\d+$/.test(option) ? `dev ${value.split(",")[0] ?? ""}` : option;
}

/**
 * The keys of an option that can be taken back one by one; none where the option is one value. The first part of a property
 * string is what it is about, unless it is a key of its own (`startup`, `ipconfig0`).
 */
export function removableKeys(option: string, value: string): ReadonlyMap<string, string> {
  const format = formatOf(option);
  if (format === undefined) return new Map();
  const stays = (key: string): boolean =>
    IDENTITY.has(key) || format.required.includes(key) || isCard(option, key, value);
  return new Map([...partsOf(value)].filter(([key]) => !stays(key)));
}

/** A drive that the guest brings with it: the files set keys of it, and do not make it. */
export function isBrought(option: string, value: string): boolean {
  return DRIVE.test(option) && !/^[^,=]+:/.test(value);
}

/** The model of a virtual machine's interface is the key of its address: `virtio=BC:24:11:00:00:01`. */
function isCard(option: string, key: string, value: string): boolean {
  return option.startsWith("net") && value.startsWith(`${key}=`);
}

function partsOf(value: string): ReadonlyMap<string, string> {
  const [first = "", ...rest] = value.split(",");
  // A host path or volume may hold an equals sign itself.
  const parts = /^\/|^[^=]*:/.test(first) ? rest : [first, ...rest];
  return new Map(
    parts.flatMap((part) => {
      const at = part.indexOf("=");
      return at < 1 ? [] : [[part.slice(0, at), part.slice(at + 1)] as const];
    }),
  );
}

/** The slots of a guest's named disks, interfaces and passed devices, which the next plan keeps: `disk data` at `scsi1`. */
export function slotsOf(resource: Resource, model: Model): Readonly<Record<string, string>> {
  const drives = resource.kind === "vm" ? disks(resource).map(({ name, slot }) => [`disk ${name}`, slot] as const) : [];
  const cards = nets(resource, model);
  return Object.fromEntries([
    ...drives,
    ...pciDevices(resource).map(({ name, slot }) => [`pci ${name}`, slot] as const),
    ...volumes(resource).map(({ name, slot }) => [`volume ${name}`, slot ?? "fstab"] as const),
    ...usbDevices(resource).map(({ name, slot }) => [`usb ${name}`, slot] as const),
    ...cards.map((net, i) => [netName(net.networkName, cards.slice(0, i)), `net${net.index}`] as const),
  ]);
}

/** The second interface on one network is `net lan#2`. */
export function netName(network: string, before: readonly { readonly networkName: string }[]): string {
  const count = before.filter(({ networkName }) => networkName === network).length + 1;
  return `net ${network}${count === 1 ? "" : `#${count}`}`;
}

/** What steps take back of one guest, in words. */
export interface Removal {
  /** `vm 8001 docker-1`; `host` for what belongs to no guest. */
  readonly guest: string;
  readonly parts: readonly string[];
}

/** What the last plan declared and no file does any more, by guest, in the order of the steps. */
export function removalsOf(steps: readonly Step[]): readonly Removal[] {
  const found = new Map<string, readonly string[]>();
  for (const { probe } of steps) {
    const parts = removedBy(probe);
    if (parts.length === 0) continue;
    const owner = "guest" in probe ? probe.guest : undefined;
    const guest = owner === undefined ? "host" : `${owner.kind} ${owner.id} ${owner.name}`;
    found.set(guest, [...(found.get(guest) ?? []), ...parts]);
  }
  return [...found].map(([guest, parts]) => ({ guest, parts }));
}

/** Things of the host, and options of them, that are no longer declared and are left as they are, in words. */
export function leftBy(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ probe }) => {
    if (probe.kind !== "thing-retired") return [];
    return [
      `${probe.thing} ${probe.name}${probe.option === undefined ? "" : `: ${probe.option.name} ${probe.option.value}`}`,
    ];
  });
}

function fileRemoved({ path, block }: { readonly path: string; readonly block?: string }): string {
  return block === undefined ? `file ${path}` : `the block ${block} in ${path}`;
}

function removedBy(probe: Probe): readonly string[] {
  switch (probe.kind) {
    case "guest-retired":
      return ["the guest itself, with --allow-destroy only"];
    case "snapshot-retired":
      return [`snapshot ${probe.snapshot}, with --allow-destroy only`];
    case "file-retired":
      return [probe.guest === undefined ? fileRemoved(probe) : "its firewall file"];
    case "permission-retired":
      return [`role ${probe.role} of ${probe.holder} on ${probe.path}`];
    case "firewall-piece-retired":
      return [`${probe.piece} ${probe.name} of the cluster's firewall`];
    case "firewall-rules-retired":
      return [`the rules of the firewall of the ${probe.scope}`];
    case "raw-lines":
      return (probe.retired ?? []).map(({ key }) => key);
    case "options":
      return [
        ...(probe.retired ?? []).map(({ option, value }) =>
          isVolume(option, value) ? `${option} (detached)` : option,
        ),
        ...(probe.retiredKeys ?? []).map(({ option, key }) => `${option}.${key}`),
      ];
    default:
      return [];
  }
}

/** Whether an option is a disk that a plan allocates: `STORAGE:SIZE`. */
export function isVolume(option: string, value: string): boolean {
  return /^(mp |scsi|virtio|sata|ide)/.test(option) && /^[^/,=]+:/.test(value);
}
