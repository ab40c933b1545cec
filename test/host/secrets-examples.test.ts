import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUILT_IN_FORMATS, compile, emit } from "../../src/compile.js";
import type { Compilation } from "../../src/compile.js";
import { renderJson } from "../../src/diagnostics/render-json.js";
import { diskFiles } from "../../src/host/files.js";
import { secretsOf } from "../../src/model/plan.js";
import type { Plan } from "../../src/model/plan.js";
import { presupposed, startHost } from "../../src/rehearsal/index.js";
import { holdsPrivateKey } from "../../src/text/secrets.js";
import { inFolder } from "../support/folder.js";
import { hasShared, root, shared } from "../support/paths.js";
import { applyWith, marked, unmarked, watchPrograms } from "../support/planted.js";
import { runCli } from "../support/terminal.js";

/** The examples with a value planted for every secret that they name, and where these values come to stand. */
const test = suite("secrets of the examples");

/** The example that names secrets. */
const ENTRY = "four-docker-vms.phx";

/** Those that name none. */
const WITHOUT = [
  ["homelab", "homelab.phx"],
  ["homelab/json", "phoenix_hypervisor_config.json"],
  ["modular", "phoenix_hypervisor_config.json"],
  ["phoenix", "phoenix.phx"],
] as const;

const examples = join(root, "examples");
const folder = join(examples, "four-docker-vms");

/** What is planted for the secret at `index`: a password's hash, which can stand anywhere, with a mark of its own. */
const planted = (index: number): string => `$6$MarkOfSecret${index}$${"h".repeat(86)}`;

async function compiled(
  inside: string,
  entry: string,
  env: Readonly<Record<string, string>>,
): Promise<Compilation & { readonly plan: Plan }> {
  const found = await compile({ entry, files: diskFiles(inside), env: (name) => env[name] });
  assert.ok(found.plan, renderJson(found.diagnostics));
  return { ...found, plan: found.plan };
}

/** The places of a configuration's secrets with what is planted there. */
async function valuesOf(inside: string, entry: string): Promise<ReadonlyMap<string, string>> {
  const { plan } = await compiled(inside, entry, {});
  return new Map(secretsOf(plan).map((place, index) => [place, planted(index)]));
}

/** Those of the kind `env` or `file`, by variable or path. */
function ofKind(values: ReadonlyMap<string, string>, kind: "env" | "file"): Readonly<Record<string, string>> {
  const own = [...values].filter(([place]) => place.startsWith(`${kind}:`));
  return Object.fromEntries(own.map(([place, value]) => [place.slice(kind.length + 1), value]));
}

function marksOf(values: ReadonlyMap<string, string>): readonly string[] {
  const texts = [...values.keys()].map((_place, index) => `MarkOfSecret${index}`);
  return [...texts, ...[...values.values()].map((value) => Buffer.from(value).toString("base64").slice(4, 20))];
}

test("one example names secrets, of a variable and of a file; the others none", async () => {
  const known = ["four-docker-vms", ...WITHOUT.map(([name]) => name.split("/")[0])];
  assert.equal(new Set([...known, "os"]), new Set(readdirSync(examples)));
  const values = await valuesOf(folder, ENTRY);
  assert.equal([...values.keys()], ["env:ADMIN_HASH", "file:/root/docker-config.json"]);
  for (const [name, entry] of WITHOUT) assert.is((await valuesOf(join(examples, name), entry)).size, 0, name);
});

test("no plan in any format, no finding and no output of phxc shows a value", async () => {
  const values = await valuesOf(folder, ENTRY);
  const marks = marksOf(values);
  const env = ofKind(values, "env");
  const { plan, model, registry, diagnostics } = await compiled(folder, ENTRY, env);
  assert.ok(model);
  for (const format of [...BUILT_IN_FORMATS, ...registry.emitters.keys()]) {
    const { value } = await emit({ plan, model, registry }, format, { version: "0" });
    unmarked(marks, value, format);
  }
  unmarked(marks, renderJson(diagnostics), "a finding");
  await inFolder({}, async (cwd) => {
    cpSync(folder, cwd, { recursive: true });
    for (const words of [
      "check --format json",
      "check --format sarif",
      "plan --write",
      "rehearse --verbose --keep kept",
    ]) {
      const [command = "", ...options] = words.split(" ");
      const argv = [command, ENTRY, ...options];
      const { code, out, err } = await runCli(argv, { cwd, env: { ...env, XDG_CONFIG_HOME: join(cwd, ".config") } });
      assert.is(code, 0, `${words}: ${out}${err}`);
      unmarked(marks, out + err, `phxc ${words}`);
    }
    for (const written of ["kept", "plans/pve"]) assert.ok(readdirSync(join(cwd, written)).length > 0);
    assert.equal(marked(marks, cwd), []);
  });
});

