import * as assert from "uvu/assert";
import { presupposed, survive, undisturbed, undisturbedParts } from "../../src/rehearsal/index.js";
import type { Fault, HostState, Seen, Survival, Undisturbed } from "../../src/rehearsal/index.js";
import { noteFault } from "./matrices.js";
import { compileSource } from "./rehearsal.js";
import type { Compiled } from "./rehearsal.js";

/** A container, a clone of its snapshot with a volume and a bind mount, a template from an image and its clone. */
export const FLEET = `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
dataset tank/g { quota = 100G, storage zfspool { id = guests, content = [images, rootdir] } }
image noble { url = "https://images.example/noble.img" }
ct 100 base {
  image = "local:vztmpl/debian-13-standard_13.0-1_amd64.tar.zst"
  unprivileged = true
  disk root { size = 4GiB, storage = guests }
  net lan { ip = 10.0.0.20, firewall = true }
  firewall { in accept tcp 22 from lan }
  snapshot ready {}
}
ct 101 web {
  clone = base
  clone_snapshot = ready
  memory = 1GiB
  boot { start = true }
  disk root { size = 8GiB, storage = guests }
  disk data { size = 2GiB, storage = guests, at = "/data" }
  net lan { ip = 10.0.0.21 }
  mount "/srv/web" { at = "/srv", owner = 33:33 }
  raw { "lxc.apparmor.profile" = unconfined }
}
vm 200 tmpl {
  template = true
  image = noble
  agent = true
  disk root { size = 8GiB, storage = guests }
  net lan { ip = dhcp }
  cloud_init { user = admin, ssh_keys = ["ssh-ed25519 AAAA admin@example"] }
}
vm 201 app {
  clone = tmpl
  cores = 2
  boot { start = true }
  disk root { size = 10GiB }
  disk data { size = 1GiB, storage = guests }
  net lan { ip = 10.0.0.30 }
  needs = [web]
}
`;

export type Signal = NonNullable<Fault["signal"]>;

/** A plan run without a fault on the host that it presupposes, or on another one; it has to succeed. */
export async function wholeRun({ plan, script }: Compiled, state: HostState = presupposed(plan)): Promise<Undisturbed> {
  const whole = await undisturbed(script, state);
  assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
  return whole;
}

/** The same for a plan that may ask for a restart of the host: the runs before each, and the last one. */
export async function wholeParts({ plan, script }: Compiled): Promise<readonly Undisturbed[]> {
  const parts = await undisturbedParts(script, presupposed(plan));
  assert.is(parts.at(-1)?.run.code, 0, parts.map(({ run }) => run.stdout + run.stderr).join("\n"));
  return parts;
}

/** {@link FLEET}, run without a fault. */
export async function wholeFleet(): Promise<Undisturbed> {
  return wholeRun(await compileSource(FLEET));
}

/** One fault of a kind at every command, or at every n-th one. */
export function faultsAt(whole: Undisturbed, when: Fault["when"], signal: Signal = "SIGKILL", every = 1): Fault[] {
  const faults = whole.commands.map((_, i): Fault => ({ at: i + 1, when, signal }));
  return faults.filter(({ at }) => at % every === 0);
}

/** Fails unless the host survives every one of these faults; prints how many there were. */
export async function surviveAll(whole: Undisturbed, faults: readonly Fault[], seen: Seen = new Map()): Promise<void> {
  const wrong: string[] = [];
  const known = seen.size;
  for (const fault of faults) {
    const survival = await survive(whole, fault, seen);
    noteFault(whole, fault);
    const problem = badEnd(survival) ?? survival.problem;
    if (problem === undefined) continue;
    const { at, when, signal } = fault;
    wrong.push(`${when === "fail" ? when : `${signal} ${when}`} at command ${at} (${survival.command}): ${problem}
what the disturbed run said:\n${survival.cut.stdout}${survival.cut.stderr}`);
  }
  assert.is(wrong.join("\n\n"), "");
  console.log(`  ${faults.length} cases, which left ${seen.size - known} different states`);
}

/** Whether the run gave the same command again after the one that was struck: what an agent does not answer is asked anew. */
function triedAgain({ commands }: Survival["cut"], struck: Survival["cut"]["commands"][number]): boolean {
  const line = struck.argv.join("\0");
  return commands.some(({ number, argv }) => number > struck.number && argv.join("\0") === line);
}

/** What is wrong with how the disturbed run itself ended. */
function badEnd({ fault, cut, command }: Survival): string | undefined {
  if (command === undefined) return "the fault was never reached";
  const struck = cut.commands.find(({ number }) => number === fault.at);
  if (fault.when === "fail") {
    // A run that ends for a restart of the host has done all that comes before it.
    if (cut.code === 0 || cut.code === 6)
      return struck?.mutating === true && !triedAgain(cut, struck) ? "its failure went unnoticed" : undefined;
    const told = /^(Failed|Refused): step \S+/m.test(cut.stderr) || /^Refused; nothing was touched/m.test(cut.stderr);
    return told && [3, 4].includes(cut.code) ? undefined : `it ended with ${cut.code} and without a report`;
  }
  if (fault.signal === "SIGKILL") return cut.signal === "SIGKILL" ? undefined : `it ended with ${cut.code}`;
  if (cut.code !== 130) return `it ended with ${cut.code}`;
  return /^Interrupted in step \S+\. Run the same script again/m.test(cut.stderr)
    ? undefined
    : "it did not say how to go on";
}
