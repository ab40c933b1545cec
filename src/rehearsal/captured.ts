import type { CapturedHost } from "../model/captured.js";
import { compareText } from "../text/order.js";
import { type GuestConfig, parseGuestConfig, type Section } from "./config/guest-config.js";
import { keepsFiles, parseStorageConfig, type Storage, storagePath } from "./config/storage-config.js";
import { emptyHost, FRESH_ACCOUNTS, type HostState, type Volume } from "./state.js";
import { contentFolders } from "./storage/volume-names.js";

/** A simulated host that is like a captured one. What was only looked at is a file, or a folder, of that size and owner. */
export function capturedState(host: CapturedHost): HostState {
  const { node, version } = host;
  const state: HostState = {
    ...emptyHost({ node, version, devices: host.devices }),
    nics: [...host.nics],
    bridges: host.bridges.map((bridge) => ({ ...bridge })),
    disks: host.disks.map(({ path, size, signature }) => ({
      path,
      ...(size === 0 ? {} : { size }),
      ...(signature === "" ? {} : { signature }),
    })),
    files: { ...FRESH_ACCOUNTS, ...host.files },
    running: Object.fromEntries(host.running.map((id) => [id, 10000 + id])),
    elsewhere: host.elsewhere.map((guest) => ({ ...guest })),
  };
  addPools(state, host);
  addPaths(state, host);
  addVolumes(state, host);
  for (const config of guestConfigs(host)) addGuestVolumes(state, config);
  return state;
}

function addPools(state: HostState, { pools, datasets }: CapturedHost): void {
  for (const [name, { size, ashift, parts, properties }] of Object.entries(pools))
    state.pools[name] = {
      parts: parts.map((part) => ({ ...part, disks: [...part.disks] })),
      properties: { ashift: `${ashift}`, ...properties },
      size,
    };
  for (const [name, { type, properties, volsize, snapshots, origin }] of Object.entries(datasets))
    state.datasets[name] = {
      type,
      properties: { ...properties },
      ...(type === "volume" ? { volsize } : {}),
      snapshots: [...snapshots],
      ...(origin === "" ? {} : { origin }),
    };
}

function addPaths(state: HostState, { paths }: CapturedHost): void {
  for (const [path, { kind, size, uid, gid }] of Object.entries(paths)) {
    if (kind === "directory") state.directories.push(path);
    else if (kind === "file" && size > 0) state.images[path] = { size };
    else if (kind === "other" && path.startsWith("/dev/")) state.devices.push(path);
    else state.files[path] ??= "";
    if (uid !== 0 || gid !== 0) state.owners[path] = { uid, gid };
  }
}

/** Volumes of guests by their ids, other files of storages by where they lie. */
function addVolumes(state: HostState, { volumes }: CapturedHost): void {
  const storages = new Map(parseStorageConfig(state.files["/etc/pve/storage.cfg"] ?? "").map((one) => [one.id, one]));
  for (const [volid, { size, format }] of Object.entries(volumes)) {
    const storage = storages.get(volid.slice(0, volid.indexOf(":")));
    if (storage === undefined) continue;
    const path = volid.slice(volid.indexOf(":") + 1);
    const [content = "", name] = path.split("/");
    const folder = contentFolders[content];
    if (folder !== undefined) addFile(state, `${storagePath(storage)}/${folder}/${name ?? ""}`, size);
    else addVolume(state, storage, path, { size, format, snapshots: [] });
  }
}

/** A file that was read as well keeps its text. */
function addFile(state: HostState, path: string, size: number): void {
  if (state.files[path] === undefined && size > 0) state.images[path] = { size };
}

function addVolume(state: HostState, storage: Storage, path: string, volume: Volume): void {
  const key = keyOf(`${storage.id}:${path}`).key;
  state.volumes[key] = volume;
  if (keepsFiles(storage))
    state.files[`${storagePath(storage)}/images/${key.slice(storage.id.length + 1)}`] = `volume ${key}\n`;
}

/** A volume id without the base that it is a clone of, and that base: `a:base-1-disk-0/vm-2-disk-0`, `b:1/base.raw/2/vm.raw`. */
function keyOf(volid: string): { readonly key: string; readonly base?: string } {
  const colon = volid.indexOf(":") + 1;
  const parts = volid.slice(colon).split("/");
  const own = parts.length === 4 || (parts.length === 2 && /^\d+$/.test(parts[0] ?? "")) ? 2 : 1;
  const key = volid.slice(0, colon) + parts.slice(-own).join("/");
  return parts.length === own ? { key } : { key, base: volid.slice(0, colon) + parts.slice(0, -own).join("/") };
}

function guestConfigs({ node, files }: CapturedHost): readonly GuestConfig[] {
  const folders = [`/etc/pve/nodes/${node}/qemu-server/`, `/etc/pve/nodes/${node}/lxc/`];
  return Object.entries(files)
    .filter(([path]) => folders.some((folder) => path.startsWith(folder)))
    .map(([, text]) => parseGuestConfig(text));
}

/** What only a guest's configuration tells about its volumes: their bases and snapshots. */
function addGuestVolumes(state: HostState, { current, snapshots }: GuestConfig): void {
  for (const volid of volumeIds(current)) {
    const { key, base } = keyOf(volid);
    const volume = state.volumes[key];
    if (volume !== undefined && base !== undefined) volume.base = base;
  }
  const time = (section: Section): number => Number(section.options.get("snaptime") ?? 0);
  const inOrder = [...snapshots].toSorted(([a, x], [b, y]) => time(x) - time(y) || compareText(a, b));
  for (const [name, section] of inOrder)
    for (const volid of volumeIds(section)) state.volumes[keyOf(volid).key]?.snapshots.push(name);
}

function volumeIds({ options }: Section): string[] {
  return [...options.values()].flatMap((value) => /^[A-Za-z][\w.-]*:[^,\s]+/.exec(value)?.[0] ?? []);
}
