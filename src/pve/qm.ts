import { atOnce, CPU_UNITS, guestOptions, MIB, pending, setCall } from "./common.js";
import { drive, iothread, model, net, ro, scsi, ssd, wwn } from "./qm-devices.js";
import { hardware } from "./qm-hardware.js";
import * as o from "./spec.js";

const uuid = /[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}/;

/** The families of drives and interfaces; blocks of their own declare them. */
const plugged: o.Options = {
  "ide[n]": o.upTo(3, drive({ model, ssd, wwn })),
  "net[n]": o.upTo(31, net),
  "sata[n]": o.upTo(5, drive({ ssd, wwn })),
  "scsi[n]": o.upTo(30, scsi),
  "unused[n]": o.upTo(255, {
    ...o.property("file", { file: o.format("pve-volume-id") }, ["file"], { aliases: { volume: "file" } }),
    ...atOnce,
  }),
  "virtio[n]": o.upTo(15, drive({ iothread, ro })),
};

const cloudInit: o.Options = o.having("at-once", {
  cicustom: o.told(
    o.property(
      undefined,
      Object.fromEntries(
        ["meta", "network", "user", "vendor"].map((key) => [
          key,
          o.told(o.format("pve-volume-id"), `A volume with the ${key} data, in place of what Proxmox makes.`),
        ]),
      ),
    ),
    "Files for cloud-init in place of those that Proxmox makes.",
  ),
  cipassword: o.told(o.text({ prompts: true }), 'Where the hash of the password of `user` is: `secret("env:NAME")`.'),
  citype: o.told(
    o.oneOf("configdrive2", "nocloud", "opennebula"),
    "The form of the cloud-init drive. Default: `nocloud`, for Windows `configdrive2`.",
  ),
  ciupgrade: o.flag("Whether cloud-init upgrades packages at the first boot.", true),
  ciuser: o.told(o.text(), "The name of the user that the image is made with."),
  "ipconfig[n]": o.told(
    o.upTo(
      31,
      o.property(undefined, {
        gw: o.told(o.format("ipv4", { requires: "ip" }), "The gateway of IPv4."),
        gw6: o.told(o.format("ipv6", { requires: "ip6" }), "The gateway of IPv6."),
        ip: o.told(o.format("pve-ipv4-config"), "The IPv4 address with its prefix, or `dhcp`.", { default: "dhcp" }),
        ip6: o.told(o.format("pve-ipv6-config"), "The IPv6 address with its prefix, `dhcp` or `auto`.", {
          default: "dhcp",
        }),
      }),
    ),
    "The addresses of an interface.",
  ),
  nameserver: o.told(o.format("address-list"), "The name servers."),
  searchdomain: o.told(o.text(), "The DNS search domain."),
  sshkeys: o.told(o.format("urlencoded"), "The public keys that may log in as `user`."),
});

const agent = o.property(
  "enabled",
  {
    enabled: o.flag("Whether the guest runs the QEMU guest agent.", false),
    "freeze-fs": o.flag("Whether file systems are frozen for backups, clones and snapshots.", true),
    fstrim_cloned_disks: o.flag("Trim the disks after they were moved or the guest was migrated.", false),
    type: o.told(o.oneOf("virtio", "isa"), "The port that the agent listens on.", { default: "virtio" }),
  },
  ["enabled"],
  { aliases: { "freeze-fs-on-backup": "freeze-fs", "guest-fsfreeze": "freeze-fs" } },
);

const base64 = (doc: string): o.Spec =>
  o.matching(/[A-Za-z0-9+/]+={0,2}/, { doc, describe: "text, encoded as base64 where `base64` says so" });

const smbios = o.property(undefined, {
  base64: o.flag("Whether the texts are encoded as base64.", undefined),
  family: base64("The family of the machine."),
  manufacturer: base64("The manufacturer."),
  product: base64("The product."),
  serial: base64("The serial number."),
  sku: base64("The stock-keeping unit."),
  uuid: o.matching(uuid, { doc: "The UUID; Proxmox makes one with the guest.", describe: "a UUID" }),
  version: base64("The version."),
});

const LOCKS = "backup clone create migrate rollback snapshot snapshot-delete suspending suspended";
const KEYBOARDS = "de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr";
const SYSTEMS = "other wxp w2k w2k3 w2k8 wvista win7 win8 win10 win11 l24 l26 solaris";

