import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  emptyHost,
  type HostOptions,
  type HostRunOptions,
  type HostState,
  type SimulatedHost,
  startHost,
} from "../../src/rehearsal/index.js";

/** The ZFS pool and storages that most tests use: `vms` (images) and `cts` (rootdir) on the pool `tank`. */
export function zfsHost(options: HostOptions = {}): HostState {
  const state = emptyHost({
    storages: [
      { type: "zfspool", id: "vms", options: { pool: "tank/vms", content: "images", sparse: "1" } },
      { type: "zfspool", id: "cts", options: { pool: "tank/cts", content: "rootdir", sparse: "1" } },
    ],
    images: ["/var/lib/vz/template/cache/debian-13-tiny_amd64.tar.zst", "/root/i.qcow2"],
    ...options,
  });
  state.pools["tank"] = { parts: [], properties: {}, size: 2 * 10 ** 12 };
  for (const name of ["tank", "tank/vms", "tank/cts"])
    state.datasets[name] = { type: "filesystem", properties: {}, snapshots: [] };
  return state;
}

/** Starts a host, hands it to `use`, and removes it again whatever happens. */
export async function withHost<T>(
  state: HostState,
  use: (host: SimulatedHost) => Promise<T>,
  options: HostRunOptions = {},
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "phxc-sim-"));
  const host = await startHost(state, dir, options);
  try {
    return await use(host);
  } finally {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs a command line of plain words; throws when it ends with anything but `code`. */
export async function must(host: SimulatedHost, line: string, code = 0): Promise<string> {
  const result = await host.execute(line.split(" "));
  if (result.code !== code)
    throw new Error(`${line} ended with ${result.code}, not ${code}:\n${result.stdout}${result.stderr}`);
  return result.stdout + result.stderr;
}
