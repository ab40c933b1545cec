import { compiled, type Fields, foreign, group, idle, later, list, read, required, SECRET, within } from "./field.js";
import { BOOT, CHECKS, FIREWALL, net, NET_FIELDS } from "./fields-guest.js";
import { int } from "./types.js";

const OLD_SYSTEM = foreign("the existing system");

const NET = net({
  ...NET_FIELDS,
  name: idle("a virtual machine's system names its interfaces; leave it out"),
});

const STACK = within(read("textOrObject", "a stack"), {
  names: { name: read("name", "a stack"), environment: read("name", "the environment of a stack") },
});

const MACHINE: Fields = {
  vmid: required("id", "the id of the `vm`"),
  name: required("name", "the name of the `vm`"),
  is_template: compiled("bool", "`template`"),
  rebuild_ids: compiled("idRange", "`rebuild_ids`"),
  template_image: compiled("anyPath", "`image`"),
  template_image_sha256: compiled("word", "`sha256` of the `image`"),
  os: compiled("word", "`os`"),
  template: idle("the existing system only tests that it is there; `template_image` names the image"),
  clone_from_vmid: compiled("id", "`clone`, as a full clone"),
  cores: compiled(int(1, 8192), "`cores`"),
  memory_mb: compiled(int(16, 100_000_000), "`memory`"),
  disk_size_gb: compiled(int(1, 1_000_000), "`size` of the root disk"),
  storage_pool: compiled("name", "`storage` of the root disk"),
  network_bridge: compiled("word", "the network of the `net`"),
  mac_address: compiled("guestMac", "`mac` of the `net`"),
  ...BOOT,
  network_config: NET,
  secondary_network_config: NET,
  features: compiled("features", "`features`"),
  user_config: group({
    username: compiled("name", "`user` of `cloud_init`"),
    ssh_public_key: compiled("texts", "`ssh_keys` of `cloud_init`"),
    password_hash: compiled(SECRET, "`password` of `cloud_init`"),
  }),
  volumes: list({
    type: required("name", "the type of a `volume`"),
    name: compiled("name", "the name of a `volume`"),
    server: read("word", "part of `from` of a volume"),
    path: required("path", "`from` of a volume"),
    mount_point: required("path", "`at` of a volume"),
  }),
  firewall: FIREWALL,
  docker_stacks: within(
    read("list", "leads to stacks/NAME/phoenix.json, whose firewall rules join those of the machine"),
    { items: STACK },
  ),
  dependencies: compiled("ids", "`needs`"),
  snapshots: group({
    "pre-features": compiled("name", "`snapshot`, before the first start"),
    pre_features: compiled("name", "`snapshot`, before the first start"),
    "post-features": compiled("name", "`snapshot`, after the features"),
    post_features: compiled("name", "`snapshot`, after the features"),
  }),
  template_snapshot_name: idle("nothing reads it: a template has no snapshots, its clones are made of itself"),
  qm_options: compiled("texts", "`options`"),
  ...CHECKS,
  count: later("write each virtual machine out, or use `for` in a .phx file"),
  dns_records: later("keep DNS records in the name server's configuration by hand"),
  file_injections: list({
    source: required("anyPath", "`content` of a `file` of `cloud_init`; an absolute path is one of the host"),
    destination: required("path", "a `file` of `cloud_init`"),
  }),
  ssh_users: list({
    username: required("name", "a `user` of `cloud_init`, or `ssh_keys` of the user of `user_config`"),
    public_keys: compiled("texts", "`ssh_keys` of that user"),
  }),
  nfs_shares: list({
    host_path: required("path", "`from` of a volume, at the host"),
    guest_path: required("path", "`at` of a volume"),
    options: compiled("texts", "`options` of a volume"),
  }),
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
export const VM_FIELDS: Fields = {
  vm_defaults: group({
    ubuntu_release: read("name", "part of the address of cloud images"),
    cores: compiled(int(1, 8192), "`cores` of virtual machines that have none"),
    memory_mb: compiled(int(16, 100_000_000), "`memory` of virtual machines that have none"),
    storage_pool: compiled("name", "`storage` of root disks that are made from an image"),
    network_bridge: compiled("word", "the network of virtual machines that name none"),
    disk_size_gb: read(int(1, 1_000_000), "reported: the existing system never applies it"),
    template: idle("nothing reads it; `template_image` of a virtual machine names its image"),
  }),
  vms: list(MACHINE),
};
