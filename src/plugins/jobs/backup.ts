import {
  attribute,
  attributes,
  backupJob,
  boolOf,
  defineKind,
  diagnose,
  guests,
  isTemplate,
  joinOptions,
  keyProperties,
  listOf,
  optionArguments,
  plainOptions,
  propertyBlock,
  propertyOption,
  renderValue,
  resourcesOf,
  sectionOf,
  settingOf,
  stringOf,
  valueOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  KindSpec,
  LowerContext,
  Lowered,
  Model,
  OptionPair,
  OptionSpec,
  OptionType,
  Resource,
  Rule,
  SectionSpec,
} from "../../plugin-api/index.js";
import { leaveThing } from "../guest/retired.js";
import { storageRequirements } from "../guest/source.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { backupKeepsAll, backupSelection, guestsWithoutBackup } from "./findings.js";

/** Only the ids count, which the files say. */
const guestType: OptionType = { type: "ref", kinds: ["vm", "ct"], mention: true };

const plain: Readonly<Record<string, OptionSpec>> = {
  schedule: attribute(backupJob, "schedule", { required: true, removable: false }),
  storage: attribute(backupJob, "storage", { type: t.storageRef, required: true, removable: false }),
  pool: attribute(backupJob, "pool", { removable: false }),
  enabled: attribute(backupJob, "enabled"),
  comment: attribute(backupJob, "comment"),
  mode: attribute(backupJob, "mode"),
  compress: attribute(backupJob, "compress", {
    type: t.oneOf("zstd", "gzip", "lzo", "none"),
    render: (value) => (renderValue(value) === "none" ? "0" : renderValue(value)),
  }),
  notes: attribute(backupJob, "notes-template"),
  protected: attribute(backupJob, "protected"),
  repeat_missed: attribute(backupJob, "repeat-missed"),
};

const further = attributes(
  backupJob,
  ...["node", "bwlimit", "ionice", "lockwait", "stopwait", "mailto", "mailnotification", "notification-mode"],
  ...["performance", "fleecing", "pigz", "zstd", "remove", "script", "stdexcludes"],
);

const keepSection: SectionSpec = (() => {
  const block = propertyBlock(backupJob, "prune-backups");
  const options = Object.entries(block.options).map(([name, spec]) => [name.replace("keep-", ""), spec] as const);
  return { ...block, options: Object.fromEntries(options) };
})();

/** A job that backs guests up. */
export const backup: KindSpec = defineKind({
  keyword: "backup",
  aliases: ["backup_job", "vzdump"],
  doc: "A job that backs guests up, at certain times, on a storage.",
  args: [
    {
      name: "name",
      type: {
        type: "string",
        pattern: "[A-Za-z][A-Za-z0-9_-]+",
        describe: "a name of two or more letters, digits, `-` and `_`, a letter first",
        maxLength: 50,
      },
      doc: "The name of the job.",
    },
  ],
  identity: { name: "name" },
  options: {
    ...plain,
    guests: {
      type: t.union(t.oneOf("all"), t.listOfType(guestType, true)),
      doc: "The guests, by name or id; `all`: whatever the cluster has.",
      writes: "vmid",
    },
    except: { type: t.listOfType(guestType, true), doc: "Guests that are left out, of all.", writes: "exclude" },
    host: { type: t.hostRef, doc: "The host whose plan makes it. Default: every one." },
  },
  sections: {
    keep: keepSection,
    options: {
      doc: "Further options, called as Proxmox calls them.",
      args: [],
      repeat: "once",
      options: further,
      sections: {},
    },
  },
  instead: {
    vmid: "guests",
    vmids: "guests",
    vms: "guests",
    exclude: "except",
    all: "write `guests = all`",
    retention: "keep",
    prune: "keep",
    prune_backups: "keep",
    target: "storage",
    cron: "schedule",
    starttime: "schedule",
    compression: "compress",
    bwlimit: "write `options { bwlimit = 1024 }`",
  },
  lower: lowerBackup,
  leave: (thing, source) =>
    leaveThing(thing, source, {
      whole: ["pvesh", "delete", `/cluster/backup/${thing.name}`],
      option: (option) => ["pvesh", "set", `/cluster/backup/${thing.name}`, "--delete", option],
    }),
});

