import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseGuestConfig, printGuestConfig } from "../../src/rehearsal/config/guest-config.js";
import { machinePath } from "../../src/rehearsal/host/machine.js";
import { decodeText, encodeText } from "../../src/text/pve-text.js";
import { contentOf, parseStorageConfig, printStorageConfig } from "../../src/rehearsal/config/storage-config.js";
import { parseProperty, printProperty } from "../../src/pve/property.js";
import { checkValue } from "../../src/pve/check.js";
import { specOf } from "../../src/pve/spec.js";
import { allocationSize, parseSize, parseZfsSize, printSize, printZfsSize } from "../../src/rehearsal/storage/sizes.js";
import { ctNetFormat, mountFormat, pctConfig } from "../../src/pve/pct.js";
import { netFormat } from "../../src/pve/qm-devices.js";
import { driveFormat, qmConfig } from "../../src/pve/qm.js";

const test = suite("rehearsal: files and values");

/** A VM's file with all sections, as Proxmox writes it. */
const vmFile = `#first line
#second%3A line
agent: 1
memory: 128
name: run1
scsi0: vms:vm-100-disk-0,size=1G
tags:${"  "}

[PENDING]
delete: scsi1
memory: 256

[special:cloudinit]
added: net1
ciuser: bob

[live]
#taken by hand
memory: 128
snaptime: 1795331309
`;

test("a VM's file with pending changes, cloud-init and a snapshot is read and written back byte for byte", () => {
  const config = parseGuestConfig(vmFile);
  assert.is(config.current.description, "first line\nsecond: line\n");
  assert.is(config.current.options.get("tags"), "");
  assert.is(config.pending.options.get("memory"), "256");
  assert.is(config.cloudInit.options.get("ciuser"), "bob");
  assert.is(config.snapshots.get("live")?.options.get("memory"), "128");
  assert.is(printGuestConfig("vm", config), vmFile);
});

test("a container's raw lines follow its options, in their own order, in both spellings", () => {
  const config = parseGuestConfig(
    "lxc.idmap: u 0 100000 65536\nmemory: 512\nlxc.apparmor.profile = unconfined\nlxc.idmap: g 0 1 1\n",
  );
  const written = "memory: 512\nlxc.idmap: u 0 100000 65536\nlxc.apparmor.profile: unconfined\nlxc.idmap: g 0 1 1\n";
  assert.is(printGuestConfig("ct", config), written);
});

test("a container's pending section has another name", () => {
  const config = parseGuestConfig("memory: 512\n\n[pve:pending]\nfeatures: nesting=1\n");
  assert.is(config.pending.options.get("features"), "nesting=1");
  assert.is(printGuestConfig("ct", config), "memory: 512\n\n[pve:pending]\nfeatures: nesting=1\n");
});

test("lines that are no configuration are dropped", () => {
  assert.is(printGuestConfig("ct", parseGuestConfig("???\nmemory: 512\nMemory: 3\n")), "memory: 512\n");
});

test("descriptions are encoded as Proxmox does", () => {
  assert.is(encodeText("a: 100% é\tb"), "a%3A 100% %C3%A9%09b");
  assert.is(decodeText("a%3A 100%25 %C3%A9%09b 5%"), "a: 100% é\tb 5%");
});

test("storage.cfg: needed options first, the rest sorted, a content list as it is", () => {
  const text =
    "dir: local\n\tpath /var/lib/vz\n\tcontent iso,images\n\nzfspool: zp\n\tsparse 1\n\tpool tank\n\tcontent images\n\n";
  const storages = parseStorageConfig(text);
  assert.is(
    printStorageConfig(storages),
    text.replace("\tsparse 1\n\tpool tank\n\tcontent images", "\tpool tank\n\tcontent images\n\tsparse 1"),
  );
  assert.equal([...contentOf(storages[1] ?? { type: "", id: "", options: new Map() })], ["images"]);
  assert.equal([...contentOf({ type: "zfspool", id: "x", options: new Map() })], ["images", "rootdir"]);
});

function rewritten(format: Parameters<typeof parseProperty>[0] | undefined, value: string): string {
  const parsed = format === undefined ? "no such format" : parseProperty(format, value);
  return typeof parsed === "string" ? `! ${parsed}` : format === undefined ? "" : printProperty(format, parsed);
}

test("property strings: the bare key first, then the needed ones, then the others, sorted", () => {
  assert.is(
    rewritten(netFormat, "bridge=vmbr0,tag=10,virtio=aa:bb:cc:dd:ee:01,rate=5"),
    "virtio=aa:bb:cc:dd:ee:01,bridge=vmbr0,rate=5,tag=10",
  );
  assert.is(
    rewritten(netFormat, "model=e1000,bridge=vmbr0,macaddr=aa:bb:cc:dd:ee:ff"),
    "e1000=aa:bb:cc:dd:ee:ff,bridge=vmbr0",
  );
  assert.is(rewritten(netFormat, "bridge=b,virtio"), "virtio,bridge=b");
  assert.is(
    rewritten(driveFormat("scsi0"), "ssd=1,file=vms:vm-1-disk-0,cache=none"),
    "vms:vm-1-disk-0,cache=none,ssd=1",
  );
  assert.is(rewritten(driveFormat("scsi0"), "volume=vms:x,discard=on"), "vms:x,discard=on");
  assert.is(rewritten(ctNetFormat, "ip=dhcp,bridge=vmbr0,name=eth0"), "name=eth0,bridge=vmbr0,ip=dhcp");
  assert.is(rewritten(mountFormat, "size=1G,backup=1,mp=/d,volume=cts:s"), "cts:s,mp=/d,backup=1,size=1G");
});

