import { argument, type Call, flag, vmid } from "../host/command.js";
import { isRunning, loadConfig } from "../host/guests.js";
import { guestReply } from "../guest/work.js";
import { refuse } from "../host/refusal.js";
import { perlJson } from "../tools/perl-json.js";

/** Refuses as long as nobody in the guest answers. */
function checkAgent(call: Call, id: number): void {
  const { options } = loadConfig(call.machine, "vm", id).current;
  if (!/^(?:enabled=)?(?:1|on|yes|true)(?:,|$)/i.test(options.get("agent") ?? ""))
    refuse("No QEMU guest agent configured");
  if (!isRunning(call.machine, id)) refuse(`VM ${id} is not running`);
  const manner = call.machine.state.manners[id];
  const waiting = manner?.agent ?? true;
  if (waiting === true || waiting === 0) return;
  if (typeof waiting === "number") call.machine.state.manners[id] = { ...manner, agent: waiting - 1 };
  refuse("QEMU guest agent is not running");
}

/** `qm guest cmd` */
export function qmGuestCmd(call: Call): void {
  const id = vmid(call);
  const command = argument(call, "command");
  checkAgent(call, id);
  if (command === "ping") return;
  const known: Record<string, unknown> = {
    "fsfreeze-status": "thawed",
    "get-host-name": { "host-name": loadConfig(call.machine, "vm", id).current.options.get("name") ?? "" },
    "get-osinfo": { id: "debian", name: "Debian GNU/Linux" },
    "network-get-interfaces": [
      { name: "lo", "ip-addresses": [{ "ip-address": "127.0.0.1", "ip-address-type": "ipv4", prefix: 8 }] },
    ],
  };
  if (!Object.hasOwn(known, command)) refuse(`simulated host: unknown guest agent command '${command}'`, 127);
  call.print(perlJson(known[command]));
}

/** `qm guest exec`: ends with 0 whatever the guest's command does; its own code is in the answer. */
export async function qmGuestExec(call: Call): Promise<void> {
  const id = vmid(call);
  checkAgent(call, id);
  if (call.args.rest.length === 0) refuse("400 not enough arguments\nqm guest exec <vmid> [<extra-args>] [OPTIONS]", 2);
  const stdin = flag(call, "pass-stdin") ? await call.stdin() : Buffer.alloc(0);
  const guest = { kind: "vm", id } as const;
  const answer = await guestReply(call, guest, call.args.rest, stdin);
  if (call.args.values.get("synchronous") === "0") return call.print(perlJson({ pid: 1000 }));
  call.print(
    perlJson({
      exitcode: answer.code,
      exited: 1,
      ...(answer.stdout === "" ? {} : { "out-data": answer.stdout }),
      ...(answer.stderr === "" ? {} : { "err-data": answer.stderr }),
    }),
  );
}

/** `qm guest exec-status`: what ran is done. */
export function qmGuestExecStatus(call: Call): void {
  checkAgent(call, vmid(call));
  call.print(perlJson({ exitcode: 0, exited: 1 }));
}
