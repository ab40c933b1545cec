import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit } from "../../src/compile.js";
import type { Compilation } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import type { WorkProbe } from "../../src/model/plan.js";

const test = suite("features");

const CT = (inner: string, id = 101, name = "web"): string => `ct ${id} ${name} {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-zfs }
  ${inner}
}
`;

type Folder = readonly [json: object | string, script?: string];

/** A project with features of its own. */
async function project(
  text: string,
  features: Readonly<Record<string, Folder>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Compilation> {
  const files: Record<string, string> = { "main.phx": text, ...more };
  for (const [name, [json, script = "echo hello\n"]] of Object.entries(features)) {
    files[`features/${name}/feature.json`] = typeof json === "string" ? json : JSON.stringify(json);
    files[`features/${name}/install.sh`] = script;
  }
  return compile({ entry: "main.phx", files: memoryFiles(files) });
}

function work(compilation: Compilation, guest = 101): readonly WorkProbe[] {
  const found = compilation.diagnostics.filter(({ severity }) => severity === "error");
  assert.equal(
    found.map(({ code, message }) => `${code} ${message}`),
    [],
  );
  return (compilation.plan?.steps ?? []).flatMap(({ probe }) =>
    probe.kind === "guest-work" && probe.guest.id === guest ? [probe] : [],
  );
}

const names = (probes: readonly WorkProbe[]): readonly string[] =>
  probes.map(({ name }) => name.replace("feature.", ""));
const codes = ({ diagnostics }: Compilation): readonly string[] => diagnostics.map(({ code }) => code);
const said = ({ diagnostics }: Compilation): string =>
  diagnostics.map(({ code, message, help }) => `${code} ${message}: ${help ?? ""}`).join("\n");

function given(probe: WorkProbe | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (probe?.parameters ?? []).map(({ name, ...rest }) => [name, "value" in rest ? rest.value : rest]),
  );
}

test("what a feature requires comes with it, before it; what is listed after something comes after it", async () => {
  assert.equal(names(work(await project(CT("features = [docker]")))), ["base_setup", "docker"]);
  assert.equal(names(work(await project(CT("features = [docker, nfs_client, base_setup]")))), [
    "base_setup",
    "docker",
    "nfs_client",
  ]);
  assert.equal(names(work(await project(CT("gpus = [0]\n features = [docker, nvidia]")))), [
    "base_setup",
    "nvidia",
    "docker",
  ]);
});

test("a long chain of requirements is in order, and each is there once", async () => {
  const features = {
    a: [{ requires: ["b", "c"] }],
    b: [{ requires: ["d"] }],
    c: [{ requires: ["d"] }],
    d: [{}],
  } as const;
  assert.equal(names(work(await project(CT("features = [a]"), features))), ["d", "b", "c", "a"]);
});

test("a feature whose parameters are given keeps them where another one requires it", async () => {
  const text = CT('features = [docker]\n feature base_setup { locale = "de_DE.UTF-8" }');
  const [base] = work(await project(text));
  assert.is(given(base)["locale"], "de_DE.UTF-8");
});

test("a circle is one finding that shows it", async () => {
  const features = { a: [{ requires: ["b"] }], b: [{ after: ["c"] }], c: [{ requires: ["a"] }] } as const;
  const broken = await project(CT("features = [a, c]"), features);
  assert.equal(codes(broken), ["PHX5032"]);
  assert.match(said(broken), /a -> b -> c -> a/);
  assert.equal(codes(await project(CT("features = [a]"), { a: [{ requires: ["a"] }] })), ["PHX5032"]);
});

test("unknown names: with what is meant, and where", async () => {
  const broken = await project(CT("features = [dokcer]"));
  assert.match(said(broken), /^PHX5030 there is no feature `dokcer`: did you mean `docker`\?/m);
  assert.match(said(await project(CT("feature xyzzy {}"))), /^PHX5030 .* There are base_setup, docker, /m);
  assert.match(
    said(await project(CT("features = [a]"), { a: [{ requires: ["dockr"] }] })),
    /^PHX5031 the feature a requires `dockr`.*`docker`/m,
  );
});

test("parameters have types, patterns and defaults", async () => {
  const refused = async (block: string): Promise<string> => said(await project(CT(`feature ${block}`)));
  assert.match(await refused("docker { sorce = docker }"), /^PHX5033 .*did you mean `source`/m);
  assert.match(
    await refused("docker { source = snap }"),
    /^PHX5034 `source` of the feature docker wants one of distro, docker/m,
  );
  assert.match(await refused("docker { gpu = 1 }"), /wants true or false/);
  assert.match(await refused("docker { users = root }"), /^PHX5034 `users`/m);
  assert.match(await refused('docker { users = ["Root User"] }'), /a list of texts, each one that matches/);
  assert.match(await refused("ssh_keys {}"), /^PHX5035 the feature ssh_keys needs `keys`: Public keys/m);
  assert.match(await refused("trusted_ca {}"), /^PHX5035 .* one of `certificate`, `certificate_file`/m);
  assert.match(await refused('trusted_ca { certificate = "x", certificate_file = "/x" }'), /^PHX5035/m);
  assert.match(await refused('trusted_ca { certificate_file = "x.pem" }'), /the absolute path of a file of the host/);
  const [, docker] = work(await project(CT('feature docker { version = "28.3", source = docker, users = [a, b] }')));
  assert.equal(given(docker), { source: "docker", version: "28.3", users: "a\nb", daemon: "", gpu: "false" });
});

