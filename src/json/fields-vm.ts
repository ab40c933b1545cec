import { compiled, type FieldTable, foreign, later, read, required } from "./field.js";
import { bootFields, checkFields, firewallFields, netFields } from "./fields-lxc.js";
import { int } from "./types.js";

const FILES = "copy files into the guest by hand; phxc installs no software yet";

/** Fields of `phoenix_vm_configs.json`; `vms` and `vm_defaults` may stand in the hypervisor's file as well. */
export const VM_FIELDS: FieldTable = {
  "vm_defaults.ubuntu_release": read("name", "part of the address of cloud images"),
  "vm_defaults.cores": compiled(int(1, 8192), "`cores` of virtual machines that have none"),
  "vm_defaults.memory_mb": compiled(int(16, 100_000_000), "`memory` of virtual machines that have none"),
  "vm_defaults.storage_pool": compiled("name", "`storage` of root disks that are made from an image"),
  "vm_defaults.network_bridge": compiled("word", "the network of virtual machines that name none"),
  "vm_defaults.disk_size_gb": read(int(1, 1_000_000), "reported: the existing system never applies it"),
  "vm_defaults.template": later("nothing reads it; `template_image` of a virtual machine names its image"),
  ...machineFields("vms[]"),
};

function machineFields(at: string): FieldTable {
  return {
    [`${at}.vmid`]: required("id", "the id of the `vm`"),
    [`${at}.name`]: required("name", "the name of the `vm`"),
    [`${at}.is_template`]: compiled("bool", "`template`"),
    [`${at}.template_image`]: compiled("anyPath", "`image`"),
    [`${at}.template`]: later("the existing system only tests that it is there; `template_image` names the image"),
    [`${at}.clone_from_vmid`]: compiled("id", "`clone`, as a full clone"),
    [`${at}.cores`]: compiled(int(1, 8192), "`cores`"),
    [`${at}.memory_mb`]: compiled(int(16, 100_000_000), "`memory`"),
    [`${at}.disk_size_gb`]: compiled(int(1, 1_000_000), "`size` of the root disk"),
    [`${at}.storage_pool`]: compiled("name", "`storage` of the root disk"),
    [`${at}.network_bridge`]: compiled("word", "the network of the `net`"),
    [`${at}.mac_address`]: compiled("mac", "`mac` of the `net`"),
    ...bootFields(at),
    ...netFields(`${at}.network_config`),
    ...netFields(`${at}.secondary_network_config`),
    [`${at}.features`]: compiled("features", "`features`"),
    [`${at}.user_config.username`]: compiled("name", "`user` of `cloud_init`"),
    [`${at}.user_config.ssh_public_key`]: compiled("texts", "`ssh_keys` of `cloud_init`"),
    [`${at}.user_config.password_hash`]: later("log in with `ssh_public_key`; phxc writes no passwords yet"),
    [`${at}.volumes[].type`]: required("name", "the type of a `volume`"),
    [`${at}.volumes[].name`]: compiled("name", "the name of a `volume`"),
    [`${at}.volumes[].server`]: read("word", "part of `from` of a volume"),
    [`${at}.volumes[].path`]: required("path", "`from` of a volume"),
    [`${at}.volumes[].mount_point`]: required("path", "`at` of a volume"),
    ...firewallFields(at),
    [`${at}.docker_stacks`]: read(
      "list",
      "leads to stacks/NAME/phoenix.json, whose firewall rules join those of the machine",
    ),
    [`${at}.docker_stacks[]`]: read("textOrObject", "a stack"),
    [`${at}.docker_stacks[].name`]: read("name", "a stack"),
    [`${at}.docker_stacks[].environment`]: read("name", "the environment of a stack"),
    [`${at}.dependencies`]: compiled("ids", "`needs`"),
    [`${at}.snapshots.post-features`]: compiled("name", "`snapshot`"),
    [`${at}.snapshots.post_features`]: compiled("name", "`snapshot`"),
    [`${at}.snapshots.pre-features`]: later("phxc installs no features yet, so that before and after are the same"),
    [`${at}.snapshots.pre_features`]: later("phxc installs no features yet, so that before and after are the same"),
    [`${at}.template_snapshot_name`]: later(
      "nothing reads it: a template has no snapshots, its clones are made of itself",
    ),
    [`${at}.qm_options`]: compiled("texts", "`options`"),
    ...checkFields(at),
    [`${at}.count`]: later("write each virtual machine out, or use `for` in a .phx file"),
    [`${at}.dns_records`]: later("keep DNS records in the name server's configuration by hand"),
    [`${at}.file_injections`]: later(FILES),
    [`${at}.ssh_users`]: later(
      "give cloud-init the key of its user (`user_config.ssh_public_key`); add other users by hand",
    ),
    [`${at}.nfs_shares`]: later("write `volumes` with `type` `nfs`"),
    [`${at}.docker_compose_files`]: foreign("Docker"),
    [`${at}.application_script`]: later(FILES),
    [`${at}.trigger_sync_on_completion`]: later("`sync` belongs to the existing system; run it by hand after the plan"),
    [`${at}.tests`]: later("run the test scripts by hand; health checks of a guest are its `health_checks`"),
    [`${at}.ports`]: later(
      "virtual machines have their own address, so that nothing is mapped; open ports in `firewall`",
    ),
    [`${at}.portainer_role`]: foreign("Portainer"),
    [`${at}.portainer_environment_name`]: foreign("Portainer"),
    [`${at}.portainer_agent_hostname`]: foreign("Portainer"),
    [`${at}.traefik_service`]: foreign("Traefik"),
    [`${at}.swarm_role`]: foreign("Docker Swarm"),
    [`${at}.node_labels`]: foreign("Docker Swarm"),
    [`${at}.description`]: compiled("text", "`description`"),
  };
}
