import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { emptyHost, startHost } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, mutating } from "./rehearsal.js";
import { runCli } from "./terminal.js";

/** What a run of a committed plan's script did. */
export interface Applied {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it announced. */
  readonly said: readonly string[];
  /** Commands that may have changed something. */
  readonly commands: readonly string[];
}

/** A project whose plans are committed, and the host that they are for. */
export interface CommittedProject {
  readonly folder: string;
  readonly host: SimulatedHost;
  /** Replaces the sources. */
  readonly edit: (text: string) => void;
  /** `phxc ...` in the project's folder. */
  readonly phxc: (...argv: readonly string[]) => ReturnType<typeof runCli>;
  /** Replaces the sources and writes the plan; throws when that fails. */
  readonly write: (text: string) => Promise<string>;
  readonly read: (path: string) => string;
  /** Runs plans/pve1/plan.sh. */
  readonly apply: (...args: readonly string[]) => Promise<Applied>;
  /** Runs any script on the host. */
  readonly run: (script: string, ...args: readonly string[]) => Promise<Applied>;
  /** The configuration file of a guest; empty when there is none. */
  readonly conf: (kind: "vm" | "ct", id: number) => string;
}

/** Applies the written plan with these flags; fails unless that ends well and a second run has nothing to do. What was announced. */
export async function settled({ apply }: CommittedProject, ...flags: readonly string[]): Promise<readonly string[]> {
  const run = await apply(...flags);
  assert.is(run.code, 0, run.stdout + run.stderr);
  const quiet = await apply(...flags);
  assert.equal([quiet.code, quiet.said, quiet.commands], [0, [], []], quiet.stdout);
  return run.said;
}

/** What an administrator does on the host. */
export async function byHand({ host }: CommittedProject, line: string): Promise<void> {
  const { code, stdout, stderr } = await host.execute(line.split(" "));
  assert.is(code, 0, `${line}: ${stdout}${stderr}`);
}

/** Runs `use` with an empty project and an empty host called pve1; both are removed afterwards. */
export async function withCommitted<T>(use: (project: CommittedProject) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-committed-"));
  const hostFolder = mkdtempSync(join(tmpdir(), "phxc-host-"));
  const host = await startHost(simpleHost(), hostFolder);
  const edit = (text: string): void => writeFileSync(join(folder, "main.phx"), text);
  const phxc: CommittedProject["phxc"] = (...argv) =>
    runCli(argv, { cwd: folder, env: { XDG_CONFIG_HOME: join(folder, ".config") } });
  const run: CommittedProject["run"] = async (script, ...args) => {
    const { code, stdout, stderr, commands } = await host.runScript(script, args);
    return { code, stdout, stderr, said: announced(stdout), commands: mutating({ commands }) };
  };
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  try {
    return await use({
      folder,
      host,
      edit,
      phxc,
      read,
      run,
      write: async (text) => {
        edit(text);
        const { code, out, err } = await phxc("plan", "main.phx", "--write");
        if (code !== 0) throw new Error(`phxc plan --write: ${code}\n${err}`);
        return out;
      },
      apply: (...args) => run(read("plans/pve1/plan.sh"), ...args),
      conf: (kind, id) => {
        const { files } = host.capture();
        return files[`/etc/pve/nodes/pve1/${kind === "vm" ? "qemu-server" : "lxc"}/${id}.conf`] ?? "";
      },
    });
  } finally {
    await host.close();
    for (const path of [folder, hostFolder]) rmSync(path, { recursive: true, force: true });
  }
}

/** Runs `use` with this configuration committed and applied. */
export async function withApplied(source: string, use: (project: CommittedProject) => Promise<void>): Promise<void> {
  await withCommitted(async (project) => {
    await project.write(source);
    assert.is((await project.apply()).code, 0);
    await use(project);
  });
}

function simpleHost(): ReturnType<typeof emptyHost> {
  return emptyHost({
    node: "pve1",
    bridges: ["vmbr0", "vmbr1"],
    devices: ["/dev/kvm", "/dev/ttyUSB0"],
    images: ["/var/lib/vz/template/cache/debian-13.tar.zst", "/var/lib/vz/import/noble.qcow2"],
    storages: ["local-lvm", "other"].map((id) => ({
      type: "lvmthin",
      id,
      options: { thinpool: id, vgname: "pve", content: "images,rootdir" },
    })),
  });
}

/** The line before every configuration of these tests. */
export const HOST = "host pve1 { node = pve1 }\n";

/** A container that is as small as can be, with more in its block. */
export function ct(id: number, name: string, more = ""): string {
  return `ct ${id} ${name} {\n  image = "local:vztmpl/debian-13.tar.zst"\n  disk root { size = 4GiB, storage = local-lvm }\n${more}\n}\n`;
}

/** A virtual machine without a source, with more in its block. */
export function vm(id: number, name: string, more = ""): string {
  return `vm ${id} ${name} {\n  disk root { size = 4GiB, storage = local-lvm }\n${more}\n}\n`;
}
