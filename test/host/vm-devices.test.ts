import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pciFiles } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { another, appVm, confPath, scripted } from "../support/script-host.js";
import { zfsHost } from "../support/sim.js";

const test = suite("devices of virtual machines on the simulated host");

/** A host with these files of its kernel and cluster besides. */
function hostWith(files: Readonly<Record<string, string>>): HostState {
  const state = zfsHost();
  Object.assign(state.files, files);
  return state;
}

const CARD = { ...pciFiles("0000:01:00.0", 1, "nouveau"), ...pciFiles("0000:01:00.1", 1, "snd_hda_intel") };
const gpu = (more = ""): string => appVm(`pci gpu { address = 0000:01:00${more} }\n state = running`);

test("a card with all its functions: set, started, and then quiet; taken back when another takes its place", async () => {
  const other = pciFiles("0000:02:00.0", 2);
  await scripted(
    appVm("pci gpu { address = 0000:01:00 }\n pci net { address = 0000:02:00.0, rombar = false }\n state = running"),
    async ({ host, apply, quiet }) => {
      await apply();
      const conf = (): string => readFileSync(confPath(host, 100), "utf8");
      assert.match(conf(), "hostpci0: 0000:01:00\n");
      assert.match(conf(), "hostpci1: 0000:02:00.0,rombar=0\n");
      await quiet();
      const changed = await another(
        host,
        appVm("pci gpu { address = 0000:01:00 }\n restart = when-needed\n state = running"),
      );
      assert.match((await changed.check()).join("\n"), "~ vm 100 app: hostpci1 0000:02:00.0,rombar=0 -> (removed)");
      await changed.apply();
      assert.not.match(conf(), "hostpci1");
      await changed.quiet();
    },
    hostWith({ ...CARD, ...other }),
  );
});

test("a mapping takes the place of an address", async () => {
  const mapping = { "/etc/pve/mapping/pci.cfg": "gpu0\n\tmap id=10de:2204,node=pve,path=0000:01:00.0\n\tmdev 0\n" };
  await scripted(
    appVm("pci gpu { address = 0000:01:00 }"),
    async ({ host, apply }) => {
      await apply();
      const changed = await another(host, appVm("pci gpu { mapping = gpu0 }"));
      await changed.apply();
      assert.match(readFileSync(confPath(host, 100), "utf8"), "hostpci0: mapping=gpu0\n");
      await changed.quiet();
    },
    hostWith({ ...CARD, ...mapping }),
  );
});

/** What a run says of the machine that is held back. */
async function heldBack(text: string, files: Readonly<Record<string, string>>): Promise<string> {
  let said = "";
  await scripted(
    text,
    async ({ apply }) => {
      const { stdout } = await apply(4);
      said = /^! vm 100 app: held back: (.*)$/m.exec(stdout)?.[1] ?? stdout;
    },
    hostWith(files),
  );
  return said;
}

test("a machine whose device cannot be passed is held back, with the reason", async () => {
  assert.is(await heldBack(gpu(), {}), "there is no PCI device 0000:01:00");
  assert.match(
    await heldBack(gpu(".0"), CARD),
    /0000:01:00.0 shares its IOMMU group with 0000:01:00.1, which the host uses \(snd_hda_intel\)/,
  );
  const { "/sys/bus/pci/devices/0000:01:00.0/uevent": alone = "" } = CARD;
  assert.match(
    await heldBack(gpu(".0"), { "/sys/bus/pci/devices/0000:01:00.0/uevent": alone }),
    /0000:01:00.0 is in no IOMMU group: is the IOMMU on/,
  );
  assert.is(
    await heldBack(appVm('pci v { address = 0000:01:00.0, mdev = "nvidia-63" }'), CARD),
    "PCI device 0000:01:00.0 offers no mediated device of the type nvidia-63",
  );
});

test("bridges and devices without a driver are no obstacle", async () => {
  const bridge = {
    "/sys/bus/pci/devices/0000:00:01.0/uevent": "DRIVER=pcieport\nPCI_CLASS=60400\n",
    "/sys/kernel/iommu_groups/1/devices/0000:00:01.0": "",
  };
  const files = { ...pciFiles("0000:01:00.0", 1), ...pciFiles("0000:01:00.1", 1), ...bridge };
  await scripted(
    gpu(".0"),
    async ({ apply, quiet }) => {
      await apply();
      await quiet();
    },
    hostWith(files),
  );
});

test("mappings must exist, and have an entry for this node", async () => {
  const usb = appVm("usb key { mapping = key0 }");
  assert.match(await heldBack(usb, {}), /there is no usb mapping key0/);
  const elsewhere = {
    "/etc/pve/mapping/usb.cfg": "key0\n\tmap id=046d:c52b,node=pve2\nother\n\tmap id=1:2,node=pve\n",
  };
  assert.is(await heldBack(usb, elsewhere), "the usb mapping key0 has no entry for this node");
});

test("a USB device that is not plugged in is a note: the machine starts without it", async () => {
  const port = { "/sys/bus/usb/devices/1-2/idVendor": "046d\n", "/sys/bus/usb/devices/1-2/idProduct": "c52b\n" };
  const text = appVm(
    'usb a { device = "046D:c52b" }\n usb b { port = "1-2" }\n usb c { port = "1-3" }\n state = running',
  );
  await scripted(
    text,
    async ({ apply }) => {
      const { stdout } = await apply();
      assert.match(stdout, "the USB device 1-3 is not plugged in");
      assert.not.match(stdout, "the USB device 1-2 ");
      assert.not.match(stdout, "the USB device 046d:c52b");
    },
    hostWith(port),
  );
});

test.run();
