import { suite } from "uvu";
import * as assert from "uvu/assert";
import { programs } from "../../src/emitters/bash/preflight.js";
import { compile, memoryFiles } from "../../src/index.js";
import type { Compilation } from "../../src/index.js";

/** Images of registries: what a reference may be, what becomes of it, and what they do not go together with. */
const test = suite("images of registries");

const NET = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }\n";
const DIGEST = `@sha256:${"9f".repeat(32)}`;
const NGINX = `docker.io/library/nginx${DIGEST}`;

function image(reference: string, more = ""): string {
  return `image app { oci = "${reference}"${more} }\n`;
}

function container(more = ""): string {
  return `ct 200 web { image = app, disk root { size = 4GiB, storage = local-lvm }, ${more} }\n`;
}

function compiled(text: string): Promise<Compilation> {
  return compile({ entry: "main.phx", files: memoryFiles({ "main.phx": `${NET}${text}` }) });
}

async function codes(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compiled(text);
  return diagnostics.filter(({ severity }) => severity !== "note").map(({ code }) => code);
}

/** The commands of a step, a line each. */
async function commands(text: string, id: string): Promise<string> {
  const { plan, diagnostics } = await compiled(text);
  assert.ok(plan, diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  const step = plan.steps.find((each) => each.id === id);
  assert.ok(step, plan.steps.map((each) => each.id).join(" "));
  return step.commands.map((argv) => argv.join(" ")).join("\n");
}

test("an archive is made of it in the cache of templates, and the container names that", async () => {
  const name = `docker.io+library+nginx=sha256=${"9f".repeat(32)}.tar`;
  const text = image(NGINX) + container();
  assert.equal(await codes(text), []);
  assert.is(
    await commands(text, "image.app"),
    `skopeo copy docker://${NGINX} oci-archive:/var/lib/vz/template/cache/${name}.part`,
  );
  const create = await commands(text, "ct.200.create");
  assert.match(create, ` local:vztmpl/${name} `);
  assert.not.match(create, "--ostype");
});

test("the storage of the image keeps the archive", async () => {
  const files = 'storage dir files { path = "/srv/files", content = [vztmpl] }\n';
  const text = files + image(NGINX, ", storage = files") + container();
  assert.match(await commands(text, "image.app"), " oci-archive:/srv/files/template/cache/docker.io+library+nginx=");
  assert.match(await commands(text, "ct.200.create"), " files:vztmpl/docker.io+library+nginx=");
  assert.ok((await codes(text.replace("[vztmpl]", "[iso]"))).length > 0, "a storage that takes no templates");
});

test("the type is given where the file says it, and not where only the image names its system", async () => {
  assert.not.match(await commands(image(NGINX, ", os = debian13") + container(), "ct.200.create"), "--ostype");
  assert.match(await commands(image(NGINX) + container("ostype = unmanaged"), "ct.200.create"), "--ostype unmanaged");
});

test("skopeo and Proxmox VE 9.1 are asked for before anything is touched", async () => {
  const { plan } = await compiled(image(NGINX) + container());
  const needs = plan?.requirements ?? [];
  assert.ok(plan !== undefined && programs(plan).includes("skopeo"));
  assert.ok(needs.some((need) => need.kind === "version" && need.minimum === "9.1"));
});

test("a host that is declared older than 9.1 is refused", async () => {
  const host = (version: string): string => `host pve { version = "${version}" }\n`;
  assert.equal(await codes(host("9.1") + image(NGINX) + container()), []);
  const { diagnostics } = await compiled(host("9.0") + image(NGINX) + container());
  const found = diagnostics.filter(({ severity }) => severity === "error");
  assert.is(found.length, 1);
  assert.match(found[0]?.message ?? "", /oci.*9\.1/);
});

test("without a digest it is a download without a checksum, and the help says how one is pinned", async () => {
  for (const reference of ["ghcr.io/owner/name:1.2.3", "docker.io/library/nginx:latest"]) {
    const { diagnostics } = await compiled(image(reference) + container());
    const [finding] = diagnostics.filter(({ code }) => code === "PHX4430");
    assert.is(finding?.severity, "warning", reference);
    assert.match(finding?.help ?? "", "@sha256:");
  }
});

for (const good of [
  "localhost:5000/a:1",
  "registry.example:5000/a/b_c/d-e__f.g:V1.0_x-y",
  `quay.io/a/b${DIGEST}`,
  "10.0.0.5/app:2",
]) {
  test(`${good} is a reference`, async () => {
    assert.equal(
      (await codes(image(good) + container())).filter((code) => code !== "PHX4430"),
      [],
    );
  });
}

for (const bad of [
  "",
  "nginx",
  "nginx:1.29",
  "library/nginx:1.29",
  "docker.io/library/nginx",
  "docker://docker.io/library/nginx:1",
  "https://docker.io/library/nginx:1",
  "me:word@ghcr.io/owner/name:1",
  `docker.io/library/nginx:1.29${DIGEST}`,
  `docker.io/library/nginx@sha256:${"9f".repeat(31)}`,
  `docker.io/library/nginx@md5:${"9f".repeat(16)}`,
  "docker.io/Library/nginx:1",
  "docker.io/../nginx:1",
  "docker.io//nginx:1",
  "docker.io/nginx:1 --override-os windows",
  "docker.io/nginx:1;reboot",
  "-x.io/nginx:1",
  `docker.io/${"a".repeat(200)}:1`,
]) {
  test(`${bad.slice(0, 60)} is none`, async () => {
    const { plan, diagnostics } = await compiled(image(bad) + container());
    assert.is(plan, undefined);
    assert.ok(diagnostics.some(({ severity, message }) => severity === "error" && message.includes("oci")));
  });
}

for (const [name, value] of [
  ["url", '"https://x.example/a.tar.gz"'],
  ["template", '"debian-13-standard_13.1-2_amd64.tar.zst"'],
  ["path", '"/srv/a.tar"'],
  ["format", "archive"],
  ["sha256", `"${"9f".repeat(32)}"`],
  ["sha512", `"${"9f".repeat(64)}"`],
  ["compression", "gz"],
] as const) {
  test(`\`${name}\` beside it is refused, once`, async () => {
    assert.equal(await codes(image(NGINX, `, ${name} = ${value}`)), ["PHX4442"]);
  });
}

test("a machine and a drive cannot be made of it", async () => {
  const disk = "disk root { size = 8GiB, storage = local-lvm }";
  assert.equal(await codes(`${image(NGINX)}vm 101 app { image = app, ${disk} }`), ["PHX4432"]);
  assert.equal(await codes(`${image(NGINX)}vm 101 app { ${disk}, cdrom i { iso = app } }`), ["PHX4432"]);
});

test("a feature needs the system of the image, in clones too", async () => {
  const features = container("features = [base_setup]");
  assert.equal(await codes(image(NGINX) + features), ["PHX4443"]);
  assert.equal(await codes(image("docker.io/library/debian:13") + features), ["PHX4430", "PHX4443"]);
  assert.equal(await codes(image(NGINX, ", os = debian13") + features), []);
  const clone = `${container("template = true")}ct 201 copy { clone = web, features = [base_setup] }\n`;
  assert.ok((await codes(image(NGINX) + clone)).includes("PHX4443"));
});

test("another reference is another input of a template", async () => {
  const inputs = async (reference: string): Promise<unknown> => {
    const { plan } = await compiled(image(reference) + container("template = true"));
    const probe = plan?.steps.find((step) => step.probe.kind === "template-inputs")?.probe;
    return probe?.kind === "template-inputs" ? probe.inputs["image"] : undefined;
  };
  assert.type(await inputs(NGINX), "string");
  assert.is.not(await inputs(NGINX), await inputs(`docker.io/library/nginx@sha256:${"8e".repeat(32)}`));
});

test.run();
