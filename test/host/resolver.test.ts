import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("the host's name servers");

const FILE = "/etc/resolv.conf";
const withFile = (text: string) => emptyHost({ files: { [FILE]: text } });
const host = (body: string): string => `host pve {\n  dns { ${body} }\n}\n`;

async function run(sim: SimulatedHost, source: string, ...args: readonly string[]) {
  const { script } = await compileSource(source);
  const done = await sim.runScript(script, args);
  return { ...done, said: announced(done.stdout), changes: mutating(done) };
}

const fileOf = (sim: SimulatedHost): string => readFileSync(join(sim.root, FILE), "utf8");

/** Applies and fails unless the second run does nothing; what the first said. */
async function settled(sim: SimulatedHost, source: string): Promise<readonly string[]> {
  const first = await run(sim, source);
  assert.is(first.code, 0, first.stdout + first.stderr);
  const again = await run(sim, source);
  assert.equal([again.code, again.said, again.commands.length], [0, [], 0], again.stdout);
  return first.said;
}

test("servers and search domain are set at once, other lines of the file stay", () =>
  withHost(withFile("search old.example\noptions timeout:1\nnameserver 10.0.0.1\n"), async (sim) => {
    const source = host('servers = [10.0.0.2, 8.8.8.8], search = "new.example"');
    assert.equal(await settled(sim, source), [
      "~ host: name servers 10.0.0.1 -> 10.0.0.2 8.8.8.8",
      "~ host: search domain old.example -> new.example",
    ]);
    assert.is(fileOf(sim), "search new.example\nnameserver 10.0.0.2\nnameserver 8.8.8.8\noptions timeout:1\n");
  }));

test("what the files do not say stays: the search domain, the servers", () =>
  withHost(withFile("domain old.example\nnameserver 10.0.0.1\nnameserver 10.0.0.9\n"), async (sim) => {
    await settled(sim, host("servers = [10.0.0.2]"));
    assert.is(fileOf(sim), "search old.example\nnameserver 10.0.0.2\n");
    await settled(sim, host('search = "new.example"'));
    assert.is(fileOf(sim), "search new.example\nnameserver 10.0.0.2\n");
  }));

test("the order counts", () =>
  withHost(withFile("search a.example\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n"), async (sim) => {
    const checked = await run(sim, host("servers = [10.0.0.2, 10.0.0.1]"), "--check");
    assert.equal([checked.code, checked.changes], [2, []]);
    assert.equal(checked.said, ["~ host: name servers 10.0.0.1 10.0.0.2 -> 10.0.0.2 10.0.0.1"]);
  }));

test("without any search domain, Proxmox could not set them: it is asked for", () =>
  withHost(withFile("nameserver 10.0.0.1\n"), async (sim) => {
    const done = await run(sim, host("servers = [10.0.0.2]"));
    assert.equal([done.code, done.changes], [4, []]);
    assert.match(done.stderr, /declare search/);
  }));

test("an IPv6 server, and a host without the file", () =>
  withHost(emptyHost(), async (sim) => {
    await settled(sim, host('servers = [fd00::53], search = "a.example"'));
    assert.is(fileOf(sim), "search a.example\nnameserver fd00::53\n");
  }));

test.run();
