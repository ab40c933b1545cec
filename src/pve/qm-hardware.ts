import { atOnce, CORES, MEMORY, MIB, pending } from "./common.js";
import { anyDrive, cdDrive, diskSize, importFrom, model, numberRanges, ssd, volumeOrPath, wwn } from "./qm-devices.js";
import * as o from "./spec.js";

const hexId = (doc: string): o.Spec => o.matching(/0x[0-9a-fA-F]{4}/, { doc, describe: "`0x` and 4 digits" });
const pci = /(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?/;
const mapping = o.told(o.format("pve-configid"), "The resource mapping of the cluster that stands for the device.");
const ranges = (doc: string): o.Spec => o.matching(numberRanges, { doc, describe: "numbers such as 0-3;8" });

const cpu = o.property("cputype", {
  cputype: o.told(o.format("cputype"), "The model: `host`, one of QEMU's, or `custom-NAME`.", { default: "kvm64" }),
  flags: o.matching(/[+-][a-zA-Z0-9\-_.]+(?:;[+-][a-zA-Z0-9\-_.]+)*/, {
    doc: "Flags that are switched on and off, separated by semicolons.",
    describe: "flags such as +aes;-pcid",
  }),
  "guest-phys-bits": o.told(o.int(32, 64), "The width of physical addresses that the guest may use, in bits."),
  hidden: o.flag("Hide that the machine is a virtual one.", false),
  "hv-vendor-id": o.matching(/[a-zA-Z0-9]{1,12}/, {
    doc: "The vendor's name that Windows sees as hypervisor.",
    describe: "1 to 12 letters and digits",
  }),
  level: o.told(o.int(0, 4294967295), "The highest function of the instruction `cpuid`."),
  "phys-bits": o.matching(/host|[89]|[1-5]\d|6[0-4]/, {
    doc: "The width of physical addresses, in bits, or `host`.",
    describe: "a number from 8 to 64, or `host`",
  }),
  "reported-model": o.told(o.format("cputype"), "The model that a custom type reports.", { default: "kvm64" }),
});

const machine = o.property("type", {
  "aw-bits": o.told(o.num(32, 64), "The width of addresses of the virtual IOMMU, in bits."),
  "enable-s3": o.flag("Whether the guest may suspend to memory.", undefined),
  "enable-s4": o.flag("Whether the guest may suspend to disk.", undefined),
  type: o.matching(
    /pc|pc(-i440fx)?-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|q35|pc-q35-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|virt(?:-\d+(\.\d+)+)?(\+pve\d+)?/,
    { maxLength: 40, doc: "The type, with a version where it must not change.", describe: "a type such as q35" },
  ),
  viommu: o.told(o.oneOf("intel", "virtio"), "The virtual IOMMU.", { since: "8.2" }),
});

const numa = o.told(
  o.property(
    undefined,
    {
      cpus: ranges("The CPUs of the node."),
      hostnodes: ranges("The NUMA nodes of the host that it lies on."),
      memory: o.told(o.num(), "The memory of the node, in MiB."),
      policy: o.told(o.oneOf("preferred", "bind", "interleave"), "How strictly it lies on the host's nodes."),
    },
    ["cpus"],
  ),
  "A NUMA node of the guest.",
  pending,
);

const hostpci = o.property("host", {
  "device-id": hexId("The device's id that the guest sees."),
  driver: o.told(o.oneOf("vfio", "keep"), "Whether the host gives the device to `vfio`, or keeps its driver.", {
    default: "vfio",
  }),
  host: o.matching(new RegExp(`${pci.source}(?:;${pci.source})*`), {
    doc: "The address of the device on the host; several are separated by semicolons.",
    describe: "a PCI address such as 0000:01:00.0",
  }),
  "legacy-igd": o.flag("Pass the graphics of an Intel CPU through in its old way.", false),
  mapping,
  mdev: o.matching(/[^/.:]+/, { doc: "The type of a mediated device (vGPU).", describe: "a type such as nvidia-63" }),
  pcie: o.flag("Show it as a PCI Express device; needs the machine type `q35`.", false),
  rombar: o.flag("Whether the guest sees the device's firmware.", true),
  romfile: o.matching(/[^,;]+/, {
    doc: "A file below `/usr/share/kvm` in place of the firmware.",
    describe: "a file name without `,` and `;`",
  }),
  "sub-device-id": hexId("The subsystem's device id that the guest sees."),
  "sub-vendor-id": hexId("The subsystem's vendor id that the guest sees."),
  "vendor-id": hexId("The vendor's id that the guest sees."),
  "x-vga": o.flag("Whether it is the guest's first graphics card.", false),
});

const stateAlias = { aliases: { volume: "file" } };

/** The firmware's and the TPM's state are volumes that QEMU holds open: changes wait for the next start. */
const states: o.Options = {
  efidisk0: {
    ...o.property(
      "file",
      {
        efitype: o.told(o.oneOf("2m", "4m"), "The size of the variables; secure boot needs `4m`.", { default: "2m" }),
        file: volumeOrPath,
        format: anyDrive["format"] ?? o.text(),
        "import-from": importFrom,
        "ms-cert": o.told(o.oneOf("2011", "2023", "2023w", "2023k"), "Microsoft's certificates that are enrolled.", {
          default: "2011",
        }),
        "pre-enrolled-keys": o.flag("Whether the keys for secure boot are enrolled.", false),
        size: diskSize,
      },
      ["file"],
      stateAlias,
    ),
    doc: "The variables of UEFI.",
    ...pending,
  },
  tpmstate0: {
    ...o.property(
      "file",
      {
        file: volumeOrPath,
        format: o.told(o.oneOf("raw", "qcow2", "vmdk"), "The format of the state's file."),
        "import-from": importFrom,
        size: diskSize,
        version: o.told(o.oneOf("v1.2", "v2.0"), "The version of the TPM; it never changes later.", {
          default: "v1.2",
        }),
      },
      ["file"],
      stateAlias,
    ),
    doc: "The state of the TPM.",
    ...pending,
  },
};

const confidential: o.Options = {
  "amd-sev": o.told(
    o.property(
      "type",
      {
        "allow-smt": o.flag("Whether the host may use simultaneous multithreading.", true),
        "kernel-hashes": o.flag("Whether hashes of the kernel are measured.", false),
        "no-debug": o.flag("Forbid that the host debugs the guest.", false),
        "no-key-sharing": o.flag("Forbid that guests share a key.", false),
        type: { ...o.told(o.oneOf("std", "es", "snp"), "The generation of the encryption."), maxLength: 3 },
      },
      ["type"],
    ),
    "Encryption of the memory by an AMD CPU.",
    pending,
  ),
  "intel-tdx": o.told(
    o.property(
      "type",
      {
        attestation: o.flag("Whether the guest can prove what it runs on.", true),
        type: o.told(o.oneOf("tdx"), "The technique."),
        "vsock-cid": o.told(o.int(2), "The address of the service that makes quotes.", { default: 2 }),
        "vsock-port": o.told(o.int(0), "The port of the service that makes quotes.", { default: 4050 }),
      },
      ["attestation", "type"],
    ),
    "Isolation of the guest by an Intel CPU.",
    { since: "9.1", ...pending },
  ),
};

const devices: o.Options = {
  audio0: o.told(
    o.property(
      undefined,
      {
        device: o.told(o.oneOf("ich9-intel-hda", "intel-hda", "AC97"), "The model of the sound card."),
        driver: o.told(o.oneOf("spice", "none"), "Where the sound goes.", { default: "spice" }),
      },
      ["device"],
    ),
    "A sound card.",
    pending,
  ),
  "hostpci[n]": o.told(o.upTo(15, hostpci), "A PCI device of the host.", pending),
  ivshmem: o.told(
    o.property(
      undefined,
      {
        name: o.matching(/[a-zA-Z0-9-]+/, {
          doc: "The name of the file below `/dev/shm`.",
          describe: "letters, digits and hyphens",
        }),
        size: o.told(o.int(1), "The size, in MiB."),
      },
      ["size"],
    ),
    "Memory shared between guests, or with the host.",
    pending,
  ),
  "parallel[n]": o.told(
    o.upTo(2, o.matching(/\/dev\/parport\d+|\/dev\/usb\/lp\d+/, { describe: "a device such as /dev/parport0" })),
    "A parallel port of the host.",
    pending,
  ),
  rng0: o.told(
    o.property(
      "source",
      {
        max_bytes: o.told(o.int(), "How many bytes the guest gets in a period.", { default: 1024 }),
        period: o.told(o.int(), "The period, in milliseconds.", { default: 1000 }),
        source: o.told(o.oneOf("/dev/urandom", "/dev/random", "/dev/hwrng"), "Where the host takes it from."),
      },
      ["source"],
    ),
    "A source of random numbers.",
    pending,
  ),
  "serial[n]": o.told(
    o.upTo(3, o.matching(/\/dev\/[^,]+|socket/, { describe: "`socket` or a path below `/dev`" })),
    "A serial port: `socket` or a device of the host.",
    pending,
  ),
  "usb[n]": o.upTo(13, {
    ...o.property("host", {
      host: o.matching(/(?:0x)?[0-9A-Fa-f]{4}:(?:0x)?[0-9A-Fa-f]{4}|\d+-\d+(?:\.\d+)*|[Ss][Pp][Ii][Cc][Ee]/, {
        doc: "The device by its ids (`1234:5678`), by its port (`1-2.3`), or `spice`.",
        describe: "ids such as 1234:5678, a port such as 1-2.3, or spice",
      }),
      mapping,
      usb3: o.flag("Whether it is on a USB 3 port.", false),
    }),
    doc: "A USB device of the host.",
    ...atOnce,
  }),
  vga: o.told(
    o.property("type", {
      clipboard: o.told(o.oneOf("vnc"), "Share the clipboard with the VNC console.", { since: "8.1" }),
      memory: o.told(o.int(4, 512), "The memory of the card, in MiB."),
      type: o.told(
        o.oneOf(
          ..."cirrus qxl qxl2 qxl3 qxl4 none serial0 serial1 serial2 serial3 std virtio virtio-gl vmware".split(" "),
        ),
        "The model of the card.",
        { default: "std" },
      ),
    }),
    "The display.",
    { describe: "a display such as serial0", ...pending },
  ),
  "virtiofs[n]": o.told(
    o.upTo(
      9,
      o.property(
        "dirid",
        {
          cache: o.told(o.oneOf("auto", "always", "metadata", "never"), "What the guest caches.", { default: "auto" }),
          "direct-io": o.flag("Whether `O_DIRECT` of the guest reaches the host.", false),
          dirid: o.told(o.format("pve-configid"), "The directory mapping of the cluster; the guest's mount tag."),
          "expose-acl": o.flag("Whether access control lists pass through.", false),
          "expose-xattr": o.flag("Whether extended attributes pass through.", false),
        },
        ["dirid"],
      ),
    ),
    "A directory of the host.",
    { since: "8.4", ...pending },
  ),
  watchdog: o.told(
    o.property("model", {
      action: o.told(
        o.oneOf("reset", "shutdown", "poweroff", "pause", "debug", "none"),
        "What happens when the guest does not answer.",
      ),
      model: o.told(o.oneOf("i6300esb", "ib700"), "The model of the watchdog.", { default: "i6300esb" }),
    }),
    "A watchdog.",
    pending,
  ),
};

/** The machine, its processors, memory and devices. */
export const hardware: o.Options = {
  ...confidential,
  ...states,
  ...devices,
  arch: o.told(o.oneOf("x86_64", "aarch64"), "The architecture of the machine.", pending),
  bios: o.told(o.oneOf("seabios", "ovmf"), "The firmware.", { default: "seabios", ...pending }),
  boot: o.told(
    o.property("legacy", {
      legacy: o.matching(/[acdn]{1,4}/, {
        doc: "The old way: letters of kinds of devices.",
        describe: "1 to 4 of the letters a, c, d and n",
        default: "cdn",
      }),
      order: o.told(o.format("pve-bootdev", { list: true }), "The devices to boot from, in order."),
    }),
    "What it boots from. Default for a machine made from an image: its root disk.",
    pending,
  ),
  bootdisk: o.matching(/(ide|sata|scsi|virtio)\d+/),
  cdrom: cdDrive({ model, ssd, wwn }),
  cores: o.told(o.int(1), CORES, { default: 1, ...pending }),
  cpu: o.told(cpu, "The CPU model, with flags where needed.", { describe: "a CPU model, such as `host`", ...pending }),
  machine: o.told(machine, "The machine type.", { describe: "a machine type such as q35", ...pending }),
  memory: o.told(
    o.property("current", { current: { ...o.int(16), unit: MIB, default: 512 } }, ["current"]),
    MEMORY,
    pending,
  ),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`numa${n}`, numa])),
  scsihw: o.told(
    o.oneOf("lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"),
    "The model of the SCSI controller.",
    { default: "lsi", ...pending },
  ),
};
