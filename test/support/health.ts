import { spawnSync } from "node:child_process";
import * as assert from "uvu/assert";
import type { GuestActor, HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { compileProject, mutating } from "./rehearsal.js";
import { LAN, output } from "./script-host.js";
import type { Run } from "./script-host.js";
import { withHost, zfsHost } from "./sim.js";

/** A fleet on a host, and the script that asks for its health. */
export interface HealthHost {
  readonly host: SimulatedHost;
  /** The script that only asks. */
  readonly asking: string;
  /** Makes everything as the files say; fails when it does not end with `code`. */
  apply(code?: number, ...args: readonly string[]): Promise<Run>;
  /** Asks; fails when it does not end with `code`, or changes anything. */
  ask(code: number, ...args: readonly string[]): Promise<Run>;
}

/** Runs `use` with the fleet of a text, with these files beside it, on a host that it is not applied to yet. */
export async function withHealth(
  text: string,
  use: (fleet: HealthHost) => Promise<void>,
  {
    files = {},
    state = zfsHost(),
    guests,
  }: {
    readonly files?: Readonly<Record<string, string>>;
    readonly state?: HostState;
    readonly guests?: GuestActor;
  } = {},
): Promise<void> {
  const texts = { "main.phx": LAN + text, ...files };
  const { script } = await compileProject(texts);
  const { script: asking } = await compileProject(texts, { action: { name: "health", withDependents: false } });
  const run = async (host: SimulatedHost, bytes: string, code: number, args: readonly string[]): Promise<Run> => {
    const done = await host.runScript(bytes, args);
    assert.is(done.code, code, output(done));
    return done;
  };
  await withHost(
    state,
    async (host) =>
      use({
        host,
        asking,
        apply: (code = 0, ...args) => run(host, script, code, args),
        ask: async (code, ...args) => {
          const done = await run(host, asking, code, args);
          assert.equal(
            mutating(done).filter((line) => !/^(?:pct|qm guest) exec /.test(line)),
            [],
          );
          return done;
        },
      }),
    guests === undefined ? {} : { guests },
  );
}

/** A guest whose commands run here, with these files first in its PATH. */
export function realShell(path: string): GuestActor {
  return (_guest, argv, stdin) => {
    const { status, stdout, stderr } = spawnSync(argv[0] ?? "", argv.slice(1), {
      input: stdin,
      encoding: "utf8",
      env: { PATH: `${path}:/usr/bin:/bin`, LC_ALL: "C" },
    });
    return { code: status ?? 127, stdout, stderr };
  };
}
