import {
  guests,
  hostAddresses,
  netAddresses,
  numberOf,
  nets,
  parseIp,
  parseRange,
  perModel,
  rangeOf,
  refOf,
  resourcesOf,
  segmentOf,
  settingOf,
  stringOf,
} from "../../plugin-api/index.js";
import type { DrawSpec, GuestNet, Lack, Model, Resource, Section, Supply } from "../../plugin-api/index.js";

/** What guests may leave to phxc: addresses from their network's pool, MAC addresses below a prefix, ids of their host. */

/** `ip = auto` */
export const drawnIp: DrawSpec = {
  word: "auto",
  sort: "ip",
  from: ({ resource, section }, model) => addressSupply(resource, section, model, ["pool", "subnet"]),
};

/** `ip6 = pool`; there `auto` is Proxmox's own word for what routers announce. */
export const drawnIp6: DrawSpec = {
  word: "pool",
  sort: "ip",
  from: ({ resource, section }, model) => addressSupply(resource, section, model, ["pool6", "subnet6"]),
};

/** `mac = auto` */
export const drawnMac: DrawSpec = {
  word: "auto",
  sort: "mac",
  from: ({ resource, section }, model) => {
    const network = netOf(resource, section, model)?.network;
    const host = hostOf(resource, model);
    const owner = [network, host].find((one) => one !== undefined && stringOf(one, "mac_prefix") !== undefined);
    const prefix = owner === undefined ? undefined : stringOf(owner, "mac_prefix");
    const setting = owner === undefined ? undefined : settingOf(owner, "mac_prefix");
    if (prefix === undefined || setting === undefined) {
      return lack(
        "no `mac_prefix` is declared",
        'Write `mac_prefix = "02:50:00"` in the network or the host.',
        network ?? host,
      );
    }
    const bits = BigInt(48 - 8 * prefix.split(":").length);
    const first = BigInt(`0x${prefix.replaceAll(":", "")}`) << bits;
    const last = first + (1n << bits) - 1n;
    return { scope: "", space: "mac", first, last, text: prefix, span: setting.span, isTaken: hasIn(takenMacs(model)) };
  },
};

/** `vm auto web` */
export const drawnId: DrawSpec = {
  word: "auto",
  sort: "id",
  from: ({ resource }, model) => {
    const host = hostOf(resource, model);
    const ends = host === undefined ? undefined : rangeOf(host, "ids");
    const setting = host === undefined ? undefined : settingOf(host, "ids");
    if (ends === undefined || setting === undefined) {
      const several = host === undefined && resourcesOf(model, "host").length > 1;
      return several
        ? lack("the guest does not say which host it belongs to", "Write `host = NAME` in its block.")
        : lack("no host declares `ids`", "Write `ids = 200..299` in the block of its host.", host);
    }
    const [first, last] = [BigInt(ends[0]), BigInt(ends[1])];
    if (first < 100n || last > 999_999_999n) {
      return lack("Proxmox's ids are 100 to 999999999", `Choose \`ids\` among them, not ${ends.join("..")}.`, host);
    }
    const isTaken = hasIn(takenIds(model));
    return { scope: "", space: "id", first, last, text: ends.join(".."), span: setting.span, isTaken };
  },
};

function hasIn(values: ReadonlySet<bigint>): (value: bigint) => boolean {
  return (value) => values.has(value);
}

function lack(what: string, help: string, place?: Resource): Lack {
  return { lack: what, help, ...(place === undefined ? {} : { span: place.headSpan }) };
}

/** The host that a guest belongs to: the one that it names, else the only one. */
function hostOf(resource: Resource, model: Model): Resource | undefined {
  const named = refOf(resource, "host");
  if (named !== undefined) return model.resources.get(named);
  const [only, second] = resourcesOf(model, "host");
  return second === undefined ? only : undefined;
}

function netOf(resource: Resource, section: Section | undefined, model: Model): GuestNet | undefined {
  return nets(resource, model).find((net) => net.section === section);
}

