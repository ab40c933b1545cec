import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import type { Probe } from "../../src/model/plan.js";
import { checkText } from "../support/compile.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("network volumes");

const vm = (body: string): string =>
  `vm 100 a {\n disk root { size = 1GiB, storage = local }\n agent = true\n ${body}\n}\n`;

type Work = Extract<Probe, { kind: "guest-work" }>;

async function workOf(text: string): Promise<readonly Work[]> {
  const { plan } = await compileSource(text);
  return plan.steps.flatMap(({ probe }) => (probe.kind === "guest-work" ? [probe] : []));
}

async function parameters(body: string): Promise<ReadonlyMap<string, string>> {
  const [work] = (await workOf(vm(body))).filter(({ name }) => name === "volumes");
  return new Map(
    (work?.parameters ?? []).map((each) => [each.name, "value" in each ? each.value : JSON.stringify(each)]),
  );
}

test("each is one line of fstab, the outer ones first; a server that is away does not keep the guest from starting", async () => {
  const table = (
    await parameters(`volume nfs inner { from = "10.0.0.13:/tank/b/", at = "/data/inner" }
volume nfs outer { from = "nas.lan:/tank/a", at = "/data", options = [noatime, "vers=4.2"] }
volume samba docs { from = "//10.0.0.14/My Documents", at = "/docs" }
volume virtiofs shared { from = "share0", at = "/shared" }`)
  ).get("table");
  assert.equal(table?.split("\n"), [
    "nas.lan:/tank/a /data nfs noatime,vers=4.2,nofail,_netdev 0 0",
    "10.0.0.13:/tank/b /data/inner nfs nofail,_netdev 0 0",
    "//10.0.0.14/My\\040Documents /docs cifs guest,nofail,_netdev 0 0",
    "share0 /shared virtiofs nofail 0 0",
  ]);
});

test("the account of a Samba share reaches the guest, and no plan", async () => {
  const found = await parameters(
    'volume samba docs { from = "//nas/docs", at = "/docs", user = heads, password = secret("file:/root/pw"), domain = LAN }',
  );
  assert.is(found.get("table"), "//nas/docs /docs cifs credentials=/etc/phxc/samba-docs,nofail,_netdev 0 0");
  assert.is(found.get("accounts"), "/etc/phxc/samba-docs 0 LAN heads");
  assert.match(found.get("password_0") ?? "", "file:/root/pw");
});

test("the client comes with the volume, once, before it; what a script needs is there", async () => {
  const nfs = 'volume nfs x { from = "10.0.0.13:/x", at = "/x" }';
  const names = async (text: string): Promise<readonly string[]> => (await workOf(text)).map(({ name }) => name);
  assert.equal(await names(vm(nfs)), ["feature.nfs_client", "volumes"]);
  assert.equal(await names(vm(`features = [nfs_client]\n${nfs}`)), ["feature.nfs_client", "volumes"]);
  assert.equal(await names(vm('volume samba x { from = "//a/b", at = "/x" }')), ["feature.samba_client", "volumes"]);
  assert.equal(await names(vm('volume virtiofs x { from = data, at = "/x" }')), ["volumes"]);
  const clone = `vm 900 t {
 template = true
 agent = true
 disk root { size = 1GiB, storage = local }
 features = [nfs_client]
}
vm 101 b {
 clone = t
 ${nfs}
}
`;
  assert.equal(await names(clone), ["feature.nfs_client", "volumes"]);
});

test("virtiofs is a device of the machine, from a mapping that the host must have", async () => {
  const { plan } = await compileSource(vm('volume virtiofs d { from = data, at = "/x" }'));
  const step = plan.steps.find(({ id }) => id.endsWith(".options"));
  assert.match((step?.commands[0] ?? []).join(" "), "--virtiofs0 data");
  assert.ok(plan.requirements.some((one) => one.kind === "mapping" && one.type === "directory" && one.id === "data"));
});

/** Codes of all findings, those of the plan among them. */
async function codes(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
  return diagnostics.map(({ code }) => code);
}

