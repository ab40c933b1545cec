import type { GuestKind } from "../model/plan.js";
import type { Model } from "../model/resource.js";
import { guests } from "./guest.js";
import { sectionsOf, settingOf } from "./values.js";

/** What features are: software that can be installed in guests. Built-in ones and those of a project are the same. */

/** Families of Linux distributions, as `/etc/os-release` tells them apart. */
export const OS_FAMILIES = ["alpine", "arch", "debian", "redhat", "suse"] as const;
export type OsFamily = (typeof OS_FAMILIES)[number];

/** The types of parameters. `host-file`: the path of a file of the host; the script gets its text. */
export const PARAMETER_TYPES = ["text", "int", "bool", "enum", "list", "secret", "host-file"] as const;

/** What a parameter that no file gives is: a value, or what the guest or the host says. */
export type ParameterDefault =
  | { readonly value: string | number | boolean | readonly string[] }
  /** Whether the guest has a GPU. */
  | { readonly from: "gpu" }
  /** The version of the host's NVIDIA driver, when the step runs. */
  | { readonly from: "nvidia-driver" };

/** One parameter of a feature. */
export interface FeatureParameter {
  readonly type: (typeof PARAMETER_TYPES)[number];
  readonly description: string;
  /** Of an enum. */
  readonly values: readonly string[];
  /** Anchored; of a text, and of each item of a list. */
  readonly pattern: string | undefined;
  readonly required: boolean;
  readonly default: ParameterDefault | undefined;
}

/** A feature as its folder declares it. */
export interface Feature {
  readonly name: string;
  readonly description: string;
  readonly parameters: ReadonlyMap<string, FeatureParameter>;
  /** Parameters of which the files give exactly one. */
  readonly oneOf: readonly string[];
  /** Features that are installed before it, and with it where nobody lists them. */
  readonly requires: readonly string[];
  /** Features that are installed before it, where they are listed. */
  readonly after: readonly string[];
  readonly families: readonly OsFamily[];
  readonly guests: readonly GuestKind[];
  /** Whole seconds. */
  readonly timeoutSeconds: number;
  /** A line for the guest's shell: with exit code 0 there is nothing to install. */
  readonly guard: string | undefined;
  /** The same: with another exit code than 0 the feature is not there, or not in order. */
  readonly verify: string | undefined;
  readonly script: string;
}

/** All features of a project. */
export interface Features {
  /** In code-unit order. */
  readonly names: readonly string[];
  /** `undefined`: there is none of this name, or it has been reported as unusable. */
  readonly get: (name: string) => Feature | undefined;
  /** A script of the project's folder of scripts, as it is. */
  readonly script: (name: string) => string | undefined;
  /** Where scripts are looked for. */
  readonly scriptsFolder: string;
  /** Shell functions that the scripts of features may use. */
  readonly tools: string;
  /** Shell functions that mount the network file systems of a guest. */
  readonly volumes: string;
}

/** Whether a model asks for anything to be installed in a guest, or run in it. */
export function usesFeatures(model: Model): boolean {
  return guests(model).some(
    (guest) =>
      settingOf(guest, "features") !== undefined ||
      ["feature", "script", "volume"].some((kind) => sectionsOf(guest, kind).length > 0) ||
      sectionsOf(guest, "check").some((check) => settingOf(check, "script") !== undefined),
  );
}

/** A script without the line feeds at its end: no pattern, which would look at each line. */
export function withoutLastLineFeeds(script: string): string {
  let end = script.length;
  while (script[end - 1] === "\n") end--;
  return script.slice(0, end);
}

/** The shell that a script's first line names: sh when it names none, `undefined` when it names another interpreter. */
export function shellOf(script: string): "sh" | "bash" | undefined {
  if (!script.startsWith("#!")) return "sh";
  const end = script.indexOf("\n");
  const first = end === -1 ? script : script.slice(0, end);
  const name = /^#!\s*(?:\/usr)?(?:\/local)?\/bin\/(?:env\s+)?(sh|bash|dash)(?:\s.*)?$/.exec(first)?.[1];
  return name === "dash" ? "sh" : name === "sh" || name === "bash" ? name : undefined;
}
