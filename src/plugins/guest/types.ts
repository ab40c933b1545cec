import { LINE, looseName, operatingSystems, operatingSystemWords, typeOf } from "../../plugin-api/index.js";
import type { OptionType } from "../../plugin-api/index.js";

/** Types that several kinds share. Those of Proxmox's options come from its table. */

export const bool: OptionType = { type: "bool" };
export const ip: OptionType = { type: "ip" };
export const path: OptionType = { type: "path" };
/** A path inside a property string: `mp=/data`. */
export const keyPath: OptionType = { type: "path", without: "," };
/** A path that is the bare first part of a property string: `mp0: /srv/data,mp=/data`. */
export const barePath: OptionType = { type: "path", without: ",=" };
export const text: OptionType = { type: "string" };
/** A value of a configuration file. */
export const line: OptionType = LINE;
export const port: OptionType = { type: "int", min: 1, max: 65535 };
/** Proxmox counts these in whole seconds. */
export const seconds: OptionType = { type: "duration", min: 0, multipleOf: 1000 };
/** The mode of a file or directory. */
export const mode: OptionType = {
  type: "string",
  pattern: "[0-7]{3,4}",
  describe: "a mode in octal, such as 0750",
};
/** A user or group of the host. */
export const account: OptionType = {
  type: "string",
  pattern: "[a-z_][a-z0-9_-]*",
  describe: "a name of lower-case letters, digits, `_` and `-`",
  maxLength: 32,
};
/** New disks are counted in GiB, growing ones in KiB. */
export const diskSize: OptionType = { type: "size", min: 1024, multipleOf: 1024 };

/** The names of guests and hosts: labels of letters, digits and hyphens, joined by dots. */
export const dnsName = typeOf({ type: "string", format: "dns-name", maxLength: 255 });

/** Proxmox's ids of snapshots and the like: two characters at least. */
export const configId = typeOf({ type: "string", format: "pve-configid", maxLength: 40 });

export const storageId = typeOf({ type: "string", format: "pve-storage-id" });

/** A bridge or another interface of the host. */
export const bridge: OptionType = {
  type: "string",
  pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]*",
  describe: "the name of a bridge: letters, digits, `_`, `.` and `-`",
  maxLength: 15,
};

/** A name of a thing inside a file: a disk, a check. */
export const label: OptionType = {
  type: "string",
  pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]*",
  describe: "a name of letters, digits, `_`, `.` and `-`",
  maxLength: 64,
};

/** One to five octets; the first is that of a locally administered address of a single interface. */
export const macPrefix: OptionType = {
  type: "string",
  pattern: "[0-9A-Fa-f][26AEae](:[0-9A-Fa-f]{2}){0,4}",
  describe: "one to five octets, the first one's second digit being 2, 6, A or E (locally administered), as `02:50:00`",
};

/** Proxmox's range of guest ids. */
export const guestId: OptionType = { type: "int", min: 100, max: 999999999 };

export const storageRef: OptionType = { type: "ref", kinds: ["storage"], loose: looseName("pve-storage-id") };
export const hostRef: OptionType = { type: "ref", kinds: ["host"] };

/** An operating system that there is a preset for. */
export const system: OptionType = {
  type: "enum",
  values: Object.keys(operatingSystems),
  instead: operatingSystemWords,
};

export function listOfType(of: OptionType, unique = false): OptionType {
  return { type: "list", of, ...(unique ? { unique } : {}) };
}

export function oneOf(...values: readonly string[]): OptionType {
  return { type: "enum", values };
}

/** As {@link oneOf}, with words of other tools for its choices; see the type's `instead`. */
export function oneOfMeant(instead: Readonly<Record<string, string>>, ...values: readonly string[]): OptionType {
  return { type: "enum", values, instead };
}

export function union(...of: readonly OptionType[]): OptionType {
  return { type: "union", of };
}

/** What useradd takes as a name on every system that has cloud-init. */
export const userName: OptionType = {
  type: "string",
  pattern: "[A-Za-z_][A-Za-z0-9_.-]*\\$?",
  describe: "a user name",
  maxLength: 32,
};

/**
 * Public keys of SSH, each with the line end that a file brings: what sshd(8) calls the format of authorized_keys, with options before
 * the type or without. Proxmox refuses others, and a file of keys would hold a line that lets nobody in.
 */
export const publicKeys: OptionType = listOfType({
  type: "string",
  pattern:
    "([^\\r\\n]*[ \\t,])?(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com|[a-z0-9-]+-cert-v0[01]@openssh\\.com)[ \\t]+[A-Za-z0-9+/]+=*([ \\t][^\\r\\n]*)?[\\r\\n]*",
  describe: "one public key, such as `ssh-ed25519 AAAA... name@desk`",
  multiline: true,
});
