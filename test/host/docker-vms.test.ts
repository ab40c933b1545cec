import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, compileProject, type Compiled, mutating } from "../support/rehearsal.js";
import { root } from "../support/paths.js";
import type { Run } from "../support/script-host.js";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { withHost } from "../support/sim.js";

/** The example four-docker-vms, from a host without guests to four that are healthy, and what a change of it costs. */
const test = suite("four virtual machines with Docker");

const SOURCE = readFileSync(join(root, "examples/four-docker-vms/four-docker-vms.phx"), "utf8");

const SHARED = "zfs create -o quota=100G -o recordsize=128K tank/shared";
const EXPORTED = "/tank/shared 192.168.20.0/24(rw,sync,no_subtree_check)\n";

/** The source with edits, each of which must find its place. */
function edited(...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((text, [from, to]) => {
    assert.is(text.split(from).length, 2, from);
    return text.replace(from, () => to);
  }, SOURCE);
}

const HASH = `$6$salt$${"h".repeat(86)}`;

const compiled = async (text: string): Promise<Compiled> => compileProject({ "main.phx": text });

/** What may change something, without what goes along with every command in a guest. */
function changes(run: Run): readonly string[] {
  return mutating(run).map((line) =>
    line
      .replace(/ --digest [0-9a-f]{40}$/, "")
      .replace(/ --timeout \d+ --pass-stdin 1 -- sh -s -- begin (\S+) .*/, " $1")
      .replace(/ --timeout \d+ -- sh -c (docker info)$/, " $1"),
  );
}

/** Applies a source, and returns what happened; fails when the script does not end with `code`. */
type Apply = (text: string, code?: number) => Promise<Run>;

/** A host with the secrets of the example. `docker info` ends well in machines that Docker was installed in, but for the broken. */
async function onHost(
  use: (apply: Apply, host: SimulatedHost, breakDown: (id: number) => void) => Promise<void>,
  broken?: number,
): Promise<void> {
  const ill = new Set(broken === undefined ? [] : [broken]);
  const state = presupposed((await compiled(SOURCE)).plan);
  state.files["/root/docker-config.json"] = "{}\n";
  let started: SimulatedHost | undefined;
  const hasDocker = (id: number): boolean =>
    "/var/lib/phxc/feature.docker" in (started?.state.guestFiles[`${id}`] ?? {});
  await withHost(
    state,
    async (host) => {
      started = host;
      const apply: Apply = async (text, code = 0) => {
        const { script } = await compiled(text);
        const run = await host.runScript(script, [], { env: { ADMIN_HASH: HASH } });
        assert.is(run.code, code, run.stdout + run.stderr);
        return run;
      };
      await use(apply, host, (id) => void ill.add(id));
    },
    {
      guests: ({ id }, argv) => {
        if (argv.at(-1) !== "docker info") return undefined;
        if (hasDocker(id) && !ill.has(id)) return { code: 0, stdout: "", stderr: "" };
        return { code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon\n" };
      },
    },
  );
}

async function quiet(apply: Apply, text: string): Promise<void> {
  const run = await apply(text);
  assert.equal([mutating(run), announced(run.stdout)], [[], []]);
}

test("its script is clean for the linters", async () => {
  if (!hasLinters()) return console.log("skipped: the linters are not here");
  assert.equal(lintScript((await compiled(SOURCE)).script), []);
});

const MACHINES = [301, 302, 303, 304];

test("from a host without guests to four healthy machines; the second run does nothing", async () => {
  await onHost(async (apply, host) => {
    const lines = changes(await apply(SOURCE));
    assert.ok(lines.includes(SHARED), lines.join("\n"));
    assert.ok(host.capture().files["/etc/exports.d/phx-shared.exports"]?.endsWith(EXPORTED));
    const verbs = (id: number): readonly string[] =>
      lines
        .filter((line) => line.startsWith("qm ") && line.split(" ").includes(`${id}`))
        .map((line) => line.replace(/ --.*/, ""));
    assert.equal(verbs(9000).slice(0, 4), [
      "qm create 9000",
      "qm set 9000",
      "qm disk resize 9000 scsi0 16G",
      "qm template 9000",
    ]);
    for (const id of MACHINES) {
      assert.equal(verbs(id), [
        `qm clone 9000 ${id}`,
        `qm set ${id}`,
        `qm disk resize ${id} scsi0 32G`,
        `qm start ${id}`,
        ...["feature.base_setup", "feature.docker", "feature.nfs_client", "volumes", "docker info"].map(
          (work) => `qm guest exec ${id} ${work}`,
        ),
      ]);
    }
    assert.equal(
      host.guests().map(({ id, running }) => [id, running]),
      [...MACHINES.map((id) => [id, true]), [9000, false]],
    );
    await quiet(apply, SOURCE);
    assert.is((await host.execute(["zfs", "set", "quota=50G", "tank/shared"])).code, 0);
    assert.equal(changes(await apply(SOURCE)), ["zfs set quota=100G tank/shared"]);
    await quiet(apply, SOURCE);
  });
});

test("one machine's memory, one address, the version of Docker: only those steps run, and the checks of who changed", async () => {
  const memory = ["net lan { ip = 192.168.20.12 }", "memory = 8GiB\n  net lan { ip = 192.168.20.12 }"] as const;
  const address = ["192.168.20.13", "192.168.20.23"] as const;
  const version = ['"28.3"', '"28.4"'] as const;
  await onHost(async (apply) => {
    await apply(SOURCE);
    assert.equal(changes(await apply(edited(memory))), ["qm set 302 --memory 8192", "qm guest exec 302 docker info"]);
    assert.equal(changes(await apply(edited(memory, address))), [
      "qm set 303 --ipconfig0 gw=192.168.20.1,ip=192.168.20.23/24",
      "qm cloudinit update 303",
      "qm guest exec 303 docker info",
    ]);
    const last = edited(memory, address, version);
    assert.equal(
      changes(await apply(last)),
      MACHINES.flatMap((id) => [`qm guest exec ${id} feature.docker`, `qm guest exec ${id} docker info`]),
    );
    await quiet(apply, last);
  });
});

test("a machine in which Docker does not run is not healthy: exit 4, and asked again by the next run", async () => {
  const once = edited(["retries = 5", "retries = 0"]);
  await onHost(async (apply) => {
    const run = await apply(once, 4);
    assert.match(run.stderr, /vm\.302\.check\.docker/);
    assert.match(run.stderr, /Cannot connect to the Docker daemon/);
    assert.equal(
      changes(run).filter((line) => line.endsWith("docker info")),
      ["qm guest exec 301 docker info", "qm guest exec 302 docker info"],
    );
    assert.is(changes(await apply(once, 4))[0], "qm guest exec 302 docker info");
  }, 302);
});

test("asked for its health on demand: all four are healthy; the one whose daemon ended is not", async () => {
  const { script } = await compileProject(
    { "main.phx": edited(["retries = 5", "retries = 0"]) },
    { action: { name: "health", withDependents: false } },
  );
  await onHost(async (apply, host, breakDown) => {
    await apply(SOURCE);
    const well = await host.runScript(script);
    assert.equal([well.code, changes(well)], [0, MACHINES.map((id) => `qm guest exec ${id} docker info`)], well.stdout);
    breakDown(304);
    const ill = await host.runScript(script);
    assert.is(ill.code, 7, ill.stdout + ill.stderr);
    assert.match(ill.stdout, /304.*Cannot connect to the Docker daemon/);
  });
});

test.run();
