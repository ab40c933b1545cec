import { diagnosticKind } from "../diagnostic.js";

/** Findings about the committed plan, the memory of plans: PHX6021 to PHX6040, of templates PHX6050 to PHX6069. */

export const guestRenumbered = diagnosticKind<{ guest: string; name: string; was: string; commands: string }>({
  code: "PHX6021",
  severity: "error",
  title: "guest under another id",
  message: ({ guest, name, was }) =>
    `\`${name}\` was ${was} in an earlier plan and is ${guest} now; a plan moves no guest`,
  help: ({ was, commands }) =>
    `Keep the id, or move it by hand (${commands}) and then say \`phxc forget ${was.replace(" ", ".")}\`. The same where ${was} is gone and this is another guest.`,
});

export const guestMovedHost = diagnosticKind<{ guest: string; from: string; to: string; command: string }>({
  code: "PHX6022",
  severity: "error",
  title: "guest on another host",
  message: ({ guest, from, to }) => `${guest} was on ${from} in a plan of that host and is declared on ${to} now`,
  help: ({ guest, from, command }) =>
    `Move it with \`${command}\` on ${from}, then say \`phxc forget --for ${from} ${guest.split(" ").slice(0, 2).join(".")}\`. The same where it is gone there and this is another guest.`,
});

export const guestOtherKind = diagnosticKind<{ guest: string; was: string }>({
  code: "PHX6023",
  severity: "error",
  title: "id of a guest of another kind",
  message: ({ guest, was }) => `${guest} has the id of ${was} of the last plan`,
  help: ({ was }) =>
    `Give it another id; or take ${was} out first, apply that plan with --allow-destroy, and say \`phxc forget ${was.replace(" ", ".")}\`.`,
});

export const storageRenamed = diagnosticKind<{ was: string; now: string; guests: readonly string[] }>({
  code: "PHX6024",
  severity: "warning",
  title: "storage under another name",
  message: ({ was, now, guests }) =>
    `the storage \`${was}\` of the last plan is called \`${now}\` now: Proxmox renames no storage, so \`${now}\` is defined beside it${guests.length === 0 ? "" : `, and disks stay on \`${was}\` (${guests.join(", ")})`}`,
  help: ({ was, now }) =>
    `Guests whose disks are declared on \`${now}\` and lie on \`${was}\` are held back until \`qm disk move\` or \`pct move-volume\` has moved them; then remove the old one with \`pvesm remove ${was}\`.`,
});

export const guestRenamed = diagnosticKind<{ guest: string; was: string }>({
  code: "PHX6025",
  severity: "note",
  title: "guest under another name",
  message: ({ guest, was }) => `${guest} was called \`${was}\` in the last plan; it is renamed`,
});

export const planDamaged = diagnosticKind<{ path: string; problem: string }>({
  code: "PHX6026",
  severity: "error",
  title: "committed plan is damaged",
  message: ({ path, problem }) => `${path} is not a committed plan: ${problem}`,
  help: "Take it back from version control. To begin anew, remove plan.sh and plan.json: nothing that was declared once is removed then.",
});

export const planForeign = diagnosticKind<{ path: string; host: string; wanted: string }>({
  code: "PHX6027",
  severity: "error",
  title: "committed plan of another host",
  message: ({ path, host, wanted }) => `${path} is the plan of the host \`${host}\`, not of \`${wanted}\``,
  help: "Every host has a folder of its own: `plans` in its block says which.",
});

export const planNewer = diagnosticKind<{ path: string; version: number; known: number }>({
  code: "PHX6028",
  severity: "error",
  title: "committed plan of a newer phxc",
  message: ({ path, version, known }) =>
    `${path} has the format ${version}, written by a newer phxc; this one reads ${known}`,
  help: "Use the release that wrote it, or a later one.",
});

