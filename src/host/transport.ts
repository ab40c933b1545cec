import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { commandLine } from "./quote.js";

/** A host as `ssh` takes it, and what to tell `ssh` besides the user's own configuration. */
export interface SshTarget {
  /** `user@host`, `host`, or a name of the user's ssh configuration. */
  readonly host: string;
  /** Each is one `-o`, such as `Port=2222`. */
  readonly options: readonly string[];
  /** For `-F`: a configuration file in place of the user's. */
  readonly configFile?: string;
}

/** Whether a host name can be handed to ssh: ssh reads a leading dash as an option. */
export function isHostName(text: string): boolean {
  return /^[A-Za-z0-9_[][A-Za-z0-9_.@:%[\]-]*$/.test(text);
}

/**
 * Starts a command here, in a session of its own: a Ctrl-C on the terminal reaches only the caller, which passes it on.
 */
export function startHere(argv: readonly string[], env?: Readonly<NodeJS.ProcessEnv>): ChildProcess {
  const environment = env === undefined ? {} : { env };
  return spawn(argv[0] ?? "", argv.slice(1), { ...environment, stdio: ["pipe", "pipe", "inherit"], detached: true });
}

/**
 * Starts a command on a host through the system's ssh client; the user's configuration, agent and jump hosts apply. ssh
 * keeps the terminal, to ask for passwords, but ignores Ctrl-C (it leaves a signal ignored that it finds ignored): the
 * connection must outlive the interruption to report how it ended.
 */
export function startOver(target: SshTarget, argv: readonly string[]): ChildProcess {
  const ssh = ["ssh", "-T", ...(target.configFile === undefined ? [] : ["-F", target.configFile])];
  const options = target.options.flatMap((option) => ["-o", option]);
  const words = [...ssh, ...options, "--", target.host, `exec ${commandLine(argv)}`];
  return spawn("sh", ["-c", 'trap "" INT; exec "$@"', "sh", ...words], { stdio: ["pipe", "pipe", "inherit"] });
}
