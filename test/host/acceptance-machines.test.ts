import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { hasCloudInit, readYaml, schemaFindings } from "../support/cloud-init.js";
import { deepTests } from "../support/deep.js";
import { mutating } from "../support/rehearsal.js";
import { confPath, LAN, scripted } from "../support/script-host.js";
import type { Run, Scripted } from "../support/script-host.js";
import { zfsHost } from "../support/sim.js";

/** The acceptance tests of the second phase of the roadmap for virtual machines, by their numbers. */
const test = suite("acceptance: machines with cloud-init and features");
const deepTest = deepTests(test);

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGU admin@desk";
const HASH = `$6$salt$${"h".repeat(86)}`;

/** A template made from a cloud image, two machines cloned from it, and a container cloned from a snapshot of another. */
const FLEET = `
vm 9000 ubuntu {
  template = true
  image    = "/root/i.qcow2"
  agent    = true
  disk root { size = 8GiB, storage = vms }
  net lan   { ip = dhcp }
  cloud_init {
    user      = phoenix_user
    password  = secret("file:/root/hash")
    ssh_keys  = ["${KEY}"]
    packages  = [qemu-guest-agent]
    growpart  = true
    commands  = ["systemctl enable --now qemu-guest-agent"]
  }
}
profile docker_host {
  clone    = ubuntu
  state    = running
  cores    = 2
  disk root { size = 50GiB }
  check route  { run = "ip route get 10.0.0.1", retries = 0 }
  check docker { run = "docker run --rm hello-world", retries = 0 }
  feature docker { users = [phoenix_user] }
}
vm 101 docker-1 extends docker_host { net lan { ip = 10.0.0.41 } }
vm 102 docker-2 extends docker_host { net lan { ip = 10.0.0.42 } }
ct 900 base {
  image = "local:vztmpl/debian-13-tiny_amd64.tar.zst"
  unprivileged = true
  disk root { size = 4GiB, storage = cts }
  net lan { ip = 10.0.0.50 }
  snapshot ready {}
}
ct 901 app {
  clone = base
  clone_snapshot = ready
  net lan { ip = 10.0.0.51 }
}
`;

const MACHINES = [101, 102] as const;

/** Applies the fleet on a host where the guests answer as they would, and tells what was asked in them. */
async function withFleet(use: (fleet: Scripted, asked: readonly string[], run: Run) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const state = zfsHost();
  state.files["/root/hash"] = `${HASH}\n`;
  await scripted(
    FLEET,
    async (fleet) => {
      const run = await fleet.apply();
      await use(fleet, asked, run);
    },
    state,
    {
      guests: ({ id }, argv) => {
        const line = argv.at(-1) ?? "";
        if (/^(ip route|docker run)/.test(line)) asked.push(`${id} ${line}`);
        return undefined;
      },
    },
  );
}

/** What cloud-init finds on the drive of a machine. */
async function drive(host: SimulatedHost, id: number, part: "user" | "network"): Promise<string> {
  const { code, stdout, stderr } = await host.execute(["qm", "cloudinit", "dump", `${id}`, part]);
  assert.is(code, 0, stderr);
  return stdout;
}

function conf(host: SimulatedHost, id: number): string {
  return readFileSync(confPath(host, id), "utf8");
}

/** What is left of a template in a text: `__NAME__`, `${NAME}`, `{{ name }}`, `<NAME>`. */
const PLACEHOLDER = /__[A-Z_]+__|\$\{[^}]*\}|\{\{.*?\}\}|<[A-Z_]+>/;

test("P2-TC-01 the generated user data has no placeholder left, and holds what was declared", () =>
  withFleet(async ({ host }) => {
    for (const id of MACHINES) {
      const text = await drive(host, id, "user");
      assert.not.match(text, PLACEHOLDER);
      for (const part of [`hostname: "docker-${id - 100}"`, "phoenix_user", KEY, HASH])
        assert.ok(text.includes(part), text);
    }
  }));

deepTest("P2-TC-01 the real cloud-init takes the generated user data", () =>
  withFleet(async ({ host }) => {
    if (!hasCloudInit()) return;
    for (const id of MACHINES) assert.is(schemaFindings(await drive(host, id, "user")), "");
  }),
);

test("P2-TC-02 the generated network configuration has no placeholder left, and holds the machine's own address", () =>
  withFleet(async ({ host }) => {
    for (const [id, address] of [
      [101, "10.0.0.41"],
      [102, "10.0.0.42"],
    ] as const) {
      const text = await drive(host, id, "network");
      assert.not.match(text, PLACEHOLDER);
      for (const part of [`address: '${address}'`, "gateway: '10.0.0.1'"]) assert.ok(text.includes(part), text);
    }
  }));

