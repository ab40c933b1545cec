import type { Command } from "./command.js";
import type { Kind } from "./guests.js";

/** What came of a command in a guest. */
export interface GuestReply {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Plays the guests: returns undefined where the default answer (success, no output) does. */
export type GuestActor = (
  guest: { readonly kind: Kind; readonly id: number },
  argv: readonly string[],
  stdin: Buffer,
) => GuestReply | undefined | Promise<GuestReply | undefined>;

const actors = new WeakMap<object, GuestActor>();

/** Lets `actor` play the guests of a machine. */
export function setActor(machine: Command["machine"], actor: GuestActor): void {
  actors.set(machine, actor);
}

/** What whoever plays the guest answers; undefined where nobody does. */
export async function playedBy(
  command: Command,
  guest: { readonly kind: Kind; readonly id: number },
  argv: readonly string[],
  stdin: Buffer,
): Promise<GuestReply | undefined> {
  return actors.get(command.machine)?.(guest, argv, stdin);
}

/** What the state says that a guest answers to a command line that begins so; else success. */
export function answerOf(command: Command, guest: { readonly id: number }, argv: readonly string[]): GuestReply {
  const line = argv.join(" ");
  const known = command.machine.state.answers.find(
    (answer) => answer.guest === guest.id && line.startsWith(answer.command),
  );
  return { code: known?.code ?? 0, stdout: known?.stdout ?? "", stderr: known?.stderr ?? "" };
}
