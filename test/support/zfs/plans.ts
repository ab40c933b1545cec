import { compile, diskFiles, emit, memoryFiles } from "../../../src/index.js";
import type { Files, Plan, Step } from "../../../src/index.js";

/** The part of a plan that concerns ZFS, as a script: what a guest without Proxmox's commands can run. */
export interface ZfsPlan {
  readonly script: string;
  /** Names in `/dev/disk/by-id` of the disks that it presupposes. */
  readonly disks: readonly string[];
  readonly steps: readonly Step[];
}

/** Compiles one text. */
export function zfsPlanOf(text: string): Promise<ZfsPlan> {
  return zfsPlan(memoryFiles({ "main.phx": text }), "main.phx");
}

/** Compiles an entry of a folder. */
export function zfsPlanIn(folder: string, entry: string): Promise<ZfsPlan> {
  return zfsPlan(diskFiles(folder), entry);
}

async function zfsPlan(files: Files, entry: string): Promise<ZfsPlan> {
  const { plan, model, registry, diagnostics, unreadable } = await compile({ entry, files });
  if (plan === undefined || model === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    throw new Error([unreadable, ...errors.map(({ code, message }) => `${code} ${message}`)].join("\n"));
  }
  const part = onlyZfs(plan);
  const { value } = await emit({ plan: part, model, registry }, "bash", { version: "0.0.0" });
  const paths = part.requirements.flatMap((need) => (need.kind === "disk" ? [need.path] : []));
  return { script: value, disks: [...new Set(paths.map(byId))], steps: part.steps };
}

function byId(path: string): string {
  const [, name] = /^\/dev\/disk\/by-id\/([^/]+)$/.exec(path) ?? [];
  if (name === undefined) throw new Error(`${path} is no path below /dev/disk/by-id`);
  return name;
}

/** Kinds of things whose steps run commands of ZFS; the storages that they offer are Proxmox's business. */
const OWN = /^(pool|dataset|zvol)\./;
const NEEDED: ReadonlySet<string> = new Set(["disk", "secret"]);

function onlyZfs(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.filter(
      ({ resource, probe }) => (OWN.test(resource) && probe.kind !== "storage") || probe.kind === "zfs-parameter",
    ),
    requirements: plan.requirements.filter(({ kind, blocks }) => NEEDED.has(kind) && blocks.length === 0),
    guests: [],
  };
}
