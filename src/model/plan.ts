import type { Span } from "../text/source.js";
import type { CardRequirement } from "./device-probe.js";
import type { FirewallPiece } from "./firewall-probe.js";
import type { GuestRef } from "./guest.js";
import type { PlanMemory, TextChange } from "./memory.js";
import type { Argv, Probe } from "./probe.js";
import type { Address } from "./resource.js";

export type { FirewallPiece, FirewallProbe, FirewallScopeName } from "./firewall-probe.js";
export type { GuestKind, GuestRef } from "./guest.js";
export type * from "./probe.js";
export type { Vdev } from "./zfs-probe.js";

/** What a plan as data calls itself, and its version: raised when a reader of it would have to change. */
export const PLAN_FORMAT = "phxc-plan";
export const PLAN_FORMAT_VERSION = 2;

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
export const ACTIONS = ["converge", "start", "stop", "restart", "snapshot", "rollback", "destroy", "health"] as const;
export type Action = (typeof ACTIONS)[number];

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
  /** `made`: the driver that the plan installs makes it, where the host has a card for it. */
  | { readonly kind: "device"; readonly path: string; readonly made?: true }
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
  | CardRequirement
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
  /** The texts of files that differ from those of the committed plan; none where there is no such plan. */
  readonly textChanges?: readonly TextChange[];
}

/** Where the secrets are that a plan's script reads, each once, in the order of the requirements. */
export function secretsOf(plan: Plan): readonly string[] {
  return [...new Set(plan.requirements.flatMap((need) => (need.kind === "secret" ? [need.secret] : [])))];
}
