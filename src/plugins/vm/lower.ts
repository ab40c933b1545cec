import {
  NO_OPTIONS,
  blockOptions,
  boolOf,
  cloneSource,
  diagnose,
  disks,
  gibText,
  guestRef,
  isAbsent,
  keyProperties,
  nets,
  plainOptions,
  propertyOption,
  propertyString,
  qmConfig,
  rootDisk,
  sectionOf,
  settingOf,
  stringOf,
  volumes,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestDisk,
  GuestNet,
  LowerContext,
  Lowered,
  Model,
  OptionPair,
  Property,
  Resource,
  RetiredGuest,
  Section,
  WantedOptions,
} from "../../plugin-api/index.js";
import { bootOptions, startsOnce } from "../guest/lifecycle.js";
import { addressProperties, linkProperties, networkNeeds, resolverOptions } from "../guest/network.js";
import { cloneStep, rootStorage, storageRequirements } from "../guest/source.js";
import { optionTwice } from "../guest/findings.js";
import { makeStep, onlySteps, optionsStep } from "../guest/step.js";
import { guestTurn } from "../guest/turn.js";
import { diskImageOf } from "../image/source.js";
import { opticalDrives, opticalNeeds, opticalOptions } from "./cdrom.js";
import type { OpticalDrive } from "./cdrom.js";
import { lowerCloudInit } from "./cloud-init/lower.js";
import { deviceNeeds, deviceOptions, exactFamilies } from "./devices.js";
import { cloudInitMissing, sameSlot, vmDiskIncomplete, vmRootWithoutStorage, vmWithTwoSources } from "./findings.js";
import { furtherAttributes, furtherBlocks } from "./further.js";
import { vmOptions, vmSections } from "./options.js";

/** Where cloud images expect the drive with their settings. */
const CLOUD_INIT_SLOT = "ide2";

/** The turn of a virtual machine, in order: creation, options, disks, firewall, start, checks, snapshots, template. */
export function lowerVm(resource: Resource, context: LowerContext): Lowered {
  const { model, retired } = context;
  return guestTurn(resource, context, [
    createStep(resource, model),
    networkNeeds(resource, model),
    diskNeeds(resource, model),
    deviceNeeds(resource),
    configure(resource, model, retired),
  ]);
}

/** `qm create` or `qm clone`, with what allocates the root disk. */
function createStep(resource: Resource, model: Model): Lowered {
  const guest = guestRef(resource);
  const label = `vm ${guest.id} ${guest.name}`;
  const hasClone = settingOf(resource, "clone") !== undefined;
  if (hasClone && settingOf(resource, "image") !== undefined) {
    const finding = diagnose(vmWithTwoSources, resource.headSpan, { guest: label });
    return { steps: [], requirements: [], diagnostics: [finding] };
  }
  if (hasClone) return clonedStep(resource, model, label);
  return settingOf(resource, "image") === undefined ? emptyStep(resource, model) : imageStep(resource, model, label);
}

function clonedStep(resource: Resource, model: Model, label: string): Lowered {
  const clone = cloneStep(resource, model);
  if (clone === undefined) return onlySteps([]);
  const from = clone.source.resource;
  const section = sectionOf(resource, "cloud_init");
  const isLost = section !== undefined && !inheritsCloudInit(from, model);
  const names = { guest: label, source: `vm ${from.id} ${from.name}` };
  const diagnostics = isLost ? [diagnose(cloudInitMissing, section.headSpan, names)] : [];
  return { steps: [clone.step], requirements: clone.requirements, diagnostics };
}

/** A machine without a source: its disks are made empty by the options step, and something else installs it. */
function emptyStep(resource: Resource, model: Model): Lowered {
  const guest = guestRef(resource);
  const cloudInit = installedCloudInit(resource, model);
  const drive = cloudInit === undefined ? [] : [`--${CLOUD_INIT_SLOT}`, `${cloudInit}:cloudinit`];
  const storages = cloudInit === undefined ? [] : [cloudInit];
  const step = makeStep(resource, "create", {
    phase: "define",
    probe: { kind: "guest-absent", guest, storages, firstStart: startsOnce(resource) },
    commands: [["qm", "create", String(guest.id), "--name", guest.name, ...drive]],
  });
  return { steps: [step], requirements: [] };
}

