import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hostOf, readRecords } from "../../src/host/capture-records.js";
import { withoutSecrets } from "../../src/host/capture-secrets.js";
import { isOrdinaryPath } from "../../src/text/host-paths.js";

const test = suite("capture-records");

function record(kind: string, name = "", text = ""): string {
  return `${kind} ${Buffer.byteLength(name)} ${Buffer.byteLength(text)}\n${name}${text}\n`;
}

function output(...records: string[]): Buffer {
  return Buffer.from(`phxc-capture 1\n${records.join("")}`);
}

const ANSWER = [
  record("value", "node", "pve"),
  record("value", "version", "pve-manager/9.2.11/14a2 (running kernel: 6.17.2-1-pve)"),
  record("file", "/etc/pve/firewall/1.fw", "größer\nend 0 0\n"),
  record("end"),
];

test("records are read by their lengths, whatever they hold, and whatever a login shell said before", () => {
  for (const before of ["", "Welcome to pve\nvalue 1 1\nab\n"]) {
    const records = readRecords(Buffer.concat([Buffer.from(before), output(...ANSWER)]));
    assert.equal(records?.map(({ kind, name, text }) => [kind, name, text])[2], [
      "file",
      "/etc/pve/firewall/1.fw",
      "größer\nend 0 0\n",
    ]);
  }
});

test("an answer that is cut off anywhere is not taken", () => {
  const whole = output(...ANSWER);
  for (let length = 0; length < whole.length; length++)
    assert.is(readRecords(whole.subarray(0, length)), undefined, `${length} bytes`);
});

test("what is no record is not taken", () => {
  const bad = [
    "value 4 3\nnodepve!",
    "value x 3\n",
    "VALUE 0 0\n\n",
    "value 0\n\n",
    "value 0 99999999999\n\n",
    "value -1 0\n\n",
  ];
  for (const text of bad) assert.is(readRecords(output(text, record("end"))), undefined, text);
});

test("the order of the answers leaves no trace", () => {
  const lists = [
    record("bridge", "vmbr1", "9000"),
    record("bridge", "vmbr0", "1500"),
    record("device", "/dev/b", ""),
    record("device", "/dev/a", ""),
    record("device", "/dev/b", ""),
    record("running", "201"),
    record("running", "101"),
    record("path", "/tank/b", "directory 3 100033:100033"),
    record("path", "/tank/a", "file 12 0:0"),
    record("path", "/run/x", "file 12 0:0"),
  ];
  const of = (records: readonly string[]): unknown => hostOf(readRecords(output(...records, record("end"))) ?? []);
  const host = hostOf(readRecords(output(...lists, record("end"))) ?? []);
  assert.equal(of(lists.toReversed()), host);
  assert.equal(host.devices, ["/dev/a", "/dev/b"]);
  assert.equal(host.running, [101, 201]);
  assert.equal(Object.entries(host.paths), [
    ["/tank/a", { kind: "file", size: 12, uid: 0, gid: 0 }],
    ["/tank/b", { kind: "directory", size: 0, uid: 100033, gid: 100033 }],
  ]);
});

test("tables of tools are read; lines that are none are left out", () => {
  const list = `Volid                       Format  Type        Size VMID
local:100/vm-100-disk-0.qcow2 qcow2   images 4294967296 100
local:iso/a b.iso             iso     iso      12345
local:backup/x.vma.zst        vma.zst backup   99999 100
cannot open that
`;
  const { volumes, datasets, pools, elsewhere } = hostOf([
    { kind: "volumes", name: "local", text: list },
    { kind: "value", name: "node", text: "pve" },
    { kind: "value", name: "pools", text: "tank\t1000\t12\nodd\t-\t-" },
    {
      kind: "value",
      name: "pool-properties",
      text: "tank\tautotrim\ton\tlocal\ntank\tashift\t12\tlocal\ntank\tsize\t1000\t-\nelse\tautotrim\ton\tlocal",
    },
    { kind: "value", name: "datasets", text: "tank\tfilesystem\t-\t-\t/tank\ntank/v\tvolume\t4096\ttank/b@s\t-" },
    { kind: "value", name: "properties", text: "tank\tatime\toff\n" },
    { kind: "value", name: "snapshots", text: "tank/v@z\ntank/v@a" },
    {
      kind: "value",
      name: "vmlist",
      text: '{\n"version": 7,\n"ids": {\n"100": { "node": "pve", "type": "qemu", "version": 3 },\n"101": { "node": "pve2", "type": "lxc", "version": 5 }}\n\n}\n',
    },
  ]);
  assert.equal(volumes, {
    "local:100/vm-100-disk-0.qcow2": { size: 4294967296, format: "qcow2" },
    "local:iso/a b.iso": { size: 12345, format: "iso" },
  });
  assert.equal(pools, {
    tank: { size: 1000, ashift: 12, parts: [], properties: { autotrim: "on" } },
    odd: { size: 0, ashift: 0, parts: [], properties: {} },
  });
  assert.equal(datasets["tank"]?.properties, { atime: "off" });
  assert.equal(datasets["tank/v"], {
    type: "volume",
    properties: {},
    volsize: 4096,
    snapshots: ["z", "a"],
    origin: "tank/b@s",
  });
  assert.equal(elsewhere, [{ id: 101, kind: "ct", node: "pve2" }]);
});

