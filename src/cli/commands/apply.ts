import { resolve } from "node:path";
import { applyScript, askHealth } from "../../host/apply.js";
import { readBytes } from "../../host/files.js";
import { openSession } from "../../host/session.js";
import type { Session } from "../../host/session.js";
import { STAGING_FOLDER } from "../../host/supervisor.js";
import { startHere, startOver } from "../../host/transport.js";
import { describeFailure } from "../../text/files.js";
import { secretVariables } from "../../text/secrets.js";
import { visible } from "../../text/visible.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { consent } from "../consent.js";
import { planText } from "../emit.js";
import { REPORT_OPTIONS } from "../report.js";
import { SCRIPT_OPTIONS, scriptFlags } from "../script-options.js";
import { ACTION_OPTIONS, SOURCE_OPTIONS } from "../sources.js";
import { SSH_OPTIONS, sshTarget } from "../ssh.js";
import type { Terminal } from "../terminal.js";

/** `phxc apply` */
export const applyCommand: Command = {
  usage: ["phxc apply PLAN.sh [--host USER@HOST]", "phxc apply [ENTRY] [TARGET...] [--host USER@HOST]"],
  about: `Stages a plan's script in a private folder of the host, runs its --check, shows the difference, asks, and runs
the same bytes. Of a guest that is to be destroyed the name has to be typed; --yes asks nothing, and without
--allow-destroy nothing is destroyed. Without --host it does so on this machine, as root. It passes on the script's output
and exit code: 0 done or nothing to do, 2 changes that were not applied, 3 the host is not ready, 4 a step failed, 5 another
run holds the lock, 6 the host has to be restarted first, 130 interrupted; 255 when the connection was lost. Ctrl-C stops
the script; the next run goes on.
With --action health it runs the checks of the guests, of all where none is named, and changes nothing; 7 when one does not
pass. --format json and junit write a report for programs to standard output.
A template is rebuilt by a plan that is kept (phxc plan TEMPLATE --action rebuild-template --write), and then applied.`,
  options: {
    host: { takes: "value", placeholder: "USER@HOST", doc: "a host, as your ssh configuration knows it" },
    yes: { takes: "flag", short: "y", doc: "apply changes without asking" },
    ...SCRIPT_OPTIONS,
    wait: {
      takes: "value",
      placeholder: "SECONDS",
      doc: "wait so long for another run, and for guests that a task locks",
    },
    limit: { takes: "value", placeholder: "SECONDS", doc: "end any command of the host that takes longer" },
    format: {
      takes: "value",
      short: "f",
      placeholder: "FORM",
      choices: ["table", "json", "junit"],
      doc: "with --action health: how its report is written",
    },
    ...SSH_OPTIONS,
    staging: { takes: "value", placeholder: "FOLDER", doc: `where to stage on the host; default ${STAGING_FOLDER}` },
    ...ACTION_OPTIONS,
    ...SOURCE_OPTIONS,
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc apply plan.sh --host root@pve1", "a script that has been reviewed"],
    ["phxc apply fleet.phx docker-1 --host root@pve1", "compile and apply one guest with what it needs"],
    ["phxc apply fleet.phx docker-1 --action restart --host root@pve1", "one guest, stopped and started again"],
    ["phxc apply fleet.phx --action health --format junit --host root@pve1", "whether the guests are healthy"],
    ["phxc apply plan.sh --yes", "here, without asking"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const start = starter(args, terminal);
  if (isProblem(start)) return start;
  const script = await scriptOf(args, terminal);
  if (isProblem(script) || typeof script === "number") return script;
  const staging = valueOf(args, "staging") ?? STAGING_FOLDER;
  if (!staging.startsWith("/")) return { problem: "`--staging` wants an absolute path on the host" };
  const isHealth = asksHealth(script);
  const flags = allScriptFlags(args, isHealth);
  if (isProblem(flags)) return flags;
  const secrets = secretsFor(script, terminal);
  if (isProblem(secrets)) return secrets;
  const shown: Buffer[] = [];
  const output = (bytes: Buffer): void => {
    shown.push(bytes);
    terminal.out.write(bytes);
  };
  const session = openSession({ script, staging, flags, secrets, start, output });
  const stop = relaySignals(session, terminal);
  try {
    const { code, message } = isHealth
      ? await askHealth(session)
      : await applyScript(session, async () =>
          args.flags.has("yes") ? "yes" : consent(Buffer.concat(shown).toString("utf8"), terminal.ask),
        );
    if (message !== undefined) terminal.err.write(`phxc: ${visible(message)}\n`);
    return code;
  } finally {
    stop();
  }
}

/** Whether a script only asks for the health of guests; it says so among its first lines that are no comments. */
function asksHealth(script: Buffer): boolean {
  const text = script.toString("utf8");
  const begin = text.indexOf("\nreadonly PLAN_DIGEST='");
  return begin !== -1 && text.slice(begin, text.indexOf("\n\n", begin)).endsWith("\nreadonly PLAN_ACTION='health'");
}

/** What of the command line is the script's business. */
function allScriptFlags(args: Arguments, isHealth: boolean): readonly string[] | Problem {
  const flags = [...scriptFlags(args)];
  const form = valueOf(args, "format");
  if (form !== undefined && !isHealth) return { problem: "`--format` is for `--action health`" };
  if (form !== undefined) flags.push("--report", form);
  for (const [name, pattern] of [
    ["wait", /^\d{1,6}$/],
    ["limit", /^[1-9]\d{0,6}$/],
  ] as const) {
    const seconds = valueOf(args, name);
    if (seconds === undefined) continue;
    if (!pattern.test(seconds)) return { problem: `\`--${name}\` wants a number of seconds` };
    flags.push(`--${name}`, seconds);
  }
  return flags;
}

/** The secrets that the script takes from variables of this side. */
function secretsFor(script: Buffer, { env, err }: Terminal): Readonly<Record<string, string>> | Problem {
  const names = secretVariables(script.toString("utf8"));
  const missing = names.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    return { problem: `the plan takes secrets from variables that are not set here: ${missing.join(", ")}` };
  }
  if (names.length > 0) err.write(`phxc: the script is handed the values of ${names.join(", ")}\n`);
  return Object.fromEntries(names.map((name) => [`env:${name}`, env[name] ?? ""]));
}

type Start = Parameters<typeof openSession>[0]["start"];

/** How the host is reached. */
function starter(args: Arguments, terminal: Terminal): Start | Problem {
  const host = valueOf(args, "host");
  if (host === undefined) {
    if (process.getuid?.() === 0) return startHere;
    return {
      problem: "without --host the plan runs on this machine, which takes root",
      hint: "on another: --host root@HOST",
    };
  }
  const target = sshTarget(host, args, terminal);
  if (isProblem(target)) return target;
  return (argv) => startOver(target, argv);
}

/** The bytes of a script that is named, or of a fresh compilation; a number is the exit code of a failed one. */
async function scriptOf(args: Arguments, terminal: Terminal): Promise<Buffer | number | Problem> {
  const [first, ...rest] = args.positionals;
  if (first?.endsWith(".sh") === true) {
    if (args.values.has("action") || args.flags.has("with-dependents")) {
      return { problem: "a script does what is written in it; `--action` is for sources" };
    }
    if (rest.length > 0) return { problem: `a script is applied whole; \`${rest.join(" ")}\` is too much` };
    return readScript(first, terminal);
  }
  const planned = await planText(args, terminal, "bash");
  if (isProblem(planned)) return planned;
  const { lock, plan } = planned.compiled.compilation;
  if (plan !== undefined && plan.action === undefined && lock?.changed === true) {
    return {
      problem: `${lock.path} is not up to date: what is drawn for guests must be kept before they get it`,
      hint: "phxc plan --write writes it",
    };
  }
  return planned.text === undefined ? EXIT.findings : Buffer.from(planned.text);
}

function readScript(path: string, terminal: Terminal): Buffer | Problem {
  const bytes = readBytes(resolve(terminal.cwd, path));
  if (!Buffer.isBuffer(bytes)) return { problem: `cannot read ${path}: ${describeFailure(bytes.reason)}` };
  if (bytes.subarray(0, 2).toString("latin1") === "#!") return bytes;
  return { problem: `${path} is not a script: it does not begin with #!` };
}

/** An interruption goes to the script, which ends in order and reports; only the third ends the transport as well. */
function relaySignals(session: Session, terminal: Terminal): () => void {
  let interruptions = 0;
  return terminal.onSignal((signal) => {
    interruptions++;
    if (interruptions > 2) session.abandon();
    else session.interrupt(signal);
  });
}
