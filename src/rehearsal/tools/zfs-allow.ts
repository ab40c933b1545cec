import type { Command } from "../host/command.js";
import { readHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import type { Dataset } from "../state.js";
import { parentOf, propertyNames } from "../storage/zfs-properties.js";
import { readFlags } from "./flags.js";

/** Permissions on datasets: what OpenZFS 2.3 takes, says and shows. */

const COMMANDS = new Set(
  (
    "allow bookmark change-key clone create destroy diff hold load-key mount promote receive release rename rollback send share snapshot " +
    "userprop userquota userused userobjquota userobjused groupquota groupused groupobjquota groupobjused " +
    "projectquota projectused projectobjquota projectobjused"
  ).split(" "),
);

interface Words {
  /** `user ada`, `everyone`, `@ops`, or empty for creators. */
  readonly holder: string;
  readonly permissions: readonly string[] | undefined;
  readonly local: boolean;
  readonly below: boolean;
  readonly dataset: string;
}

/** `zfs allow DATASET`, `zfs allow [-ld] -u|-g NAME | -e | everyone | -c | -s @SET PERMISSIONS DATASET` */
export function allow(command: Command, argv: readonly string[]): void {
  if (argv.length === 1 && !argv[0]?.startsWith("-")) return show(command, argv[0] ?? "");
  const words = readWords(command, argv, "allow");
  if (words === undefined) return;
  change(command, words, (before, names) => [...new Set([...before, ...names])]);
}

/** `zfs unallow ...`, without permissions: all of the holder. */
export function unallow(command: Command, argv: readonly string[]): void {
  const words = readWords(command, argv, "unallow");
  if (words === undefined) return;
  change(command, words, (before, names) =>
    words.permissions === undefined ? [] : before.filter((name) => !names.includes(name)),
  );
}

function known({ machine }: Command, name: string): Dataset {
  return (
    machine.state.datasets[name] ??
    refuse(`cannot open '${name}': dataset does not exist\nFailed to open dataset: ${name}`, 255)
  );
}

/** Undefined where a user or group is not known: then it prints its usage, and ends with 0. */
function readWords(command: Command, argv: readonly string[], verb: "allow" | "unallow"): Words | undefined {
  const { flags, words } = readFlags(`zfs ${verb}`, argv, "ldugecs", "");
  const rest = [...words];
  const usage = `Usage: \t${verb} <filesystem|volume>`;
  const holder = takeHolder(flags, rest) ?? refuse(usage, 2);
  const dataset = rest.pop() ?? refuse(usage, 2);
  const listed = rest.pop();
  if (rest.length > 0 || (listed === undefined && verb === "allow")) refuse(usage, 2);
  known(command, dataset);
  if (!isKnown(command, holder)) {
    command.print(usage);
    return undefined;
  }
  const permissions = listed?.split(",");
  for (const name of permissions ?? [])
    if (!name.startsWith("@") && !COMMANDS.has(name) && (name === "type" || !propertyNames.includes(name)))
      refuse(`cannot set permissions on '${dataset}': operation not applicable to datasets of this type`, 1);
  const isScoped = flags.has("l") !== flags.has("d");
  return {
    holder,
    permissions,
    local: !isScoped || flags.has("l"),
    below: !isScoped || flags.has("d"),
    dataset,
  };
}

function takeHolder(flags: ReadonlySet<string>, words: string[]): string | undefined {
  if (flags.has("c")) return "";
  if (flags.has("e")) return "everyone";
  const name = words.shift();
  if (name === undefined || (flags.has("s") && !name.startsWith("@"))) return undefined;
  if (flags.has("s")) return name;
  if (name === "everyone" && !flags.has("u") && !flags.has("g")) return "everyone";
  return `${flags.has("g") ? "group" : "user"} ${name}`;
}

function isKnown({ machine }: Command, holder: string): boolean {
  const [kind = "", name = ""] = holder.split(" ");
  if (kind !== "user" && kind !== "group") return true;
  const text = readHostFile(machine, kind === "user" ? "/etc/passwd" : "/etc/group") ?? "";
  return /^\d+$/.test(name) || text.split("\n").some((line) => line.startsWith(`${name}:`));
}

function change(
  command: Command,
  { holder, permissions = [], local, below, dataset }: Words,
  next: (before: readonly string[], names: readonly string[]) => readonly string[],
): void {
  const target = known(command, dataset);
  const before = target.allowed?.[holder] ?? { local: [], below: [] };
  target.allowed = {
    ...target.allowed,
    [holder]: {
      local: local ? [...next(before.local, permissions)] : before.local,
      below: below ? [...next(before.below, permissions)] : before.below,
    },
  };
}

function show(command: Command, name: string): void {
  known(command, name);
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
    const lines = shown(command.machine.state.datasets[at]?.allowed ?? {}, (holder) => named(command, holder));
    if (lines.length > 0) command.print([`---- Permissions on ${at} `.padEnd(70, "-"), ...lines].join("\n"));
  }
}

/** Numbers that the host has no name for are shown as such. */
function named({ machine }: Command, holder: string): string {
  const [, kind = "", number = ""] = /^(user|group) (\d+)$/.exec(holder) ?? [];
  if (number === "") return holder;
  const text = readHostFile(machine, kind === "user" ? "/etc/passwd" : "/etc/group") ?? "";
  const line = text.split("\n").find((entry) => entry.split(":")[2] === number);
  return `${kind} ${line?.split(":")[0] ?? `(unknown: ${number})`}`;
}

function shown(allowed: NonNullable<Dataset["allowed"]>, nameOf: (holder: string) => string): readonly string[] {
  const entries = Object.entries(allowed).toSorted(([a], [b]) => rank(a) - rank(b));
  const listed = (title: string, rows: readonly (readonly [string, readonly string[]])[]): readonly string[] => {
    const full = rows.filter(([, names]) => names.length > 0);
    const lines = full.map(([who, names]) => `\t${who === "" ? "" : `${who} `}${names.toSorted().join(",")}`);
    return lines.length === 0 ? [] : [title, ...lines];
  };
  const holders = entries.filter(([who]) => who !== "" && !who.startsWith("@"));
  const rows = (of: (local: readonly string[], below: readonly string[]) => readonly string[]) =>
    holders.map(([who, { local, below }]) => [nameOf(who), of(local, below)] as const);
  return [
    ...listed(
      "Permission sets:",
      entries.filter(([who]) => who.startsWith("@")).map(([who, { local }]) => [who, local]),
    ),
    ...listed("Create time permissions:", [["", allowed[""]?.local ?? []]]),
    ...listed(
      "Local permissions:",
      rows((local, below) => local.filter((name) => !below.includes(name))),
    ),
    ...listed(
      "Descendent permissions:",
      rows((local, below) => below.filter((name) => !local.includes(name))),
    ),
    ...listed(
      "Local+Descendent permissions:",
      rows((local, below) => local.filter((name) => below.includes(name))),
    ),
  ];
}

/** Users, then groups, then everyone. */
function rank(holder: string): number {
  return ["user", "group", "everyone"].indexOf(holder.split(" ")[0] ?? "");
}
