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

/** What a guest answers: the actor's word, else the state's, else success. */
export async function answerOf(
  command: Command,
  guest: { readonly kind: Kind; readonly id: number },
  argv: readonly string[],
  stdin: Buffer,
): Promise<GuestReply> {
  const played = await actors.get(command.machine)?.(guest, argv, stdin);
  if (played !== undefined) return played;
  const line = argv.join(" ");
  const known = command.machine.state.answers.find(
    (answer) => answer.guest === guest.id && line.startsWith(answer.command),
  );
  return { code: known?.code ?? 0, stdout: known?.stdout ?? "", stderr: known?.stderr ?? "" };
}