test("numbers, sizes of numbers and secrets", async () => {
  const parameters = { count: { type: "int", default: 3 }, token: { type: "secret" }, ratio: { type: "int" } };
  const of = (block: string): Promise<Compilation> => project(CT(`feature a { ${block} }`), { a: [{ parameters }] });
  const [probe] = work(await of('token = secret("file:/root/token")'));
  assert.equal(given(probe), { count: "3", token: { secret: "file:/root/token" }, ratio: "" });
  assert.match(said(await of("ratio = 1.5")), /wants a whole number/);
  assert.match(said(await of('token = "hunter2"')), /wants `secret\("..."\)`/);
  assert.not.match(said(await of('token = "hunter2"')), /hunter2/);
});

test("what the guest and the host say is a default", async () => {
  const probes = work(await project(CT("gpus = [0]\n features = [docker, nvidia]")));
  assert.equal(given(probes[1])["version"], { driver: true });
  assert.is(given(probes[2])["gpu"], "true");
  const vm = (primary: string): string =>
    `vm 101 a { clone = t, disk root { storage = local, size = 8GiB }, agent = true
  pci card { address = 0000:01:00.0${primary} }, features = [docker] }
vm 900 t { image = "/root/i.qcow2", template = true, disk root { storage = local, size = 8GiB } }`;
  const gpu = async (primary: string): Promise<unknown> =>
    given(work(await project(vm(primary))).find(({ name }) => name === "feature.docker"))["gpu"];
  assert.equal([await gpu(", primary = true"), await gpu("")], ["true", "false"]);
});

test("a clone has what its ancestors have: their requirements are not installed again", async () => {
  const text = `${CT("template = true\n features = [docker]", 900, "base")}
ct 101 web { clone = base, template = true, features = [docker, python_api_service] }
ct 102 api { clone = web, features = [nfs_client] }
`;
  const compiled = await project(text);
  assert.equal(names(work(compiled, 900)), ["base_setup", "docker"]);
  assert.equal(names(work(compiled, 101)), ["docker", "python_api_service"]);
  assert.equal(names(work(compiled, 102)), ["nfs_client"]);
});

test("the work stands before snapshots and the conversion; what only it has started is stopped again", async () => {
  const steps = async (inner: string): Promise<readonly string[]> => {
    const { plan } = await project(CT(inner));
    return (plan?.steps ?? []).map(({ id }) => id.replace("ct.101.", ""));
  };
  assert.equal((await steps("features = [nfs_client]\n snapshot done {}")).slice(-3), [
    "feature.nfs_client",
    "rest",
    "snapshot.done",
  ]);
  assert.equal((await steps("features = [nfs_client]\n template = true")).slice(-3), [
    "feature.nfs_client",
    "rest",
    "template",
  ]);
  assert.equal((await steps("features = [nfs_client]\n state = running")).slice(-2), ["start", "feature.nfs_client"]);
  assert.equal((await steps("features = [nfs_client]\n state = stopped")).slice(-3), [
    "stop",
    "feature.nfs_client",
    "rest",
  ]);
});

