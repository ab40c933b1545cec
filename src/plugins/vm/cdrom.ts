import { argOf, propertyOption, qmConfig, sectionsOf, stringOf, written } from "../../plugin-api/index.js";
import type { ArgSpec, Resource, Section, SectionSpec, WantedOptions } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

const args: readonly ArgSpec[] = [{ name: "name", type: t.label, doc: "The name of the drive." }];

/** `cdrom installer { iso = "local:iso/debian.iso" }` */
export const cdromSection: SectionSpec = {
  doc: "An optical drive. What lies in it is exchanged while the machine runs.",
  args,
  options: {
    iso: written(qmConfig, "ide[n].file", {
      type: {
        type: "string",
        pattern: "none|[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:iso/[^,\\s\\p{Cc}]+",
        describe: "an image such as `local:iso/debian.iso`, or `none`",
      },
      doc: "The image in the drive, or `none`.",
      required: true,
    }),
    slot: {
      type: {
        type: "string",
        pattern: "(ide|sata|scsi)(0|[1-9][0-9]?)",
        describe: "a bus with a number, such as ide0, sata1 or scsi7",
      },
      doc: "Where it is attached. Default: `ide0`.",
    },
  },
  sections: {},
};

/** An optical drive with its place. */
export interface OpticalDrive {
  readonly section: Section;
  readonly name: string;
  readonly slot: string;
  readonly iso: string | undefined;
}

/** The optical drives of a machine, in source order. */
export function opticalDrives(resource: Resource): readonly OpticalDrive[] {
  return sectionsOf(resource, "cdrom").map((section) => ({
    section,
    name: argOf(section, "name") ?? "",
    slot: stringOf(section, "slot") ?? "ide0",
    iso: stringOf(section, "iso"),
  }));
}

/** The drives as options. */
export function opticalOptions(resource: Resource): readonly WantedOptions[] {
  return opticalDrives(resource).map(({ slot, iso }) =>
    propertyOption(slot, [
      { key: "file", value: iso, place: "bare" },
      { key: "media", value: iso === undefined ? undefined : "cdrom" },
    ]),
  );
}

/** The storages of the images in the drives. */
export function opticalUses(
  resource: Resource,
): readonly { readonly storage: string | undefined; readonly content: string; readonly section: Section }[] {
  return opticalDrives(resource).flatMap(({ iso, section }) => {
    const storage = iso === undefined || iso === "none" ? undefined : iso.slice(0, iso.indexOf(":"));
    return [{ storage, content: "iso", section }];
  });
}
