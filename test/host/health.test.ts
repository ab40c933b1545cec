import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withHealth } from "../support/health.js";
import { appVm, output, webCt } from "../support/script-host.js";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { zfsHost } from "../support/sim.js";

const test = suite("the health of guests on demand");

const ALL = `state = running
check api { tcp = 9000, retries = 0 }
check page { http = "http://10.0.0.20/x", retries = 0 }
check unit { service = nginx, retries = 1, every = 0s }
check own { run = "true", retries = 0 }`;
const AGENT = `agent = true
state = running
check agent { agent = true, retries = 1, every = 0s }
check init { cloud_init = true, retries = 0 }`;

/** A report as a program reads it. */
interface Report {
  readonly format: string;
  readonly passed: number;
  readonly failed: number;
  readonly checks: readonly Readonly<Record<string, unknown>>[];
}

/** All files and folders of a host. */
function everything(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
}

/** What an XML parser makes of a report: the attributes of each element in order, with the text of failures. */
function parseXml(text: string): readonly (readonly [string, Readonly<Record<string, string>>, string])[] | undefined {
  const program =
    "import sys,json,xml.etree.ElementTree as e\nprint(json.dumps([[n.tag,n.attrib,n.text or ''] for n in e.fromstring(sys.stdin.buffer.read()).iter()]))";
  const { error, status, stdout, stderr } = spawnSync("python3", ["-c", program], { input: text, encoding: "utf8" });
  if (error !== undefined) {
    console.log("  there is no python3 here to parse XML; the report is not parsed");
    return undefined;
  }
  assert.is(status, 0, stderr + text);
  return JSON.parse(stdout) as ReturnType<typeof parseXml>;
}

test("all is well: every check is asked, whatever changed, and nothing is touched", () =>
  withHealth(webCt(ALL) + appVm(AGENT), async ({ host, apply, ask }) => {
    await apply();
    const run = await ask(0);
    assert.match(run.stdout, /^GUEST {7}CHECK {2}KIND {8}ATTEMPTS {2}RESULT$/m);
    assert.match(run.stdout, /^ct 200 web {2}api {4}tcp {9}1 {9}passed$/m);
    assert.match(run.stdout, /^vm 100 app {2}init {3}cloud_init {2}1 {9}passed$/m);
    assert.match(run.stdout, /^Checks: 6 passed, 0 failed\.$/m);
    assert.is((await ask(0, "--check")).stdout, run.stdout);
    assert.equal(readdirSync(join(host.root, "var/lib/phxc/check")), []);
  }));

test("its script is clean, and takes no lock and leaves no trace on a host where nothing was applied", () =>
  withHealth(webCt(ALL), async ({ host, asking, ask }) => {
    if (hasLinters()) assert.equal(lintScript(asking), []);
    const before = everything(host.root);
    const run = await ask(7);
    assert.equal(everything(host.root), before);
    assert.match(run.stdout, /^ct 200 web {2}api {4}tcp {9}0 {9}failed: it does not run$/m);
  }));

test("one that fails is tried again, keeps the others from nothing, and ends the script with 7", () =>
  withHealth(webCt(ALL) + appVm(AGENT), async ({ host, apply, ask }) => {
    await apply();
    host.state.manners[200] = { closedPorts: [9000] };
    host.state.manners[100] = { agent: false };
    host.state.answers.push({ guest: 200, command: "timeout 30 systemctl", code: 3, stdout: "activating\ninactive\n" });
    const run = await ask(7, "--report", "json");
    const report = JSON.parse(run.stdout) as Report;
    assert.equal([report.format, report.passed, report.failed], ["phxc-health", 2, 4]);
    const told = report.checks.map(({ guest, check, kind, result, code, attempts }) => [
      (guest as { id: number }).id,
      ...[check, kind, result, code, attempts],
    ]);
    assert.equal(told.slice(0, 4), [
      [200, "api", "tcp", "failed", told[0]?.[4], 1],
      [200, "page", "http", "passed", 0, 1],
      [200, "unit", "systemd", "failed", 3, 2],
      [200, "own", "command", "passed", 0, 1],
    ]);
    assert.equal(
      told.slice(4).map((row) => row.slice(0, 4)),
      [
        [100, "agent", "agent", "failed"],
        [100, "init", "cloud_init", "failed"],
      ],
    );
    assert.is(report.checks[2]?.["output"], "activating\ninactive");
    assert.match(String(report.checks[4]?.["output"]), "QEMU guest agent is not running");
    assert.match(run.stderr, /^! ct 200 web: check unit did not pass in 2 attempts$/m);
  }));

