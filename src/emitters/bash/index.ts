import { secretsOf } from "../../model/plan.js";
import type { Plan } from "../../model/plan.js";
import { aimOf } from "../../plugin-api/index.js";
import { programs, renderPreflight } from "./preflight.js";
import { render } from "./render.js";
import { runtimeFor } from "./runtime.js";
import { ShellWord } from "./shell-word.js";
import { named, renderSteps } from "./steps.js";
import { renderScripts } from "./steps-work.js";
import { sha256 } from "../../text/sha256.js";

const NO_DIGEST = "0".repeat(64);

/**
 * The script of a plan. The same plan gives the same bytes. The digest in it is the SHA-256 of the script with sixty-four
 * zeros in its place; it detects damage, and names the plan on the host.
 */
export function emitBash(plan: Plan, options: { readonly version: string }): string {
  return draftBash(plan, options)(plan.memory?.ancestry ?? []);
}

/** The script of a plan as a function of the plans before it, the latest first: only a line or two of it depend on them. */
export function draftBash(plan: Plan, options: { readonly version: string }): (ancestry: readonly string[]) => string {
  const body = render("script-body", {
    commands: programs(plan).map((program) => ShellWord.bare(program)),
    preflight: ShellWord.hereDocument(renderPreflight(plan).trimEnd()),
    steps: ShellWord.hereDocument(renderSteps(plan).trimEnd()),
    stages: (plan.action === "health" ? ASKING : CHANGING).map((stage) => ShellWord.bare(stage)),
  });
  const text = render("script", {
    header: ShellWord.hereDocument(header(plan, options.version)),
    digest: ShellWord.bare(NO_DIGEST),
    memory: ShellWord.bare(memoryOf(plan)),
    action: ShellWord.hereDocument(plan.action === "health" ? "\nreadonly PLAN_ACTION='health'" : ""),
    runtime: ShellWord.hereDocument(runtimeFor(body).trimEnd() + scriptsOf(plan)),
    body: ShellWord.hereDocument(body),
  });
  return (ancestry) => {
    const words = ancestry.map((digest) => `\n${String(ShellWord.bare(digest))}`).join("");
    const whole = text.replace(ANCESTRY, (line) => line.slice(0, -1) + words + "'");
    const digest = sha256(whole);
    return DIGESTS.reduce((done, place) => done.replace(place, (line) => line.replace(NO_DIGEST, digest)), whole);
  };
}

/** What a script does after it has read its options, in order. */
const CHANGING = ["begin", "preflight", "settle_interrupted", "record_applied", "steps", "summary"] as const;
/** The same of one that changes nothing. */
const ASKING = ["begin_health", "begin", "preflight", "steps", "end_health"] as const;

/** The first lines that look like these are the script's own: what stands before them cannot hold a line of its choice. */
const ANCESTRY = /^readonly PLAN_MEMORY='[a-z]+' PLAN_ANCESTRY=''$/m;
const DIGESTS = [/^# Digest: 0{64}$/m, /^readonly PLAN_DIGEST='0{64}'$/m] as const;

/** What guests run, under a heading; nothing where they run nothing. */
function scriptsOf(plan: Plan): string {
  const scripts = renderScripts(plan).trimEnd();
  return scripts === "" ? "" : render("scripts", { scripts: ShellWord.hereDocument(scripts) }).trimEnd();
}

/** The digest in a script. */
export function digestOf(script: string): string {
  return /^# Digest: ([0-9a-f]{64})$/m.exec(script)?.[1] ?? NO_DIGEST;
}

/** Whether the host notes the plan as applied: one of the whole of a committed model, not one of some targets. */
function memoryOf(plan: Plan): "none" | "part" | "whole" {
  if (plan.memory === undefined) return "none";
  return plan.targets.length === 0 && plan.action === undefined ? "whole" : "part";
}

function onlyFor(plan: Plan): readonly string[] {
  const aim = aimOf(plan);
  if (aim !== undefined) return [`It converges nothing. It is ${aim}`];
  return plan.targets.length === 0 ? [] : [`Only for: ${plan.targets.join(", ")} and what they need`];
}

/** How to run it, and what its exit codes mean. */
function usage({ action }: Plan): readonly string[] {
  if (action === "health") {
    return [
      "Run it on the host:  bash plan.sh   It changes nothing; bash plan.sh --report json or junit is for programs.",
      "Exit codes: 0 all checks passed, 7 one did not, 3 refused, 64 wrong options, 130 interrupted.",
    ];
  }
  return [
    "Review it, then on the host:  bash plan.sh --check   (changes nothing)   and   bash plan.sh",
    `Running it again ${action === "restart" ? "restarts them again" : "changes nothing"}; after an interruption it goes on where it was.`,
    "Exit codes: 0 done or nothing to do, 2 changes pending (--check), 3 refused before anything was touched,",
    "4 a step failed or a guest was held back, 5 another run holds the lock, 64 wrong options, 130 interrupted.",
  ];
}

/** Where the secrets are that the script reads; a command is shown as it will be run. */
function secretLines(plan: Plan): readonly string[] {
  const places = secretsOf(plan);
  return places.length === 0 ? [] : ["Secrets read when it runs:", ...places.map((place) => `  ${place}`)];
}

function header(plan: Plan, version: string): string {
  const leaving = plan.steps.flatMap(({ probe }) => (probe.kind === "guest-retired" ? [probe.guest] : []));
  const lines = [
    `Plan for ${plan.node === undefined ? "a Proxmox VE host" : `the Proxmox VE node ${plan.node}`}, compiled by phxc ${version}. Do not edit: change the sources and compile again.`,
    "",
    "Sources (SHA-256):",
    ...plan.sources.map((source) => `  ${source.sha256}  ${source.path}`),
    ...(plan.environment.length === 0 ? [] : [`Environment variables read: ${plan.environment.join(", ")}`]),
    ...secretLines(plan),
    ...onlyFor(plan),
    `Digest: ${NO_DIGEST}`,
    "",
    `${plan.guests.length} guests, ${plan.steps.length} steps:`,
    ...plan.guests.map((guest) => `  ${named(guest)}`),
    ...leaving.map((guest) => `  ${named(guest)}: to be destroyed (--allow-destroy)`),
    "",
    ...usage(plan),
  ];
  return [
    "#!/usr/bin/env bash",
    ...lines.map((line) => String(ShellWord.comment(line === "" ? "#" : `# ${line}`))),
  ].join("\n");
}
