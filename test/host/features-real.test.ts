import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { chrootActor, debianRoot, inRoot, noDebianRoot } from "../support/debian-root.js";
import { deepTests } from "../support/deep.js";
import { another, appVm, webCt } from "../support/script-host.js";
import { withHost, zfsHost } from "../support/sim.js";

const test = suite("features in a real Debian");
const deep = deepTests(test);

/** Made for this test; its key is nowhere. */
const CERTIFICATE = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBQDCB86ADAgECAhR6q4ghQNNVDncfb3C8SMllk2mxdDAFBgMrZXAwFTETMBEG",
  "A1UEAwwKRXhhbXBsZSBDQTAgFw0yNjExMjIxMzAyNTRaGA8yMTI2MTAyOTEzMDI1",
  "NFowFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAqMAUGAytlcAMhAPYWXMFdtvzSqwJ8",
  "FIMbAynQcKOJx5HidKIYGnVutjaoo1MwUTAdBgNVHQ4EFgQUKmUz8GKiS1i8Xrzz",
  "Sq3lk1SUrnEwHwYDVR0jBBgwFoAUKmUz8GKiS1i8XrzzSq3lk1SUrnEwDwYDVR0T",
  "AQH/BAUwAwEB/zAFBgMrZXADQQDY6vzJlaAK7j6uTay07YPgoOie4HmqtceBsOX1",
  "Es4V4XQxiIuxQFjQT06L8oPVeiqwrlhBfN0Kbnhnj/MG6lgF",
  "-----END CERTIFICATE-----",
].join("\\n");
const INSTALLED = [
  "base_setup",
  "docker",
  "nfs_client",
  "samba_client",
  "python_api_service",
  "ssh_keys",
  "trusted_ca",
];

/** All that Debian's own packages allow. */
function fleet(keys: string): string {
  const machine = appVm("agent = true\n features = [qemu_guest_agent]\n state = running");
  const container = webCt(`features = [docker, nfs_client, samba_client, python_api_service]
  feature base_setup { packages = [jq], locale = "de_DE.UTF-8", timezone = "Europe/Berlin" }
  feature ssh_keys { users = [root, www-data], keys = [${keys}] }
  feature trusted_ca { certificate = "${CERTIFICATE}" }
  state = running`);
  return container + machine;
}

/** Every file with its size, time and owner, but what the work itself notes, and caches. */
function everything(root: string): readonly string[] {
  const left = ["run", "proc", "sys", "dev", "tmp", "var/cache", "var/log", "var/lib/apt", "var/lib/phxc"];
  const prune = left.map((path) => `-path /${path}`).join(" -o ");
  return inRoot(root, `find / \\( ${prune} \\) -prune -o ! -type d -printf '%p %s %T@ %U:%G %m\\n'`).split("\n");
}

/** The files that differ from before. */
function changed(root: string, before: readonly string[]): readonly string[] {
  const known = new Set(before);
  return everything(root).filter((line) => !known.has(line));
}

/** Applies a script; what it announced. */
async function apply(host: SimulatedHost, text: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { script } = await another(host, text);
  const run = await host.runScript(script, args, { timeoutMs: 280_000 });
  assert.is(run.code, 0, run.stdout + run.stderr);
  return run.stdout.split("\n").filter((line) => /^[+~]/.test(line));
}

/** Makes the host, and with `guest` the guests as well, forget what was installed. */
function forget(host: SimulatedHost, root: string, guest: boolean): void {
  rmSync(join(host.root, "var/lib/phxc/guest"), { recursive: true });
  const notes = join(root, "var/lib/phxc");
  const marks = readdirSync(notes).filter((name) => name.startsWith("feature."));
  assert.is(marks.length, INSTALLED.length + 1);
  if (guest) for (const name of marks) rmSync(join(notes, name));
}

deep(
  "what Debian's packages allow is installed once; later runs, the verification, and a repetition change nothing",
  async () => {
    const reason = noDebianRoot();
    if (reason !== undefined) throw new Error(`${reason}: this test needs root, apt and a mirror of Debian`);
    const root = debianRoot();
    try {
      inRoot(root, "mkdir -p /root/.ssh && echo 'ssh-ed25519 AAAAhand by@hand' >/root/.ssh/authorized_keys");
      await withHost(zfsHost(), (host) => installEverything(host, root), { guests: chrootActor(root) });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);

async function installEverything(host: SimulatedHost, root: string): Promise<void> {
  const two = fleet('"ssh-ed25519 AAAAone a@b", "ssh-rsa AAAAtwo c@d"');
  const first = await apply(host, two);
  for (const name of INSTALLED) assert.ok(first.includes(`+ ct 200 web: feature ${name}`), name);
  assert.ok(first.includes("+ vm 100 app: feature qemu_guest_agent"));
  assert.match(inRoot(root, "docker --version"), /^Docker version/);
  assert.match(inRoot(root, "docker compose version || docker-compose version"), /ompose/);
  assert.match(inRoot(root, "locale -a"), /^de_DE\.utf8$/m);
  assert.is(inRoot(root, "readlink /etc/localtime"), "/usr/share/zoneinfo/Europe/Berlin\n");
  inRoot(root, "command -v jq mount.nfs mount.cifs qemu-ga && python3 -m venv /tmp/venv");
  inRoot(root, "test -e /etc/ssl/certs/phxc-ca.pem");
  assert.is(inRoot(root, "cut -d ' ' -f 2 /root/.ssh/authorized_keys"), "AAAAhand\nAAAAone\nAAAAtwo\n");
  assert.is(inRoot(root, "stat -c '%U %a' /var/www/.ssh/authorized_keys"), "www-data 600\n");
  assert.equal(await apply(host, two), []);

  const before = everything(root);
  forget(host, root, false);
  assert.equal(await apply(host, two), [], "the marks of the guests answer");
  assert.equal(changed(root, before), []);
  assert.equal(await apply(host, two, "--verify"), [], "every feature finds itself in order");
  assert.equal(changed(root, before), []);
  forget(host, root, true);
  await apply(host, two);
  assert.equal(changed(root, before), [], "what is there is found, and not installed again");

  assert.equal(await apply(host, fleet('"ssh-rsa AAAAtwo c@d"')), ["+ ct 200 web: feature ssh_keys, again"]);
  assert.is(inRoot(root, "cut -d ' ' -f 2 /root/.ssh/authorized_keys"), "AAAAhand\nAAAAtwo\n");
}

test.run();
