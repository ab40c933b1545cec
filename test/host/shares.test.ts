import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import type { RehearsalRun, SimulatedHost } from "../../src/rehearsal/index.js";
import { unmarked } from "../support/planted.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("exports and shares");

const SOURCE = `
host pve {
  address = 10.0.0.13
  samba {
    workgroup = HOME
    options { "server min protocol" = SMB3 }
    user heads { password = secret("env:HEADS") }
  }
}
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
export data {
  path    = "/srv/data with blank"
  owner   = nobody
  mode    = 0777
  clients = [app, 10.0.1.0/24, "*.example.net", 10.0.0.99]
  options = [rw, sync, no_subtree_check]
  client 10.0.2.7 { options = [ro, all_squash, "anonuid=1000"] }
}
share media {
  path     = "/srv/media"
  owner    = heads
  mode     = 2770
  comment  = "Films; and \\"music\\""
  readonly = false
  users    = [heads, "@staff"]
  clients  = [lan]
  options { "vfs objects" = "acl_xattr" }
}
vm 100 app {
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = local-lvm }
  net lan { ip = 10.0.0.50 }
}
`;

async function apply(
  host: SimulatedHost,
  script: string,
  more: readonly string[] = [],
  password = "MarkOfHeads",
): Promise<Run> {
  const secrets = join(host.root, "root/sent");
  writeFileSync(secrets, `env:HEADS\0${password}\0`);
  const run = await host.runScript(script, ["--secrets", secrets, ...more]);
  return { ...run, output: run.stdout + run.stderr };
}

type Run = Pick<RehearsalRun, "code" | "commands"> & { readonly output: string };

const text = (host: SimulatedHost, path: string): string => readFileSync(join(host.root, path), "utf8");

const EXPORTS = `# Managed by phxc: export data
/srv/data\\040with\\040blank 10.0.0.50(rw,sync,no_subtree_check)
/srv/data\\040with\\040blank 10.0.1.0/24(rw,sync,no_subtree_check)
/srv/data\\040with\\040blank *.example.net(rw,sync,no_subtree_check)
/srv/data\\040with\\040blank 10.0.0.99(rw,sync,no_subtree_check)
/srv/data\\040with\\040blank 10.0.2.7(ro,all_squash,anonuid=1000)
`;

const SECTION = `# Managed by phxc: share media
[media]
	path = /srv/media
	comment = Films; and "music"
	read only = no
	valid users = heads @staff
	hosts allow = 10.0.0.0/24
	vfs objects = acl_xattr
`;

test("packages, directories, files, users: all is there after a run, and the second one changes nothing", async () => {
  const { plan, script } = await compileSource(SOURCE);
  await withHost(presupposed(plan), async (host) => {
    const first = await apply(host, script);
    assert.is(first.code, 0, first.output);
    unmarked(["MarkOfHeads"], `${first.output}${script}`, "an output");
    assert.is(text(host, "etc/exports.d/phx-data.exports"), EXPORTS);
    assert.is(text(host, "etc/samba/phx/media.conf"), SECTION);
    assert.match(text(host, "var/lib/nfs/etab"), /\/srv\/data with blank\t10\.0\.0\.50/);
    assert.match(
      text(host, "etc/samba/smb.conf"),
      /# phxc begin share-media\n\[global\]\n\tinclude = \/etc\/samba\/phx\/media\.conf\n# phxc end share-media\n/,
    );
    assert.match(text(host, "etc/samba/smb.conf"), /\[global\]\n\tworkgroup = HOME\n\tserver min protocol = SMB3\n/);
    assert.match(text(host, "var/lib/samba/private/passdb.tdb"), /^heads:/);
    const again = await apply(host, script);
    assert.is(again.code, 0, again.output);
    assert.equal(announced(again.output), []);
    assert.equal(mutating(again), []);
  });
});

