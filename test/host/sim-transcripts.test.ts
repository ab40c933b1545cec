import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, type HostState, type SimulatedHost } from "../../src/rehearsal/index.js";
import { hasShared } from "../support/paths.js";
import { must, withHost } from "../support/sim.js";
import { type Entry, readTranscript, steady } from "../support/transcripts.js";

const test = suite("sim transcripts");

/** A part of a transcript, what its host had before, and what is left out with the reason. */
interface Replay {
  readonly file: string;
  readonly section?: string;
  readonly before?: readonly string[];
  readonly prepare?: (state: HostState) => void;
  /** Commands that are not replayed: of tools that plans do not use, or after states that the transcript does not show. */
  readonly leaveOut?: RegExp;
  /** At least so many of a hundred agree. */
  readonly agree: number;
}

const vm = [
  "qm create 100 --name run1 --memory 128 --agent 1 --scsi0 quickOS-vm-disks:1 --ide2 quickOS-vm-disks:cloudinit --net0 virtio,bridge=vmbr0 --ciuser bob --kvm 0 --scsihw virtio-scsi-single",
  "qm set 100 --scsi1 local:1,format=qcow2",
  "qm create 102 --name imp",
];

const replays: readonly Replay[] = [
  { file: "pct-lifecycle.txt", agree: 97 },
  { file: "pct-templates-locks.txt", agree: 100 },
  {
    file: "pct-templates-locks.txt",
    section: "template",
    before: ["qm create 100 --name par --scsi0 quickOS-vm-disks:1"],
    leaveOut: /^pvesh (?:create|set)/,
    agree: 96,
  },
  { file: "qm-normalisation.txt", section: "normalisation", agree: 100 },
  {
    file: "vm-running-disks-import.txt",
    section: "",
    agree: 90,
    before: vm,
    leaveOut: /livestate|^qm cloudinit|^qm clone 100 101/,
    prepare: (state) => void (state.manners[100] = { agent: false, refusesUnplug: true, ignoresShutdown: true }),
  },
  {
    file: "refusals.txt",
    agree: 100,
    leaveOut: /^(?:qm|pct|pvesm)(?: foo)?$|^pvesh (?:create|set)|^(?:ha-manager|pvesr|pct enter)/,
    before: [
      "qm create 100 --name web --memory 512 --scsi0 local:1",
      "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs local:1 --hostname ct1",
    ],
  },
  {
    file: "pvesh-storage-ha-firewall.txt",
    agree: 83,
    before: [
      "qm create 100 --name web --memory 512 --scsi0 quickOS-vm-disks:1 --tags x",
      "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs quickOS-lxc-disks:1 --hostname ct1",
    ],
    leaveOut: /^(?:pvesh|pveum|pve-firewall|ha-manager|pvesr|vzdump)/,
  },
];

function host(): HostState {
  const state = emptyHost({
    bridges: ["vmbr0", "vmbr1"],
    storages: [
      {
        type: "zfspool",
        id: "quickOS-vm-disks",
        options: { pool: "quickOS/vm-disks", content: "images", sparse: "1" },
      },
      {
        type: "zfspool",
        id: "quickOS-lxc-disks",
        options: { pool: "quickOS/lxc-disks", content: "rootdir", sparse: "1" },
      },
    ],
    images: [
      "/var/lib/vz/template/cache/debian-13-tiny_amd64.tar.zst",
      "/root/i.qcow2",
      { path: "/root/i.raw", size: 20 * 1024 ** 2 },
    ],
    files: { "/root/k.pub": "ssh-ed25519 AAAA x\n" },
  });
  state.pools["quickOS"] = { layout: "single", disks: [], properties: {}, size: 2 * 10 ** 11 };
  for (const name of ["quickOS", "quickOS/vm-disks", "quickOS/lxc-disks"])
    state.datasets[name] = { type: "filesystem", properties: {}, snapshots: [] };
  return state;
}

/** The configuration that a command was about, as lines without what differs from run to run. */
function configLines(simulated: SimulatedHost, argv: readonly string[]): string[] {
  const id = argv.find((word) => /^\d{3}$/.test(word)) ?? "";
  const path = join(simulated.root, "etc/pve", argv[0] === "qm" ? "qemu-server" : "lxc", `${id}.conf`);
  return existsSync(path) ? steady(readFileSync(path, "utf8").split("\n")) : [];
}

/** What differs between a recorded command and the simulated one; empty when they agree. */
async function compare(simulated: SimulatedHost, entry: Entry): Promise<string[]> {
  const result = await simulated.execute(entry.argv);
  const output = steady(`${result.stdout}${result.stderr}`.split("\n"));
  const problems: string[] = [];
  // Only zero and non-zero mean anything; the number of a refusal is an accident of its last system call.
  if ((result.code === 0) !== (entry.code === 0)) problems.push(`code ${result.code}, recorded ${entry.code}`);
  const normal = steady(entry.output);
  for (const line of normal) if (!output.includes(line)) problems.push(`missing: ${line}`);
  if (!(entry.output.length === 0 && entry.code === 0))
    for (const line of output) if (!normal.includes(line)) problems.push(`surplus: ${line}`);
  const config = configLines(simulated, entry.argv);
  for (const line of steady(entry.effects)) if (!config.includes(line)) problems.push(`not in the file: ${line}`);
  return problems;
}

for (const replay of replays)
  test(`${replay.file} ${replay.section ?? ""}`, async () => {
    if (!hasShared) return console.log("skipped: the reference material is not beside the project");
    const entries = readTranscript(replay.file).get(replay.section ?? "") ?? [];
    const state = host();
    replay.prepare?.(state);
    await withHost(state, async (simulated) => {
      for (const line of replay.before ?? []) await must(simulated, line);
      const replayed = entries.filter(({ line }) => replay.leaveOut?.test(line) !== true);
      let agreeing = 0;
      const report: string[] = [];
      for (const entry of replayed) {
        const problems = await compare(simulated, entry);
        if (problems.length === 0) agreeing++;
        else report.push(`$ ${entry.line}\n${problems.map((problem) => `    ${problem}`).join("\n")}`);
      }
      console.log(`${replay.file} ${replay.section ?? ""}: ${agreeing} of ${replayed.length} agree`);
      if (process.env["PHXC_VERBOSE"] === "1") console.log(report.join("\n"));
      assert.ok(agreeing * 100 >= replay.agree * replayed.length, report.join("\n"));
    });
  });

test.run();
