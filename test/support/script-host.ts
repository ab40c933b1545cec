import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { HostRunOptions, HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, compileSource, mutating } from "./rehearsal.js";
import { withHost, zfsHost } from "./sim.js";

export type Run = Awaited<ReturnType<SimulatedHost["runScript"]>>;

/** The declaration of the network that {@link scripted} fleets are on. */
export const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }\n";

/** A container `200 web` on the storage `cts`, with these further lines. */
export function webCt(more = "", net = "ip = 10.0.0.20"): string {
  return `ct 200 web {
  image = "local:vztmpl/debian-13-tiny_amd64.tar.zst"
  unprivileged = true
  disk root { size = 4GiB, storage = cts }
  net lan { ${net} }
  ${more}
}
`;
}

/** A virtual machine `100 app` on the storage `vms`, made from an image, with these further lines. */
export function appVm(more = "", net = "ip = dhcp"): string {
  return `vm 100 app {
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = vms }
  net lan { ${net} }
  ${more}
}
`;
}

/** A host with the script of a fleet. */
export interface Scripted {
  readonly host: SimulatedHost;
  readonly script: string;
  /** Applies the script; fails when it does not end with `code`. */
  apply(code?: number, ...args: readonly string[]): Promise<Run>;
  /** What `--check` announces, sorted; fails when anything was changed, or the exit code does not fit. */
  check(...args: readonly string[]): Promise<string[]>;
  /** Fails unless a run and a check find nothing to do, and start no command that changes anything. */
  quiet(): Promise<void>;
  /** Runs command lines of plain words as an administrator; fails when one fails. */
  byHand(...lines: readonly string[]): Promise<void>;
}

/** Runs `use` with the script of these declarations and a host with the storages `vms` and `cts` where nothing was applied yet. */
export async function scripted(
  text: string,
  use: (fleet: Scripted) => Promise<void>,
  state: HostState = zfsHost(),
  options: HostRunOptions = {},
): Promise<void> {
  const { script } = await compileSource(LAN + text);
  await withHost(state, (host) => use(fleetOn(host, script)), options);
}

/** The same, after the script was applied once without a failure. */
export async function applied(text: string, use: (fleet: Scripted) => Promise<void>, state?: HostState): Promise<void> {
  await scripted(
    text,
    async (fleet) => {
      await fleet.apply();
      await use(fleet);
    },
    state,
  );
}

/** A script on a host that is there already. */
export function fleetOn(host: SimulatedHost, script: string): Scripted {
  const apply = async (code = 0, ...args: readonly string[]): Promise<Run> => {
    const run = await host.runScript(script, args);
    assert.is(run.code, code, run.stdout + run.stderr);
    return run;
  };
  const check = async (...args: readonly string[]): Promise<string[]> => {
    const run = await host.runScript(script, ["--check", ...args]);
    const lines = told(run);
    assert.is(run.code, lines.length === 0 ? 0 : 2, run.stdout + run.stderr);
    assert.equal(mutating(run), []);
    return lines;
  };
  return {
    host,
    script,
    apply,
    check,
    quiet: async () => {
      assert.equal(await check(), []);
      const run = await apply();
      assert.equal([mutating(run), announced(run.stdout)], [[], []], run.stdout);
    },
    byHand: async (...lines) => {
      for (const line of lines) {
        const { code, stdout, stderr } = await host.execute(line.split(" "));
        assert.is(code, 0, `${line}\n${stdout}${stderr}`);
      }
    },
  };
}

/** The script of other declarations, on the same host. */
export async function another(host: SimulatedHost, text: string): Promise<Scripted> {
  return fleetOn(host, (await compileSource(LAN + text)).script);
}

/** The path of a guest's configuration file: VMs have ids below 200. */
export function confPath(host: SimulatedHost, id: number): string {
  return join(host.root, "etc/pve", id < 200 ? "qemu-server" : "lxc", `${id}.conf`);
}

/** Changes a guest's configuration file behind everybody's back. */
export function editConf(host: SimulatedHost, id: number, change: (text: string) => string): void {
  const path = confPath(host, id);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** The lines that a run announces, in an order of their own: guests come in the order of the plan. */
export function told(run: Run): string[] {
  return announced(run.stdout).toSorted();
}

/** The output of a run, both streams. */
export function output(run: Run): string {
  return run.stdout + run.stderr;
}
