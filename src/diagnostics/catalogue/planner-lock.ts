import { diagnosticKind } from "../diagnostic.js";

/** Findings about values that are drawn (PHX3120 to PHX3139), and about the lock file that keeps them (PHX6041 to PHX6049). */

export const nothingToDraw = diagnosticKind<{ what: string; lack: string; help: string }>({
  code: "PHX3120",
  severity: "error",
  title: "nothing to draw from",
  message: ({ what, lack }) => `${what} is to be drawn, and ${lack}`,
  help: ({ help }) => help,
});

export const poolExhausted = diagnosticKind<{ what: string; pool: string; released: readonly string[] }>({
  code: "PHX3121",
  severity: "error",
  title: "nothing left to draw",
  message: ({ what, pool }) => `all of ${pool} is in use: there is nothing left for ${what}`,
  help: ({ released }) =>
    released.length === 0
      ? "Widen the range."
      : `Widen the range, or forget what guests had that are gone: \`phxc forget ${released.join(" ")}\`.`,
});

export const drawUnsettled = diagnosticKind<{ what: string }>({
  code: "PHX3122",
  severity: "error",
  title: "drawn value that something depends on which must differ from it",
  message: ({ what }) => `${what} cannot be drawn: what it must differ from depends on it`,
  help: "Write the value: then everything else can follow from it.",
});

export const lockUnreadable = diagnosticKind<{ path: string; problem: string }>({
  code: "PHX6041",
  severity: "error",
  title: "lock file cannot be read",
  message: ({ path, problem }) => `${path} is not a lock file: ${problem}`,
  help: "Take it back from version control. Without it, everything is drawn anew.",
});

export const lockConflict = diagnosticKind<{ path: string }>({
  code: "PHX6042",
  severity: "error",
  title: "lock file with marks of a merge",
  message: ({ path }) => `${path} has marks of a merge that was not finished`,
  help: "Keep the lines of the branch that others have already, remove those of yours, and let `phxc plan --write` draw again.",
});

export const lockRepeated = diagnosticKind<{ what: string }>({
  code: "PHX6043",
  severity: "error",
  title: "two lines of the lock file about one thing",
  message: ({ what }) => `the lock file says twice ${what}`,
  help: "Remove the line that came later; `phxc plan --write` draws again what is missing.",
});

export const lockOutsidePool = diagnosticKind<{ what: string; value: string; pool: string; key: string }>({
  code: "PHX6044",
  severity: "error",
  title: "locked value outside of what it is drawn from",
  message: ({ what, value, pool }) => `${what} is locked as ${value}, which does not lie in ${pool}`,
  help: ({ key }) => `Widen the range, or let another one be drawn: \`phxc forget ${key}\`.`,
});

export const lockOccupied = diagnosticKind<{ what: string; value: string; guest: string; key: string }>({
  code: "PHX6045",
  severity: "error",
  title: "locked value in use on the host",
  message: ({ what, value, guest }) => `${what} is locked as ${value}, which ${guest} of the captured host has`,
  help: ({ key }) => `Let another one be drawn (\`phxc forget ${key}\`), or take it from the other guest.`,
});

export const lockOutdated = diagnosticKind<{ path: string; drawn: readonly string[]; released: readonly string[] }>({
  code: "PHX6046",
  severity: "note",
  title: "lock file is not up to date",
  message: ({ path, drawn, released }) => {
    const parts = [
      ...(drawn.length === 0 ? [] : [`${drawn.join(", ")} would be added`]),
      ...(released.length === 0 ? [] : [`${released.join(", ")} would be released`]),
    ];
    return `${path} would change: ${parts.length === 0 ? "its form" : parts.join("; ")}`;
  },
  help: "`phxc plan --write` writes it beside the plan; commit both.",
});

export const lockOfOther = diagnosticKind<{ path: string; owner: string; entry: string }>({
  code: "PHX6047",
  severity: "error",
  title: "lock file of another entry",
  message: ({ path, owner, entry }) =>
    `${path} keeps what was drawn for ${owner}, and ${entry} leaves values to phxc as well`,
  help: ({ owner, entry }) =>
    `Give each of the two a folder of its own. If ${owner} was renamed, write \`"entry": "${entry}"\` here.`,
});

export const valueOccupied = diagnosticKind<{ guest: string; value: string; owner: string }>({
  code: "PHX6048",
  severity: "error",
  title: "address in use on the host",
  message: ({ guest, value, owner }) => `${guest} is given ${value}, which ${owner} of the captured host has`,
  help: ({ owner }) => `Give it another one, or declare ${owner} with an address of its own.`,
});

export const lockDiagnostics = [
  nothingToDraw,
  poolExhausted,
  drawUnsettled,
  lockUnreadable,
  lockConflict,
  lockRepeated,
  lockOutsidePool,
  lockOccupied,
  lockOutdated,
  lockOfOther,
  valueOccupied,
] as const;
