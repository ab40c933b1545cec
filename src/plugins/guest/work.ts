import { guestRef, isTemplate, sha256, shellOf, stringOf, withoutLastLineFeeds } from "../../plugin-api/index.js";
import type {
  Argv,
  Feature,
  GuestRef,
  Lowered,
  Requirement,
  Resource,
  Section,
  Step,
  WorkParameter,
} from "../../plugin-api/index.js";
import { makeStep, toolOf } from "./step.js";

/** A piece of work in a guest. */
export interface Work {
  /** Of its mark in the guest: `feature.docker`. */
  readonly name: string;
  /** Its name among the plan's scripts. */
  readonly script: string;
  /** What runs. */
  readonly text: string;
  /** As the project or phxc has it: its first line names the shell. */
  readonly source: string;
  readonly parameters: readonly WorkParameter[];
  /** Whole seconds. */
  readonly timeoutSeconds: number;
  readonly asked: Section | undefined;
}

/** The step that does a piece of work once. Its digest is that of the text and of what the files say of the parameters. */
export function workStep(resource: Resource, work: Work): Step {
  const { name, script, text, source, parameters, timeoutSeconds, asked } = work;
  const guest = guestRef(resource);
  const shell = shellOf(source) ?? "sh";
  return makeStep(resource, name, {
    phase: "provision",
    title: name.replace(".", " "),
    probe: {
      ...{ kind: "guest-work", guest, name, script, shell, parameters, timeoutSeconds },
      // Only an output that shows it needs it.
      get digest() {
        return sha256(JSON.stringify([text, parameters])).slice(0, 32);
      },
    },
    commands: [[toolOf(guest), "start", String(guest.id)], execCommand(guest)],
    asked,
  });
}

/** How scripts reach a guest: on the standard input of its shell. */
function execCommand(guest: GuestRef): Argv {
  const id = String(guest.id);
  return guest.kind === "ct"
    ? ["pct", "exec", id, "--", "sh", "-s"]
    : ["qm", "guest", "exec", id, "--pass-stdin", "1", "--", "sh", "-s"];
}

/**
 * A guest's turn with a last step of its provisioning, where there is any work in it: one that only the work has started is
 * stopped again, before its snapshots and its conversion.
 */
export function withRest(resource: Resource, lowered: Lowered): Lowered {
  const guest = guestRef(resource);
  const isDone = (step: Step): boolean => step.probe.kind === "guest-work";
  const requirements = [...lowered.requirements, ...secretsOf(resource, lowered.steps)];
  if (!lowered.steps.some(isDone) || (stringOf(resource, "state") === "running" && !isTemplate(resource)))
    return { ...lowered, requirements };
  const step = makeStep(resource, "rest", {
    phase: "provision",
    title: "stop what only the work has started",
    probe: { kind: "guest-rest", guest },
    commands: [[toolOf(guest), "shutdown", String(guest.id), "--forceStop", "1"]],
  });
  return { ...lowered, requirements, steps: [...lowered.steps, step] };
}

/** The secrets that the work in a guest is handed: without one the guest is held back. */
function secretsOf(resource: Resource, steps: readonly Step[]): readonly Requirement[] {
  return steps.flatMap(({ probe, source }) => {
    const parameters = probe.kind === "guest-work" ? probe.parameters : [];
    return parameters.flatMap((parameter) =>
      "secret" in parameter
        ? [{ kind: "secret", secret: parameter.secret, blocks: [resource.address], source } as const]
        : [],
    );
  });
}

/**
 * The text that installs a feature. The guard and the verify command stand around the script; the script is a subshell, so that
 * its `exit` ends only itself, and stops at its first failure. 90: the feature was there and in order; 91: it was not.
 */
export function featureText({ guard, verify, script }: Pick<Feature, "guard" | "verify" | "script">): string {
  const lines = [
    "phxc_verify() {",
    `\t${verify ?? ":"}`,
    "}",
    'if test "${PHXC_WANT}" != work; then',
    '\tif test "${PHXC_CURRENT}" = 1 && phxc_verify; then exit 90; fi',
    '\tif test "${PHXC_WANT}" = look; then exit 91; fi',
    "fi",
    ...(guard === undefined ? [] : ["phxc_guard() {", `\t${guard}`, "}"]),
    ...(guard === undefined ? [] : ["if ! phxc_guard; then"]),
    "(",
    "set -eu",
    withoutLastLineFeeds(script),
    ")",
    "phxc_code=$?",
    'test "${phxc_code}" -eq 0 || exit "${phxc_code}"',
    ...(guard === undefined ? [] : ["fi"]),
    ...(verify === undefined
      ? []
      : ["phxc_verify || { echo 'it was installed, and does not pass its own check'; exit 1; }"]),
  ];
  return `${lines.join("\n")}\n`;
}
