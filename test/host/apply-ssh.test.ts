import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyScript } from "../../src/host/apply.js";
import type { Answer, ApplyOutcome } from "../../src/host/apply.js";
import { openSession } from "../../src/host/session.js";
import type { Session } from "../../src/host/session.js";
import { startHere, startOver } from "../../src/host/transport.js";
import { hasSshd, startSshd } from "../support/sshd.js";
import type { TestSshd } from "../support/sshd.js";
import { stubPlan } from "../support/stub-plan.js";
import { runCli } from "../support/terminal.js";

const test = suite("apply-ssh");
let sshd: TestSshd;
let place = "";

if (hasSshd) {
  test.before(async () => {
    sshd = await startSshd();
  });
  test.before.each(() => {
    place = join(sshd.folder, "it's a place");
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
  });
  test.after(async () => sshd.stop());
} else {
  console.log("apply-ssh: openssh-server is not installed; its tests are skipped");
}

interface Applied extends ApplyOutcome {
  readonly output: string;
  readonly asked: number;
}

/** Quoting the folder's name by hand: the stub stands for a plan, whose quoting is the emitter's. */
function script(): Buffer {
  return Buffer.from(stubPlan(place.replaceAll("'", `'\\''`)));
}

function open(output: (text: string) => void, options: { script?: Buffer; host?: string } = {}): Session {
  return openSession({
    script: options.script ?? script(),
    staging: join(place, "staging"),
    start: (argv) =>
      startOver({ host: options.host ?? sshd.host, options: ["ConnectTimeout=5"], configFile: sshd.configFile }, argv),
    output: (bytes) => output(bytes.toString("utf8")),
  });
}

async function apply(answer: Answer, options: { script?: Buffer; host?: string } = {}): Promise<Applied> {
  let output = "";
  let asked = 0;
  const session = open((text) => (output += text), options);
  const outcome = await applyScript(session, () => {
    asked++;
    return Promise.resolve(answer);
  });
  return { ...outcome, output, asked };
}

function set(name: string, content: string): void {
  writeFileSync(join(place, name), content);
}

function staged(): readonly string[] {
  const folder = join(place, "staging");
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(25);
  assert.ok(condition(), "waited for something that did not happen");
}

function onSsh(name: string, body: () => Promise<void>): void {
  (hasSshd ? test : test.skip)(name, body);
}

onSsh("the checked bytes are the ones that run, in a private folder that is removed", async () => {
  const result = await apply("yes");
  assert.is(result.code, 0);
  assert.is(result.output, "~ vm 8001 docker-1: memory 4096 -> 8192\nconverging\n");
  const digest = createHash("sha256").update(script()).digest("hex");
  assert.is(readFileSync(join(place, "ran"), "utf8"), `${digest}  -\n`);
  assert.is(readFileSync(join(place, "mode"), "utf8"), "700\n");
  assert.equal(staged(), []);
});

onSsh("nothing runs without a yes", async () => {
  for (const answer of ["no", "cannot-ask"] as const) {
    const result = await apply(answer);
    assert.is(result.code, 2);
    assert.not(existsSync(join(place, "ran")));
  }
  assert.match((await apply("cannot-ask")).message ?? "", "--yes");
  assert.equal(staged(), []);
});

onSsh("with nothing to do nobody is asked", async () => {
  set("CHECK", "0");
  const result = await apply("yes");
  assert.equal([result.code, result.message, result.asked], [0, "nothing to do", 0]);
  assert.not(existsSync(join(place, "ran")));
});

onSsh("a refused preflight and other failures of the check pass through", async () => {
  for (const code of [3, 5, 77]) {
    set("CHECK", String(code));
    const result = await apply("yes");
    assert.equal([result.code, result.asked], [code, 0]);
    assert.not(existsSync(join(place, "ran")));
  }
});

onSsh("the script's exit code passes through", async () => {
  for (const code of [4, 5, 200]) {
    set("RUN", String(code));
    assert.is((await apply("yes")).code, code);
  }
});

onSsh("a staged file that is lost or changed after the check is not run", async () => {
  set("LOSE", "");
  const result = await apply("yes");
  assert.is(result.code, 2);
  assert.match(result.message ?? "", "gone or was changed");
  assert.not(existsSync(join(place, "ran")));
});

onSsh("a large script arrives whole", async () => {
  const large = Buffer.concat([script(), Buffer.from(`# ${"filler ".repeat(300_000)}\n`)]);
  assert.is((await apply("yes", { script: large })).code, 0);
  const digest = createHash("sha256").update(large).digest("hex");
  assert.is(readFileSync(join(place, "ran"), "utf8"), `${digest}  -\n`);
});

onSsh("an interruption reaches the script and its code comes back", async () => {
  set("SLEEP", "");
  let output = "";
  const session = open((text) => (output += text));
  const applied = applyScript(session, () => Promise.resolve("yes"));
  await until(() => existsSync(join(place, "started")));
  session.interrupt("INT");
  assert.is((await applied).code, 130);
  assert.match(output, "interrupted");
  assert.equal(staged(), []);
});

