import type { Fault, HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { compileSource, mutating, withEmptyHost } from "./rehearsal.js";
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

/** The host's state without what is random or a running number: what two runs to the same end have in common. */
export function settled(host: SimulatedHost): string {
  const { files, datasets, volumes, pools } = host.capture() as HostState & Record<string, unknown>;
  const kept = Object.entries(files).filter(([path]) =>
    /^\/etc\/pve\/(nodes|storage|firewall)|^\/var\/lib\/phxc\/(intent|first)/.test(path),
  );
  return JSON.stringify([kept, datasets, volumes, pools, host.guests()], null, 1)
    .replace(/BC:24:11:[0-9A-F:]{8}/g, "(mac)")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "(uuid)")
    .replace(/"?(guid|createtxg|ctime|snaptime|creation|version)"?[=:] ?"?\d+/g, "$1=(number)")
    .replace(/ctime=\d+/g, "ctime=(time)");
}

/** The fleet compiled, and how an undisturbed run of it ends. */
export interface Undisturbed {
  readonly fleet: Compiled;
  /** {@link settled} afterwards. */
  readonly end: string;
  /** How many commands the run calls. */
  readonly commands: number;
}

/** Runs the fleet once on an empty host. */
export async function undisturbed(): Promise<Undisturbed> {
  const fleet = await compileSource(FLEET);
  return withEmptyHost(fleet.plan, async (host) => {
    const run = await host.runScript(fleet.script);
    if (run.code !== 0) throw new Error(run.stdout + run.stderr);
    return { fleet, end: settled(host), commands: run.commands.length };
  });
}

/** Runs the fleet with a fault, and again, and again: what is wrong afterwards, or undefined. */
export async function survive({ fleet, end }: Undisturbed, fault: Fault): Promise<string | undefined> {
  return withEmptyHost(fleet.plan, async (host) => {
    const cut = await host.runScript(fleet.script, [], { fault });
    const second = await host.runScript(fleet.script);
    if (second.code !== 0)
      return `the next run ended with ${second.code}:\n${cut.stdout}--\n${second.stdout}${second.stderr}`;
    if (settled(host) !== end)
      return `another end state:\n${firstDifference(settled(host), end)}\n${cut.stdout}--\n${second.stdout}`;
    const third = await host.runScript(fleet.script);
    if (third.code !== 0 || mutating(third).length > 0)
      return `the third run was not quiet:\n${third.stdout}${third.stderr}`;
    return undefined;
  });
}

function firstDifference(have: string, want: string): string {
  const a = have.split("\n");
  const b = want.split("\n");
  const at = a.findIndex((line, i) => line !== b[i]);
  return `- ${b.slice(at, at + 3).join("\n- ")}\n+ ${a.slice(at, at + 3).join("\n+ ")}`;
}

/** Kills the script with SIGKILL at every command; the failures, each with its command's number. */
export async function killEverywhere(
  when: Fault["when"],
): Promise<{ readonly cases: number; readonly failures: readonly string[] }> {
  const fleet = await undisturbed();
  const failures: string[] = [];
  for (let at = 1; at <= fleet.commands; at++) {
    const failure = await survive(fleet, { at, when, signal: "SIGKILL" });
    if (failure !== undefined) failures.push(`command ${at}, ${when}: ${failure}`);
  }
  return { cases: fleet.commands, failures };
}
