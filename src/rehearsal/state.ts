/** What an empty host has, in the words of {@link emptyHost}. */
export interface HostOptions {
  /** The node's name; `pve` unless given. */
  readonly node?: string;
  /** Of pve-manager, as 9.2.11. */
  readonly version?: string;
  readonly bridges?: readonly string[];
  /** Network cards, by their names. */
  readonly nics?: readonly string[];
  /** Sections of storage.cfg besides `local`. */
  readonly storages?: readonly StorageSection[];
  /** Device files, as `/dev/nvidia0`. */
  readonly devices?: readonly string[];
  readonly disks?: readonly SimulatedDisk[];
  /** Files of images and templates that are on the host. */
  readonly images?: readonly (string | ImageFile)[];
  /** What `wget` can fetch besides: any other address gives a file of the default size. */
  readonly downloads?: Readonly<Record<string, Download>>;
  /** What URLs answer. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Other files of the host, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  /** The generator's start; the same seed gives the same MACs and uuids. */
  readonly seed?: number;
}

/** A section of storage.cfg. */
export interface StorageSection {
  readonly type: string;
  readonly id: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface SimulatedDisk {
  readonly path: string;
  /** Bytes. */
  readonly size?: number;
  /** What `wipefs` finds: `ext4`, `zfs_member`, ... */
  readonly signature?: string;
}

export interface ImageFile {
  readonly path: string;
  /** Virtual size in bytes. */
  readonly size?: number;
  /** What `sha256sum` and `sha512sum` say of it, hexadecimal. */
  readonly sha256?: string;
  readonly sha512?: string;
}

export interface Download {
  readonly size?: number;
  readonly sha256?: string;
  readonly sha512?: string;
  /** The program that it has to be unpacked with. */
  readonly packed?: string;
  /** `wget` ends with this code instead. */
  readonly fails?: number;
}

/** A page that a guest serves while it runs. */
export interface Page {
  readonly guest: number;
  readonly status: number;
}

/** A ZFS dataset. */
export interface Dataset {
  type: "filesystem" | "volume";
  /** Set here, not inherited; the values as `zfs get` prints them. */
  properties: Record<string, string>;
  /** Bytes of a volume. */
  volsize?: number;
  snapshots: string[];
  /** The snapshot that it is a clone of. */
  origin?: string;
  /** Its key; those below it without one use it, too. */
  key?: string;
  /** The key is not loaded. */
  locked?: boolean;
  /** It is not mounted, although it could be. */
  unmounted?: boolean;
  /** What others than root may do with it, and with those below it: by `user ada`, `everyone`, `@ops`, empty for creators. */
  allowed?: Record<string, { readonly local: readonly string[]; readonly below: readonly string[] }>;
}

/** A part of a pool: a disk of its own, or several that are joined. */
export interface PoolPart {
  role: "data" | "log" | "cache" | "special" | "dedup" | "spare";
  /** `disk`, `mirror`, `raidz1`, `draid2:4d:11c:1s`, ... */
  type: string;
  /** By path, as they were named. */
  disks: string[];
}

export interface Pool {
  /** Empty: it is not known what the pool is made of. */
  parts: PoolPart[];
  properties: Record<string, string>;
  /** Bytes. */
  size: number;
}

/** A volume on a storage that is not ZFS, by volume id. */
export interface Volume {
  /** Bytes. */
  size: number;
  format: string;
  snapshots: string[];
  /** The volume that it is a linked clone of. */
  base?: string;
}

/** What a guest says to what is run in it. */
export interface GuestAnswer {
  readonly guest: number;
  /** The command line, joined by blanks, begins with this; empty: any. */
  readonly command: string;
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** How a guest differs from one that does as it is told. */
export interface GuestManner {
  /** Whether the guest agent answers; a number: after so many questions. */
  readonly agent?: boolean | number;
  /** Refuses to give up disks while running. */
  readonly refusesUnplug?: boolean;
  /** Does not react to a shutdown. */
  readonly ignoresShutdown?: boolean;
  /** TCP ports on which nobody listens; all others answer while it runs. */
  readonly closedPorts?: readonly number[];
  /** How often work in it is asked for before it has ended. */
  readonly slowWork?: number;
  /** What an HTTP request gets; 200 unless given. */
  readonly httpStatus?: number;
}

/** The whole host as plain data. Guests' configurations are files, as on a real host. */
export interface HostState {
  node: string;
  version: string;
  /** State of the generator. */
  seed: number;
  /** Seconds since 1970; one more with each command. */
  clock: number;
  bridges: { name: string; mtu: number }[];
  nics: string[];
  /** Addresses that answer no ping, whatever the network is. */
  silent: string[];
  /** Timers of systemd that were started, with what they run. */
  timers: { seconds: number; argv: readonly string[] }[];
  devices: string[];
  disks: SimulatedDisk[];
  pools: Record<string, Pool>;
  datasets: Record<string, Dataset>;
  volumes: Record<string, Volume>;
  /** Images that are there at the beginning, by path. */
  images: Record<string, { size: number; sha256?: string }>;
  downloads: Record<string, Download>;
  /** Text files, by absolute path; configurations of guests and storage.cfg among them. */
  files: Record<string, string>;
  directories: string[];
  timezone: string;
  /** Units of systemd that were ever named, by name. */
  units: Record<string, { active: boolean; enabled: boolean }>;
  /** Modes of files that are not 644, octal, by path. */
  modes: Record<string, string>;
  /** Owners that were given with `chown`, by path; anything else belongs to 0:0. */
  owners: Record<string, { uid: number; gid: number }>;
  /** Ids of running guests, each with the process id of a VM. */
  running: Record<string, number>;
  /** Guests of other nodes. */
  elsewhere: { id: number; kind: "vm" | "ct"; node: string }[];
  answers: GuestAnswer[];
  manners: Record<string, GuestManner>;
  /** What URLs answer while their guest runs; others by the address in them. */
  pages: Record<string, Page>;
  /** Files in guests, by guest id (of a snapshot `ID@NAME`) and path: what `pct push` wrote, and marks of work. */
  guestFiles: Record<string, Record<string, string>>;
  /** Work that was begun in guests, by guest id and name. */
  work: Record<string, Record<string, { mark: string; code: number; output: string; left: number }>>;
}

/** The release of pve-manager whose behaviour is simulated. */
export const SIMULATED_RELEASE = "9.2.11";

/** 3 GiB: the virtual size of an image that nothing else is known of. */
export const defaultImageSize = 3 * 1024 ** 3;

const localContent = "iso,vztmpl,backup,images,rootdir,snippets,import";

/** The accounts of a fresh system, as far as plans look at them. */
export const FRESH_ACCOUNTS: Readonly<Record<string, string>> = {
  "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\nadm:x:4:\nsudo:x:27:\nwww-data:x:33:\n",
  "/etc/shadow": "root:*:20000:0:99999:7:::\nwww-data:*:20000:0:99999:7:::\n",
};

/** A host fresh from the installer: node, `local`, and what the options add. */
export function emptyHost(options: HostOptions = {}): HostState {
  const images = (options.images ?? []).map((image) => (typeof image === "string" ? { path: image } : image));
  const storages = [
    { type: "dir", id: "local", options: { path: "/var/lib/vz", content: localContent } },
    ...(options.storages ?? []),
  ];
  return {
    node: options.node ?? "pve",
    version: options.version ?? SIMULATED_RELEASE,
    seed: options.seed ?? 1,
    clock: 1795300000,
    bridges: (options.bridges ?? ["vmbr0"]).map((name) => ({ name, mtu: 1500 })),
    nics: [...(options.nics ?? [])],
    silent: [],
    timers: [],
    devices: [...(options.devices ?? [])],
    disks: [...(options.disks ?? [])],
    pools: {},
    datasets: {},
    volumes: {},
    images: Object.fromEntries(images.map(({ path, ...rest }) => [path, { size: defaultImageSize, ...rest }])),
    downloads: { ...options.downloads },
    files: { "/etc/pve/storage.cfg": storages.map(sectionText).join("\n"), ...FRESH_ACCOUNTS, ...options.files },
    directories: [],
    timezone: "Etc/UTC",
    units: {},
    modes: {},
    owners: {},
    running: {},
    elsewhere: [],
    answers: [],
    manners: {},
    pages: { ...options.pages },
    guestFiles: {},
    work: {},
  };
}

function sectionText(section: StorageSection): string {
  const lines = Object.entries(section.options).map(([name, value]) => `\t${name} ${value}\n`);
  return `${section.type}: ${section.id}\n${lines.join("")}`;
}
