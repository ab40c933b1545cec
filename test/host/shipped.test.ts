import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../support/paths.js";

const test = suite("the program as it is shipped");
const phxc = join(root, "dist/phxc.cjs");
const homelab = join(root, "examples/homelab/homelab.phx");

/** Runs a line of bash in which `phxc` is the shipped program. */
function bash(line: string, options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}) {
  const prelude = `set -o pipefail; phxc() { "${process.execPath}" "${phxc}" "$@"; }; `;
  const { cwd = root, env = process.env } = options;
  return spawnSync("bash", ["-c", prelude + line], { cwd, env, encoding: "utf8", maxBuffer: 1 << 26 });
}

test("it loads a project's plugins", () => {
  const folder = mkdtempSync(join(tmpdir(), "phxc-shipped-"));
  try {
    cpSync(join(root, "test/support/example-plugin"), folder, { recursive: true });
    const { status, stdout, stderr } = bash("phxc plan main.phx --trust-plugins", { cwd: folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /ct 101 {2}web/);
    assert.not.match(stderr, /Warning/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a reader that leaves is no failure", () => {
  const { status, stdout, stderr } = bash(`phxc plan "${homelab}" --quiet --format bash 2>/dev/null | head -n 1`);
  assert.equal([status, stdout], [0, "#!/usr/bin/env bash\n"], stderr);
});

test("a reader that is slow gets all of it, also from a pipe that does not block", () => {
  const whole = bash(`phxc plan "${homelab}" --quiet --format bash 2>/dev/null | wc -c`).stdout;
  const unblocked = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK); exec @ARGV'`;
  const line = `${unblocked} "${process.execPath}" "${phxc}" plan "${homelab}" --quiet --format bash 2>/dev/null | { sleep 1; wc -c; }`;
  const { status, stdout, stderr } = bash(line);
  assert.equal([status, stdout], [0, whole], stderr);
  assert.ok(Number(whole) > 65_536, "more than a pipe holds");
});

test("output that the system does not take is told in one line, and is no success", () => {
  const { status, stderr } = bash(`phxc plan "${homelab}" --quiet --format bash 2>&1 >/dev/full | tail -n 1`);
  assert.is(stderr, "");
  assert.is(status, 2);
  const { stdout } = bash(`phxc explain 2>&1 >/dev/full`);
  assert.is(stdout, "phxc: cannot write to standard output: the disk is full\n");
  assert.is(bash(`phxc plan "${homelab}" 2>/dev/full`).status, 2);
});

test("a terminal gets colours and nothing else, unless it asks for none", () => {
  const { NO_COLOR: _none, ...env } = process.env;
  const seen = (more: NodeJS.ProcessEnv): string => {
    const line = `script -qec "'${process.execPath}' '${phxc}' check '${homelab}'" /dev/null </dev/null`;
    return bash(line, { env: { ...env, TERM: "xterm", ...more } }).stdout;
  };
  assert.match(seen({}), /^\x1b\[1m\x1b\[33mwarning PHX/);
  assert.match(seen({ NO_COLOR: "1" }), /^warning PHX/);
});

test("flags of V8 are set only in the version that the code cache was made by", () => {
  const folder = mkdtempSync(join(tmpdir(), "phxc-shipped-"));
  try {
    const printedUnder = (version: string): string => {
      const preload = join(folder, "preload.cjs");
      writeFileSync(
        preload,
        `Object.defineProperty(process, "versions", { value: { ...process.versions, v8: "${version}" } });
require("node:v8").setFlagsFromString = (flag) => console.error("Error: unrecognized flag " + flag);`,
      );
      const { status, stderr } = bash(`"${process.execPath}" --require "${preload}" "${phxc}" --version`);
      assert.is(status, 0, stderr);
      return stderr;
    };
    assert.match(printedUnder(process.versions.v8), /^Error: unrecognized flag --interrupt-budget=\d+ [^\n]*\n$/);
    assert.is(printedUnder("1.2.3"), "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
