import type { Span } from "../text/source.js";
import type { FirewallPiece, FirewallProbe } from "./firewall-probe.js";
import type { GuestRef } from "./guest.js";
import type { HostThing, PlanMemory } from "./memory.js";
import type { NetworkProbe } from "./probes-network.js";
import type { Address } from "./resource.js";
import type { StorageProbe } from "./storage-probe.js";

export type { FirewallPiece, FirewallProbe, FirewallScopeName } from "./firewall-probe.js";
export type { GuestKind, GuestRef } from "./guest.js";

/** What a plan as data calls itself, and its version: raised when a reader of it would have to change. */
export const PLAN_FORMAT = "phxc-plan";
export const PLAN_FORMAT_VERSION = 2;

/** A command as it is executed: program, then arguments; never a string for a shell. */
export type Argv = readonly string[];

/** Phases of a guest's turn, in order; `host` steps come before all guests. */
export const PHASES = ["host", "define", "configure", "start", "provision", "validate", "finish"] as const;
export type Phase = (typeof PHASES)[number];

/**
 * What a step can do to what runs: nothing, a running guest notices (a net's address), the guest restarts,
 * data is destroyed.
 */
export type Risk = "safe" | "interrupts" | "restarts" | "destroys";

/**
 * What a plan does: `converge` makes everything as the files say; the others do one thing with the guests that are named.
 * `health` changes nothing: it asks all checks of these guests.
 */
export const ACTIONS = ["converge", "start", "stop", "restart", "destroy", "health"] as const;
export type Action = (typeof ACTIONS)[number];

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
   * as well; `base64`: any text, so that no value can be taken for something else.
   */
  readonly form: "crypt" | "hash" | "base64";
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
  /** No snapshot of the name exists. */
  | { readonly kind: "snapshot-absent"; readonly guest: GuestRef; readonly snapshot: string }
  /** A snapshot that only the last plan declares is still there. */
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
  /** A file that only the last plan makes is still there, and begins with this mark. */
  | { readonly kind: "file-retired"; readonly guest: GuestRef; readonly path: string; readonly mark: string }
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
  /** A text file as a whole; one that exists and does not carry our mark is refused unless `adopt`. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly content: string;
      readonly guest?: GuestRef;
      readonly adopt: boolean;
    }
  /** A directory of the host exists, with its owner where given (numbers as the host sees them). */
  | {
      readonly kind: "directory";
      readonly path: string;
      readonly owner?: { readonly uid: number; readonly gid: number };
      readonly guest?: GuestRef;
    }
  | { readonly kind: "pool-absent"; readonly pool: string; readonly disks: readonly string[] }
  /** The dataset does not exist, or a property differs from its live value. */
  | {
      readonly kind: "dataset";
      readonly dataset: string;
      readonly properties: readonly (readonly [string, string])[];
    }
  | StorageProbe
  /** The file of an image or a container template is not there. */
  | { readonly kind: "image-absent"; readonly path: string; readonly sha256?: string; readonly url?: string }
  | CheckProbe
  | WorkProbe
  | NetworkProbe
  /** A guest that was started only for the work in it still runs. */
  | { readonly kind: "guest-rest"; readonly guest: GuestRef }
  /** For plugins: a read-only command; the step runs when its exit code is not 0, or its output is not `stdout`. */
  | { readonly kind: "command"; readonly argv: Argv; readonly stdout?: string };

/** One unit of work. Immutable data; emitters turn it into text. */
export interface Step {
  /** Stable: `vm.8001.options`, `dataset.quickOS/vm-disks`. */
  readonly id: string;
  readonly phase: Phase;
  /** Whose turn it belongs to. */
  readonly resource: Address;
  /** A few words without the guest: `options`, `snapshot final-form`. */
  readonly title: string;
  readonly risk: Risk;
  readonly probe: Probe;
  /**
   * The commands that it may run, in order, as a reader wants to see them. Empty only for probes that the runtime itself
   * satisfies: by writing and removing files (`raw-lines`, `file`, `snippet`), by asking over the network (a `check` of a port or a URL).
   */
  readonly commands: readonly Argv[];
  /** Ids of steps that must have been done before. */
  readonly requires: readonly string[];
  /** What asked for it. */
  readonly source: Span;
}

/**
 * What must be true on the host before anything is touched. `blocks`: the guests that are held back when it is not;
 * empty: the whole plan is refused.
 */
export type Requirement = { readonly blocks: readonly Address[]; readonly source: Span } & (
  | { readonly kind: "storage"; readonly storage: string; readonly content?: string }
  | { readonly kind: "bridge"; readonly bridge: string }
  /** A file that must be there: an image, a template archive. */
  | { readonly kind: "file"; readonly path: string; readonly hint?: string }
  | { readonly kind: "device"; readonly path: string }
  /**
   * PCI devices that one machine gets are there, and share their IOMMU groups with nothing that the host uses. `mdev`: it gets
   * a mediated device of this type instead, which needs no group of its own.
   */
  | { readonly kind: "pci"; readonly addresses: readonly string[]; readonly mdev?: string }
  /** A USB device, as `VENDOR:PRODUCT` or `BUS-PORT`; a machine starts without one that is not plugged in. */
  | { readonly kind: "usb"; readonly device: string }
  /** A resource mapping of the cluster has an entry for this node. */
  | { readonly kind: "mapping"; readonly type: "pci" | "usb" | "directory"; readonly id: string }
  | { readonly kind: "disk"; readonly path: string; readonly pool: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "snapshot"; readonly guest: GuestRef; readonly snapshot: string }
  | { readonly kind: "template"; readonly guest: GuestRef }
  | { readonly kind: "guest"; readonly guest: GuestRef }
  | { readonly kind: "version"; readonly minimum: string }
  /** A secret can be read: where it is, never what it is. */
  | { readonly kind: "secret"; readonly secret: string }
  /** A part of the cluster's firewall that rules name. */
  | { readonly kind: "firewall-piece"; readonly piece: FirewallPiece; readonly name: string }
);

/** A guest of the plan, with the guests that must converge before it (it is held back when one of them is). */
export interface PlanGuest extends GuestRef {
  readonly address: Address;
  readonly needs: readonly Address[];
  /** Names that earlier plans gave it: the host may still have one of them. */
  readonly formerNames?: readonly string[];
  readonly source: Span;
}

/** What the script does on one host: a DAG of steps in their final order. */
export interface Plan {
  /** The declared name of the host; `host` when none is declared. */
  readonly host: string;
  /** The node's name, when declared. */
  readonly node?: string;
  /** What it does with the guests that it was restricted to; without it, all that the files say. */
  readonly action?: Exclude<Action, "converge">;
  readonly steps: readonly Step[];
  readonly requirements: readonly Requirement[];
  /** Texts of scripts that steps run in guests, by name; each once, whatever the number of steps. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** In plan order. */
  readonly guests: readonly PlanGuest[];
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
  /** Names of environment variables that the sources read. */
  readonly environment: readonly string[];
  /** Targets it was restricted to, as given; empty: everything. */
  readonly targets: readonly string[];
  /** There where plans of this host are committed: what the last one declared, and what it declares to the next. */
  readonly memory?: PlanMemory;
}

/** Where the secrets are that a plan's script reads, each once, in the order of the requirements. */
export function secretsOf(plan: Plan): readonly string[] {
  return [...new Set(plan.requirements.flatMap((need) => (need.kind === "secret" ? [need.secret] : [])))];
}
