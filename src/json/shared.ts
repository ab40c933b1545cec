import { jsonFirewallMisplaced, jsonSharedVolumeGuest, jsonSuiteName } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import { type Context, settings } from "./context.js";
import { member } from "./read.js";
import type { JsonObject } from "./tree.js";

/** Findings inside fields that are not compiled: they show that the file does not say what its author believes. */
export function checkUncompiled(context: Context): void {
  for (const { value } of settings(context.files, "shared_volumes")) {
    if (value.type === "object") checkSharedVolumes(context, value);
  }
  for (const { value } of settings(context.files, "tests")) {
    if (value.type === "object") checkSuites(context, value);
  }
}

function checkSharedVolumes(context: Context, volumes: JsonObject): void {
  for (const volume of volumes.members.values()) {
    if (volume.name === "firewall") context.report(diagnose(jsonFirewallMisplaced, volume.nameSpan, undefined));
    const mounts = member(volume.value, "mounts")?.value;
    if (mounts?.type !== "object") continue;
    for (const mount of mounts.members.values()) {
      if (context.guests.some(({ id }) => String(id) === mount.name)) continue;
      context.report(diagnose(jsonSharedVolumeGuest, mount.nameSpan, { volume: volume.name, id: mount.name }));
    }
  }
}

/** Suites are called in words joined by `_`; a dot or a doubled sign is a slip. */
function checkSuites(context: Context, suites: JsonObject): void {
  for (const { name, nameSpan } of suites.members.values()) {
    const better = name.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "");
    if (!/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/.test(name))
      context.report(diagnose(jsonSuiteName, nameSpan, { name, better }));
  }
}
