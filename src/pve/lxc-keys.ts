/** Raw keys that Proxmox passes on to LXC; it drops lines with any other key when it next writes the file. */
const KEYS = new Set(
  (
    "apparmor.profile apparmor.allow_incomplete apparmor.allow_nesting apparmor.raw selinux.context include arch " +
    "uts.name signal.halt signal.reboot signal.stop init.cmd init.cwd pty.max console.logfile console.path tty.max " +
    "devtty.dir hook.autodev autodev kmsg mount.fstab mount.entry mount.auto rootfs.mount cap.drop cap.keep " +
    "seccomp.profile seccomp.notify.proxy seccomp.notify.cookie idmap hook.pre-start hook.pre-mount hook.mount " +
    "hook.start hook.stop hook.post-stop hook.clone hook.destroy hook.version log.level log.file start.auto " +
    "start.delay start.order group environment environment.runtime environment.hooks sysctl.fs.mqueue " +
    "sysctl.kernel.msgmax sysctl.kernel.msgmnb sysctl.kernel.msgmni sysctl.kernel.sem sysctl.kernel.shmall " +
    "sysctl.kernel.shmmax sysctl.kernel.shmmni sysctl.kernel.shm_rmid_forced"
  ).split(" "),
);

/** Families in which every key is passed on. */
const FAMILIES = /^(?:cgroup2?|prlimit|net)\./;

/** Names of LXC before 3.0, which LXC no longer reads; `network.` became `net.N.`. */
const RENAMED: Readonly<Record<string, string>> = {
  aa_profile: "apparmor.profile",
  aa_allow_incomplete: "apparmor.allow_incomplete",
  console: "console.path",
  devttydir: "tty.dir",
  haltsignal: "signal.halt",
  rebootsignal: "signal.reboot",
  stopsignal: "signal.stop",
  id_map: "idmap",
  init_cmd: "init.cmd",
  loglevel: "log.level",
  logfile: "log.file",
  mount: "mount.fstab",
  "network.type": "net.0.type",
  "network.flags": "net.0.flags",
  "network.link": "net.0.link",
  "network.mtu": "net.0.mtu",
  "network.name": "net.0.name",
  "network.hwaddr": "net.0.hwaddr",
  "network.ipv4": "net.0.ipv4.address",
  "network.ipv4.gateway": "net.0.ipv4.gateway",
  "network.ipv6": "net.0.ipv6.address",
  "network.ipv6.gateway": "net.0.ipv6.gateway",
  "network.script.up": "net.0.script.up",
  "network.script.down": "net.0.script.down",
  pts: "pty.max",
  se_context: "selinux.context",
  seccomp: "seccomp.profile",
  tty: "tty.max",
  utsname: "uts.name",
};

/** Keys that Proxmox writes itself, with the option that says the same. */
const OWN: Readonly<Record<string, string>> = {
  "rootfs.path": "it is made of the root disk",
  "rootfs.options": "write `mountoptions` in the root disk",
};

/** The raw keys that Proxmox takes, without `lxc.`; those of families are not among them. */
export const lxcKeys: readonly string[] = [...KEYS].toSorted();

/**
 * What is wrong with a raw key, `lxc.` included; undefined when Proxmox passes it on. The list is that of pve-container 6.
 */
export function lxcKeyProblem(key: string): { readonly why: string; readonly instead?: string } | undefined {
  const name = key.replace(/^lxc\./, "");
  if (KEYS.has(name) || FAMILIES.test(name)) return undefined;
  if (Object.hasOwn(OWN, name)) return { why: OWN[name] ?? "" };
  const limit = /^limit\.(.+)$/.exec(name)?.[1];
  const renamed = limit !== undefined ? `prlimit.${limit}` : Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  if (renamed !== undefined) return { why: "LXC has renamed it", instead: `lxc.${renamed}` };
  return { why: "Proxmox does not know it, and drops the line when it next writes the file" };
}
