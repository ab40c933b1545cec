/**
 * Operating systems of guests as data: what a guest of each is given where no file says otherwise. An entry fills in, and is
 * never more than a default. Proxmox's option tables say which words exist; what a system needs is from its makers' documents
 * and from Proxmox's guides (see docs/conformance.md).
 */

/** A setting of a preset, under the name of the attribute that it fills in. */
type PresetValue = string | boolean | readonly string[] | readonly (readonly string[])[];
export type PresetSettings = Readonly<Record<string, PresetValue>>;

/** What a virtual machine is given. */
export interface OsMachine {
  /** Attributes of the machine itself. */
  readonly attributes: PresetSettings;
  /** What stands in `options { }`. */
  readonly options?: PresetSettings;
  /** Volumes that hold state (`efidisk0`, `tpmstate0`), each with its keys; they lie on the storage of the root disk. */
  readonly state?: Readonly<Record<string, PresetSettings>>;
  /** Attributes of `cloud_init`, where the machine has that block. */
  readonly cloudInit?: PresetSettings;
  /** The second drive of an installation, without which the installer sees neither disk nor network. */
  readonly drivers?: { readonly name: string; readonly iso: string; readonly slot: string };
}

/** The QEMU guest agent of a system. */
export interface OsAgent {
  readonly package: string;
  readonly service: string;
  /** The maker's cloud image brings it. */
  readonly inImage: boolean;
  /** What starts it after its package was installed; none where the package does that. */
  readonly start?: readonly string[];
}

/** One operating system. */
export interface OperatingSystem {
  /** As people call it. */
  readonly title: string;
  /** As features know it; `freebsd` and `windows` are no Linux. */
  readonly family: "alpine" | "arch" | "debian" | "freebsd" | "redhat" | "suse" | "windows";
  /** The package manager. */
  readonly packages: "apk" | "apt" | "dnf" | "pacman" | "pkg" | "winget" | "zypper";
  /** The user that the maker's cloud image makes. */
  readonly user: string;
  readonly agent: OsAgent;
  readonly vm: OsMachine;
  /** Attributes of a container; none where there can be none. */
  readonly ct?: PresetSettings;
}

const AGENT = { package: "qemu-guest-agent", service: "qemu-guest-agent" } as const;
const APT_AGENT: OsAgent = { ...AGENT, inImage: false, start: ["systemctl", "start", "qemu-guest-agent"] };
const IMAGE_AGENT: OsAgent = { ...AGENT, inImage: true };
const ENABLED_AGENT: OsAgent = {
  ...AGENT,
  inImage: false,
  start: ["systemctl", "enable", "--now", "qemu-guest-agent"],
};

/** A cloud image of a Linux distribution: its console is the serial port, which Proxmox shows. */
const LINUX = { ostype: "l26", scsihw: "virtio-scsi-single", serial: "socket" } as const;
const CONSOLE = { vga: "serial0" } as const;
const LINUX_VM: OsMachine = { attributes: LINUX, options: CONSOLE };
/** Built for processors with the x86-64-v2 or v3 instructions: on Proxmox's default model such a system does not start. */
const V2_VM: OsMachine = { attributes: { ...LINUX, cpu: "x86-64-v2-AES" }, options: CONSOLE };
const V3_VM: OsMachine = { attributes: { ...LINUX, cpu: "x86-64-v3" }, options: CONSOLE };

const WINDOWS_VM: OsMachine = {
  attributes: { ostype: "win11", scsihw: "virtio-scsi-single", bios: "ovmf", cpu: "x86-64-v2-AES", agent: true },
  options: { machine: "q35" },
  state: {
    efidisk0: { efitype: "4m", "pre-enrolled-keys": true },
    tpmstate0: { version: "v2.0" },
  },
  cloudInit: { format: "configdrive2" },
  drivers: { name: "virtio", iso: "virtio-win.iso", slot: "sata0" },
};

const WINDOWS = {
  family: "windows",
  packages: "winget",
  user: "Administrator",
  // Its installer is on the ISO with the drivers: virtio-win-guest-tools.exe.
  agent: { package: "virtio-win-guest-tools", service: "QEMU-GA", inImage: false },
  vm: WINDOWS_VM,
} as const;

const APT = { family: "debian", packages: "apt", agent: APT_AGENT, vm: LINUX_VM } as const;
const DNF = { family: "redhat", packages: "dnf", agent: IMAGE_AGENT } as const;
const ZYPPER = { family: "suse", packages: "zypper", user: "opensuse", agent: ENABLED_AGENT } as const;
const EL = { ostype: "centos" } as const;

