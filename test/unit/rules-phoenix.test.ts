import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { diskFiles } from "../../src/host/files.js";
import { hasShared, shared } from "../support/paths.js";

/** What lives in production, faults included. */
const folder = join(shared, "phoenix/config");
const LXC = "phoenix_lxc_configs.json";
const VM = "phoenix_vm_configs.json";
const QDRANT = "stacks/qdrant_service/phoenix.json";
const HYPERVISOR = "phoenix_hypervisor_config.json";

/** One row: the code, the file, and the place in it that the finding lies in (`value`: begins exactly with). */
type Row = readonly [code: string, file: string, path: string, how?: "value"];

const ct = (id: number, path: string): string => `lxc_configs.${id}.${path}`;

const ROWS: readonly Row[] = [
  // Repeated and shadowed firewall rules.
  ["PHX4501", LXC, ct(101, "firewall.rules.3")],
  ["PHX4501", LXC, ct(103, "firewall.rules.2")],
  ["PHX4501", LXC, ct(103, "firewall.rules.3")],
  ["PHX4501", VM, "vms.2.firewall.rules.2"],
  ["PHX4501", QDRANT, "environments.production.firewall_rules.0"],
  ["PHX4501", QDRANT, "environments.production.firewall_rules.1"],
  ["PHX4502", LXC, ct(102, "firewall.rules.2")],
  // Ports open to everybody.
  ["PHX4505", VM, "vms.2.firewall.rules.4"],
  ["PHX4505", VM, "vms.2.firewall.rules.5"],
  ["PHX4505", "stacks/thinkheads_ai_app/phoenix.json", "environments.production.firewall_rules.0"],
  // GPUs that clones inherit, and the one that four guests share.
  ...[911, 912, 801, 802, 914, 917].map((id): Row => ["PHX4402", LXC, ct(id, "gpu_assignment"), "value"]),
  ["PHX4403", LXC, ct(802, "gpu_assignment"), "value"],
  // Images that depend on services.
  ["PHX4121", LXC, ct(901, "dependencies"), "value"],
  ...[910, 911, 912].map((id): Row => ["PHX4121", LXC, ct(id, "clone_from_ctid"), "value"]),
  // Names with dots.
  ["PHX4101", LXC, ct(901, "name"), "value"],
  ["PHX4101", LXC, ct(802, "name"), "value"],
  // Host paths beside their dataset.
  ...[0, 1, 2].map((n): Row => ["PHX4303", LXC, ct(101, `mount_points.${n}.host_path`), "value"]),
  ["PHX4303", LXC, ct(103, "mount_points.0.host_path"), "value"],
  ...[0, 1].map((n): Row => ["PHX4303", LXC, ct(102, `mount_points.${n}.host_path`), "value"]),
  ["PHX4307", LXC, ct(101, "mount_points.2.host_path"), "value"],
  // Snapshots of containers with bind mounts.
  ["PHX4211", LXC, ct(102, "enable_lifecycle_snapshots")],
  ["PHX4211", LXC, ct(103, "enable_lifecycle_snapshots")],
  // A user without a key.
  ["PHX4702", VM, "vms.0.user_config.username", "value"],
  // Volumes inside volumes.
  ["PHX4306", VM, "vms.1.volumes.1.path", "value"],
  ["PHX4306", VM, "vms.2.volumes.1.path", "value"],
  // Disks beyond the quota.
  ["PHX4302", HYPERVISOR, "zfs.datasets.1.properties"],
  // Root of every client is root of what is exported.
  ["PHX4821", HYPERVISOR, "nfs.exports.0.options"],
  // Fetched without a checksum: the installer of the driver, and the cloud image.
  ["PHX4430", HYPERVISOR, "nvidia_driver.runfile_url", "value"],
  ["PHX4430", VM, "vms.0.template_image", "value"],
];

const test = suite("rules: the production configuration");

async function ruleFindings(): Promise<readonly Diagnostic[]> {
  const { diagnostics } = await compile({ entry: HYPERVISOR, files: diskFiles(folder), upTo: "check" });
  return diagnostics.filter(({ code }) => code.startsWith("PHX4"));
}

function lies(finding: Diagnostic, [code, file, path, how]: Row): boolean {
  if (finding.code !== code || finding.span.file.path !== file) return false;
  const tree = parseTree(readFileSync(join(folder, file), "utf8"));
  const steps = path.split(".").map((step) => (/^\d\d?$/.test(step) ? Number(step) : step));
  const node = tree && findNodeAtLocation(tree, steps);
  assert.ok(node, `${file} has no ${path}`);
  // The finding may point at the member's name or at its value.
  const from = how === "value" ? node.offset : node.parent?.type === "property" ? node.parent.offset : node.offset;
  const last = how === "value" ? node.offset : node.offset + node.length;
  return finding.span.start >= from && finding.span.start <= last;
}

if (!hasShared) console.log("the production configuration is not here: its tests are skipped");
else {
  test("every fault that a rule covers is found where it stands", async () => {
    const found = await ruleFindings();
    const missed = ROWS.filter((row) => !found.some((finding) => lies(finding, row)));
    assert.equal(
      missed.map((row) => row.join(" ")),
      [],
    );
  });

  test("nothing else is found", async () => {
    const found = await ruleFindings();
    const extra = found.filter((finding) => !ROWS.some((row) => lies(finding, row)));
    assert.equal(
      extra.map((finding) => `${finding.code} ${finding.message}`),
      [],
    );
  });

  test("none of it stops the plan", async () => {
    const errors = (await ruleFindings()).filter(({ severity }) => severity === "error");
    assert.equal(
      errors.map((finding) => `${finding.code} ${finding.message}`),
      [],
    );
  });
}

test.run();
