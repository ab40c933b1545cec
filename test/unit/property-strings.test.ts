import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings, checkText } from "../support/compile.js";

/** Property strings that files write whole are checked key by key, as Proxmox would. */
const test = suite("property strings");

test("what Proxmox takes is taken", async () => {
  await expectFindings(`
vm 101 a {
  cpu = host
  options { vga = serial0, machine = q35 }
}
vm 102 b {
  cpu = "x86-64-v2-AES,flags=+aes;-pcid"
  options { vga = "qxl,memory=32", machine = "pc-q35-9.0,viommu=intel", hotplug = "disk,network,usb" }
}
vm 103 c {
  cpu = "cputype=host,hidden=on"
  options { vga = "type=std", machine = "type=pc", hotplug = "0" }
}
`);
});

async function problem(attribute: string): Promise<string> {
  const text = attribute.startsWith("cpu") ? attribute : `options { ${attribute} }`;
  const { diagnostics } = await checkText(`vm 101 a {\n  ${text}\n}\n`);
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("\n");
}

test("what Proxmox would refuse is refused, with the key", async () => {
  assert.match(await problem("vga = foo"), /takes a display such as serial0, not "foo": type: value 'foo'/);
  assert.match(await problem('vga = "std,memory=2"'), /memory: value must have a minimum value of 4/);
  assert.match(await problem('vga = "std,ram=32"'), /there is no key ram; the keys are clipboard, memory, type/);
  assert.match(await problem('vga = "std,type=qxl"'), /duplicate key in comma-separated list property: type/);
  assert.match(await problem("cpu = pentium9"), /a CPU model, such as `host`, not "pentium9": cputype: /);
  assert.match(await problem('cpu = "host,hidden=maybe"'), /hidden: type check \('boolean'\) failed - got 'maybe'/);
  assert.match(await problem('cpu = "host,flags=aes"'), /flags: value does not match the regex pattern/);
  assert.match(await problem("machine = i440fx"), /a machine type such as q35, not "i440fx": type: /);
  assert.match(await problem('machine = "q35,viommu=amd"'), /viommu: value 'amd'/);
  assert.match(await problem('hotplug = "disk,gpu"'), /kinds of devices such as disk,network, not "disk,gpu"/);
});

test("a text that no file can hold is refused before its keys are looked at", async () => {
  assert.match(await problem('cpu = "host "'), /a CPU model, such as `host`, not "host "$/);
});

test.run();