test("our own search finds what the host's does not, in comments as Proxmox writes them", () => {
  const { text, found } = withoutSecrets('#db password%3A\n#"hunter2!"\nmemory: 512\n#later [x] \n');
  assert.is(found, 1);
  assert.is(text, '#db password%3A\n#"********"\nmemory: 512\n#later [x] \n');
  const plain = "#all%3A 100%\ncores: 2\nsshkeys: ssh-ed25519%20AAAA\nkeyboard: de\n";
  assert.equal(withoutSecrets(plain), { text: plain, found: 0 });
});

const STATUS = `  pool: rpool
 state: ONLINE
config:

\tNAME                              STATE     READ WRITE CKSUM
\trpool                             ONLINE       0     0     0
\t  /dev/disk/by-id/nvme-a-part3    ONLINE       0     0     0

errors: No known data errors

  pool: tank
 state: DEGRADED
status: One or more devices could not be used.
\tSufficient replicas exist.
  scan: resilvered 1G
config:

\tNAME                              STATE     READ WRITE CKSUM
\ttank                              DEGRADED     0     0     0
\t  mirror-0                        DEGRADED     0     0     0
\t    /dev/disk/by-id/ata-a-part1   ONLINE       0     0     0
\t    replacing-1                   DEGRADED     0     0     0
\t      4242                        UNAVAIL      0     0     0  was /dev/disk/by-id/ata-old-part1
\t      /dev/sdd1                   ONLINE       0     0     0  (resilvering)
\t  draid2:4d:11c:1s-2              ONLINE       0     0     0
\t    /dev/nvme0n1p1                ONLINE       0     0     0
\t    spare-1                       ONLINE       0     0     0
\t      /dev/sde1                   ONLINE       0     0     0
\t      draid2-2-0                  ONLINE       0     0     0
\t  indirect-3                      ONLINE       0     0     0
\tlogs
\t  /dev/sdf2                       ONLINE       0     0     0
\tspares
\t  /dev/sdg1                       AVAIL

errors: No known data errors
`;

test("what pools are made of is read as zpool status tells it, disks by the names of whole ones", () => {
  const value = (name: string, text: string) => ({ kind: "value", name, text });
  const { pools } = hostOf([value("pools", "rpool\t1\t12\ntank\t1\t12"), value("pool-status", STATUS)]);
  assert.equal(pools["rpool"]?.parts, [{ role: "data", type: "disk", disks: ["/dev/disk/by-id/nvme-a-part3"] }]);
  assert.equal(pools["tank"]?.parts, [
    { role: "data", type: "mirror", disks: ["/dev/disk/by-id/ata-a", "/dev/sdd"] },
    { role: "data", type: "draid2:4d:11c:1s", disks: ["/dev/nvme0n1", "/dev/sde"] },
    { role: "log", type: "disk", disks: ["/dev/sdf2"] },
    { role: "spare", type: "disk", disks: ["/dev/sdg"] },
  ]);
});

test("names of tokens are none of secrets, comments may hold one", () => {
  const text =
    "user:root@pam:1:0::::db password=hunter2:x:\ntoken:root@pam!ci:0:1:api_key=abcd1234:\nacl:1:/:a@pve:Admin:\n";
  const host = hostOf([{ kind: "file", name: "/etc/pve/user.cfg", text }]);
  const kept = host.files["/etc/pve/user.cfg"] ?? "";
  assert.is(host.masked, 2);
  assert.match(kept, /^user:root@pam:1:0::::db password=\*+/);
  assert.match(kept, /\ntoken:root@pam!ci:0:1:api_key=\*+/);
  assert.match(kept, "\nacl:1:/:a@pve:Admin:\n");
  const plain = "user:root@pam:1:0::::::\ntoken:root@pam!ci:0:1::\n";
  assert.equal(hostOf([{ kind: "file", name: "/etc/pve/user.cfg", text: plain }]).files, {
    "/etc/pve/user.cfg": plain,
  });
});

test("only paths of ordinary files can be looked at", () => {
  for (const path of ["/root/a.img", "/a", "/srv/übung", "/runner/x", "/etc/pvelike"])
    assert.ok(isOrdinaryPath(path), path);
  const bad = [
    "",
    "/",
    "a",
    "/a/",
    "/a//b",
    "/a/../b",
    "/a/.",
    "/..",
    "/etc/pve",
    "/etc/pve/priv/authkey.key",
    "/proc/1",
    "/run/x",
  ];
  for (const path of [...bad, "/a\0b", `/${"x".repeat(256)}`, `/${"x/".repeat(1001)}x`])
    assert.not(isOrdinaryPath(path), path);
});

test.run();
