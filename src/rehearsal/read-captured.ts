import { hostDamaged, hostForeign, hostNewer } from "../diagnostics/catalogue/cli.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { HOST_FORMAT, HOST_FORMAT_VERSION } from "../model/captured.js";
import type { CapturedDataset, CapturedHost, CapturedPart, CapturedPath } from "../model/captured.js";
import { DataProblem, keyed, list, number, object, record, string } from "../text/data.js";
import type { Data } from "../text/data.js";
import { isOrdinaryPath, isPathPart, isPlainPath } from "../text/host-paths.js";
import { span } from "../text/source.js";
import type { SourceFile } from "../text/source.js";
import { capturedState } from "./captured.js";
import { hostFolders } from "./host/machine.js";
import type { HostState } from "./state.js";

/** Reads a state file of `phxc capture`; none when it cannot be used, which is a finding at the file. */
export function readCaptured(file: SourceFile, text: string): Result<CapturedHost | undefined> {
  const { path } = file;
  const nothing = (finding: Diagnostic): Result<undefined> => ({ value: undefined, diagnostics: [finding] });
  const at = span(file, 0);
  try {
    const data = object(JSON.parse(text), "it");
    if (data["format"] !== HOST_FORMAT) {
      const format = typeof data["format"] === "string" ? data["format"] : "no format";
      return nothing(diagnose(hostForeign, at, { path, format: format.slice(0, 40) }));
    }
    const version = number(data["formatVersion"], "formatVersion");
    if (version > HOST_FORMAT_VERSION)
      return nothing(diagnose(hostNewer, at, { path, version, known: HOST_FORMAT_VERSION }));
    const host = hostOf(data);
    checkTree(capturedState(host));
    return { value: host, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof DataProblem || error instanceof SyntaxError)) throw error;
    const problem = error instanceof DataProblem ? error.message : "it is not JSON";
    return nothing(diagnose(hostDamaged, at, { path, problem }));
  }
}

function hostOf(data: Data): CapturedHost {
  return {
    node: shaped(data["node"], "node", /^[A-Za-z0-9][A-Za-z0-9-]*$/, "the name of a node"),
    version: shaped(data["version"], "version", /^\d+(?:\.\d+){0,3}$/, "a release"),
    bridges: list(data["bridges"], "bridges", (item, where) => {
      const bridge = object(item, where);
      return { name: name(bridge["name"], `${where}.name`), mtu: count(bridge["mtu"], `${where}.mtu`) };
    }),
    nics: data["nics"] === undefined ? [] : list(data["nics"], "nics", name),
    devices: list(data["devices"], "devices", devicePath),
    disks: list(data["disks"], "disks", (item, where) => {
      const disk = object(item, where);
      const signature = string(disk["signature"], `${where}.signature`);
      return { path: devicePath(disk["path"], `${where}.path`), size: count(disk["size"], `${where}.size`), signature };
    }),
    pools: keyed(name, data["pools"], "pools", (item, where) => {
      const pool = object(item, where);
      return {
        size: count(pool["size"], `${where}.size`),
        ashift: count(pool["ashift"], `${where}.ashift`),
        parts: pool["parts"] === undefined ? [] : list(pool["parts"], `${where}.parts`, partOf),
        properties: record(pool["properties"] ?? {}, `${where}.properties`, string),
      };
    }),
    datasets: keyed(inside, data["datasets"], "datasets", datasetOf),
    volumes: keyed(volumeId, data["volumes"], "volumes", (item, where) => {
      const volume = object(item, where);
      return { size: count(volume["size"], `${where}.size`), format: string(volume["format"], `${where}.format`) };
    }),
    files: keyed(textPath, data["files"], "files", string),
    paths: keyed(path, data["paths"], "paths", pathOf),
    running: list(data["running"], "running", number),
    elsewhere: list(data["elsewhere"], "elsewhere", guestOf),
    masked: count(data["masked"], "masked"),
    warnings: list(data["warnings"], "warnings", string),
  };
}

const ROLES = ["data", "log", "cache", "special", "dedup", "spare"] as const;

function partOf(item: unknown, where: string): CapturedPart {
  const data = object(item, where);
  const role = ROLES.find((each) => each === data["role"]);
  if (role === undefined) throw new DataProblem(`${where}.role is none of ${ROLES.join(", ")}`);
  const type = shaped(data["type"], `${where}.type`, /^[a-z]+\d?(?::[\da-z]+)*$/, "a sort of vdev");
  return { role, type, disks: list(data["disks"], `${where}.disks`, path) };
}

