import { contentOf, keepsFiles, printStorageConfig, type Storage, storagePath } from "../config/storage-config.js";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { argument, type Call, readCallerFile, vmid } from "../host/command.js";
import { readImage } from "../host/images.js";
import { type Machine, machinePath, random, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { splitList } from "../../pve/check.js";
import { findStorage, getStorage, parseVolume, storages, volumePath } from "../storage/volume-names.js";
import { allocate, freeVolume, listVolumes, volumeExists, volumeSize } from "../storage/volumes.js";
import { parseSize } from "../storage/sizes.js";
import { storageTypes } from "../../pve/storage.js";
import { compareText } from "../../text/order.js";

function writeStorages(machine: Machine, all: readonly Storage[]): void {
  writeHostFile(machine, "/etc/pve/storage.cfg", printStorageConfig(all));
}

/** A content list in no stable order: Proxmox keeps it in a hash. */
function shuffled(machine: Machine, value: string): string {
  const left = splitList(value).filter((word, i, all) => all.indexOf(word) === i);
  const result: string[] = [];
  while (left.length > 0) result.push(...left.splice(Math.floor(random(machine) * left.length), 1));
  return result.join(",");
}

function givenOptions(call: Call): Map<string, string> {
  const own = new Set([...call.args.spec.positional, "delete", "digest"]);
  const given = [...call.args.values].filter(([name]) => !own.has(name));
  return new Map(given.map(([name, value]) => [name, name === "content" ? shuffled(call.machine, value) : value]));
}

function checkContent(storage: Pick<Storage, "type">, options: ReadonlyMap<string, string>, verb: string): void {
  const allowed = storageTypes[storage.type]?.content ?? [];
  for (const word of splitList(options.get("content") ?? ""))
    if (!allowed.includes(word)) refuse(`${verb} storage failed: storage does not support content type '${word}'`);
}

/**
 * What is kept in files that only root reads: a password comes from standard input, one line of it; keys from files that the
 * options name. storage.cfg says of a key that it is there, and of a password nothing.
 */
async function keepSecrets(call: Call, type: string, id: string, options: Map<string, string>): Promise<void> {
  const keep = (path: string, text: string): void => writeHostFile(call.machine, `/etc/pve/priv/${path}`, text);
  if (call.args.prompts.includes("password")) {
    const [password = ""] = (await call.stdin()).toString("utf8").split("\n");
    if (password === "") refuse("EOF while reading password");
    keep(`storage/${id}.pw`, type === "cifs" ? `password=${password}\n` : type === "esxi" ? password : `${password}\n`);
  }
  const key = options.get("encryption-key");
  if (key !== undefined) {
    const text = key === "autogen" ? `{"data":"${id}","fingerprint":"01:02"}` : await readCallerFile(call, key);
    if (!text.includes('"data"')) refuse("Value does not seems like a valid, JSON formatted encryption key!");
    keep(`storage/${id}.enc`, `${text}\n`);
    options.set("encryption-key", /"fingerprint":\s*"([^"]+)"/.exec(text)?.[1] ?? "1");
  }
  const ring = options.get("keyring");
  if (ring !== undefined) {
    const text = (await readCallerFile(call, ring)).replace(/\n$/, "");
    keep(`ceph/${id}.${type === "cephfs" ? "secret" : "keyring"}`, `${text}\n`);
    options.delete("keyring");
  }
  const pub = options.get("master-pubkey");
  if (pub === undefined) return;
  keep(`storage/${id}.master.pem`, await readCallerFile(call, pub));
  options.set("master-pubkey", "1");
}

/** `pvesm add` */
export async function pvesmAdd(call: Call): Promise<void> {
  const { machine } = call;
  const [type, id] = [argument(call, "type"), argument(call, "storage")];
  const known = storageTypes[type] ?? refuse(`simulated host: unknown storage type '${type}'`, 127);
  const options = givenOptions(call);
  if (known.mounted === true && !options.has("path")) options.set("path", `/mnt/pve/${id}`);
  for (const name of known.fixed) if (!options.has(name)) refuse(`missing value for required option '${name}'`, 2);
  for (const name of options.keys())
    if (!known.fixed.includes(name) && !known.options.includes(name))
      throw parameterRefusal(call.args.spec, [{ name, message: `unexpected property '${name}'` }], 255);
  checkContent({ type }, options, "create");
  if (findStorage(machine, id) !== undefined) refuse(`create storage failed: storage ID '${id}' already defined`);
  await keepSecrets(call, type, id, options);
  const storage: Storage = { type, id, options };
  if (options.has("mkdir"))
    call.warn(
      `NOTE: The 'mkdir' option set for '${id}' is deprecated and will be removed in Proxmox VE 9. Use 'create-base-path' or 'create-subdirs' instead.`,
    );
  writeStorages(machine, [...storages(machine), storage]);
  if (keepsFiles(storage)) mkdirSync(machinePath(machine, storagePath(storage)), { recursive: true });
}

