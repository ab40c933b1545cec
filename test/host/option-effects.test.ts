import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import { presupposed } from "../../src/rehearsal/index.js";
import { compileSource, mutating, withEmptyHost, withHost } from "../support/rehearsal.js";

/** What a change does to a guest that runs, what cannot change any more, and volumes that are allocated once. */
const test = suite("option effects");

const vm = (entries: string): string => `vm 101 web {
  disk root { size = 8GiB, storage = local-lvm, ${entries.includes("cache") ? "cache = writeback" : "backup = true"} }
  ${entries.replace("cache", "")}
}
`;
const ct = (entries: string): string => `ct 102 box {
  image = "local:vztmpl/debian.tar.zst"
  disk root { size = 4GiB, storage = local-lvm }
  ${entries}
}
`;

test("--check says of a running guest which changes wait for its next start", async () => {
  const first = await compileSource(
    vm("memory = 1GiB, state = running") + ct("cores = 1, state = running, nesting = false"),
  );
  const second = await compileSource(
    vm("memory = 2GiB, state = running, description = x, cache") +
      ct('cores = 2, state = running, nesting = true, mount "/srv/a" { at = "/a" }'),
  );
  await withEmptyHost(first.plan, async (host) => {
    assert.is((await host.runScript(first.script)).code, 0);
    const { stdout, code } = await host.runScript(second.script, ["--check"]);
    assert.is(code, 2);
    const waits = " \\(it runs, and takes this over when it starts next\\)$";
    for (const text of ["vm 101 web: memory 1024 -> 2048", "vm 101 web: scsi0.cache \\(unset\\) -> writeback"])
      assert.match(stdout, new RegExp(`^~ ${text}${waits}`, "m"));
    assert.match(stdout, new RegExp(`^~ ct 102 box: features.nesting 0 -> 1${waits}`, "m"));
    for (const text of [
      "vm 101 web: description \\(unset\\) -> x",
      "ct 102 box: cores 1 -> 2",
      "ct 102 box: mp0 .* mp=/a",
    ])
      assert.match(stdout, new RegExp(`^~ ${text.replace(" mp=", ".*mp=")}$`, "m"));
    const { stdout: applied } = await host.runScript(second.script);
    assert.match(applied, /vm 101 web: a restart is needed for memory, scsi0/);
    assert.match(applied, /ct 102 box: a restart is needed for features/);
  });
});

test("a stopped guest takes everything over: nothing is said", async () => {
  const first = await compileSource(vm("memory = 1GiB"));
  const second = await compileSource(vm("memory = 2GiB"));
  await withEmptyHost(first.plan, async (host) => {
    assert.is((await host.runScript(first.script)).code, 0);
    const { stdout } = await host.runScript(second.script, ["--check"]);
    assert.match(stdout, /^~ vm 101 web: memory 1024 -> 2048$/m);
  });
});

test("what was decided when the guest was made is told, and not tried", async () => {
  const tpm = (version: string): string =>
    vm(`options { tpmstate0 { storage = local-lvm, version = "${version}" } }`) + ct("unprivileged = true");
  const { plan, script } = await compileSource(tpm("v2.0"));
  const other = await compileSource(tpm("v1.2").replace("unprivileged = true", "unprivileged = false"));
  await withEmptyHost(plan, async (host) => {
    assert.is((await host.runScript(script)).code, 0);
    for (const mode of [["--check"], []]) {
      const run = await host.runScript(other.script, mode);
      assert.is(run.code, 0, run.stdout + run.stderr);
      assert.equal(mutating(run), []);
      assert.match(run.stdout, /ct 102 box: unprivileged is 1, declared 0: this is decided when the guest is made/);
      assert.match(
        run.stdout,
        /vm 101 web: tpmstate0.version is v2.0, declared v1.2: this is decided when the volume is made/,
      );
    }
    const quiet = await host.runScript(script);
    assert.not.match(quiet.stdout, /decided when/);
  });
});