function imageStep(resource: Resource, model: Model, label: string): Lowered {
  const guest = guestRef(resource);
  const image = diskImageOf(resource, model);
  const root = rootDisk(resource);
  if (root?.storage === undefined) {
    const at = root?.section.headSpan ?? resource.headSpan;
    return { steps: [], requirements: [], diagnostics: [diagnose(vmRootWithoutStorage, at, { guest: label })] };
  }
  if (image === undefined) return { steps: [], requirements: [] };
  const drive = propertyString([
    { key: "file", value: `${root.storage}:0`, place: "bare" },
    { key: "import-from", value: image.volume, place: "first" },
    ...driveProperties(root),
  ]);
  const cloudInit = cloudInitStorage(resource, root.storage, model);
  const command = [
    ...["qm", "create", String(guest.id), "--name", guest.name, `--${root.slot}`, drive],
    ...(cloudInit === undefined ? [] : [`--${CLOUD_INIT_SLOT}`, `${cloudInit}:cloudinit`]),
  ];
  const storages = [...new Set([root.storage, ...(cloudInit === undefined ? [] : [cloudInit])])];
  const step = makeStep(resource, "create", {
    phase: "define",
    probe: { kind: "guest-absent", guest, storages, firstStart: startsOnce(resource) },
    commands: [command],
  });
  return { steps: [step], requirements: image.requirements };
}

/** The storage of the cloud-init drive, where the machine has any settings for cloud-init. */
function cloudInitStorage(resource: Resource, rootId: string, model: Model): string | undefined {
  const section = sectionOf(resource, "cloud_init");
  const isConfigured = nets(resource, model).some(isAddressed);
  if (section === undefined && !isConfigured) return undefined;
  return (section === undefined ? undefined : stringOf(section, "storage")) ?? rootId;
}

/** The same of a machine that is installed from a medium: addresses alone do not say that its system has cloud-init. */
function installedCloudInit(resource: Resource, model: Model): string | undefined {
  const storage = rootDisk(resource)?.storage;
  const isAsked = sectionOf(resource, "cloud_init") !== undefined;
  return isAsked && storage !== undefined ? cloudInitStorage(resource, storage, model) : undefined;
}

/** Whether cloud-init has an interface to set up. */
function isAddressed({ mode, six }: GuestNet): boolean {
  return mode === "static" || mode === "dhcp" || ["static", "dhcp", "auto"].includes(six.mode);
}

/** Whether a clone of the machine has a cloud-init drive. */
function inheritsCloudInit(resource: Resource, model: Model): boolean {
  const seen = new Set<Resource>();
  let current: Resource | undefined = resource;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    if (settingOf(current, "image") !== undefined) return cloudInitStorage(current, "", model) !== undefined;
    const source: Resource | undefined = cloneSource(current, model)?.resource;
    if (source === undefined) {
      return settingOf(current, "clone") !== undefined || installedCloudInit(current, model) !== undefined;
    }
    current = source;
  }
  return false;
}

function diskNeeds(resource: Resource, model: Model): Lowered {
  const all = disks(resource);
  const drives = opticalDrives(resource, model);
  const cloudInit = sectionOf(resource, "cloud_init");
  const uses = [
    ...all.map(({ storage, section }) => ({ storage, content: "images", section })),
    ...(cloudInit === undefined
      ? []
      : [{ storage: stringOf(cloudInit, "storage"), content: "images", section: cloudInit }]),
    ...stateUses(resource),
  ];
  const incomplete = all
    .filter((disk) => !disk.root || isAllocated(resource, disk))
    .flatMap((disk) => {
      const missing = [
        ...(disk.size === undefined ? ["size"] : []),
        ...(diskStorage(resource, disk, model) === undefined ? ["storage"] : []),
      ];
      const at = disk.section.headSpan;
      return missing.map((text) => diagnose(vmDiskIncomplete, at, { disk: disk.name, missing: text }));
    });
  return {
    steps: [],
    requirements: [...storageRequirements(uses, model), ...opticalNeeds(resource, drives, model)],
    diagnostics: [...incomplete, ...slotFindings([...all, ...drives])],
  };
}

