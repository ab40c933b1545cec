import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";

const test = suite("volumes inside a guest");
const FUNCTIONS = readFileSync(join(root, "templates/features/volumes.sh"), "utf8");

/** `mount PLACE` and `umount PLACE`, as far as they are used: a file is what is mounted. */
const MOUNT = `#!/bin/sh
line=$(grep -F " $1 " "$ROOT/etc/fstab" | tail -n 1)
case \${line} in *away*) exit 32 ;; esac
echo "mount $1" >>"$ROOT/log"
echo "\${line}" >>"$ROOT/mounts"
`;
const UMOUNT = `#!/bin/sh
case $1 in */busy) exit 32 ;; esac
echo "umount $1" >>"$ROOT/log"
grep -vF " $1 " "$ROOT/mounts" >"$ROOT/mounts.new"
mv "$ROOT/mounts.new" "$ROOT/mounts"
`;

interface Guest {
  readonly folder: string;
  /** Runs a function with these mounts (`@` is the guest's root); its exit code, what it printed, and what was mounted. */
  readonly run: (
    table: string,
    what?: string,
    env?: NodeJS.ProcessEnv,
  ) => { code: number | null; out: string; log: string };
  readonly fstab: () => string;
}

async function inGuest(fstab: string, use: (guest: Guest) => void): Promise<void> {
  await inFolder({}, async (folder) => {
    const file = (name: string): string => join(folder, name);
    for (const name of ["etc", "bin", "mnt"]) mkdirSync(file(name));
    writeFileSync(file("etc/fstab"), fstab.replaceAll("@", folder));
    chmodSync(file("etc/fstab"), 0o644);
    writeFileSync(file("mounts"), "");
    for (const [name, text] of Object.entries({ mount: MOUNT, umount: UMOUNT })) {
      writeFileSync(file(`bin/${name}`), text);
      chmodSync(file(`bin/${name}`), 0o755);
    }
    const script = FUNCTIONS.replaceAll("/etc/", `${folder}/etc/`)
      .replaceAll("/proc/self/mounts", file("mounts"))
      .replaceAll("/run/systemd/system", file("none"));
    use({
      folder,
      fstab: () => readFileSync(file("etc/fstab"), "utf8").replaceAll(folder, "@"),
      run: (table, what = "volumes_mount", env = {}) => {
        writeFileSync(file("log"), "");
        const done = spawnSync("sh", ["-c", `umask 077; set -eu\n${script}\n${what}`], {
          encoding: "utf8",
          env: {
            ...{ ROOT: folder, PATH: `${file("bin")}:${process.env["PATH"] ?? ""}`, PARAM_ACCOUNTS: "" },
            PARAM_TABLE: table.replaceAll("@", folder),
            ...env,
          },
        });
        const log = readFileSync(file("log"), "utf8").replaceAll(folder, "@");
        return { code: done.status, out: done.stdout + done.stderr, log };
      },
    });
  });
}

const A = "10.0.0.13:/tank/a @/mnt/a nfs nofail,_netdev 0 0";
const B = "10.0.0.13:/tank/b @/mnt/a/b nfs nofail,_netdev 0 0";
const ROOT_LINE = "# / was on sda1 during installation\nUUID=1 / ext4 errors=remount-ro 0 1\n";
const block = (...lines: readonly string[]): string =>
  `${["# phxc volumes: begin", ...lines, "# phxc volumes: end"].join("\n")}\n`;

test("volumes are mounted now and after each start, once; a second run does nothing", async () => {
  await inGuest(ROOT_LINE, ({ folder, run, fstab }) => {
    assert.is(run(`${A}\n${B}`, "volumes_ok").code, 1);
    assert.equal(run(`${A}\n${B}`), { code: 0, out: "", log: "mount @/mnt/a\nmount @/mnt/a/b\n" });
    assert.is(fstab(), ROOT_LINE + block(A, B));
    assert.is(statSync(join(folder, "etc/fstab")).mode & 0o777, 0o644);
    assert.is(statSync(join(folder, "mnt/a/b")).mode & 0o777, 0o755);
    assert.is(run(`${A}\n${B}`, "volumes_ok").code, 0);
    assert.equal(run(`${A}\n${B}`), { code: 0, out: "", log: "" });
    assert.is(fstab(), ROOT_LINE + block(A, B));
  });
});

test("a volume that leaves the files is unmounted, its line and its empty place go; the last one as well", async () => {
  await inGuest(ROOT_LINE, ({ folder, run, fstab }) => {
    run(`${A}\n${B}`);
    assert.equal(run(A), { code: 0, out: "", log: "umount @/mnt/a/b\n" });
    assert.is(fstab(), ROOT_LINE + block(A));
    assert.not.ok(existsSync(join(folder, "mnt/a/b")));
    assert.equal(run(""), { code: 0, out: "", log: "umount @/mnt/a\n" });
    assert.is(fstab(), ROOT_LINE);
    assert.is(run("", "volumes_ok").code, 0);
  });
});

test("a changed volume is mounted anew; one in use is left, with the reason", async () => {
  await inGuest("", ({ run, fstab }) => {
    run(A);
    const changed = A.replace("nofail", "noatime,nofail");
    assert.equal(run(changed).log, "umount @/mnt/a\nmount @/mnt/a\n");
    assert.is(fstab(), block(changed));
    const busy = "10.0.0.13:/x @/mnt/busy nfs nofail,_netdev 0 0";
    run(`${changed}\n${busy}`);
    const kept = run(changed);
    assert.is(kept.code, 1);
    assert.match(kept.out, "/mnt/busy is in use and cannot be unmounted");
    assert.is(fstab(), block(changed, busy));
  });
});

test("a line of somebody else for the same place is taken over, not doubled; what it mounted stays", async () => {
  const by = "10.0.0.13:/tank/a @/mnt/a nfs defaults,auto,nofail 0 0\n";
  await inGuest(ROOT_LINE + by, ({ folder, run, fstab }) => {
    writeFileSync(join(folder, "mounts"), by.replaceAll("@", folder));
    assert.equal(run(A), { code: 0, out: "", log: "" });
    assert.is(fstab(), ROOT_LINE + block(A));
  });
});

test("a server that is away is told; virtiofs may wait for the next start", async () => {
  await inGuest("", ({ run }) => {
    const nfs = run("away:/x @/mnt/x nfs nofail,_netdev 0 0");
    assert.is(nfs.code, 1);
    assert.match(nfs.out, "away:/x cannot be mounted at ");
    const shared = run("away0 @/mnt/y virtiofs nofail 0 0");
    assert.is(shared.code, 0);
    assert.match(shared.out, "away0 is there after the next start of the machine");
    assert.is(run("away0 @/mnt/y virtiofs nofail 0 0", "volumes_ok").code, 0);
  });
});

test("accounts are files that only root reads, and go with their volumes", async () => {
  await inGuest("", ({ folder, run }) => {
    const table = "//nas/docs @/mnt/d cifs credentials=/etc/phxc/samba-docs,nofail,_netdev 0 0";
    const file = join(folder, "etc/phxc/samba-docs");
    const env = { PARAM_ACCOUNTS: `${file} 0 LAN heads of all`, PARAM_PASSWORD_0: "it's $x" };
    assert.is(run(table, "volumes_mount", env).code, 0);
    assert.is(readFileSync(file, "utf8"), "username=heads of all\npassword=it's $x\ndomain=LAN\n");
    assert.is(statSync(file).mode & 0o777, 0o600);
    run(table);
    assert.equal(readdirSync(join(folder, "etc/phxc")), []);
  });
});

test.run();
