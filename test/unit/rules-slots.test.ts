import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkText } from "../support/compile.js";

const test = suite("rules: places of devices");

async function found(text: string): Promise<readonly string[]> {
  const { diagnostics } = await checkText(text);
  return diagnostics
    .filter(({ code }) => /^PHX(?:5010|5206|3)/.test(code))
    .map(({ code, message }) => `${code} ${message}`);
}

const vm = (body: string): string => `network lan { bridge = vmbr0 }\nvm 101 a {\n${body}\n}\n`;
const ct = (body: string): string => vm(body).replace("vm 101", "ct 101");

test("as many interfaces as Proxmox has places for", async () => {
  assert.equal(await found(vm("for i in 1..32 { net lan {} }")), []);
  assert.equal(await found(ct("for i in 1..32 { net lan {} }")), []);
  const over = "needs more places of the family net than there are: net31 is the last";
  assert.equal(await found(vm("for i in 1..34 { net lan {} }")), [`PHX5010 vm 101 a ${over}`]);
  assert.equal(await found(ct("for i in 1..33 { net lan {} }")), [`PHX5010 ct 101 a ${over}`]);
});

test("disks without a slot of their own end with the bus", async () => {
  const disks = (count: number): string => `for i in 1..${count} { disk "d\${i}" { size = 1GiB } }`;
  assert.equal(await found(vm(disks(31))), []);
  const over = "PHX5010 vm 101 a needs more places of the family scsi than there are: scsi30 is the last";
  assert.equal(await found(vm(disks(32))), [over]);
  // One that has a slot elsewhere leaves its place to another.
  assert.equal(await found(vm(`${disks(31)}\ndisk x { size = 1GiB, slot = virtio0 }`)), []);
});

test("mounts and devices of a container end at 255", async () => {
  const mounts = (count: number): string => `for i in 1..${count} { mount "/srv/\${i}" { at = "/m/\${i}" } }`;
  const devices = (count: number): string => `for i in 1..${count} { device "/dev/x\${i}" {} }`;
  assert.equal(await found(ct(`${mounts(256)}\n${devices(256)}`)), []);
  assert.equal(await found(ct(`${mounts(257)}\n${devices(257)}`)), [
    "PHX5010 ct 101 a needs more places of the family mp than there are: mp255 is the last",
    "PHX5010 ct 101 a needs more places of the family dev than there are: dev255 is the last",
  ]);
});

test("a slot is one that Proxmox has", async () => {
  for (const slot of ["scsi30", "virtio15", "sata5", "ide3"])
    assert.equal(await found(vm(`disk d { size = 1GiB, slot = ${slot} }`)), [], slot);
  for (const slot of ["scsi31", "scsi00", "virtio16", "sata6", "ide4", "nvme0"]) {
    const [finding = ""] = await found(vm(`disk d { size = 1GiB, slot = ${slot} }`));
    assert.match(finding, /scsi0 to scsi30, virtio0 to virtio15, sata0 to sata5, ide0 to ide3/, slot);
  }
});

test("attributes of a disk that its bus does not have", async () => {
  const disk = (slot: string): string =>
    vm(
      `disk d { size = 1GiB, slot = ${slot}, cache = none, discard = true, backup = true, ssd = true, iothread = true, readonly = true }`,
    );
  const message = (attribute: string, bus: string): string =>
    `PHX5206 \`${attribute}\` of the disk d does not exist for disks on ${bus}`;
  assert.equal(await found(disk("scsi4")), []);
  assert.equal(await found(disk("virtio4")), [message("ssd", "virtio")]);
  assert.equal(await found(disk("sata4")), [message("iothread", "sata"), message("readonly", "sata")]);
  assert.equal(await found(disk("ide3")), [message("iothread", "ide"), message("readonly", "ide")]);
  assert.equal(await found(vm("disk d { size = 1GiB, slot = virtio4, ssd = absent }")), []);
});

test.run();
