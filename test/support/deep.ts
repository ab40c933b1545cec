import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeParts } from "./faults.js";
import { shared } from "./paths.js";
import { compileFolder } from "./rehearsal.js";

interface Suite {
  (name: string, body: () => Promise<void>): void;
  skip(name?: string, body?: () => Promise<void>): void;
}

/** Declares tests that run with `npm run test:deep` alone, and count as skipped elsewhere. */
export function deepTests(test: Suite): (name: string, body: () => Promise<void>) => void {
  return process.env["PHXC_DEEP"] === "1" ? test : (name, body) => test.skip(name, body);
}

const real = join(shared, "phoenix/config");

/** The same for tests of the configuration that the project began with; where it is absent they say so and are skipped. */
export function realTests(test: Suite): (name: string, body: () => Promise<void>) => void {
  if (existsSync(join(real, "phoenix_hypervisor_config.json"))) return deepTests(test);
  console.log("  the configuration of the real host is not on this machine; its tests are skipped");
  return (name, body) => test.skip(name, body);
}

/** The configuration of the real host, run without a fault: up to the restart of the host that it asks for, and from there. */
export async function wholeReal(): Promise<readonly Undisturbed[]> {
  return wholeParts(await compileFolder(real, "phoenix_hypervisor_config.json"));
}

/**
 * Cuts its runs off with every signal at one moment of every command; each host has to be mended by the next run. What a kill has left
 * is known when another signal leaves the same.
 */
export async function surviveReal(when: "before" | "during" | "after"): Promise<void> {
  for (const whole of await wholeReal()) {
    const seen: Seen = new Map();
    for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const)
      await surviveAll(whole, faultsAt(whole, when, signal), seen);
  }
}
