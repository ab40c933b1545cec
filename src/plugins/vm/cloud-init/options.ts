import { CONTROL, attribute, qmConfig, written } from "../../../plugin-api/index.js";
import type { OptionSpec, OptionType, SectionSpec } from "../../../plugin-api/index.js";
import { cloudInitFileHabits, cloudInitHabits, cloudInitUserHabits } from "../../guest/habits.js";
import * as t from "../../guest/types.js";

const ownText: OptionType = { type: "string", multiline: true, minLength: 1, maxLength: 1_000_000 };

/** A line for a shell, or the words of a command. */
const commands: OptionType = t.listOfType(
  t.union({ type: "string", multiline: true, minLength: 1 }, t.listOfType({ type: "string", multiline: true })),
);

/** `user bob { groups = [sudo], ssh_keys = [...] }` */
const user: SectionSpec = {
  doc: "A further user. Its keys are exactly these: what else may log in with a key is removed.",
  args: [{ name: "name", type: t.userName, doc: "The name of the user." }],
  options: {
    ssh_keys: { type: t.publicKeys, doc: "The public keys that may log in; `[]` removes all." },
    password: { type: { type: "secret" }, doc: "Where the hash of the password is. Omitted: the password is locked." },
    groups: { type: t.listOfType(t.userName, true), doc: "Groups besides the user's own; they are made where needed." },
    sudo: {
      type: t.union(t.bool, t.line),
      doc: "`true`: may do all as root without a password; or a rule of sudoers. Default: false.",
    },
    shell: { type: t.path, doc: "The login shell. Default: /bin/bash." },
    home: { type: t.path, doc: "The home directory. Default: that of the system." },
    uid: { type: { type: "int", min: 1, max: 4294967294 }, doc: "The number of the user. Default: the next free one." },
    comment: {
      type: { type: "string", pattern: `[^:${CONTROL}]*`, describe: "text without colons and control characters" },
      doc: "The full name, or what else is to be said.",
    },
    system: { type: t.bool, doc: "Make a system user, without a home directory. Default: false." },
  },
  sections: {},
  instead: cloudInitUserHabits,
};

/** `file "/etc/motd" { content = "..." }` */
const file: SectionSpec = {
  doc: "A file in the guest, written when users and packages are there.",
  args: [{ name: "path", type: t.path, doc: "Where it lies in the guest." }],
  options: {
    content: {
      type: t.union({ type: "secret" }, { type: "string", multiline: true, maxLength: 1_000_000 }),
      doc: "What it holds: text, or where a secret is.",
      required: true,
    },
    mode: {
      type: { type: "string", pattern: "0?[0-7]{3}|[0-7]{4}", describe: "a mode in octal: 0644" },
      doc: "The mode. Default: 0644; 0600 for a secret.",
    },
    owner: {
      type: {
        type: "string",
        pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?",
        describe: "a user, or a user and a group joined by a colon",
      },
      doc: "The owner, as user:group. Default: root:root.",
    },
    append: { type: t.bool, doc: "Add to what is there, rather than replace it. Default: false." },
    early: { type: t.bool, doc: "Write it before users and packages are there. Default: false." },
  },
  sections: {},
  instead: cloudInitFileHabits,
};

/** Attributes that Proxmox has no options for, or whose options it does not look at beside user data of one's own. */
const ownOptions: Readonly<Record<string, OptionSpec>> = {
  packages: {
    type: t.listOfType(
      {
        type: "string",
        pattern: "[A-Za-z0-9][A-Za-z0-9+._:=~*/@-]*",
        describe: "a package, with `=VERSION` where one is meant",
      },
      true,
    ),
    doc: "Packages to install.",
  },
  commands: { type: commands, doc: "Commands at the end of the first boot: lines for a shell, or lists of words." },
  boot_commands: { type: commands, doc: "Commands early in every boot." },
  growpart: {
    type: t.union(t.bool, t.listOfType(t.path, true)),
    doc: "Grow the partition of `/` (`true`) or of these mount points to the size of its disk; `false`: leave it.",
  },
  locale: {
    type: { type: "string", pattern: "[A-Za-z0-9_.@-]+", describe: "a locale such as en_GB.UTF-8" },
    doc: "The locale.",
  },
  timezone: {
    type: {
      type: "string",
      pattern: "[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
      describe: "a time zone such as Europe/Rome",
    },
    doc: "The time zone.",
  },
  user_data: { type: ownText, doc: "User data of your own in place of all that is made from the other attributes." },
  vendor_data: { type: ownText, doc: "Vendor data: what user data does not say." },
  network_config: { type: ownText, doc: "A network configuration of your own in place of the one made from `net`." },
};

/** `cloud_init { user = admin, ssh_keys = [...] }` */
export const cloudInitSection: SectionSpec = {
  doc: "What cloud-init sets up at the first boot, and again when it changes.",
  args: [],
  repeat: "once",
  options: {
    user: attribute(qmConfig, "ciuser", { type: t.userName }),
    ssh_keys: attribute(qmConfig, "sshkeys", {
      type: t.publicKeys,
      render: (value) =>
        value.type === "list"
          ? value.items.map((item) => (item.type === "string" ? item.value.trim() : "")).join("\n")
          : "",
    }),
    password: written(qmConfig, "cipassword", { type: { type: "secret" }, removable: true }),
    upgrade: attribute(qmConfig, "ciupgrade"),
    format: attribute(qmConfig, "citype", {
      type: t.oneOfMeant({ NoCloud: "nocloud", configdrive: "configdrive2" }, ...(qmConfig["citype"]?.words ?? [])),
    }),
    storage: { type: t.storageRef, doc: "The storage of the cloud-init drive. Default: that of the root disk." },
    snippets: {
      type: t.storageRef,
      doc: "The storage for what Proxmox has no options for; it takes content `snippets`. Default: `local`.",
    },
    ...ownOptions,
  },
  sections: { user, file },
  instead: cloudInitHabits,
};

/** The attributes and blocks that make user data of our own necessary. */
export const USER_DATA_OPTIONS: readonly string[] = [
  ...["packages", "commands", "boot_commands", "growpart", "locale", "timezone"],
];
