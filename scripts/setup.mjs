// Makes a fresh clone ready: npm packages and, where that is possible, the tools that some tests call.
// Uses nothing but Node's own modules, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { say } from "./lib/console.mjs";
import { root } from "./lib/files.mjs";
import { withLock } from "./lib/lock.mjs";

const OLDEST_NODE = [20, 19];

/** Programs that tests call, with the Debian package that brings each. */
const TOOLS = [
  { program: "shellcheck", package: "shellcheck" },
  { program: "shfmt", package: "shfmt" },
  { program: "sshd", package: "openssh-server" },
  { program: "cloud-init", package: "cloud-init" },
];

/** Does all that is missing; `tools`: the programs that only tests need as well. */
export async function setup({ tools }) {
  checkNode();
  await withLock(join(root, "build/.setup.lock"), installPackages);
  if (!tools) return;
  // Tests mean the system's programs; the npm package called shellcheck, which npm puts first, would download one.
  process.env.PATH = searchPath().join(":");
  installTools();
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantMajor, wantMinor] = OLDEST_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  say(`phxc needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}`);
  process.exit(1);
}

function installPackages() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex");
  const stamp = join(root, "node_modules/.phxc-setup");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  if (!installedMatches(JSON.parse(lock.toString()))) {
    say("setup: npm ci");
    const { status } = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) {
      say("setup: npm ci failed; the packages of package-lock.json are needed");
      process.exit(1);
    }
  }
  writeFileSync(stamp, digest);
}

/** Whether node_modules already holds what the lock file says, however it got there. */
function installedMatches(lock) {
  const hidden = join(root, "node_modules/.package-lock.json");
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, "utf8")).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

function installTools() {
  const missing = TOOLS.filter(({ program }) => !hasProgram(program));
  if (missing.length === 0) return;
  const installable = missing.filter(({ program }) => mayInstall(program));
  if (installable.length > 0) aptInstall(installable.map((tool) => tool.package));
  for (const { program, package: name } of missing) {
    if (!hasProgram(program))
      say(`setup: ${program} is missing, tests that need it are skipped (apt-get install ${name})`);
  }
}

/** Packages that bring services: where systemd runs, one would open a port of this machine, the other set it up anew. */
const SERVICES = ["sshd", "cloud-init"];

/** Only root may install, and no services where something would start them. */
function mayInstall(program) {
  if (process.getuid?.() !== 0 || !hasProgram("apt-get")) return false;
  return !SERVICES.includes(program) || !existsSync("/run/systemd/system");
}

function aptInstall(packages) {
  say(`setup: apt-get install ${packages.join(" ")}`);
  const options = { stdio: ["ignore", "ignore", 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const install = () =>
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options).status === 0;
  if (install()) return;
  spawnSync("apt-get", ["update", "-qq"], options);
  install();
}

function hasProgram(program) {
  return [...searchPath(), "/usr/sbin", "/sbin"].some((folder) => existsSync(join(folder, program)));
}

/** Where programs are searched, without what npm adds. */
function searchPath() {
  return (process.env.PATH ?? "").split(":").filter((folder) => folder !== "" && !folder.includes("node_modules"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await setup({ tools: true });
