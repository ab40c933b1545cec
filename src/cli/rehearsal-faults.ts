import { plural } from "../diagnostics/summary.js";
import type { Address } from "../model/resource.js";
import { endedAsMeant, survive, undisturbedParts } from "../rehearsal/index.js";
import type { Fault, HostState, Seen, Survival, Undisturbed } from "../rehearsal/index.js";
import { visible, visibleLines } from "../text/visible.js";
import { EXIT, valueOf } from "./command.js";
import type { Arguments, OptionDeclarations, Problem } from "./command.js";
import type { Terminal } from "./terminal.js";

const KINDS: Readonly<Record<string, Pick<Fault, "when" | "signal">>> = {
  "kill-before": { when: "before" },
  "kill-during": { when: "during" },
  "kill-after": { when: "after" },
  interrupt: { when: "during", signal: "SIGINT" },
  fail: { when: "fail" },
};

/** The options of a rehearsal with faults. */
export const FAULT_OPTIONS: OptionDeclarations = {
  fault: {
    takes: "value",
    placeholder: "N|all",
    doc: "disturb the run at the N-th command, or at each in turn: does the next run mend it",
  },
  "fault-kind": {
    takes: "values",
    placeholder: "KIND",
    choices: Object.keys(KINDS),
    doc: "what goes wrong",
  },
};

/** What is run: a script with its options on a host, of which some guests are meant to be held back. */
export interface Subject {
  readonly script: string;
  readonly state: HostState;
  readonly args: readonly string[];
  readonly without: ReadonlySet<Address>;
  /** What stands in for secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A mistake in how faults were asked for, as far as the command line alone shows it. */
export function faultClash(args: Arguments): Problem | undefined {
  const fault = valueOf(args, "fault");
  if (fault === undefined) {
    return args.values.has("fault-kind") ? { problem: "`--fault-kind` says nothing without `--fault`" } : undefined;
  }
  if (fault !== "all" && !/^[1-9]\d{0,5}$/.test(fault))
    return { problem: `\`--fault ${fault}\` is neither the number of a command nor \`all\`` };
  const other = ["keep", "format"].find((name) => args.values.has(name));
  return other === undefined ? undefined : { problem: `\`--fault\` and \`--${other}\` do not go together` };
}

/** Rehearses with faults, a line each as they come; the exit code is 0 when the host has survived all of them. */
export async function rehearseFaults(args: Arguments, subject: Subject, terminal: Terminal): Promise<number | Problem> {
  const { script, state, args: flags, without, secrets = {} } = subject;
  const parts = await undisturbedParts(script, state, { args: flags, options: { secrets } });
  const { write, palette } = terminal.out;
  const last = parts.at(-1) ?? parts[0];
  if (!endedAsMeant(last.run, without)) {
    write(
      `${palette.error(`without any fault the script ends with ${last.run.code}; rehearse it without --fault first`)}\n`,
    );
    return last.run.code === 0 ? EXIT.findings : last.run.code;
  }
  const places = parts.flatMap((whole) => whole.commands.map((command, i) => ({ whole, command, at: i + 1 })));
  const fault = valueOf(args, "fault") ?? "all";
  if (Number(fault) > places.length)
    return { problem: `the run has no command ${fault}`, hint: `it has ${places.length}` };
  const kinds = args.values.get("fault-kind") ?? Object.keys(KINDS);
  const seen = new Map(parts.map((whole): readonly [Undisturbed, Seen] => [whole, new Map()]));
  let [cases, failed] = [0, 0];
  for (const [i, { whole, command, at }] of places.entries()) {
    if (fault !== "all" && Number(fault) !== i + 1) continue;
    write(`${palette.strong(`${i + 1}`)} ${shown(command, args)}\n`);
    for (const kind of kinds) {
      const survival = await survive(whole, { at, when: "fail", ...KINDS[kind] }, seen.get(whole));
      cases++;
      if (survival.problem !== undefined) failed++;
      write(caseText(kind, survival, whole, terminal));
    }
  }
  const all = `${plural(cases, "fault")} at ${plural(fault === "all" ? places.length : 1, "command")}`;
  const good = "after each the next run came to the undisturbed end, and the one after it changed nothing";
  write(`${failed === 0 ? palette.good(`passed: ${all}; ${good}`) : palette.error(`failed: ${failed} of ${all}`)}\n`);
  return failed === 0 ? EXIT.ok : EXIT.findings;
}

const WIDTH = 110;

function shown(command: string, args: Arguments): string {
  const line = visible(command);
  return args.flags.has("verbose") || line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 4)} ...`;
}

/** How the disturbed run ended, and what became of the next one. */
function caseText(
  kind: string,
  { cut, next, known, problem }: Survival,
  whole: Undisturbed,
  terminal: Terminal,
): string {
  const { palette } = terminal.out;
  const end = cut.signal ?? `exit code ${cut.code}`;
  const head = `  ${kind.padEnd(11)}  ${end.padEnd(13)}  `;
  if (problem !== undefined) {
    const lines = visibleLines(problem)
      .split("\n")
      .map((line) => `      ${line}`);
    return `${palette.error(`${head}not mended`)}\n${lines.join("\n").trimEnd()}\n`;
  }
  if (known) return `${head}as after an earlier fault\n`;
  const changes = next?.commands.filter(({ mutating }) => mutating).length ?? 0;
  const usual = whole.run.commands.filter(({ mutating }) => mutating).length;
  return `${head}the next run: ${plural(changes, "change")} (an undisturbed one: ${usual}), same end\n`;
}
