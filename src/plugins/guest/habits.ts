/**
 * What people write for options of guests who know Proxmox, Terraform, compose files or other tools: the name that is meant
 * here, or what is written instead. Declarations give them to the checker as `instead`.
 */
type Habits = Readonly<Record<string, string>>;

/** Each of the words means the same. */
function all(words: string, meant: string): Habits {
  return Object.fromEntries(words.split(" ").map((word) => [word, meant]));
}

const guest: Habits = {
  ...all("ram mem", "memory"),
  ...all("cpus vcpu vcpus cpu_count cpu_cores core", "cores"),
  ...all("onboot autostart start_on_boot start_at_boot on_boot", "write `boot { start = true }`"),
  ...all("startup startup_order boot_order", "write `boot { order = 1, delay = 5s }`"),
  ...all("dns dns_server dns_servers name_servers resolver resolvers", "nameservers"),
  ...all("searchdomain search_domain dns_search dns_domain domain", "search"),
  ...all("network networks nic nics interface interfaces netN network_interface ipconfigN", "net"),
  ...all("address ip_address ipaddr ip4 ipv4 cidr subnet", "write `net NETWORK { ip = 10.0.0.5 }`"),
  ...all("hard_disk hdd volume_size disk_size root rootdisk", "write `disk root { size = 8GiB, storage = STORAGE }`"),
  ...all("disks drive drives volumes", "disk"),
  ...all("depends_on depends requires after dependencies", "needs"),
  ...all("count replicas instances scale", "write `for n in 1..3 { ... }` around the block"),
  ...all("clone_from source_vm source", "clone"),
  ...all("ostemplate os_template template_file lxc_template", "image"),
  ...all("comment comments note notes desc", "description"),
  ...all("node target_node proxmox_node pve_node", "host"),
  ...all("running started power power_state status", "state"),
  ...all("label labels", "tags"),
  ...all("healthcheck health_check health checks probe", "check"),
  ...all("snapshots", "snapshot"),
  ...all("rules fw", "firewall"),
  ...all("password root_password cipassword passwd", "passwords are not set by plans: give the guest ssh keys"),
};

/** Words for what stands in the head of a guest's block. */
function head(keyword: string): Habits {
  const where = (example: string): string => `it stands in the head of the block: \`${keyword} ${example} { ... }\``;
  return {
    ...all("name hostname id vmid ctid vm_id ct_id", where("100 web")),
    ...all("extends profile profiles inherits include base", where("100 web extends PROFILE")),
    ...all("if condition enabled", where("100 web when CONDITION")),
  };
}

export const vmHabits: Habits = {
  ...guest,
  ...head("vm"),
  ...all("scsiN virtioN sataN ideN", "disk"),
  ...all("rootfs", "write `disk root { size = 32GiB, storage = STORAGE }`"),
  ...all("iso cdrom os_image cloud_image base_image disk_image", "image"),
  ...all("qemu_agent guest_agent qemu_guest_agent", "agent"),
  ...all("scsi_hardware scsi_controller scsi", "scsihw"),
  ...all("os_type", "ostype"),
  ...all("os_family operating_system distribution distro", "os"),
  ...all("firmware uefi efi", "bios"),
  ...all("cpu_type cpu_model", "cpu"),
  ...all("hostpciN passthrough pci_device", "pci"),
  ...all("usbN usb_device", "usb"),
  ...all("gpu gpus nvidia device", "write `pci NAME { address = 0000:01:00.0 }`"),
  ...all("ssh_key sshkey sshkeys ssh_public_keys ssh_authorized_keys", "write `cloud_init { ssh_keys = [...] }`"),
  ...all("ci_user ciuser username", "write `cloud_init { user = admin }`"),
  ...all("password root_password cipassword passwd", 'write `cloud_init { password = secret("env:NAME") }`, a hash'),
  ...all("packages runcmd write_files user_data", "it belongs into `cloud_init { }`"),
};

export const ctHabits: Habits = {
  ...guest,
  ...head("ct"),
  ...all("rootfs", "write `disk root { size = 8GiB, storage = STORAGE }`"),
  ...all("mpN mount_point mountpoint mounts bind binds bind_mount", 'write `mount "/on/the/host" { at = "/inside" }`'),
  ...all("os_type", "ostype"),
  ...all("os_family operating_system distribution distro", "os"),
  ...all("devices devN", "device"),
  ...all("gpu nvidia", "gpus"),
  ...all("privileged", "write `unprivileged = false`"),
  ...all("lxc", 'write `raw { "lxc.KEY" = "VALUE" }`'),
};

