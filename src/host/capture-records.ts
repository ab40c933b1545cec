import type { CapturedDataset, CapturedDisk, CapturedHost, CapturedPath } from "../model/captured.js";
import { isOrdinaryPath } from "../text/host-paths.js";
import { compareKeys, compareText } from "../text/order.js";
import { poolParts } from "./capture-pools.js";
import { withoutSecretsOf } from "./capture-secrets.js";

/** A part of what the capture script wrote. */
export interface CaptureRecord {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** The line before the first record; a login shell may have said something before it. */
const OPENING = "phxc-capture 1\n";

/** The records of the script's output; undefined when it is not whole. */
export function readRecords(output: Buffer): readonly CaptureRecord[] | undefined {
  const start = output.indexOf(OPENING);
  if (start === -1) return undefined;
  const records: CaptureRecord[] = [];
  for (let at = start + OPENING.length; ;) {
    const lineEnd = output.indexOf(10, at);
    const match = /^([a-z]+) (\d{1,9}) (\d{1,9})$/.exec(lineEnd === -1 ? "" : output.toString("latin1", at, lineEnd));
    if (match === null) return undefined;
    const nameEnd = lineEnd + 1 + Number(match[2]);
    const textEnd = nameEnd + Number(match[3]);
    if (output[textEnd] !== 10) return undefined;
    const kind = match[1] ?? "";
    const name = output.toString("utf8", lineEnd + 1, nameEnd);
    records.push({ kind, name, text: output.toString("utf8", nameEnd, textEnd) });
    if (kind === "end" || kind === "problem") return records;
    at = textEnd + 1;
  }
}

/** The host that complete records describe. The order of the host's answers leaves no trace. */
export function hostOf(records: readonly CaptureRecord[]): CapturedHost {
  const values = new Map(ofKind(records, "value").map(({ name, text }) => [name, text]));
  const value = (name: string): string => values.get(name) ?? "";
  const node = value("node");
  const texts = ofKind(records, "file").map(({ name, text }) => ({ name, ...withoutSecretsOf(name, text) }));
  const parts = poolParts(value("pool-status"));
  const masked = texts.reduce((sum, { found }) => sum + found, Number(value("masked")));
  return {
    node,
    version: /^pve-manager\/([\d.]+)/.exec(value("version"))?.[1] ?? "",
    bridges: ofKind(records, "bridge")
      .map(({ name, text }) => ({ name, mtu: Number(text) }))
      .toSorted((a, b) => compareText(a.name, b.name)),
    nics: unique(ofKind(records, "nic").map(({ name }) => name)),
    devices: unique(ofKind(records, "device").map(({ name }) => name)),
    disks: ofKind(records, "disk")
      .map(diskOf)
      .toSorted((a, b) => compareText(a.path, b.path)),
    pools: table(rows(value("pools")), ([name, size, ashift]) => ({
      size: count(size),
      ashift: count(ashift),
      parts: parts.get(name ?? "") ?? [],
      properties: poolProperties(name, value("pool-properties")),
    })),
    datasets: datasetsOf(value("datasets"), value("properties"), value("snapshots")),
    volumes: table(ofKind(records, "volumes").flatMap(volumeRows), ([, size, format = ""]) => ({
      size: count(size),
      format,
    })),
    files: table(
      texts.map(({ name, text }) => [name, text]),
      ([, text = ""]) => text,
    ),
    paths: table(
      ofKind(records, "path")
        .filter(({ name }) => isOrdinaryPath(name) && !texts.some((text) => text.name === name))
        .map(({ name, text }) => [name, ...text.split(" ")]),
      pathOf,
    ),
    running: ofKind(records, "running")
      .map(({ name }) => Number(name))
      .toSorted((a, b) => a - b),
    elsewhere: guestsElsewhere(value("vmlist"), node),
    masked,
    warnings: ofKind(records, "warning").map(({ text }) => text),
  };
}

function ofKind(records: readonly CaptureRecord[], kind: string): readonly CaptureRecord[] {
  return records.filter((record) => record.kind === kind);
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted(compareText);
}

type Row = readonly string[];

/** Lines of cells with a tab between. */
function rows(text: string): readonly Row[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
}

/** A table by the first cell of each row, sorted. */
function table<T>(from: readonly Row[], read: (row: Row) => T): Readonly<Record<string, T>> {
  const entries = new Map(from.map((row): [string, T] => [row[0] ?? "", read(row)]));
  return Object.fromEntries([...entries].toSorted(compareKeys));
}

function grouped(from: readonly Row[], key: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of from) {
    const known = groups.get(key(row));
    if (known === undefined) groups.set(key(row), [row]);
    else known.push(row);
  }
  return groups;
}

/** Tools print `-` where there is nothing. */
function count(cell: string | undefined): number {
  return /^\d+$/.test(cell ?? "") ? Number(cell) : 0;
}

function diskOf({ name, text }: CaptureRecord): CapturedDisk {
  const [size, ...signature] = text.split(" ");
  return { path: name, size: count(size), signature: signature.join(" ") };
}

function pathOf([, kind, size, owner = ""]: Row): CapturedPath {
  const [uid, gid] = owner.split(":");
  return {
    kind: kind === "directory" || kind === "file" ? kind : "other",
    size: kind === "file" ? count(size) : 0,
    uid: count(uid),
    gid: count(gid),
  };
}

/** What was set on a pool, besides the ashift, which every vdev has of its own. */
function poolProperties(pool: string | undefined, text: string): Readonly<Record<string, string>> {
  const own = rows(text).filter(
    ([name, property, , source]) => name === pool && source === "local" && property !== "ashift",
  );
  return Object.fromEntries(own.map(([, property = "", value = ""]) => [property, value]));
}

function datasetsOf(list: string, properties: string, snapshots: string): Readonly<Record<string, CapturedDataset>> {
  // A volume's size, which ZFS lists among them, is told beside them.
  const set = grouped(
    rows(properties).filter(([, property]) => property !== "volsize"),
    ([name = ""]) => name,
  );
  const taken = grouped(rows(snapshots), ([name = ""]) => name.split("@")[0] ?? "");
  return table(rows(list), ([name = "", type, volsize, origin]) => ({
    type: type === "volume" ? "volume" : "filesystem",
    properties: table(
      (set.get(name) ?? []).map(([, property = "", setTo = ""]) => [property, setTo]),
      ([, setTo = ""]) => setTo,
    ),
    volsize: count(volsize),
    snapshots: (taken.get(name) ?? []).map(([snapshot = ""]) => snapshot.slice(name.length + 1)),
    origin: origin === "-" ? "" : (origin ?? ""),
  }));
}

/** Rows of `pvesm list`: volume id, size, format. A volume's name may hold blanks, the other columns do not. */
function volumeRows({ text }: CaptureRecord): readonly Row[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\S+:.+?) +(\S+) +(\S+) +(\d+)(?: +\d+)?\s*$/.exec(line);
    return match === null || match[3] === "backup" ? [] : [[match[1] ?? "", match[4] ?? "", match[2] ?? ""]];
  });
}

function guestsElsewhere(vmlist: string, node: string): CapturedHost["elsewhere"] {
  const entries = vmlist.matchAll(/"(\d+)":\s*\{[^}]*"node":\s*"([^"]+)"[^}]*"type":\s*"([a-z]+)"/g);
  return Array.from(entries, ([, id, on = "", type]) => ({
    id: Number(id),
    kind: type === "qemu" ? ("vm" as const) : ("ct" as const),
    node: on,
  })).filter((guest) => guest.node !== node);
}
