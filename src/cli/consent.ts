import type { Answer } from "../host/apply.js";
import { visible } from "../text/visible.js";
import type { Terminal } from "./terminal.js";

/** A guest that a script's check announced to destroy. */
export interface Doomed {
  /** `ct 103 step-ca` */
  readonly guest: string;
  readonly name: string;
}

/** The guests that a run would destroy, from what its check printed; the script prints no line of another one's choice. */
export function doomedBy(output: string): readonly Doomed[] {
  return [...output.matchAll(/^- ((?:vm|ct) \d+ (\S+)): destroy$/gm)].map(([, guest = "", name = ""]) => ({
    guest,
    name,
  }));
}

/** Asks whether to apply what a check has shown; of every guest that would be destroyed, the name has to be typed. */
export async function consent(output: string, ask: Terminal["ask"]): Promise<Answer> {
  if (ask === undefined) return "cannot-ask";
  const answer = await ask("Apply these changes? [y/N] ");
  if (!/^y(es)?$/i.test(answer.trim())) return "no";
  for (const { guest, name } of doomedBy(output)) {
    const typed = await ask(`${visible(guest)} is destroyed with all of its disks. Type its name to agree: `);
    if (typed.trim() !== name) return "no";
  }
  return "yes";
}