const general: o.Options = {
  ...guestOptions,
  acpi: o.flag("Whether ACPI is on.", true, pending),
  affinity: o.told(o.format("pve-cpuset"), "The host cores that it may run on.", pending),
  agent: o.told(agent, "The QEMU guest agent.", pending),
  "allow-ksm": o.flag("Whether the host may merge pages of its memory with those of others.", true, pending),
  args: o.told(o.text(), "Further arguments for kvm.", pending),
  autostart: o.flag("Start it again after a crash; Proxmox keeps the option and does nothing with it.", false, pending),
  balloon: o.told(o.int(0), "The memory that ballooning leaves at least, in whole MiB; 0 turns it off.", {
    unit: MIB,
    ...pending,
  }),
  cpulimit: o.told(o.num(0, 128), "The CPU time limit, in cores; 0 is none.", { default: 0, ...atOnce }),
  cpuunits: o.told(o.int(1, 262144), "The CPU weight.", { default: CPU_UNITS, ...atOnce }),
  force: o.bool,
  freeze: o.flag("Whether the CPUs wait at the start until they are told to go.", undefined, pending),
  hotplug: o.told(o.format("pve-hotplug", { list: true }), "What may be plugged while it runs.", {
    default: "network,disk,usb",
    ...atOnce,
  }),
  hugepages: o.told(o.oneOf("any", "2", "1024"), "The size of huge pages, in MiB, or `any`.", pending),
  keephugepages: o.flag("Whether huge pages are kept when the guest stops.", false, pending),
  keyboard: o.told(o.oneOf(...KEYBOARDS.split(" ")), "The keyboard layout of the VNC console.", pending),
  kvm: o.flag("Whether hardware virtualisation is used.", true, pending),
  localtime: o.flag("Whether the clock shows local time.", undefined, pending),
  lock: { ...o.oneOf(...LOCKS.split(" ")), ...atOnce },
  migrate_downtime: o.told(o.num(0), "How long it may stand still in a migration, in seconds.", {
    default: 0.1,
    ...atOnce,
  }),
  migrate_speed: o.told(o.int(0), "The limit of a migration, in megabytes per second; 0 is none.", {
    default: 0,
    ...atOnce,
  }),
  name: o.told(o.format("dns-name"), "The name; with cloud-init also the host name.", atOnce),
  numa: o.flag("Whether NUMA is on.", false, pending),
  ostype: o.told(o.oneOf(...SYSTEMS.split(" ")), "The operating system, which decides some defaults.", {
    default: "other",
    ...pending,
  }),
  reboot: o.flag("Whether the guest may reboot; without, it stops.", true, pending),
  shares: o.told(o.int(0, 50000), "The weight of the guest where memory is short; 0 turns that off.", {
    default: 1000,
    ...atOnce,
  }),
  smbios1: o.told(smbios, "What the guest's firmware tells about the machine.", { maxLength: 512, ...pending }),
  smp: o.int(1),
  sockets: o.told(o.int(1), "The number of CPU sockets.", { default: 1, ...pending }),
  spice_enhancements: o.told(
    o.property(undefined, {
      foldersharing: o.flag("Share a folder with the SPICE client.", false),
      videostreaming: o.told(o.oneOf("off", "all", "filter"), "What is sent as a video.", { default: "off" }),
    }),
    "Additions to the SPICE console.",
    pending,
  ),
  startdate: o.matching(/now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?/, {
    doc: "What the clock shows at the start.",
    describe: "`now`, or a date such as 2006-06-17T16:01:21",
    default: "now",
    ...pending,
  }),
  tablet: o.flag("Whether there is a tablet for the pointer.", true, atOnce),
  tdf: o.flag("Whether lost ticks of the clock are made up for.", false, pending),
  vcpus: o.told(o.int(1), "The number of CPUs plugged at start.", { default: 0, ...pending }),
  vmgenid: o.matching(new RegExp(`${uuid.source}|[01]`), {
    doc: "The id by which Windows notices a copy: a UUID, 1 for a new one, 0 for none.",
    describe: "a UUID, 0 or 1",
    default: "1 (autogenerated)",
    ...pending,
  }),
  vmstatestorage: o.told(o.format("pve-storage-id"), "The storage for the state of RAM in snapshots.", atOnce),
};

/** What the file of a VM may hold and `qm set` takes. */
export const qmConfig: o.Options = { ...general, ...hardware, ...plugged, ...cloudInit };

/** What only the creation takes. */
export const qmCreateOnly: o.Options = o.having("create-only", {
  archive: o.text({ maxLength: 255 }),
  bwlimit: o.int(0),
  "ha-managed": o.bool,
  "import-working-storage": o.format("pve-storage-id"),
  "live-restore": o.bool,
  pool: o.format("pve-poolid"),
  start: o.bool,
  storage: o.format("pve-storage-id"),
  unique: { type: "boolean", requires: "archive" },
});

/** What a call of `qm set` says besides options. */
export const qmSetOnly: o.Options = { ...setCall, skiplock: o.bool };

/** Options whose change a cloud-init image has to learn. */
export const cloudInitOptions: readonly string[] = Object.keys(cloudInit)
  .filter((name) => !name.includes("["))
  .concat("name");

/** The form of a drive option; undefined for other options. */
export function driveFormat(option: string): o.PropertyFormat | undefined {
  const family = /^(ide|sata|scsi|virtio)\d+$/.exec(option)?.[1];
  if (family !== undefined) return qmConfig[`${family}[n]`]?.keys;
  return option === "efidisk0" || option === "tpmstate0" ? qmConfig[option]?.keys : undefined;
}
