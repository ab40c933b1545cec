import { compiled, type FieldTable, foreign, later, read, required, ruleFields } from "./field.js";
import { int } from "./types.js";

const DRIVER = "install the NVIDIA driver in the guest by hand; phxc gives it the devices (`gpu_assignment`)";
const VLLM = "configure vLLM inside the guest; phxc does not manage it";
const SCRIPT = "run it by hand inside the guest; phxc installs no software yet";

/** Fields of `phoenix_lxc_configs.json`. */
export const LXC_FIELDS: FieldTable = {
  nvidia_driver_version: later(DRIVER),
  nvidia_repo_url: later(DRIVER),
  nvidia_runfile_url: later(DRIVER),
  ...containerFields("lxc_configs.#"),
};

function containerFields(at: string): FieldTable {
  return {
    [`${at}.name`]: required("name", "the name of the `ct`"),
    [`${at}.memory_mb`]: required(int(16, 100_000_000), "`memory`"),
    [`${at}.swap_mb`]: compiled(int(0, 100_000_000), "`swap`"),
    [`${at}.cores`]: required(int(1, 8192), "`cores`"),
    [`${at}.template`]: compiled("anyPath", "`image`"),
    [`${at}.template_file`]: later("nothing uses it; `template` names the archive of a container"),
    [`${at}.clone_from_ctid`]: compiled("id", "`clone`"),
    [`${at}.clone_from_template_ctid`]: compiled("id", "`clone`"),
    [`${at}.is_template`]: compiled("bool", "`template`"),
    [`${at}.template_snapshot_name`]: compiled("name", "`snapshot`, and `clone_snapshot` of the clones"),
    [`${at}.storage_pool`]: required("name", "`storage` of the root disk"),
    [`${at}.storage_size_gb`]: required(int(1, 1_000_000), "`size` of the root disk"),
    ...netFields(`${at}.network_config`),
    ...netFields(`${at}.secondary_network_config`),
    [`${at}.static_ip`]: read("guestIp", "`ip` of the first `net`; must agree with `network_config`"),
    [`${at}.mac_address`]: compiled("mac", "`mac` of the first `net`"),
    [`${at}.unprivileged`]: compiled("bool", "`unprivileged`"),
    ...bootFields(at),
    [`${at}.gpu_assignment`]: compiled("gpus", "`gpus`"),
    [`${at}.nvidia_pci_ids`]: later("use `gpu_assignment` with the numbers of the GPUs"),
    [`${at}.features`]: compiled("features", "`features`"),
    [`${at}.pct_options`]: compiled("texts", "`nesting`, `keyctl`, `fuse`, `mknod`, `mount_fs`"),
    [`${at}.lxc_options`]: compiled("texts", "`raw`"),
    [`${at}.apparmor_profile`]: compiled("word", "`raw`: `lxc.apparmor.profile`"),
    [`${at}.apparmor_manages_nesting`]: later("nesting is `nesting=1` in `pct_options`"),
    [`${at}.id_maps`]: later(
      "the existing system writes Proxmox's default map whatever this says; the default needs no entry",
    ),
    [`${at}.balloon_min_mb`]: later("containers have no balloon; leave it out"),
    ...volumeFields(`${at}.zfs_volumes`),
    ...volumeFields(`${at}.volumes`),
    [`${at}.mount_points[].host_path`]: required("path", "a `mount`"),
    [`${at}.mount_points[].container_path`]: required("path", "`at` of a mount"),
    [`${at}.mount_points[].owner_uid`]: compiled(int(0, 65_535), "`owner` of a mount"),
    [`${at}.mount_points[].owner_gid`]: compiled(int(0, 65_535), "`owner` of a mount"),
    ...firewallFields(at),
    [`${at}.dependencies`]: compiled("ids", "`needs`"),
    [`${at}.enable_lifecycle_snapshots`]: compiled("bool", "`snapshot final-form`"),
    ...checkFields(at),
    [`${at}.application_script`]: later(SCRIPT),
    [`${at}.bootstrap_ca_url`]: later(SCRIPT),
    [`${at}.trigger_sync_on_completion`]: later("`sync` belongs to the existing system; run it by hand after the plan"),
    [`${at}.tests`]: later("run the test scripts by hand; health checks of a guest are its `health_checks`"),
    [`${at}.integration_tests`]: later("run the test scripts by hand"),
    [`${at}.run_integration_tests`]: later("run the test scripts by hand"),
    [`${at}.ports`]: later("containers have their own address, so that nothing is mapped; open ports in `firewall`"),
    [`${at}.dns_records`]: later("keep DNS records in the name server's configuration by hand"),
    [`${at}.portainer_role`]: foreign("Portainer"),
    [`${at}.portainer_server_ip`]: foreign("Portainer"),
    [`${at}.portainer_agent_port`]: foreign("Portainer"),
    [`${at}.traefik_service`]: foreign("Traefik"),
    [`${at}.vllm_engine_config`]: later(VLLM),
    [`${at}.vllm`]: later(VLLM),
    [`${at}.vllm_*`]: later(VLLM),
    [`${at}.n8n_version`]: later(SCRIPT),
    [`${at}.description`]: compiled("text", "`description`"),
  };
}