function slotFindings(all: readonly { readonly slot: string; readonly section: Section }[]): readonly Diagnostic[] {
  const seen = new Set([CLOUD_INIT_SLOT]);
  return all.flatMap((disk) => {
    const isTaken = seen.has(disk.slot);
    seen.add(disk.slot);
    const at = settingOf(disk.section, "slot")?.span ?? disk.section.headSpan;
    return isTaken ? [diagnose(sameSlot, at, { slot: disk.slot })] : [];
  });
}

/** Whether the options step allocates the disk: the root disk comes with the image or the clone. */
function isAllocated(resource: Resource, disk: GuestDisk): boolean {
  return !disk.root || (settingOf(resource, "image") === undefined && settingOf(resource, "clone") === undefined);
}

function diskStorage(resource: Resource, disk: GuestDisk, model: Model): string | undefined {
  return disk.storage ?? rootStorage(resource, model);
}

/** All that one `set` takes, with what cloud-init needs before and after it. */
function configure(resource: Resource, model: Model, retired: RetiredGuest | undefined): Lowered {
  const hasDrive = inheritsCloudInit(resource, model);
  const { before, options, secrets, after, ...rest } = lowerCloudInit(resource, model, hasDrive, retired);
  const further = sectionOf(resource, "options");
  const interfaces = nets(resource, model);
  const name = { wanted: [{ option: "name", value: resource.name }], absent: [], absentKeys: [] };
  const parts: readonly WantedOptions[] = [
    name,
    plainOptions(resource, vmOptions),
    agentOption(resource, further),
    ...bootOptions(resource),
    bootOrder(resource, opticalDrives(resource, model)),
    ...interfaces.map(netOption),
    ...interfaces.map((net) => propertyOption(`ipconfig${net.index}`, addressProperties(net, undefined))),
    usesResolver(resource, model) ? resolverOptions(resource, model) : NO_OPTIONS,
    options,
    ...disks(resource).map((disk) => driveOption(resource, disk, model)),
    ...deviceOptions(resource),
    ...opticalOptions(opticalDrives(resource, model)),
    ...volumes(resource).flatMap(({ slot, from }) =>
      slot === undefined || from === undefined
        ? []
        : [propertyOption(slot, [{ key: "dirid", value: from, place: "bare" }])],
    ),
  ];
  const all = [...parts, ...furtherParts(further)];
  const fixed = fixedVersion(further);
  const risk = interfaces.length > 0 ? "interrupts" : "safe";
  const step = optionsStep(resource, all, { exact: exactFamilies(resource), risk, retired, fixed, secrets });
  return {
    ...rest,
    steps: [...before, ...step, ...after],
    diagnostics: [...rest.diagnostics, ...givenTwice(further, parts)],
  };
}

/** What `options { }` says, and what other blocks make an option of as well: files for cloud-init, devices, drives. */
function givenTwice(further: Section | undefined, parts: readonly WantedOptions[]): readonly Diagnostic[] {
  if (further === undefined) return [];
  const others = new Set(parts.flatMap(({ wanted }) => wanted.map(({ option }) => option)));
  const own = furtherParts(further).flatMap(({ wanted }) => wanted.map(({ option }) => option));
  return own
    .filter((option) => others.has(option))
    .map((option) => {
      const at = sectionOf(further, option)?.headSpan ?? settingOf(further, option)?.nameSpan ?? further.headSpan;
      return diagnose(optionTwice, at, { name: option });
    });
}

/** What stands in `options { }`, without the keys of the agent. */
function furtherParts(section: Section | undefined): readonly WantedOptions[] {
  if (section === undefined) return [];
  const { agent: _, ...blocks } = furtherBlocks;
  return [plainOptions(section, furtherAttributes), ...blockOptions(section, blocks, qmConfig)];
}

