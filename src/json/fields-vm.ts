import { below, compiled, type FieldTable, foreign, idle, later, read, required } from "./field.js";
import { BOOT, CHECKS, FIREWALL, NET } from "./fields-guest.js";
import { int } from "./types.js";

/** The existing system's own word for "none" is `NOT_SET`; a hash in clear text is reported as any secret is. */
const SECRET = {
  describe: "where the hash is: `env:NAME`, `file:/path` or `cmd:COMMAND`",
  schema: { type: "string" },
};

const OLD_SYSTEM = foreign("the existing system");

const NET_NAME = idle("a virtual machine's system names its interfaces; leave it out");

const MACHINE: FieldTable = {
  vmid: required("id", "the id of the `vm`"),
  name: required("name", "the name of the `vm`"),
  is_template: compiled("bool", "`template`"),
  template_image: compiled("anyPath", "`image`"),
  template: idle("the existing system only tests that it is there; `template_image` names the image"),
  clone_from_vmid: compiled("id", "`clone`, as a full clone"),
  cores: compiled(int(1, 8192), "`cores`"),
  memory_mb: compiled(int(16, 100_000_000), "`memory`"),
  disk_size_gb: compiled(int(1, 1_000_000), "`size` of the root disk"),
  storage_pool: compiled("name", "`storage` of the root disk"),
  network_bridge: compiled("word", "the network of the `net`"),
  mac_address: compiled("mac", "`mac` of the `net`"),
  ...BOOT,
  ...below("network_config", NET),
  ...below("secondary_network_config", NET),
  "network_config.name": NET_NAME,
  "secondary_network_config.name": NET_NAME,
  features: compiled("features", "`features`"),
  "user_config.username": compiled("name", "`user` of `cloud_init`"),
  "user_config.ssh_public_key": compiled("texts", "`ssh_keys` of `cloud_init`"),
  "user_config.password_hash": compiled(SECRET, "`password` of `cloud_init`"),
  "volumes[].type": required("name", "the type of a `volume`"),
  "volumes[].name": compiled("name", "the name of a `volume`"),
  "volumes[].server": read("word", "part of `from` of a volume"),
  "volumes[].path": required("path", "`from` of a volume"),
  "volumes[].mount_point": required("path", "`at` of a volume"),
  ...FIREWALL,
  docker_stacks: read("list", "leads to stacks/NAME/phoenix.json, whose firewall rules join those of the machine"),
  "docker_stacks[]": read("textOrObject", "a stack"),
  "docker_stacks[].name": read("name", "a stack"),
  "docker_stacks[].environment": read("name", "the environment of a stack"),
  dependencies: compiled("ids", "`needs`"),
  "snapshots.post-features": compiled("name", "`snapshot`"),
  "snapshots.post_features": compiled("name", "`snapshot`"),
  "snapshots.pre-features": later("a plan takes its snapshot when a guest is finished: name it `post-features`"),
  "snapshots.pre_features": later("a plan takes its snapshot when a guest is finished: name it `post-features`"),
  template_snapshot_name: idle("nothing reads it: a template has no snapshots, its clones are made of itself"),
  qm_options: compiled("texts", "`options`"),
  ...CHECKS,
  count: later("write each virtual machine out, or use `for` in a .phx file"),
  dns_records: later("keep DNS records in the name server's configuration by hand"),
  "file_injections[].source": required(
    "anyPath",
    "`content` of a `file` of `cloud_init`; an absolute path is one of the host",
  ),
  "file_injections[].destination": required("path", "a `file` of `cloud_init`"),
  "ssh_users[].username": required("name", "a `user` of `cloud_init`, or `ssh_keys` of the user of `user_config`"),
  "ssh_users[].public_keys": compiled("texts", "`ssh_keys` of that user"),
  "nfs_shares[].host_path": required("path", "`from` of a volume, at the host"),
  "nfs_shares[].guest_path": required("path", "`at` of a volume"),
  "nfs_shares[].options": compiled("texts", "`options` of a volume"),
  docker_compose_files: foreign("Docker"),
  application_script: compiled("name", "`script`"),
  trigger_sync_on_completion: OLD_SYSTEM,
  ports: idle("virtual machines have their own address, so that nothing is mapped; open ports in `firewall`"),
  portainer_role: foreign("Portainer"),
  portainer_environment_name: foreign("Portainer"),
  portainer_agent_hostname: foreign("Portainer"),
  traefik_service: foreign("Traefik"),
  swarm_role: foreign("Docker Swarm"),
  node_labels: foreign("Docker Swarm"),
  description: compiled("text", "`description`"),
};

/** Fields of `phoenix_vm_configs.json`; `vms` and `vm_defaults` may stand in the hypervisor's file as well. */
export const VM_FIELDS: FieldTable = {
  "vm_defaults.ubuntu_release": read("name", "part of the address of cloud images"),
  "vm_defaults.cores": compiled(int(1, 8192), "`cores` of virtual machines that have none"),
  "vm_defaults.memory_mb": compiled(int(16, 100_000_000), "`memory` of virtual machines that have none"),
  "vm_defaults.storage_pool": compiled("name", "`storage` of root disks that are made from an image"),
  "vm_defaults.network_bridge": compiled("word", "the network of virtual machines that name none"),
  "vm_defaults.disk_size_gb": read(int(1, 1_000_000), "reported: the existing system never applies it"),
  "vm_defaults.template": idle("nothing reads it; `template_image` of a virtual machine names its image"),
  ...below("vms[]", MACHINE),
};
