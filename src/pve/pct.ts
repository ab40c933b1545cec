import { atOnce, CORES, CPU_UNITS, guestOptions, MEMORY, MIB, netDocs, netKeys, pending, setCall } from "./common.js";
import * as o from "./spec.js";

const idmap = o.matching(/passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(?:;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*/, {
  doc: "How ids are mapped on this volume alone.",
  describe: "`passthrough`, or maps such as u:0:100000:65536;g:0:100000:65536",
});
const flag = "(?:discard|lazytime|noatime|nodev|noexec|nosuid)";
const printable = /[^\x00-\x08\x0a-\x1F\x7F]+/;

const volumeKeys = {
  acl: o.flag("Whether access control lists are on.", undefined),
  idmap,
  mountoptions: o.matching(new RegExp(`${flag}(?:;${flag})*`), {
    doc: "Further mount options, separated by semicolons.",
    describe: "some of discard, lazytime, noatime, nodev, noexec and nosuid, separated by semicolons",
  }),
  quota: o.flag("Whether quotas of users are on.", undefined),
  replicate: o.flag("Whether replication jobs copy it.", true),
  ro: o.flag("Mount it read-only.", undefined),
  shared: o.flag("Whether it is the same on all nodes, though its storage does not say so.", false),
  size: o.told(o.format("disk-size"), "The size, as Proxmox notes it; it changes by resizing only."),
  volume: o.told(o.format("pve-lxc-mp"), "The volume, or the path on the host; `STORAGE:GIB` allocates a volume."),
};

/** The form of `rootfs`. */
export const rootfsFormat: o.PropertyFormat = { defaultKey: "volume", required: ["volume"], keys: volumeKeys };

/** The form of `mpN`. */
export const mountFormat: o.PropertyFormat = {
  defaultKey: "volume",
  required: ["mp", "volume"],
  keys: {
    ...volumeKeys,
    backup: o.flag("Whether backups include it.", undefined),
    keepattrs: o.flag("Whether owner and mode of the mount point stay as they are in the container.", false),
    mp: o.told(o.format("pve-lxc-mp"), "Where the container mounts it."),
  },
};

/** The form of `netN`. */
export const ctNetFormat: o.PropertyFormat = {
  required: ["name"],
  keys: {
    ...netKeys,
    bridge: o.told(o.matching(/[-_.\w\d]+/), netDocs.bridge),
    gw: o.told(o.format("ipv4"), "The gateway of IPv4."),
    gw6: o.told(o.format("ipv6"), "The gateway of IPv6."),
    "host-managed": o.flag("Whether the host sets the addresses, not the container.", undefined, { since: "9.1" }),
    hwaddr: o.told(o.format("mac-addr"), netDocs.mac),
    ip: o.told(o.format("pve-lxc-ip"), "The IPv4 address with its prefix, `dhcp` or `manual`."),
    ip6: o.told(o.format("pve-lxc-ip6"), "The IPv6 address with its prefix, `dhcp`, `auto` or `manual`."),
    mtu: o.told(o.int(64, 65535), netDocs.mtu),
    name: o.told(o.matching(/[-_.\w\d]+/), "The interface's name inside. Default: `eth0`, `eth1`, ..."),
    rate: o.told(o.num(), netDocs.rate),
    trunks: o.matching(/\d+(?:;\d+)*/, { doc: netDocs.trunks, describe: "VLAN tags such as 10;20" }),
    type: o.told(o.oneOf("veth"), "The type of the interface, which is always this."),
  },
};

/** The form of `devN`. */
export const deviceFormat: o.PropertyFormat = {
  defaultKey: "path",
  required: [],
  keys: {
    "deny-write": o.flag("Forbid that the container writes to it.", false),
    gid: o.told(o.int(0), "Its group inside."),
    mode: o.told(o.matching(/0[0-7]{3}/, { describe: "an octal mode such as 0660" }), "Its access mode inside."),
    path: o.told(o.format("pve-lxc-dev"), "The device of the host."),
    uid: o.told(o.int(0), "Its owner inside."),
  },
};

const features = o.property(undefined, {
  force_rw_sys: o.flag("Mount `/sys` writable in an unprivileged container.", false),
  fuse: o.flag("Allow FUSE file systems.", false),
  keyctl: o.flag("Allow the keyctl system call.", false),
  mknod: o.flag("Allow making some device nodes.", false),
  mount: o.told(o.matching(/[a-zA-Z0-9_; ]+/), "The types of file systems that may be mounted inside."),
  nesting: o.flag("Allow containers inside the container.", false),
});

const LOCKS = "backup create destroyed disk fstrim migrate mounted rollback snapshot snapshot-delete";
const SYSTEMS = "debian devuan ubuntu centos fedora opensuse archlinux alpine gentoo nixos unmanaged";
const ENV = /(?:\w+=[^\x00-\x08\x0a-\x1F\x7F]*)(?:\0\w+=[^\x00-\x08\x0a-\x1F\x7F]*)*/;

/** What the file of a container may hold and `pct set` takes. */
export const pctConfig: o.Options = {
  ...guestOptions,
  arch: o.told(o.oneOf("amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"), "The architecture of its programs.", {
    default: "amd64",
    ...pending,
  }),
  cmode: o.told(o.oneOf("shell", "console", "tty"), "What the console of the web interface attaches to.", {
    default: "tty",
    ...pending,
  }),
  console: o.flag("Attach a console device.", true, pending),
  cores: o.told(o.int(1, 8192), CORES, atOnce),
  cpulimit: o.told(o.num(0, 8192), "The CPU time limit, in cores.", { default: 0, ...atOnce }),
  cpuunits: o.told(o.int(0, 500000), "The CPU weight.", { default: CPU_UNITS, ...atOnce }),
  debug: o.flag("Start with a verbose log.", false, pending),
  "dev[n]": o.told(o.upTo(255, { type: "string", keys: deviceFormat }), "A device of the host.", pending),
  entrypoint: o.told(o.matching(printable), "The command that it starts with.", {
    describe: "a command in one line",
    default: "/sbin/init",
    since: "9.1",
    ...pending,
  }),
  env: o.told(o.matching(ENV), "The environment of its first process: NAME=VALUE, further ones after a NUL.", {
    describe: "NAME=VALUE",
    since: "9.1",
    ...pending,
  }),
  features: o.told(features, "What the container is allowed beyond the usual.", pending),
  hostname: o.told(o.format("dns-name", { maxLength: 255 }), "The host name.", atOnce),
  lock: { ...o.oneOf(...LOCKS.split(" ")), ...atOnce },
  memory: o.told(o.int(16), MEMORY, { unit: MIB, default: 512, ...atOnce }),
  "mp[n]": o.told(o.upTo(255, { type: "string", keys: mountFormat }), "A volume or a directory of the host.", pending),
  nameserver: o.told(o.format("ip", { list: true }), "The name servers.", pending),
  "net[n]": o.told(o.upTo(31, { type: "string", keys: ctNetFormat }), "A network interface.", atOnce),
  ostype: o.told(
    o.oneOf(...SYSTEMS.split(" ")),
    "The operating system, which decides how Proxmox sets up networking inside.",
    pending,
  ),
  rootfs: o.told({ type: "string", keys: rootfsFormat }, "The root file system.", pending),
  searchdomain: o.told(o.format("dns-name", { list: true }), "The DNS search domains.", pending),
  swap: o.told(o.int(0), "The swap space, in whole MiB.", { unit: MIB, default: 512, ...atOnce }),
  timezone: o.told(o.format("pve-ct-timezone"), "The time zone, or `host`.", pending),
  tty: o.told(o.int(0, 6), "The number of terminals.", { default: 2, ...pending }),
  unprivileged: o.flag(
    "Run it in a user namespace. Decided when it is made; default for new containers: true.",
    false,
    { effect: "create-only" },
  ),
  "unused[n]": o.upTo(255, { ...o.property("volume", { volume: o.format("pve-volume-id") }, ["volume"]), ...atOnce }),
};

/** What only the creation takes. */
export const pctCreateOnly: o.Options = o.having("create-only", {
  bwlimit: o.num(0),
  force: o.bool,
  "ha-managed": o.bool,
  "ignore-unpack-errors": o.bool,
  password: o.text({ minLength: 5, prompts: true }),
  pool: o.format("pve-poolid"),
  restore: o.bool,
  "ssh-public-keys": o.text(),
  start: o.bool,
  storage: o.format("pve-storage-id"),
  unique: { type: "boolean", requires: "restore" },
});

/** What a call of `pct set` says besides options. */
export const pctSetOnly: o.Options = { ...setCall };
