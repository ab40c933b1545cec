import { compiled, type FieldNode, type Fields, group, later, list, read, required, RULES, within } from "./field.js";
import { int } from "./types.js";

/** Fields that containers and virtual machines have in common. */

/** The fields of an interface of a guest. */
export const NET_FIELDS: Fields = {
  name: compiled("name", "`device` of a net"),
  bridge: compiled("word", "the network of a net"),
  ip: compiled("guestIp", "`ip` of a net"),
  gw: compiled("ip", "`gateway` of a net"),
  hwaddr: compiled("guestMac", "`mac` of a net"),
  mac_address: compiled("guestMac", "`mac` of a net"),
  vlan: compiled(int(1, 4094), "`vlan` of a net"),
  nameserver: compiled("ips", "`nameservers`"),
  nameservers: compiled("ips", "`nameservers`"),
  searchdomain: compiled("word", "`search`"),
};

/** An interface of a guest: an object, or the text `address,gateway,nameserver` of mid-2025. */
export function net(names: Fields): FieldNode {
  return within(compiled("netText", "a `net`"), { names });
}

/** When a guest starts. */
export const BOOT: Fields = {
  start_at_boot: compiled("bool", "`start` of `boot`"),
  boot_order: compiled(int(0, 999_999), "`order` of `boot`"),
  boot_delay: compiled(int(0, 86_400), "`delay` of `boot`"),
};

/** A guest's firewall. */
export const FIREWALL: FieldNode = group({
  enabled: compiled("bool", "`firewall`"),
  rules: RULES,
});

const PACE: Fields = {
  retries: compiled(int(0, 1000), "`retries` of a check"),
  interval: compiled(int(1, 3600), "`every` of a check, in seconds"),
  timeout: compiled(int(1, 3600), "`timeout` of a check, in seconds"),
};

const TESTS: FieldNode = list({
  name: required("text", "a `check`"),
  type: read("name", "what the test is; phxc runs those that are a `script`"),
  path: compiled("anyPath", "`script` of a check, below `tests` in the folder of scripts"),
});

/** `command`, `port` and `url` are phxc's own; `script` and `args`, `health_check` and `tests` are the existing system's. */
export const CHECKS: Fields = {
  health_checks: list({
    name: required("name", "a `check`"),
    command: compiled("text", "`run` of a check"),
    port: compiled(int(1, 65_535), "`tcp` of a check"),
    url: compiled("word", "`http` of a check"),
    script: compiled("anyPath", "`script` of a check, below `health_checks` in the folder of scripts"),
    args: compiled("texts", "`args` of a check"),
    ...PACE,
  }),
  health_check: group({
    command: compiled("text", "`run` or `script` of the check `health`"),
    ...PACE,
  }),
  tests: group(
    { health_checks: TESTS, integration_tests: TESTS },
    later("write these as `health_checks` or `integration_tests`, which become checks of the guest"),
  ),
};