test("the volumes of the firmware and of the TPM are allocated once, and never beside one that was detached", async () => {
  const { plan, script } = await compileSource(
    vm(
      "bios = ovmf, options { efidisk0 { storage = local-lvm, efitype = 4m }, tpmstate0 { storage = local-lvm } }",
    ).replace("bios = ovmf, ", "bios = ovmf\n  "),
  );
  await withEmptyHost(plan, async (host) => {
    const volumes = async (): Promise<readonly string[]> =>
      (await host.execute(["pvesm", "list", "local-lvm"])).stdout.split("\n").filter((line) => line.includes("vm-101"));
    assert.is((await host.runScript(script)).code, 0);
    assert.is((await volumes()).length, 3);
    assert.equal(mutating(await host.runScript(script)), []);
    assert.is((await host.execute(["qm", "set", "101", "--delete", "efidisk0"])).code, 0);
    const held = await host.runScript(script);
    assert.match(held.stdout + held.stderr, /efidisk0 is empty and unused0 holds/);
    assert.is((await volumes()).length, 3);
  });
});

test("a disc is exchanged in its drive, and the boot order is that of the files", async () => {
  const source = (iso: string): string => `vm 101 web {
  image = "/srv/debian.qcow2"
  disk root { size = 8GiB, storage = local-lvm }
  cdrom installer { iso = ${iso}, slot = ide0 }
  options { boot { order = [ide0, scsi0] } }
}
`;
  const [first, second, empty] = await Promise.all(
    ['"local:iso/a.iso"', '"local:iso/b.iso"', "none"].map((iso) => compileSource(source(iso))),
  );
  assert.ok(first && second && empty);
  const state = presupposed(first.plan);
  const discs = { "/var/lib/vz/template/iso/a.iso": "a", "/var/lib/vz/template/iso/b.iso": "b" };
  await withHost({ ...state, files: { ...state.files, ...discs } }, async (host) => {
    const drive = async (): Promise<string> =>
      /^ide0: (.*)$/m.exec((await host.execute(["qm", "config", "101"])).stdout)?.[1] ?? "";
    for (const [{ script }, disc] of [
      [first, "local:iso/a.iso"],
      [second, "local:iso/b.iso"],
      [empty, "none"],
    ] as const) {
      const run = await host.runScript(script);
      assert.is(run.code, 0, run.stdout + run.stderr);
      assert.match(await drive(), new RegExp(`^${disc},media=cdrom`));
      assert.equal(mutating(await host.runScript(script)), []);
    }
    assert.match((await host.execute(["qm", "config", "101"])).stdout, /^boot: order=ide0;scsi0$/m);
  });
});

test("an option that is given in two places is refused, whatever gives it", async () => {
  const errors = async (entries: string): Promise<readonly string[]> => {
    const { diagnostics } = await compile({ entry: "a.phx", files: memoryFiles({ "a.phx": vm(entries) }) });
    return diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code} ${message}`);
  };
  const twice = (name: string): readonly string[] => [`PHX5052 the option \`${name}\` of Proxmox is given twice`];
  assert.equal(await errors("options { vga = std, vga { type = std } }".replace(", vga {", "\n vga {")), twice("vga"));
  assert.equal(await errors("cpu = host\n options { cpu { cputype = host } }"), twice("cpu"));
  assert.equal(
    await errors(
      'cloud_init { user = me, packages = [htop] }\n options { cicustom { vendor = "local:snippets/v.yaml" } }',
    ),
    twice("cicustom"),
  );
  assert.equal(await errors('options { cicustom { vendor = "local:snippets/v.yaml" } }'), []);
});

test("a block or key that the host's release does not know is refused", async () => {
  const source = (version: string, entries: string): string =>
    `host pve1 { address = 10.0.0.1, version = "${version}" }\n${vm(`options { ${entries} }`)}`;
  const codes = async (text: string): Promise<readonly string[]> => {
    const { diagnostics } = await compile({ entry: "a.phx", files: memoryFiles({ "a.phx": text }) });
    return diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  };
  assert.equal(await codes(source("8.3", "virtiofs0 { dirid = share }")), [
    "`virtiofs0` needs Proxmox VE 8.4 or later, and host pve1 declares 8.3",
  ]);
  assert.equal(await codes(source("8.4", "virtiofs0 { dirid = share }")), []);
  assert.equal(await codes(source("8.1", "machine { type = q35, viommu = intel }")), [
    "`viommu` needs Proxmox VE 8.2 or later, and host pve1 declares 8.1",
  ]);
});

test.run();
