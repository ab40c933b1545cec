import {
  operatingSystems,
  refOf,
  rootDisk,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
} from "../../plugin-api/index.js";
import type {
  Model,
  OperatingSystem,
  PresetSettings,
  Resource,
  Section,
  Setting,
  Span,
  Value,
} from "../../plugin-api/index.js";
import { isFromRegistry } from "../image/registry.js";
import { imagePath } from "../image/source.js";

/** A guest's operating system, and the place that says so. */
export interface Declared {
  readonly word: string;
  readonly system: OperatingSystem;
  readonly span: Span;
}

/** The operating system that a guest, or the image that it is made from, says; not that of a clone's source. */
export function declaredSystem(guest: Resource, model: Model): Declared | undefined {
  const image = model.resources.get(refOf(guest, "image") ?? "");
  for (const at of [guest, image]) {
    const setting = at === undefined ? undefined : settingOf(at, "os");
    const word = at === undefined ? undefined : stringOf(at, "os");
    const system = word === undefined || !Object.hasOwn(operatingSystems, word) ? undefined : operatingSystems[word];
    if (setting !== undefined && word !== undefined && system !== undefined)
      return { word, system, span: setting.span };
  }
  return undefined;
}

/** Whether a guest takes the settings of its system: a clone has those of its source. */
function isPreset(guest: Resource): boolean {
  return settingOf(guest, "clone") === undefined;
}

/** A virtual machine with what its operating system needs and no file says. */
export function presetMachine(machine: Resource, model: Model): Resource {
  const declared = isPreset(machine) ? declaredSystem(machine, model) : undefined;
  if (declared === undefined) return machine;
  const { agent, vm } = declared.system;
  const cloudInit = sectionOf(machine, "cloud_init");
  const hasOwnUserData = cloudInit !== undefined && settingOf(cloudInit, "user_data") !== undefined;
  const isBrought = agent.inImage || (cloudInit !== undefined && !hasOwnUserData && agent.start !== undefined);
  const asked = isBrought ? { agent: true, ...vm.attributes } : vm.attributes;
  const filled = filledIn(machine, asked, declared);
  const brings = wantsAgent(filled) && !agent.inImage && !hasOwnUserData && agent.start !== undefined;
  const settings: PresetSettings = {
    ...vm.cloudInit,
    ...(brings ? { packages: [agent.package], commands: [agent.start] } : {}),
  };
  const sections = filled.sections.map((section) =>
    section === cloudInit ? filledIn(section, settings, declared) : section,
  );
  return {
    ...filled,
    sections: [...furtherSections(sections, machine, declared), ...drivers(machine, model, declared)],
  };
}

function wantsAgent(machine: Section): boolean {
  const value = settingOf(machine, "agent")?.value;
  return value?.type === "bool" && value.value;
}

/**
 * A container with what its operating system needs and no file says. One that comes from a registry needs nothing of it: it starts
 * the program of its image, and Proxmox finds its type out.
 */
export function presetContainer(container: Resource, model: Model): Resource {
  const declared =
    isPreset(container) && !isFromRegistry(container, model) ? declaredSystem(container, model) : undefined;
  if (declared?.system.ct === undefined) return container;
  return filledIn(container, declared.system.ct, declared);
}

/** The block `options { }` with what the system needs; it is made where no file has one. */
function furtherSections(sections: readonly Section[], machine: Resource, declared: Declared): readonly Section[] {
  const { options = {}, state = {} } = declared.system.vm;
  const own = sections.find(({ kind }) => kind === "options");
  const base = own ?? emptySection("options", declared.span);
  const isSaid = (name: string): boolean => settingOf(base, name) !== undefined || sectionOf(base, name) !== undefined;
  const plain = Object.fromEntries(Object.entries(options).filter(([name]) => sectionOf(base, name) === undefined));
  const storage = rootDisk(machine)?.storage;
  const volumes = Object.entries(state).flatMap(([name, keys]) => {
    const block = sectionOf(base, name);
    if (block === undefined && (isSaid(name) || storage === undefined)) return [];
    const place = storage === undefined ? {} : { storage };
    return [filledIn(block ?? emptySection(name, declared.span), { ...place, ...keys }, declared)];
  });
  const names = new Set(volumes.map(({ kind }) => kind));
  const inner = [...base.sections.filter(({ kind }) => !names.has(kind)), ...volumes];
  const whole = { ...filledIn(base, plain, declared), sections: inner };
  if (whole.settings.size === 0 && inner.length === 0) return sections;
  return own === undefined ? [...sections, whole] : sections.map((section) => (section === own ? whole : section));
}

/** The drive with the drivers that an installation needs: those that are made from an image have them. */
function drivers(machine: Resource, model: Model, { system, span, word }: Declared): readonly Section[] {
  const drive = system.vm.drivers;
  const drives = sectionsOf(machine, "cdrom");
  if (drive === undefined || drives.length === 0 || settingOf(machine, "image") !== undefined) return [];
  const holds = (section: Section): boolean => {
    const image = model.resources.get(refOf(section, "iso") ?? "");
    const text = (image === undefined ? stringOf(section, "iso") : imagePath(image, model)) ?? "";
    return stringOf(section, "slot") === drive.slot || (text.split("/").at(-1) ?? "").startsWith("virtio-win");
  };
  if (drives.some(holds)) return [];
  const image = [...model.resources.values()].find(
    (resource) => resource.kind === "image" && imagePath(resource, model)?.endsWith(`/${drive.iso}`) === true,
  );
  const iso: Value =
    image === undefined
      ? { type: "string", value: `local:iso/${drive.iso}` }
      : { type: "ref", address: image.address, text: image.name };
  const empty = emptySection("cdrom", span);
  const named = {
    ...empty,
    args: new Map<string, Value>([["name", { type: "string", value: drive.name }]]),
    settings: new Map([["iso", preset("iso", iso, span, word)]]),
  };
  return [filledIn(named, { slot: drive.slot }, { system, span, word })];
}

function emptySection(kind: string, span: Span): Section {
  return { kind, args: new Map(), argSpans: new Map(), settings: new Map(), sections: [], span, headSpan: span };
}

/** A block with settings of the preset: those that are not said, and below those that are. */
function filledIn<Block extends Section>(block: Block, settings: PresetSettings, { span, word }: Declared): Block {
  const filled = new Map(block.settings);
  for (const [name, text] of Object.entries(settings)) {
    const value = valueOf(text);
    const lowest = preset(name, value, span, word);
    const own = block.settings.get(name);
    if (own === undefined) filled.set(name, lowest);
    else {
      const layers = own.layers ?? [{ operator: "=", value: own.value, span: own.span } as const];
      filled.set(name, { ...own, layers: [...(lowest.layers ?? []), ...layers] });
    }
  }
  return { ...block, settings: filled };
}

function preset(name: string, value: Value, span: Span, word: string): Setting {
  return { name, value, span, nameSpan: span, layers: [{ preset: word, operator: "=", value, span }] };
}

function valueOf(value: PresetSettings[string]): Value {
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "string") return { type: "string", value };
  return { type: "list", items: value.map(valueOf) };
}
