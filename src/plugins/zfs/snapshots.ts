import { argOf, boolOf, diagnose, managedText, numberOf, sectionsOf, storages } from "../../plugin-api/index.js";
import type { Lowered, Model, Resource, Section, SectionSpec } from "../../plugin-api/index.js";
import { joinLowered, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep } from "../host/files.js";
import { recursiveSnapshots } from "./findings-datasets.js";

/** When each period begins, as cron writes it. */
const PERIODS: Readonly<Record<string, string>> = {
  frequently: "*/15 * * * *",
  hourly: "0 * * * *",
  daily: "0 0 * * *",
  weekly: "0 0 * * 0",
  monthly: "0 0 1 * *",
};

/** `snapshots daily { keep = 7 }` */
export const snapshotSection: SectionSpec = {
  doc: "Snapshots that the host takes by itself; of each period the newest are kept.",
  args: [
    {
      name: "period",
      type: t.oneOf("frequently", "hourly", "daily", "weekly", "monthly"),
      doc: "How often. `frequently`: every quarter of an hour.",
    },
  ],
  options: {
    keep: { type: { type: "int", min: 1, max: 10000 }, required: true, doc: "How many are kept." },
    recursive: { type: t.bool, doc: "Whether all datasets below it are included, at the same moment." },
  },
  sections: {},
  instead: { count: "keep", retention: "keep" },
};

/** The file by which cron takes the snapshots of a dataset. */
export function snapshotSteps(dataset: Resource, model: Model): Lowered {
  const blocks = sectionsOf(dataset, "snapshots");
  const [first] = blocks;
  if (first === undefined) return onlySteps([]);
  const lines = blocks.flatMap((block) => cronLine(dataset.name, block));
  const content = managedText(`snapshots of ${dataset.name}`, ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...lines]);
  const file = { path: `/etc/cron.d/phxc-zfs-${fileWord(dataset.name)}`, content, adopt: false, mode: "644" };
  const step = fileStep(dataset, "snapshots", file, { title: `snapshots of ${dataset.name}`, asked: first });
  const holdsGuests = storages(model).some(
    ({ pool = "", type }) => type === "zfspool" && `${pool}/`.startsWith(`${dataset.name}/`),
  );
  const deep = holdsGuests ? blocks.filter((block) => boolOf(block, "recursive") === true) : [];
  const diagnostics = deep.map((block) => diagnose(recursiveSnapshots, block.headSpan, { dataset: dataset.name }));
  return joinLowered([step, { ...onlySteps([]), diagnostics }]);
}

/** A dataset's name as a word that cron and systemd take for the name of a file; different ones stay different. */
export function fileWord(dataset: string): string {
  return dataset.replace(/[^A-Za-z0-9-]/g, (char) => `_${char.charCodeAt(0).toString(16)}_`);
}

/** Takes one and, when that went well, removes the oldest of this period. A `%` would end the command for cron. */
function cronLine(dataset: string, block: Section): readonly string[] {
  const period = argOf(block, "period");
  const keep = numberOf(block, "keep");
  if (period === undefined || keep === undefined) return [];
  const deep = boolOf(block, "recursive") === true ? "-r " : "";
  const name = `phxc-${period}-`;
  const taken = `zfs snapshot ${deep}"${dataset}@${name}$(date -u +\\%Y\\%m\\%d-\\%H\\%M)"`;
  const own = `zfs list -H -d 1 -t snapshot -o name -S creation ${dataset} | grep -E '@${name}[0-9]{8}-[0-9]{4}$'`;
  const line = `${taken} && ${own} | tail -n +${keep + 1} | xargs -r -n 1 zfs destroy ${deep}`;
  return [`${PERIODS[period] ?? ""} root ${line.trimEnd()}`];
}
