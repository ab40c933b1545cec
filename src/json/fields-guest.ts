import { below, compiled, type FieldTable, later, required, RULES } from "./field.js";
import { int } from "./types.js";

/** Fields that containers and virtual machines have in common. */

/** An interface of a guest: an object, or the text `address,gateway,nameserver` of mid-2025. */
export const NET: FieldTable = {
  "": compiled("netText", "a `net`"),
  name: compiled("name", "`device` of a net"),
  bridge: compiled("word", "the network of a net"),
  ip: compiled("guestIp", "`ip` of a net"),
  gw: compiled("ip", "`gateway` of a net"),
  hwaddr: compiled("mac", "`mac` of a net"),
  mac_address: compiled("mac", "`mac` of a net"),
  vlan: compiled(int(1, 4094), "`vlan` of a net"),
  nameserver: compiled("ips", "`nameservers`"),
  nameservers: compiled("ips", "`nameservers`"),
  searchdomain: compiled("word", "`search`"),
};

/** When a guest starts. */
export const BOOT: FieldTable = {
  start_at_boot: compiled("bool", "`start` of `boot`"),
  boot_order: compiled(int(0, 999_999), "`order` of `boot`"),
  boot_delay: compiled(int(0, 86_400), "`delay` of `boot`"),
};

/** A guest's firewall. */
export const FIREWALL: FieldTable = {
  "firewall.enabled": compiled("bool", "`firewall`"),
  ...below("firewall.rules", RULES),
};

const HOST_SCRIPT = later("a script of the host; give the check a `command` (run in the guest), a `port` or a `url`");

/** `command`, `port` and `url` are phxc's own; `script` and `args` are the existing system's, which runs them on the host. */
export const CHECKS: FieldTable = {
  "health_checks[].name": required("name", "a `check`"),
  "health_checks[].command": compiled("text", "`run` of a check"),
  "health_checks[].port": compiled(int(1, 65_535), "`tcp` of a check"),
  "health_checks[].url": compiled("word", "`http` of a check"),
  "health_checks[].retries": compiled(int(0, 1000), "`retries` of a check"),
  "health_checks[].interval": compiled(int(1, 3600), "`every` of a check, in seconds"),
  "health_checks[].timeout": compiled(int(1, 3600), "`timeout` of a check, in seconds"),
  "health_checks[].script": HOST_SCRIPT,
  "health_checks[].args": HOST_SCRIPT,
  health_check: later(
    "nothing reads the singular form; write `health_checks`, a list, with `command`, `port` or `url`",
  ),
};
