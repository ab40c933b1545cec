import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUILT_IN_FORMATS, compile, emit } from "../../src/compile.js";
import { renderJson } from "../../src/diagnostics/render-json.js";
import { memoryFiles } from "../../src/host/files.js";
import { rehearse, standIns, presupposed, startHost } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { secretVariables } from "../../src/text/secrets.js";
import { inFolder } from "../support/folder.js";
import { applyWith, marked, unmarked as unmarkedBy, watchPrograms } from "../support/planted.js";
import { runCli } from "../support/terminal.js";

const test = suite("secrets");

/** Three values that must not be seen anywhere, each with a mark of its own. */
const HASH = `$6$MarkOfTheFirst$${"h".repeat(86)}`;
const OTHER_HASH = `$6$MarkOfTheSecond$${"h".repeat(86)}`;
const KEY = "MarkOfTheThird 'and' \"more\"\n$(touch /x)\n";
const MARKS = ["MarkOfTheFirst", "MarkOfTheSecond", "MarkOfTheThird", Buffer.from(KEY).toString("base64").slice(0, 16)];

const SOURCE = `vm 100 app {
  image = "/root/i.qcow2"
  state = running
  disk root { size = 4GiB, storage = vms }
  cloud_init {
    user = admin
    password = secret("env:FIRST_HASH")
    user bob { password = secret("cmd:cat \\"$HOME/second\\"") }
    file "/etc/key" { content = secret("file:/root/third") }
  }
}
vm 101 plain {
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = vms }
  cloud_init { user = admin, password = secret("env:FIRST_HASH") }
}
`;

async function compiled(): Promise<{
  readonly script: string;
  readonly texts: readonly string[];
  readonly host: ReturnType<typeof presupposed>;
  readonly standIns: Readonly<Record<string, string>>;
}> {
  const { plan, model, registry, diagnostics } = await compile({
    entry: "main.phx",
    files: memoryFiles({ "main.phx": SOURCE }),
    env: (name) => (name === "FIRST_HASH" ? HASH : undefined),
  });
  if (plan === undefined || model === undefined) throw new Error(renderJson(diagnostics));
  const texts = await Promise.all(
    [...BUILT_IN_FORMATS, ...registry.emitters.keys()].map(async (format) => {
      const { value } = await emit({ plan, model, registry }, format, { version: "0" });
      return value;
    }),
  );
  const { value: script } = await emit({ plan, model, registry }, "bash", { version: "0" });
  return { script, texts: [...texts, renderJson(diagnostics)], host: presupposed(plan), standIns: standIns(plan) };
}

const unmarked = (text: string, where: string): void => unmarkedBy(MARKS, text, where);

const apply = (host: SimulatedHost, script: string): ReturnType<typeof applyWith> =>
  applyWith(host, script, { "env:FIRST_HASH": HASH });

test("a value is nowhere but where it is meant to be: not in a plan, an output, a log, an argument or an environment", async () => {
  const { script, texts, host: state } = await compiled();
  for (const text of texts) unmarked(text, "a plan");
  assert.equal(secretVariables(script), ["FIRST_HASH"]);
  await inFolder({}, async (folder) => {
    const host = await startHost(state, folder);
    try {
      const log = join(folder, "programs");
      writeFileSync(join(host.root, "root/second"), `${OTHER_HASH}\n`);
      writeFileSync(join(host.root, "root/third"), KEY);
      watchPrograms(host, log);
      const first = await apply(host, script);
      assert.is(first.code, 0, first.output);
      unmarked(first.output, "the output");
      const quiet = await apply(host, script);
      assert.is(quiet.message, "nothing to do", quiet.output);
      writeFileSync(join(host.root, "root/second"), `${OTHER_HASH}x\n`);
      assert.equal((await apply(host, script)).message, "nothing to do");
      for (const { argv, stdout, stderr } of host.log) unmarked([...argv, stdout, stderr].join("\n"), argv.join(" "));
      const programs = readFileSync(log, "latin1");
      assert.match(programs, "/base64 -w 0");
      unmarked(programs, "a program's arguments or environment");
      assert.equal(marked(MARKS, folder), [
        "/root/etc/pve/nodes/pve/qemu-server/101.conf",
        "/root/root/second",
        "/root/root/third",
        "/root/var/lib/vz/snippets/phxc-100-user-DIGEST.yaml",
      ]);
      const [snippet = ""] = readdirSync(join(host.root, "var/lib/vz/snippets"));
      const path = join(host.root, "var/lib/vz/snippets", snippet);
      assert.is(statSync(path).mode & 0o777, 0o600);
      const text = readFileSync(path, "utf8");
      assert.match(text, `password: "${HASH}"\n`);
      assert.match(text, `passwd: "${OTHER_HASH}"\n`);
      assert.match(text, `content: "${Buffer.from(KEY).toString("base64")}"\n`);
    } finally {
      await host.close();
    }
  });
});

