import { compareText, settingOf, stringsOf } from "../../plugin-api/index.js";
import type { Lowered, OptionType, Resource, Section, Step } from "../../plugin-api/index.js";
import { makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import type { HostPart } from "./part.js";

/**
 * Non-interactive, with the configuration files that are there; what a package only recommends stays away, so that a host gets
 * no more than is declared, and no less: what would remove another package ends without a change. It waits for another run of apt, as the daily one.
 */
const INSTALL = [
  ..."apt-get install --yes --no-install-recommends --no-remove".split(" "),
  ..."-o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold --".split(" "),
];

/** A package of Debian, as its policy names it. */
const packageName: OptionType = {
  type: "string",
  pattern: "[a-z0-9][a-z0-9+.-]+",
  describe: "the name of a package: lower-case letters, digits, `+`, `.` and `-`",
};

/**
 * Asks for packages of Debian. The planner makes one step of all that a plan asks for, before all others. `commands`: programs
 * that they bring and that steps run, so that preflight does not miss them.
 */
export function packagesStep(
  resource: Resource,
  names: readonly string[],
  more: { readonly commands?: readonly string[]; readonly asked?: Section } = {},
): Step {
  const sorted = [...new Set(names)].toSorted(compareText);
  return makeStep(resource, "packages", {
    phase: "host",
    title: "packages",
    asked: more.asked,
    probe: { kind: "packages", names: sorted, commands: more.commands ?? [] },
    commands: [[...INSTALL, ...sorted]],
  });
}

export const packagesPart: HostPart = {
  options: {
    packages: {
      type: t.listOfType(packageName, true),
      doc: "Packages of Debian and Proxmox to install on the host. One that leaves the list stays installed.",
    },
  },
  lower: (host): Lowered => {
    const names = stringsOf(host, "packages");
    return onlySteps(
      names.length === 0 || settingOf(host, "packages") === undefined ? [] : [packagesStep(host, names)],
    );
  },
};
