/** A dataset on which everybody who can be is allowed something. */
export const ALLOWING = `dataset tank/home {
  permission_set ops { permissions = [snapshot, rollback, compression] }
  allow user ada { permissions = [send, hold, "@ops"] }
  allow user ada { permissions = [quota], scope = local }
  allow group ops { permissions = ["@ops"], scope = below }
  allow everyone { permissions = [diff] }
  allow creator { permissions = [destroy, mount] }
}
`;

/** What `zfs allow tank/home` shows of it below its heading. */
export const ALLOWED = [
  "Permission sets:",
  "\t@ops compression,rollback,snapshot",
  "Create time permissions:",
  "\tdestroy,mount",
  "Local permissions:",
  "\tuser ada quota",
  "Descendent permissions:",
  "\tgroup ops @ops",
  "Local+Descendent permissions:",
  "\tuser ada @ops,hold,send",
  "\teveryone diff",
];
