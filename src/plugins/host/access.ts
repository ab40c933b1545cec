import {
  argOf,
  boolOf,
  compareReleases,
  compareText,
  diagnose,
  didYouMean,
  formerPrivilege,
  ownRoles,
  privileges,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  Lowered,
  OptionSpec,
  OptionType,
  Resource,
  RetiredThing,
  Section,
  SectionSpec,
  Span,
  Step,
} from "../../plugin-api/index.js";
import { makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { noSuchRole, permissionOfNobody, privilegeGone, tokensInOneFile } from "./findings.js";
import type { HostPart } from "./part.js";

/** Names as Proxmox's access control takes them (pve-access-control, PVE/AccessControl.pm and PVE/Auth/Plugin.pm). */
const entryName: OptionType = {
  type: "string",
  pattern: "[A-Za-z0-9_.-]+",
  describe: "a name of letters, digits, `_`, `.` and `-`",
  maxLength: 64,
};
const roleName: OptionType = {
  ...entryName,
  pattern: "(?![Pp][Vv][Ee])[A-Za-z0-9_.-]+",
  describe: "a name that does not begin with `PVE`: these roles are Proxmox's own",
};
const userId: OptionType = {
  type: "string",
  pattern: "[^\\s:/@,!]+@[A-Za-z][A-Za-z0-9._-]+",
  describe: "a user with its realm, as `admin@pam`",
  maxLength: 64,
};
const tokenId: OptionType = {
  type: "string",
  pattern: "[^\\s:/@,!]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+",
  describe: "a token after its user, as `admin@pam!monitor`",
};
const privilege: OptionType = { type: "enum", values: privileges };
const aclPath: OptionType = {
  type: "string",
  pattern: "/[A-Za-z0-9._/-]*",
  describe: "a path of Proxmox's access control, as `/vms/100`",
};

const comment: OptionSpec = { type: t.line, doc: "A comment." };

const role: SectionSpec = {
  doc: "A role: privileges under one name. It has exactly these.",
  args: [{ name: "name", type: roleName, doc: "The name of the role." }],
  options: {
    privileges: { type: t.listOfType(privilege, true), required: true, doc: "Its privileges, as `VM.Audit`." },
  },
  sections: {},
  instead: { privs: "privileges" },
};

const group: SectionSpec = {
  doc: "A group of users.",
  args: [{ name: "name", type: entryName, doc: "The name of the group." }],
  options: { comment },
  sections: {},
};

const user: SectionSpec = {
  doc: "A user of Proxmox. A password is no part of a plan: one of `@pam` is that of the host's user, others are set with `pveum passwd`.",
  args: [{ name: "id", type: userId, doc: "The user with its realm." }],
  options: {
    comment,
    email: {
      type: { type: "string", pattern: "[^\\s:]+@[^\\s:]+", describe: "a mail address" },
      doc: "A mail address.",
    },
    enabled: { type: t.bool, doc: "Whether the user may log in. Default of a new user: true." },
    groups: { type: t.listOfType(entryName, true), doc: "Groups that the user is put into; those of others stay." },
  },
  sections: {},
  instead: { password: "set it with `pveum passwd`", group: "groups" },
};

const token: SectionSpec = {
  doc: "A token of a user for the API.",
  args: [{ name: "id", type: tokenId, doc: "The user, `!` and the name of the token." }],
  options: {
    comment,
    separated: {
      type: t.bool,
      doc: "Whether it has rights of its own only, given by `acl`, rather than all of its user. Default: true.",
    },
    save: {
      type: t.path,
      required: true,
      doc: "The file on the host that a new token's value is written to, for root only: Proxmox tells it once.",
    },
  },
  sections: {},
  instead: { privsep: "separated" },
};

const acl: SectionSpec = {
  doc: "A role that users, groups and tokens have on a path. Others that they have stay; one that leaves the files is taken back.",
  args: [{ name: "path", type: aclPath, doc: "The path, as `/`, `/vms/100` or `/storage/local`." }],
  repeat: "any",
  options: {
    role: { type: entryName, required: true, doc: "The role." },
    users: { type: t.listOfType(userId, true), doc: "Users that have it." },
    groups: { type: t.listOfType(entryName, true), doc: "Groups that have it." },
    tokens: { type: t.listOfType(tokenId, true), doc: "Tokens that have it." },
    propagate: { type: t.bool, doc: "Whether they have it on all paths below, too. Default: true." },
  },
  sections: {},
  instead: { roles: "role", user: "users", group: "groups", token: "tokens" },
};

/** Who may do what in Proxmox: for the whole cluster, wherever the plan is applied. */
export const accessPart: HostPart = {
  sections: {
    access: {
      doc: "Users, groups, roles, tokens and permissions of Proxmox. They are those of the whole cluster.",
      args: [],
      repeat: "once",
      options: {},
      sections: { role, group, user, token, acl },
      instead: { permission: "acl", acls: "acl", users: "user", roles: "role", groups: "group" },
    },
  },
  instead: { pveum: "access" },
  lower: (host): Lowered => {
    const section = sectionOf(host, "access");
    if (section === undefined) return onlySteps([]);
    const diagnostics = [
      ...idleRoles(section),
      ...sharedFiles(section),
      ...formerPrivileges(host, section),
      ...unknownRoles(section),
    ];
    return { ...onlySteps(accessSteps(host, section)), diagnostics };
  },
  diagnostics: [permissionOfNobody, tokensInOneFile, privilegeGone, noSuchRole],
  leave: leavePermission,
};

/** Roles that are given to nobody would be no step at all. */
function idleRoles(access: Section): readonly Diagnostic[] {
  return sectionsOf(access, "acl").flatMap((section) => {
    const holders = ["users", "groups", "tokens"].map((name) => settingOf(section, name)?.value);
    if (holders.some((value) => value !== undefined && !(value.type === "list" && value.items.length === 0))) return [];
    const [role, path] = [stringOf(section, "role"), argOf(section, "path")];
    return role === undefined || path === undefined
      ? []
      : [diagnose(permissionOfNobody, section.headSpan, { role, path })];
  });
}

/** A privilege that the declared release of the host does not have any more. */
function formerPrivileges(host: Resource, access: Section): readonly Diagnostic[] {
  const release = stringOf(host, "version");
  const declared = settingOf(host, "version");
  if (release === undefined || declared === undefined || compareReleases(release, formerPrivilege.gone) < 0) return [];
  const related = [{ span: declared.span, message: "the release of the host" }];
  return sectionsOf(access, "role").flatMap((section) =>
    stringsOf(section, "privileges").includes(formerPrivilege.name)
      ? [diagnose(privilegeGone, settingOf(section, "privileges")?.span ?? section.headSpan, { release }, { related })]
      : [],
  );
}

/** Roles that begin with `PVE` are Proxmox's own, so that one which it does not bring is nowhere. */
function unknownRoles(access: Section): readonly Diagnostic[] {
  return sectionsOf(access, "acl").flatMap((section) => {
    const setting = settingOf(section, "role");
    const role = stringOf(section, "role");
    if (setting === undefined || role === undefined || !/^PVE/i.test(role) || ownRoles.includes(role)) return [];
    return [diagnose(noSuchRole, setting.span, { role, suggested: didYouMean(role, ownRoles) })];
  });
}

/** The value of one token would go over that of the other. */
function sharedFiles(access: Section): readonly Diagnostic[] {
  const files = new Map<string, { readonly token: string; readonly at: Section }>();
  return sectionsOf(access, "token").flatMap((section) => {
    const [token, path] = [argOf(section, "id"), stringOf(section, "save")];
    if (token === undefined || path === undefined) return [];
    const first = files.get(path);
    if (first === undefined) {
      files.set(path, { token, at: section });
      return [];
    }
    const span = settingOf(section, "save")?.span ?? section.headSpan;
    const related = [{ span: first.at.headSpan, message: "the other one" }];
    return [diagnose(tokensInOneFile, span, { token, other: first.token, path }, { related })];
  });
}

/** In an order in which each thing finds those that it names. */
function accessSteps(host: Resource, access: Section): readonly Step[] {
  return [
    ...sectionsOf(access, "role").flatMap((section) => {
      const privs = stringsOf(section, "privileges").toSorted(compareText).join(" ");
      return entryStep(host, section, "role", ["--privs", privs]);
    }),
    ...sectionsOf(access, "group").flatMap((section) => entryStep(host, section, "group", commentOf(section))),
    ...sectionsOf(access, "user").flatMap((section) => entryStep(host, section, "user", userOptions(section))),
    ...sectionsOf(access, "token").flatMap((section) => tokenStep(host, section)),
    ...sectionsOf(access, "acl").flatMap((section) => permissionStep(host, section)),
  ];
}

function commentOf(section: Section): readonly string[] {
  const text = stringOf(section, "comment");
  return text === undefined ? [] : ["--comment", text];
}

function userOptions(section: Section): readonly string[] {
  const [email, enabled] = [stringOf(section, "email"), boolOf(section, "enabled")];
  return [
    ...commentOf(section),
    ...(email === undefined ? [] : ["--email", email]),
    ...(enabled === undefined ? [] : ["--enable", enabled ? "1" : "0"]),
  ];
}

function entryStep(
  host: Resource,
  section: Section,
  entry: "role" | "group" | "user",
  options: readonly string[],
): readonly Step[] {
  const name = argOf(section, entry === "user" ? "id" : "name");
  if (name === undefined) return [];
  const groups = stringsOf(section, "groups").toSorted(compareText);
  const step = makeStep(host, `access.${entry}.${name}`, {
    phase: "host",
    title: `${entry} ${name} of Proxmox`,
    asked: section,
    probe: { kind: "access", entry, name, groups },
    commands: [["pveum", entry, "add", name, ...options]],
  });
  return [step];
}

function tokenStep(host: Resource, section: Section): readonly Step[] {
  const name = argOf(section, "id");
  const save = stringOf(section, "save");
  if (name === undefined || save === undefined) return [];
  const [owner = "", id = ""] = name.split("!");
  const options = ["--privsep", boolOf(section, "separated") === false ? "0" : "1", ...commentOf(section)];
  const step = makeStep(host, `access.token.${name}`, {
    phase: "host",
    title: `token ${name}`,
    asked: section,
    probe: { kind: "access", entry: "token", name, groups: [], save },
    commands: [["pveum", "user", "token", "add", owner, id, ...options]],
  });
  return [step];
}

function permissionStep(host: Resource, section: Section): readonly Step[] {
  const path = argOf(section, "path");
  const role = stringOf(section, "role");
  const users = stringsOf(section, "users");
  const groups = stringsOf(section, "groups");
  const tokens = stringsOf(section, "tokens");
  const propagate = boolOf(section, "propagate") ?? true;
  const holders = [...users, ...groups.map((name) => `@${name}`), ...tokens];
  if (path === undefined || role === undefined || holders.length === 0) return [];
  const list = (option: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [option, names.join(",")];
  const step = makeStep(host, `access.acl.${path}.${role}.${holders.join(",")}`, {
    phase: "host",
    title: `role ${role} on ${path}`,
    asked: section,
    probe: { kind: "permission", path, role, holders, propagate },
    commands: [
      [
        ...["pveum", "acl", "modify", path, "--roles", role, "--propagate", propagate ? "1" : "0"],
        ...list("--users", users),
        ...list("--groups", groups),
        ...list("--tokens", tokens),
      ],
    ],
  });
  return [step];
}

/** Takes back a role that no file gives any more. */
function leavePermission({ kind, name, fixed }: RetiredThing, source: Span): readonly Step[] {
  const { path, role: given, holder } = fixed;
  if (kind !== "permission" || path === undefined || given === undefined || holder === undefined) return [];
  const option = holder.startsWith("@") ? "--groups" : holder.includes("!") ? "--tokens" : "--users";
  const step: Step = {
    id: `permission.${name}.remove`,
    phase: "finish",
    resource: `permission.${name}`,
    title: `role ${given} of ${holder} on ${path}`,
    risk: "safe",
    probe: { kind: "permission-retired", path, role: given, holder },
    commands: [["pveum", "acl", "delete", path, "--roles", given, option, holder.replace(/^@/, "")]],
    requires: [],
    source,
  };
  return [step];
}
