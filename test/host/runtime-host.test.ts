import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HostState } from "../../src/rehearsal/index.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import { mutating } from "../support/rehearsal.js";
import { zfsHost } from "../support/sim.js";
import { another, appVm, applied, output, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: the host's files, pools, datasets, storages and images");

const FIREWALL = "firewall {\n policy_in = DROP\n in accept tcp 22 from any\n}";
const OWN =
  "# Managed by phxc: ct 200 web. Changes are overwritten.\n\n[OPTIONS]\n\nenable: 1\npolicy_in: DROP\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 22\n";

function file(root: string, path: string): string | undefined {
  const at = join(root, path);
  return existsSync(at) ? readFileSync(at, "utf8") : undefined;
}

test("a firewall file that is not ours holds its guest back, and is left as it is", () =>
  scripted(webCt(`${FIREWALL}\nboot { start = true }`) + appVm(), async ({ host, apply, check, quiet }) => {
    const foreign = "[OPTIONS]\nenable: 1\n";
    writeFileSync(join(host.root, "etc/pve/firewall/200.fw"), foreign);
    assert.ok(
      (await check()).includes(
        "! ct 200 web: held back: /etc/pve/firewall/200.fw exists and was not made by phxc; remove it or declare adopt = true",
      ),
    );
    const run = await apply(4);
    assert.match(told(run).join("\n"), /^! ct 200 web: held back: \/etc\/pve\/firewall\/200\.fw exists/m);
    assert.match(told(run).join("\n"), /^\+ vm 100 app: create/m);
    assert.is(file(host.root, "etc/pve/firewall/200.fw"), foreign);
    assert.equal(
      host.guests().filter(({ running }) => running),
      [],
    );
    rmSync(join(host.root, "etc/pve/firewall/200.fw"));
    await apply();
    assert.is(file(host.root, "etc/pve/firewall/200.fw"), OWN);
    await quiet();
  }));

test("one that is adopted is kept aside, once; afterwards it is ours, and its lines are told", () =>
  applied(webCt(), async ({ host }) => {
    const path = join(host.root, "etc/pve/firewall/200.fw");
    const aside = join(host.root, "var/lib/phxc/backup/_etc_pve_firewall_200.fw");
    const { check, apply, quiet } = await another(host, webCt(FIREWALL.replace("{", "{\n adopt = true")));
    writeFileSync(path, "[OPTIONS]\nenable: 0\n[RULES]\nIN ACCEPT -p tcp -dport 22\n");
    const expected = ["~ ct 200 web: file /etc/pve/firewall/200.fw"];
    assert.equal(await check(), expected);
    assert.not.ok(existsSync(aside));
    assert.equal(told(await apply()), expected);
    assert.match(readFileSync(aside, "utf8"), "enable: 0");
    await quiet();
    writeFileSync(path, "[OPTIONS]\nenable: 0\n# a second time\n");
    await apply();
    assert.not.match(readFileSync(aside, "utf8"), "second");
    writeFileSync(path, OWN.replace("22\n", "23\n"));
    assert.match(
      (await apply()).stdout,
      `~ ct 200 web: file /etc/pve/firewall/200.fw
    @@ -7,4 +7,4 @@
     
     [RULES]
     
    -IN ACCEPT -p tcp -dport 23
    +IN ACCEPT -p tcp -dport 22
`,
    );
    assert.is(file(host.root, "etc/pve/firewall/200.fw"), OWN);
  }));

test("a clone keeps nothing of its source's firewall file", () =>
  scripted(
    webCt(`${FIREWALL}\nsnapshot ready {}`) +
      "ct 201 copy {\n clone = web\n clone_snapshot = ready\n net lan { ip = 10.0.0.21 }\n}\n",
    async ({ host, apply, quiet }) => {
      const run = await apply();
      assert.ok(run.commands.some(({ argv }) => argv[1] === "clone"));
      assert.is(file(host.root, "etc/pve/firewall/200.fw"), OWN);
      assert.is(file(host.root, "etc/pve/firewall/201.fw"), undefined);
      await quiet();
    },
  ));

test("a mounted directory is made and given to its owner; what is no directory holds the guest back", () =>
  scripted(
    webCt('mount "/srv/x" { at = "/x", owner = 33:33 }\nmount "/srv/a b" { at = "/y" }'),
    async ({ host, apply, quiet, check }) => {
      const run = await apply();
      assert.equal(
        told(run).filter((line) => line.includes("directory")),
        ["+ ct 200 web: directory /srv/a b", "+ ct 200 web: directory /srv/x of 100033:100033"],
      );
      await quiet();
      host.state.owners["/srv/x"] = { uid: 0, gid: 0 };
      assert.equal(await check(), ["~ ct 200 web: owner of /srv/x: 0:0 -> 100033:100033"]);
      await apply();
      rmSync(join(host.root, "srv/x"), { recursive: true });
      writeFileSync(join(host.root, "srv/x"), "");
      assert.equal(told(await apply(4)), ["! ct 200 web: held back: /srv/x is not a directory"]);
    },
  ));

const DISK = "/dev/disk/by-id/a";
const POOL = `pool tank { disks = ["${DISK}"], raid = single }\n`;

test("a pool is never made on a disk that is missing or carries anything: refused with 3, all told, nothing touched", () =>
  scripted(
    `pool tank { disks = ["${DISK}", "/dev/disk/by-id/b"], raid = mirror }\npool other { disks = ["/dev/disk/by-id/c"], raid = single }\n`,
    async ({ host, apply }) => {
      const run = await apply(3);
      assert.match(
        run.stderr,
        /^ {2}- disk \/dev\/disk\/by-id\/a is not empty \(ext4\); a pool is never made on it \(pool tank\)$/m,
      );
      assert.match(run.stderr, /^ {2}- disk \/dev\/disk\/by-id\/b is not there \(pool tank\)$/m);
      assert.equal([mutating(run), Object.keys(host.state.pools)], [[], []]);
    },
    emptyHost({ disks: [{ path: DISK, signature: "ext4" }, { path: "/dev/disk/by-id/c" }] }),
  ));

const DATASET = `${POOL}dataset tank/d {
  recordsize = 1MiB
  quota = 1.4TiB
  reservation = none
  compression = zstd
  atime = false
  properties { refquota = 0 }
}
`;

const withDisk = (): HostState => emptyHost({ disks: [{ path: DISK }] });

test("a dataset's drift is one `zfs set` of just what drifted; sizes, none and other spellings are the same", () =>
  scripted(
    DATASET,
    async ({ apply, quiet, byHand, check }) => {
      await apply();
      await quiet();
      for (const pair of ["quota=100G", "atime=on", "recordsize=128K", "sync=always"])
        await byHand(`zfs set ${pair} tank/d`);
      assert.equal(await check(), [
        "~ host: dataset tank/d: atime on -> off",
        "~ host: dataset tank/d: quota 100G -> 1539316278886",
        "~ host: dataset tank/d: recordsize 128K -> 1M",
      ]);
      assert.equal(mutating(await apply()), ["zfs set atime=off quota=1539316278886 recordsize=1M tank/d"]);
      await quiet();
    },
    withDisk(),
  ));

const STORAGE = `storage dir files { path = "/srv/files", content = [iso, backup], shared = true }\n`;

test("a storage's content is a set; its drift is one `pvesm set`; steps after it see a new one", () =>
  scripted(
    `${STORAGE}${POOL}dataset tank/g { storage zfspool { id = guests, content = [images, rootdir] } }\n${webCt().replace("storage = cts", "storage = guests")}`,
    async ({ host, apply, quiet, byHand, check }) => {
      await apply();
      assert.ok(host.state.datasets["tank/g/subvol-200-disk-0"]);
      const config = join(host.root, "etc/pve/storage.cfg");
      writeFileSync(
        config,
        readFileSync(config, "utf8")
          .replace("content backup,iso", "content iso,backup")
          .replace("content iso,backup", "content iso,backup"),
      );
      await quiet();
      await byHand("pvesm set files --content iso,vztmpl --shared 0");
      const drift = ["~ host: storage files: content iso,vztmpl -> backup,iso", "~ host: storage files: shared 0 -> 1"];
      assert.equal(
        (await check()).map((line) => line.replace("vztmpl,iso", "iso,vztmpl")),
        drift,
      );
      assert.equal(mutating(await apply()), ["pvesm set files --content backup,iso --shared 1"]);
      await quiet();
    },
    { ...withDisk(), ...{ images: zfsHost().images } },
  ));

test("a storage of another type or in another place is refused before anything is touched", () =>
  scripted(
    `${STORAGE}storage zfspool vms { pool = tank/other, content = [images] }\nstorage dir cts { path = "/x", content = [images] }\n`,
    async ({ host, apply, byHand }) => {
      await byHand("pvesm add dir files --path /elsewhere --content iso");
      const before = readFileSync(join(host.root, "etc/pve/storage.cfg"), "utf8");
      const run = await apply(3);
      assert.match(run.stderr, /^Refused; nothing was touched:$/m);
      for (const problem of [
        "storage files has path /elsewhere, declared as /srv/files; Proxmox cannot change it",
        "storage vms has pool tank/vms, declared as tank/other; Proxmox cannot change it",
        "storage cts is of type zfspool, declared as dir",
      ])
        assert.match(run.stderr, `  - ${problem}`);
      assert.equal(mutating(run), []);
      assert.is(readFileSync(join(host.root, "etc/pve/storage.cfg"), "utf8"), before);
    },
  ));

const URL = "https://images.example/x.img";
const PLACE = "var/lib/vz/template/iso";
const IMAGE = `image x { url = "${URL}", sha256 = "${"ab".repeat(32)}" }\n`;

test("a download with another checksum, or one that fails, leaves nothing; a good one stays and is not fetched again", () =>
  scripted(IMAGE, async ({ host, apply, quiet, check }) => {
    const there = (): string[] => (existsSync(join(host.root, PLACE)) ? readdirSync(join(host.root, PLACE)) : []);
    assert.equal(await check(), [`+ host: image /${PLACE}/x.img`]);
    host.state.downloads[URL] = { sha256: "cd".repeat(32) };
    const wrong = await apply(4);
    assert.match(
      wrong.stderr,
      new RegExp(
        `^Refused: step image\\.x \\(host; asked for by fleet\\.phx\\): the checksum of what came for /${PLACE}/x\\.img is (cd){32}, declared as (ab){32}; it was removed$`,
        "m",
      ),
    );
    assert.equal(there(), []);
    host.state.downloads[URL] = { fails: 8 };
    assert.match((await apply(4)).stderr, /exit code: 8\n {2}its last lines:\n.*\n {4}.*404/);
    assert.equal(there(), []);
    host.state.downloads[URL] = { sha256: "ab".repeat(32) };
    await apply();
    assert.equal(there(), ["x.img"]);
    await quiet();
  }));

test("an image that is there is not fetched, an empty file is", () =>
  scripted(`image x { url = "${URL}" }\n`, async ({ host, apply }) => {
    mkdirSync(join(host.root, PLACE), { recursive: true });
    host.state.downloads[URL] = { sha256: "ab".repeat(32) };
    writeFileSync(join(host.root, PLACE, "x.img"), "mine");
    assert.equal(mutating(await apply()), []);
    writeFileSync(join(host.root, PLACE, "x.img"), "");
    assert.is(mutating(await apply()).length, 1);
  }));

test("what a killed download left beside its place is written over", () =>
  scripted(IMAGE, async ({ host, apply }) => {
    mkdirSync(join(host.root, PLACE), { recursive: true });
    writeFileSync(join(host.root, PLACE, "x.img.part"), "half");
    host.state.downloads[URL] = { sha256: "ab".repeat(32) };
    const run = await apply();
    assert.equal(readdirSync(join(host.root, PLACE)), ["x.img"], output(run));
  }));

test.run();
