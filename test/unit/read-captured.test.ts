import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptured } from "../../src/rehearsal/index.js";
import { sourceFile } from "../../src/text/source.js";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

const test = suite("read-captured");

const HOST = {
  format: "phxc-host",
  formatVersion: 1,
  compiler: "0.1.0",
  node: "pve",
  version: "9.2.11",
  bridges: [{ name: "vmbr0", mtu: 1500 }],
  nics: ["eno1"],
  devices: ["/dev/nvidia0"],
  disks: [{ path: "/dev/sda", size: 1000, signature: "ext4" }],
  pools: {
    tank: {
      ...{ size: 1000, ashift: 12, parts: [{ role: "data", type: "mirror", disks: ["/dev/sda", "/dev/sdb"] }] },
      properties: { autotrim: "on" },
    },
  },
  datasets: {
    "tank/a": { type: "filesystem", properties: { atime: "off" }, volsize: 0, snapshots: ["s"], origin: "" },
  },
  volumes: { "local:iso/a.iso": { size: 10, format: "iso" } },
  files: { "/etc/pve/storage.cfg": "dir: local\n\tpath /var/lib/vz\n" },
  paths: { "/tank/a/media": { kind: "directory", size: 3, uid: 0, gid: 0 } },
  running: [101],
  elsewhere: [{ id: 7, kind: "vm", node: "pve2" }],
  masked: 0,
  warnings: [],
};

function read(text: string): readonly [string, string] | undefined {
  const { value, diagnostics } = readCaptured(sourceFile("state.json", text), text);
  assert.is(value === undefined, diagnostics.length === 1);
  const [finding] = diagnostics;
  return finding === undefined ? undefined : [finding.code, finding.message];
}

test("a whole state is read as it is", () => {
  const text = JSON.stringify(HOST);
  const { value, diagnostics } = readCaptured(sourceFile("state.json", text), text);
  assert.equal(diagnostics, []);
  const { format, formatVersion, compiler, ...host } = HOST;
  assert.equal([format, formatVersion, compiler, value], ["phxc-host", 1, "0.1.0", host]);
});

test("every part must be there, and be what it is", () => {
  for (const key of Object.keys(HOST).filter((name) => !["compiler", "format", "nics"].includes(name))) {
    const { [key as keyof typeof HOST]: _, ...rest } = HOST;
    const missing = read(JSON.stringify(rest));
    assert.equal([missing?.[0], missing?.[1].includes(key)], ["PHX7009", true], key);
    for (const wrong of [null, "../x", { "..": 1 }, [1, "a"], -1, 0.5])
      assert.is(read(JSON.stringify({ ...HOST, [key]: wrong }))?.[0], "PHX7009", `${key} ${JSON.stringify(wrong)}`);
  }
});

test("a capture of an older phxc knows no cards, nor what pools are made of", () => {
  const { nics: _nics, ...rest } = HOST;
  const older = { ...rest, pools: { tank: { size: 1000, ashift: 12 } } };
  const { value } = readCaptured(sourceFile("state.json", ""), JSON.stringify(older));
  assert.equal([value?.nics, value?.pools["tank"]?.parts], [[], []]);
});

test("what is no JSON, of another program, or of a newer phxc has findings of its own", () => {
  for (const text of ["", "{", "null", "[]", "1", "\0", JSON.stringify(HOST).slice(0, -1)])
    assert.is(read(text)?.[0], "PHX7009", text);
  for (const format of [undefined, 3, "phxc-plan", "x".repeat(1000)])
    assert.is(read(JSON.stringify({ ...HOST, format }))?.[0], "PHX7010");
  assert.is(read(JSON.stringify({ ...HOST, formatVersion: 2, files: "unknown" }))?.[0], "PHX7011");
});