test("what others export and share stays, byte for byte", async () => {
  const { plan, script } = await compileSource(SOURCE);
  await withHost(presupposed(plan), async (host) => {
    const others: Readonly<Record<string, string>> = {
      "etc/exports": "/srv/others 10.9.9.9(ro,no_subtree_check)\n",
      "etc/exports.d/zfs.exports": "/tank/zfs *(ro)\n",
      "etc/samba/others.conf": "[others]\n\tpath = /srv/others\n",
    };
    for (const folder of ["srv/others", "tank/zfs", "etc/exports.d", "etc/samba"])
      mkdirSync(join(host.root, folder), { recursive: true });
    for (const [path, own] of Object.entries(others)) writeFileSync(join(host.root, path), own);
    const smb = "[global]\n   workgroup = OLD\n\n[homes]\n   browseable = no\n\n[by-hand]\n   path = /srv/others";
    writeFileSync(join(host.root, "etc/samba/smb.conf"), smb);
    for (let i = 0; i < 2; i++) {
      const run = await apply(host, script);
      assert.is(run.code, 0, run.output);
    }
    for (const [path, own] of Object.entries(others)) assert.is(text(host, path), own);
    assert.ok(text(host, "etc/samba/smb.conf").startsWith(`${smb}\n# phxc begin `));
    assert.is(text(host, "var/lib/phxc/backup/_etc_samba_smb.conf"), smb);
    assert.match(text(host, "var/lib/nfs/etab"), /\/srv\/others\t10\.9\.9\.9\(/);
  });
});

test("another client changes one line and exports anew; another password sets it", async () => {
  const { plan, script } = await compileSource(SOURCE);
  const { script: other } = await compileSource(SOURCE.replace("10.0.0.99]", "10.0.0.98]"));
  await withHost(presupposed(plan), async (host) => {
    await apply(host, script);
    const look = await apply(host, other, ["--check"]);
    assert.is(look.code, 2, look.output);
    assert.match(look.output, /^ {4}-\/srv\/data.* 10\.0\.0\.99\(/m);
    assert.match(look.output, /^ {4}\+\/srv\/data.* 10\.0\.0\.98\(/m);
    assert.equal(mutating(look), []);
    const run = await apply(host, other);
    assert.equal(mutating(run), ["systemctl enable --now nfs-server", "exportfs -ra"]);
    const changed = await apply(host, other, [], "MarkOfAnother");
    assert.equal(announced(changed.output), ["~ host: Samba user heads: password (another) -> (env:HEADS)"]);
    assert.equal(mutating(changed), ["smbpasswd -s -a heads"]);
    unmarked(["MarkOfAnother"], changed.output, "an output");
  });
});

test("owner and mode of a directory that somebody changed are as declared again", async () => {
  const { plan, script } = await compileSource(SOURCE);
  await withHost(presupposed(plan), async (host) => {
    await apply(host, script);
    await host.execute(["chown", "5:5", "/srv/media"]);
    const run = await apply(host, script);
    assert.equal(announced(run.output), ["~ host: owner of /srv/media: 5:5 -> heads"]);
    assert.equal(announced((await apply(host, script)).output), []);
  });
});

test("a file of ours that somebody has replaced is refused, and nothing is touched", async () => {
  const { plan, script } = await compileSource(SOURCE);
  await withHost(presupposed(plan), async (host) => {
    await apply(host, script);
    writeFileSync(join(host.root, "etc/exports.d/phx-data.exports"), "/srv/mine *(ro)\n");
    const run = await apply(host, script);
    assert.is(run.code, 3, run.output);
    assert.match(run.output, /phx-data\.exports exists and was not made by phxc/);
    assert.is(text(host, "etc/exports.d/phx-data.exports"), "/srv/mine *(ro)\n");
  });
});

test("a directory mapping gets an entry for this node, and keeps those of others", async () => {
  const source = (path: string, more = ""): string =>
    `host pve { node = pve }\nmapping data { path = "${path}", owner = 7:7\n ${more} }\n`;
  const { plan, script } = await compileSource(source("/srv/data"));
  await withHost(presupposed(plan), async (host) => {
    const first = await apply(host, script);
    assert.equal(mutating(first).slice(-1), [
      "pvesh create /cluster/mapping/dir --id data --map node=pve,path=/srv/data",
    ]);
    assert.equal(announced((await apply(host, script)).output), []);
    const file = join(host.root, "etc/pve/mapping/directory.cfg");
    writeFileSync(
      file,
      "other\n\tmap node=pve,path=/srv/data\n\ndata\n\tmap path=/a,node=far\n\tmap path=/srv/data,node=pve\n",
    );
    assert.equal(mutating(await apply(host, script)), []);
    const { script: moved } = await compileSource(source("/srv/new", 'description = "50 % of it"'));
    const run = await apply(host, moved);
    assert.equal(announced(run.output).slice(-2), [
      "~ host: mapping data: path /srv/data -> /srv/new",
      "~ host: mapping data: description (unset) -> 50 % of it",
    ]);
    assert.match(
      text(host, "etc/pve/mapping/directory.cfg"),
      /\tmap path=\/a,node=far\n\tmap node=pve,path=\/srv\/new\n/,
    );
    assert.equal(mutating(await apply(host, moved)), []);
  });
});

test("what a virtual machine mounts by virtiofs is made before it, and need not be there already", async () => {
  const { plan } = await compileSource(`
mapping data { path = "/srv/data" }
vm 100 app {
  image = "/root/i.qcow2"
  agent = true
  disk root { size = 4GiB, storage = local-lvm }
  volume virtiofs data { from = data, at = "/data" }
}
`);
  assert.equal(
    plan.requirements.filter(({ kind }) => kind === "mapping"),
    [],
  );
  const at = (id: string): number => plan.steps.findIndex((step) => step.id === id);
  assert.ok(at("mapping.data") >= 0 && at("mapping.data") < at("vm.100.create"));
});

test("a rehearsal goes through, twice", async () => {
  const { plan, script } = await compileSource(SOURCE);
  const { passed, first, second } = await rehearse(script, presupposed(plan), {
    twice: true,
    secrets: standIns(plan),
  });
  assert.ok(passed, `${first.stdout}${first.stderr}${second?.stdout ?? ""}${first.unknown.join("\n")}`);
});

test.run();
