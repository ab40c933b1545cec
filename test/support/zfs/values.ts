/** Values that ZFS takes for a property of a file system or a volume, other names of the same value among them. */
type Values = Readonly<Record<string, readonly string[]>>;

const words = (text: string): readonly string[] => text.split(" ");
const onOff = words("on off");
const caching = words("all none metadata");
const size = words("none 1G 1.5G 1073741824");

/** Properties of file systems that can be changed, with every word that they take, and sizes in several spellings. */
export const FILE_SYSTEM_VALUES: Values = {
  aclinherit: words("discard noallow restricted secure passthrough passthrough-x"),
  aclmode: words("discard groupmask passthrough restricted"),
  acltype: words("off noacl nfsv4 posix posixacl"),
  atime: onOff,
  canmount: words("on off noauto"),
  checksum: words("on off fletcher2 fletcher4 sha256 sha512 skein edonr blake3"),
  compression: [
    ...words("on off lzjb gzip gzip-1 gzip-6 gzip-9 zle lz4 zstd zstd-1 zstd-3 zstd-19"),
    ...words("zstd-fast zstd-fast-1 zstd-fast-10 zstd-fast-1000"),
  ],
  copies: words("1 2 3"),
  dedup: words("on off verify sha256 sha256,verify sha512 skein edonr,verify blake3"),
  devices: onOff,
  direct: words("disabled standard always"),
  dnodesize: words("legacy auto 1k 2k 4k 8k 16k"),
  exec: onOff,
  filesystem_limit: words("none 5"),
  logbias: words("latency throughput"),
  longname: onOff,
  mountpoint: words("none legacy /srv/here"),
  nbmand: onOff,
  overlay: onOff,
  prefetch: words("none metadata all"),
  primarycache: caching,
  quota: size,
  readonly: onOff,
  recordsize: words("512 4K 128K 1M"),
  redundant_metadata: words("all most some none"),
  refquota: size,
  refreservation: words("none 1M 1048576"),
  relatime: onOff,
  reservation: words("none 1M 1048576"),
  secondarycache: caching,
  setuid: onOff,
  sharenfs: ["on", "off", "rw=@10.0.0.0/24,no_root_squash"],
  sharesmb: onOff,
  snapdev: words("hidden visible"),
  snapdir: words("disabled hidden visible"),
  snapshot_limit: words("none 5"),
  special_small_blocks: words("0 4K 128K"),
  sync: words("standard always disabled"),
  version: words("5 current"),
  volmode: words("default full geom dev none"),
  vscan: onOff,
  xattr: words("on off dir sa"),
  zoned: onOff,
  "com.example:owner": ["a b", "it's", "none", "1K"],
};

/** Those that volumes have besides. */
export const VOLUME_VALUES: Values = {
  refreservation: words("none 1M"),
  // Without a device, as after `none`, nothing can be said about threads.
  volmode: words("none full geom dev default"),
  volsize: words("1G 1.5G 2G"),
  volthreading: onOff,
};

/** Properties that can be changed and stand above with no value, each with the reason. */
export const WITHOUT_VALUES: Readonly<Record<string, string>> = {
  context: "a label of SELinux, which Proxmox's kernel does not enforce",
  defcontext: "a label of SELinux",
  fscontext: "a label of SELinux",
  rootcontext: "a label of SELinux",
  mlslabel: "only Solaris takes a value",
  keylocation: "needs an encrypted dataset, which test/deep/zfs/encryption.test.ts makes",
};
