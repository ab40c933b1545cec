import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { scripted } from "../support/script-host.js";

/** What becomes of images of registries on the host, and of the containers that are made from them. */
const test = suite("images of registries on the host");

const CACHE = "var/lib/vz/template/cache";
const A = "aa".repeat(32);
const B = "bb".repeat(32);
const fleet = (digest: string): string => `image app { oci = "docker.io/library/nginx@sha256:${digest}" }
ct 200 web {
  image = app
  disk root { size = 4GiB, storage = cts }
}
`;
const file = (digest: string): string => `docker.io+library+nginx=sha256=${digest}.tar`;

/** The archives that lie in the cache, and parts of them. */
function lying(host: SimulatedHost): string[] {
  const isOurs = (name: string): boolean => name.startsWith("docker.io");
  return readdirSync(join(host.root, CACHE)).filter(isOurs).sort();
}

test("it is fetched once, and the container takes the entrypoint of the image", () =>
  scripted(fleet(A), async ({ host, apply, quiet }) => {
    const run = await apply();
    assert.equal(mutating(run).filter((command) => command.startsWith("skopeo")).length, 1);
    assert.equal(lying(host), [file(A)]);
    const config = readFileSync(join(host.root, "etc/pve/lxc/200.conf"), "utf8");
    assert.match(config, /^entrypoint: \/docker-entrypoint\.sh$/m);
    assert.match(config, /^ostype: unmanaged$/m);
    await quiet();
    assert.equal(
      (await apply()).commands.filter(({ argv }) => argv[0] === "skopeo"),
      [],
    );
  }));

test("a registry that refuses is a failure that leaves nothing, and makes no container", () =>
  scripted(fleet(A), async ({ host, apply, quiet }) => {
    const from = `docker://docker.io/library/nginx@sha256:${A}`;
    host.state.downloads[from] = { fails: 1 };
    assert.match((await apply(4)).stderr, /manifest unknown/);
    assert.equal(lying(host), []);
    assert.equal(readdirSync(join(host.root, "etc/pve/lxc")), []);
    delete host.state.downloads[from];
    await apply();
    await quiet();
  }));

test("another digest is another file, and the container stays as it is", () =>
  scripted(fleet(A), async ({ host, apply }) => {
    await apply();
    const { script } = await compileSource(fleet(B));
    const run = await host.runScript(script);
    assert.is(run.code, 0, run.stderr);
    assert.equal(lying(host), [file(A), file(B)]);
    assert.equal(
      mutating(run).filter((command) => command.startsWith("pct")),
      [],
    );
    assert.equal(mutating(await host.runScript(script)), []);
  }));

test("a host without Proxmox VE 9.1 is refused before anything is fetched", () =>
  scripted(fleet(A), async ({ host, apply }) => {
    host.state.version = "9.0.3";
    const run = await apply(3);
    assert.match(run.stderr, /9\.1/);
    assert.equal(mutating(run), []);
  }));

test("killed before, in and after every command, the next run ends with the same archive and container", async () => {
  const whole = await wholeRun(await compileSource(fleet(A)));
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test.run();