onSsh("a broken connection interrupts the script, is reported, and leaves nothing behind", async () => {
  set("SLEEP", "");
  const applied = apply("yes");
  await until(() => existsSync(join(place, "started")));
  sshd.cut();
  const result = await applied;
  assert.is(result.code, 255);
  assert.match(result.message ?? "", "next apply goes on");
  await until(() => existsSync(join(place, "interrupted")) && staged().length === 0);
});

onSsh("a host that refuses the login runs nothing", async () => {
  const result = await apply("yes", { host: "nobody-here@127.0.0.1" });
  assert.is(result.code, 255);
  assert.match(result.message ?? "", "nothing was run");
});

onSsh("a staging folder that cannot be made is a refusal", async () => {
  set("staging", "a file where the folder should be");
  const result = await apply("yes");
  assert.is(result.code, 2);
  assert.match(result.message ?? "", "cannot make a folder");
});

/** The command line that applies the stub over ssh. */
function command(...more: string[]): string[] {
  writeFileSync(join(place, "plan.sh"), script());
  const ssh = ["--host", sshd.host, "--ssh-config", sshd.configFile, "--ssh-option", "ConnectTimeout=5"];
  return ["apply", "plan.sh", ...ssh, "--staging", join(place, "staging"), ...more];
}

onSsh("the command asks on a terminal, takes --yes elsewhere, and passes codes on", async () => {
  const unasked = await runCli(command(), { cwd: place });
  assert.equal([unasked.code, unasked.out], [2, "~ vm 8001 docker-1: memory 4096 -> 8192\n"]);
  assert.match(unasked.err, "say --yes");
  for (const answer of ["", "n", "yes please"]) {
    const declined = await runCli(command(), { cwd: place, answer });
    assert.equal([declined.code, existsSync(join(place, "ran"))], [2, false]);
    assert.match(declined.err, "[y/N]");
  }
  assert.is((await runCli(command(), { cwd: place, answer: "y" })).code, 0);
  set("RUN", "4");
  assert.is((await runCli(command("--yes"), { cwd: place })).code, 4);
});

onSsh("where a guest would be destroyed the command wants its name, unless --yes", async () => {
  const line = "~ vm 8001 docker-1: memory 4096 -> 8192";
  const argv = command();
  const text = script().toString("utf8");
  assert.ok(text.includes(line));
  writeFileSync(join(place, "plan.sh"), text.replace(line, "- vm 8001 docker-1: destroy"));
  const declined = await runCli(argv, { cwd: place, answer: "y" });
  assert.equal([declined.code, existsSync(join(place, "ran"))], [2, false]);
  assert.match(declined.err, "vm 8001 docker-1 is destroyed with all of its disks. Type its name to agree: ");
  assert.is((await runCli([...argv, "--yes"], { cwd: place })).code, 0);
});

onSsh("a report of guests' health is asked for as it is, without a question, and its code comes back", async () => {
  const argv = command("--format", "junit", "--limit", "5");
  const refused = await runCli(argv, { cwd: place });
  assert.equal([refused.code, refused.out], [2, ""]);
  assert.match(refused.err, "`--format` is for `--action health`");
  const head = "#!/bin/sh\n\nreadonly PLAN_DIGEST='0'\nreadonly PLAN_ACTION='health'\n\n";
  writeFileSync(join(place, "plan.sh"), `${head}echo "$*"\nexit 7\n`);
  const asked = await runCli(argv, { cwd: place });
  assert.equal([asked.code, asked.out, asked.err], [7, "--check --report junit --limit 5\n", ""]);
  assert.equal(staged(), []);
});

onSsh("Ctrl-C on the terminal, which reaches ssh as well, lets the script end in order", async () => {
  set("SLEEP", "");
  const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
  const child = spawn(process.execPath, [main, ...command("--yes")], { cwd: place, detached: true });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await until(() => existsSync(join(place, "started")));
  process.kill(-(child.pid ?? 0), "SIGINT");
  assert.is(await ended, 130);
  assert.match(output, "interrupted\n");
  assert.equal(staged(), []);
});

test("the same supervisor serves the machine itself", async () => {
  const folder = sshd?.folder ?? process.cwd();
  const here = join(folder, "here");
  mkdirSync(here, { recursive: true });
  let output = "";
  const session = openSession({
    script: Buffer.from(stubPlan(here)),
    staging: join(here, "staging"),
    start: startHere,
    output: (bytes) => (output += bytes.toString("utf8")),
  });
  assert.is((await applyScript(session, () => Promise.resolve("yes"))).code, 0);
  assert.match(output, "converging");
  assert.equal(readdirSync(join(here, "staging")), []);
  rmSync(here, { recursive: true, force: true });
});

test.run();
