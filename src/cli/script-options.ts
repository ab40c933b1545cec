import type { Arguments, OptionDeclarations } from "./command.js";

/** Options of commands that run a plan's script, which are the script's own. */
export const SCRIPT_OPTIONS: OptionDeclarations = {
  "allow-destroy": { takes: "flag", doc: "destroy guests and snapshots where the plan says so" },
  confirm: {
    takes: "values",
    placeholder: "NAME",
    doc: "with --allow-destroy: destroy this dataset, which no file declares any more",
  },
  "allow-older": { takes: "flag", doc: "apply a plan that does not follow the one that was applied last" },
  "allow-lockout": { takes: "flag", doc: "write rules of the firewall that shut out the session in which this runs" },
  "allow-detach": {
    takes: "flag",
    doc: "give machines PCI devices on which there is an interface or a disk that the host uses",
  },
  "allow-disconnect": { takes: "flag", doc: "change interfaces of the host that carry its address" },
  "retry-network": { takes: "flag", doc: "make a change of the network once more that was taken back" },
  "keep-going": { takes: "flag", doc: "go on with the other guests when a step of one fails" },
};

/** Those that were given, as the script takes them. */
export function scriptFlags(args: Arguments): readonly string[] {
  const given = Object.keys(SCRIPT_OPTIONS).filter((name) => args.flags.has(name));
  const confirmed = (args.values.get("confirm") ?? []).flatMap((name) => ["--confirm", name]);
  return [...given.map((name) => `--${name}`), ...confirmed];
}
