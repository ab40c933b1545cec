import { diagnose, managedText, sectionOf, settingOf, stringOf, stringsOf } from "../../plugin-api/index.js";
import type { Lowered, Probe, Requirement, Resource, Section, Step } from "../../plugin-api/index.js";
import { joinLowered, makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep, unitRemoval } from "./files.js";
import { noDriverForCards, passthroughOfNothing } from "./findings-devices.js";
import { bootParameter, iommuOff, parameterTwice } from "./findings-kernel.js";
import { packagesStep } from "./packages.js";
import { kernelLine, kernelSection, leaveKernelLine } from "./kernel-line.js";
import type { KernelLine } from "./kernel-line.js";
import type { HostPart } from "./part.js";

/** Modules that would take a device before vfio-pci does, unless they come later. */
const RIVALS = ["nouveau", "nvidia", "nvidiafb", "amdgpu", "radeon", "i915", "snd_hda_intel", "xhci_pci"];

const INITRAMFS = ["update-initramfs", "-u", "-k", "all"];

/** What NVIDIA's installer builds its modules with; dkms builds them anew for each new kernel. */
const BUILD_PACKAGES = ["build-essential", "dkms", "proxmox-default-headers"];

const UNIT = "phxc-nvidia-devices.service";

/**
 * Devices that machines get whole, and the driver of NVIDIA for those that containers share. What the kernel takes over only at its
 * next start is waited for: the run ends, and goes on after it.
 */
export const devicesPart: HostPart = {
  sections: {
    kernel: kernelSection,
    passthrough: {
      doc: "PCI devices that the host leaves to machines: vfio-pci takes them when the host starts.",
      args: [],
      repeat: "once",
      options: {
        ids: {
          type: t.listOfType(
            {
              type: "string",
              pattern: "[0-9a-f]{4}:[0-9a-f]{4}",
              describe: "vendor and device, as `lspci -n` prints them: `10de:2684`",
            },
            true,
          ),
          doc: "Vendor and device of each, with all functions of a card, as `lspci -n` prints them: all cards of that model.",
        },
        addresses: {
          type: t.listOfType({ type: "pci" }, true),
          doc: "PCI addresses of devices, where another one of the same model stays with the host; without a function all of them.",
        },
      },
      sections: {},
      instead: {
        ...{ devices: "ids", pci_ids: "ids", vfio_ids: "ids" },
        ...{ address: "addresses", pci: "addresses", slots: "addresses" },
      },
    },
    nvidia: {
      doc: "The driver of NVIDIA on the host, which containers share.",
      args: [],
      repeat: "once",
      options: {
        version: {
          type: { type: "string", pattern: "\\d{3}\\.\\d{1,3}(\\.\\d{1,3})?", describe: "a version such as 580.76.05" },
          required: true,
          doc: "Its version; features of containers install the same one.",
        },
        url: {
          type: {
            type: "string",
            pattern: "https?://[^\\s']+\\.run",
            describe: "the address of an installer, which ends in `.run`",
          },
          doc: "Where its installer is. Default: NVIDIA's own address for the version.",
        },
        sha256: {
          type: { type: "string", pattern: "[0-9a-f]{64}", describe: "a SHA-256 in lower case" },
          doc: "The SHA-256 of the installer, which is compared before it runs.",
        },
      },
      sections: {},
      instead: { driver: "version", driver_version: "version", runfile_url: "url", checksum: "sha256" },
    },
  },
  instead: { vfio: "passthrough", iommu: "passthrough", gpu_passthrough: "passthrough", nvidia_driver: "nvidia" },
  diagnostics: [noDriverForCards, passthroughOfNothing, parameterTwice, bootParameter, iommuOff],
  leave: leaveKernelLine,
  lower: (host): Lowered => {
    const passed = sectionOf(host, "passthrough");
    const driver = sectionOf(host, "nvidia");
    const cards = passedCards(host);
    const version = driver === undefined ? undefined : stringOf(driver, "version");
    const line = kernelLine(host, cards.length === 0 ? undefined : passed);
    const first = passed ?? driver ?? line?.asked;
    if (first === undefined) return { steps: [], requirements: [] };
    const without = version === undefined ? [] : ["nouveau"];
    return joinLowered([
      ...(line === undefined ? [] : [line.lowered]),
      ...(passed === undefined ? [] : [passedFiles(host, passed, cards)]),
      ...(driver === undefined || version === undefined ? [] : [blacklist(host, driver)]),
      onlySteps(
        cards.length + without.length === 0 && line === undefined
          ? []
          : [fence(host, "restart", first, { vfio: cards, without, ...fencedLine(line) })],
      ),
      ...(driver === undefined || version === undefined ? [] : [driverSteps(host, driver, version, cards)]),
    ]);
  },
};

/** The devices that machines get: vendor and model, then addresses. */
function passedCards(host: Resource): readonly string[] {
  const section = sectionOf(host, "passthrough");
  if (section === undefined) return [];
  const addresses = stringsOf(section, "addresses").map((address) => address.toLowerCase());
  return [...stringsOf(section, "ids"), ...addresses];
}

const isAddress = (card: string): boolean => card.split(":").length > 2;

/**
 * The kernel gives the devices to vfio-pci when it starts. It knows devices by vendor and model; those by their address have vfio-pci
 * as the one driver that may take them (`driver_override`), which is said before any driver that would is loaded.
 */
