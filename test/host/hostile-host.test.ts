import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, presupposed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { FILE, host, INSTALLED, NICS } from "../support/network.js";
import { hasShared, root, shared } from "../support/paths.js";
import { type Compiled, compileFolder, compileSource, runThrough, withHost } from "../support/rehearsal.js";

const test = suite("what lies on a host does not become code");

/** What arithmetic of bash runs where it expects a number; without a blank, so that it stays one word. */
const CODE = "HOME[$(touch${IFS}${ROOT}/evaluated)0]";

/** The text files that a host has below some folders, by their paths. */
function textsOf(root: string, folders: readonly string[]): readonly string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of readdirSync(path).toSorted()) visit(join(path, name));
    else if (stat?.isFile() && /\d/.test(readFileSync(path, "latin1"))) found.push(path);
  };
  for (const folder of folders) visit(join(root, folder));
  return found;
}

/** Runs a script that has been applied with each of the host's files in turn having code where it has numbers. */
async function planted(sim: SimulatedHost, script: string): Promise<readonly string[]> {
  const files = textsOf(sim.root, ["etc", "proc", "sys", "run"]);
  for (const path of files) {
    const text = readFileSync(path, "latin1");
    for (const numbers of [/\d+/g, /(?<=[\s=:,.])\d+(?=[\s,.]|$)/gm]) {
      writeFileSync(
        path,
        text.replace(numbers, () => CODE),
        "latin1",
      );
      const run = await sim.runScript(script, ["--check"]);
      assert.not.ok(existsSync(join(sim.root, "evaluated")), `${path}\n${run.stdout}${run.stderr}`);
    }
    writeFileSync(path, text, "latin1");
  }
  return files;
}

/** Applies a plan on the host that it presupposes, or on the one that is given, and plants code there. */
async function survives({ plan, script }: Compiled, state = presupposed(plan)): Promise<readonly string[]> {
  return withHost(state, async (sim) => {
    const first = await runThrough(sim, script);
    assert.is(first.code, 0, first.stdout + first.stderr);
    const files = await planted(sim, script);
    return files.map((path) => path.slice(sim.root.length));
  });
}

const EXAMPLES = { homelab: "/etc/pve/nodes/pve/lxc/101.conf", phoenix: "/etc/pve/user.cfg" };

for (const [name, file] of Object.entries(EXAMPLES)) {
  test(`the example ${name}`, async () => {
    const files = await survives(await compileFolder(join(root, "examples", name), `${name}.phx`));
    assert.ok(files.includes(file), files.join("\n"));
  });
}

test("the production files", async () => {
  const folder = join(shared, "phoenix/config");
  if (!hasShared) return console.log(`skipped: ${folder} is not here`);
  const files = await survives(await compileFolder(folder, "phoenix_hypervisor_config.json"));
  assert.ok(files.includes("/etc/pve/user.cfg"), files.join("\n"));
});

test("interfaces, as an administrator wrote them", async () => {
  const written = `${INSTALLED}\nauto vmbr1\niface vmbr1 inet static\n\taddress 10.1.0.2\n\tnetmask 255.255.252.0\n\tbridge-ports eno2\n\tmtu 1500\n`;
  const source = host(
    'bridge vmbr1 { ports = [eno2], mtu = 1400 }\nvlan "vmbr1.20" { address = 10.20.0.2/24, mtu = 1300 }',
  );
  const files = await survives(await compileSource(source), emptyHost({ nics: NICS, files: { [FILE]: written } }));
  assert.ok(files.includes(FILE), files.join("\n"));
});

test.run();
