import {
  CONTROL,
  argOf,
  propertyOption,
  qmConfig,
  refOf,
  sectionsOf,
  storageById,
  stringOf,
  written,
} from "../../plugin-api/index.js";
import type {
  ArgSpec,
  Model,
  Requirement,
  Resource,
  Section,
  SectionSpec,
  WantedOptions,
} from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { isoVolume, namedRequirement } from "../image/source.js";

const args: readonly ArgSpec[] = [{ name: "name", type: t.label, doc: "The name of the drive." }];

/** `cdrom installer { iso = "local:iso/debian.iso" }` */
export const cdromSection: SectionSpec = {
  doc: "An optical drive. What lies in it is exchanged while the machine runs.",
  args,
  options: {
    iso: written(qmConfig, "ide[n].file", {
      type: {
        type: "ref",
        kinds: ["image"],
        loose: {
          pattern: `none|[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:iso/[^,\\s${CONTROL}]+`,
          describe: "a declared image, a volume such as `local:iso/debian.iso`, or `none`",
        },
      },
      doc: "The image in the drive: a declared one, a volume, or `none`.",
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
export function opticalDrives(resource: Resource, model: Model): readonly OpticalDrive[] {
  return sectionsOf(resource, "cdrom").map((section) => ({
    section,
    name: argOf(section, "name") ?? "",
    slot: stringOf(section, "slot") ?? "ide0",
    iso: isoOf(section, model),
  }));
}

/** The volume, or the path, of what lies in a drive. */
function isoOf(section: Section, model: Model): string | undefined {
  const image = model.resources.get(refOf(section, "iso") ?? "");
  return image === undefined ? stringOf(section, "iso") : isoVolume(image, model);
}

/** The drives as options. */
export function opticalOptions(drives: readonly OpticalDrive[]): readonly WantedOptions[] {
  return drives.map(({ slot, iso }) =>
    propertyOption(slot, [
      { key: "file", value: iso, place: "bare" },
      { key: "media", value: iso === undefined ? undefined : "cdrom" },
    ]),
  );
}

/** What must be there: the storages of the volumes in the drives, and on `local` the files themselves. */
export function opticalNeeds(
  { address }: Resource,
  drives: readonly OpticalDrive[],
  model: Model,
): readonly Requirement[] {
  const uses = drives.filter(({ section }) => refOf(section, "iso") === undefined);
  return uses.flatMap(({ iso, section }): readonly Requirement[] => {
    if (iso === undefined || iso === "none") return [];
    const storage = iso.slice(0, iso.indexOf(":"));
    if (storageById(model, storage) !== undefined) return [];
    return [{ ...namedRequirement(iso, "iso", section.headSpan, model), blocks: [address] }];
  });
}
