import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { type Command, callerFile } from "../host/command.js";
import { findConfig, isRunning, listGuests } from "../host/guests.js";
import { imageText, readImage } from "../host/images.js";
import { hostPath, machinePath, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { defaultImageSize } from "../state.js";
import { readFlags } from "./flags.js";

/** What a simulated tool that looked at its arguments leaves to the real one. */
export interface Handover {
  readonly real: string;
}

function wanted(command: Command, path: string): string {
  return path.startsWith("/") ? machinePath(command.machine, path) : `${command.cwd}/${path}`;
}

/** `wget -O FILE URL`: makes a file that says what the download would be. */
export function wget(command: Command, argv: readonly string[]): void {
  const words: string[] = [];
  let output: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    const inline = /^(?:-O|--output-document=)(.+)$/.exec(word)?.[1];
    if (inline !== undefined) output = inline;
    else if (word === "-O" || word === "--output-document") output = argv[++i];
    else if (/^(?:-t|-T|--tries|--timeout)$/.test(word)) i++;
    else if (!word.startsWith("-")) words.push(word);
  }
  const url = words[0] ?? refuse("wget: missing URL", 1);
  const download = command.machine.state.downloads[url] ?? {};
  if (download.fails !== undefined) refuse(`${url}:\n2026-11-22 08:00:00 ERROR 404: Not Found.`, download.fails);
  const { fails: _, ...file } = download;
  const path = output ?? url.split("/").at(-1) ?? "index.html";
  writeHostFile(
    command.machine,
    wanted(command, path),
    imageText({ ...file, size: download.size ?? defaultImageSize }),
  );
  command.warn(`2026-11-22 08:00:00 URL:${url} [1/1] -> "${path}" [1]`);
}

/** The entrypoint of every simulated image of a registry. */
const ENTRYPOINT = "/docker-entrypoint.sh";

/**
 * `skopeo copy docker://REFERENCE oci-archive:FILE`: makes an archive that says that it is an OCI image. One that is killed, or fails,
 * leaves a part of it.
 */
export async function skopeo(command: Command, argv: readonly string[]): Promise<void> {
  const [verb, from = "", to = ""] = argv;
  const reference = /^docker:\/\/(.+)$/.exec(from)?.[1];
  const path = /^oci-archive:([^:]+)$/.exec(to)?.[1];
  if (verb !== "copy" || reference === undefined || path === undefined || argv.length > 3)
    return refuse(`simulated host: unknown: skopeo ${argv.join(" ")}`, 127);
  const download = command.machine.state.downloads[from] ?? {};
  if (/:[^/@]+@/.test(reference)) refuse("Docker references with both a tag and digest are currently not supported", 1);
  writeHostFile(command.machine, wanted(command, path), "a part of an archive\n");
  await command.midway();
  if (download.fails !== undefined) refuse("reading manifest: manifest unknown", download.fails);
  const text = imageText({ size: download.size ?? defaultImageSize, entrypoint: ENTRYPOINT });
  writeHostFile(command.machine, wanted(command, path), text);
  command.warn("Writing manifest to image destination");
}

/** `chown OWNER:GROUP FILE...`: the owners are kept in the state, so that no privilege is needed. */
export function chown(command: Command, argv: readonly string[]): void {
  const { flags, words } = readFlags(
    "chown",
    argv.filter((word) => word !== "--recursive" && word !== "--no-dereference"),
    "RhvfcPHL",
    "",
  );
  const recursive = flags.has("R") || argv.includes("--recursive");
  const itself = flags.has("h") || argv.includes("--no-dereference");
  const [owner = "", ...paths] = words;
  const match = /^(\d*)(?::(\d*))?$/.exec(owner) ?? (owner === "root:root" || owner === "root" ? ["", "0", "0"] : null);
  if (match === null) return refuse(`chown: invalid user: '${owner}'`, 1);
  for (const path of paths) {
    const at = wanted(command, path);
    changeOwner(command, itself ? at : behind(at), match[1] ?? "", match[2] ?? "", recursive);
  }
}

function changeOwner(command: Command, path: string, uid: string, gid: string, recursive: boolean): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return refuse(`chown: cannot access '${path}': No such file or directory`, 1);
  const key = hostPath(command.machine, path);
  const old = ownerOfPath(command, path);
  command.machine.state.owners[key] = {
    uid: uid === "" ? old.uid : Number(uid),
    gid: gid === "" ? old.gid : Number(gid),
  };
  if (!recursive || !stat.isDirectory()) return;
  for (const name of readdirSync(path)) changeOwner(command, `${path}/${name}`, uid, gid, true);
}

