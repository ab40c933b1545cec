import {
  bool,
  format,
  int,
  matching,
  num,
  oneOf,
  type Options,
  property,
  type PropertyFormat,
  text,
  upTo,
} from "../schema/spec.js";

const idmap = matching(/passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(?:;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*/);
const flag = "(?:discard|lazytime|noatime|nodev|noexec|nosuid)";
const printable = /[^\x00-\x08\x0a-\x1F\x7F]+/;

const volumeKeys = {
  acl: bool,
  idmap,
  mountoptions: matching(new RegExp(`${flag}(?:;${flag})*`)),
  quota: bool,
  replicate: bool,
  ro: bool,
  shared: bool,
  size: format("disk-size"),
  volume: format("pve-lxc-mp"),
};

/** The form of `rootfs`. */
export const rootfsFormat: PropertyFormat = { defaultKey: "volume", required: ["volume"], keys: volumeKeys };

/** The form of `mpN`. */
export const mountFormat: PropertyFormat = {
  defaultKey: "volume",
  required: ["mp", "volume"],
  keys: { ...volumeKeys, backup: bool, keepattrs: bool, mp: format("pve-lxc-mp") },
};

/** The form of `netN`. */
export const ctNetFormat: PropertyFormat = {
  required: ["name"],
  keys: {
    bridge: matching(/[-_.\w\d]+/),
    firewall: bool,
    gw: format("ipv4"),
    gw6: format("ipv6"),
    "host-managed": bool,
    hwaddr: format("mac-addr"),
    ip: format("pve-lxc-ip"),
    ip6: format("pve-lxc-ip6"),
    link_down: bool,
    mtu: int(64, 65535),
    name: matching(/[-_.\w\d]+/),
    rate: num(),
    tag: int(1, 4094),
    trunks: matching(/\d+(?:;\d+)*/),
    type: oneOf("veth"),
  },
};

/** The form of `devN`. */
export const deviceFormat: PropertyFormat = {
  defaultKey: "path",
  required: [],
  keys: { "deny-write": bool, gid: int(0), mode: matching(/0[0-7]{3}/), path: format("pve-lxc-dev"), uid: int(0) },
};

/** What the file of a container may hold and `pct set` takes. */
export const pctConfig: Options = {
  arch: oneOf("amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"),
  cmode: oneOf("shell", "console", "tty"),
  console: bool,
  cores: int(1, 8192),
  cpulimit: num(0, 8192),
  cpuunits: int(0, 500000),
  debug: bool,
  description: text({ maxLength: 8192 }),
  "dev[n]": upTo(255, { type: "string", keys: deviceFormat }),
  entrypoint: matching(printable),
  env: matching(/(?:\w+=[^\x00-\x08\x0a-\x1F\x7F]*)(?:\0\w+=[^\x00-\x08\x0a-\x1F\x7F]*)*/),
  features: property(undefined, {
    force_rw_sys: bool,
    fuse: bool,
    keyctl: bool,
    mknod: bool,
    mount: matching(/[a-zA-Z0-9_; ]+/),
    nesting: bool,
  }),
  hookscript: format("pve-volume-id"),
  hostname: format("dns-name", { maxLength: 255 }),
  lock: oneOf(
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
  memory: int(16),
  "mp[n]": upTo(255, { type: "string", keys: mountFormat }),
  nameserver: format("ip", { list: true }),
  "net[n]": upTo(31, { type: "string", keys: ctNetFormat }),
  onboot: bool,
  ostype: oneOf(
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
  protection: bool,
  rootfs: { type: "string", keys: rootfsFormat },
  searchdomain: format("dns-name", { list: true }),
  startup: format("pve-startup-order"),
  swap: int(0),
  tags: format("pve-tag", { list: true }),
  template: bool,
  timezone: format("pve-ct-timezone"),
  tty: int(0, 6),
  unprivileged: bool,
  "unused[n]": upTo(255, property("volume", { volume: format("pve-volume-id") }, ["volume"])),
};

export const pctCreateOnly: Options = {
  bwlimit: num(0),
  force: bool,
  "ha-managed": bool,
  "ignore-unpack-errors": bool,
  password: text({ minLength: 5, prompts: true }),
  pool: format("pve-poolid"),
  restore: bool,
  "ssh-public-keys": text(),
  start: bool,
  storage: format("pve-storage-id"),
  unique: { type: "boolean", requires: "restore" },
};

export const pctSetOnly: Options = {
  delete: format("pve-configid", { list: true }),
  digest: text({ maxLength: 40 }),
  revert: format("pve-configid", { list: true }),
};
