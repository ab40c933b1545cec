import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openApt } from "./apt.js";
import type { Apt, Package } from "./apt.js";
import { INIT } from "./files.js";

/**
 * Builds the guest in which real ZFS runs, from Debian's packages, into a folder that is named by their versions:
 * `vmlinuz`, `initrd` and `busybox`. Run as a program with the folder of the cache; prints the folder that it made or found,
 * or `none:` and why there can be none.
 */

/** What the guest has, with all that these depend on. */
const USERLAND = [
  ..."bash coreutils util-linux mount fdisk e2fsprogs perl-base grep sed findutils diffutils mawk gzip".split(" "),
  ..."dash udev busybox-static zfsutils-linux".split(" "),
];
/** Of this, nothing but `exportfs` is called, which needs no other package: ZFS shares a dataset with it. */
const ALONE = "nfs-kernel-server";
/** Dependencies that nothing in the guest calls: Python is for reports of ZFS, Perl's modules are for the merge of /usr. */
const LEFT_OUT =
  /^(lib)?python3|^perl(-modules.*)?$|^libperl|^usrmerge$|^libsqlite|^debconf$|^dpkg$|^passwd$|^adduser$/;
/** Folders of packages that nothing in the guest reads. */
const PRUNED = [
  ..."doc man locale info bug lintian perl perl5 bash-completion zoneinfo common-licenses initramfs-tools".split(" "),
].map((name) => `usr/share/${name}`);
const ALSO_PRUNED = ["usr/lib/udev/hwdb.d", "usr/lib/x86_64-linux-gnu/gconv", "usr/lib/python3", "var"];
/** Modules of the kernel that the guest loads, in this order, before those of ZFS. */
const MODULES = ["virtio", "virtio_ring", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk"];
const COMPILE_SECONDS = 1500;

const cache = process.argv[2] ?? "";
process.stdout.write(main());

function main(): string {
  const apt = openApt(join(cache, "apt"));
  if (typeof apt === "string") return newest(apt);
  const userland = [...apt.resolve(...USERLAND).filter(({ name }) => !LEFT_OUT.test(name)), apt.find(ALONE)];
  const [, release = ""] =
    /^linux-headers-(.*)$/.exec(
      apt.resolve("linux-headers-cloud-amd64").find(({ name }) => /^linux-headers-\d.*-cloud-amd64$/.test(name))
        ?.name ?? "",
    ) ?? [];
  const kernel = ["image", "headers"].map((part) => apt.find(`linux-${part}-${release}`));
  const zfs = apt.find("zfs-dkms");
  const modules = cached(`zfs-modules-${zfs.version}-${kernel[0]?.version}`, (folder) => {
    compileModules(apt, release, [...kernel, zfs], folder);
  });
  const recipe = createHash("sha256")
    .update(
      [
        ...userland.map(({ file }) => file),
        readFileSync(INIT, "utf8"),
        readFileSync(import.meta.filename, "utf8"),
      ].join("\n"),
    )
    .digest("hex");
  return cached(`zfs-${zfs.version}-${kernel[0]?.version}-${recipe.slice(0, 12)}`, (folder) => {
    layOut(apt, userland, modules, folder);
  });
}

/** Without the mirror: what an earlier run made last. */
function newest(problem: string): string {
  const made = readdirSync(cache).filter((name) => /^zfs-\d/.test(name) && existsSync(join(cache, name, "initrd")));
  const last = made.toSorted().at(-1);
  return last === undefined ? `none: ${problem}` : join(cache, last);
}

/** A folder of the cache, which is made whole or not at all. */
function cached(name: string, make: (folder: string) => void): string {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  make(fresh);
  renameSync(fresh, folder);
  return folder;
}

/** `spl.ko`, `zfs.ko`, and of the kernel's own package the image and the modules that the guest loads. */
function compileModules(apt: Apt, release: string, packages: readonly Package[], folder: string): void {
  const work = join(folder, "work");
  const tools = ["linux-kbuild-6.1", `linux-headers-${release.replace("cloud-amd64", "common")}`].map((name) =>
    apt.find(name),
  );
  mkdirSync(work);
  for (const deb of apt.fetch([...packages, ...tools])) must(work, "dpkg-deb", "-x", deb, ".");
  const headers = join(work, "usr/src", `linux-headers-${release}`);
  const makefile = join(headers, "Makefile");
  // It names the common part by the path where the package would be installed.
  writeFileSync(makefile, readFileSync(makefile, "utf8").replaceAll("/usr/src/", `${join(work, "usr/src")}/`));
  const [source = ""] = readdirSync(join(work, "usr/src")).filter((name) => name.startsWith("zfs-"));
  const at = join(work, "usr/src", source);
  const common = headers.replace("cloud-amd64", "common");
  const where = [`--with-linux=${common}`, `--with-linux-obj=${headers}`];
  must(at, "./configure", "--disable-dependency-tracking", "--prefix=/usr", "--with-config=kernel", ...where);
  must(at, "make", "-j2", "KCFLAGS=-g0");
  const kernel = join(work, "lib/modules", release, "kernel");
  const all = readdirSync(kernel, { recursive: true, encoding: "utf8" });
  for (const name of [...MODULES, "fuse"]) {
    const path = all.find((one) => one.endsWith(`/${name}.ko`));
    if (path !== undefined) cpSync(join(kernel, path), join(folder, `${name}.ko`));
  }
  for (const name of ["spl", "zfs"]) cpSync(join(at, "module", `${name}.ko`), join(folder, `${name}.ko`));
  cpSync(join(work, "boot", `vmlinuz-${release}`), join(folder, "vmlinuz"));
  rmSync(work, { recursive: true });
}

/** The root file system, as an archive that the kernel unpacks into memory. */
function layOut(apt: Apt, userland: readonly Package[], modules: string, folder: string): void {
  const root = join(folder, "root");
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    mkdirSync(join(root, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  for (const deb of apt.fetch(userland))
    must(root, "sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink --no-same-owner', deb);
  for (const path of [...PRUNED, ...ALSO_PRUNED]) rmSync(join(root, path), { recursive: true, force: true });
  for (const path of ["proc", "sys", "dev", "modules", "var/lib/nfs", "usr/local/sbin", "etc"])
    mkdirSync(join(root, path), { recursive: true });
  const order = [...MODULES, "fuse", "spl", "zfs"];
  for (const name of order) cpSync(join(modules, `${name}.ko`), join(root, "modules", `${name}.ko`));
  writeFileSync(join(root, "modules/order"), order.map((name) => `${name}\n`).join(""));
  symlinkSync("/proc/self/mounts", join(root, "etc/mtab"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/bash\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\ndisk:x:6:\ntty:x:5:\nkmem:x:15:\n");
  cpSync(INIT, join(root, "init"));
  const busybox = join(folder, "busybox");
  cpSync(join(root, "usr/bin/busybox"), busybox);
  must(root, "sh", "-c", `chmod 755 init; find . | LC_ALL=C sort | "$0" cpio -o -H newc -R 0:0 >../initrd`, busybox);
  cpSync(join(modules, "vmlinuz"), join(folder, "vmlinuz"));
  rmSync(root, { recursive: true });
}

function must(cwd: string, program: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: COMPILE_SECONDS * 1000,
  });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")}: ${(stdout + stderr).slice(-4000)}`);
}
