import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("docs/host.md");
const page = readFileSync(join(root, "docs/host.md"), "utf8");

test("the host of its example is set up, and the second run is quiet", async () => {
  const text = fences(page).find(({ language }) => language === "phx")?.text ?? "";
  const { plan, script } = await compileSource(text);
  const { first, second, passed } = await rehearse(script, presupposed(plan), { twice: true, secrets: standIns(plan) });
  assert.ok(passed, first.stdout + first.stderr);
  assert.equal(
    second?.commands.filter(({ argv }) => argv[0] !== "stat"),
    [],
  );
  for (const line of [
    "+ host: package tmux",
    "+ host: user ada",
    "+ host: token ada@pam!monitor, with its value in /root/monitor.token",
  ])
    assert.ok(first.stdout.split("\n").includes(line), line);
});

test("the kernel of its example is started with what the page says, after a restart", async () => {
  const text = fences(page).filter(({ language }) => language === "phx")[1]?.text ?? "";
  const { plan, script } = await compileSource(text);
  const { first, passed, state } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr);
  assert.match(first.stdout, "kernel command line in /etc/default/grub: quiet -> iommu=pt hugepagesz=1G hugepages=16");
  assert.match(state.files["/proc/cmdline"] ?? "", /^BOOT_IMAGE=\S+ root=\S+ ro iommu=pt hugepagesz=1G hugepages=16$/m);
});

test.run();