/** Whether there is an agent is an attribute of the machine; what more is known of it stands in `options { agent { } }`. */
function agentOption(resource: Resource, further: Section | undefined): WantedOptions {
  if (isAbsent(resource, "agent")) return { ...NO_OPTIONS, absent: ["agent"] };
  const more = further === undefined ? undefined : sectionOf(further, "agent");
  const keys = furtherBlocks["agent"]?.options ?? {};
  const enabled = boolOf(resource, "agent") ?? (more === undefined ? undefined : true);
  return propertyOption("agent", [
    { key: "enabled", value: enabled, place: "first" },
    ...(more === undefined ? [] : keyProperties(more, keys, qmConfig, "agent")),
  ]);
}

/** The version of a TPM cannot change once its state is there. */
function fixedVersion(further: Section | undefined): readonly OptionPair[] {
  const block = further === undefined ? undefined : sectionOf(further, "tpmstate0");
  const version = block === undefined ? undefined : stringOf(block, "version");
  return version === undefined ? [] : [{ option: "tpmstate0.version", value: version }];
}

/** The storages of the volumes that hold the state of the firmware and of the TPM. */
function stateUses(
  resource: Resource,
): readonly { readonly storage: string | undefined; readonly content: string; readonly section: Section }[] {
  const further = sectionOf(resource, "options");
  return ["efidisk0", "tpmstate0"].flatMap((name) => {
    const section = further === undefined ? undefined : sectionOf(further, name);
    return section === undefined ? [] : [{ storage: stringOf(section, "storage"), content: "images", section }];
  });
}

/** Cloud-init alone brings name servers into a machine: those of the network are set where it has something to do. */
function usesResolver(resource: Resource, model: Model): boolean {
  const isOwn = settingOf(resource, "nameservers") !== undefined || settingOf(resource, "search") !== undefined;
  const isConfigured = nets(resource, model).some(isAddressed);
  return isOwn || isConfigured || sectionOf(resource, "cloud_init") !== undefined;
}

/**
 * A machine made from an image boots from its root disk unless the files say otherwise. One that is installed boots from its disk
 * as well, and from its first drive while nothing is on the disk. Others boot as they or their source are set.
 */
function bootOrder(resource: Resource, drives: readonly OpticalDrive[]): WantedOptions {
  const root = rootDisk(resource);
  const further = sectionOf(resource, "options");
  const isOwn = further !== undefined && (settingOf(further, "boot") ?? sectionOf(further, "boot")) !== undefined;
  if (root === undefined || isOwn) return NO_OPTIONS;
  const hasImage = settingOf(resource, "image") !== undefined;
  const isInstalled = !hasImage && settingOf(resource, "clone") === undefined;
  const installer = isInstalled ? drives.slice(0, 1).map(({ slot }) => slot) : [];
  if (!hasImage && installer.length === 0) return NO_OPTIONS;
  return { ...NO_OPTIONS, wanted: [{ option: "boot", value: `order=${[root.slot, ...installer].join(";")}` }] };
}

/** The model stands first, with the hardware address as its value, or bare where Proxmox chooses one and keeps it. */
function netOption(net: GuestNet): WantedOptions {
  const model = stringOf(net.section, "model") ?? "virtio";
  const card: Property =
    net.mac === undefined
      ? { key: "model", value: model, place: "bare" }
      : { key: model, value: net.mac, place: "first" };
  return propertyOption(`net${net.index}`, [card, ...linkProperties(net, qmConfig, vmSections["net"])]);
}

/**
 * A disk's properties. One that the guest brings with it is written without a volume: the live one stays, and where there is
 * none Proxmox refuses the option, rather than making an empty disk.
 */
function driveOption(resource: Resource, disk: GuestDisk, model: Model): WantedOptions {
  if (!isAllocated(resource, disk)) return propertyOption(disk.slot, driveProperties(disk));
  const storage = diskStorage(resource, disk, model);
  if (storage === undefined || disk.size === undefined) return NO_OPTIONS;
  const volume: Property = { key: "file", value: `${storage}:${gibText(disk.size)}`, place: "bare" };
  return propertyOption(disk.slot, [volume, ...driveProperties(disk)]);
}

function driveProperties({ section }: GuestDisk): readonly Property[] {
  const specs = vmSections["disk"]?.options ?? {};
  return ["scsi[n]", "ide[n]"].flatMap((bus) => keyProperties(section, specs, qmConfig, bus));
}
