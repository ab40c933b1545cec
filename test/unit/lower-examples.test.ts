import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { diskFiles } from "../../src/host/files.js";
import { checkCommand } from "../support/option-tables.js";
import { hasShared, root, shared } from "../support/paths.js";

const test = suite("lower-examples");

/** Real configurations: a folder with its entry. */
const PROJECTS = [
  [join(root, "examples/homelab"), "homelab.phx"],
  [join(root, "examples/homelab/json"), "phoenix_hypervisor_config.json"],
  [join(root, "examples/modular"), "phoenix_hypervisor_config.json"],
  [join(root, "examples/phoenix"), "phoenix.phx"],
  [join(root, "examples/four-docker-vms"), "four-docker-vms.phx"],
  [join(shared, "phoenix/config"), "phoenix_hypervisor_config.json"],
] as const;

for (const [folder, entry] of PROJECTS) {
  test(`every command of ${entry} parses against Proxmox's tables`, async () => {
    if (!hasShared) return console.log("skipped: the tables of Proxmox are not here");
    const { plan, diagnostics } = await compile({ entry, files: diskFiles(folder) });
    assert.ok(plan, diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
    assert.ok(plan.steps.length > 20);
    for (const step of plan.steps) {
      const partialProperties = step.probe.kind === "options";
      for (const argv of step.commands) assert.equal(checkCommand(argv, { partialProperties }), [], argv.join(" "));
    }
  });
}

test.run();
