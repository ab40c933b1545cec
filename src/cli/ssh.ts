import { resolve } from "node:path";
import { isHostName } from "../host/transport.js";
import type { SshTarget } from "../host/transport.js";
import { valueOf } from "./command.js";
import type { Arguments, OptionDeclarations, Problem } from "./command.js";
import type { Terminal } from "./terminal.js";

/** Options of every command that reaches a host. */
export const SSH_OPTIONS: OptionDeclarations = {
  "ssh-option": { takes: "values", placeholder: "OPTION", doc: "for ssh -o, such as Port=2222" },
  "ssh-config": { takes: "value", placeholder: "FILE", doc: "for ssh -F, in place of your configuration" },
};

/** A host as it was written on the command line, with what ssh is to be told. */
export function sshTarget(host: string, args: Arguments, terminal: Terminal): SshTarget | Problem {
  if (!isHostName(host)) return { problem: `\`${host}\` is not a host: write HOST or USER@HOST` };
  const configFile = valueOf(args, "ssh-config");
  return {
    host,
    options: args.values.get("ssh-option") ?? [],
    ...(configFile === undefined ? {} : { configFile: resolve(terminal.cwd, configFile) }),
  };
}
