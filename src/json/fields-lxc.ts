import { compiled, type Fields, foreign, group, holding, idle, later, list, read, required } from "./field.js";
import { BOOT, CHECKS, FIREWALL, net, NET_FIELDS } from "./fields-guest.js";
import { int } from "./types.js";

const DRIVER = "the feature `nvidia` takes the version of the host's driver, and NVIDIA's own address for it";
const OLD_SYSTEM = foreign("the existing system");

const VOLUMES = list({
  name: compiled("name", "a `disk`"),
  pool: required("name", "`storage` of a disk"),
  size_gb: required(int(1, 1_000_000), "`size` of a disk"),
  mount_point: required("path", "`at` of a disk"),
});

const NET = net(NET_FIELDS);

const CONTAINER: Fields = {
  name: required("name", "the name of the `ct`"),
  memory_mb: required(int(16, 100_000_000), "`memory`"),
  swap_mb: compiled(int(0, 100_000_000), "`swap`"),
  cores: required(int(1, 8192), "`cores`"),
  template: compiled("anyPath", "`image`"),
  template_file: idle("nothing uses it; `template` names the archive of a container"),
  clone_from_ctid: compiled("id", "`clone`"),
  clone_from_template_ctid: compiled("id", "`clone`"),
  is_template: compiled("bool", "`template`"),
  rebuild_ids: compiled("idRange", "`rebuild_ids`"),
  template_snapshot_name: compiled("name", "`snapshot`, and `clone_snapshot` of the clones"),
  storage_pool: required("name", "`storage` of the root disk"),
  storage_size_gb: required(int(1, 1_000_000), "`size` of the root disk"),
  network_config: NET,
  secondary_network_config: NET,
  static_ip: read("guestIp", "`ip` of the first `net`; must agree with `network_config`"),
  mac_address: compiled("guestMac", "`mac` of the first `net`"),
  unprivileged: compiled("bool", "`unprivileged`"),
  ...BOOT,
  gpu_assignment: compiled("gpus", "`gpus`"),
  nvidia_pci_ids: later("use `gpu_assignment` with the numbers of the GPUs"),
  features: compiled("features", "`features`"),
  pct_options: compiled("texts", "`nesting`, `keyctl`, `fuse`, `mknod`, `mount_fs`"),
  lxc_options: compiled("texts", "`raw`"),
  apparmor_profile: compiled("word", "`raw`: `lxc.apparmor.profile`"),
  apparmor_manages_nesting: idle(
    "the existing system heeds it only beside a named `apparmor_profile`; nesting is `nesting=1` in `pct_options`",
  ),
  id_maps: idle("the existing system writes Proxmox's default map whatever this says; the default needs no entry"),
  balloon_min_mb: idle("containers have no balloon; leave it out"),
  zfs_volumes: VOLUMES,
  volumes: VOLUMES,
  mount_points: list({
    host_path: required("path", "a `mount`"),
    container_path: required("path", "`at` of a mount"),
    owner_uid: compiled(int(0, 65_535), "`owner` of a mount"),
    owner_gid: compiled(int(0, 65_535), "`owner` of a mount"),
  }),
  firewall: FIREWALL,
  dependencies: compiled("ids", "`needs`"),
  enable_lifecycle_snapshots: compiled("bool", "`snapshot final-form`, and before a script `snapshot pre-configured`"),
  snapshot_retention: group({ keep_last: compiled(int(1, 1000), "`keep` of `snapshot final-form`") }),
  ...CHECKS,
  application_script: compiled("name", "`script`"),
  bootstrap_ca_url: foreign("step-ca"),
  trigger_sync_on_completion: OLD_SYSTEM,
  integration_tests: OLD_SYSTEM,
  run_integration_tests: OLD_SYSTEM,
  ports: idle("containers have their own address, so that nothing is mapped; open ports in `firewall`"),
  dns_records: later("keep DNS records in the name server's configuration by hand"),
  portainer_role: foreign("Portainer"),
  portainer_server_ip: foreign("Portainer"),
  portainer_agent_port: foreign("Portainer"),
  traefik_service: foreign("Traefik"),
  vllm_engine_config: foreign("vLLM"),
  vllm: foreign("vLLM"),
  n8n_version: foreign("n8n"),
  description: compiled("text", "`description`"),
};

/** Fields of `phoenix_lxc_configs.json`. */
export const LXC_FIELDS: Fields = {
  nvidia_driver_version: idle(DRIVER),
  nvidia_repo_url: idle(DRIVER),
  nvidia_runfile_url: idle(DRIVER),
  lxc_configs: holding({ ids: holding({ names: CONTAINER, prefixes: [["vllm_", foreign("vLLM")]] }) }),
};