export const netHabits: Habits = {
  ...all("address addr adress ip_address ipv4 ip4", "ip"),
  ...all("ipv6 address6 slaac", "ip6"),
  ...all("gw gateway4 router default_gateway", "gateway"),
  ...all("gw6 gateway_6", "gateway6"),
  ...all("macaddr hwaddr mac_address", "mac"),
  ...all("tag vlan_id vlanid vlan_tag", "vlan"),
  ...all("dns nameserver nameservers search", "it belongs to the guest, or to the network as `dns` and `search`"),
  ...all("name ifname", "device"),
  ...all("type driver", "model"),
};

export const diskHabits: Habits = {
  ...all("datastore pool volume storage_pool", "storage"),
  ...all("mp mountpoint mount mount_point path target", "at"),
  ...all("ro read_only", "readonly"),
  ...all("bus interface device", "slot"),
  ...all("format", "the storage decides the format"),
};

export const mountHabits: Habits = {
  ...all("mp target to destination dest container_path path", "at"),
  ...all("ro read_only", "readonly"),
  ...all("uid gid user chown", "owner"),
};

export const pciHabits: Habits = {
  ...all("host device id", "address"),
  ...all("x_vga xvga vga primary_gpu", "primary"),
  ...all("vgpu", "mdev"),
  ...all("rom_bar", "rombar"),
  ...all("rom_file", "romfile"),
};

export const usbHabits: Habits = {
  ...all("host id vendor", "device"),
  ...all("bus", "port"),
};

export const volumeHabits: Habits = {
  ...all("source src share export remote device what", "from"),
  ...all("mount_point mountpoint target path to where", "at"),
  ...all("opts mount_options", "options"),
  ...all("username account", "user"),
  ...all("server host", "write the server in `from`, as `10.0.0.13:/tank/data`"),
};

export const bootHabits: Habits = {
  ...all("onboot enabled auto autostart", "start"),
  ...all("up wait start_delay", "delay"),
  ...all("down stop_delay shutdown_timeout", "down_delay"),
  ...all("priority startup", "order"),
};

export const cloudInitHabits: Habits = {
  ...all("username name ciuser default_user", "user"),
  ...all("keys ssh_key sshkey sshkeys authorized_keys ssh_authorized_keys public_keys", "ssh_keys"),
  ...all("passwd cipassword password_hash hashed_passwd", "password"),
  ...all("users accounts account", "write `user NAME { ssh_keys = [...] }`, a block for each"),
  ...all("write_files files", 'write `file "/etc/example" { content = "..." }`, a block for each'),
  ...all("runcmd run_commands run", "commands"),
  ...all("bootcmd", "boot_commands"),
  ...all("package apt install", "packages"),
  ...all("package_upgrade ciupgrade package_update", "upgrade"),
  ...all("tz time_zone", "timezone"),
  ...all("lang language", "locale"),
  ...all("type citype", "format"),
  ...all("userdata user_data_file cicustom", "user_data"),
  ...all("vendordata", "vendor_data"),
  ...all("network network_data networkconfig", "network_config"),
  ...all("hostname fqdn", "the guest's name is its host name"),
  ...all("nameserver nameservers dns search searchdomain", "it belongs to the guest, or to the network as `dns`"),
};

export const cloudInitUserHabits: Habits = {
  ...all("keys ssh_key sshkey authorized_keys ssh_authorized_keys public_keys", "ssh_keys"),
  ...all("passwd hashed_passwd password_hash", "password"),
  ...all("group", "groups"),
  ...all("homedir home_dir", "home"),
  ...all("gecos full_name", "comment"),
  ...all("lock_passwd locked", "leave `password` out: then it is locked"),
};

export const cloudInitFileHabits: Habits = {
  ...all("text data source body", "content"),
  ...all("permissions perms chmod", "mode"),
  ...all("user chown", "owner"),
  ...all("defer", "write `early = true` for the opposite; files are written late otherwise"),
  ...all("encoding", "`content` is text; write it as it is"),
};

export const checkHabits: Habits = {
  ...all("command cmd exec test", "run"),
  ...all("unit systemd service_name systemctl", "service"),
  ...all("file path script_path", "script"),
  ...all("arguments argv", "args"),
  ...all("guest_agent qemu_guest_agent qga", "agent"),
  ...all("cloudinit", "cloud_init"),
  ...all("port", "tcp"),
  ...all("url", "http"),
  ...all("interval period", "every"),
  ...all("attempts tries", "retries"),
};

export const firewallHabits: Habits = {
  ...all("input inbound ingress", "in"),
  ...all("output outbound egress", "out"),
  ...all("rule allow accept permit", "write `in accept tcp 22 from ADDRESS`"),
  ...all("deny drop reject block", "write `in drop tcp 22 from ADDRESS`"),
  ...all("policy default input_policy default_in", "policy_in"),
  ...all("output_policy default_out", "policy_out"),
  ...all("enable", "enabled"),
};
