import {
  NO_OPTIONS,
  boolOf,
  devices,
  diagnose,
  disks,
  gibText,
  gpus,
  guestRef,
  keyProperties,
  mounts,
  nets,
  pctConfig,
  plainOptions,
  propertyOption,
  rootDisk,
  resourcesOf,
  sectionOf,
  settingOf,
  stringOf,
  textOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestDisk,
  GuestMount,
  LowerContext,
  Lowered,
  Model,
  Property,
  RawLines,
  Requirement,
  Resource,
  RetiredGuest,
  Section,
  Setting,
  Step,
  WantedOptions,
} from "../../plugin-api/index.js";
import { bootOptions, startsOnce } from "../guest/lifecycle.js";
import { addressProperties, linkProperties, networkNeeds, resolverOptions } from "../guest/network.js";
import { cloneStep, rootStorage, storageRequirements } from "../guest/source.js";
import { joinLowered, makeStep, onlySteps, optionsStep } from "../guest/step.js";
import { guestTurn } from "../guest/turn.js";
import { archiveOf } from "../image/source.js";
import { ctWithTwoSources, ctWithoutRoot, ctWithoutSource, ownerNotMapped, volumeIncomplete } from "./findings.js";
import { hostOwner } from "./ids.js";
import { ctOptions, ctSections, furtherAttributes, rootfsKeys } from "./options.js";

/** The turn of a container, in order: directories, creation, options, raw lines, disks, firewall, start, checks, snapshots. */
export function lowerCt(resource: Resource, context: LowerContext): Lowered {
  const { model, retired } = context;
  return guestTurn(resource, context, [
    directorySteps(resource, model),
    createStep(resource, model),
    networkNeeds(resource, model),
    deviceNeeds(resource, model),
    volumeNeeds(resource, model),
    onlySteps(ctOptionsStep(resource, model, retired)),
    onlySteps(rawStep(resource, retired)),
  ]);
}

/** The host directories that the container mounts, with the owners that stand for those inside. */
function directorySteps(resource: Resource, model: Model): Lowered {
  const guest = guestRef(resource);
  return joinLowered(
    mounts(resource).map((mount) => {
      const owner = mount.owner === undefined ? undefined : hostOwner(resource, model, mount.owner);
      const chown = owner === undefined ? [] : [["chown", `${owner.uid}:${owner.gid}`, mount.hostPath]];
      const step = makeStep(resource, `mount.${mount.hostPath}`, {
        phase: "define",
        title: `directory ${mount.hostPath}`,
        probe: { kind: "directory", path: mount.hostPath, guest, ...(owner === undefined ? {} : { owner }) },
        commands: [["mkdir", "-p", mount.hostPath], ...chown],
        asked: mount.section,
      });
      return { steps: [step], requirements: [], diagnostics: mountFindings(mount, owner) };
    }),
  );
}

function mountFindings(mount: GuestMount, owner: GuestMount["owner"]): readonly Diagnostic[] {
  if (mount.owner === undefined || owner !== undefined) return [];
  const at = settingOf(mount.section, "owner")?.span ?? mount.section.headSpan;
  return [diagnose(ownerNotMapped, at, { owner: `${mount.owner.uid}:${mount.owner.gid}` })];
}

/** `pct create` or `pct clone`, with what cannot be set later. */
function createStep(resource: Resource, model: Model): Lowered {
  const label = `ct ${resource.id} ${resource.name}`;
  const hasImage = settingOf(resource, "image") !== undefined;
  const hasClone = settingOf(resource, "clone") !== undefined;
  const findings = [
    ...(hasImage || hasClone ? [] : [diagnose(ctWithoutSource, resource.headSpan, { guest: label })]),
    ...(hasImage && hasClone ? [diagnose(ctWithTwoSources, resource.headSpan, { guest: label })] : []),
  ];
  if (findings.length > 0) return { steps: [], requirements: [], diagnostics: findings };
  if (!hasClone) return archiveStep(resource, model, label);
  const clone = cloneStep(resource, model);
  return clone === undefined ? onlySteps([]) : { steps: [clone.step], requirements: clone.requirements };
}

