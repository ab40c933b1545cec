import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkText, expectFindings } from "../support/compile.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("devices of virtual machines");

const vm = (body: string, options = ""): string =>
  `vm 100 a {\n disk root { size = 1GiB, storage = local }\n options { machine = "q35" ${options} }\n ${body}\n}\n`;

/** The words of the command that sets the options of the first guest. */
async function setting(body: string): Promise<string> {
  const { plan } = await compileSource(vm(body));
  const step = plan.steps.find(({ id }) => id.endsWith(".options"));
  return (step?.commands[0] ?? []).join(" ");
}

async function codes(text: string): Promise<readonly string[]> {
  const { diagnostics } = await checkText(text);
  return diagnostics.map(({ code }) => code);
}

test("PCI devices are written key by key, in the order of their blocks", async () => {
  const line = await setting(`
pci gpu { address = 0000:01:00.0, pcie = true, primary = true, rombar = false, romfile = "vbios.bin" }
pci nics { address = [0000:02:00.0, 0000:02:00.1] }
pci shared { mapping = accel0, mdev = "nvidia-63" }
pci igd { address = 0000:00:02, legacy_igd = true }`);
  assert.match(line, "--hostpci0 0000:01:00.0,pcie=1,rombar=0,romfile=vbios.bin,x-vga=1 ");
  assert.match(line, "--hostpci1 0000:02:00.0;0000:02:00.1 ");
  assert.match(line, "--hostpci2 mapping=accel0,mdev=nvidia-63 ");
  assert.match(line, /--hostpci3 0000:00:02,legacy-igd=1/);
});

test("USB devices by product, port, mapping and as the viewer's", async () => {
  const line = await setting(`
usb stick { device = "046D:C52B", usb3 = true }
usb port { port = "1-2.4" }
usb key { mapping = key0 }
usb viewer { device = spice }`);
  assert.match(line, /--usb0 046d:c52b,usb3=1 --usb1 1-2.4 --usb2 mapping=key0 --usb3 spice/);
});

test("what the host must have is said once a machine", async () => {
  const { plan } = await compileSource(
    vm(`pci gpu { address = 0000:01:00.0 }
pci sound { address = 0000:01:00.1 }
pci v { address = 0000:03:00.0, mdev = "nvidia-63" }
pci m { mapping = accel0 }
usb u { device = "046d:c52b" }
usb s { device = spice }
usb k { mapping = key0 }`),
  );
  const wanted = plan.requirements.flatMap((one) => {
    if (one.kind === "pci") return [`pci ${one.addresses.join("+")} ${one.mdev ?? "-"}`];
    if (one.kind === "usb") return [`usb ${one.device}`];
    return one.kind === "mapping" ? [`mapping ${one.type} ${one.id}`] : [];
  });
  assert.equal(wanted.toSorted(), [
    "mapping pci accel0",
    "mapping usb key0",
    "pci 0000:01:00.0+0000:01:00.1 -",
    "pci 0000:03:00.0 nvidia-63",
    "usb 046d:c52b",
  ]);
});

test("a device is named exactly once", async () => {
  await expectFindings(`
vm 100 a {
  options { machine = "q35" }
  pci none { pcie = true } # PHX5221
  pci both { address = 0000:01:00.0, mapping = gpu0 } # PHX5221
  usb none {} # PHX5221
  usb both { device = "046d:c52b", port = "1-2" } # PHX5221
  pci one { address = 0000:04:00.0 }
  pci again { address = [0000:05:00.0, 0000:04:00.0] } # PHX5223
}
`);
});

test("PCI Express wants q35, where the type is known", async () => {
  await expectFindings(`
vm 100 a { pci x { address = 0000:01:00.0, pcie = true } } # PHX5222
vm 101 b {
  options { machine = "pc-i440fx-9.0" }
  pci x { address = 0000:02:00.0, pcie = true } # PHX5222
}
vm 102 c {
  options { machine = "pc-q35-9.0" }
  pci x { address = 0000:03:00.0, pcie = true }
}
vm 103 d {
  clone = 900
  pci x { address = 0000:04:00.0, pcie = true }
}
vm 900 base { template = true, options { machine = "q35" } }
vm 104 e { pci x { address = 0000:05:00.0, pcie = false } }
`);
});

test("values that Proxmox would refuse are refused where they stand", async () => {
  for (const body of [
    'pci x { address = "01:00.0" }',
    "pci x { address = 0000:01:00.9 }",
    "pci x { mapping = x }",
    'pci x { address = 0000:01:00.0, mdev = "a/b" }',
    'pci x { address = 0000:01:00.0, romfile = "a,b" }',
    'usb x { device = "046d" }',
    'usb x { device = "zzzz:c52b" }',
    'usb x { port = "1" }',
    'usb x { port = "1-2", usb3 = 7 }',
  ])
    assert.ok((await codes(vm(body))).length > 0, body);
});

test("there are places for 16 PCI and 14 USB devices", async () => {
  const pci = (count: number): string =>
    Array.from({ length: count }, (_, n) => `pci p${n} { address = 0000:${n + 10}:00.0 }`).join("\n");
  const usb = (count: number): string => `for i in 1..${count} { usb "u\${i}" { port = "1-\${i}" } }`;
  assert.equal(await codes(vm(`${pci(16)}\n${usb(14)}`)), []);
  assert.equal(await codes(vm(`${pci(17)}\n${usb(15)}`)), ["PHX5010", "PHX5010"]);
});

test("one PCI device for two guests that start", async () => {
  const starts = "boot { start = true }";
  await expectFindings(`
host pve1 { gpus = [0000:01:00.0, 0000:02:00.0] }
vm 100 a {
  pci x { address = 0000:01:00.0 }
  ${starts}
}
vm 101 b {
  pci x { address = 0000:01:00 } # PHX4421
  ${starts}
}
vm 102 c { pci x { address = 0000:01:00.0 } }
vm 103 d {
  pci x { address = 0000:02:00.0 }
  ${starts}
}
ct 104 e {
  gpus = [1] # PHX4421
  ${starts}
}
vm 105 f {
  pci x { address = 0000:06:00.0 }
  pci y { address = 0000:07:00.0, mdev = "nvidia-63" }
  ${starts}
}
vm 106 g {
  pci x { address = 0000:06:00.1 }
  pci y { address = 0000:07:00.0, mdev = "nvidia-63" }
  ${starts}
}
`);
});

test("containers share what the host drives; a serial port or a USB device is for one", async () => {
  const starts = "boot { start = true }";
  await expectFindings(`
vm 100 a {
  usb x { device = "046d:c52b" }
  usb y { mapping = key0 }
  pci z { mapping = accel0 }
  ${starts}
}
vm 101 b {
  usb x { device = "046D:C52B" } # PHX4422
  usb y { mapping = key0 } # PHX4422
  pci z { mapping = accel0 } # PHX4422
  ${starts}
}
ct 102 c {
  device "/dev/dri/renderD128" {}
  device "/dev/ttyUSB0" {}
  ${starts}
}
ct 103 d {
  device "/dev/dri/renderD128" {}
  device "/dev/ttyUSB0" {} # PHX4422
  ${starts}
}
`);
});

test.run();
