import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GuestActor } from "../../src/rehearsal/index.js";
import { findProgram } from "../../src/rehearsal/host/shim.js";

/** A real Debian below a folder, in which real scripts run by chroot: what a container is, without a service manager. */

/** The release that guests of today have. */
const SUITE = "trixie";
const MIRROR = "http://deb.debian.org/debian";
const CACHE = join(tmpdir(), `phxc-debian-${SUITE}`);

/** Why there can be no such root here; undefined when there can. */
export function noDebianRoot(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can make a Debian root";
  if (findProgram("chroot") === undefined || findProgram("dpkg-deb") === undefined) return "this is no Debian";
  return debootstrap() === undefined ? "debootstrap cannot be had" : undefined;
}

/** `debootstrap`, of this machine or fetched into the cache, with the folder that it wants to know. */
function debootstrap(): { readonly program: string; readonly env: NodeJS.ProcessEnv } | undefined {
  const own = findProgram("debootstrap");
  if (own !== undefined) return { program: own, env: process.env };
  const folder = `${CACHE}-tool`;
  const program = join(folder, "usr/sbin/debootstrap");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const fetch = "apt-get update -q; apt-get download debootstrap && dpkg-deb -x debootstrap_*.deb .";
    spawnSync("sh", ["-c", fetch], { cwd: folder });
  }
  const env = { ...process.env, DEBOOTSTRAP_DIR: join(folder, "usr/share/debootstrap") };
  return existsSync(program) ? { program, env } : undefined;
}

/** A fresh root; it is made once and copied. The caller removes it. */
export function debianRoot(): string {
  const tool = debootstrap();
  if (tool === undefined) throw new Error("debootstrap cannot be had");
  if (!existsSync(CACHE)) {
    const fresh = `${CACHE}.new`;
    rmSync(fresh, { recursive: true, force: true });
    const made = spawnSync(tool.program, ["--variant=minbase", SUITE, fresh, MIRROR], {
      env: tool.env,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (made.status !== 0) throw new Error(`debootstrap: ${made.stdout.slice(-2000)}${made.stderr}`);
    renameSync(fresh, CACHE);
  }
  const root = mkdtempSync(`${CACHE}-run-`);
  const copied = spawnSync("cp", ["-a", "--reflink=auto", `${CACHE}/.`, root], { encoding: "utf8" });
  if (copied.status !== 0) throw new Error(copied.stderr);
  cpSync("/etc/resolv.conf", join(root, "etc/resolv.conf"), { dereference: true });
  // No service is started: there is no manager for it.
  writeFileSync(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return root;
}

/** Words for `unshare`, before the root and a command in it. */
const ENTER = ["--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'];

/** Plays guests by running what they are told in a root, in a mount namespace of its own with `/proc`. */
export function chrootActor(root: string): GuestActor {
  return (_guest, argv, stdin) =>
    new Promise((resolve, reject) => {
      const child = spawn("unshare", [...ENTER, root, ...argv], {
        env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
      child.stdin.on("error", () => undefined);
      child.stdin.end(stdin);
    });
}

/** What a command in the root prints; fails with what it says when it does not end with 0. */
export function inRoot(root: string, command: string): string {
  const run = spawnSync("unshare", [...ENTER, root, "sh", "-c", command], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`${command}: ${run.stdout}${run.stderr}`);
  return run.stdout;
}