/** What a path that may be a link leads to. */
function behind(path: string): string {
  return existsSync(path) && lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
}

/** Who owns a path: what `chown` said, else root. */
function ownerOfPath(command: Command, path: string): { readonly uid: number; readonly gid: number } {
  return command.machine.state.owners[hostPath(command.machine, path)] ?? { uid: 0, gid: 0 };
}

/** `stat -c FORMAT FILE...`: with the simulated owners. Other calls are left to the real one. */
export function stat(command: Command, argv: readonly string[]): Handover | undefined {
  const words = argv.filter((word) => word !== "--");
  const follow = words[0] === "-L" ? words.shift() !== undefined : false;
  const inline = /^--(?:format|printf)=(.*)$/s.exec(words[0] ?? "")?.[1];
  const shape = inline ?? (words[0] === "-c" || words[0] === "--format" ? words[1] : undefined);
  if (shape === undefined || /%[^ugaAsYFnNhiU]/.test(shape)) return { real: "stat" };
  for (const path of words.slice(inline === undefined ? 2 : 1)) command.print(statLine(command, path, shape, follow));
  return undefined;
}

function statLine(command: Command, path: string, shape: string, follow: boolean): string {
  const at = wanted(command, path);
  const found = (follow ? statSync : lstatSync)(at, { throwIfNoEntry: false });
  if (found === undefined) return refuse(`stat: cannot statx '${path}': No such file or directory`, 1);
  const owner = ownerOfPath(command, follow ? behind(at) : at);
  const type = found.isDirectory()
    ? "directory"
    : found.isSymbolicLink()
      ? "symbolic link"
      : found.size === 0
        ? "regular empty file"
        : "regular file";
  const values: Record<string, string> = {
    u: `${owner.uid}`,
    g: `${owner.gid}`,
    U: owner.uid === 0 ? "root" : "UNKNOWN",
    a: (found.mode & 0o7777).toString(8),
    s: `${found.size}`,
    Y: `${Math.floor(found.mtimeMs / 1000)}`,
    F: type,
    n: path,
    N: `'${path}'`,
    h: `${found.nlink}`,
    i: `${found.ino}`,
    A: "",
  };
  return shape.replace(/%([a-zA-Z])/g, (_, letter: string) => values[letter] ?? "?");
}

function diskOf(command: Command, path: string): { readonly path: string; readonly signature?: string } {
  const at = hostPath(command.machine, path);
  const disk = command.machine.state.disks.find((other) => other.path === at);
  if (disk === undefined && callerFile(command, path) === undefined)
    refuse(`probing initialization failed: ${path}: No such file or directory`, 1);
  return disk ?? { path: at };
}

/**
 * `wipefs --no-act --noheadings --output TYPE FILE...`: the signatures of disks, one in a line. Wiping, and its other columns, are
 * unknown. Its `-o` is an offset and no list of columns, as in util-linux 2.38 to 2.41.
 */
export function wipefs(command: Command, argv: readonly string[]): void {
  const unknown = (): never => refuse(`simulated host: unknown: wipefs ${argv.join(" ")}`, 127);
  const paths = argv.filter((word) => word.startsWith("/"));
  const words = new Set(argv.filter((word) => !word.startsWith("/")));
  const looksOnly = words.delete("-n") || words.delete("--no-act");
  const isBare = words.delete("-i") || words.delete("--noheadings");
  const offset = argv[argv.findIndex((word) => word === "-o" || word === "--offset") + 1];
  if (words.has("-o") || words.has("--offset")) refuse(`invalid offset argument: '${offset}': Invalid argument`, 1);
  if (!looksOnly || !isBare || !(words.delete("-O") || words.delete("--output")) || !words.delete("TYPE")) unknown();
  if (words.size > 0 || paths.length === 0) unknown();
  for (const path of paths) {
    const { signature } = diskOf(command, path);
    if (signature !== undefined) command.print(signature);
  }
}

/** `blkid FILE...`: 2 when nothing is known of the disk. */
export function blkid(command: Command, argv: readonly string[]): void {
  const path =
    argv.find((word) => word.startsWith("/")) ?? refuse("simulated host: unknown: blkid without a device", 127);
  const { signature } = diskOf(command, path);
  if (signature === undefined) return refuse("", 2);
  command.print(argv.includes("value") ? signature : `${path}: TYPE="${signature}"`);
}

/** `lsblk -no FSTYPE FILE` */
export function lsblk(command: Command, argv: readonly string[]): void {
  const path =
    argv.find((word) => word.startsWith("/")) ?? refuse("simulated host: unknown: lsblk without a device", 127);
  command.print(diskOf(command, path).signature ?? "");
}