test("P2-TC-03 a machine is created from the template, with its own cores and disk", () =>
  withFleet(async ({ host }, _, run) => {
    const lines = mutating(run);
    assert.ok(lines.includes("qm template 9000"));
    for (const id of MACHINES) {
      assert.ok(
        lines.some((line) => line.startsWith(`qm clone 9000 ${id} `)),
        lines.join("\n"),
      );
      assert.ok(!lines.some((line) => line.startsWith(`qm create ${id} `)));
      assert.match(conf(host, id), /^cores: 2$/m);
      assert.match(conf(host, id), /^scsi0: .*size=50G/m);
    }
  }));

test("P2-TC-04 clones have names and addresses of their own, a clone of a snapshot too", () =>
  withFleet(async ({ host }, _, run) => {
    assert.ok(mutating(run).some((line) => /^pct clone 900 901 .*--snapname ready/.test(line)));
    const names = [
      ...MACHINES.map((id) => /^name: (.*)$/m.exec(conf(host, id))?.[1]),
      /^hostname: (.*)$/m.exec(conf(host, 901))?.[1],
    ];
    assert.equal(names, ["docker-1", "docker-2", "app"]);
    const addresses = [...MACHINES, 900, 901].map((id) => /\bip=([0-9.]+)\/24/.exec(conf(host, id))?.[1]);
    assert.equal(addresses, ["10.0.0.41", "10.0.0.42", "10.0.0.50", "10.0.0.51"]);
    const cards = [...MACHINES, 900, 901].map((id) => /(?:virtio=|hwaddr=)([0-9A-F:]+)/.exec(conf(host, id))?.[1]);
    assert.is(new Set(cards).size, 4);
  }));

test("P2-TC-05 the route is asked for inside of each machine", () =>
  withFleet(async (_, asked) => {
    assert.equal(
      asked.filter((line) => line.includes("ip route")),
      MACHINES.map((id) => `${id} ip route get 10.0.0.1`),
    );
  }));

test("P2-TC-06 the key is the user's, whose password is a hash; logging in by a password stays off", () =>
  withFleet(async ({ host }) => {
    for (const id of MACHINES) {
      const text = await drive(host, id, "user");
      assert.not.match(text, /ssh_pwauth: *(true|yes)/);
      if (!hasCloudInit()) continue;
      const [data] = readYaml([text]) as [Readonly<Record<string, unknown>>];
      assert.equal([data["user"], data["ssh_authorized_keys"], data["password"]], ["phoenix_user", [KEY], HASH]);
    }
  }));

test("P2-TC-07 Docker is installed in each machine, for its user too, and has run a container", () =>
  withFleet(async ({ host, script }, asked) => {
    for (const id of MACHINES) assert.ok("/var/lib/phxc/feature.docker" in (host.state.guestFiles[`${id}`] ?? {}));
    assert.match(script, "'users=phoenix_user'");
    assert.equal(
      asked.filter((line) => line.includes("docker")),
      MACHINES.map((id) => `${id} docker run --rm hello-world`),
    );
  }));

test("P2-TC-08 a second run creates nothing, changes nothing and reports no error", () =>
  withFleet(async ({ quiet }) => quiet()));

test("P2-TC-09 a required field that is missing is a clear error, with its place", async () => {
  const entry = "phoenix_vm_configs.json";
  const machine = { vmid: 801, cores: 2, memory_mb: 2048, template_image: "noble-server-cloudimg-amd64.img" };
  const text = JSON.stringify({ vms: [machine] }, null, 2);
  const json = await compile({ entry, files: memoryFiles({ [entry]: text }) });
  const [missing] = json.diagnostics.filter(({ severity }) => severity === "error");
  assert.is(json.plan, undefined);
  assert.is(missing?.code, "PHX2012");
  assert.match(missing?.message ?? "", "`name`");
  assert.is(missing?.span.start, text.lastIndexOf("{"));

  const source = `${LAN}vm 801 web { image = "/root/i.qcow2", disk root { size = 8GiB } }\n`;
  const phx = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": source }) });
  const [unsaid] = phx.diagnostics.filter(({ severity }) => severity === "error");
  assert.match(unsaid?.message ?? "", "storage");
  assert.is(source.slice(unsaid?.span.start, unsaid?.span.end), "disk root");
});

test.run();