test("property strings that are none are refused in Proxmox's words", () => {
  assert.is(rewritten(ctNetFormat, "eth0"), "! value without key, but schema does not define a default key");
  assert.match(rewritten(netFormat, "virtio,bridge=a,bridge=b"), "duplicate key");
});

function says(options: typeof qmConfig, option: string, value: string): string {
  const spec = specOf(options, option);
  return spec === undefined
    ? "unknown"
    : checkValue(option, spec, value)
        .map(({ message }) => message)
        .join("");
}

test("options outside their index range are unknown", () => {
  const known = (options: typeof qmConfig, name: string): boolean => specOf(options, name) !== undefined;
  for (const name of [
    "scsi30",
    "virtio15",
    "sata5",
    "ide3",
    "net31",
    "hostpci15",
    "usb13",
    "serial3",
    "virtiofs9",
    "unused255",
  ])
    assert.ok(known(qmConfig, name), name);
  for (const name of [
    "scsi31",
    "virtio16",
    "sata6",
    "ide4",
    "net32",
    "hostpci16",
    "usb14",
    "serial4",
    "virtiofs10",
    "scsi",
    "scsi01",
  ])
    assert.not(known(qmConfig, name), name);
  for (const name of ["mp255", "dev255", "net31", "rootfs"]) assert.ok(known(pctConfig, name), name);
  for (const name of ["mp256", "dev256", "net32", "scsi0", "constructor"]) assert.not(known(pctConfig, name), name);
});

test("values are checked by type, bound, word and pattern", () => {
  assert.is(says(qmConfig, "cores", "0"), "value must have a minimum value of 1");
  assert.is(says(qmConfig, "cores", "four"), "type check ('integer') failed - got 'four'");
  assert.match(says(qmConfig, "net0", "virtio,tag=5000"), "net0.tag: value must have a maximum value of 4094");
  assert.match(
    says(qmConfig, "ostype", "ubuntu"),
    "value 'ubuntu' does not have a value in the enumeration 'other, wxp",
  );
  assert.match(says(qmConfig, "name", "bad_name"), "value does not look like a valid DNS name");
  assert.match(says(qmConfig, "ipconfig0", "gw=10.0.0.1"), "ipconfig0.ip: missing property required by 'ipconfig0.gw'");
  assert.match(says(qmConfig, "smbios1", "uuid=1"), "smbios1.uuid: value does not match the regex pattern");
  assert.is(says(qmConfig, "tags", "prod;web db"), "");
  assert.match(says(pctConfig, "mp0", "cts:1"), "mp0.mp: property is missing and it is not optional");
  assert.match(says(pctConfig, "net0", "name=eth0,hwaddr=01:00:5e:00:00:01"), "valid unicast MAC address");
  assert.match(says(pctConfig, "features", "nesting=2"), "type check ('boolean') failed - got '2'");
});

test("addresses of both families are told from what only looks like them", () => {
  const address = (ip6: string): string => says(pctConfig, "net0", `name=eth0,ip6=${ip6}`);
  for (const good of ["fe80::1/64", "::/1", "2001:db8:0:0:0:0:0:1/128", "::ffff:10.0.0.1/96", "auto", "dhcp", "manual"])
    assert.is(address(good), "", good);
  for (const bad of ["fe80::1", "1::2::3/64", "12345::/64", "::/129", "::ffff:10.0.0.256/96", "g::/64", "1:2:3/64"])
    assert.is.not(address(bad), "", bad);
  for (const bad of ["10.0.0.1", "10.0.0.256/24", "10.0.0.1/33", "10.0.0/24"])
    assert.is.not(says(pctConfig, "net0", `name=eth0,ip=${bad}`), "", bad);
});

test("sizes in configuration files and of zfs", () => {
  assert.is(printSize(allocationSize(0.5)), "512M");
  assert.is(printSize(allocationSize(0.001)), "1049K");
  assert.is(printSize(allocationSize(1024)), "1T");
  assert.is(parseSize("1.5G"), 1610612736);
  assert.is(parseSize("4X"), undefined);
  assert.is(printZfsSize(131072, false), "128K");
  assert.is(printZfsSize(parseZfsSize("1.4T") ?? 0, false), "1.40T");
  assert.is(printZfsSize(131072, true), "131072");
  assert.is(parseZfsSize("800GB"), 800 * 1024 ** 3);
  assert.is(parseZfsSize("lots"), undefined);
});

test("no path leads out of the folder that stands for the host", () => {
  const at = (path: string): string => machinePath({ root: "/tmp/sim/root" }, path);
  assert.is(at("/etc/pve/storage.cfg"), "/tmp/sim/root/etc/pve/storage.cfg");
  assert.is(at("/tmp/sim/root/etc/hosts"), "/tmp/sim/root/etc/hosts");
  for (const path of ["/../../x", "../../../x", "/tmp/sim/root/../../../x", "/a/../../../x", "/tmp/sim/rooted"])
    assert.match(at(path), /^\/tmp\/sim\/root\//, path);
});

test.run();