test("a failing command shows none of them either", async () => {
  const { script, host: state } = await compiled();
  await inFolder({}, async (folder) => {
    const host = await startHost(state, folder);
    try {
      writeFileSync(join(host.root, "root/second"), `no hash: ${MARKS[1] ?? ""}`);
      writeFileSync(join(host.root, "root/third"), KEY);
      const { code, output } = await apply(host, script);
      assert.is(code, 4, output);
      assert.match(output, "is no password hash");
      unmarked(output, "the output");
      assert.equal(readdirSync(join(host.root, "staging")), []);
    } finally {
      await host.close();
    }
  });
});

test("a function hands a step a file that only root can read, and that is gone afterwards", async () => {
  const { script, host: state } = await compiled();
  await inFolder({}, async (folder) => {
    const host = await startHost(state, folder);
    try {
      writeFileSync(join(host.root, "root/second"), OTHER_HASH);
      writeFileSync(join(host.root, "root/third"), KEY);
      const copy = join(folder, "copy");
      const use = `secret_file 'file:/root/third'\nls -l "\${REPLY}" | cut -c 1-10\ncp "\${REPLY}" '${copy}'\nsay "\${REPLY}"\n`;
      const run = await host.runScript(
        script.replace(/^steps\(\) \{$/m, (line) => `${line}\n${use}`),
        [],
        {
          env: { FIRST_HASH: HASH },
        },
      );
      const [mode, path = ""] = run.stdout.split("\n");
      assert.is(mode, "-rw-------", run.stdout + run.stderr);
      assert.is(readFileSync(copy, "utf8"), KEY);
      assert.not.ok(existsSync(path));
    } finally {
      await host.close();
    }
  });
});

test("the summary of a plan says where secrets are read", async () => {
  await inFolder({ "main.phx": SOURCE }, async (cwd) => {
    const { out } = await runCli(["plan", "main.phx"], { cwd });
    assert.match(out, 'secrets read when it runs:\n  env:FIRST_HASH\n  cmd:cat "$HOME/second"\n  file:/root/third\n');
  });
});

test("a rehearsal asks nobody for secrets, and runs no command for them", async () => {
  const { script, host, standIns: secrets } = await compiled();
  const { passed, first } = await rehearse(script, host, { twice: true, secrets });
  assert.ok(passed, first.stdout + first.stderr);
});

test("a script takes a variable whose name is one of its own", async () => {
  const source = SOURCE.replaceAll("FIRST_HASH", "MODE");
  const { plan, model, registry } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": source }) });
  if (plan === undefined || model === undefined) throw new Error("no plan");
  const { value: script } = await emit({ plan, model, registry }, "bash", { version: "0" });
  await inFolder({}, async (folder) => {
    const host = await startHost(presupposed(plan), folder);
    try {
      writeFileSync(join(host.root, "root/second"), OTHER_HASH);
      writeFileSync(join(host.root, "root/third"), KEY);
      const run = await host.runScript(script, [], { env: { MODE: HASH } });
      assert.is(run.code, 0, run.stdout + run.stderr);
      assert.match(readFileSync(join(host.root, "etc/pve/qemu-server/101.conf"), "utf8"), `cipassword: ${HASH}\n`);
    } finally {
      await host.close();
    }
  });
});

test("apply says which variables it hands over, and refuses to begin without them", async () => {
  const { script } = await compiled();
  await inFolder({ "plan.sh": script }, async (cwd) => {
    const words = ["apply", "plan.sh", "--host", "root@nowhere.invalid", "--ssh-option", "ConnectTimeout=1"];
    const without = await runCli(words, { cwd });
    assert.is(without.code, 2);
    assert.match(without.err, "takes secrets from variables that are not set here: FIRST_HASH");
    const withThem = await runCli(words, { cwd, env: { FIRST_HASH: HASH } });
    assert.match(withThem.err, "the script is handed the values of FIRST_HASH");
    unmarked(withThem.out + withThem.err, "phxc apply");
  });
});

test.run();
