import type { DeviceProbe } from "./device-probe.js";
import type { FirewallProbe } from "./firewall-probe.js";
import type { GuestRef } from "./guest.js";
import type { JobProbe } from "./job-probe.js";
import type { HostThing } from "./memory.js";
import type { NetworkProbe } from "./probes-network.js";
import type { SettingsProbe } from "./settings-probe.js";
import type { StorageProbe } from "./storage-probe.js";
import type { ZfsProbe } from "./zfs-probe.js";

/** A command as it is executed: program, then arguments; never a string for a shell. */
export type Argv = readonly string[];

/** Whose a file or a directory is: numbers as the host sees them, or names of the host (`heads`, `heads:users`). */
export type Owner = { readonly uid: number; readonly gid: number } | string;

/** One wanted option of a guest, as its `set` command takes it. */
export interface OptionPair {
  /** Proxmox's name with index: `memory`, `net0`. */
  readonly option: string;
  /** The literal argument; for a property string only the managed keys, in canonical order. */
  readonly value: string;
}

/** A key of a property string with the value that it had in the last plan. */
export interface RetiredKey {
  /** The option's name, or what identifies it: `net0`, `mp /models`. */
  readonly option: string;
  readonly key: string;
  readonly value: string;
}

/** An option whose value is a secret: only where that is (`env:NAME`, `file:/path`, `cmd:...`) is part of a plan. */
export interface SecretOption {
  readonly option: string;
  readonly secret: string;
}

/** A place in a text that a secret takes when the script runs. */
export interface SecretPlace {
  /** What stands there in the plan; nowhere else in the text. */
  readonly token: string;
  /**
   * `crypt`: a password hash as it is; `hash`: one of a form that Proxmox and cloud-init recognise where a password could stand
   * as well; `base64`: any text, so that no value can be taken for something else; `text`: one line as it is.
   */
  readonly form: "crypt" | "hash" | "base64" | "text";
  readonly secret: string;
}

/** A raw `lxc.*` key with all its wanted values; several values are several lines, in order. */
export interface RawLines {
  readonly key: string;
  readonly values: readonly string[];
}

/** What a health check asks. */
export type CheckTest =
  | { readonly type: "command"; readonly command: string }
  /** A unit of systemd, or a service of OpenRC. */
  | { readonly type: "service"; readonly service: string; readonly manager: "systemd" | "openrc" }
  | { readonly type: "tcp"; readonly address: string; readonly port: number }
  | { readonly type: "http"; readonly url: string; readonly status: number }
  /** A script of the project, by its name among the scripts of the plan, with the SHA-256 of its text. */
  | {
      readonly type: "script";
      readonly script: string;
      readonly interpreter: "sh" | "bash" | "python3";
      readonly arguments: readonly string[];
      readonly digest: string;
    }
  /** The guest agent of a virtual machine answers. */
  | { readonly type: "agent" }
  /** cloud-init of a virtual machine has ended, and well. */
  | { readonly type: "cloud_init" };

/** A health check; it runs when its guest changed in this run, or on demand. */
export interface CheckProbe {
  readonly kind: "check";
  readonly guest: GuestRef;
  readonly name: string;
  readonly test: CheckTest;
  /** Attempts after the first. */
  readonly retries: number;
  /** Between attempts, whole seconds. */
  readonly everySeconds: number;
  /** Of one attempt, whole seconds. */
  readonly timeoutSeconds: number;
}

/** What the script of some work gets, as variable `PARAM_` and the name in capitals. */
export type WorkParameter = { readonly name: string } & (
  | { readonly value: string }
  /** The text of a file of the host, read when the step runs. */
  | { readonly file: string }
  /** The version of the host's NVIDIA driver. */
  | { readonly driver: true }
  /** `env:NAME`, `file:/path` or `cmd:...`, read when the step runs. */
  | { readonly secret: string }
);

/** A script that runs in the guest, once: again only when its text or its parameters have changed. */
export interface WorkProbe {
  readonly kind: "guest-work";
  readonly guest: GuestRef;
  /** Of its mark in the guest: `feature.docker`. */
  readonly name: string;
  /** Its name among the scripts of the plan. */
  readonly script: string;
  readonly shell: "sh" | "bash";
  /** Of its text and of the parameters that the files give. */
  readonly digest: string;
  readonly parameters: readonly WorkParameter[];
  /** Whole seconds. */
  readonly timeoutSeconds: number;
}

