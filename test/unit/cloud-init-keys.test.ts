import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileSource } from "../support/rehearsal.js";
import { inFolder } from "../support/folder.js";
import { hasCloudInit, readYaml } from "../support/cloud-init.js";

const test = suite("the keys of a user");

/** The command that cloud-init runs for the user of a machine with these keys. */
async function commandFor(keys: readonly string[]): Promise<readonly string[]> {
  const { plan } = await compileSource(`vm 100 app {
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = vms }
  cloud_init { user bob { ssh_keys = [${keys.map((key) => JSON.stringify(key).replaceAll("$", "\\$")).join(", ")}] } }
}`);
  const probe = plan.steps.map((step) => step.probe).find((each) => each.kind === "snippet");
  const [data] = readYaml([probe?.kind === "snippet" ? probe.content : ""]) as [{ runcmd: readonly string[][] }];
  return data.runcmd[0] ?? [];
}

/** Runs it with a `su` that is nobody else, and a home directory of the test's own. */
function run(folder: string, [program = "", ...args]: readonly string[]): void {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, "su"),
    `#!/bin/sh\n[ "$1 $2 $3" = "-s /bin/sh -c" ] && [ "$5" = bob ] && exec /bin/sh -c "$4"\n`,
  );
  chmodSync(join(bin, "su"), 0o755);
  const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: join(folder, "home") };
  const { status, stderr } = spawnSync(program, args, { env, cwd: "/", encoding: "utf8" });
  assert.is(status, 0, stderr);
}

const HOSTILE = [
  "ssh-ed25519 AAAA a'b\"c",
  "ssh-ed25519 BBBB $(touch x) `y` \\n %s ${HOME}",
  'from="10.0.0.*",command="echo *" ssh-rsa CCCC',
];

test("are exactly those that are declared, whatever was there", async () => {
  if (!hasCloudInit()) return;
  await inFolder({ "home/.profile": "" }, async (folder) => {
    const file = join(folder, "home/.ssh/authorized_keys");
    run(folder, await commandFor(HOSTILE));
    assert.is(readFileSync(file, "utf8"), `${HOSTILE.join("\n")}\n`);
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.is(statSync(join(folder, "home/.ssh")).mode & 0o777, 0o700);
    run(folder, await commandFor(["ssh-ed25519 DDDD"]));
    assert.is(readFileSync(file, "utf8"), "ssh-ed25519 DDDD\n");
    run(folder, await commandFor([]));
    assert.is(readFileSync(file, "utf8").trim(), "");
  });
});

test("do not go through a link that the user has put in their place", async () => {
  if (!hasCloudInit()) return;
  await inFolder({ "home/.ssh/x": "", other: "as it was" }, async (folder) => {
    symlinkSync(join(folder, "other"), join(folder, "home/.ssh/authorized_keys"));
    run(folder, await commandFor(["ssh-ed25519 AAAA"]));
    assert.is(readFileSync(join(folder, "other"), "utf8"), "as it was");
    assert.is(readFileSync(join(folder, "home/.ssh/authorized_keys"), "utf8"), "ssh-ed25519 AAAA\n");
  });
});

test.run();
