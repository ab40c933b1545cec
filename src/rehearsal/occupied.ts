import type { CapturedHost } from "../model/captured.js";
import { guestValues } from "../compile/occupied.js";
import type { Occupied } from "../model/drawn.js";
import { formatIp, parseIp } from "../text/ip.js";
import { parseGuestConfig } from "./config/guest-config.js";
import { INTERFACES, parseInterfaces } from "./tools/interfaces.js";
import type { Interface } from "./tools/interfaces.js";

/** The ids, static addresses and MAC addresses of a captured host's guests; of guests of other nodes the ids; its own addresses. */
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
  return [...own, ...elsewhere, ...addressesOf(host)];
}

/** The addresses of the host's own interfaces that are on a bridge or below one, where guests meet them. */
function addressesOf({ node, files, nics }: CapturedHost): readonly Occupied[] {
  const { byName } = parseInterfaces(files[INTERFACES] ?? "", nics);
  const all = [...byName.values()];
  return all.flatMap(({ name, options }) => {
    const [, under, tag] = /^(.+)\.(\d+)$/.exec(name) ?? [];
    const raw = under ?? options.get("vlan-raw-device") ?? name;
    const vlan = raw === name ? undefined : Number(tag ?? options.get("vlan-id") ?? /\d+$/.exec(name)?.[0] ?? 0);
    const bridge = all.find((entry) => isBridge(entry) && (entry.name === raw || portsOf(entry).includes(raw)));
    if (bridge === undefined) return [];
    return [options.get("cidr"), options.get("cidr6")].flatMap((cidr): readonly Occupied[] => {
      const ip = parseIp(cidr?.split("/")[0] ?? "");
      if (ip === undefined) return [];
      const place = { bridge: bridge.name, ...(vlan === undefined ? {} : { vlan }) };
      return [{ sort: "ip", value: formatIp(ip), ...place, guest: { kind: "host", name: node } }];
    });
  });
}

const isBridge = ({ options }: Interface): boolean =>
  options.has("bridge_ports") || options.get("ovs_type") === "OVSBridge";

const portsOf = ({ options }: Interface): readonly string[] =>
  `${options.get("bridge_ports") ?? ""} ${options.get("ovs_ports") ?? ""}`.split(/\s+/);