test("systems and kinds of guests that a feature does not know are findings, whatever says what they are", async () => {
  const image = (name: string): string => CT("features = [nfs_client]").replace(/debian-13[^"]*/, name);
  assert.equal(codes(await project(image("alpine-3.22-default_20250617_amd64.tar.xz"))), ["PHX5036"]);
  assert.equal(codes(await project(image("rockylinux-9-default_20240912_amd64.tar.xz"))), ["PHX5036"]);
  assert.equal(codes(await project(image("ubuntu-24.04-standard_24.04-2_amd64.tar.zst"))), []);
  assert.equal(codes(await project(image("mine.tar.zst"))), []);
  assert.equal(codes(await project(CT("features = [nfs_client]\n ostype = fedora"))), ["PHX5036"]);
  const clone = `${image("fedora-42-default_20250428_amd64.tar.xz").replace("features = [nfs_client]", "template = true")}ct 102 b { clone = web, features = [nfs_client] }\n`;
  assert.equal(codes(await project(clone)), ["PHX5036"]);
  assert.equal(codes(await project(CT("features = [qemu_guest_agent]"))), ["PHX5037"]);
});

test("work in a machine needs its agent, its own or inherited", async () => {
  const vm = (inner: string): string => `vm 201 app {
  image = "/root/debian-13.qcow2"
  disk root { size = 8GiB, storage = local-zfs }
  ${inner}
}
`;
  assert.equal(codes(await project(vm("features = [nfs_client]"))), ["PHX5038"]);
  assert.equal(codes(await project(vm("agent = false\n features = [nfs_client]"))), ["PHX5038"]);
  assert.equal(codes(await project(vm("agent = true\n features = [nfs_client]"))), []);
  assert.equal(
    codes(await project(`${vm("agent = true\n template = true")}vm 202 b { clone = app, features = [nfs_client] }\n`)),
    [],
  );
});

test("features of the project: as declared, in place of built-in ones; their files are sources", async () => {
  const features = {
    docker: [{ parameters: { channel: { type: "text", default: "edge" } } }, "#!/bin/bash\necho mine\n"],
  } as const;
  const compiled = await project(CT("features = [docker]"), features);
  const [probe] = work(compiled);
  assert.equal(given(probe), { channel: "edge" });
  assert.is(probe?.shell, "bash");
  assert.match(compiled.plan?.scripts?.["feature docker"] ?? "", /echo mine/);
  assert.equal(
    compiled.plan?.sources.map(({ path }) => path),
    ["main.phx", "features/docker/feature.json", "features/docker/install.sh"],
  );
});

test("a feature.json that cannot be used is a finding in it, once", async () => {
  const broken = async (json: object | string, script?: string): Promise<string> => {
    const compiled = await project(CT("features = [a]") + CT("features = [a]", 102, "b"), {
      a: script === undefined ? [json] : [json, script],
    });
    assert.is(compiled.diagnostics.length, 1, said(compiled));
    return `${compiled.diagnostics[0]?.span.file.path} ${said(compiled)}`;
  };
  assert.match(await broken({ timeout: 5 }), /^features\/a\/feature.json PHX2070 a feature has no key `timeout`/);
  assert.match(await broken({ timeout_seconds: 0 }), /PHX2071 .*from 1 to 86400/);
  assert.match(await broken({ requires: "b" }), /PHX2071 `requires` wants a list of texts/);
  assert.match(await broken({ families: ["debian", "windows"] }), /PHX2071 .*alpine, arch, debian/);
  assert.match(await broken({ parameters: { x: { type: "number" } } }), /PHX2071 .*a type: text, int/);
  assert.match(await broken({ parameters: { x: { type: "enum" } } }), /PHX2071 .*`values`/);
  assert.match(await broken({ parameters: { X: { type: "text" } } }), /PHX2071 .*small letters/);
  assert.match(await broken({ parameters: { x: { type: "text", pattern: "(" } } }), /PHX2071 .*a regular expression/);
  assert.match(await broken({ parameters: { x: { type: "text", default: { from: "moon" } } } }), /PHX2071 .*"from"/);
  assert.match(await broken({ parameters: { admin_password: { type: "text" } } }), /PHX2071 `type` wants `secret`/);
  assert.match(await broken({ parameters: [] }), /PHX2071 `parameters`/);
  assert.match(await broken("{"), /PHX20/);
  assert.match(await broken({}, "#!/usr/bin/python3\nprint(1)\n"), /^features\/a\/install.sh PHX2073/);
});

test("scripts of a guest come after its features, with its id; a missing one is a finding", async () => {
  const more = { "scripts/setup.sh": 'echo "$1"\n' };
  const compiled = await project(CT('features = [nfs_client]\n script "setup.sh" { timeout = 2m }'), {}, more);
  const [, script] = work(compiled);
  assert.is(script?.name, "script.setup.sh");
  assert.is(script?.timeoutSeconds, 120);
  assert.equal(given(script), { id: "101", name: "web" });
  assert.equal(codes(await project(CT('script "setup.sh" {}'))), ["PHX5039"]);
  assert.equal(codes(await project(CT('script "../setup.sh" {}'), {}, { "setup.sh": "x" })).length > 0, true);
});

test("a text stands once in the script, and a changed parameter changes its own step and the header", async () => {
  const script = async (source: string): Promise<readonly string[]> => {
    const compiled = await project(CT(`feature docker { source = ${source} }`) + CT("features = [docker]", 102, "b"));
    const { plan, model, registry } = compiled;
    if (plan === undefined || model === undefined) throw new Error(said(compiled));
    return (await emit({ plan, model, registry }, "bash", { version: "0" })).value.split("\n");
  };
  const [before, after] = [await script("distro"), await script("docker")];
  assert.is(before.filter((line) => line === "feature_docker() {").length, 1);
  assert.is(before.filter((line) => line === "feature_tools() {").length, 1);
  const changed = after.filter((line, i) => line !== before[i]);
  assert.is(changed.length, 5, changed.join("\n"));
  assert.is(
    changed.filter((line) => /^# (Digest|\s+[0-9a-f]{64} )/.test(line) || line.startsWith("readonly PLAN_DIGEST"))
      .length,
    2 + 1,
  );
});

test("projects that ask for nothing have no scripts in their plans", async () => {
  const { plan } = await project(CT(""));
  assert.is(plan?.scripts, undefined);
});

test.run();
