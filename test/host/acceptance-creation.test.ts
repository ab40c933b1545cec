import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withCommitted } from "../support/committed.js";
import type { Applied, CommittedProject } from "../support/committed.js";

/**
 * The acceptance list of the first phase of the roadmap for virtual machines, in its own JSON: a schema (1.1), one command for ids of both
 * kinds (1.2), create, set, start, stop and destroy (1.3), host name and user by cloud-init (1.4), and all of it end to end (1.5).
 */
const test = suite("acceptance: creating virtual machines");

const ENTRY = "phoenix_hypervisor_config.json";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGU admin@desk";

/** A machine as the roadmap's schema has it, from an image of Ubuntu 24.04. */
const MACHINE = {
  vmid: 801,
  name: "ubuntu-test",
  cores: 2,
  memory_mb: 4096,
  disk_size_gb: 50,
  storage_pool: "local-lvm",
  template_image: "noble-server-cloudimg-amd64.img",
  network_bridge: "vmbr0",
  start_at_boot: true,
  network_config: { ip: "10.0.0.41/24", gw: "10.0.0.1", nameserver: "10.0.0.13" },
  user_config: { username: "phoenix_user", ssh_public_key: KEY },
} as const;

const CONTAINER = {
  name: "web",
  template: "/var/lib/vz/template/cache/debian-13.tar.zst",
  unprivileged: true,
  cores: 1,
  memory_mb: 512,
  storage_pool: "local-lvm",
  storage_size_gb: 8,
  network_config: { name: "eth0", bridge: "vmbr0", ip: "10.0.0.42/24", gw: "10.0.0.1" },
} as const;

/** A configuration with one machine, which may lack fields or have others, and one container. */
function configuration(more: object = {}): string {
  return JSON.stringify({
    network: { hostname: "pve1", interfaces: [{ name: "vmbr0", address: "10.0.0.13/24", gateway: "10.0.0.1" }] },
    vms: [{ ...MACHINE, ...more }],
    lxc_configs: { 101: CONTAINER },
  });
}

async function withProject(text: string, use: (project: CommittedProject) => Promise<void>): Promise<void> {
  await withCommitted(async (project) => {
    writeFileSync(join(project.folder, ENTRY), text);
    await use(project);
  });
}

/** The script of a plan for these words of the command line. */
async function script({ phxc }: CommittedProject, ...words: readonly string[]): Promise<string> {
  const { code, out, err } = await phxc("plan", ENTRY, "--format", "bash", ...words);
  assert.is(code, 0, err);
  return out;
}

async function done(project: CommittedProject, text: string, ...flags: readonly string[]): Promise<Applied> {
  const run = await project.run(text, ...flags);
  assert.is(run.code, 0, run.stdout + run.stderr);
  return run;
}

/** What `phxc check` says of a configuration that is not right. */
async function refusal(text: string): Promise<string> {
  let said = "";
  await withProject(text, async ({ phxc }) => {
    const { code, out, err } = await phxc("check", ENTRY);
    assert.is(code, 1, out + err);
    said = out + err;
  });
  return said;
}

test("P1 1.1 schema: a machine without a required field is an error that names the field and the machine", async () => {
  for (const field of ["vmid", "name", "cores", "memory_mb"]) {
    const said = await refusal(configuration({ [field]: undefined }));
    assert.match(said, /^error PHX2\d{3}: /m);
    assert.match(said, `\`${field}\``);
  }
  const unsaid = await refusal(configuration({ template_image: undefined }));
  assert.match(unsaid, /neither `template_image` nor `clone_from_vmid`/);
});

test("P1 1.1 schema: a value of the wrong type is an error at its place", async () => {
  const said = await refusal(configuration({ memory_mb: "plenty" }));
  assert.match(said, /PHX2011: `memory_mb` must be a whole number .* "plenty"\n --> .*:\d+:\d+/);
});

test("P1 1.2 one command for ids of machines and containers; an id that nobody declares ends with an error", async () => {
  await withProject(configuration(), async (project) => {
    const both = await script(project, "801", "101");
    assert.match(both, "qm create 801");
    assert.match(both, "pct create 101");
    const one = await script(project, "101");
    assert.not.match(one, "qm create 801");
    const { code, out, err } = await project.phxc("plan", ENTRY, "999");
    assert.equal([code, out], [1, ""]);
    assert.match(err, "999");
  });
});

test("P1 1.3 create, set, start: only what is to be done; a check before it does nothing at all", async () => {
  await withProject(configuration(), async (project) => {
    const text = await script(project, "801");
    const dry = await project.run(text, "--check");
    assert.equal([dry.code, dry.commands], [2, []], dry.stdout + dry.stderr);
    const { commands } = await done(project, text);
    const verbs = commands
      .filter((line) => line.startsWith("qm "))
      .map((line) => line.split(" ").slice(0, 3).join(" "));
    assert.equal(verbs, ["qm create 801", "qm set 801", "qm disk resize", "qm start 801"]);
  });
});

test("P1 1.4 cloud-init: host name, user and key are the declared ones; without a password nobody logs in by one", async () => {
  await withProject(configuration(), async (project) => {
    await done(project, await script(project, "801"));
    const { stdout } = await project.host.execute(["qm", "cloudinit", "dump", "801", "user"]);
    assert.match(stdout, "hostname: ubuntu-test");
    assert.match(stdout, "user: phoenix_user");
    assert.match(stdout, KEY);
    assert.not.match(stdout, "password: $");
  });
});

test("P1 1.5 end to end: created and started as declared; a second run is no change of the running machine; then stopped and removed", async () => {
  await withProject(configuration(), async (project) => {
    const text = await script(project);
    await done(project, text);
    const conf = project.conf("vm", 801);
    for (const line of ["cores: 2", "memory: 4096", "name: ubuntu-test"]) assert.match(conf, `${line}\n`);
    assert.match(conf, /^scsi0: .*size=50G/m);
    const running = (): readonly number[] =>
      project.host.guests().flatMap(({ id, running: isRunning }) => (isRunning ? [id] : []));
    assert.equal(running(), [801]);

    const again = await done(project, text);
    assert.equal([again.commands, again.said], [[], []]);
    assert.is(project.conf("vm", 801), conf);

    await done(project, await script(project, "801", "--action", "stop"));
    assert.equal(running(), []);
    const held = await project.run(await script(project, "801", "--action", "destroy"));
    assert.equal([held.code, held.commands], [4, []]);
    await done(project, await script(project, "801", "--action", "destroy"), "--allow-destroy");
    assert.equal(
      project.host.guests().map(({ id }) => id),
      [101],
    );
  });
});

test.run();
