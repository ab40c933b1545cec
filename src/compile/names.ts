/** The name of a project's configuration file; its folder is the project's root. */
export const CONFIG_NAME = "phx.config.json";

/** The folder of a project's own plugins. */
export const PLUGIN_FOLDER = "plugins";

/** Whether a plugin's name in the configuration is that of a file of the project (the others are packages). */
export function isPluginFile(name: string): boolean {
  return /^plugins\/[^\\]+\.m?js$/.test(name) && !name.split("/").includes("..");
}

/** The lock file of an entry: what was drawn for its guests. */
export function lockPath(entry: string): string {
  return `${entry.slice(0, entry.lastIndexOf("/") + 1)}phxc.lock`;
}