function archiveStep(resource: Resource, model: Model, label: string): Lowered {
  const guest = guestRef(resource);
  const archive = archiveOf(resource, model);
  const root = rootDisk(resource);
  const missing = root?.storage === undefined ? "storage" : root.size === undefined ? "size" : undefined;
  if (missing !== undefined) {
    const at = root?.section.headSpan ?? resource.headSpan;
    return { steps: [], requirements: [], diagnostics: [diagnose(ctWithoutRoot, at, { guest: label, missing })] };
  }
  if (archive === undefined || root?.storage === undefined || root.size === undefined) {
    return { steps: [], requirements: [] };
  }
  const unprivileged = boolOf(resource, "unprivileged");
  const ostype = stringOf(resource, "ostype");
  const command = [
    ...["pct", "create", String(guest.id), archive.volume, "--hostname", guest.name],
    ...["--rootfs", `${root.storage}:${gibText(root.size)}`],
    ...(unprivileged === undefined ? [] : ["--unprivileged", unprivileged ? "1" : "0"]),
    ...(ostype === undefined ? [] : ["--ostype", ostype]),
  ];
  const step = makeStep(resource, "create", {
    phase: "define",
    probe: { kind: "guest-absent", guest, storages: [root.storage], firstStart: startsOnce(resource) },
    commands: [command],
  });
  return { steps: [step], requirements: archive.requirements };
}

/** GPUs and other devices must be there, or this container is held back: Proxmox refuses every change and start without. */
function deviceNeeds(resource: Resource, model: Model): Lowered {
  const isMade = resourcesOf(model, "host").some((host) => sectionOf(host, "nvidia") !== undefined);
  const requirements = (devices(resource) ?? []).flatMap((device): readonly Requirement[] => {
    const made = isMade && device.path.startsWith("/dev/nvidia") ? { made: true as const } : {};
    const source = device.section?.headSpan ?? settingOf(resource, "gpus")?.span ?? resource.headSpan;
    return [{ kind: "device", path: device.path, ...made, blocks: [resource.address], source }];
  });
  return { steps: [], requirements };
}

function volumeNeeds(resource: Resource, model: Model): Lowered {
  const all = disks(resource);
  const uses = all.map(({ storage, section }) => ({ storage, content: "rootdir", section }));
  const findings = all
    .filter((disk) => !disk.root)
    .flatMap((disk) => {
      const missing = [
        ...(disk.at === undefined ? ["mount point (`at`)"] : []),
        ...(disk.size === undefined ? ["size"] : []),
        ...(disk.storage === undefined && rootStorage(resource, model) === undefined ? ["storage"] : []),
      ];
      const at = disk.section.headSpan;
      return missing.map((text) => diagnose(volumeIncomplete, at, { disk: disk.name, missing: text }));
    });
  return { steps: [], requirements: storageRequirements(uses, model), diagnostics: findings };
}

function ctOptionsStep(resource: Resource, model: Model, retired: RetiredGuest | undefined): readonly Step[] {
  const hostname = { wanted: [{ option: "hostname", value: resource.name }], absent: [], absentKeys: [] };
  const further = sectionOf(resource, "options");
  const parts: readonly WantedOptions[] = [
    hostname,
    plainOptions(resource, ctOptions),
    featureOptions(resource),
    resolverOptions(resource, model),
    ...bootOptions(resource),
    ...netOptions(resource, model),
    ...disks(resource).map((disk) => volumeOption(resource, disk, model)),
    ...mounts(resource).map(mountOption),
    ...deviceOptions(resource),
    ...(further === undefined ? [] : [plainOptions(further, furtherAttributes)]),
  ];
  const unprivileged = boolOf(resource, "unprivileged");
  const fixed = unprivileged === undefined ? [] : [{ option: "unprivileged", value: unprivileged ? "1" : "0" }];
  const exact = devices(resource) === undefined ? [] : ["dev"];
  const risk = nets(resource, model).length > 0 ? "interrupts" : "safe";
  return optionsStep(resource, parts, { exact, risk, retired, fixed });
}

function featureOptions(resource: Resource): WantedOptions {
  return propertyOption("features", keyProperties(resource, ctOptions, pctConfig, "features"));
}

