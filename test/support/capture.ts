import * as assert from "uvu/assert";
import type { CapturedHost } from "../../src/model/captured.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { runCli } from "./terminal.js";

/** Captures a simulated host through the command line. */
export async function capture(host: SimulatedHost, cwd: string, ...more: string[]): Promise<CapturedHost> {
  const { code, out, err } = await runCli(["capture", ...more], { cwd, env: host.env });
  assert.is(code, 0, err);
  return JSON.parse(out) as CapturedHost;
}
