import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const SSHD = "/usr/sbin/sshd";

/** Whether this machine can run the ssh tests; otherwise they say so and skip. */
export const hasSshd = existsSync(SSHD) && spawnSync("ssh", ["-V"]).status === 0;

/** An OpenSSH server of our own on 127.0.0.1, with keys that live as long as the test. */
export interface TestSshd {
  /** `user@127.0.0.1` */
  readonly host: string;
  /** For `ssh -F`: port, identity and known host; the user's own configuration is not read. */
  readonly configFile: string;
  /** A folder for the test's own files; removed by {@link TestSshd.stop}. */
  readonly folder: string;
  /** Ends all connections that are open now. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts the server and waits until it listens. `env`: what its sessions have in their environment. */
export async function startSshd(env: Readonly<Record<string, string>> = {}): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-sshd-"));
  const port = await freePort();
  for (const key of ["host_key", "user_key"]) keygen(join(folder, key));
  const publicKey = readFileSync(join(folder, "user_key.pub"), "utf8");
  const hostKey = readFileSync(join(folder, "host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(join(folder, "authorized_keys"), publicKey, { mode: 0o600 });
  writeFileSync(join(folder, "known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(join(folder, "sshd_config"), serverConfig(folder, port, env));
  writeFileSync(join(folder, "ssh_config"), clientConfig(folder, port));
  // Without systemd nobody has made the folder that a server of root confines its children to.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = spawn(SSHD, ["-D", "-e", "-f", join(folder, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
  await listening(server);
  return {
    host: `${userInfo().username}@127.0.0.1`,
    configFile: join(folder, "ssh_config"),
    folder,
    cut: () => cutConnections(server),
    stop: async () => {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function keygen(path: string): void {
  const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "phxc-test", "-f", path], {
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`);
}

function serverConfig(folder: string, port: number, env: Readonly<Record<string, string>>): string {
  const set = Object.entries(env).map(([name, value]) => ` ${name}="${value}"`);
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PidFile ${folder}/sshd.pid`,
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    ...(set.length === 0 ? [] : [`SetEnv${set.join("")}`]),
    "",
  ].join("\n");
}

function clientConfig(folder: string, port: number): string {
  return [
    "Host 127.0.0.1 testhost",
    "  HostName 127.0.0.1",
    `  Port ${port}`,
    `  IdentityFile ${folder}/user_key`,
    "  IdentitiesOnly yes",
    "  BatchMode yes",
    `  UserKnownHostsFile ${folder}/known_hosts`,
    "  StrictHostKeyChecking yes",
    "  LogLevel ERROR",
    "",
  ].join("\n");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    const failed = (): void => reject(new Error(`sshd did not start: ${log}`));
    server.once("error", failed);
    server.once("exit", failed);
    server.stderr?.on("data", (bytes: Buffer) => {
      log += bytes.toString("utf8");
      if (log.includes("Server listening on")) resolve();
    });
  });
}

/** Ends the server's processes for single connections, as a broken line would. */
function cutConnections(server: ChildProcess): void {
  const children = spawnSync("ps", ["-o", "pid=", "--ppid", String(server.pid)], { encoding: "utf8" });
  for (const pid of children.stdout.split("\n").map(Number)) if (pid > 1) process.kill(pid, "SIGKILL");
}
