import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, compileSource, mutating } from "./rehearsal.js";

export const FILE = "/etc/network/interfaces";

/** The interfaces of a host as the installer leaves them, with an option that only an administrator knows of. */
export const INSTALLED = `auto lo
iface lo inet loopback

iface eno1 inet manual

iface eno2 inet manual

iface eno3 inet manual

auto vmbr0
iface vmbr0 inet static
	address 10.0.0.2/24
	gateway 10.0.0.1
	bridge-ports eno1
	bridge-stp off
	bridge-fd 0
	post-up echo theirs

source /etc/network/interfaces.d/*
`;

export const NICS = ["eno1", "eno2", "eno3"];
export const installed = (more: Partial<HostState> = {}): HostState => ({
  ...emptyHost({ nics: NICS, files: { [FILE]: INSTALLED } }),
  ...more,
});

export const host = (body: string): string => `host pve { address = 10.0.0.2\n${body}\n}\n`;

interface Done {
  readonly code: number;
  readonly said: readonly string[];
  readonly commands: readonly string[];
  readonly text: string;
}

export async function run(sim: SimulatedHost, source: string, ...args: readonly string[]): Promise<Done> {
  const { script } = await compileSource(source);
  const done = await sim.runScript(script, args);
  const text = done.stdout + done.stderr;
  return { code: done.code, said: announced(done.stdout), commands: mutating(done), text };
}

export const fileOf = (sim: SimulatedHost, path = FILE): string => readFileSync(join(sim.root, path), "utf8");
export const isThere = (sim: SimulatedHost, path: string): boolean => existsSync(join(sim.root, path));

/** Fails unless the second run does nothing, by no command of Proxmox. */
export async function quiet(sim: SimulatedHost, source: string): Promise<void> {
  const { script } = await compileSource(source);
  const again = await sim.runScript(script);
  assert.is(again.code, 0, again.stdout + again.stderr);
  assert.equal([announced(again.stdout), again.commands.map(({ argv }) => argv.join(" "))], [[], []], again.stdout);
}
