import type { DrawSort, Occupied } from "../model/drawn.js";
import { formatIp, parseIp } from "../text/ip.js";

/** The id, the static addresses and the MAC addresses of a guest, from its options as Proxmox writes them. */
export function guestValues(
  { kind, id, name }: Occupied["guest"],
  options: ReadonlyMap<string, string>,
): readonly Occupied[] {
  const guest = { kind, id, ...(name === undefined ? {} : { name }) };
  const nets = [...options].flatMap(([key, value]) => {
    const [, n] = /^net(\d+)$/.exec(key) ?? [];
    if (n === undefined) return [];
    const keys = keysOf(value);
    const { bridge, tag } = keys;
    const place = {
      ...(bridge === undefined ? {} : { bridge }),
      ...(tag === undefined ? {} : { vlan: Number(tag) }),
    };
    const addresses = kind === "ct" ? keys : keysOf(options.get(`ipconfig${n}`) ?? "");
    const ips = [addresses["ip"], addresses["ip6"]].flatMap((text) => parseIp(text?.split("/")[0] ?? "") ?? []);
    // A machine's net begins with its model, whose value is the address: `virtio=BC:24:11:...`.
    const mac = keys["hwaddr"] ?? keys["macaddr"] ?? /=([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})(?:,|$)/.exec(value)?.[1];
    return [
      ...ips.map((ip): Occupied => ({ sort: "ip", value: formatIp(ip), ...place, guest })),
      ...(mac === undefined ? [] : [ofSort("mac", mac.toLowerCase(), guest)]),
    ];
  });
  return [ofSort("id", String(id), guest), ...nets];
}

function ofSort(sort: DrawSort, value: string, guest: Occupied["guest"]): Occupied {
  return { sort, value, guest };
}

function keysOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(",").map((part) => part.split(/=(.*)/s, 2) as [string, string]));
}