const HOSTILE = `</failure>]]>&amp;"'<!--\\" , "x": {\u0001\u001b[2J\u202e ü 100%s $(id) \`id\` \\u0022 \\x41 \\\\"`;

test("whatever guests print, reports stay what they are", () =>
  withHealth(webCt(ALL) + appVm(`${AGENT}\ncheck own { run = "x", retries = 0 }`), async ({ host, apply, ask }) => {
    await apply();
    const stdout = `first\n${HOSTILE}\n`;
    host.state.answers.push({ guest: 200, command: "timeout 30 sh", code: 1, stdout });
    host.state.answers.push({ guest: 100, command: "sh -c x", code: 1, stdout });
    const report = JSON.parse((await ask(7, "--report", "json")).stdout) as Report;
    const failed = report.checks.filter(({ result }) => result === "failed");
    assert.is(failed.length, 2);
    for (const { output: text } of failed) {
      const [first, second = "", ...more] = String(text).split("\n");
      assert.equal([first, more], ["first", []]);
      assert.ok(second.startsWith(`</failure>]]>&amp;"'<!--\\" , "x": {\\x01\\x1b[2J`), second);
      assert.ok(second.endsWith(` 100%s $(id) \`id\` \\u0022 \\x41 \\\\"`), second);
      assert.match(second, /^[\x20-\x7e]*$/);
    }
    const run = await ask(7, "--report", "junit");
    const elements = parseXml(run.stdout);
    if (elements === undefined) return;
    assert.equal(
      elements.map(([tag]) => tag).filter((tag) => tag !== "testcase"),
      ["testsuites", "testsuite", "failure", "testsuite", "failure"],
    );
    assert.equal(elements[0]?.[1], { name: "phxc health", tests: "7", failures: "2" });
    assert.equal([elements[1]?.[1]["name"], elements[1]?.[1]["tests"]], ["ct 200 web", "4"]);
    const texts = elements.flatMap(([tag, , text]) => (tag === "failure" ? [text] : []));
    assert.equal(
      texts,
      failed.map(({ output: text }) => text),
    );
    assert.match((await ask(7)).stdout, /^ct 200 web {2}own {4}command {5}1 {9}failed: <\/failure>/m);
  }));

test("some guests only, and the steps", () =>
  withHealth(webCt(ALL) + appVm(AGENT), async ({ apply, ask }) => {
    await apply();
    const run = await ask(0, "--only", "app", "--report", "json");
    assert.is((JSON.parse(run.stdout) as Report).checks.length, 2);
    assert.match((await ask(0, "--list")).stdout, /^ct\.200\.check\.unit$/m);
  }));

test("wrong options, and reports of plans that change something, are refused", () =>
  withHealth(webCt(ALL), async ({ host, apply, ask }) => {
    assert.match((await ask(64, "--report", "xml")).stderr, "--report needs a form: table, json or junit");
    assert.match((await ask(64, "--report")).stderr, "--report needs a form");
    assert.match((await ask(64, "--only", "db")).stderr, "There is no guest db in this plan.");
    assert.match((await apply(64, "--report", "json")).stderr, "--report is for plans of --action health");
    assert.equal(host.log.length, 0);
  }));

test("an id that another guest has is no sick guest: the script refuses", () =>
  withHealth(webCt(ALL), async ({ host, apply, ask }) => {
    await apply();
    await host.execute(["pct", "set", "200", "--hostname", "other"]);
    const run = await ask(3, "--report", "json");
    assert.is(run.stdout, "", output(run));
    assert.match(run.stderr, "id 200 is taken by a guest called other");
  }));

test("services are asked of the guest's own manager", () =>
  withHealth(
    webCt("state = running\ncheck web { service = 'getty@tty1.service' }".replaceAll("'", '"')).replace(
      "debian-13-tiny_amd64",
      "alpine-3.22",
    ),
    async ({ apply, ask }) => {
      await apply();
      const { commands } = await ask(0);
      const asked = commands.filter(({ argv }) => argv[1] === "exec").map(({ argv }) => argv.slice(4));
      assert.equal(asked, [["timeout", "30", "rc-service", "getty@tty1.service", "status"]]);
    },
    { state: zfsHost({ images: ["/var/lib/vz/template/cache/alpine-3.22.tar.zst"] }) },
  ));

test.run();
