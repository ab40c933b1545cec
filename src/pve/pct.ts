import { atOnce, CORES, guestOptions, MEMORY, MIB, netDocs, netKeys, pending, setCall } from "./common.js";
import * as o from "./spec.js";

const idmap = o.matching(/passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(?:;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*/);
const flag = "(?:discard|lazytime|noatime|nodev|noexec|nosuid)";
const printable = /[^\x00-\x08\x0a-\x1F\x7F]+/;

const volumeKeys = {
  acl: o.bool,
  idmap,
  mountoptions: o.matching(new RegExp(`${flag}(?:;${flag})*`)),
  quota: o.bool,
  replicate: o.bool,
  ro: o.told(o.bool, "Mount it read-only."),
  shared: o.bool,
  size: o.format("disk-size"),
  volume: o.format("pve-lxc-mp"),
};

/** The form of `rootfs`. */
export const rootfsFormat: o.PropertyFormat = { defaultKey: "volume", required: ["volume"], keys: volumeKeys };

/** The form of `mpN`. */
export const mountFormat: o.PropertyFormat = {
  defaultKey: "volume",
  required: ["mp", "volume"],
  keys: {
    ...volumeKeys,
    backup: o.told(o.bool, "Whether backups include it."),
    keepattrs: o.bool,
    mp: o.told(o.format("pve-lxc-mp"), "Where the container mounts it."),
  },
};

/** The form of `netN`. */
export const ctNetFormat: o.PropertyFormat = {
  required: ["name"],
  keys: {
    ...netKeys,
    bridge: o.told(o.matching(/[-_.\w\d]+/), netDocs.bridge),
    gw: o.format("ipv4"),
    gw6: o.format("ipv6"),
    "host-managed": o.bool,
    hwaddr: o.told(o.format("mac-addr"), netDocs.mac),
    ip: o.format("pve-lxc-ip"),
    ip6: o.format("pve-lxc-ip6"),
    mtu: o.told(o.int(64, 65535), netDocs.mtu),
    name: o.told(o.matching(/[-_.\w\d]+/), "The interface's name inside. Default: `eth0`, `eth1`, ..."),
    rate: o.told(o.num(), netDocs.rate),
    trunks: o.matching(/\d+(?:;\d+)*/),
    type: o.oneOf("veth"),
  },
};

/** The form of `devN`. */
export const deviceFormat: o.PropertyFormat = {
  defaultKey: "path",
  required: [],
  keys: {
    "deny-write": o.bool,
    gid: o.told(o.int(0), "Its group inside."),
    mode: o.told(o.matching(/0[0-7]{3}/, { describe: "an octal mode such as 0660" }), "Its access mode inside."),
    path: o.format("pve-lxc-dev"),
    uid: o.told(o.int(0), "Its owner inside."),
  },
};

/** What the file of a container may hold and `pct set` takes. */
export const pctConfig: o.Options = {
  ...guestOptions,
  arch: o.oneOf("amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"),
  cmode: o.told(o.oneOf("shell", "console", "tty"), "What the console of the web interface attaches to.", pending),
  console: o.told(o.bool, "Attach a console device.", pending),
  cores: o.told(o.int(1, 8192), CORES, atOnce),
  cpulimit: o.told(o.num(0, 8192), "The CPU time limit, in cores.", atOnce),
  cpuunits: o.told(o.int(0, 500000), "The CPU weight.", atOnce),
  debug: o.told(o.bool, "Start with a verbose log.", pending),
  "dev[n]": o.upTo(255, { type: "string", keys: deviceFormat }),
  entrypoint: o.matching(printable),
  env: o.matching(/(?:\w+=[^\x00-\x08\x0a-\x1F\x7F]*)(?:\0\w+=[^\x00-\x08\x0a-\x1F\x7F]*)*/),
  features: o.property(undefined, {
    force_rw_sys: o.bool,
    fuse: o.told(o.bool, "Allow FUSE file systems."),
    keyctl: o.told(o.bool, "Allow the keyctl system call."),
    mknod: o.told(o.bool, "Allow making some device nodes."),
    mount: o.told(o.matching(/[a-zA-Z0-9_; ]+/), "The types of file systems that may be mounted inside."),
    nesting: o.told(o.bool, "Allow containers inside the container."),
  }),
  hostname: o.told(o.format("dns-name", { maxLength: 255 }), "The host name.", atOnce),
  lock: {
    ...o.oneOf(
      "backup",
      "create",
      "destroyed",
      "disk",
      "fstrim",
      "migrate",
      "mounted",
      "rollback",
      "snapshot",
      "snapshot-delete",
    ),
    ...atOnce,
  },
  memory: o.told(o.int(16), MEMORY, { unit: MIB, ...atOnce }),
  "mp[n]": o.upTo(255, { type: "string", keys: mountFormat }),
  nameserver: o.format("ip", { list: true }),
  "net[n]": o.upTo(31, { type: "string", keys: ctNetFormat, ...atOnce }),
  ostype: o.told(
    o.oneOf(
      "debian",
      "devuan",
      "ubuntu",
      "centos",
      "fedora",
      "opensuse",
      "archlinux",
      "alpine",
      "gentoo",
      "nixos",
      "unmanaged",
    ),
    "The operating system, which decides how Proxmox sets up networking inside.",
    pending,
  ),
  rootfs: { type: "string", keys: rootfsFormat },
  searchdomain: o.format("dns-name", { list: true }),
  swap: o.told(o.int(0), "The swap space, in whole MiB.", { unit: MIB, ...atOnce }),
  timezone: o.told(o.format("pve-ct-timezone"), "The time zone, or `host`.", pending),
  tty: o.told(o.int(0, 6), "The number of terminals.", pending),
  unprivileged: o.told(
    o.bool,
    "Run it in a user namespace. Decided when it is made; default for new containers: true.",
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