test("applied: values are in files of mode 0600 that need them, and in no argument, environment, log or output", async () => {
  const values = await valuesOf(folder, ENTRY);
  const marks = marksOf(values);
  const { plan, model, registry } = await compiled(folder, ENTRY, {});
  assert.ok(model);
  const { value: script } = await emit({ plan, model, registry }, "bash", { version: "0" });
  const state = presupposed(plan);
  for (const [path, text] of Object.entries(ofKind(values, "file"))) state.files[path] = text;
  const sent = Object.fromEntries([...values].filter(([place]) => place.startsWith("env:")));
  await inFolder({}, async (place) => {
    const input: string[] = [];
    const host = await startHost(state, place, { guests: (_guest, _argv, stdin) => void input.push(stdin.toString()) });
    try {
      const log = join(place, "programs");
      watchPrograms(host, log);
      const first = await applyWith(host, script, sent);
      assert.is(first.code, 0, first.output);
      const second = await applyWith(host, script, sent);
      assert.is(second.message, "nothing to do", second.output);
      unmarked(marks, first.output + second.output, "the output");
      for (const { argv, stdout, stderr } of host.log)
        unmarked(marks, [...argv, stdout, stderr].join("\n"), argv.join(" "));
      assert.match(readFileSync(log, "latin1"), "/base64 -w 0");
      unmarked(marks, readFileSync(log, "latin1"), "a program's arguments or environment");
      assert.ok(input.length > 0);
      unmarked(marks, input.join("\n"), "what is sent into guests");
      const snippets = [301, 302, 303, 304].map((id) => `/root/var/lib/vz/snippets/phxc-${id}-user-DIGEST.yaml`);
      assert.equal(marked(marks, place), ["/root/root/docker-config.json", ...snippets]);
      const folderOfSnippets = join(host.root, "var/lib/vz/snippets");
      for (const name of readdirSync(folderOfSnippets)) {
        assert.is(statSync(join(folderOfSnippets, name)).mode & 0o777, 0o600, name);
        const text = readFileSync(join(folderOfSnippets, name), "utf8");
        assert.match(text, `password: "${planted(0)}"\n`);
        assert.match(text, `content: "${Buffer.from(planted(1)).toString("base64")}"\n`);
      }
    } finally {
      await host.close();
    }
  });
});

test("applied, and a step in a guest fails: what the failure shows is no value", async () => {
  const values = await valuesOf(folder, ENTRY);
  const { plan, model, registry } = await compiled(folder, ENTRY, {});
  assert.ok(model);
  const { value: script } = await emit({ plan, model, registry }, "bash", { version: "0" });
  const state = presupposed(plan);
  state.answers.push({ guest: 301, command: "work feature.docker", code: 9, stdout: "", stderr: "no network\n" });
  for (const [path, text] of Object.entries(ofKind(values, "file"))) state.files[path] = text;
  const sent = Object.fromEntries([...values].filter(([place]) => place.startsWith("env:")));
  await inFolder({}, async (place) => {
    const host = await startHost(state, place);
    try {
      const { code, output } = await applyWith(host, script, sent);
      assert.is(code, 4, output);
      assert.match(output, "no network");
      unmarked(marksOf(values), output, "the output");
      assert.equal(readdirSync(join(host.root, "staging")), []);
      assert.equal(marked(marksOf(values), join(host.root, "var/lib/phxc")), []);
    } finally {
      await host.close();
    }
  });
});

test("no golden file or example holds a password's hash or a private key", () => {
  const HASH = /\$(?:1|5|6|y|2[aby])\$[./A-Za-z0-9$=,]{20,}/;
  for (const place of ["test/golden", "examples"]) {
    const files = readdirSync(join(root, place), { withFileTypes: true, recursive: true }).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length > 0);
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), "utf8");
      assert.not.ok(HASH.test(text) || holdsPrivateKey(text), `${place}: ${name}`);
    }
  }
});

(hasShared ? test : test.skip)(
  "the real configuration: the password that it has in clear text is in no output",
  async () => {
    const real = join(shared, "phoenix/config");
    const entry = "phoenix_hypervisor_config.json";
    const [, password = ""] = /"admin_password": "([^"]+)"/.exec(readFileSync(join(real, entry), "utf8")) ?? [];
    assert.ok(password.length > 8);
    const { plan, model, registry, diagnostics } = await compiled(real, entry, {});
    assert.ok(model);
    for (const format of [...BUILT_IN_FORMATS, ...registry.emitters.keys()]) {
      const { value } = await emit({ plan, model, registry }, format, { version: "0" });
      unmarked([password], value, format);
    }
    unmarked([password], renderJson(diagnostics), "a finding");
    await inFolder({}, async (cwd) => {
      cpSync(real, cwd, { recursive: true });
      for (const format of ["text", "json", "sarif"]) {
        const { out, err } = await runCli(["check", entry, "--format", format], { cwd });
        assert.match(out + err, "PHX2030");
        unmarked([password], out + err, `phxc check --format ${format}`);
      }
      writeFileSync(join(cwd, entry), readFileSync(join(cwd, entry), "utf8").replace(/\}\s*$/, ""));
      const { code, out, err } = await runCli(["check", entry], { cwd });
      assert.is(code, 1, out + err);
      unmarked([password], out + err, "a finding about a file that is no JSON");
    });
  },
);

test.run();