/**
 * What decides whether a step has anything to do. A step without one does not compile. Each kind is one construct of the
 * script (one template, one function of the runtime), named as here.
 */
export type Probe =
  /** The guest's configuration file does not exist, or is our own half-made one. */
  | {
      readonly kind: "guest-absent";
      readonly guest: GuestRef;
      /** The guest that is cloned, if it is a clone. */
      readonly source?: GuestRef;
      /** Storages on which the command allocates volumes; listed in the intent record. */
      readonly storages: readonly string[];
      /** Start it once after its first configuration (`boot { start = true }` without `state`). */
      readonly firstStart: boolean;
    }
  /** An option's live value (merged with pending ones) differs; property strings key by key. */
  | {
      readonly kind: "options";
      readonly guest: GuestRef;
      readonly wanted: readonly OptionPair[];
      /** Options that must not be set (`absent`). */
      readonly absent: readonly string[];
      /** Keys of property strings that must not be set, as `net0.rate`. */
      readonly absentKeys: readonly string[];
      /** Families that are managed as exact sets, without index: `dev`. */
      readonly exact: readonly string[];
      /** What a running guest does with each option that waits for a restart; those not named apply at once. */
      readonly pending: readonly string[];
      /** Decided when the guest or a volume of it is made (`unprivileged`, `tpmstate0.version`): told where the live one differs. */
      readonly fixed?: readonly OptionPair[];
      /** Options of the last plan that no file declares any more: removed where the live value is still this one. */
      readonly retired?: readonly OptionPair[];
      /** The same for keys of property strings. */
      readonly retiredKeys?: readonly RetiredKey[];
      /** Options that are set from secrets. */
      readonly secrets?: readonly SecretOption[];
    }
  /** The text of a guest on a storage for snippets differs, or is not there; others that it had before are removed. */
  | {
      readonly kind: "snippet";
      readonly guest: GuestRef;
      readonly storage: string;
      /** Its name begins with `phxc-ID-`. */
      readonly file: string;
      readonly content: string;
      readonly secrets: readonly SecretPlace[];
    }
  /** Snippets of a guest that nothing names any more are still there. */
  | { readonly kind: "snippets-unused"; readonly guest: GuestRef; readonly storage: string }
  /** The guest runs, and its cloud-init drive does not have what its configuration says. */
  | { readonly kind: "cloud-init-drive"; readonly guest: GuestRef }
  /** The raw lines of the keys differ, or a line matching one of the prefixes exists. */
  | {
      readonly kind: "raw-lines";
      readonly guest: GuestRef;
      readonly lines: readonly RawLines[];
      /** Lines to be removed, by prefix in the spelling that Proxmox writes (`lxc.mount.entry: /dev/nvidia`). */
      readonly dropPrefixes: readonly string[];
      /** Lines of keys that only the last plan declares; removed where they are still the same. */
      readonly retired?: readonly RawLines[];
    }
  /** A disk is smaller than declared; never shrunk. `disk` is a slot (`scsi0`, `rootfs`) or a mount path for `mpN`. */
  | {
      readonly kind: "disk-size";
      readonly guest: GuestRef;
      readonly disk: string;
      readonly bytes: number;
    }
  | { readonly kind: "not-template"; readonly guest: GuestRef }
  /**
   * What a template is made from differs from what the host has written down of it, or nothing is written down: it is stale, and
   * so are those that are made from it. Nothing is done about it, only told.
   */
  | {
      readonly kind: "template-inputs";
      readonly guest: GuestRef;
      /** By name (`image`, `source` (an address), `storage`, `feature.docker`): a digest, or a word that tells one from another. */
      readonly inputs: Readonly<Record<string, string>>;
    }
  /**
   * No snapshot of the name exists. With `keep`: the guest is not as it was when the newest of those that are called so and
   * numbered was taken, or there are more of them than so many.
   */
  | { readonly kind: "snapshot-absent"; readonly guest: GuestRef; readonly snapshot: string; readonly keep?: number }
  /** The guest is rolled back to it each time that this is asked; not while one of these runs. */
  | {
      readonly kind: "snapshot-present";
      readonly guest: GuestRef;
      readonly snapshot: string;
      readonly neededBy: readonly GuestRef[];
    }
  /** A snapshot that only the last plan declares is still there; `NAME-*`: any of the numbered ones that a plan took. */
  | { readonly kind: "snapshot-retired"; readonly guest: GuestRef; readonly snapshot: string }
  /**
   * A guest that only the last plan declares is still there, under one of its names; `names`: former ones. It stays while one
   * of those that needed it is still there (`dependants`).
   */
  | {
      readonly kind: "guest-retired";
      readonly guest: GuestRef;
      readonly names: readonly string[];
      readonly dependants: readonly GuestRef[];
    }
  /**
   * A thing of the host that only the last plan makes is still there; with `option`: that option of it is still as it was.
   * Nothing is done about it, only told, with the command that would.
   */
  | {
      readonly kind: "thing-retired";
      readonly thing: HostThing["kind"];
      readonly name: string;
      readonly option?: { readonly name: string; readonly value: string };
      readonly advice: Argv;
    }
  | FirewallProbe
  | DeviceProbe
  | JobProbe
  /** A file that only the last plan makes is still there, and begins with this mark; with `block`: that block of it is. */
  | {
      readonly kind: "file-retired";
      readonly guest?: GuestRef;
      readonly path: string;
      readonly block?: string;
      readonly mark: string;
      /** Run before it is removed: a unit is disabled while its file is there. */
      readonly before?: readonly Argv[];
      readonly then?: readonly Argv[];
    }
  /**
   * `first-start`: only when this plan created it and it has not been started since; `running-again`: only when it was stopped
   * to be started again.
   */
  | {
      readonly kind: "run-state";
      readonly guest: GuestRef;
      readonly want: "running" | "stopped" | "first-start" | "stopped-for-now" | "running-again";
      /** It is not stopped while one of these runs, because they need it. */
      readonly neededBy?: readonly GuestRef[];
    }
  /** The guest is there, and is to be destroyed; not while one of these runs. `clones`: nor while one of these exists. */
  | {
      readonly kind: "guest-present";
      readonly guest: GuestRef;
      readonly neededBy: readonly GuestRef[];
      readonly clones: readonly GuestRef[];
    }
  /** The guest runs and its configuration has changes that wait for a restart (`restart = when-needed`). */
  | { readonly kind: "restart-needed"; readonly guest: GuestRef }
  /**
   * A text file as a whole; one that exists and does not carry our mark is refused unless `adopt`. With `block`: only what stands
   * between two marks of that name in a file of somebody else.
   */
  | {
      readonly kind: "file";
      readonly path: string;
      /** Its lines, each ended. */
      readonly content: string;
      readonly guest?: GuestRef;
      readonly adopt: boolean;
      readonly block?: string;
      /** Octal, as `stat` prints it: `440`. Unless given it stays as it is; a new file has 644, one with secrets 600. */
      readonly mode?: string;
      readonly owner?: Owner;
      readonly secrets?: readonly SecretPlace[];
      /** Has to accept the new text before it is put into place: the word `FILE` stands for a file that holds it. */
      readonly check?: Argv;
      /** Run after a change; after one that was cut off, too. */
      readonly then?: readonly Argv[];
      /** Run when it leaves the files, in place of `then`: before it is removed, and after that. */
      readonly removal?: { readonly before?: readonly Argv[]; readonly then?: readonly Argv[] };
    }
  | SettingsProbe
  /** A directory of the host exists, with its owner and its mode where given. */
  | {
      readonly kind: "directory";
      readonly path: string;
      readonly owner?: Owner;
      /** Octal, as `stat` prints it: `750`. */
      readonly mode?: string;
      readonly guest?: GuestRef;
    }
  /** The directory mapping of the cluster does not exist, or has no entry for this node, or one with another path. */
  | { readonly kind: "directory-mapping"; readonly id: string; readonly path: string; readonly description?: string }
  /** Samba does not know the user, or the password is not the secret; without one it is only told. */
  | { readonly kind: "samba-user"; readonly user: string; readonly secret?: string }
  | ZfsProbe
  | StorageProbe
  /** The file of an image or a container template is not there. */
  | {
      readonly kind: "image-absent";
      readonly path: string;
      /** Of what is fetched, hexadecimal, in lower case. */
      readonly sha256?: string;
      readonly sha512?: string;
      readonly url?: string;
      /** The program that unpacks what is fetched. */
      readonly unpack?: string;
    }
  | CheckProbe
  | WorkProbe
  | NetworkProbe
  /** A guest that was started only for the work in it still runs. */
  | { readonly kind: "guest-rest"; readonly guest: GuestRef }
  /** For plugins: a read-only command; the step runs when its exit code is not 0, or its output is not `stdout`. */
  | { readonly kind: "command"; readonly argv: Argv; readonly stdout?: string };
