import { CONTROL } from "../../plugin-api/index.js";
import type { OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/** `export data`: a part of a file's name. */
export const exportArgs = [{ name: "name", type: t.label, doc: "The name of the export, and of its file." }] as const;

/** `share media` */
export const shareArgs = [
  {
    name: "name",
    type: {
      type: "string",
      pattern: "(?!(?:global|homes|printers)$)[A-Za-z0-9_][A-Za-z0-9_.-]*",
      describe: "a name of letters, digits, `_`, `.` and `-`, and none that Samba has a meaning for",
      maxLength: 64,
    },
    doc: "The name under which clients see it.",
  },
] as const;

/** A name of a pool or dataset that no file declares. */
const zfsName = {
  pattern: "[A-Za-z][A-Za-z0-9_.:-]*(/[A-Za-z0-9_][A-Za-z0-9_.:-]*)*",
  describe: "the name of a pool or dataset",
};

/** What exports and shares have in common. */
export const directoryOptions: Readonly<Record<string, OptionSpec>> = {
  path: { type: t.path, doc: "The directory of the host." },
  dataset: {
    type: { type: "ref", kinds: ["dataset"], loose: zfsName },
    doc: "The ZFS dataset whose mount point is the directory, in place of `path`.",
  },
  owner: {
    type: t.union(t.oneOf("root", "nobody"), { type: "ownership" }, t.account),
    doc: "The owner of the directory: `uid:gid`, or a user of the host. Omitted: it stays as it is.",
  },
  mode: { type: t.mode, doc: "The mode of the directory, in octal. Omitted: it stays as it is." },
};

/** Only the address of what it names counts, which the files say. */
const client: OptionType = t.union(
  t.ip,
  { type: "cidr" },
  {
    type: "ref",
    kinds: ["vm", "ct", "network", "host"],
    loose: {
      // What is all digits and dots is an address, or none: with a mask in place of a prefix it is a net of exports(5).
      pattern:
        "\\*|(?![0-9.]+$)@?[A-Za-z0-9_*?\\[\\]]([A-Za-z0-9_.*?\\[\\]-]*[A-Za-z0-9_*?\\[\\]])?|\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,3}(\\.\\d{1,3}){3}",
      describe: "a guest, a network, an address, a name or a pattern such as *.example.net",
    },
    mention: true,
  },
);

const exportOption: OptionType = {
  type: "string",
  pattern:
    "ro|rw|(a)?sync|(no_)?(subtree_check|root_squash|all_squash|acl|wdelay|hide|auth_nlm|pnfs)|(in)?secure(_locks)?|nohide|hide|crossmnt|security_label|nordirplus|mountpoint(=/[^,()\\s]*)?|mp(=/[^,()\\s]*)?|anon[ug]id=-?[0-9]+|fsid=(root|[0-9]+|[0-9a-fA-F-]{32,36})|sec=[a-z0-9]+(:[a-z0-9]+)*|xprtsec=[a-z]+(:[a-z]+)*|(refer|replicas)=/[^,()\\s]+",
  describe: "an option of exports(5), such as rw, sync, no_subtree_check or anonuid=1000",
};

const exportOptionList: OptionSpec = {
  type: t.listOfType(exportOption, true),
  doc: "Options of exports(5). Default: `rw`, `sync` and `no_subtree_check`.",
};

/** `export data` */
export const exportOptions: Readonly<Record<string, OptionSpec>> = {
  ...directoryOptions,
  clients: {
    type: t.listOfType(client),
    doc: "Who may mount it: guests, networks, addresses, nets, names, patterns. A guest stands for its static addresses.",
  },
  options: exportOptionList,
  adopt: { type: t.bool, doc: "Overwrite a file of its name that was not written by a plan. Default: false." },
};

export const exportSections: Readonly<Record<string, SectionSpec>> = {
  client: {
    doc: "A client with options of its own, in place of those of the export.",
    args: [{ name: "client", type: client, doc: "As in `clients`." }],
    options: { options: exportOptionList },
    sections: {},
  },
};

const users: OptionType = {
  type: "string",
  pattern: "[@+&]{0,2}[A-Za-z_][A-Za-z0-9_.$-]*",
  describe: "a user, or a group as @group",
};

/** The value of a parameter of smb.conf: a backslash at its end would go on in the next line. */
const parameterText: OptionType = {
  type: "string",
  pattern: `[^\\s${CONTROL}]([^${CONTROL}]*[^\\s${CONTROL}\\\\])?`,
  describe: "text on one line, without white space or a backslash at its end",
};

/** An attribute that is a parameter of smb.conf. */
export interface SambaOption extends OptionSpec {
  readonly parameter: string;
}

const list = (of: OptionType): OptionType => t.listOfType(of, true);

/** The attributes of a share that are parameters of smb.conf, in the order in which they are written. */
export const sambaOptions: Readonly<Record<string, SambaOption>> = {
  comment: { parameter: "comment", type: parameterText, doc: "A comment that clients see." },
  readonly: { parameter: "read only", type: t.bool, doc: "Nobody writes. Samba's default: true." },
  browseable: { parameter: "browseable", type: t.bool, doc: "It is seen in lists of shares. Samba's default: true." },
  guest_ok: { parameter: "guest ok", type: t.bool, doc: "No password is needed. Samba's default: false." },
  users: {
    parameter: "valid users",
    type: list(users),
    doc: "Who may use it; `@name` is a group. Default: every user.",
  },
  read_list: { parameter: "read list", type: list(users), doc: "Who only reads, whatever `readonly` says." },
  write_list: { parameter: "write list", type: list(users), doc: "Who writes, whatever `readonly` says." },
  force_user: { parameter: "force user", type: t.account, doc: "The user that all files belong to." },
  force_group: { parameter: "force group", type: t.account, doc: "The group that all files belong to." },
  create_mask: { parameter: "create mask", type: t.mode, doc: "The bits that modes of new files may have." },
  directory_mask: {
    parameter: "directory mask",
    type: t.mode,
    doc: "The bits that modes of new directories may have.",
  },
};

/** Further parameters of smb.conf, by name. */
export const parameterBlock = (doc: string): SectionSpec => ({
  doc,
  args: [],
  repeat: "once",
  options: {},
  sections: {},
  free: {
    pattern: "[a-z0-9][a-z0-9_.:/ -]*[a-z0-9]",
    describe: "a parameter of smb.conf, such as `vfs objects`",
    option: {
      type: t.union(t.bool, { type: "int" }, parameterText),
      doc: "The value of the parameter, as smb.conf takes it.",
    },
  },
});

/** `share media` */
export const shareOptions: Readonly<Record<string, OptionSpec>> = {
  ...directoryOptions,
  ...sambaOptions,
  clients: {
    type: t.listOfType(client),
    doc: "From where it may be used (`hosts allow`): as in an `export`. Default: from everywhere.",
  },
  adopt: { type: t.bool, doc: "Overwrite a file of its name that was not written by a plan. Default: false." },
};

export const shareSections: Readonly<Record<string, SectionSpec>> = {
  options: parameterBlock("Further parameters of its section in smb.conf."),
};