test("what cannot be mounted is said where it stands", async () => {
  for (const [body, code] of [
    ['volume nfs x { from = "10.0.0.13:/x" }', "PHX5061"],
    ['volume nfs x { at = "/x" }', "PHX5061"],
    ['volume nfs x { from = "/x", at = "/x" }', "PHX5062"],
    ['volume nfs x { from = "10.0.0.13:x", at = "/x" }', "PHX5062"],
    ['volume samba x { from = "10.0.0.13:/x", at = "/x" }', "PHX5062"],
    ['volume virtiofs x { from = "/srv/x", at = "/x" }', "PHX5062"],
    ['volume samba x { from = "//a/b", at = "/x", user = me }', "PHX5065"],
    ['volume samba x { from = "//a/b", at = "/x", domain = lan }', "PHX5065"],
    ['volume nfs x { from = "a:/b", at = "/x", user = me, password = secret("file:/p") }', "PHX5065"],
  ] as const)
    assert.equal(await codes(vm(body)), [code], body);
});

test("values that would break a line of fstab are refused", async () => {
  for (const more of [
    'at = "/a b"',
    'at = "/a\\\\b"',
    'at = "/x", options = ["a b"]',
    'at = "/x", options = ["a,b"]',
  ]) {
    const { diagnostics } = await checkText(vm(`volume nfs x { from = "a:/b", ${more} }`));
    assert.ok(diagnostics.length > 0, more);
  }
});

test("a container mounts what its privileges allow; others get the directory of the host", async () => {
  const ct = (more: string): string =>
    `ct 100 a {\n image = "local:vztmpl/debian.tar.zst"\n disk root { size = 1GiB, storage = local }\n ${more}\n}\n`;
  const nfs = 'volume nfs x { from = "10.0.0.13:/x", at = "/x" }';
  assert.equal(await codes(ct(nfs)), ["PHX5063"]);
  assert.equal(await codes(ct(`unprivileged = false\n${nfs}`)), ["PHX5063"]);
  assert.equal(await codes(ct(`unprivileged = true\nmount_fs = [nfs]\n${nfs}`)), ["PHX5063"]);
  assert.equal(await codes(ct('unprivileged = false\nvolume virtiofs x { from = data, at = "/x" }')), ["PHX5063"]);
  assert.equal(await codes(ct(`unprivileged = false\nmount_fs = [nfs]\n${nfs}`)), []);
});

test("an export of the declared host lies on a declared dataset", async () => {
  const host = "host pve1 { address = 10.0.0.13 }\n";
  const nfs = vm('volume nfs x { from = "10.0.0.13:/tank/x/1", at = "/x" }');
  assert.equal(await codes(host + nfs), ["PHX5064"]);
  const tank = 'pool tank { disks = ["/dev/disk/by-id/a"], raid = single }\ndataset tank/x {}\n';
  assert.equal(await codes(host + tank + nfs), []);
  assert.equal(await codes(nfs), []);
});

/** The compilation of a JSON configuration in one file. */
async function compiledJson(config: object): Promise<Awaited<ReturnType<typeof compile>>> {
  return compile({ entry: "c.json", files: memoryFiles({ "c.json": JSON.stringify(config) }) });
}

test("the JSON configuration's NFS shares come from the host's own address", async () => {
  const disk = { storage_pool: "local-lvm", memory_mb: 512, cores: 1 };
  const share = { host_path: "/tank/x", guest_path: "/x", options: "noatime,vers=4" };
  const { plan, diagnostics } = await compiledJson({
    network: { interfaces: { name: "vmbr0", address: "10.0.0.13/24", gateway: "10.0.0.1" }, nfs_server: "127.0.0.1" },
    vms: [{ ...disk, vmid: 200, name: "vm", template_image: "/i.qcow2", disk_size_gb: 8, nfs_shares: [share] }],
  });
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  const probes = (plan?.steps ?? []).map(({ probe }) => probe);
  const work = probes.flatMap((probe) => (probe.kind === "guest-work" && probe.name === "volumes" ? [probe] : []));
  const table = work[0]?.parameters.find(({ name }) => name === "table");
  assert.equal(table, { name: "table", value: "10.0.0.13:/tank/x /x nfs noatime,vers=4,nofail,_netdev 0 0" });
});

test.run();