function netOptions(resource: Resource, model: Model): readonly WantedOptions[] {
  return nets(resource, model).map((net) =>
    propertyOption(`net${net.index}`, [
      { key: "name", value: stringOf(net.section, "device") ?? `eth${net.index}`, place: "first" },
      { key: "hwaddr", value: net.mac },
      ...linkProperties(net, pctConfig, ctSections["net"]),
      ...addressProperties(net, "manual"),
    ]),
  );
}

function volumeOption(resource: Resource, disk: GuestDisk, model: Model): WantedOptions {
  const access = accessKeys(disk.section, "disk");
  if (disk.root)
    return propertyOption(
      "rootfs",
      access.filter(({ key }) => Object.hasOwn(rootfsKeys, key)),
    );
  const storage = disk.storage ?? rootStorage(resource, model);
  if (disk.at === undefined || disk.size === undefined || storage === undefined) return NO_OPTIONS;
  return propertyOption(disk.slot, [
    { key: "volume", value: `${storage}:${gibText(disk.size)}`, place: "bare" },
    { key: "mp", value: disk.at, place: "first" },
    ...access,
  ]);
}

/** How a volume or directory is mounted; where it is mounted comes with what it is. */
function accessKeys(section: Section, kind: string): readonly Property[] {
  const keys = keyProperties(section, ctSections[kind]?.options ?? {}, pctConfig, "mp[n]");
  return keys.filter(({ key }) => key !== "mp");
}

function mountOption(mount: GuestMount): WantedOptions {
  return propertyOption(mount.slot, [
    { key: "volume", value: mount.hostPath, place: "bare" },
    { key: "mp", value: mount.at, place: "first" },
    ...accessKeys(mount.section, "mount"),
  ]);
}

function deviceOptions(resource: Resource): readonly WantedOptions[] {
  const specs = ctSections["device"]?.options ?? {};
  return (devices(resource) ?? []).map(({ path, section }, index) =>
    propertyOption(`dev${index}`, [
      { key: "path", value: path, place: "bare" },
      ...(section === undefined ? [] : keyProperties(section, specs, pctConfig, "dev[n]")),
    ]),
  );
}

/** Raw lines that older tools wrote to give a container NVIDIA devices; a declared set of GPUs replaces them. */
const RAW_GPU_LINES = [
  "lxc.mount.entry: /dev/nvidia",
  "lxc.cgroup2.devices.allow: c 195:",
  "lxc.cgroup2.devices.allow: c 243:",
];

/** The variables of the environment, which Proxmox keeps as raw lines. */
function environmentLines(resource: Resource): readonly Setting[] {
  const further = sectionOf(resource, "options");
  const env = further === undefined ? undefined : settingOf(further, "env");
  return env === undefined ? [] : [{ ...env, name: "lxc.environment.runtime" }];
}

function rawStep(resource: Resource, gone: RetiredGuest | undefined): readonly Step[] {
  const section = sectionOf(resource, "raw");
  const isGpuManaged = gpus(resource) !== undefined;
  const settings = [...(section?.settings.values() ?? []), ...environmentLines(resource)];
  const lines = settings.flatMap((setting): readonly RawLines[] => {
    const { value } = setting;
    if (value.type === "absent" || value.type === "error") return [];
    const items = value.type === "list" ? value.items : [value];
    return [{ key: setting.name, values: items.flatMap((item) => textOf(item) ?? []) }];
  });
  const unset = settings.filter(({ value }) => value.type === "absent").map(({ name }) => `${name}:`);
  const dropPrefixes = [...unset, ...(isGpuManaged ? RAW_GPU_LINES : [])];
  const retired = Object.entries(gone?.rawLines ?? {}).map(([key, values]) => ({ key, values }));
  if (lines.length + dropPrefixes.length + retired.length === 0) return [];
  const more = retired.length === 0 ? {} : { retired };
  const probe = { kind: "raw-lines", guest: guestRef(resource), lines, dropPrefixes, ...more } as const;
  // Without lines of its own, it only takes away how GPUs used to be given to containers.
  const title = lines.length + unset.length + retired.length === 0 ? "no raw lines of GPUs" : "raw lines";
  return [makeStep(resource, "raw", { phase: "configure", title, probe, commands: [], asked: section })];
}
