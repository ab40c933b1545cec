import { defineRule, diagnose, sectionOf, sectionsOf, settingOf } from "../../../plugin-api/index.js";
import type { Section, Setting, Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import type { Facts } from "../facts.js";
import { storageContent } from "../findings/resources.js";

interface Use {
  readonly storage: string;
  readonly needed: string;
  readonly use: string;
  readonly at: Span;
}

/** Volume ids that name their content type: `local:vztmpl/debian.tar.zst`. */
const VOLUME = /^([A-Za-z][A-Za-z0-9._-]*):(iso|vztmpl|snippets|backup|import)\//;

/** Each storage takes the content that guests and images put on it. Only declared storages with a content list are judged. */
export const storageContentRule = defineRule({
  name: "storage/content",
  check(model, report) {
    const facts = factsOf(model);
    for (const { storage, needed, use, at } of uses(facts, [...model.resources.values()])) {
      const declared = facts.storages.get(storage);
      if (declared === undefined || declared.content.length === 0 || declared.content.includes(needed)) continue;
      const related = [{ span: placeOf(declared.section, "content"), message: "what it takes" }];
      const args = { storage, needed, use, content: declared.content.join(", ") };
      report(diagnose(storageContent, at, args, { related }));
    }
  },
});

function uses(facts: Facts, resources: readonly Section[]): readonly Use[] {
  const ofGuests = facts.guests.flatMap(({ resource, disks, label }): readonly Use[] => {
    const isVm = resource.kind === "vm";
    const ofDisks = disks.flatMap((disk): readonly Use[] => {
      if (disk.storage === undefined) return [];
      const at = placeOf(disk.section, "storage");
      return [{ storage: disk.storage, needed: isVm ? "images" : "rootdir", use: `disk ${disk.name} of ${label}`, at }];
    });
    const inner = [resource, sectionOf(resource, "options")].filter((section) => section !== undefined);
    return [...ofDisks, ...cloudInitUse(resource), ...inner.flatMap((section) => volumeUses(section))];
  });
  const ofImages = resources.filter((resource) => resource.kind === "image").flatMap(templateUse);
  return [...ofGuests, ...ofImages];
}

function cloudInitUse(resource: Section): readonly Use[] {
  return sectionsOf(resource, "cloud_init").flatMap((section) => {
    const storage = storageName(settingOf(section, "storage"));
    if (storage === undefined) return [];
    return [{ storage, needed: "images", use: "the cloud-init drive", at: placeOf(section, "storage") }];
  });
}

function templateUse(image: Section): readonly Use[] {
  const storage = storageName(settingOf(image, "storage"));
  if (storage === undefined || settingOf(image, "template") === undefined) return [];
  return [{ storage, needed: "vztmpl", use: "a container template", at: placeOf(image, "storage") }];
}

function volumeUses(section: Section): readonly Use[] {
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