/** An interface of a guest: an object, or the text `address,gateway,nameserver` of mid-2025. */
export function netFields(at: string): FieldTable {
  return {
    [at]: compiled("netText", "a `net`"),
    [`${at}.name`]: compiled("name", "`device` of a net"),
    [`${at}.bridge`]: compiled("word", "the network of a net"),
    [`${at}.ip`]: compiled("guestIp", "`ip` of a net"),
    [`${at}.gw`]: compiled("ip", "`gateway` of a net"),
    [`${at}.hwaddr`]: compiled("mac", "`mac` of a net"),
    [`${at}.mac_address`]: compiled("mac", "`mac` of a net"),
    [`${at}.vlan`]: compiled(int(1, 4094), "`vlan` of a net"),
    [`${at}.nameserver`]: compiled("ips", "`nameservers`"),
    [`${at}.nameservers`]: compiled("ips", "`nameservers`"),
    [`${at}.searchdomain`]: compiled("word", "`search`"),
  };
}

export function bootFields(at: string): FieldTable {
  return {
    [`${at}.start_at_boot`]: compiled("bool", "`start` of `boot`"),
    [`${at}.boot_order`]: compiled(int(0, 999_999), "`order` of `boot`"),
    [`${at}.boot_delay`]: compiled(int(0, 86_400), "`delay` of `boot`"),
  };
}

export function firewallFields(at: string): FieldTable {
  return {
    [`${at}.firewall.enabled`]: compiled("bool", "`firewall`"),
    ...ruleFields(`${at}.firewall.rules`),
  };
}

/** `command`, `port` and `url` are phxc's own; `script` and `args` are the existing system's, which runs them on the host. */
export function checkFields(at: string): FieldTable {
  const scripts = "a script of the host; give the check a `command` (run in the guest), a `port` or a `url`";
  return {
    [`${at}.health_checks[].name`]: required("name", "a `check`"),
    [`${at}.health_checks[].command`]: compiled("text", "`run` of a check"),
    [`${at}.health_checks[].port`]: compiled(int(1, 65_535), "`tcp` of a check"),
    [`${at}.health_checks[].url`]: compiled("word", "`http` of a check"),
    [`${at}.health_checks[].retries`]: compiled(int(0, 1000), "`retries` of a check"),
    [`${at}.health_checks[].interval`]: compiled(int(1, 3600), "`every` of a check, in seconds"),
    [`${at}.health_checks[].timeout`]: compiled(int(1, 3600), "`timeout` of a check, in seconds"),
    [`${at}.health_checks[].script`]: later(scripts),
    [`${at}.health_checks[].args`]: later(scripts),
    [`${at}.health_check`]: later(
      "nothing reads the singular form; write `health_checks`, a list, with `command`, `port` or `url`",
    ),
  };
}

function volumeFields(at: string): FieldTable {
  return {
    [`${at}[].name`]: compiled("name", "a `disk`"),
    [`${at}[].pool`]: required("name", "`storage` of a disk"),
    [`${at}[].size_gb`]: required(int(1, 1_000_000), "`size` of a disk"),
    [`${at}[].mount_point`]: required("path", "`at` of a disk"),
  };
}
