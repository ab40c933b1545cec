import { jsonTwoAddresses } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block, Expr } from "../syntax/ast.js";
import {
  address,
  asAddress,
  asBool,
  asInt,
  asList,
  asMac,
  asString,
  attribute,
  block,
  constant,
  joined,
  string,
  word,
} from "./build.js";
import { type Context, type Guest, setting } from "./context.js";
import { defaultBridge, FIRST_BRIDGE } from "./interfaces.js";
import { member, memberOf, type Part, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** What a guest says of one interface: the objects of today, or the text `address,gateway,nameserver` of mid-2025. */
interface NetSource {
  readonly index: number;
  readonly config: JsonMember;
  readonly parts: readonly Part[];
}

const CONFIGS = ["network_config", "secondary_network_config"] as const;

function sources(guest: Guest): readonly NetSource[] {
  return CONFIGS.flatMap((called, index) => {
    const config = member(guest.node, called);
    if (config === undefined) return [];
    return [{ index, config, parts: config.value.type === "string" ? partsOf(config.value) : [] }];
  });
}

/** The address of a guest's first interface without prefix; undefined when it has none of its own. */
export function guestAddress(guest: Guest): string | undefined {
  const [first] = sources(guest);
  const own = textOf(member(first?.config.value, "ip")?.value) ?? first?.parts[0]?.text;
  const text = own ?? textOf(member(guest.node, "static_ip")?.value);
  return text === undefined || !/^[0-9A-Fa-f.:]+(\/\d+)?$/.test(text) ? undefined : text.split("/")[0];
}

/** The bridges that guests use, each with a place. */
export function usedBridges(context: Context): readonly Part[] {
  return context.guests.flatMap((guest) => interfacesOf(guest).map((config) => bridgeOf(context, guest, config)));
}

/** Virtual machines that are made from an image have an interface whatever the file says of it. */
function interfacesOf(guest: Guest): readonly (JsonNode | undefined)[] {
  const found = sources(guest).map(({ config }) => config.value);
  const isMade = member(guest.node, "template_image") !== undefined || member(guest.node, "static_ip") !== undefined;
  return found.length === 0 && isMade ? [undefined] : found;
}

function bridgeOf(context: Context, guest: Guest, config: JsonNode | undefined): Part {
  const own = memberOf(config, ["bridge"]) ?? member(guest.node, "network_bridge");
  const general = guest.kind === "vm" ? setting(context.files, "vm_defaults", "network_bridge") : undefined;
  const node = own?.value ?? general?.value;
  const text = textOf(node);
  if (node !== undefined && text !== undefined) return { text, node };
  return defaultBridge(context) ?? { text: FIRST_BRIDGE, node: config ?? guest.node };
}

/** The `net` blocks of a guest, up to the first that raw lines describe instead: the n-th block is the n-th interface. */
export function netBlocks(context: Context, guest: Guest, firstRaw: number): readonly Block[] {
  checkAddresses(context, guest);
  const found = sources(guest);
  const firewall = attribute(member(member(guest.node, "firewall")?.value, "enabled"), "firewall", asBool);
  if (found.length === 0) return implied(context, guest, firewall);
  return found
    .filter(({ index }) => index < firstRaw)
    .map((source) => {
      const bridge = bridgeOf(context, guest, source.config.value);
      const first = source.index === 0 ? firstNet(guest, source) : { ip: undefined, mac: undefined };
      const items = joined<Attribute>(
        source.parts.length > 0 ? textItems(source) : objectItems(guest, source, first),
        attribute(first.mac ?? memberOf(source.config.value, ["hwaddr", "mac_address"]), "mac", asMac),
        source.index === 0 ? firewall : [],
      );
      return block("net", source.config.nameSpan, source.config.span, [string(bridge.node.span, bridge.text)], items);
    });
}

function implied(context: Context, guest: Guest, firewall: readonly Attribute[]): readonly Block[] {
  if (interfacesOf(guest).length === 0) return [];
  const bridge = bridgeOf(context, guest, undefined);
  const items = [
    ...attribute(member(guest.node, "static_ip"), "ip", asGuestIp),
    ...attribute(member(guest.node, "mac_address"), "mac", asMac),
    ...firewall,
  ];
  return [block("net", guest.idSpan, guest.idSpan, [string(bridge.node.span, bridge.text)], items)];
}

/** What stands at the guest itself belongs to its first interface. */
function firstNet(guest: Guest, source: NetSource) {
  const hasOwn = source.parts.length > 0 || member(source.config.value, "ip") !== undefined;
  return {
    ip: hasOwn ? undefined : member(guest.node, "static_ip"),
    mac: member(guest.node, "mac_address"),
  };
}

function objectItems(
  guest: Guest,
  source: NetSource,
  first: { readonly ip: JsonMember | undefined },
): readonly Attribute[] {
  const config = source.config.value;
  return joined<Attribute>(
    attribute(member(config, "ip") ?? first.ip, "ip", asGuestIp),
    attribute(member(config, "gw"), "gateway", asAddress),
    guest.kind === "ct" ? attribute(member(config, "name"), "device", asString) : [],
    attribute(member(config, "vlan"), "vlan", asInt),
  );
}

/** `10.0.0.110/24,10.0.0.1,8.8.8.8`: address, gateway, name server. */
function textItems(source: NetSource): readonly Attribute[] {
  const [ip, gateway] = source.parts;
  return [
    ...(ip === undefined ? [] : [constant(source.config.value.span, "ip", guestIp(ip.node, ip.text))]),
    ...(gateway === undefined
      ? []
      : [constant(source.config.value.span, "gateway", address(gateway.node.span, gateway.text))]),
  ];
}

function asGuestIp(node: JsonNode): Expr | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : guestIp(node, text);
}

function guestIp(node: JsonNode, text: string): Expr {
  if (text === "dhcp" || text === "auto" || text === "none") return word(node.span, text);
  return text === "manual" ? word(node.span, "none") : address(node.span, text);
}

/** Two fields may give the address; they must agree. */
function checkAddresses(context: Context, guest: Guest): void {
  const own = member(guest.node, "static_ip");
  const [first] = sources(guest);
  const other = textOf(member(first?.config.value, "ip")?.value) ?? first?.parts[0]?.text;
  const text = textOf(own?.value);
  if (own === undefined || text === undefined || other === undefined || text === other) return;
  context.report(diagnose(jsonTwoAddresses, own.value.span, { address: text, other }));
}

/** `nameservers` and `search` of a guest, from whichever interface names them. */
export function resolverItems(guest: Guest): readonly Attribute[] {
  const found = sources(guest);
  const servers = found
    .map(({ config }) => memberOf(config.value, ["nameservers", "nameserver"]))
    .find((candidate) => candidate !== undefined);
  const third = found.map(({ config, parts }) => ({ config, part: parts[2] })).find(({ part }) => part !== undefined);
  const search = found
    .map(({ config }) => member(config.value, "searchdomain"))
    .find((candidate) => candidate !== undefined);
  return [
    ...attribute(servers, "nameservers", asList(address)),
    ...(servers === undefined && third !== undefined ? attribute(third.config, "nameservers", thirdPart) : []),
    ...attribute(search, "search", asString),
  ];
}

function thirdPart(node: JsonNode): Expr | undefined {
  const part = partsOf(node)[2];
  return part === undefined ? undefined : { type: "list", span: node.span, items: [address(node.span, part.text)] };
}