/** `pvesm set` */
export async function pvesmSet(call: Call): Promise<void> {
  const { machine } = call;
  const all = storages(machine);
  const id = argument(call, "storage");
  const storage =
    all.find((other) => other.id === id) ?? refuse(`update storage failed: storage '${id}' does not exist`);
  const known = storageTypes[storage.type];
  const options = givenOptions(call);
  for (const [name, value] of options) {
    if (known?.fixed.includes(name) === true) {
      if (storage.options.get(name) !== value)
        refuse(`update storage failed: can't change value of fixed parameter '${name}'`);
    } else if (known !== undefined && !known.options.includes(name))
      refuse(`update storage failed: unexpected property '${name}'`);
  }
  checkContent(storage, options, "update");
  await keepSecrets(call, storage.type, id, options);
  for (const [name, value] of options) storage.options.set(name, value);
  for (const name of splitList(call.args.values.get("delete") ?? "")) {
    if (known?.fixed.includes(name) === true)
      refuse(`update storage failed: unable to delete required option '${name}'`);
    storage.options.delete(name);
  }
  writeStorages(machine, all);
}

/** `pvesm remove` */
export function pvesmRemove(call: Call): void {
  const id = argument(call, "storage");
  const all = storages(call.machine);
  if (!all.some((storage) => storage.id === id)) refuse(`delete storage failed: storage '${id}' does not exist`);
  writeStorages(
    call.machine,
    all.filter((storage) => storage.id !== id),
  );
}

/** `pvesm status` */
export function pvesmStatus(call: Call): void {
  const only = call.args.values.get("storage");
  if (only !== undefined && findStorage(call.machine, only) === undefined)
    throw parameterRefusal(call.args.spec, [{ name: "storage", message: "No such storage." }], 255);
  const content = splitList(call.args.values.get("content") ?? "");
  const shown = storages(call.machine)
    .filter(({ id }) => only === undefined || id === only)
    .filter((storage) => content.length === 0 || content.some((word) => contentOf(storage).has(word)))
    .filter(({ options }) => call.args.values.get("enabled") !== "1" || options.get("disable") !== "1")
    .sort((a, b) => compareText(a.id, b.id));
  const width = Math.max(4, ...shown.map(({ id }) => id.length)) + 1;
  const row = (c: readonly string[]): string =>
    `${(c[0] ?? "").padEnd(width)} ${(c[1] ?? "").padStart(10)} ${(c[2] ?? "").padStart(10)} ${(c[3] ?? "").padStart(15)} ${(c[4] ?? "").padStart(15)} ${(c[5] ?? "").padStart(15)} ${(c[6] ?? "").padStart(8)}`;
  call.print(row(["Name", "Type", "Status", "Total (KiB)", "Used (KiB)", "Available (KiB)", "%"]));
  for (const storage of shown) call.print(row(statusCells(call.machine, storage)));
}

function statusCells(machine: Machine, storage: Storage): string[] {
  if (storage.options.get("disable") === "1") return [storage.id, storage.type, "disabled", "0", "0", "0", "N/A"];
  const pool = storage.options.get("pool");
  if (pool !== undefined && machine.state.datasets[pool] === undefined)
    return [storage.id, storage.type, "inactive", "0", "0", "0", "0.00%"];
  const total = Math.floor((machine.state.pools[pool?.split("/")[0] ?? ""]?.size ?? 264212084 * 1024) / 1024);
  return [storage.id, storage.type, "active", `${total}`, "2280", `${total - 2280}`, "0.00%"];
}