test("nothing of a state leads out of the simulated host", () => {
  const dataset = HOST.datasets["tank/a"];
  const bad: object[] = [
    { node: "../../x" },
    { node: "" },
    { bridges: [{ name: "../../x", mtu: 1500 }] },
    { bridges: [{ name: "a/b", mtu: 1500 }] },
    { nics: ["../eno1"] },
    { nics: null },
    { pools: { tank: { size: 0, ashift: 0, parts: [{ role: "data", type: "mirror", disks: ["../sda"] }] } } },
    { pools: { tank: { size: 0, ashift: 0, parts: [{ role: "other", type: "mirror", disks: [] }] } } },
    { pools: { tank: { size: 0, ashift: 0, parts: [{ role: "data", type: "a b", disks: [] }] } } },
    { files: { "/etc/pve/sdn/../../x.cfg": "" } },
    { files: { "/etc/pve/priv/shadow.cfg": "" } },
    { devices: ["/etc/passwd"] },
    { devices: ["/dev/../etc/passwd"] },
    { disks: [{ path: "sda", size: 0, signature: "" }] },
    { datasets: { "../x": dataset } },
    { datasets: { "/x": dataset } },
    { pools: { "a/../../b": { size: 0, ashift: 0 } } },
    { volumes: { "local:iso/../../../x": { size: 1, format: "iso" } } },
    { volumes: { nothing: { size: 1, format: "iso" } } },
    { files: { "/a/../../x": "" } },
    { files: { x: "" } },
    { files: { "/etc/pve/local": "" } },
    { files: { "/etc/pve/nodes/pve/qemu-server/100.conf/x": "" } },
    { files: { "/proc/mounts": "" } },
    { files: { "/run/lock": "" } },
    { paths: { "/etc/pve/lxc": { kind: "file", size: 1, uid: 0, gid: 0 } } },
    { files: { [`/${"x".repeat(300)}`]: "" } },
    { files: { "/etc/pve/storage.cfg": "dir: local\n\tpath /../../srv\n" } },
    { files: { "/etc/pve/storage.cfg": "dir: local\n\tpath srv\n" } },
  ];
  for (const part of bad) assert.is(read(JSON.stringify({ ...HOST, ...part }))?.[0], "PHX7009", JSON.stringify(part));
});

test("nothing is a file and a folder", () => {
  const file = { kind: "file", size: 1, uid: 0, gid: 0 };
  const bad: object[] = [
    { files: { "/srv/a": "", "/srv/a/b": "" } },
    { files: { "/var/lib/vz": "" } },
    { files: { "/dev": "" } },
    { paths: { "/tank/a": file } },
    { paths: { "/srv/a": file, "/srv/a/b": { ...file, kind: "directory" } } },
    { devices: ["/dev/a", "/dev/a/b"] },
    { files: { "/etc/pve/storage.cfg": "dir: local\n\tpath /srv/a\n", "/srv/a": "" } },
  ];
  for (const part of bad)
    assert.match(
      read(JSON.stringify({ ...HOST, ...part }))?.[1] ?? "",
      "both a file and a folder",
      JSON.stringify(part),
    );
});

const CT = `ct 101 web {
  image = "local:vztmpl/debian-13-tiny_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-lvm }
}
`;

test("a state that cannot be used is a finding before anything is compiled or run", async () => {
  const files = { "main.phx": CT, "old.json": '{"format":"phxc-host","formatVersion":9}', "binary.json": "\0" };
  await inFolder(files, async (cwd) => {
    const newer = await runCli(["rehearse", "--from", "old.json"], { cwd });
    assert.equal([newer.code, newer.out], [1, ""]);
    assert.match(newer.err, "error PHX7011");
    for (const name of ["none.json", "binary.json", "."]) {
      const { code, out, err } = await runCli(["rehearse", "--from", name], { cwd });
      assert.equal([code, out], [2, ""], name);
      assert.match(err, `cannot read ${name}`);
    }
    const machine = await runCli(["rehearse", "--from", "old.json", "--findings", "json"], { cwd });
    assert.is((JSON.parse(machine.out) as { findings: { code: string }[] }).findings[0]?.code, "PHX7011");
  });
});

test("the preflight of a plan speaks about the captured host: nothing is added to it", async () => {
  await inFolder({ "main.phx": CT, "state.json": JSON.stringify(HOST) }, async (cwd) => {
    const { code, out } = await runCli(["rehearse", "--from", "state.json"], { cwd });
    assert.is(code, 3, out);
    assert.match(out, "there is no storage local-lvm");
    assert.match(out, "there is no file /var/lib/vz/template/cache/debian-13-tiny_amd64.tar.zst");
    assert.match(out, /^failed: the first run ended with exit code 3/m);
    const without = await runCli(["rehearse", "--from", "state.json", "--without", "/dev/dri/*"], { cwd });
    assert.equal([without.code, without.out], [2, ""]);
    assert.match(without.err, /the host has no device \/dev\/dri\/\*\n {2}it has \/dev\/nvidia0/);
  });
});

test.run();
