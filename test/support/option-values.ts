import type { OptionSpec, OptionType } from "../../src/plugin-api/index.js";

/** Two values of an attribute as they stand in a file. */
export type Values = readonly [string, string];

const quoted = (first: string, second: string): Values => [JSON.stringify(first), JSON.stringify(second)];

/** Values where a type does not say what means something, by Proxmox's name of the option or key. */
const SAMPLES: Readonly<Record<string, Values>> = {
  cpu: ["host", "max"],
  affinity: quoted("0-1", "2"),
  "boot.legacy": ["c", "d"],
  "boot.order": ["[scsi0]", "[net0, scsi0]"],
  cipassword: ['secret("file:/root/a")', 'secret("file:/root/b")'],
  "cpu.cputype": ["host", "max"],
  "cpu.flags": quoted("+aes", "+aes;-pcid"),
  "cpu.phys-bits": ["host", "40"],
  "cpu.reported-model": ["kvm64", "qemu64"],
  "dev[n].mode": ["0660", "0600"],
  "efidisk0.file": ["local-lvm", "local-lvm"],
  entrypoint: quoted("/sbin/init", "/bin/sh"),
  env: ['["A=1", "B=2"]', '["A=3"]'],
  "ide[n].file": quoted("local:iso/a.iso", "none"),
  hookscript: quoted("local:snippets/a.sh", "local:snippets/b.sh"),
  "hostpci[n].host": quoted("0000:01:00.0", "0000:02:00.0"),
  hotplug: quoted("disk", "disk,network"),
  "ipconfig[n].gw6": ["2001:db8::1", "2001:db8::2"],
  "ipconfig[n].ip6": ["2001:db8::5/64", "2001:db8::6/64"],
  "machine.type": ["q35", "pc"],
  "mp[n].idmap": quoted("passthrough", "u:0:100000:65536"),
  "mp[n].mountoptions": quoted("noatime", "nodev;noexec"),
  nameserver: ["[10.0.0.2]", "[10.0.0.3]"],
  "net[n].hwaddr": ["BC:24:11:00:00:01", "BC:24:11:00:00:02"],
  "net[n].macaddr": ["BC:24:11:00:00:03", "BC:24:11:00:00:04"],
  "net[n].gw6": ["2001:db8::1", "2001:db8::2"],
  "net[n].ip6": ["2001:db8::7/64", "2001:db8::8/64"],
  "net[n].trunks": quoted("10;20", "30"),
  "net[n].bridge": ["vmbr0", "vmbr1"],
  "parallel[n]": quoted("/dev/parport0", "/dev/parport1"),
  searchdomain: quoted("a.example", "b.example"),
  "serial[n]": quoted("socket", "/dev/ttyS0"),
  "smbios1.uuid": quoted("11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-666666666666"),
  sshkeys: ['["ssh-ed25519 AAAA a@b"]', '["ssh-ed25519 BBBB a@b"]'],
  startdate: quoted("now", "2006-06-17T16:01:21"),
  timezone: ["host", "UTC"],
  "tpmstate0.file": ["local-lvm", "local-lvm"],
  "usb[n].host": quoted("1234:5678", "1-2.3"),
  vmgenid: quoted("1", "11111111-2222-3333-4444-555555555555"),
  vmstatestorage: ["local-lvm", "local-dir"],
  "scsi[n].wwn": quoted("0x5000c500a0000001", "0x5000c500a0000002"),
};

/** Two values of an attribute, different where it has two; undefined for one that no file can write by itself. */
export function valuesOf(option: OptionSpec, pve: string): Values {
  const family = pve.replace(/^([a-z]+)\d+(?=\.|$)/, "$1[n]");
  return SAMPLES[pve] ?? SAMPLES[family] ?? hexOf(pve) ?? volumeOf(pve) ?? byType(option.type);
}

function volumeOf(pve: string): Values | undefined {
  return pve.startsWith("cicustom.") ? quoted("local:snippets/a.sh", "local:snippets/b.sh") : undefined;
}

function hexOf(pve: string): Values | undefined {
  if (/^numa\d\.(cpus|hostnodes)$/.test(pve)) return quoted("0", "1;2-3");
  return /\.(sub-)?(device|vendor)-id$/.test(pve) ? quoted("0x1234", "0x5678") : undefined;
}

function byType(type: OptionType): Values {
  switch (type.type) {
    case "bool":
      return ["true", "false"];
    case "int":
    case "number": {
      const low = Math.max(type.min ?? 1, 1);
      return [String(low), String(type.max === undefined ? low + 1 : Math.min(low + 1, type.max))];
    }
    case "size": {
      const unit = type.multipleOf ?? 1024 ** 2;
      const low = Math.max(type.min ?? 0, 64 * unit) / 1024 ** 2;
      return [`${low}MiB`, `${low * 2}MiB`];
    }
    case "duration":
      return ["2s", "3s"];
    case "enum":
      return [JSON.stringify(type.values[0] ?? ""), JSON.stringify(type.values[1] ?? type.values[0] ?? "")];
    case "list": {
      const [first, second] = byType(type.of);
      return [`[${first}]`, `[${second}]`];
    }
    case "union":
      return byType(type.of[0] ?? { type: "bool" });
    default:
      return quoted("one", "two");
  }
}
