import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as assert from "uvu/assert";
import type { Probe } from "../../src/model/plan.js";
import type { Fault, Undisturbed } from "../../src/rehearsal/index.js";
import { root } from "./paths.js";

/** Where steps of a kind are cut off, and what follows is looked at. */
export interface Placed {
  /** The functions of the runtime that do such a step. */
  readonly verbs: readonly string[];
  /** The test file, `test/host/NAME.test.ts`, that cuts off a run in which such a step changes something. */
  readonly matrix: string;
  /**
   * `commands`: killed before, during and after each command of the step; `files`: killed before each use of a tool that changes
   * files, because no command of the host takes part.
   */
  readonly at: "commands" | "files";
}

/** Why steps of a kind are in no matrix. */
interface Unplaced {
  readonly verbs: readonly string[];
  readonly unplaced: string;
}

const commands = (matrix: string, ...verbs: readonly string[]): Placed => ({ matrix, verbs, at: "commands" });
const files = (matrix: string, ...verbs: readonly string[]): Placed => ({ matrix, verbs, at: "files" });

/**
 * The matrix of each kind of step. A new kind does not compile until it stands here, and the file that is named has to cut its
 * steps off: {@link provesMatrix}.
 */
export const MATRICES: { readonly [K in Probe["kind"]]: Placed | Unplaced } = {
  "guest-absent": commands("killed-fleet", "create"),
  options: commands("killed-fleet", "converge"),
  snippet: files("killed-cloud-init", "snippet"),
  "snippets-unused": files("killed-cloud-init", "drop_snippets"),
  "cloud-init-drive": commands("killed-cloud-init", "cloud_init_drive"),
  "raw-lines": files("killed-guests", "raw_lines"),
  "disk-size": commands("killed-fleet", "grow"),
  "not-template": commands("killed-fleet", "make_template"),
  "template-inputs": files("killed-guests", "inputs"),
  "snapshot-absent": commands("killed-fleet", "snapshot", "keep_snapshots"),
  "snapshot-present": commands("killed-actions", "roll_back"),
  "snapshot-retired": commands("memory-killed", "drop_snapshot"),
  "guest-retired": commands("memory-killed", "destroy"),
  "thing-retired": { verbs: ["left"], unplaced: "it only tells" },
  "firewall-piece": files("killed-settings", "firewall_piece"),
  "firewall-piece-retired": files("killed-settings", "drop_piece"),
  "firewall-file": files("killed-settings", "firewall_file"),
  "firewall-rules-retired": files("killed-settings", "drop_rules"),
  "restart-of-host": { verbs: ["fence"], unplaced: "it only asks whether the host has to be restarted" },
  "kernel-line": commands("kernel-line", "kernel_line"),
  "nvidia-driver": commands("devices-host", "nvidia_driver"),
  job: commands("jobs", "job"),
  "file-retired": commands("managed-files", "drop_file"),
  "run-state": commands("killed-fleet", "start", "start_again", "stop"),
  "guest-present": commands("killed-actions", "destroy_asked"),
  "restart-needed": commands("killed-guests", "restart_pending"),
  file: commands("managed-files", "managed_file", "managed_block"),
  packages: commands("settings-packages", "packages"),
  timezone: commands("settings-users", "timezone"),
  "host-user": commands("settings-users", "host_user"),
  access: commands("settings-users", "access_entry", "access_token"),
  permission: commands("settings-users", "permission"),
  "permission-retired": commands("killed-settings", "drop_permission"),
  directory: files("killed-guests", "directory"),
  "directory-mapping": commands("killed-settings", "directory_mapping"),
  "samba-user": commands("killed-shares", "samba_user"),
  pool: commands("killed-zfs", "pool"),
  "pool-vdev": commands("killed-pools", "pool_add"),
  "pool-disk": commands("killed-pools", "pool_replace"),
  dataset: commands("killed-zfs", "dataset"),
  "zfs-allow": commands("zfs-allow", "delegate"),
  "zfs-parameter": {
    verbs: ["zfs_parameter"],
    unplaced: "it is one write of the shell itself, of which no half is left",
  },
  storage: commands("killed-shares", "storage"),
  "image-absent": commands("images", "image"),
  check: commands("killed-guests", "check"),
  "guest-work": commands("killed-guests", "work"),
  interface: commands("network", "interface"),
  sdn: commands("sdn", "sdn"),
  "sdn-pending": commands("sdn", "apply_sdn"),
  resolver: commands("killed-settings", "resolver"),
  "network-pending": commands("network", "apply_network"),
  "guest-rest": commands("killed-guests", "rest"),
  command: commands("killed-actions", "unless", "unless_says"),
};

/** Every kind, with where it is placed. */
const placed = (): readonly (readonly [string, Placed])[] =>
  Object.entries(MATRICES).flatMap(([kind, place]) => ("matrix" in place ? [[kind, place] as const] : []));

/** What was struck in this process: kinds of steps, each with what was (`commands`, `files`) and when. */
const struck = new Set<string>();

function note(script: string, step: string, what: Placed["at"], when: string): void {
  for (const kind of kindsOf(script).get(step) ?? []) struck.add(`${kind}: ${what} ${when}`);
}

/** Remembers that a run was struck at a command; only those that change something count. */
export function noteFault(whole: Undisturbed, { at, when }: Fault): void {
  const command = whole.run.commands.find(({ number }) => number === at);
  if (command?.mutating === true) note(whole.script, command.step, "commands", when);
}

/** Remembers that a run was cut off within a step, before a tool changed files. */
export function noteCut(whole: Undisturbed, step: string): void {
  note(whole.script, step, "files", "before");
}

const known = new Map<string, ReadonlyMap<string, readonly string[]>>();

/** The kinds of a script's steps, by id, as far as the functions tell that stand below each. */
function kindsOf(script: string): ReadonlyMap<string, readonly string[]> {
  const before = known.get(script);
  if (before !== undefined) return before;
  const kinds = new Map<string, readonly string[]>();
  for (const [, id = "", body = ""] of script.matchAll(/^\tstep '(.*)' '.*'\n((?:\t.*\n)+)/gm)) {
    const called = new Set([...body.matchAll(/^\t(\w+)/gm)].map(([, verb]) => verb));
    const of = Object.entries(MATRICES).filter(([, { verbs }]) => verbs.some((verb) => called.has(verb)));
    kinds.set(
      id.replaceAll("'\\''", "'"),
      of.map(([kind]) => kind),
    );
  }
  known.set(script, kinds);
  return kinds;
}

/** Declares the last test of a matrix: the kinds of steps that are placed in this file were struck at every moment. */
export function provesMatrix(test: (name: string, body: () => void) => void, url: string): void {
  const file = basename(new URL(url).pathname, ".test.js");
  test("each kind of step that has its matrix here was cut off at every moment", () => {
    const missing = placed().flatMap(([kind, { matrix, at }]) => {
      const moments = at === "files" ? ["before"] : ["before", "during", "after"];
      const wanted = matrix === file ? moments.map((moment) => `${kind}: ${at} ${moment}`) : [];
      return wanted.filter((each) => !struck.has(each));
    });
    assert.equal(missing, []);
  });
}

/** What is wrong with the table: a file that is not there, or that does not prove its part. */
export function unprovenMatrices(): readonly string[] {
  return [...new Set(placed().map(([, { matrix }]) => `test/host/${matrix}.test.ts`))].filter((name) => {
    const path = join(root, name);
    return !existsSync(path) || !readFileSync(path, "utf8").includes("provesMatrix(test, import.meta.url);");
  });
}
