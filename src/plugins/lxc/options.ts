import { CONTROL, attribute, attributes, pctConfig, written } from "../../plugin-api/index.js";
import type { ArgSpec, OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import { drawable, furtherOptions, guestOptions, guestSections, netSection } from "../guest/options.js";
import { diskHabits, mountHabits } from "../guest/habits.js";
import { drawnId } from "../guest/draws.js";
import * as t from "../guest/types.js";

/** `ct 103 step-ca` */
export const ctArgs: readonly ArgSpec[] = [
  { name: "id", type: t.guestId, doc: "The container's id, or `auto`: one of its host's `ids`.", draw: drawnId },
  { name: "name", type: t.dnsName, doc: "The host name." },
];

/** The attributes of a container. */
export const ctOptions: Readonly<Record<string, OptionSpec>> = {
  ...guestOptions(pctConfig),
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
  unprivileged: written(pctConfig, "unprivileged", { effect: "create-only" }),
  // Proxmox has no container without a limit.
  memory: attribute(pctConfig, "memory", { removable: false }),
  swap: attribute(pctConfig, "swap"),
  ostype: attribute(pctConfig, "ostype"),
  timezone: attribute(pctConfig, "timezone", {
    type: { type: "string", pattern: "[A-Za-z0-9_+/-]+", describe: "`host` or a name such as `Europe/London`" },
  }),
  nesting: feature("nesting"),
  keyctl: feature("keyctl"),
  fuse: feature("fuse"),
  mknod: feature("mknod"),
  force_rw_sys: feature("force_rw_sys"),
  mount_fs: feature("mount", {
    type: t.listOfType({ type: "string", pattern: "[A-Za-z0-9_]+", describe: "the name of a file system type" }),
  }),
  gpus: {
    type: t.listOfType({ type: "int", min: 0, max: 31 }, true),
    doc: "The NVIDIA devices of the container as an exact set; `[]` takes away those that a clone inherited.",
  },
};

/** A key of the property string `features`; the lowering collects them. */
function feature(key: string, own: Partial<OptionSpec> = {}): OptionSpec {
  return written(pctConfig, `features.${key}`, { removable: true, effect: "pending", ...own });
}

/** What the container's first process finds in its environment: raw lines in its file, one for each variable. */
const environment: OptionSpec = written(pctConfig, "env", {
  type: t.listOfType({ type: "string", pattern: `\\w+=[^${CONTROL}]*`, describe: "NAME=VALUE" }, true),
  doc: "The environment of its first process: a list of NAME=VALUE.",
  removable: true,
});

/** Plain options under their Proxmox names. Adding one is adding its name, and its sentence in the table. */
export const furtherAttributes: Readonly<Record<string, OptionSpec>> = {
  ...attributes(pctConfig, "arch", "cmode", "console", "cpulimit", "cpuunits", "debug", "entrypoint"),
  env: environment,
  ...attributes(pctConfig, "hookscript", "tty"),
};

/** The keys of the root file system's property string; other volumes have more. */
export const rootfsKeys = pctConfig["rootfs"]?.keys?.keys ?? {};

/** A key of a volume's or a mount's property string. */
function mountKey(key: string, own: Partial<OptionSpec> = {}): OptionSpec {
  return written(pctConfig, `mp[n].${key}`, { removable: true, ...own });
}

/** Keys of volumes and mounts under their Proxmox names. */
const mountKeys = Object.fromEntries(
  ["acl", "idmap", "keepattrs", "mountoptions", "quota", "replicate", "shared"].map((key) => [key, mountKey(key)]),
);

const disk: SectionSpec = {
  doc: "The root file system (`disk root`), or a volume mounted at `at`.",
  args: [{ name: "name", type: t.label, doc: "The name of the disk; `root` is the root file system." }],
  options: {
    size: { type: t.diskSize, doc: "The size; it grows to this, and is never shrunk." },
    storage: { type: t.storageRef, doc: "The storage that it lies on." },
    at: written(pctConfig, "mp[n].mp", { type: t.keyPath }),
    backup: mountKey("backup", { doc: "Whether backups include the volume." }),
    readonly: mountKey("ro"),
    ...mountKeys,
  },
  sections: {},
  instead: diskHabits,
};

const net = netSection(pctConfig, "A network interface; the n-th block is `netN`.", {
  mac: drawable(written(pctConfig, "net[n].hwaddr")),
  device: written(pctConfig, "net[n].name", {
    type: { type: "string", pattern: "[A-Za-z0-9_.-]+", describe: "the name of an interface", maxLength: 15 },
  }),
  "host-managed": written(pctConfig, "net[n].host-managed", { removable: true }),
});

const mount: SectionSpec = {
  doc: "A directory of the host, mounted in the container.",
  args: [{ name: "path", type: t.barePath, doc: "The directory of the host; it is made where it is missing." }],
  options: {
    at: written(pctConfig, "mp[n].mp", { type: t.keyPath, required: true }),
    owner: {
      type: t.union(t.oneOfMeant({ container_root: "root", nogroup: "nobody" }, "root", "nobody"), {
        type: "ownership",
      }),
      doc: "The owner as the container sees it: `root`, `nobody` or `uid:gid`; the host's directory gets the ids that stand for it.",
    },
    readonly: mountKey("ro"),
    backup: mountKey("backup"),
    ...mountKeys,
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
    uid: written(pctConfig, "dev[n].uid", { removable: true }),
    gid: written(pctConfig, "dev[n].gid", { removable: true }),
    mode: written(pctConfig, "dev[n].mode", { removable: true }),
    "deny-write": written(pctConfig, "dev[n].deny-write", { removable: true }),
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
  ...guestSections(pctConfig),
  disk,
  net,
  mount,
  device,
  raw,
  options: furtherOptions(furtherAttributes),
};
