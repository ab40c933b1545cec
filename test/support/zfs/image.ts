import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../../src/rehearsal/host/shim.js";
import { root } from "../paths.js";

/** What a guest with real ZFS boots from. */
export interface Image {
  readonly kernel: string;
  readonly initrd: string;
  /** A static busybox, which packs what a test brings in as the guest unpacks it. */
  readonly busybox: string;
}

/** What is called by these names; the second word is the package that has it. */
const NEEDED = ["gcc-12 gcc-12", "make make", "dpkg-deb dpkg", "apt-get apt", "tar tar", "flock util-linux"];
const QEMU = "qemu-system-x86_64";

let known: Image | string | undefined;

/**
 * The image of the versions that Debian has now, from the cache, or made: that takes a few minutes, once for every version of the
 * kernel or of ZFS. Where it cannot be had, why.
 */
export function zfsImage(): Image | string {
  known ??= absent() ?? build();
  return known;
}

function absent(): string | undefined {
  if (process.arch !== "x64" || process.platform !== "linux") return "the guest needs an x86-64 Linux";
  for (const [program = "", name] of NEEDED.map((words) => words.split(" ")))
    if (findProgram(program) === undefined) return `${program} is missing (Debian's package ${name})`;
  return findProgram(QEMU) === undefined && !installQemu() ? `${QEMU} cannot be had` : undefined;
}

function installQemu(): boolean {
  if (process.getuid?.() !== 0) return false;
  const install = "apt-get update -q; apt-get install -y -q --no-install-recommends qemu-system-x86";
  spawnSync("sh", ["-c", install], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, timeout: 300_000 });
  return findProgram(QEMU) !== undefined;
}

/** Test files run side by side: one builds, the others wait for it. */
function build(): Image | string {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "phxc");
  mkdirSync(cache, { recursive: true });
  const builder = join(root, "build/test/support/zfs/build.js");
  const made = spawnSync("flock", [join(cache, "zfs.lock"), process.execPath, builder, cache], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (made.status !== 0) throw new Error(`the guest cannot be made: ${made.stdout}${made.stderr}`);
  if (made.stdout.startsWith("none: ")) return made.stdout.slice("none: ".length);
  const [kernel, initrd, busybox] = ["vmlinuz", "initrd", "busybox"].map((name) => join(made.stdout, name));
  if (kernel === undefined || initrd === undefined || busybox === undefined || !existsSync(initrd))
    throw new Error(`the guest was not made: ${made.stdout}`);
  return { kernel, initrd, busybox };
}
