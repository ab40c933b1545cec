import type { CapturedHost } from "../model/captured.js";
import { guestValues } from "../compile/occupied.js";
import type { Occupied } from "../model/drawn.js";
import { parseGuestConfig } from "./config/guest-config.js";

/** The ids, static addresses and MAC addresses of a captured host's guests; of guests of other nodes the ids. */
export function occupiedOf(host: CapturedHost): readonly Occupied[] {
  const own = Object.entries(host.files).flatMap(([path, text]) => {
    const [, node, folder, id] = /^\/etc\/pve\/nodes\/([^/]+)\/(qemu-server|lxc)\/(\d+)\.conf$/.exec(path) ?? [];
    if (node !== host.node) return [];
    const { options } = parseGuestConfig(text).current;
    const kind = folder === "lxc" ? "ct" : "vm";
    const name = options.get(kind === "vm" ? "name" : "hostname");
    return guestValues({ kind, id: Number(id), ...(name === undefined ? {} : { name }) }, options);
  });
  const elsewhere = host.elsewhere.map(({ id, kind }): Occupied => ({
    sort: "id",
    value: String(id),
    guest: { kind, id },
  }));
  return [...own, ...elsewhere];
}