/** A container whose systemd needs name spaces of its own (257 and later). */
function nested(ostype: string): PresetSettings {
  return { ostype, nesting: true };
}

/** The systems, by the word for them. */
export const operatingSystems: Readonly<Record<string, OperatingSystem>> = {
  ubuntu2404: { title: "Ubuntu 24.04 LTS", ...APT, user: "ubuntu", ct: { ostype: "ubuntu" } },
  ubuntu2204: { title: "Ubuntu 22.04 LTS", ...APT, user: "ubuntu", ct: { ostype: "ubuntu" } },
  debian13: { title: "Debian 13", ...APT, user: "debian", ct: nested("debian") },
  debian12: { title: "Debian 12", ...APT, user: "debian", ct: { ostype: "debian" } },
  rocky10: { title: "Rocky Linux 10", ...DNF, user: "rocky", vm: V3_VM, ct: nested("centos") },
  rocky9: { title: "Rocky Linux 9", ...DNF, user: "rocky", vm: V2_VM, ct: EL },
  alma10: { title: "AlmaLinux 10", ...DNF, user: "almalinux", vm: V3_VM, ct: nested("centos") },
  alma9: { title: "AlmaLinux 9", ...DNF, user: "almalinux", vm: V2_VM, ct: EL },
  centos10: { title: "CentOS Stream 10", ...DNF, user: "cloud-user", vm: V3_VM, ct: nested("centos") },
  centos9: { title: "CentOS Stream 9", ...DNF, user: "cloud-user", vm: V2_VM, ct: EL },
  fedora: { title: "Fedora", ...DNF, user: "fedora", agent: ENABLED_AGENT, vm: LINUX_VM, ct: nested("fedora") },
  leap16: { title: "openSUSE Leap 16", ...ZYPPER, vm: V2_VM, ct: nested("opensuse") },
  leap15: { title: "openSUSE Leap 15", ...ZYPPER, vm: LINUX_VM, ct: { ostype: "opensuse" } },
  tumbleweed: { title: "openSUSE Tumbleweed", ...ZYPPER, vm: LINUX_VM, ct: nested("opensuse") },
  alpine: {
    title: "Alpine Linux",
    family: "alpine",
    packages: "apk",
    user: "alpine",
    agent: { ...AGENT, inImage: false, start: ["rc-service", "qemu-guest-agent", "start"] },
    vm: LINUX_VM,
    ct: { ostype: "alpine" },
  },
  arch: {
    title: "Arch Linux",
    family: "arch",
    packages: "pacman",
    user: "arch",
    agent: ENABLED_AGENT,
    vm: LINUX_VM,
    ct: nested("archlinux"),
  },
  freebsd14: {
    title: "FreeBSD 14",
    family: "freebsd",
    packages: "pkg",
    user: "freebsd",
    agent: {
      package: "qemu-guest-agent",
      service: "qemu_guest_agent",
      inImage: false,
      start: ["service", "qemu-guest-agent", "onestart"],
    },
    vm: { attributes: { ostype: "other", scsihw: "virtio-scsi-single", serial: "socket" } },
  },
  windows11: { title: "Windows 11", ...WINDOWS },
  windows2025: { title: "Windows Server 2025", ...WINDOWS },
  windows2022: { title: "Windows Server 2022", ...WINDOWS },
};

/** What people write for these words. */
export const operatingSystemWords: Readonly<Record<string, string>> = {
  "ubuntu-24.04": "ubuntu2404",
  "ubuntu24.04": "ubuntu2404",
  noble: "ubuntu2404",
  "ubuntu-22.04": "ubuntu2204",
  "ubuntu22.04": "ubuntu2204",
  jammy: "ubuntu2204",
  trixie: "debian13",
  "debian-13": "debian13",
  bookworm: "debian12",
  "debian-12": "debian12",
  rockylinux9: "rocky9",
  rockylinux10: "rocky10",
  almalinux9: "alma9",
  almalinux10: "alma10",
  "centos-stream9": "centos9",
  "centos-stream10": "centos10",
  opensuse: "tumbleweed",
  archlinux: "arch",
  alpinelinux: "alpine",
  freebsd: "freebsd14",
  win11: "windows11",
  win2k22: "windows2022",
  win2k25: "windows2025",
};
