import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import type { CheckProbe } from "../../src/model/plan.js";
import { appVm, LAN, webCt } from "../support/script-host.js";

const test = suite("checks of guests");

const SCRIPTS = {
  "scripts/a.sh": "true\n",
  "scripts/b.py": "#!/usr/bin/python3\npass\n",
  "scripts/c.pl": "#!/usr/bin/perl\n1;\n",
  "scripts/long.sh": `# ${"x".repeat(120_000)}\n`,
};

async function compiled(text: string, action?: "health", targets: readonly string[] = []) {
  const files = memoryFiles({ "main.phx": LAN + text, ...SCRIPTS });
  const asked = action === undefined ? {} : { action: { name: action, withDependents: false } as const };
  const { plan, diagnostics } = await compile({ entry: "main.phx", files, targets, ...asked });
  const probes = (plan?.steps ?? []).flatMap(({ probe }) => (probe.kind === "check" ? [probe] : []));
  return { plan, probes, codes: diagnostics.map(({ code }) => code).toSorted() };
}

const WRONG: readonly (readonly [string, string, (more: string) => string])[] = [
  ["", "PHX5006", webCt],
  ["agent = false", "PHX5006", webCt],
  ['run = "true", tcp = 80', "PHX5006", webCt],
  ["service = nginx, cloud_init = true", "PHX5006", appVm],
  ["agent = true", "PHX5070", webCt],
  ["cloud_init = true", "PHX5070", webCt],
  ['run = "true", args = ["x"]', "PHX5071", webCt],
  ["tcp = 80, status = 204", "PHX5071", webCt],
  ['script = "c.pl"', "PHX5072", webCt],
  ['script = "long.sh"', "PHX5072", webCt],
  ['script = "none.sh"', "PHX5039", webCt],
  ['run = "true"', "PHX4217", appVm],
  ["service = nginx", "PHX4217", appVm],
  ['script = "a.sh"', "PHX4217", appVm],
  ["agent = true", "PHX4217", appVm],
  ["cloud_init = true", "PHX4217", appVm],
];

for (const [body, code, guest] of WRONG) {
  test(`${code}: check { ${body} }`, async () => {
    const { codes } = await compiled(guest(`state = running\ncheck x { ${body} }`));
    assert.ok(codes.includes(code), codes.join(" "));
  });
}

const REFUSED = [
  'service = "-x"',
  'service = "a b"',
  'service = "a;b"',
  'service = ""',
  'service = "nginx\\n"',
  'service = "a/b"',
  `service = "${"x".repeat(256)}"`,
  'script = "../a.sh"',
  'script = "/etc/passwd"',
  'script = "a/../b"',
  'script = "-c"',
  'script = ""',
  'script = "a.sh", args = ["a\\nb"]',
  "tcp = 80, timeout = 0s",
  "tcp = 80, timeout = 500ms",
  "tcp = 80, retries = -1",
  "tcp = 80, retries = 1001",
  "tcp = 0",
  "tcp = 65536",
  'agent = "yes"',
];

for (const body of REFUSED) {
  test(`a value that no check can have: ${body.slice(0, 40)}`, async () => {
    const { plan, codes } = await compiled(webCt(`check x { ${body} }`));
    assert.is(plan, undefined);
    assert.ok(
      codes.some((code) => code.startsWith("PHX3") || code.startsWith("PHX1")),
      codes.join(" "),
    );
  });
}

test("what each kind asks, with what is its own", async () => {
  const { probes, codes } = await compiled(
    appVm(`agent = true
state = running
check a { agent = true }
check b { cloud_init = true, timeout = 20s }
check c { cloud_init = true }
check d { service = "a@b.service", retries = 0, every = 1s }
check e { script = "b.py", args = ["x y"] }`),
  );
  assert.equal(codes, []);
  const pace = (probe: CheckProbe) => [probe.retries, probe.everySeconds, probe.timeoutSeconds];
  assert.equal(probes.map(pace), [
    [60, 5, 30],
    [3, 5, 20],
    [3, 5, 600],
    [0, 1, 30],
    [3, 5, 30],
  ]);
  assert.equal(probes[3]?.test, { type: "service", service: "a@b.service", manager: "systemd" });
  const { test: script } = probes[4] ?? {};
  assert.is(script?.type === "script" && `${script.interpreter} ${script.arguments.join("|")}`, "python3 x y");
});

test("the plan of a health check has nothing but the checks of those that are named, and their scripts", async () => {
  const fleet =
    webCt('check a { script = "a.sh" }\ncheck b { tcp = 80 }') + appVm("agent = true\ncheck c { agent = true }");
  const all = await compiled(fleet, "health");
  assert.equal(
    all.plan?.steps.map(({ id }) => id),
    ["ct.200.check.a", "ct.200.check.b", "vm.100.check.c"],
  );
  assert.equal([all.plan?.action, all.plan?.requirements], ["health", []]);
  assert.equal(Object.keys(all.plan?.scripts ?? {}), ["check a.sh"]);
  const one = await compiled(fleet, "health", ["app"]);
  assert.equal(
    one.plan?.guests.map(({ name }) => name),
    ["app"],
  );
  assert.is(one.plan?.scripts, undefined);
});

test("guests without checks: a warning for one that is named, an error where nothing is left to ask", async () => {
  const fleet = webCt("check a { tcp = 80 }") + appVm("state = stopped\ncheck b { tcp = 80 }", "ip = 10.0.0.9");
  assert.equal((await compiled(fleet, "health", ["web", "app"])).codes, ["PHX6010"]);
  assert.equal((await compiled(fleet, "health", ["app"])).codes, ["PHX6011"]);
  assert.equal((await compiled(webCt(), "health")).codes, ["PHX6011"]);
  assert.equal((await compiled(fleet, "health", ["network.lan"])).codes, ["PHX6008"]);
});

test.run();
