import { MIB } from "../../plugin-api/index.js";
import type { ArgSpec, OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import { furtherOptions, guestOptions, guestSections, netSection } from "../guest/options.js";
import { diskHabits, mountHabits } from "../guest/habits.js";
import * as t from "../guest/types.js";

/** `ct 103 step-ca` */
export const ctArgs: readonly ArgSpec[] = [
  { name: "id", type: t.guestId, doc: "The container's id." },
  { name: "name", type: t.dnsName, doc: "The host name." },
];

/** The attributes of a container. */
export const ctOptions: Readonly<Record<string, OptionSpec>> = {
  ...guestOptions,
  image: {
    type: {
      type: "ref",
      kinds: ["image"],
      // A word is the name of an image that is not there, which a rule of its own reports.
      loose: {
        pattern: "/.*|[A-Za-z0-9_.]\\S*",
        describe: "the name of an image, a volume such as local:vztmpl/NAME, or a path",
      },
    },
    doc: "What it is made from: a declared image, a volume (`local:vztmpl/debian.tar.zst`), or the path of an archive.",
  },
  unprivileged: {
    type: t.bool,
    doc: "Run it in a user namespace. Decided when it is made; default for new containers: true.",
  },
  swap: { type: { type: "size", min: 0, multipleOf: MIB }, doc: "The swap space, in whole MiB.", pve: "swap" },
  ostype: {
    type: t.oneOf(
      ...["debian", "devuan", "ubuntu", "centos", "fedora", "opensuse", "archlinux", "alpine", "gentoo", "nixos"],
      "unmanaged",
    ),
    doc: "The operating system, which decides how Proxmox sets up networking inside.",
    pve: "ostype",
    effect: "pending",
  },
  timezone: {
    type: { type: "string", pattern: "[A-Za-z0-9_+/-]+", describe: "`host` or a name such as `Europe/London`" },
    doc: "The time zone, or `host`.",
    pve: "timezone",
    effect: "pending",
  },
  nesting: feature("Allow containers inside the container."),
  keyctl: feature("Allow the keyctl system call."),
  fuse: feature("Allow FUSE file systems."),
  mknod: feature("Allow making some device nodes."),
  mount_fs: {
    type: t.listOfType({ type: "string", pattern: "[A-Za-z0-9_]+", describe: "the name of a file system type" }),
    doc: "The types of file systems that may be mounted inside.",
    removable: true,
  },
  gpus: {
    type: t.listOfType({ type: "int", min: 0, max: 31 }, true),
    doc: "The NVIDIA devices of the container as an exact set; `[]` takes away those that a clone inherited.",
  },
};

/** A key of the property string `features`; the lowering collects them. */
function feature(doc: string): OptionSpec {
  return { type: t.bool, doc, removable: true, effect: "pending" };
}

/** Plain options under their Proxmox names: one entry each. */
const rawOptions: Readonly<Record<string, OptionSpec>> = {
  cmode: {
    type: t.oneOf("tty", "console", "shell"),
    doc: "What the console of the web interface attaches to.",
    pve: "cmode",
    effect: "pending",
  },
  console: { type: t.bool, doc: "Attach a console device.", pve: "console", effect: "pending" },
  cpulimit: { type: { type: "number", min: 0, max: 8192 }, doc: "The CPU time limit, in cores.", pve: "cpulimit" },
  cpuunits: { type: { type: "int", min: 0, max: 500000 }, doc: "The CPU weight.", pve: "cpuunits" },
  debug: { type: t.bool, doc: "Start with a verbose log.", pve: "debug", effect: "pending" },
  hookscript: { type: t.line, doc: "A volume with a script that runs at start and stop.", pve: "hookscript" },
  tty: { type: { type: "int", min: 0, max: 6 }, doc: "The number of terminals.", pve: "tty", effect: "pending" },
};

const disk: SectionSpec = {
  doc: "The root file system (`disk root`), or a volume mounted at `at`.",
  args: [{ name: "name", type: t.label, doc: "The name of the disk; `root` is the root file system." }],
  options: {
    size: { type: t.diskSize, doc: "The size; it grows to this, and is never shrunk." },
    storage: { type: t.storageRef, doc: "The storage that it lies on." },
    at: { type: t.keyPath, doc: "Where the container mounts it." },
    backup: { type: t.bool, doc: "Whether backups include the volume.", removable: true },
    readonly: { type: t.bool, doc: "Mount it read-only.", removable: true },
  },
  sections: {},
  instead: diskHabits,
};

const net = netSection("A network interface; the n-th block is `netN`.", {
  device: {
    type: { type: "string", pattern: "[A-Za-z0-9_.-]+", describe: "the name of an interface", maxLength: 15 },
    doc: "The interface's name inside. Default: `eth0`, `eth1`, ...",
  },
});

const mount: SectionSpec = {
  doc: "A directory of the host, mounted in the container.",
  args: [{ name: "path", type: t.barePath, doc: "The directory of the host; it is made where it is missing." }],
  options: {
    at: { type: t.keyPath, doc: "Where the container mounts it.", required: true },
    owner: { type: { type: "ownership" }, doc: "The owner as the container sees it, `uid:gid`." },
    readonly: { type: t.bool, doc: "Mount it read-only.", removable: true },
    backup: { type: t.bool, doc: "Whether backups include it.", removable: true },
  },
  sections: {},
  instead: mountHabits,
};

const device: SectionSpec = {
  doc: "A device file of the host that the container may use. With any of these, the container has these and no others.",
  args: [
    {
      name: "path",
      type: { type: "string", pattern: "/dev/[^,=]+", describe: "a path below `/dev`, without `,` and `=`" },
      doc: "The device of the host.",
    },
  ],
  options: {
    uid: { type: { type: "int", min: 0 }, doc: "Its owner inside.", removable: true },
    gid: { type: { type: "int", min: 0 }, doc: "Its group inside.", removable: true },
    mode: {
      type: { type: "string", pattern: "0[0-7]{3}", describe: "an octal mode such as 0660" },
      doc: "Its access mode inside.",
      removable: true,
    },
  },
  sections: {},
};

const raw: SectionSpec = {
  doc: "Raw lines of the container's configuration, by key; a list is several lines in order.",
  args: [],
  repeat: "once",
  options: {},
  sections: {},
  free: {
    pattern: "lxc\\.[A-Za-z0-9_.-]+",
    describe: "a key that begins with `lxc.`",
    option: {
      type: t.union(t.line, { type: "int" }, t.listOfType(t.line)),
      doc: "The value of the line, or the values of several.",
      removable: true,
    },
  },
};

/** The blocks of a container. */
export const ctSections: Readonly<Record<string, SectionSpec>> = {
  ...guestSections,
  disk,
  net,
  mount,
  device,
  raw,
  options: furtherOptions(rawOptions),
};
