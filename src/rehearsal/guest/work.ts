import type { Command } from "../host/command.js";
import { answerOf, type GuestReply, playedBy } from "../host/guest-answers.js";
import type { Kind } from "../host/guests.js";
import type { Machine } from "../host/machine.js";
import type { HostState } from "../state.js";

type RunningWork = HostState["work"][string][string];

/** What a guest answers to a command, which may be a script's work. Who plays the guests has the first word. */
export async function guestReply(
  command: Command,
  guest: { readonly kind: Kind; readonly id: number },
  argv: readonly string[],
  stdin: Buffer,
): Promise<GuestReply> {
  const played = (await playedBy(command, guest, argv, stdin)) ?? (await playWork(command, guest, argv, stdin));
  return played ?? answerOf(command, guest, argv);
}

/** How a script's request to begin or follow work is spelled: on the shell's input, with these words as its arguments. */
const REQUEST = /^(?:timeout \d+ )?sh -s -- (begin|follow) (.+)$/;

/**
 * Plays the guest's side of a script's work: what its shell would be told is not run, but ends with success unless the state's
 * answers say otherwise (`work NAME`). The mark of work that is done is a file on the guest's disk. Undefined for anything else.
 */
async function playWork(
  command: Command,
  guest: { readonly kind: Kind; readonly id: number },
  argv: readonly string[],
  stdin: Buffer,
): Promise<GuestReply | undefined> {
  const [, verb, words = ""] = REQUEST.exec(argv.join(" ")) ?? [];
  if (verb === undefined) return undefined;
  const text = stdin.toString("utf8");
  if (!text.includes("in_begin") || !text.includes('"in_${verb}" "$@"')) {
    return { code: 2, stdout: "", stderr: `simulated host: unknown: ${verb} without the functions for it\n` };
  }
  const [name = "", ...rest] = words.split(" ");
  const works = (command.machine.state.work[guest.id] ??= {});
  if (verb === "follow") return reply(command.machine, guest.id, name, works[name]);
  const [mark = "", , , want = ""] = rest;
  const isDone = command.machine.state.guestFiles[guest.id]?.[markPath(name)] === mark;
  const running = works[name];
  if (running !== undefined && running.left > 0) return reply(command.machine, guest.id, name, running);
  if (want === "work" && isDone) return { code: 0, stdout: "phxc same 0 0 -\n", stderr: "" };
  const answer = answerOf(command, guest, ["work", name]);
  const code = want === "work" || answer.code !== 0 ? answer.code : isDone ? 90 : want === "look" ? 91 : 0;
  const left = command.machine.state.manners[guest.id]?.slowWork ?? 0;
  works[name] = { mark, code, output: answer.stdout + answer.stderr, left };
  return reply(command.machine, guest.id, name, works[name]);
}

/** One line about the work, then its output where it has ended. */
function reply(machine: Machine, id: number, name: string, work: RunningWork | undefined): GuestReply {
  if (work === undefined) return { code: 1, stdout: "", stderr: `sh: cannot open /run/phxc/${name}.out\n` };
  const say = (state: string, size: number, output = ""): GuestReply => ({
    code: 0,
    stdout: `phxc ${state} ${size} ${work.mark}\n${Buffer.from(output).toString("base64")}`,
    stderr: "",
  });
  if (work.left > 0) {
    work.left--;
    return say("running 0", 0);
  }
  if (work.code === 0 || work.code === 90) (machine.state.guestFiles[id] ??= {})[markPath(name)] = work.mark;
  return say(`ended ${work.code}`, Buffer.byteLength(work.output), work.output);
}

function markPath(name: string): string {
  return `/var/lib/phxc/${name}`;
}
