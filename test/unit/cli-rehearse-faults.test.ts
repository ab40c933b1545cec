import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rehearseFaults } from "../../src/cli/rehearsal-faults.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { plainPalette } from "../../src/diagnostics/palette.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

const test = suite("cli-rehearse-faults");

const SOURCE = `ct 101 web {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  state = running
  disk root { size = 8GiB, storage = local-lvm }
}
`;

const GPU = SOURCE.replace("ct 101 web {", "ct 102 gpu {\n  gpus = [0]");

test("every kind of fault at every command, each with what the next run did", () =>
  inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--fault", "all"], { cwd });
    assert.is(code, 0, out);
    const commands = out.match(/^\d+ \S/gm) ?? [];
    assert.ok(commands.length === 3, out);
    assert.match(out, /^\d+ pct create 101 local:vztmpl.*\n {2}kill-before {2}SIGKILL {8}/m);
    assert.match(out, /^ {2}interrupt {4}exit code 130 {2}/m);
    assert.match(out, /^ {2}fail {9}exit code 4 {4}/m);
    assert.match(out, /the next run: \d+ changes? \(an undisturbed one: 2\), same end/);
    assert.match(
      out,
      `passed: ${commands.length * 5} faults at ${commands.length} commands; after each the next run came`,
    );
  }));

test("one fault at one command", () =>
  inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--fault", "2", "--fault-kind", "fail"], { cwd });
    assert.is(code, 0, out);
    assert.match(out, /^2 pct /);
    assert.match(out, "passed: 1 fault at 1 command;");
  }));

const CONF = '"${PHXC_ROOT}/etc/pve/qemu-server/100.conf"';

for (const [what, script, said] of [
  [
    "fails",
    "qm create 100 || exit 4\nqm set 100 --cores 2\n",
    "the next run ended with 4:\n      unable to create VM 100",
  ],
  ["ends elsewhere", `[[ -e ${CONF} ]] || { qm create 100 && qm set 100 --cores 2; }\n`, "led to another state:"],
  [
    "is never quiet",
    `[[ -e ${CONF} ]] || qm create 100\nqm set 100 --cores 2\n`,
    "was not quiet (exit code 0): qm set",
  ],
] as const)
  test(`a script whose next run ${what} has not survived`, async () => {
    let out = "";
    const terminal = { out: { palette: plainPalette, write: (text: string) => (out += text) } } as unknown as Terminal;
    const args = { flags: new Set<string>(), values: new Map([["fault-kind", ["kill-after"]]]), positionals: [] };
    const code = await rehearseFaults(
      args,
      { script: `#!/bin/bash\n${script}`, state: emptyHost(), args: [], without: new Set() },
      terminal,
    );
    assert.is(code, 1, out);
    assert.match(out, /^ {2}kill-after {3}SIGKILL {8}not mended\n/m);
    assert.match(out, said);
    assert.match(out, /^failed: \d of 2 faults at 2 commands$/m);
  });

test("a script that fails without a fault is not rehearsed with any", async () => {
  let out = "";
  const terminal = { out: { palette: plainPalette, write: (text: string) => (out += text) } } as unknown as Terminal;
  const subject = { script: "#!/bin/bash\nexit 3\n", state: emptyHost(), args: [], without: new Set<never>() };
  const args = { flags: new Set<string>(), values: new Map([["fault", ["all"]]]), positionals: [] };
  assert.is(await rehearseFaults(args, subject, terminal), 3);
  assert.match(out, "without any fault the script ends with 3; rehearse it without --fault first");
});

test("guests that are meant to be held back stay so, whatever goes wrong", () =>
  inFolder({ "main.phx": SOURCE + GPU }, async (cwd) => {
    const argv = ["rehearse", "--fault", "all", "--fault-kind", "kill-during", "--without", "/dev/nvidia*"];
    const { code, out } = await runCli(argv, { cwd });
    assert.is(code, 0, out);
    assert.match(out, /^passed: /m);
  }));

test("wrong numbers, kinds and company are mistakes of use", () =>
  inFolder({ "main.phx": SOURCE }, async (cwd) => {
    for (const [argv, said] of [
      [["--fault", "0"], "`--fault 0` is neither the number of a command nor `all`"],
      [["--fault", "-1"], "fault"],
      [["--fault", "some"], "neither the number of a command nor `all`"],
      [["--fault", "99"], "the run has no command 99"],
      [["--fault", "1", "--fault-kind", "trip"], "trip"],
      [["--fault-kind", "fail"], "`--fault-kind` says nothing without `--fault`"],
      [["--fault", "1", "--keep", "kept"], "`--fault` and `--keep` do not go together"],
      [["--fault", "1", "--format", "json"], "`--fault` and `--format` do not go together"],
    ] as const) {
      const { code, err } = await runCli(["rehearse", ...argv], { cwd });
      assert.is(code, 2, `${argv.join(" ")}: ${err}`);
      assert.match(err, said);
    }
  }));

test.run();
