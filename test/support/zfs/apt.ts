import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Packages of Debian with an apt configuration in a folder of our own: that of the machine is neither read nor changed. */

const MIRROR = "http://deb.debian.org/debian";
const SUITE = "bookworm";
const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** A package as the mirror has it now. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** The file's name, by which `apt-get download` stores it. */
  readonly file: string;
}

export interface Apt {
  /** What installing these, on a machine that has nothing, would bring. */
  resolve(...names: readonly string[]): readonly Package[];
  /** The newest version of one package, without what it depends on. */
  find(name: string): Package;
  /** Fetches packages that are not there yet; the paths of their files, in the same order. */
  fetch(packages: readonly Package[]): readonly string[];
}

/** Reads the mirror's lists into a folder; why it cannot, as text. */
export function openApt(folder: string): Apt | string {
  for (const part of ["lists/partial", "archives/partial", "debs"]) mkdirSync(join(folder, part), { recursive: true });
  const config = join(folder, "apt.conf");
  const suites = [SUITE, `${SUITE}-updates`, `${SUITE}-backports`];
  const sources = suites.map((suite) => `deb [signed-by=${KEYS}] ${MIRROR} ${suite} main contrib\n`);
  writeFileSync(join(folder, "sources.list"), sources.join(""));
  // ZFS comes from the backports, the kernel and the rest from the release.
  writeFileSync(
    join(folder, "preferences"),
    `Package: src:zfs-linux\nPin: release n=${SUITE}-backports\nPin-Priority: 900\n`,
  );
  writeFileSync(join(folder, "status"), "");
  writeFileSync(config, settings(folder));
  const run = (program: string, ...args: readonly string[]) =>
    spawnSync(program, args, {
      // Neither here nor in the cache of apt are packages: what is there would be left out of --print-uris.
      cwd: folder,
      env: { ...process.env, APT_CONFIG: config, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      encoding: "utf8",
      maxBuffer: 1 << 26,
      timeout: 300_000,
    });
  const updated = run("apt-get", "update", "-q", "--error-on=any");
  if (updated.status !== 0) return `${MIRROR} cannot be read (${lastLine(updated.stderr ?? "")})`;
  const must = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = run("apt-get", ...args);
    if (status !== 0) throw new Error(`apt-get ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  return {
    resolve: (...names) => {
      const found = uris(must("install", "--yes", "--print-uris", ...names));
      const absent = names.filter((name) => !found.some((one) => one.name === name));
      if (absent.length > 0) throw new Error(`${MIRROR} has no ${absent.join(", ")}`);
      return found;
    },
    find: (name) => {
      const [found] = uris(must("download", "--print-uris", name));
      if (found === undefined) throw new Error(`${MIRROR} has no package ${name}`);
      return found;
    },
    fetch: (packages) => {
      const at = (file: string): string => join(folder, "debs", file);
      const missing = packages.filter(({ file }) => !existsSync(at(file)));
      if (missing.length > 0) must("download", "-q", ...missing.map(({ name, version }) => `${name}=${version}`));
      for (const { file } of missing) renameSync(join(folder, file), at(file));
      return packages.map(({ file }) => at(file));
    },
  };
}

function settings(folder: string): string {
  const at: Readonly<Record<string, string>> = {
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": join(folder, "preferences"),
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::State": folder,
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": folder,
    "APT::Architecture": "amd64",
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "Acquire::Retries": "2",
    "Acquire::http::Timeout": "30",
  };
  return Object.entries(at)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join("");
}

/** The lines `'URL' NAME_VERSION_ARCHITECTURE.deb SIZE SUM` of --print-uris. */
function uris(text: string): readonly Package[] {
  return [...text.matchAll(/^'[^']+' (([^_ ]+)_([^_ ]+)_[^ ]+\.deb) /gm)].map(
    ([, file = "", name = "", version = ""]) => ({ name, version: decodeURIComponent(version), file }),
  );
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
