import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";
import { runCli } from "../support/terminal.js";
import type { Ran } from "../support/terminal.js";

const test = suite("cli-plugins");

interface Place {
  readonly project: string;
  readonly trustFile: string;
  readonly run: (...argv: string[]) => Promise<Ran>;
}

/** The example project in a folder of its own, with a user who trusts nothing yet. */
async function inExample(body: (place: Place) => Promise<void>): Promise<void> {
  await inFolder({}, async (folder) => {
    const project = join(folder, "project");
    cpSync(join(root, "test/support/example-plugin"), project, { recursive: true });
    const env = { XDG_CONFIG_HOME: join(folder, "config") };
    await body({
      project,
      trustFile: join(folder, "config/phxc/trust.json"),
      run: (...argv) => runCli(argv, { cwd: project, env }),
    });
  });
}

test("a plugin's kind, rule, step and format work end to end once it is trusted", async () => {
  await inExample(async ({ project, run }) => {
    assert.is((await run("trust")).code, 0);
    const script = await run("plan", "--format", "bash");
    assert.is(script.code, 0, script.err);
    assert.match(script.out, "timedatectl set-timezone");
    const steps = await run("plan", "--format", "steps");
    assert.ok(steps.out.split("\n").includes("clock.utc.timezone"), steps.out);
    writeFileSync(join(project, "main.phx"), `clock a { timezone = "Etc/UTC" }\nclock b { timezone = "Etc/UTC" }\n`);
    const twice = await run("plan");
    assert.is(twice.code, 1);
    assert.match(twice.err, "error CLOCK0001");
    const wrong = 'clock a { timezone = "; reboot" }\n';
    writeFileSync(join(project, "main.phx"), wrong);
    assert.match((await run("plan")).err, "a time zone such as Europe/Paris");
    assert.match((await run("explain", "clock0001")).out, "several clocks");
  });
});

test("without trust none of a plugin's code runs", async () => {
  await inExample(async ({ project, run }) => {
    const proof = join(project, "ran");
    const plugin = join(project, "plugins/clock.mjs");
    const code = readFileSync(plugin, "utf8");
    writeFileSync(
      plugin,
      `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(proof)}, "");\n${code}`,
    );
    const exists = (): boolean => statSync(proof, { throwIfNoEntry: false }) !== undefined;
    for (const argv of [
      ["plan"],
      ["check"],
      ["graph"],
      ["explain", "CLOCK0001"],
      ["fmt", "--check"],
      ["trust", "--show"],
    ]) {
      await run(...argv);
      assert.not(exists(), argv.join(" "));
    }
    const refused = await run("plan");
    assert.is(refused.code, 1);
    assert.match(refused.err, "PHX7004");
    assert.match(refused.err, "phxc trust");
    assert.is((await run("plan", "--trust-plugins")).code, 0);
    assert.ok(exists());
  });
});

test("trust ends when a file changes, appears or goes, and when it is taken back", async () => {
  await inExample(async ({ project, run, trustFile }) => {
    const state = async (): Promise<string> => (await run("trust", "--show")).out.trim().split("\n").at(-1) ?? "";
    assert.is(await state(), "not trusted");
    await run("trust");
    assert.is(await state(), "trusted in this state");
    assert.is(statSync(trustFile).mode & 0o777, 0o600);
    writeFileSync(join(project, "plugins/helper.mjs"), "export {};\n");
    assert.is(await state(), "changed since they were trusted");
    assert.match((await run("plan")).err, "have changed since you trusted them");
    rmSync(join(project, "plugins/helper.mjs"));
    assert.is(await state(), "trusted in this state");
    assert.is((await run("trust", "--remove")).code, 0);
    assert.is(await state(), "not trusted");
    writeFileSync(trustFile, "{ damaged");
    assert.is(await state(), "not trusted");
  });
});

test("trust is for projects with plugins", async () => {
  await inFolder({ "main.phx": "", "bad/phx.config.json": '{ "plugins": "x" }' }, async (cwd) => {
    const env = { XDG_CONFIG_HOME: join(cwd, "config") };
    assert.is((await runCli(["trust"], { cwd, env })).code, 2);
    assert.is((await runCli(["trust", "main.phx"], { cwd, env })).code, 2);
    assert.is((await runCli(["trust", "bad"], { cwd, env })).code, 1);
  });
});

test.run();