function passedFiles(host: Resource, asked: Section, cards: readonly string[]): Lowered {
  if (cards.length === 0) {
    return { steps: [], requirements: [], diagnostics: [diagnose(passthroughOfNothing, asked.headSpan, {})] };
  }
  const ids = cards.filter((card) => !isAddress(card));
  const lines = [
    `options vfio-pci ${ids.length === 0 ? "" : `ids=${ids.join(",")} `}disable_vga=1`,
    ...overriding(cards.filter(isAddress)),
    ...RIVALS.map((module) => `softdep ${module} pre: vfio-pci`),
  ];
  const file = {
    path: "/etc/modprobe.d/phxc-vfio.conf",
    content: managedText("devices that machines get", lines),
    adopt: false,
    mode: "644",
    then: [INITRAMFS],
  };
  const loaded = {
    path: "/etc/modules-load.d/phxc-vfio.conf",
    content: managedText("devices that machines get", ["vfio", "vfio_iommu_type1", "vfio_pci"]),
    adopt: false,
    mode: "644",
  };
  const needed = cards.map((id): Requirement => ({ kind: "card", id, blocks: [], source: asked.headSpan }));
  return joinLowered([
    fileStep(host, "vfio-modules", loaded, { title: "modules of vfio", asked }),
    fileStep(host, "vfio", file, { title: "devices for vfio-pci", asked }),
    { steps: [], requirements: needed },
  ]);
}

/** The command that modprobe runs in place of loading vfio-pci (modprobe.d(5)). */
function overriding(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0) return [];
  const paths = addresses.map((address) => `/sys/bus/pci/devices/${address}${address.includes(".") ? "" : ".*"}`);
  const each = `for device in ${paths.join(" ")}; do echo vfio-pci >$device/driver_override; done`;
  return [`install vfio-pci ${each}; /sbin/modprobe --ignore-install vfio-pci $CMDLINE_OPTS`];
}

/** What the kernel that runs is to have on its command line, as far as the files say. */
function fencedLine(line: KernelLine | undefined): Pick<Fence, "line" | "noLine"> {
  return {
    ...(line === undefined || line.parameters.length === 0 ? {} : { line: line.parameters }),
    ...(line === undefined || line.without.length === 0 ? {} : { noLine: line.without }),
  };
}

type Fence = Omit<Extract<Probe, { readonly kind: "restart-of-host" }>, "kind">;

function fence(host: Resource, name: string, asked: Section, wanted: Fence): Step {
  const probe = { kind: "restart-of-host", ...wanted } as const;
  return makeStep(host, name, {
    phase: "host",
    title: "restart of the host",
    risk: "interrupts",
    probe,
    commands: [],
    asked,
  });
}

/** The free driver would keep NVIDIA's from its cards. */
function blacklist(host: Resource, asked: Section): Lowered {
  const file = {
    path: "/etc/modprobe.d/phxc-nvidia.conf",
    content: managedText("the driver of NVIDIA", ["blacklist nouveau", "options nouveau modeset=0"]),
    adopt: false,
    mode: "644",
    then: [INITRAMFS],
  };
  return fileStep(host, "nvidia-blacklist", file, { title: "no nouveau", asked });
}

/** The installer runs, then its device nodes are made, now and before guests start. */
function driverSteps(host: Resource, asked: Section, version: string, passed: readonly string[]): Lowered {
  const name = `NVIDIA-Linux-x86_64-${version}.run`;
  const path = `/var/lib/phxc/nvidia/${name}`;
  const url = stringOf(asked, "url") ?? `https://us.download.nvidia.com/XFree86/Linux-x86_64/${version}/${name}`;
  const sha256 = stringOf(asked, "sha256");
  const image = { kind: "image-absent", path, url, ...(sha256 === undefined ? {} : { sha256 }) } as const;
  const installer = ["sh", path, "--silent", "--dkms", "--no-x-check"];
  const steps = [
    makeStep(host, "nvidia-installer", {
      phase: "host",
      title: `installer of NVIDIA ${version}`,
      probe: image,
      commands: [["wget", "--no-verbose", "-O", `${path}.part`, url]],
      asked,
    }),
    makeStep(host, "nvidia-driver", {
      phase: "host",
      title: `driver of NVIDIA ${version}`,
      risk: "interrupts",
      probe: { kind: "nvidia-driver", version },
      commands: [installer],
      asked,
    }),
    fence(host, "nvidia-restart", asked, { vfio: [], without: [], nvidia: version }),
  ];
  return joinLowered([
    onlySteps([packagesStep(host, BUILD_PACKAGES, { asked })]),
    {
      steps,
      requirements: [{ kind: "nvidia-card", except: passed, blocks: [], source: asked.headSpan }],
      diagnostics:
        settingOf(host, "gpus") === undefined || stringsOf(host, "gpus").length > 0
          ? []
          : [diagnose(noDriverForCards, asked.headSpan, { host: host.name })],
    },
    fileStep(host, "nvidia-unit", unitFile(), { title: "device nodes of NVIDIA", asked }),
  ]);
}

/**
 * nvidia-modprobe makes the nodes of nvidia-uvm, whose major number is another one at each start; nvidia-smi those of the cards.
 */
function unitFile() {
  const content = managedText("device nodes of NVIDIA", [
    "[Unit]",
    "Description=Device nodes of NVIDIA, before guests start",
    "Before=pve-guests.service",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    "ExecStart=/usr/bin/nvidia-modprobe -u -c 0",
    "ExecStart=/usr/bin/nvidia-smi -L",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ]);
  const then = [
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", UNIT],
    ["systemctl", "restart", UNIT],
  ];
  return { path: `/etc/systemd/system/${UNIT}`, content, adopt: false, mode: "644", then, removal: unitRemoval(UNIT) };
}
