const startup = "a key of `startup`, which Proxmox reads with code of its own; times are written with their unit";
const address =
  "`dhcp`, `none`, an address whose prefix may be that of its network, or a word for one that phxc chooses; of either family";
const drawn = "an address, or `auto`, for which phxc chooses one";
const notes = "several lines; Proxmox keeps each as a comment";
const list = "a list in brackets";
const storage = "the name of a storage, declared or on the host";
const dns = "a DNS name has no more than 255 characters, whatever is written where";
const device =
  "the name of a network device of Linux: 15 characters, and no hyphen in front, which tools take for an option";

const mapping = "an identifier as Proxmox has them, which are never so long";
const usb = "one attribute for each of the two forms of `host`";

/** Where attributes differ from Proxmox's own options on purpose, each with the reason. */
export const optionDifferences: Readonly<Record<string, string>> = {
  "vm.nameservers: type": `${list}, of addresses; Proxmox takes host names too, which need a name server to be found`,
  "vm.description: pattern": notes,
  "vm.search: pattern": "a DNS name, as for containers; Proxmox takes any text for virtual machines",
  "vm.search: length": dns,
  "vm.boot.order: type": startup,
  "vm.boot.delay: type": startup,
  "vm.boot.down_delay: type": startup,
  "vm.disk.discard: type": "true and false for `on` and `ignore`, as with the other switches",
  "vm.cdrom.iso: type":
    "a declared image, a volume with media, or `none`; Proxmox takes any volume, and the host's own drive",
  "vm.net.ip: type": address,
  "vm.net.ip6: type": address,
  "vm.net.mac: type": drawn,
  "vm.net.bridge: pattern": device,
  "vm.net.bridge: length": device,
  "vm.cloud_init.user: pattern": "a user name that Linux takes; Proxmox takes any text",
  "vm.cloud_init.user: length": "a user name that Linux takes has 32 characters at most",
  "vm.cloud_init.password: type": "only where the hash is, for a password is no part of a plan",
  "vm.cloud_init.ssh_keys: type": "a list of keys; Proxmox takes a file, which the script makes of them",
  "vm.pci.address: type": "a PCI address or a list of them, for Proxmox's text with semicolons",
  "vm.pci.mapping: length": mapping,
  "vm.usb.device: pattern": usb,
  "vm.usb.port: pattern": usb,
  "vm.usb.mapping: length": mapping,
  "vm.options.balloon: type": "a size, or a bare 0, which turns ballooning off",
  "vm.options.hotplug: pattern": "words joined by commas in one text, as Proxmox keeps them",
  "vm.options.vmstatestorage: type": storage,
  "vm.options.efidisk0.storage: type": storage,
  "vm.options.tpmstate0.storage: type": storage,
  "vm.options.cpu.reported-model: type": "a name of a CPU, checked by family, as the type itself",
  "ct.nameservers: type": list,
  "ct.search: type": "one domain",
  "ct.description: pattern": notes,
  "ct.unprivileged: effect": "`pct set` knows the option, and refuses every change of it",
  "ct.options.env: type": `${list}; Proxmox joins the variables by NULs, which no command line can hold`,
  "ct.timezone: pattern": "the names are those of the host's time zone files; Proxmox looks there",
  "ct.mount_fs: type": `${list}; Proxmox joins the types by semicolons in one key`,
  "ct.boot.order: type": startup,
  "ct.boot.delay: type": startup,
  "ct.boot.down_delay: type": startup,
  "ct.disk.at: type": "an absolute path; Proxmox takes a relative one, as one below the root",
  "ct.mount.at: type": "an absolute path; Proxmox takes a relative one, as one below the root",
  "ct.net.ip: type": address,
  "ct.net.ip6: type": address,
  "ct.net.mac: type": drawn,
  "ct.net.bridge: pattern": device,
  "ct.net.bridge: length": device,
  "ct.net.rate: range": "a limit below zero is none; Proxmox refuses it for virtual machines only",
  "ct.net.device: pattern": device,
  "ct.net.device: length": device,
  "storage.pool: type": "a reference to a pool or dataset",
  "storage.password: type": "where the password is; Proxmox asks for it on standard input",
  "storage.keyring: type": "where the key is; Proxmox takes a file with it",
  "storage.encryption-key: type": "`autogen`, or where the key is; Proxmox takes a file with it",
  "storage.master-pubkey: type": "a path of the host",
  "storage.content: type": `${list}, of words`,
  "storage.is_mountpoint: type": "true and false for `yes` and `no`; Proxmox also takes a path",
};
