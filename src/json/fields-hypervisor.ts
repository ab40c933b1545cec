import { int } from "./types.js";
import { below, compiled, type FieldTable, foreign, idle, info, later, read, RULES } from "./field.js";

const HOST_SETUP =
  "set the host up by hand: phxc configures guests, pools, datasets and storages, not the host's system";
const OLD_SYSTEM = foreign("the existing system");
const UNREAD = "nothing reads it, neither the existing system nor phxc; leave it out";

const INTERFACE: FieldTable = {
  name: compiled("word", "`bridge` of the network"),
  address: compiled("ipMaybePrefix", "`address` of the host"),
  gateway: compiled("ip", "`gateway` of the network"),
  pool: compiled("ipRange", "`pool` of the network, from which `auto` draws"),
  dns_nameservers: compiled("ips", "`dns` of the host"),
};

/** The firewall of the cluster. */
const FIREWALL: FieldTable = {
  enabled: compiled("bool", "`enabled` of `firewall cluster`"),
  default_input_policy: compiled("action", "`policy_in` of `firewall cluster`"),
  default_output_policy: compiled("action", "`policy_out` of `firewall cluster`"),
  ...below("global_firewall_rules", RULES),
};

/** Fields of `phoenix_hypervisor_config.json`, and of its forerunner `hypervisor_config.json`. */
export const HYPERVISOR_FIELDS: FieldTable = {
  $schema: info,
  version: info,
  author: info,
  domain_name: compiled("word", "`search` of virtual machines that are made from an image, and `domain` of `names`"),
  users: later(`${HOST_SETUP}; the user inside a guest is its \`user_config\``),
  "core_paths.lxc_config_file": read("anyPath", "leads to the containers"),
  "core_paths.vm_config_file": read("anyPath", "leads to the virtual machines"),
  "core_paths.*": OLD_SYSTEM,
  timezone: later(HOST_SETUP),

  "network.hostname": compiled("name", "the name of the `host`"),
  "network.interfaces": { type: "objectOrList", fate: { fate: "compiled", into: "`host` and `network`" } },
  ...below("network.interfaces", INTERFACE),
  ...below("network.interfaces[]", INTERFACE),
  "network.default_subnet": compiled("cidr", "`subnet` of the network"),
  "network.internal_bridge.name": compiled("word", "a `network`"),
  "network.internal_bridge.subnet": compiled("cidr", "`subnet` of that network"),
  "network.public_bridge": later("name the bridge in the `network_config` of the guests that use it"),
  "network.macvlan_vlan_tag": later("set up VLAN interfaces on the host by hand"),
  "network.public_vlan_tag": later("set up VLAN interfaces on the host by hand"),
  "network.workgroup": compiled("word", "`workgroup` of `samba` of the host"),
  "network.nfs_server": read("word", "the server of `nfs_shares`"),
  "network.fallback_dns": idle(UNREAD),
  "network.external_registry_url": idle(UNREAD),
  "network.portainer_server_ip": foreign("Portainer"),
  "network.portainer_server_port": foreign("Portainer"),
  "network.portainer_agent_port": foreign("Portainer"),

  docker: foreign("Portainer"),
  portainer_api: foreign("Portainer"),
  "nfs.exports[].path": { ...compiled("path", "an `export`"), required: true },
  "nfs.exports[].clients": compiled("texts", "`clients` of an export"),
  "nfs.exports[].options": compiled("texts", "`options` of an export"),
  "nfs.shares": later("write `nfs.exports` with their `clients`: without clients nobody could mount them"),
  "samba.user": compiled("name", "`owner` of shares, and a `user` of `samba` of the host"),
  "samba.shares[].name": { ...compiled("name", "a `share`"), required: true },
  "samba.shares[].path": { ...compiled("anyPath", "`path` of a share"), required: true },
  "samba.shares[].valid_users": compiled("texts", "`users` of a share"),
  "samba.shares[].options": compiled("texts", "attributes and `options` of a share"),
  "samba.shares[].browsable": compiled("bool", "`browseable` of a share"),
  "samba.shares[].browseable": compiled("bool", "`browseable` of a share"),
  "samba.shares[].read_only": compiled("bool", "`readonly` of a share"),
  "samba.shares[].writable": compiled("bool", "`readonly` of a share"),
  "samba.shares[].guest_ok": compiled("bool", "`guest_ok` of a share"),
  "dns_server.enabled": read("bool", "whether the host answers with the names of guests"),
  "dns_server.upstream_servers": compiled("ips", "`upstream` of the host's `names`"),
  "dns_server.authoritative_zones": idle(UNREAD),
  step_ca: foreign("step-ca"),
  nvidia: later("install the NVIDIA driver on the host by hand, or write `nvidia_driver`"),
  "nvidia_driver.install": read("bool", "whether the host gets the driver"),
  "nvidia_driver.version": compiled("word", "`version` of the host's `nvidia`"),
  "nvidia_driver.runfile_url": compiled("word", "`url` of the host's `nvidia`"),
  "nvidia_driver.cuda_version": idle("the host needs no CUDA; the feature `nvidia` of a container installs it"),
  "nvidia_driver.install_vllm_libs": idle("the host needs no such libraries; features of containers install them"),
  "nvidia_driver.*": later("install it on the host by hand"),

  "zfs.arc_max_gb": compiled(int(1, 1_000_000), "`arc_max` of the host's `zfs`, in GiB"),
  "zfs.arc_max": compiled("bytes", "`arc_max` of the host's `zfs`"),
  "zfs.settings": idle("phxc never creates a pool on a disk that carries a signature; there is nothing to switch off"),
  "zfs.pools[].name": { ...compiled("name", "a `pool`"), required: true },
  "zfs.pools[].raid_level": compiled("word", "`raid` of a pool"),
  "zfs.pools[].disks": compiled("paths", "`disks` of a pool"),
  "zfs.datasets[].name": { ...compiled("word", "a `dataset`"), required: true },
  "zfs.datasets[].pool": read("name", "part of the name of a `dataset`"),
  "zfs.datasets[].properties": compiled("properties", "properties of a dataset"),
  "zfs.datasets[].proxmox_storage_type": compiled("word", "the type of the dataset's `storage`"),
  "zfs.datasets[].proxmox_content_type": compiled("contents", "`content` of the dataset's `storage`"),
  "zfs.datasets[].storage_class": idle(UNREAD),
  "zfs.dataset_storage_types": later("write `proxmox_storage_type` and `proxmox_content_type` at each dataset"),

  "proxmox_storage_ids.*": compiled("name", "`id` of a dataset's storage"),
  mount_point_base: idle("datasets are mounted at /POOL/NAME, as the existing system creates them; write full paths"),
  proxmox_defaults: idle("the existing system applies none of these defaults; write the values at each guest"),
  tests: OLD_SYSTEM,
  behavior: OLD_SYSTEM,
  ...below("shared_volumes.firewall", FIREWALL),
  "shared_volumes.*": idle("no script reads shared volumes any more; write `mount_points` at the guests"),
  shared_zfs_volumes: later("write `zfs_volumes` at the guests"),
  ...below("firewall", FIREWALL),
  docker_stacks: foreign("Docker"),
};
