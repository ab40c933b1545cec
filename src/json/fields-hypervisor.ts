import {
  compiled,
  type Fields,
  foreign,
  group,
  holding,
  idle,
  info,
  later,
  list,
  read,
  required,
  RULES,
  SECRET,
  within,
} from "./field.js";
import { int } from "./types.js";

const OLD_SYSTEM = foreign("the existing system");
const UNREAD = "nothing reads it, neither the existing system nor phxc; leave it out";

const INTERFACE = group({
  name: compiled("word", "`bridge` of the network"),
  address: compiled("ipMaybePrefix", "`address` of the host"),
  gateway: compiled("ip", "`gateway` of the network"),
  pool: compiled("ipRange", "`pool` of the network, from which `auto` draws"),
  mac_prefix: compiled("macPrefix", "`mac_prefix` of the network, with which a `mac_address` of `auto` begins"),
  dns_nameservers: compiled("ips", "`dns` of the host"),
});

/** The firewall of the cluster. */
const FIREWALL = group({
  enabled: compiled("bool", "`enabled` of `firewall cluster`"),
  default_input_policy: compiled("action", "`policy_in` of `firewall cluster`"),
  default_output_policy: compiled("action", "`policy_out` of `firewall cluster`"),
  global_firewall_rules: RULES,
});

/** Fields of `phoenix_hypervisor_config.json`, and of its forerunner `hypervisor_config.json`. */
export const HYPERVISOR_FIELDS: Fields = {
  $schema: info,
  version: info,
  author: info,
  domain_name: compiled("word", "`search` of virtual machines that are made from an image, and `domain` of `names`"),
  users: group({
    username: required("word", "a `user` of the host"),
    password_hash: compiled(SECRET, "`password` of that user"),
    sudo_access: compiled("bool", "the group `sudo` of that user"),
    ssh_public_key: compiled("text", "`ssh_keys` of that user"),
  }),
  core_paths: group(
    {
      lxc_config_file: read("anyPath", "leads to the containers"),
      vm_config_file: read("anyPath", "leads to the virtual machines"),
    },
    OLD_SYSTEM,
  ),
  timezone: compiled("word", "`timezone` of the host"),
  snapshot_retention: group({
    keep_last: compiled(int(1, 1000), "`keep` of `snapshot final-form` of containers"),
  }),
  network: group({
    hostname: compiled("name", "the name of the `host`"),
    interfaces: within(compiled("objectOrList", "`host` and `network`"), { names: INTERFACE.names, items: INTERFACE }),
    default_subnet: compiled("cidr", "`subnet` of the network"),
    internal_bridge: group({
      name: compiled("word", "a `network`"),
      subnet: compiled("cidr", "`subnet` of that network"),
    }),
    public_bridge: later("name the bridge in the `network_config` of the guests that use it"),
    macvlan_vlan_tag: later("set up VLAN interfaces on the host by hand"),
    public_vlan_tag: later("set up VLAN interfaces on the host by hand"),
    workgroup: compiled("word", "`workgroup` of `samba` of the host"),
    nfs_server: read("word", "the server of `nfs_shares`"),
    fallback_dns: idle(UNREAD),
    external_registry_url: idle(UNREAD),
    portainer_server_ip: foreign("Portainer"),
    portainer_server_port: foreign("Portainer"),
    portainer_agent_port: foreign("Portainer"),
  }),
  docker: foreign("Portainer"),
  portainer_api: foreign("Portainer"),
  nfs: group({
    exports: list({
      path: required("path", "an `export`"),
      clients: compiled("texts", "`clients` of an export"),
      options: compiled("texts", "`options` of an export"),
    }),
    shares: later("write `nfs.exports` with their `clients`: without clients nobody could mount them"),
  }),
  samba: group({
    user: compiled("name", "`owner` of shares, and a `user` of `samba` of the host"),
    shares: list({
      name: required("name", "a `share`"),
      path: required("anyPath", "`path` of a share"),
      valid_users: compiled("texts", "`users` of a share"),
      options: compiled("texts", "attributes and `options` of a share"),
      browsable: compiled("bool", "`browseable` of a share"),
      browseable: compiled("bool", "`browseable` of a share"),
      read_only: compiled("bool", "`readonly` of a share"),
      writable: compiled("bool", "`readonly` of a share"),
      guest_ok: compiled("bool", "`guest_ok` of a share"),
    }),
  }),
  dns_server: group({
    enabled: read("bool", "whether the host answers with the names of guests"),
    upstream_servers: compiled("ips", "`upstream` of the host's `names`"),
    authoritative_zones: idle(UNREAD),
  }),
  step_ca: foreign("step-ca"),
  nvidia: later("install the NVIDIA driver on the host by hand, or write `nvidia_driver`"),
  nvidia_driver: group(
    {
      install: read("bool", "whether the host gets the driver"),
      version: compiled("word", "`version` of the host's `nvidia`"),
      runfile_url: compiled("word", "`url` of the host's `nvidia`"),
      sha256: compiled("word", "`sha256` of the host's `nvidia`"),
      cuda_version: idle("the host needs no CUDA; the feature `nvidia` of a container installs it"),
      install_vllm_libs: idle("the host needs no such libraries; features of containers install them"),
    },
    later("install it on the host by hand"),
  ),
  zfs: group({
    arc_max_gb: compiled(int(1, 1_000_000), "`arc_max` of the host's `zfs`, in GiB"),
    arc_max: compiled("bytes", "`arc_max` of the host's `zfs`"),
    settings: idle("phxc never creates a pool on a disk that carries a signature; there is nothing to switch off"),
    pools: list({
      name: required("name", "a `pool`"),
      raid_level: compiled("word", "`raid` of a pool"),
      disks: compiled("paths", "`disks` of a pool"),
    }),
    datasets: list({
      name: required("word", "a `dataset`"),
      pool: read("name", "part of the name of a `dataset`"),
      properties: compiled("properties", "properties of a dataset"),
      proxmox_storage_type: compiled("word", "the type of the dataset's `storage`"),
      proxmox_content_type: compiled("contents", "`content` of the dataset's `storage`"),
      storage_class: idle(UNREAD),
    }),
    dataset_storage_types: later("write `proxmox_storage_type` and `proxmox_content_type` at each dataset"),
  }),
  proxmox_storage_ids: holding({ others: compiled("name", "`id` of a dataset's storage") }),
  mount_point_base: idle("datasets are mounted at /POOL/NAME, as the existing system creates them; write full paths"),
  proxmox_defaults: idle("the existing system applies none of these defaults; write the values at each guest"),
  tests: OLD_SYSTEM,
  behavior: OLD_SYSTEM,
  shared_volumes: group(
    { firewall: FIREWALL },
    idle("no script reads shared volumes any more; write `mount_points` at the guests"),
  ),
  shared_zfs_volumes: later("write `zfs_volumes` at the guests"),
  firewall: FIREWALL,
  docker_stacks: foreign("Docker"),
};
