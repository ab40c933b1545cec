import { perModel, resourcesOf, sectionOf, sectionsOf, settingOf } from "../../plugin-api/index.js";
import type { Model, Resource, Section, Setting, Span } from "../../plugin-api/index.js";
import { cloudInitOf, snippetStorage } from "../vm/cloud-init/effective.js";
import { factsOf, placeOf } from "./facts.js";

/** A storage that something lies on, with the content type that it needs there. */
export interface StorageUse {
  readonly storage: string;
  readonly needed: string;
  /** For messages: `disk root of ct 101 gateway`. */
  readonly use: string;
  readonly at: Span;
}

/** Volume ids that name their content type: `local:vztmpl/debian.tar.zst`. */
const VOLUME = /^([A-Za-z][A-Za-z0-9._-]*):(iso|vztmpl|snippets|backup|import)\//;

/** Every use of a storage by guests and images, declared or not. */
export const storageUses = perModel(findUses);

function findUses(model: Model): readonly StorageUse[] {
  const ofGuests = factsOf(model).guests.flatMap(({ resource, disks, label }): readonly StorageUse[] => {
    const isVm = resource.kind === "vm";
    const ofDisks = disks.flatMap((disk): readonly StorageUse[] => {
      if (disk.storage === undefined) return [];
      const at = placeOf(disk.section, "storage");
      return [{ storage: disk.storage, needed: isVm ? "images" : "rootdir", use: `disk ${disk.name} of ${label}`, at }];
    });
    const options = sectionOf(resource, "options");
    const inner = [resource, options, ...sectionsOf(resource, "cdrom")].filter((section) => section !== undefined);
    const states = options === undefined ? [] : stateUses(options);
    return [
      ...ofDisks,
      ...cloudInitUse(resource),
      ...snippetUse(resource, model),
      ...states,
      ...inner.flatMap((section) => volumeUses(section)),
    ];
  });
  const ofImages = resourcesOf(model, "image").flatMap(templateUse);
  return [...ofGuests, ...ofImages];
}

function cloudInitUse(resource: Section): readonly StorageUse[] {
  return sectionsOf(resource, "cloud_init").flatMap((section) => {
    const storage = storageName(settingOf(section, "storage"));
    if (storage === undefined) return [];
    return [{ storage, needed: "images", use: "the cloud-init drive", at: placeOf(section, "storage") }];
  });
}

/** What Proxmox has no options for lies on a storage as snippets. */
function snippetUse(resource: Resource, model: Model): readonly StorageUse[] {
  const config = cloudInitOf(resource, model);
  const storage = snippetStorage(config);
  const section = config.own ?? config.chain[0];
  if (storage === undefined || section === undefined) return [];
  return [{ storage, needed: "snippets", use: "what cloud-init is told", at: placeOf(section, "snippets") }];
}

/** The volumes of the firmware's and the TPM's state. */
function stateUses(options: Section): readonly StorageUse[] {
  return ["efidisk0", "tpmstate0"].flatMap((name) =>
    sectionsOf(options, name).flatMap((section) => {
      const storage = storageName(settingOf(section, "storage"));
      if (storage === undefined) return [];
      return [{ storage, needed: "images", use: `\`${name}\``, at: placeOf(section, "storage") }];
    }),
  );
}

function templateUse(image: Section): readonly StorageUse[] {
  const storage = storageName(settingOf(image, "storage"));
  if (storage === undefined || ["template", "oci"].every((name) => settingOf(image, name) === undefined)) return [];
  return [{ storage, needed: "vztmpl", use: "a container template", at: placeOf(image, "storage") }];
}

function volumeUses(section: Section): readonly StorageUse[] {
  return [...section.settings.values()].flatMap(({ name, value, span }) => {
    const match = value.type === "string" ? VOLUME.exec(value.value) : null;
    const [, storage, needed] = match ?? [];
    return storage === undefined || needed === undefined ? [] : [{ storage, needed, use: `\`${name}\``, at: span }];
  });
}

function storageName(setting: Setting | undefined): string | undefined {
  if (setting?.value.type === "ref") return setting.value.text;
  return setting?.value.type === "string" ? setting.value.value : undefined;
}