/** `sha256sum` and `sha512sum`: of a simulated image the checksum that it is to have; anything else is left to the real one. */
export function checksum(
  algorithm: "sha256" | "sha512",
): (command: Command, argv: readonly string[]) => Handover | undefined {
  return (command, argv) => {
    const words = argv.filter((word) => word !== "--");
    const paths = words.filter((word) => !word.startsWith("-"));
    const stdin = words.length === 0 ? standardInput(command) : undefined;
    const files = stdin === undefined ? paths.map((path) => wanted(command, path)) : [stdin];
    const images = files.map((path) =>
      lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? readImage(path) : undefined,
    );
    if (images.length === 0 || images.some((image) => image === undefined) || paths.length < words.length)
      return { real: `${algorithm}sum` };
    images.forEach((image, i) =>
      command.print(`${image?.[algorithm] ?? digest(algorithm, files[i] ?? "")}  ${paths[i] ?? "-"}`),
    );
    return undefined;
  };
}

/** `xz -dc FILE` and its like: of a simulated image that is packed what it holds; anything else is left to the real one. */
export function unpacker(program: string): (command: Command, argv: readonly string[]) => Handover | undefined {
  return (command, argv) => {
    const [flags] = argv;
    const path = argv.at(-1) ?? "";
    const file = wanted(command, path);
    const image = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readImage(file) : undefined;
    if (flags !== "-dc" || image === undefined) return { real: program };
    if (image.packed !== program) return refuse(`${program}: ${path}: File format not recognized`, 1);
    command.print(imageText({ size: image.size }).trimEnd());
    return undefined;
  };
}

function digest(algorithm: string, path: string): string {
  return createHash(algorithm)
    .update(path.split("/").at(-1) ?? path)
    .digest("hex");
}

function standardInput(command: Command): string | undefined {
  try {
    return readlinkSync(`/proc/${command.pid}/fd/0`);
  } catch {
    return undefined;
  }
}

/** `id -u`: root. */
export function id(command: Command, argv: readonly string[]): Handover | undefined {
  if (argv.join(" ") !== "-u") return { real: "id" };
  command.print("0");
  return undefined;
}

/** `perl`: checks over the network are answered from the state; anything else is left to the real one. */
export function perl(command: Command, argv: readonly string[]): Handover | undefined {
  const modules = argv.find((word) => /IO::Socket|HTTP::Tiny/.test(word));
  if (modules === undefined) return { real: "perl" };
  const script = argv.indexOf("-e");
  const words = argv.slice(script + 2);
  const url = words.find((word) => /^https?:\/\//.test(word));
  if (url !== undefined) httpCheck(command, url, Number(words[words.indexOf(url) + 1] ?? 200));
  else {
    const host = words.find((word) => isIP(word) > 0 || /^[A-Za-z]/.test(word)) ?? "";
    if (!listens(command, host, Number(words[words.indexOf(host) + 1]))) refuse("", 1);
  }
  return undefined;
}

function httpCheck(command: Command, url: string, status: number): void {
  const { pages, manners } = command.machine.state;
  const page = pages[url];
  if (page !== undefined) {
    if (!isRunning(command.machine, page.guest) || page.status !== status) refuse("", 1);
    return;
  }
  const { hostname, port, protocol } = new URL(url);
  const at = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const guest = guestAt(command, hostname);
  const answer = guest === undefined ? 200 : (manners[guest]?.httpStatus ?? 200);
  if (!listens(command, hostname, at) || answer !== status) refuse("", 1);
}

/** Whether somebody answers at an address: a running guest does on every port that is not closed. */
function listens(command: Command, host: string, port: number): boolean {
  const guest = guestAt(command, host);
  if (guest === undefined) return host === "127.0.0.1" || host === "localhost";
  return (
    isRunning(command.machine, guest) && command.machine.state.manners[guest]?.closedPorts?.includes(port) !== true
  );
}

/** The guest with an address, or with a name. */
function guestAt({ machine }: Command, host: string): number | undefined {
  const has = (value: string): boolean =>
    value.split(",").some((part) => /^ip6?=/.test(part) && part.split(/[=/]/)[1] === host);
  return listGuests(machine).find(({ kind, id: guest, name }) => {
    if (name === host) return true;
    const options = findConfig(machine, kind, guest)?.current.options ?? new Map<string, string>();
    return [...options].some(([option, value]) => /^(?:net|ipconfig)\d+$/.test(option) && has(value));
  })?.id;
}