function lowerBackup(job: Resource, { model }: LowerContext): Lowered {
  const keep = sectionOf(job, "keep");
  const more = sectionOf(job, "options");
  const { wanted, absent } = joinOptions([
    plainOptions(job, plain),
    { wanted: selection(job, model), absent: [], absentKeys: [] },
    keep === undefined
      ? { wanted: [], absent: [], absentKeys: [] }
      : propertyOption("prune-backups", keyProperties(keep, keepSection.options, backupJob, "prune-backups")),
    more === undefined ? { wanted: [], absent: [], absentKeys: [] } : plainOptions(more, further),
  ]);
  const pairs = wanted.map(({ option, value }) => [option, value] as const);
  const probe = { kind: "job", job: "backup", id: job.name, options: pairs, absent } as const;
  const command = ["pvesh", "create", "/cluster/backup", "--id", job.name, ...optionArguments(wanted)];
  const step = makeStep(job, "job", { phase: "host", title: `backup job ${job.name}`, probe, commands: [command] });
  return {
    steps: [{ ...step, id: job.address }],
    requirements: storageRequirements([{ storage: stringOf(job, "storage"), content: "backup", section: job }], model),
    diagnostics: [...selectionFindings(job), ...keepFindings(job)],
  };
}

/** Which guests it is for, as Proxmox takes it. */
function selection(job: Resource, model: Model): readonly OptionPair[] {
  if (stringOf(job, "guests") === "all") {
    const except = idsOf(job, "except", model);
    return [
      { option: "all", value: "1" },
      ...(except.length === 0 ? [] : [{ option: "exclude", value: except.join(",") }]),
    ];
  }
  const ids = idsOf(job, "guests", model);
  return ids.length === 0 ? [] : [{ option: "vmid", value: ids.join(",") }];
}

function idsOf(job: Resource, name: string, model: Model): readonly number[] {
  return listOf(job, name)
    .flatMap((value) => (value.type === "ref" ? (model.resources.get(value.address)?.id ?? []) : []))
    .toSorted((a, b) => a - b);
}

function selectionFindings(job: Resource): readonly Diagnostic[] {
  const said = ["guests", "pool"].filter((name) => settingOf(job, name) !== undefined);
  const isNone = said.length === 0 || (said.length === 1 && isEmptyList(job));
  const isIdle = settingOf(job, "except") !== undefined && stringOf(job, "guests") !== "all";
  if (isNone) return [diagnose(backupSelection, job.headSpan, { job: job.name, said: [] })];
  const both = isIdle ? [...said, "except"] : said;
  return both.length > 1 ? [diagnose(backupSelection, job.headSpan, { job: job.name, said: both })] : [];
}

function isUnclear(job: Resource): boolean {
  const values = [settingOf(job, "guests")?.value, ...listOf(job, "guests"), ...listOf(job, "except")];
  return values.some((value) => value?.type === "error");
}

function isEmptyList(job: Resource): boolean {
  const value = valueOf(job, "guests");
  return value?.type === "list" && value.items.length === 0;
}

function keepFindings(job: Resource): readonly Diagnostic[] {
  const keep = sectionOf(job, "keep");
  if (keep === undefined || boolOf(keep, "all") !== true || keep.settings.size < 2) return [];
  return [diagnose(backupKeepsAll, keep.headSpan, { job: job.name })];
}

/** Guests that no enabled job is for, once there is any job: where there is none, backups are made by other means. */
export const backupMissing: Rule = {
  name: "jobs/backup-missing",
  check(model, report) {
    const jobs = resourcesOf(model, "backup").filter((job) => boolOf(job, "enabled") !== false);
    const [first] = jobs;
    // Which guests a pool has, and what was meant by a name that nothing has, is not known here.
    if (first === undefined || jobs.some((job) => settingOf(job, "pool") !== undefined || isUnclear(job))) return;
    const isIn = (id: number | undefined): boolean =>
      jobs.some((job) => {
        const isAll = stringOf(job, "guests") === "all";
        return idsOf(job, isAll ? "except" : "guests", model).includes(id ?? 0) !== isAll;
      });
    const named = new Set(jobs.flatMap((job) => idsOf(job, "except", model)));
    const left = guests(model).filter((guest) => !isTemplate(guest) && !isIn(guest.id) && !named.has(guest.id ?? 0));
    if (left.length > 0)
      report(
        diagnose(guestsWithoutBackup, first.headSpan, {
          guests: left.map(({ kind, id, name }) => `${kind} ${id ?? name} ${name}`),
        }),
      );
  },
};