/** `pvesm list` */
export function pvesmList(call: Call): void {
  const { machine } = call;
  const storage = getStorage(machine, argument(call, "storage"));
  const [content, owner] = [call.args.values.get("content"), call.args.values.get("vmid")];
  const volumes = [...listVolumes(machine, storage), ...listFiles(machine, storage)]
    .map((volid) => ({ volid, ...parseVolume(machine, volid) }))
    .filter((volume) => content === undefined || volume.content === content)
    .filter((volume) => owner === undefined || volume.owner === Number(owner));
  const sizeOf = (volid: string): string => `${volumeSize(machine, volid) || fileSize(machine, volid)}`;
  const width = Math.max(5, ...volumes.map(({ volid }) => volid.length));
  const sizes = Math.max(4, ...volumes.map(({ volid }) => sizeOf(volid).length));
  call.print(`${"Volid".padEnd(width)} ${"Format".padEnd(7)} ${"Type".padEnd(9)} ${"Size".padStart(sizes)} VMID`);
  for (const { volid, format, content: type, owner: id } of volumes)
    call.print(
      `${volid.padEnd(width)} ${format.padEnd(7)} ${type.padEnd(9)} ${sizeOf(volid).padStart(sizes)} ${id ?? ""}`.trimEnd(),
    );
}

/** Bytes of a file on a storage; a simulated image has the size that it says. */
function fileSize(machine: Machine, volid: string): number {
  const at = machinePath(machine, volumePath(machine, volid));
  return readImage(at)?.size ?? statSync(at).size;
}

/** Images, templates and snippets on a file storage. */
function listFiles(machine: Machine, storage: Storage): string[] {
  if (!keepsFiles(storage)) return [];
  const folders = [
    ["iso", "template/iso"],
    ["vztmpl", "template/cache"],
    ["snippets", "snippets"],
  ] as const;
  return folders.flatMap(([content, folder]) => {
    const at = machinePath(machine, `${storagePath(storage)}/${folder}`);
    const there = statSync(at, { throwIfNoEntry: false }) !== undefined && contentOf(storage).has(content);
    return there
      ? readdirSync(at)
          .sort()
          .map((name) => `${storage.id}:${content}/${name}`)
      : [];
  });
}

/** `pvesm alloc` */
export function pvesmAlloc(call: Call): void {
  const { machine } = call;
  const storage = getStorage(machine, argument(call, "storage"));
  const name = argument(call, "filename");
  const size = argument(call, "size");
  const bytes = /\d$/.test(size) ? Number(size) * 1024 : (parseSize(size) ?? 0);
  const extension = /\.(raw|qcow2|vmdk)$/.exec(name)?.[1];
  const format = call.args.values.get("format") ?? extension ?? (name.startsWith("subvol-") ? "subvol" : "raw");
  const plain = extension === undefined ? name : name.slice(0, -extension.length - 1);
  const volid = allocate(machine, {
    storage,
    owner: vmid(call),
    bytes,
    format,
    ...(name === "" ? {} : { name: plain }),
  });
  call.print(`successfully created '${volid}'`);
}

/** `pvesm free`: ends with 0 for a volume that is not there. */
export function pvesmFree(call: Call): void {
  const { machine } = call;
  const given = argument(call, "volume");
  const volid = given.includes(":") ? given : `${call.args.values.get("storage") ?? ""}:${given}`;
  parseVolume(machine, volid);
  if (volumeExists(machine, volid)) freeVolume(machine, volid);
  else call.warn(`disk image '${volumePath(machine, volid)}' does not exist`);
  call.print(`Removed volume '${volid}'`);
}

/** `pvesm path` */
export function pvesmPath(call: Call): void {
  call.print(volumePath(call.machine, argument(call, "volume")));
}

/** `pveam update` */
export function pveamUpdate(call: Call): void {
  call.print("update successful");
}

/** `pveam list` */
export function pveamList(call: Call): void {
  const storage = getStorage(call.machine, argument(call, "storage"));
  call.print(`${"NAME".padEnd(60)} SIZE`);
  for (const volid of listFiles(call.machine, storage).filter((name) => name.includes(":vztmpl/")))
    call.print(`${volid.padEnd(60)} 120.00MB`);
}

/** `pveam download`: any name of a template archive is offered. */
export function pveamDownload(call: Call): void {
  const storage = getStorage(call.machine, argument(call, "storage"));
  const template = argument(call, "template");
  if (!contentOf(storage).has("vztmpl")) refuse(`storage '${storage.id}' does not support templates`);
  if (!/^[\w.+-]+\.tar\.(?:gz|xz|zst)$/.test(template))
    throw parameterRefusal(call.args.spec, [{ name: "template", message: "no such template" }], 255);
  const path = `${storagePath(storage)}/template/cache/${template}`;
  call.print(`downloading http://download.proxmox.com/images/system/${template} to ${path}`);
  writeHostFile(call.machine, path, `template ${template}\n`);
  call.print(`download of 'http://download.proxmox.com/images/system/${template}' to '${path}' finished`);
}
