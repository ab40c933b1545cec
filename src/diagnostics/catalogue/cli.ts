import { suggestion } from "../did-you-mean.js";
import { diagnosticKind } from "../diagnostic.js";

export const cliUnknownSetting = diagnosticKind<{ name: string; meant: string | undefined }>({
  code: "PHX7001",
  severity: "error",
  title: "unknown setting in phx.config.json",
  message: ({ name, meant }) => `phx.config.json has no setting \`${name}\`${suggestion(meant)}`,
  help: "its settings are `entry`, `plans`, `plugins` and `scripts`",
});

export const cliSettingType = diagnosticKind<{ name: string; wanted: string }>({
  code: "PHX7002",
  severity: "error",
  title: "setting of the wrong type in phx.config.json",
  message: ({ name, wanted }) => `\`${name}\` wants ${wanted}`,
});

export const cliPluginName = diagnosticKind<{ name: string }>({
  code: "PHX7003",
  severity: "error",
  title: "not the name of a plugin",
  message: ({ name }) => `\`${name}\` is neither a file below plugins/ nor the name of a package`,
  help: "write the file's path as `plugins/NAME.mjs`, or the name of an installed npm package",
});

export const cliUntrustedPlugins = diagnosticKind<{ changed: boolean }>({
  code: "PHX7004",
  severity: "error",
  title: "plugins are not trusted",
  message: ({ changed }) =>
    changed
      ? "the plugins of this project have changed since you trusted them; none was loaded"
      : "this project has plugins, which run code, and you have not trusted them; none was loaded",
  help: "read them, then run `phxc trust`; or say `--trust-plugins` for one run",
});

export const cliPluginLoad = diagnosticKind<{ name: string; reason: string }>({
  code: "PHX7005",
  severity: "error",
  title: "plugin cannot be loaded",
  message: ({ name, reason }) => `plugin \`${name}\` cannot be loaded: ${reason}`,
});

export const cliPluginClash = diagnosticKind<{ plugin: string; what: string; owner: string }>({
  code: "PHX7006",
  severity: "error",
  title: "two plugins bring the same thing",
  message: ({ plugin, what, owner }) => `plugin \`${plugin}\` brings ${what}, which ${owner} has already`,
  help: "rename it in the plugin, or take one of the two out of phx.config.json",
});

export const cliPluginFailed = diagnosticKind<{ plugin: string; where: string; reason: string }>({
  code: "PHX7007",
  severity: "error",
  title: "plugin failed",
  message: ({ plugin, where, reason }) => `plugin \`${plugin}\` failed in ${where}: ${reason}`,
  help: "this is a mistake in the plugin; its author can mend it",
});

export const cliUnreadable = diagnosticKind<{ path: string; reason: string }>({
  code: "PHX7008",
  severity: "error",
  title: "file cannot be read",
  message: ({ path, reason }) => `\`${path}\` cannot be read: ${reason}`,
});

export const hostDamaged = diagnosticKind<{ path: string; problem: string }>({
  code: "PHX7009",
  severity: "error",
  title: "captured host is damaged",
  message: ({ path, problem }) => `${path} cannot be rehearsed from: ${problem}`,
  help: "Capture the host again: `phxc capture USER@HOST --out FILE`.",
});

export const hostForeign = diagnosticKind<{ path: string; format: string }>({
  code: "PHX7010",
  severity: "error",
  title: "not a captured host",
  message: ({ path, format }) => `${path} was not written by \`phxc capture\` (${format})`,
  help: "`--from` takes the file that `phxc capture USER@HOST --out FILE` writes.",
});

export const hostNewer = diagnosticKind<{ path: string; version: number; known: number }>({
  code: "PHX7011",
  severity: "error",
  title: "captured host of a newer phxc",
  message: ({ path, version, known }) =>
    `${path} has the format ${version}, written by a newer phxc; this one reads ${known}`,
  help: "Use the release that captured it, or capture the host again with this one.",
});

/** Findings of the project's configuration, its plugins, and captured hosts. */
export const cliDiagnostics = [
  cliUnknownSetting,
  cliSettingType,
  cliPluginName,
  cliUntrustedPlugins,
  cliPluginLoad,
  cliPluginClash,
  cliPluginFailed,
  cliUnreadable,
  hostDamaged,
  hostForeign,
  hostNewer,
] as const;
