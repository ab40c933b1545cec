import type { Command } from "./command.js";

/** A command as the overview lists it; its module is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands, in the order of the overview. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "check",
    summary: "report what is wrong with the files",
    load: async () => (await import("./commands/check.js")).checkCommand,
  },
  {
    name: "plan",
    summary: "show what would be done, or write the script that does it",
    load: async () => (await import("./commands/plan.js")).planCommand,
  },
  {
    name: "apply",
    summary: "check a host against a plan, ask, and run it, here or over ssh",
    load: async () => (await import("./commands/apply.js")).applyCommand,
  },
  {
    name: "rehearse",
    summary: "run a plan twice on a simulated host",
    load: async () => (await import("./commands/rehearse.js")).rehearseCommand,
  },
  {
    name: "capture",
    summary: "read a host, so that plans can be rehearsed from it",
    load: async () => (await import("./commands/capture.js")).captureCommand,
  },
  {
    name: "why",
    summary: "say where a value comes from, and which command it becomes",
    load: async () => (await import("./commands/why.js")).whyCommand,
  },
  {
    name: "explain",
    summary: "tell what a finding means and how to mend it",
    load: async () => (await import("./commands/explain.js")).explainCommand,
  },
  {
    name: "graph",
    summary: "draw what depends on what",
    load: async () => (await import("./commands/graph.js")).graphCommand,
  },
  {
    name: "fmt",
    summary: "write .phx files in their canonical form",
    load: async () => (await import("./commands/fmt.js")).fmtCommand,
  },
  {
    name: "forget",
    summary: "drop what the committed plan remembers and no file declares",
    load: async () => (await import("./commands/forget.js")).forgetCommand,
  },
  {
    name: "trust",
    summary: "allow the plugins of a project to run",
    load: async () => (await import("./commands/trust.js")).trustCommand,
  },
];
