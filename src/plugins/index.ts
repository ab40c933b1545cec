import type { KindSpec, Plugin } from "../plugin-api/index.js";
import { firewallPlugin } from "./firewall/plugin.js";
import { guestPlugin } from "./guest/plugin.js";
import { hostPlugin } from "./host/plugin.js";
import { imagePlugin } from "./image/plugin.js";
import { jobsPlugin } from "./jobs/plugin.js";
import { lxcPlugin } from "./lxc/plugin.js";
import { networkPlugin } from "./network/plugin.js";
import { sharesPlugin } from "./shares/plugin.js";
import { storagePlugin } from "./storage/plugin.js";
import { validation } from "./validation/index.js";
import { vmPlugin } from "./vm/plugin.js";
import { zfsPlugin } from "./zfs/plugin.js";

/** The built-in plugins. They are like any other: a kind or a rule more is one line here. */
export const plugins: readonly Plugin[] = [
  hostPlugin,
  networkPlugin,
  zfsPlugin,
  storagePlugin,
  sharesPlugin,
  imagePlugin,
  firewallPlugin,
  guestPlugin,
  vmPlugin,
  lxcPlugin,
  jobsPlugin,
  validation,
];

/** The kinds of some plugins by keyword; of two with one keyword the later one counts. */
export function kindsOf(from: readonly Plugin[]): ReadonlyMap<string, KindSpec> {
  return new Map(from.flatMap((plugin) => plugin.kinds ?? []).map((kind) => [kind.keyword, kind]));
}
