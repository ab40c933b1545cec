import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  ftruncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GUEST } from "./files.js";
import { zfsImage } from "./image.js";

/** A machine of its own with real ZFS, emulated: what is done in it is lost when it ends. */

export interface GuestOptions<Name extends string> {
  /** What is run, one after the other, as scripts of bash. One that fails does not end the guest. */
  readonly steps: Readonly<Record<Name, string>>;
  /** Disks by their names in `/dev/disk/by-id`. They are sparse: 16 GiB unless said otherwise, in bytes. */
  readonly disks?: readonly string[];
  readonly diskSize?: number;
  /** Files below `/payload`, by their paths there. */
  readonly files?: Readonly<Record<string, string>>;
  /** The name of the host. Default: `pve`. */
  readonly node?: string;
  /** After so many seconds it is ended, and the test fails. Default: 600. */
  readonly seconds?: number;
}

/** A step that ran. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Every call of `zfs`, `zpool` and `wipefs`, quoted as bash does it. */
  readonly calls: readonly Call[];
}

export interface Call {
  readonly code: number;
  readonly command: string;
}

const GIB = 1024 ** 3;

/** Boots a guest, runs the steps, and ends it. Throws with what its console said when it does not get to its end. */
export async function inZfsGuest<Name extends string>(
  options: GuestOptions<Name>,
): Promise<Readonly<Record<Name, Ran>>> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-zfs-"));
  try {
    const names = Object.keys(options.steps) as Name[];
    const report = await boot(folder, options);
    const ran = names.map((name, index) => [name, ranStep(report, index)] as const);
    return Object.fromEntries(ran) as Record<Name, Ran>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function boot<Name extends string>(folder: string, options: GuestOptions<Name>): Promise<string> {
  const image = zfsImage();
  if (typeof image === "string") throw new Error(image);
  const disks = options.disks ?? [];
  packPayload(folder, image.busybox, options);
  const drives = [
    { file: "payload", serial: "payload" },
    ...disks.map((_, i) => ({ file: `disk${i}`, serial: serial(i) })),
  ];
  for (const { file } of drives.slice(1)) sparse(join(folder, file), options.diskSize ?? 16 * GIB);
  const args = [
    ..."-nodefaults -display none -no-reboot -machine pc -accel tcg -cpu max -smp 1 -m 1024".split(" "),
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...["-append", "console=ttyS0 norandmaps quiet panic=-1 rdinit=/init"],
    ...["console", "report"].flatMap((name) => ["-serial", `file:${join(folder, name)}`]),
    ...drives.flatMap(({ file, serial: id }, i) => [
      ...["-drive", `if=none,id=drive${i},format=raw,cache=unsafe,file=${join(folder, file)}`],
      ...["-device", `virtio-blk-pci,drive=drive${i},serial=${id}`],
    ]),
  ];
  const said = await ended(args, options.seconds ?? 600);
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const report = read("report");
  if (/^end\r?$/m.test(report)) return report;
  throw new Error(`the guest did not get to its end: ${said}\n${read("console").slice(-4000)}\n${report.slice(-500)}`);
}

function serial(index: number): string {
  return `phxc-disk-${index}`;
}

/** The names of the disks, the test's files and its steps, as the archive that the guest unpacks from its first disk. */
function packPayload<Name extends string>(folder: string, busybox: string, options: GuestOptions<Name>): void {
  const payload = join(folder, "in");
  const steps = Object.values<string>(options.steps).map((text, index) => [`steps/${index}`, text] as const);
  const disks = (options.disks ?? []).map((name, index) => `${serial(index)} ${name}\n`);
  const own = { disks: disks.join(""), node: `${options.node ?? "pve"}\n`, ...Object.fromEntries(steps) };
  for (const [path, text] of Object.entries({ ...options.files, ...own })) {
    mkdirSync(dirname(join(payload, path)), { recursive: true });
    writeFileSync(join(payload, path), text);
  }
  cpSync(GUEST, join(payload, "guest.bash"));
  const pack = 'find . | "$0" cpio -o -H newc >../payload && truncate -s %1M ../payload';
  const packed = spawnSync("sh", ["-c", pack, busybox], { cwd: payload, encoding: "utf8" });
  if (packed.status !== 0) throw new Error(packed.stderr);
}

function sparse(path: string, size: number): void {
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  closeSync(file);
}

/** Runs the emulator until it ends; what it said, and whether its time was up. */
function ended(args: readonly string[], seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("qemu-system-x86_64", args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const timer = setTimeout(() => {
      said += `its ${seconds} s were up`;
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

function ranStep(report: string, index: number): Ran {
  const [, code = "", ...texts] = new RegExp(`^step ${index} (\\d+) (\\S*) (\\S*) (\\S*)\\r?$`, "m").exec(report) ?? [];
  if (code === "") throw new Error(`step ${index} was not reported:\n${report}`);
  const [stdout = "", stderr = "", calls = ""] = texts.map((text) => Buffer.from(text, "base64").toString("utf8"));
  const called = [...calls.matchAll(/^(\d+) (.+)$/gm)];
  return {
    code: Number(code),
    stdout,
    stderr,
    calls: called.map(([, ended = "", command = ""]) => ({ code: Number(ended), command })),
  };
}
