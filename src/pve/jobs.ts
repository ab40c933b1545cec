import { bool, flag, format, int, matching, num, oneOf, type Options, property, text, told } from "./spec.js";

/**
 * Options of the jobs that Proxmox keeps: `vzdump` in jobs.cfg (pve-guest-common, PVE::VZDump::Common; PVE::Job::Registry), and
 * `pvesr` in replication.cfg (the recorded tables of `pvesr create-local-job` and `update`).
 */

const DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
/** One or several of a kind of number: `1`, `1..5`, `*`, each with a step (`/15`). */
const several = (number: string): string => {
  const part = `(?:\\*|(?:${number})(?:\\.\\.(?:${number}))?)(?:/\\d+)?`;
  return `${part}(?:,${part})*`;
};
const SIXTY = several("[0-5]?\\d");
const TIME = `(?:${several("[01]?\\d|2[0-3]")}:${SIXTY}(?::${SIXTY})?|${SIXTY})`;
const PARTS = several("\\d+");

/** A subset of systemd's calendar events, as PVE::CalendarEvent reads it: `02:30`, `mon..fri 21:00`, `sun *-*-1..7 03:00`. */
const schedule = matching(
  new RegExp(
    `(?:minutely|hourly|daily|weekly|monthly|yearly|quarterly|semiannually|` +
      `(?:${DAY}(?:\\.\\.${DAY})?(?:,${DAY}(?:\\.\\.${DAY})?)*)(?: (?:${PARTS}-)?${PARTS}-${PARTS})?(?: ${TIME})?|` +
      `(?:${PARTS}-)?${PARTS}-${PARTS}(?: ${TIME})?|${TIME})`,
  ),
  { maxLength: 128, describe: "a calendar event such as `02:30`, `mon..fri 21:00` or `*/15`" },
);

const count = int(0);

/** How many backups stay. */
const keep = property(undefined, {
  "keep-all": told(bool, "Whether all backups stay; alone."),
  "keep-last": told(count, "How many of the last ones."),
  "keep-hourly": told(count, "One of an hour, for so many hours."),
  "keep-daily": told(count, "One of a day, for so many days."),
  "keep-weekly": told(count, "One of a week, for so many weeks."),
  "keep-monthly": told(count, "One of a month, for so many months."),
  "keep-yearly": told(count, "One of a year, for so many years."),
});

/** What `pvesh create /cluster/backup` takes, but for the names of options that Proxmox calls deprecated. */
export const backupJob: Options = {
  id: format("pve-configid", { maxLength: 50 }),
  schedule: told(schedule, "When it runs: a calendar event."),
  storage: told(format("pve-storage-id"), "The storage that takes the backups."),
  vmid: told(matching(/[1-9]\d{2,8}(?:,[1-9]\d{2,8})*/), "The guests."),
  all: told(bool, "All guests."),
  exclude: told(matching(/[1-9]\d{2,8}(?:,[1-9]\d{2,8})*/), "Guests that are left out."),
  pool: told(
    matching(/[A-Za-z0-9_./-]+/, { describe: "the name of a resource pool" }),
    "The guests of a resource pool.",
  ),
  enabled: flag("Whether it runs.", true),
  comment: told(text({ maxLength: 512 }), "A comment."),
  mode: told(oneOf("snapshot", "suspend", "stop"), "How a running guest is backed up.", { default: "snapshot" }),
  compress: told(oneOf("0", "1", "gzip", "lzo", "zstd"), "How the archive is compressed.", { default: "0" }),
  "prune-backups": told(keep, "How many backups stay; without it, what the storage says."),
  "notes-template": told(
    text({ maxLength: 1024 }),
    "The note at each backup; `{{guestname}}`, `{{vmid}}`, `{{node}}` and `{{cluster}}` stand for these.",
  ),
  protected: flag("Whether the backups are protected from being removed.", false),
  "repeat-missed": flag("Whether a run that was missed is made up for.", false),
  node: told(format("pve-node"), "The only node on which it runs."),
  bwlimit: told(int(0), "The most KiB a second.", { default: 0 }),
  ionice: told(int(0, 8), "The priority of its input and output; 8 is idle.", { default: 7 }),
  lockwait: told(int(0), "Minutes that it waits for another backup.", { default: 180 }),
  stopwait: told(int(0), "Minutes that it waits for a guest to stop.", { default: 10 }),
  mailto: told(text(), "Who gets mail, where the notification system does not decide."),
  mailnotification: told(oneOf("always", "failure"), "When mail is sent.", { default: "always" }),
  "notification-mode": told(oneOf("auto", "legacy-sendmail", "notification-system"), "Who is told, and how.", {
    default: "auto",
    since: "8.1",
  }),
  performance: told(
    property(undefined, {
      "max-workers": told(int(1, 256), "How many read at once, of a machine."),
      "pbs-entries-max": told(int(1), "How many entries of a container are kept in memory."),
    }),
    "What bounds its load.",
  ),
  fleecing: told(
    property(
      "enabled",
      {
        enabled: told(bool, "Whether a machine's writes wait in an image of their own."),
        storage: told(format("pve-storage-id"), "The storage of these images."),
      },
      [],
    ),
    "Where a machine's writes wait while it is backed up.",
    { since: "8.2" },
  ),
  pigz: told(int(0), "How many threads compress, for gzip.", { default: 0 }),
  zstd: told(int(0), "How many threads compress, for zstd; 0: half of the cores.", { default: 1 }),
  remove: flag("Whether backups beyond those that stay are removed.", true),
  script: told(text(), "A hook script."),
  stdexcludes: flag("Whether temporary files and logs of containers are left out.", true),
};

/** What `pvesr create-local-job` takes. */
export const replicationJob: Options = {
  id: matching(/[1-9]\d{2,8}-\d{1,9}/),
  target: told(format("pve-node"), "The node that gets the copy."),
  schedule: told(schedule, "When it runs: a calendar event.", { default: "*/15" }),
  rate: told(num(1), "The most MB a second."),
  comment: told(text({ maxLength: 4096 }), "A comment."),
  disable: told(bool, "Whether it rests."),
};
