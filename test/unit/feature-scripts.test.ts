import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit } from "../../src/compile.js";
import { readFeature } from "../../src/compile/feature-json.js";
import { loadFeatures } from "../../src/compile/features.js";
import { memoryFiles } from "../../src/host/files.js";
import { shellOf } from "../../src/plugin-api/index.js";
import { sourceFile } from "../../src/text/source.js";
import { root } from "../support/paths.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("scripts of features");

const folder = join(root, "templates/features");
const names = readdirSync(folder).filter((name) => !name.endsWith(".sh"));
const scripts = ["tools.sh", "volumes.sh", ...names.map((name) => `${name}/install.sh`)];

/**
 * What does not apply: SC2154, parameters come from the plan; SC2310, that a function in a condition runs without errexit is
 * meant; SC2312, that a command inside of another one hides its exit code is known where it is done.
 */
const EXCLUDED = ["SC2154", "SC2310", "SC2312"];

for (const path of scripts) {
  test(`${path} is clean for sh, shellcheck with all optional checks, and shfmt`, () => {
    const file = join(folder, path);
    const sh = spawnSync("sh", ["-n", file], { encoding: "utf8" });
    assert.is(sh.stderr, "");
    if (!hasLinters()) return console.log("skipped: the linters are not on this machine");
    const shellcheck = process.env["SHELLCHECK_BIN"] ?? "shellcheck";
    const found = spawnSync(shellcheck, ["-s", "sh", "-o", "all", "-e", EXCLUDED.join(","), "-f", "gcc", file], {
      encoding: "utf8",
    });
    assert.is(found.stdout, "");
    assert.is(spawnSync("shfmt", ["-ln", "posix", "-d", file], { encoding: "utf8" }).stdout, "");
  });
}

test("every parameter that a script reads is declared, and the other way round", () => {
  for (const name of names) {
    const { parameters = {} } = JSON.parse(readFileSync(join(folder, name, "feature.json"), "utf8")) as {
      readonly parameters?: Readonly<Record<string, unknown>>;
    };
    const texts = ["install.sh", "feature.json"]
      .map((file) => readFileSync(join(folder, name, file), "utf8"))
      .join("\n");
    const read = new Set([...texts.matchAll(/\bPARAM_([A-Z0-9_]+)/g)].map(([, word = ""]) => word.toLowerCase()));
    assert.equal([...read].toSorted(), Object.keys(parameters).toSorted(), name);
  }
});

test("a plan with all of them compiles without a finding, and is clean for bash, shellcheck and shfmt", async () => {
  const text = `ct 101 web {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-zfs }
  gpus = [0]
  features = [${names.filter((name) => !["qemu_guest_agent", "ssh_keys", "trusted_ca"].includes(name)).join(", ")}]
  feature ssh_keys { keys = ["ssh-ed25519 AAAA it's@me"] }
  feature trusted_ca { certificate_file = "/root/ca 'one'.pem" }
  script "a.b_c-d.sh" {}
}
vm 201 app {
  image = "/root/debian-13.qcow2"
  disk root { size = 8GiB, storage = local-zfs }
  agent = true
  features = [qemu_guest_agent]
}
`;
  const files = memoryFiles({ "main.phx": text, "scripts/a.b_c-d.sh": "#!/bin/bash\necho 'END'\nEND\n" });
  const { diagnostics, plan, model, registry } = await compile({ entry: "main.phx", files });
  assert.equal(diagnostics, []);
  if (plan === undefined || model === undefined) throw new Error("no plan");
  assert.is(plan.steps.filter(({ probe }) => probe.kind === "guest-work").length, names.length + 1);
  const { value } = await emit({ plan, model, registry }, "bash", { version: "0.0.0" });
  if (!hasLinters()) return console.log("skipped: the linters are not on this machine");
  assert.equal(lintScript(value), []);
});

test("the features that come with phxc are what reading their files gives", () => {
  const loaded = loadFeatures(memoryFiles({}));
  assert.equal(loaded.names, names);
  for (const name of names) {
    const script = readFileSync(join(folder, name, "install.sh"), "utf8");
    const json = sourceFile("feature.json", readFileSync(join(folder, name, "feature.json"), "utf8"));
    const read = readFeature(json, { name, script }, ({ message }) => assert.unreachable(message));
    assert.equal(loaded.get(name), read, name);
    assert.ok(shellOf(script) !== undefined, name);
  }
});

test.run();
