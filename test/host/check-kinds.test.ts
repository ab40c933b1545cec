import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { realShell, withHealth } from "../support/health.js";
import { appVm, output, told, webCt } from "../support/script-host.js";

const test = suite("kinds of checks");

const PROBE = `#!/usr/bin/env bash
# What it starts may read the standard input.
cat >/dev/null
printf '%s\\n' "$0" "$@"
[[ $1 == good ]] || exit 7
# the end`;
const PYTHON = "#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1:])\nsys.exit(sys.argv[1] != 'good')\n";

/** Runs `use` with a folder of programs that a guest finds first. */
async function withPrograms(
  programs: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-guest-"));
  try {
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Outcome {
  readonly check: string;
  readonly result: string;
  readonly output: string;
}

function outcomes(json: string): Readonly<Record<string, Outcome>> {
  const { checks } = JSON.parse(json) as { readonly checks: readonly Outcome[] };
  return Object.fromEntries(checks.map((entry) => [entry.check, entry]));
}

const script = (name: string, file: string, ...args: readonly string[]): string =>
  `check ${name} { script = "${file}", args = [${args.map((arg) => `"${arg.replace(/[\\"$]/g, "\\$&")}"`).join(", ")}], retries = 0 }\n`;

const HOSTILE = `-e '"$(touch canary)\`id\` & ; * \\ %s`;

for (const [kind, guest] of [
  ["container", webCt],
  ["machine", appVm],
] as const) {
  test(`a script of the project runs in a ${kind}, whole, with its arguments, and is left nowhere`, () =>
    withPrograms({}, async (folder) => {
      const agent = kind === "machine" ? "agent = true\n" : "";
      const checks = [
        script("good", "deep/probe.sh", "good", HOSTILE),
        script("bad", "deep/probe.sh", "bad"),
        script("none", "plain.sh"),
        script("snake", "snake.py", "good", HOSTILE),
        script("adder", "snake.py", "bad"),
      ];
      await withHealth(
        guest(`${agent}state = running\n${checks.join("")}`),
        async ({ apply, ask, asking }) => {
          assert.is(asking.split("cat >/dev/null\n").length, 2);
          await apply(4);
          const run = await ask(7, "--report", "json");
          const { good, bad, none, snake, adder } = outcomes(run.stdout);
          assert.equal(
            [good, none, snake].map((outcome) => outcome?.result),
            ["passed", "passed", "passed"],
            output(run),
          );
          assert.equal([bad?.result, bad?.output], ["failed", "deep/probe.sh\nbad"]);
          assert.equal([adder?.result, adder?.output], ["failed", "['bad']"]);
          assert.equal(readdirSync(folder), []);
        },
        {
          files: { "scripts/deep/probe.sh": PROBE, "scripts/snake.py": PYTHON, "scripts/plain.sh": "test $# = 0\r\n" },
          guests: realShell(folder),
        },
      );
    }));
}

test("the digest of a check's script is in the plan", () =>
  withHealth(
    webCt(`state = running\n${script("one", "a.sh")}`),
    ({ asking }) => {
      const digest = createHash("sha256").update("true\n").digest("hex");
      assert.ok(asking.includes(` script check_a_2e_sh ${digest} sh 'a.sh'\n`), asking.slice(-900));
      return Promise.resolve();
    },
    { files: { "scripts/a.sh": "true\n" } },
  ));

const STATES: readonly (readonly [string, number, string, boolean])[] = [
  ["done", 0, "status: done", true],
  ["done, with warnings", 2, "....status: done", true],
  ["error", 1, "status: error", false],
  ["error in its modules", 2, "status: error", false],
  ["disabled", 0, "status: disabled", false],
  ["not there", 127, "sh: 1: cloud-init: not found", false],
];

for (const [name, code, said, passes] of STATES) {
  test(`cloud-init: ${name}`, () =>
    withPrograms(
      {
        "cloud-init": `test "$*" = "status --wait" || { echo long; exit 1; }\necho "${said}"\nexit ${code}`,
      },
      (folder) =>
        withHealth(
          appVm("agent = true\nstate = running\ncheck init { cloud_init = true, retries = 0 }"),
          async ({ apply, ask }) => {
            await apply(passes ? 0 : 4);
            const { init } = outcomes((await ask(passes ? 0 : 7, "--report", "json")).stdout);
            assert.is(init?.result, passes ? "passed" : "failed");
            if (!passes) assert.is(init?.output, `${said}\nlong`);
          },
          { guests: realShell(folder) },
        ),
    ));
}

test("services are what systemctl says of them", () =>
  withPrograms(
    { systemctl: 'test "$1" = is-active && test "$2" = good@1.service || { echo inactive; exit 3; }' },
    (folder) =>
      withHealth(
        webCt(
          'state = running\ncheck one { service = "good@1.service", retries = 0 }\ncheck two { service = bad, retries = 0 }',
        ),
        async ({ apply, ask }) => {
          await apply(4);
          const { one, two } = outcomes((await ask(7, "--report", "json")).stdout);
          assert.equal([one?.result, two?.result, two?.output], ["passed", "failed", "inactive"]);
        },
        { guests: realShell(folder) },
      ),
  ));

test("an agent that takes its time is waited for, by checks of it and by those that need it", () =>
  withHealth(
    appVm(
      'agent = true\nstate = running\ncheck agent { agent = true, every = 0s }\ncheck own { run = "true", retries = 0 }',
    ),
    async ({ host, apply, ask }) => {
      host.state.manners[100] = { agent: 3 };
      const run = await apply();
      assert.match(run.stdout, /check agent passed\n {2}vm 100 app: check own passed/);
      host.state.manners[100] = { agent: 1 };
      await host.execute(["qm", "set", "100", "--onboot", "1"]);
      assert.match((await ask(0)).stdout, /^vm 100 app {2}agent {2}agent {7}2 {9}passed$/m);
    },
  ));

test("a command that was started before its agent ran does not count as an attempt", () =>
  withHealth(
    appVm('agent = true\nstate = running\ncheck own { run = "true", retries = 0 }'),
    async ({ host, apply, ask }) => {
      host.state.manners[100] = { agent: 2 };
      assert.match((await apply()).stdout, "check own passed");
      host.state.manners[100] = { agent: 1 };
      assert.match((await ask(7)).stdout, "QEMU guest agent is not running");
    },
  ));

test("what needs a guest waits for its checks", () =>
  withHealth(
    `${webCt("state = running\ncheck api { tcp = 9000, retries = 0 }")}${appVm("needs = [web]\nstate = running")}`,
    async ({ host, apply }) => {
      host.state.manners[200] = { closedPorts: [9000] };
      const run = await apply(4, "--keep-going");
      assert.ok(told(run).includes("! vm 100 app: held back: it needs ct 200, which is held back"), output(run));
      assert.not.ok(host.guests().some(({ id }) => id === 100));
      await apply(4);
      assert.not.ok(host.guests().some(({ id }) => id === 100));
      host.state.manners[200] = {};
      const mended = await apply();
      assert.ok(mended.stdout.indexOf("check api passed") < mended.stdout.indexOf("vm 100 app: create"));
    },
  ));

test.run();
