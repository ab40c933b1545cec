import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, diskFiles, emit } from "../../src/index.js";
import type { Plan } from "../../src/index.js";
import { operatingSystems } from "../../src/pve/os-families.js";
import { checkCommand } from "../support/option-tables.js";
import { hasShared, root } from "../support/paths.js";
import { announced, mutating, withEmptyHost } from "../support/rehearsal.js";

/** Every operating system that there is a preset for has an example, and each example works to the end. */
const test = suite("examples of operating systems");

const folder = join(root, "examples/os");
const SECRETS = { env: { WINDOWS_PASSWORD: "$5$rounds=5000$planted$value" } };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMwGmrQ6tAS8TbxfWTgWYZVTLSEDNbDHmSYmDKdWJZJn admin@example";

async function compiled(word: string): Promise<{ readonly plan: Plan; readonly script: string }> {
  const entry = `${word}.phx`;
  const files = diskFiles(folder);
  const read = files.read(entry);
  const text = read.ok ? read.text : "";
  const params = new Map([
    ["checksum", { origin: "--set", text: "9f".repeat(text.includes("sha512") ? 64 : 32) }],
    ...(text.includes("admin_key") ? [["admin_key", { origin: "--set", text: KEY }] as const] : []),
  ]);
  const { plan, model, registry, diagnostics } = await compile({ entry, files, params });
  assert.equal(
    diagnostics.filter(({ severity }) => severity !== "note").map(({ code, message }) => `${code} ${message}`),
    [],
  );
  assert.ok(plan !== undefined && model !== undefined);
  const { value } = await emit({ plan, model, registry }, "bash", { version: "0.0.0" });
  return { plan, script: value };
}

/** The words of the step that sets a machine's options. */
function optionsOf({ steps }: Plan, kind: "vm" | "ct"): string {
  const step = steps.find(({ id }) => id.startsWith(`${kind}.`) && id.endsWith(".options"));
  return step?.commands[0]?.join(" ") ?? "";
}

test("there is one for each, and none of something else", () => {
  assert.equal(
    readdirSync(folder).sort(),
    Object.keys(operatingSystems)
      .map((word) => `${word}.phx`)
      .sort(),
  );
});

for (const [word, { family, vm, ct, title }] of Object.entries(operatingSystems)) {
  test(`${title}: its commands are Proxmox's, and the second run does nothing`, async () => {
    const { plan, script } = await compiled(word);
    for (const step of plan.steps) {
      const partialProperties = step.probe.kind === "options";
      if (!hasShared) break;
      for (const argv of step.commands) assert.equal(checkCommand(argv, { partialProperties }), [], argv.join(" "));
    }
    const options = optionsOf(plan, "vm");
    assert.ok(options.includes(`--ostype ${String(vm.attributes["ostype"])}`), options);
    assert.is(family === "windows", options.includes("--machine q35"));
    const hasContainer = plan.guests.some(({ kind }) => kind === "ct");
    if (hasContainer) assert.is(optionsOf(plan, "ct").includes("nesting=1"), ct?.["nesting"] === true);
    await withEmptyHost(plan, async (host) => {
      const first = await host.runScript(script, [], SECRETS);
      assert.is(first.code, 0, first.stdout + first.stderr);
      assert.equal(
        first.commands.filter(({ known }) => !known),
        [],
      );
      const second = await host.runScript(script, [], SECRETS);
      assert.is(second.code, 0, second.stderr);
      assert.equal([...mutating(second), ...announced(second.stdout)], []);
    });
  });
}

test("Windows has firmware with keys, a TPM, the drivers in a second drive, and a drive for cloudbase-init", async () => {
  for (const word of ["windows11", "windows2022", "windows2025"]) {
    const { plan } = await compiled(word);
    const options = optionsOf(plan, "vm");
    for (const part of [
      "--bios ovmf",
      "--scsihw virtio-scsi-single",
      "--efidisk0 local-zfs:1,efitype=4m,pre-enrolled-keys=1",
      "--tpmstate0 local-zfs:1,version=v2.0",
      "--sata0 local:iso/virtio-win.iso,media=cdrom",
      "--citype configdrive2",
      "--boot order=scsi0;ide0",
    ]) {
      assert.ok(options.includes(part), `${word}: ${part}: ${options}`);
    }
    const create = plan.steps.find(({ id }) => id.startsWith("vm.") && id.endsWith(".create"));
    assert.ok(create !== undefined && create.commands[0]?.includes("local-zfs:cloudinit") === true);
    const order = plan.steps.map(({ id }) => id);
    assert.ok(order.indexOf("image.virtio-win") < order.indexOf(create.id));
  }
});

test.run();
