import { spawn } from "node:child_process";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit } from "../../src/compile.js";
import { applyScript } from "../../src/host/apply.js";
import type { ApplyOutcome } from "../../src/host/apply.js";
import { memoryFiles } from "../../src/host/files.js";
import { openSession } from "../../src/host/session.js";
import { presupposed, startHost } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { inFolder } from "../support/folder.js";

const test = suite("apply-plan");

const SOURCE = `ct 101 web {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  cores = 2
  state = running
  disk root { size = 8GiB, storage = local-lvm }
}
`;

/** Applies a script to the simulated host as `phxc apply` does on a machine. */
async function apply(
  host: SimulatedHost,
  script: string,
  flags: readonly string[] = [],
): Promise<ApplyOutcome & { readonly output: string }> {
  let output = "";
  const session = openSession({
    script: Buffer.from(script),
    staging: join(host.root, "staging"),
    flags,
    start: (argv) =>
      spawn(argv[0] ?? "", argv.slice(1), { env: { ...host.env }, stdio: ["pipe", "pipe", "inherit"], detached: true }),
    output: (bytes) => (output += bytes.toString("utf8")),
  });
  return { ...(await applyScript(session, () => Promise.resolve("yes"))), output };
}

test("a real plan is checked, run, and then has nothing to do; a change behind its back is shown and mended", async () => {
  const { plan, model, registry } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": SOURCE }) });
  assert.ok(plan !== undefined && model !== undefined);
  if (plan === undefined || model === undefined) return;
  const { value: script } = await emit({ plan, model, registry }, "bash", { version: "0" });
  await inFolder({}, async (folder) => {
    const host = await startHost(presupposed(plan), folder);
    try {
      const first = await apply(host, script);
      assert.is(first.code, 0, first.output);
      assert.match(first.output, "ct 101 web: create (pct create)");
      assert.is(host.guests()[0]?.running, true);
      assert.is((await apply(host, script)).message, "nothing to do");
      await host.execute(["pct", "set", "101", "--cores", "4"]);
      const mended = await apply(host, script);
      assert.is(mended.code, 0, mended.output);
      assert.match(mended.output, "cores 4 -> 2");
      assert.is((await apply(host, script)).message, "nothing to do");
      const misused = await apply(host, script, ["--wait", "two words"]);
      assert.is(misused.code, 64);
      await host.execute(["pct", "set", "101", "--cores", "4"]);
      assert.is((await apply(host, script, ["--keep-going", "--wait", "3"])).code, 0);
    } finally {
      await host.close();
    }
  });
});

test.run();
