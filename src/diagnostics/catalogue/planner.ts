import { diagnosticKind } from "../diagnostic.js";

/** Findings of the planner: PHX6001 to PHX6099. */

export const unknownTarget = diagnosticKind<{ target: string; nearest: string | undefined }>({
  code: "PHX6001",
  severity: "error",
  title: "unknown target",
  message: ({ target, nearest }) =>
    `the plan has nothing that is called \`${target}\`${nearest === undefined ? "" : `; did you mean \`${nearest}\``}`,
  help: "A target is an id, a name, or an address such as `ct.103` or `dataset.quickOS/vm-disks`.",
});

export const resourceWithoutHost = diagnosticKind<{ resource: string; hosts: readonly string[] }>({
  code: "PHX6002",
  severity: "error",
  title: "resource without a host",
  message: ({ resource, hosts }) => `${resource} does not say which host it belongs to: ${hosts.join(" or ")}`,
  help: "With several hosts, every guest, pool and dataset says `host = NAME`, itself or through a profile.",
});

export const hostNotChosen = diagnosticKind<{ hosts: readonly string[] }>({
  code: "PHX6003",
  severity: "error",
  title: "several hosts, and none chosen",
  message: ({ hosts }) => `the files declare several hosts (${hosts.join(", ")}), and a plan is for one`,
  help: ({ hosts }) => `Choose it with \`--for ${hosts[0] ?? "NAME"}\`, or name targets that belong to one host.`,
});

export const unknownHost = diagnosticKind<{ host: string; nearest: string | undefined }>({
  code: "PHX6004",
  severity: "error",
  title: "unknown host",
  message: ({ host, nearest }) =>
    `no host \`${host}\` is declared${nearest === undefined ? "" : `; did you mean \`${nearest}\``}`,
  help: "The name is that of a `host` block.",
});

export const needAcrossHosts = diagnosticKind<{ resource: string; needed: string; host: string }>({
  code: "PHX6005",
  severity: "warning",
  title: "need on another host",
  message: ({ resource, needed, host }) => `${resource} needs ${needed}, which the plan of ${host} makes`,
  help: "Plans of different hosts know nothing of each other: run that plan first.",
});

export const repeatedStep = diagnosticKind<{ step: string }>({
  code: "PHX6006",
  severity: "error",
  title: "two steps of one id",
  message: ({ step }) => `two steps are called \`${step}\``,
  help: "Two blocks make the same thing, such as one storage declared on its own and in a dataset. Remove one of them.",
});

export const optionTooNew = diagnosticKind<{ option: string; since: string; host: string; release: string }>({
  code: "PHX6007",
  severity: "error",
  title: "option of a newer release",
  message: ({ option, since, host, release }) =>
    `\`${option}\` needs Proxmox VE ${since} or later, and host ${host} declares ${release}`,
  help: "Leave it out; or, if the host has a newer release by now, say so in its `version`.",
});

export const actionWantsGuests = diagnosticKind<{ action: string; thing: string | undefined }>({
  code: "PHX6008",
  severity: "error",
  title: "action without guests",
  message: ({ action, thing }) =>
    thing === undefined
      ? `\`${action}\` wants guests, each by its id or name`
      : `\`${action}\` is for guests; ${thing} is none`,
  help: ({ action }) =>
    action === "destroy"
      ? "Name every guest that is to be destroyed."
      : "Name guests; the name of a declared host means all of its guests.",
});

export const dependantsNotNamed = diagnosticKind<{ action: string; guest: string; guests: readonly string[] }>({
  code: "PHX6009",
  severity: "warning",
  title: "action on a guest that others need",
  message: ({ action, guest, guests }) =>
    `${guest} is needed by ${guests.join(", ")}, which \`${action}\` does not name`,
  help: "The script does not stop a guest while one that needs it runs. Name these too, or say `--with-dependents`.",
});

export const nothingToAct = diagnosticKind<{ action: string; guest: string }>({
  code: "PHX6010",
  severity: "warning",
  title: "action that does nothing",
  message: ({ action, guest }) =>
    action === "health"
      ? `${guest} declares no check that could be asked`
      : action === "snapshot"
        ? `Proxmox takes no snapshot of ${guest}: it is a template, or mounts directories of the host`
        : `there is nothing to ${action} of ${guest}: a template does not run`,
  help: "Leave it out.",
});

export const noChecks = diagnosticKind<{ targets: readonly string[] }>({
  code: "PHX6011",
  severity: "error",
  title: "health of guests without checks",
  message: ({ targets }) =>
    targets.length === 0
      ? "no guest declares a check that could be asked"
      : `none of these guests declares a check that could be asked: ${targets.join(", ")}`,
  help: "Write one, as `check web { service = nginx }`. Templates, and guests that are kept stopped, are not asked.",
});

export const plannerDiagnostics = [
  unknownTarget,
  resourceWithoutHost,
  hostNotChosen,
  unknownHost,
  needAcrossHosts,
  repeatedStep,
  optionTooNew,
  actionWantsGuests,
  dependantsNotNamed,
  nothingToAct,
  noChecks,
] as const;