function datasetOf(item: unknown, where: string): CapturedDataset {
  const data = object(item, where);
  const { type } = data;
  if (type !== "filesystem" && type !== "volume")
    throw new DataProblem(`${where}.type is neither filesystem nor volume`);
  return {
    type,
    properties: record(data["properties"], `${where}.properties`, string),
    volsize: count(data["volsize"], `${where}.volsize`),
    snapshots: list(data["snapshots"], `${where}.snapshots`, string),
    origin: string(data["origin"], `${where}.origin`),
  };
}

function pathOf(item: unknown, where: string): CapturedPath {
  const data = object(item, where);
  const { kind } = data;
  if (kind !== "directory" && kind !== "file" && kind !== "other")
    throw new DataProblem(`${where}.kind is none of directory, file and other`);
  return {
    kind,
    size: count(data["size"], `${where}.size`),
    uid: count(data["uid"], `${where}.uid`),
    gid: count(data["gid"], `${where}.gid`),
  };
}

function guestOf(item: unknown, where: string): CapturedHost["elsewhere"][number] {
  const data = object(item, where);
  const { kind } = data;
  if (kind !== "vm" && kind !== "ct") throw new DataProblem(`${where}.kind is neither vm nor ct`);
  return { id: number(data["id"], `${where}.id`), kind, node: string(data["node"], `${where}.node`) };
}

/** A whole number from zero up. */
function count(value: unknown, where: string): number {
  return value === 0 ? 0 : number(value, where);
}

function shaped(value: unknown, where: string, shape: RegExp, what: string): string {
  const text = string(value, where);
  if (shape.test(text)) return text;
  throw new DataProblem(`${where} is not ${what}`);
}

/** The name of something that becomes a folder or file of the simulated host, and must not lead out of it. */
function inside(value: unknown, where: string): string {
  const text = string(value, where);
  if (isPlainPath(`/${text}`)) return text;
  throw new DataProblem(`${where} is not a plain path`);
}

function path(value: unknown, where: string): string {
  const text = string(value, where);
  if (isOrdinaryPath(text)) return text;
  throw new DataProblem(`${where} is not the path of an ordinary file`);
}

function devicePath(value: unknown, where: string): string {
  const text = string(value, where);
  if (isPlainPath(text) && text.startsWith("/dev/")) return text;
  throw new DataProblem(`${where} is not a path below /dev`);
}

/** The path of a text: of Proxmox's own only those that are captured. */
function textPath(value: unknown, where: string): string {
  const text = string(value, where);
  const own =
    /^\/etc\/pve\/(?:(?:storage|jobs|replication|user)\.cfg|sdn\/(?:(?:controllers|zones|vnets|subnets)\.cfg|\.running-config)|nodes\/[A-Za-z0-9-]+\/host\.fw|firewall\/[^/]+\.fw|mapping\/[a-z]+\.cfg|nodes\/[A-Za-z0-9-]+\/(?:qemu-server|lxc)\/\d+\.conf)$/;
  const hardware =
    /^\/proc\/driver\/nvidia\/version$|^\/sys\/(?:module\/nouveau\/initstate|bus\/(?:pci|usb)\/devices\/[\w:.-]+\/(?:uevent|idVendor|idProduct)|kernel\/iommu_groups\/\d+\/devices\/[\w:.]+)$/;
  return own.test(text) || hardware.test(text) ? text : path(text, where);
}

function name(value: unknown, where: string): string {
  const text = string(value, where);
  if (isPathPart(text)) return text;
  throw new DataProblem(`${where} is not a name`);
}

function volumeId(value: unknown, where: string): string {
  const text = string(value, where);
  const colon = text.indexOf(":");
  if (colon < 1) throw new DataProblem(`${where} is not a volume id`);
  inside(text.slice(colon + 1), where);
  return text;
}

/** Refuses a host in which one thing is a file and a folder: nothing can be laid out like that. */
function checkTree({ node, files, images, devices, disks, datasets, directories }: HostState): void {
  const leaves = new Set([
    ...Object.keys(files),
    ...Object.keys(images),
    ...devices,
    ...disks.map((disk) => disk.path),
  ]);
  const folders = [
    ...hostFolders(node),
    ...directories,
    ...Object.keys(datasets).map((dataset) => `/${dataset}`),
    ...Array.from(leaves, (leaf) => leaf.slice(0, leaf.lastIndexOf("/"))),
  ];
  const lost = [...leaves].find((leaf) => !isPlainPath(leaf));
  if (lost !== undefined) throw new DataProblem(`${lost} is not a plain path`);
  for (const folder of new Set(folders))
    for (let at = folder; at !== ""; at = at.slice(0, at.lastIndexOf("/")))
      if (leaves.has(at)) throw new DataProblem(`${at} is both a file and a folder`);
}
