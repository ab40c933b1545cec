import { valueOccupied } from "../diagnostics/catalogue/planner-lock.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { occupantText } from "../model/drawn.js";
import type { DrawSort, GuestOccupant, Occupant, Occupied } from "../model/drawn.js";
import type { Model, Resource } from "../model/resource.js";
import {
  guestRef,
  guests,
  hostAddresses,
  netAddresses,
  nets,
  resourcesOf,
  segmentOf,
  settingOf,
} from "../plugin-api/index.js";
import type { GuestNet } from "../plugin-api/index.js";
import { formatIp, parseIp } from "../text/ip.js";

/** The id, the static addresses and the MAC addresses of a guest, from its options as Proxmox writes them. */
export function guestValues(
  { kind, id, name }: GuestOccupant,
  options: ReadonlyMap<string, string>,
): readonly Occupied<GuestOccupant>[] {
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
      ...ips.map((ip): Occupied<GuestOccupant> => ({ sort: "ip", value: formatIp(ip), ...place, guest })),
      ...(mac === undefined ? [] : [ofSort("mac", mac.toLowerCase(), guest)]),
    ];
  });
  return [ofSort("id", String(id), guest), ...nets];
}

function ofSort(sort: DrawSort, value: string, guest: GuestOccupant): Occupied<GuestOccupant> {
  return { sort, value, guest };
}

function keysOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(",").map((part) => part.split(/=(.*)/s, 2) as [string, string]));
}

/**
 * Addresses and MAC addresses that the files write for a guest while another one of a captured host has them, which no file
 * declares, or the host itself: what files say of a guest a plan can change. What was drawn is compared where it is drawn.
 */
export function occupiedFindings(model: Model, occupied: readonly Occupied[]): readonly Diagnostic[] {
  const declared = new Set(guests(model).map(({ kind, id }) => `${kind} ${id}`));
  // Of a declared address of a host, a rule tells.
  const known = new Set(
    resourcesOf(model, "host")
      .flatMap(hostAddresses)
      .map(({ address }) => address),
  );
  const others = occupied.filter(
    ({ sort, value, guest }) =>
      sort !== "id" && !(guest.kind === "host" ? known.has(value) : declared.has(`${guest.kind} ${guest.id}`)),
  );
  const owners = new Map(others.map((one) => [keyOf(one), one.guest]));
  return guests(model).flatMap((resource) =>
    nets(resource, model).flatMap((net) => writtenValues(net).flatMap((one) => findingOf(resource, net, one, owners))),
  );
}

type Owners = ReadonlyMap<string, Occupant>;

interface Written {
  readonly sort: DrawSort;
  readonly attribute: string;
  readonly value: string;
}

function writtenValues(net: GuestNet): readonly Written[] {
  const ips = netAddresses(net).flatMap(({ attribute, address }): readonly Written[] => {
    const ip = parseIp(address);
    return ip === undefined ? [] : [{ sort: "ip", attribute, value: formatIp(ip) }];
  });
  const macs: readonly Written[] =
    net.mac === undefined ? [] : [{ sort: "mac", attribute: "mac", value: net.mac.toLowerCase() }];
  return [...ips, ...macs];
}

function findingOf(resource: Resource, net: GuestNet, one: Written, owners: Owners): readonly Diagnostic[] {
  const { sort, attribute, value } = one;
  const setting = settingOf(net.section, attribute);
  const owner = owners.get(
    sort === "ip" ? `ip ${segmentOf(net.bridge, net.vlan, net.networkName)} ${value}` : `mac ${value}`,
  );
  if (owner === undefined || setting === undefined || setting.drawn !== undefined) return [];
  const { kind, id, name } = guestRef(resource);
  const args = { guest: `${kind} ${id} ${name}`, value, owner: occupantText(owner) };
  return [diagnose(valueOccupied, setting.span, args)];
}

function keyOf({ sort, bridge, vlan, value }: Occupied): string {
  return sort === "ip" ? `ip ${segmentOf(bridge, vlan, "")} ${value}` : `${sort} ${value}`;
}