function addressSupply(
  resource: Resource,
  section: Section | undefined,
  model: Model,
  [pool, subnet]: readonly ["pool", "subnet"] | readonly ["pool6", "subnet6"],
): Supply | Lack {
  const net = netOf(resource, section, model);
  const network = net?.network;
  if (net === undefined || network === undefined) {
    const what = `no network \`${net?.networkName ?? ""}\` is declared`;
    return lack(what, `Declare it with a pool: \`network NAME { ${pool} = FIRST..LAST }\`.`);
  }
  const ends = rangeOf(network, pool);
  const setting = settingOf(network, pool);
  const range = ends === undefined ? undefined : parseRange(ends.join("-"));
  if (ends === undefined || range === undefined || setting === undefined) {
    return lack(`network ${network.name} has no \`${pool}\``, `Write \`${pool} = FIRST..LAST\` in its block.`, network);
  }
  const space = segmentOf(net.bridge, net.vlan, net.networkName);
  const { low: first, high: last } = range;
  const ofGuests = takenAddresses(model).get(space);
  const others = [
    ...networksOn(space, network, model).flatMap((one) => ofNetwork(one, subnet)),
    ...ofHosts(model, net.bridge),
  ];
  const isTaken = (value: bigint): boolean => ofGuests?.has(value) === true || others.includes(value);
  return { scope: network.name, space, first, last, text: ends.join(".."), span: setting.span, isTaken };
}

/** The network that a guest names, and others of the same bridge and VLAN. */
function networksOn(space: string, network: Resource, model: Model): readonly Resource[] {
  return resourcesOf(model, "network").filter((one) => {
    const own = segmentOf(stringOf(one, "bridge"), numberOf(one, "vlan"), one.name);
    return one === network || own === space;
  });
}

/** The gateway, and the two addresses of an IPv4 net that no guest can have. */
function ofNetwork(network: Resource, subnet: "subnet" | "subnet6"): readonly bigint[] {
  const net = parseRange(stringOf(network, subnet) ?? "");
  const ends = net?.version === 4 && net.high - net.low > 1n ? [net.low, net.high] : [];
  const gateway = parseIp(stringOf(network, subnet === "subnet" ? "gateway" : "gateway6") ?? "");
  return [...ends, ...(gateway === undefined ? [] : [gateway.value])];
}

function ofHosts(model: Model, bridge: string | undefined): readonly bigint[] {
  return resourcesOf(model, "host")
    .flatMap(hostAddresses)
    .filter((one) => one.bridge === undefined || one.bridge === bridge)
    .flatMap(({ address }) => parseIp(address)?.value ?? []);
}

/** Addresses that the files give to guests, by what their interfaces are on. */
const takenAddresses = perModel((model) => {
  const taken = new Map<string, Set<bigint>>();
  for (const net of guests(model).flatMap((guest) => nets(guest, model))) {
    const space = segmentOf(net.bridge, net.vlan, net.networkName);
    const known = taken.get(space) ?? new Set();
    taken.set(space, known);
    for (const { attribute, address } of netAddresses(net)) {
      const ip = settingOf(net.section, attribute)?.drawn === undefined ? parseIp(address) : undefined;
      if (ip !== undefined) known.add(ip.value);
    }
  }
  return taken;
});

const takenMacs = perModel((model) => {
  const all = guests(model).flatMap((guest) => nets(guest, model));
  const written = all.filter(({ section }) => settingOf(section, "mac")?.drawn === undefined);
  return new Set(written.flatMap(({ mac }) => (mac === undefined ? [] : [BigInt(`0x${mac.replaceAll(":", "")}`)])));
});

const takenIds = perModel((model) => {
  const written = guests(model).filter(({ drawn }) => drawn === undefined);
  return new Set(written.flatMap(({ id }) => (id === undefined ? [] : [BigInt(id)])));
});