export const optionStays = diagnosticKind<{ guest: string; option: string; value: string }>({
  code: "PHX6029",
  severity: "note",
  title: "option that cannot be taken back",
  message: ({ guest, option, value }) =>
    `${guest} no longer declares \`${option}\`, which Proxmox does not delete of containers: it stays at ${value}`,
  help: "Declare the value that it is to have.",
});

export const diskRenamed = diagnosticKind<{ guest: string; now: string; was: string; slot: string }>({
  code: "PHX6030",
  severity: "note",
  title: "disk under another name",
  message: ({ guest, now, was, slot }) =>
    `the disk \`${now}\` of ${guest} was called \`${was}\` in the last plan: it is the same one and stays at ${slot}`,
  help: "To have an empty disk instead, give it a `slot` that is free; the other one is detached then.",
});

export const diskDetached = diagnosticKind<{
  guest: string;
  disk: string;
  volume: string;
  fresh: readonly string[];
}>({
  code: "PHX6031",
  severity: "warning",
  title: "disk is detached where another one comes",
  message: ({ guest, disk, volume, fresh }) =>
    `${guest}: ${disk} (${volume}) is no longer declared and is detached; ${fresh.join(", ")} is a new and empty disk`,
  help: ({ disk }) =>
    disk.startsWith("mp ")
      ? "Its data stay on the volume, as `unusedN`. To mount the same volume elsewhere, change `mp=` of it with `pct set` before, and declare the new path."
      : `Its data stay on the volume, as \`unusedN\`. To keep it under another name, say \`slot = ${disk}\` in the new block.`,
});

export const templateStale = diagnosticKind<{
  template: string;
  name: string;
  changed: readonly string[];
  guests: readonly string[];
}>({
  code: "PHX6050",
  severity: "note",
  title: "template is stale",
  message: ({ template, changed, guests }) =>
    `${template} was planned from other inputs; changed since: ${changed.join(", ")}${guests.length === 0 ? "" : `. From it come ${guests.join(", ")}`}`,
  help: ({ name }) =>
    `Nothing is changed unasked. \`phxc plan ${name} --action rebuild-template --write\` makes a new one beside it, for guests that are made from then on.`,
});

export const templateRenumbered = diagnosticKind<{ template: string; was: string }>({
  code: "PHX6051",
  severity: "note",
  title: "template under another id",
  message: ({ template, was }) => `${template} is a new template; ${was} of an earlier plan stays beside it`,
  help: ({ was }) =>
    `Guests that came from ${was} stay as they are. Once no linked clone of it is left, the plan with --allow-destroy removes it.`,
});

export const notATemplate = diagnosticKind<{ targets: readonly string[]; templates: readonly string[] }>({
  code: "PHX6052",
  severity: "error",
  title: "not a template to rebuild",
  message: ({ targets }) =>
    targets.length === 0 ? "no template is named" : `\`${targets.join(" ")}\` is not one declared template`,
  help: ({ templates }) =>
    templates.length === 0
      ? "A guest with `template = true` is one; none is declared."
      : `Name one of ${templates.join(", ")}; several are rebuilt one after the other, the source first.`,
});

export const noIdForTemplate = diagnosticKind<{
  template: string;
  problem: string;
  forgettable: readonly string[];
}>({
  code: "PHX6053",
  severity: "error",
  title: "no id for a template that is made anew",
  message: ({ template, problem }) => `${template} cannot be made anew beside itself: ${problem}`,
  help: ({ forgettable }) =>
    [
      "Say `--as ID` with an id that no guest has, or declare some: `rebuild_ids = 9001..9009`.",
      ...(forgettable.length === 0
        ? []
        : [`What is gone from the host gives its id free: \`phxc forget ${forgettable.join(" ")}\`.`]),
    ].join(" "),
});

export const memoryDiagnostics = [
  guestRenumbered,
  guestMovedHost,
  guestOtherKind,
  storageRenamed,
  guestRenamed,
  planDamaged,
  planForeign,
  planNewer,
  optionStays,
  diskRenamed,
  diskDetached,
  templateStale,
  templateRenumbered,
  notATemplate,
  noIdForTemplate,
] as const;
