import { type DiagnosticKind, diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";
import { jsonLayerDiagnostics } from "./json-layers.js";
import { jsonShareDiagnostics } from "./json-shares.js";
import { jsonTextDiagnostics } from "./json-text.js";

/** Findings of the JSON front end about what a configuration says: PHX2030 and up. */

export const jsonSecret = diagnosticKind<{ readonly name: string }>({
  code: "PHX2030",
  severity: "warning",
  title: "secret in clear text",
  message: ({ name }) => `\`${name}\` is a secret in clear text`,
  help: "take it out of the file and change it: everybody who could read the file knows it",
});

export const jsonProfileTwice = diagnosticKind<{ readonly profile: string }>({
  code: "PHX2031",
  severity: "warning",
  title: "AppArmor profile given twice",
  message: ({ profile }) =>
    `\`apparmor_profile\` and \`lxc_options\` both say \`${profile}\`; the existing system deletes the one and appends the other`,
  help: "keep `apparmor_profile` alone; the plan writes one line",
});

export const jsonProfileConflict = diagnosticKind<{ readonly profile: string; readonly option: string }>({
  code: "PHX2032",
  severity: "error",
  title: "two AppArmor profiles",
  message: ({ profile, option }) =>
    `\`lxc_options\` says profile \`${option}\`, \`apparmor_profile\` says \`${profile}\``,
  help: "remove one of the two",
});

export const jsonFirewallMisplaced = diagnosticKind({
  code: "PHX2034",
  severity: "warning",
  title: "firewall among the shared volumes",
  message: () => "`firewall` stands inside `shared_volumes`, where every entry is a volume",
  help: "move it to the top of the file; it is compiled wherever it stands",
});

export const jsonSharedVolumeGuest = diagnosticKind<{ readonly volume: string; readonly id: string }>({
  code: "PHX2035",
  severity: "warning",
  title: "shared volume of an unknown guest",
  message: ({ volume, id }) => `the shared volume \`${volume}\` is mounted by guest ${id}, which does not exist`,
});

export const jsonStorageIdUnused = diagnosticKind<{ readonly key: string; readonly suggestion: string | undefined }>({
  code: "PHX2036",
  severity: "warning",
  title: "storage id of no dataset",
  message: (args) =>
    `no dataset is called \`${args.key}\` (POOL_NAME with \`_\` for \`-\`, in this very case)${suggestion(args.suggestion)}`,
  help: "remove the entry: the storages of datasets are called POOL-NAME without it",
});

export const jsonSuiteName = diagnosticKind<{ readonly name: string; readonly better: string }>({
  code: "PHX2037",
  severity: "warning",
  title: "odd name of a test suite",
  message: ({ name, better }) => `the suite name \`${name}\` looks mistyped; did you mean \`${better}\``,
});

export const jsonSingularCheck = diagnosticKind({
  code: "PHX2038",
  severity: "note",
  title: "old form of a health check",
  message: () => "`health_check` is taken for a check called `health`; the existing system reads only `health_checks`",
  help: 'write `"health_checks": [{ "name": "...", "command": "..." }]`; the command runs inside the guest',
});

export const jsonSnapshotClash = diagnosticKind<{ readonly name: string }>({
  code: "PHX2039",
  severity: "warning",
  title: "template snapshot called as the lifecycle's",
  message: ({ name }) =>
    `\`${name}\` is also the lifecycle snapshot, which the existing system deletes and takes again in every run`,
  help: "the plan takes it once and keeps it; give the template snapshot a name of its own to tell them apart",
});

export const jsonDefaultDiskSize = diagnosticKind<{ readonly guest: string; readonly gib: number }>({
  code: "PHX2040",
  severity: "note",
  title: "disk of the usual size",
  message: ({ guest, gib }) =>
    `${guest} is made from an image and has no \`disk_size_gb\`: its disk gets ${gib} GiB, as by the existing system`,
});

export const jsonDiskDefaultUnused = diagnosticKind<{ readonly gib: number }>({
  code: "PHX2041",
  severity: "note",
  title: "disk size that is no default",
  message: ({ gib }) => `\`vm_defaults.disk_size_gb\` (${gib}) has never had an effect, and has none here`,
  help: "write `disk_size_gb` at the virtual machines that want it",
});

export const jsonRaidLevel = diagnosticKind<{ readonly level: string }>({
  code: "PHX2042",
  severity: "error",
  title: "unknown raid level",
  message: ({ level }) => `\`${level}\` is no raid level: single, mirror, raidz1, raidz2, raidz3`,
  help: "the existing system makes a stripe of whatever it does not know: one lost disk loses the pool",
});

export const jsonStorageType = diagnosticKind<{ readonly type: string }>({
  code: "PHX2043",
  severity: "warning",
  title: "storage type that datasets do not have",
  message: ({ type }) => `no storage of type \`${type}\` is made from a dataset: \`zfspool\` or \`dir\` is`,
  help: "the dataset is made, the storage is not",
});

export const jsonContainerOption = diagnosticKind<{ readonly option: string }>({
  code: "PHX2044",
  severity: "error",
  title: "unknown container option",
  message: ({ option }) => `\`${option}\` is not one of nesting=, keyctl=, fuse=, mknod= (0 or 1), mount=TYPE;TYPE`,
});

export const jsonRawOption = diagnosticKind<{ readonly option: string }>({
  code: "PHX2045",
  severity: "error",
  title: "malformed lxc option",
  message: ({ option }) => `\`${option}\` is not \`lxc.key = value\``,
});

export const jsonHalfOwner = diagnosticKind<{ readonly field: string; readonly other: string }>({
  code: "PHX2046",
  severity: "warning",
  title: "owner given by half",
  message: ({ field, other }) => `\`${field}\` has no effect without \`${other}\``,
});

export const jsonRuleInterface = diagnosticKind<{ readonly iface: string }>({
  code: "PHX2047",
  severity: "warning",
  title: "firewall rule on a bridge",
  message: ({ iface }) => `the rule is left out: \`iface\` of a guest's rule is net0, net1, ..., not \`${iface}\``,
  help: "Proxmox drops such a rule, too",
});

export const jsonTemplateUnused = diagnosticKind<{ readonly field: string; readonly clone: string }>({
  code: "PHX2049",
  severity: "note",
  title: "template of a clone",
  message: ({ field, clone }) => `\`${field}\` has no effect: the guest is cloned (\`${clone}\`)`,
});

export const jsonTwoAddresses = diagnosticKind<{ readonly address: string; readonly other: string }>({
  code: "PHX2050",
  severity: "error",
  title: "two addresses for one interface",
  message: ({ address, other }) => `\`static_ip\` says ${address}, \`network_config\` says ${other}`,
  help: "remove `static_ip`",
});

export const jsonPrivilegeUnsaid = diagnosticKind<{ readonly guest: string; readonly otherwise: string }>({
  code: "PHX2051",
  severity: "warning",
  title: "privilege is not said",
  message: ({ guest, otherwise }) => `${guest} has no \`unprivileged\`: ${otherwise}`,
  help: "write `unprivileged`",
});

export const jsonTemplateSnapshot = diagnosticKind<{ readonly name: string }>({
  code: "PHX2052",
  severity: "warning",
  title: "snapshot of a template",
  message: ({ name }) => `the snapshot \`${name}\` is left out: Proxmox takes none of a template`,
});

export const jsonRawNet = diagnosticKind<{ readonly index: number }>({
  code: "PHX2053",
  severity: "warning",
  title: "interface by raw options",
  message: ({ index }) =>
    `\`lxc_options\` describes interface ${index}: it and those after it are left to raw lines, and other fields have no effect on them`,
});

export const jsonHostResolver = diagnosticKind<{ readonly address: string; readonly guest: string }>({
  code: "PHX2054",
  severity: "warning",
  title: "host that asks its own guest",
  message: ({ address, guest }) =>
    `the host's name server ${address} is ${guest}: the host resolves no names until that guest runs a name server`,
});

export const jsonProperty = diagnosticKind<{ readonly text: string }>({
  code: "PHX2055",
  severity: "error",
  title: "malformed dataset property",
  message: ({ text }) => `\`${text}\` is not \`name=value\``,
});

export const jsonRelease = diagnosticKind<{ readonly image: string }>({
  code: "PHX2056",
  severity: "error",
  title: "unknown release of an image",
  message: ({ image }) => `no release is known for the image \`${image}\``,
  help: "write `vm_defaults.ubuntu_release`, or give `template_image` as a URL or as an absolute path",
});

export const jsonMachineOption = diagnosticKind<{ readonly option: string }>({
  code: "PHX2057",
  severity: "error",
  title: "malformed qm option",
  message: ({ option }) => `\`${option}\` is not \`--option value\``,
});

export const jsonPoolAssumed = diagnosticKind<{ readonly pool: string }>({
  code: "PHX2058",
  severity: "warning",
  title: "pool without disks",
  message: ({ pool }) => `the pool \`${pool}\` has no \`disks\`: it is taken as existing and never made`,
});

export const jsonCheckWithoutTest = diagnosticKind<{ readonly name: string }>({
  code: "PHX2059",
  severity: "warning",
  title: "health check that phxc cannot run",
  message: ({ name }) => `the check \`${name}\` is left out: it has no \`command\`, \`port\`, \`url\` or \`script\``,
  help: "`command` runs inside the guest, `port` tries a TCP connection, `url` an HTTP request, `script` is a file of the folder of scripts",
});

export const jsonEnvironmentUnused = diagnosticKind<{ readonly stack: string; readonly environment: string }>({
  code: "PHX2060",
  severity: "note",
  title: "environment that no guest runs",
  message: ({ stack, environment }) =>
    `no virtual machine runs the stack \`${stack}\` in the environment \`${environment}\`: its firewall rules are not used`,
});

/** All findings of the JSON front end, for `phxc explain`. */
export const jsonDiagnostics: readonly DiagnosticKind<never>[] = [
  ...jsonTextDiagnostics,
  ...jsonLayerDiagnostics,
  ...jsonShareDiagnostics,
  jsonSecret,
  jsonProfileTwice,
  jsonProfileConflict,
  jsonFirewallMisplaced,
  jsonSharedVolumeGuest,
  jsonStorageIdUnused,
  jsonSuiteName,
  jsonSingularCheck,
  jsonSnapshotClash,
  jsonDefaultDiskSize,
  jsonDiskDefaultUnused,
  jsonRaidLevel,
  jsonStorageType,
  jsonContainerOption,
  jsonRawOption,
  jsonHalfOwner,
  jsonRuleInterface,
  jsonTemplateUnused,
  jsonTwoAddresses,
  jsonPrivilegeUnsaid,
  jsonTemplateSnapshot,
  jsonRawNet,
  jsonHostResolver,
  jsonProperty,
  jsonRelease,
  jsonMachineOption,
  jsonPoolAssumed,
  jsonCheckWithoutTest,
  jsonEnvironmentUnused,
];
