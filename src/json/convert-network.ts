import { jsonHostResolver } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block } from "../syntax/ast.js";
import { formatCidr, networkOf, parseCidr } from "../text/ip.js";
import type { Span } from "../text/source.js";
import {
  address,
  asAddress,
  asBytes,
  asGibibytes,
  asList,
  asString,
  attribute,
  block,
  constant,
  string,
} from "./build.js";
import { type Context, setting } from "./context.js";
import { sambaBlock } from "./convert-shares.js";
import { hostSettings } from "./host-settings.js";
import { FIRST_BRIDGE, interfaces } from "./interfaces.js";
import { guestAddress } from "./nets.js";
import { boolOf, member, type Part, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** The name of the host where the files give none: what the existing system calls it. */
const DEFAULT_HOST = "phoenix";

/** The `host` block: there is one as soon as the files say anything of the host. */
export function hostBlocks(context: Context): readonly Block[] {
  const hostname = setting(context.files, "network", "hostname");
  const [first] = interfaces(context);
  const own = member(first, "address");
  const items = [
    ...attribute(own, "address", asHostAddress),
    ...hostSettings(context),
    ...resolver(context),
    ...names(context, own),
    ...sambaBlock(context),
    ...nvidiaBlocks(context),
    ...cacheLimit(context),
  ];
  const at = hostname?.value.span ?? own?.value.span ?? items[0]?.span;
  checkResolver(context);
  if (at === undefined) return [];
  const called = string(hostname?.value.span ?? at, textOf(hostname?.value) ?? DEFAULT_HOST);
  return [block("host", at, own?.span ?? at, [called], items)];
}

/** The limit of the ZFS cache: in GiB, or as the forerunner wrote it, in bytes. */
function cacheLimit({ files }: Context): readonly Block[] {
  const [gibibytes, bytes] = [setting(files, "zfs", "arc_max_gb"), setting(files, "zfs", "arc_max")];
  const found = gibibytes ?? bytes;
  if (found === undefined) return [];
  const limit = attribute(found, "arc_max", found === gibibytes ? asGibibytes : asBytes);
  return limit.length === 0 ? [] : [block("zfs", found.nameSpan, found.span, [], limit)];
}

/** The host's name servers: those of its interfaces, each once. */
function resolver(context: Context): readonly Block[] {
  const found = interfaces(context).flatMap((node) => member(node, "dns_nameservers") ?? []);
  const [first] = found;
  const parts = found.flatMap(({ value }) => partsOf(value));
  const servers = parts.filter(({ text }, i) => parts.findIndex((other) => other.text === text) === i);
  if (first === undefined || servers.length === 0) return [];
  const list = asList(address, () => servers);
  return [block("dns", first.nameSpan, first.span, [], attribute(first, "servers", list))];
}

/** The host's driver of NVIDIA, unless `install` says that it gets none. */
function nvidiaBlocks(context: Context): readonly Block[] {
  const own = setting(context.files, "nvidia_driver");
  if (own?.value.type !== "object" || boolOf(member(own.value, "install")?.value) === false) return [];
  const items = [
    ...attribute(member(own.value, "version"), "version", asString),
    ...attribute(member(own.value, "runfile_url"), "url", asString),
    ...attribute(member(own.value, "sha256"), "sha256", asString),
  ];
  return [block("nvidia", own.nameSpan, own.span, [], items)];
}

/** The names that the existing system gives its dnsmasq, which answers on the host's address. */
function names(context: Context, own: JsonMember | undefined): readonly Block[] {
  const server = setting(context.files, "dns_server");
  if (server === undefined || server.value.type !== "object") return [];
  if (boolOf(member(server.value, "enabled")?.value) === false) return [];
  const items = [
    ...attribute(setting(context.files, "domain_name"), "domain", asString),
    ...attribute(member(server.value, "upstream_servers"), "upstream", asList(address)),
    ...attribute(own, "listen", asList(address, ownAddress)),
  ];
  return [block("names", server.nameSpan, server.span, [], items)];
}

function ownAddress(node: JsonNode): readonly Part[] {
  const text = textOf(node)?.split("/")[0];
  return text === undefined ? [] : [{ text, node }];
}

/** `10.0.0.13/24` is the address 10.0.0.13. */
function asHostAddress(node: JsonNode) {
  const text = textOf(node);
  return text === undefined ? undefined : address(node.span, text.split("/")[0] ?? "");
}

/** The host must not resolve names through a guest that may not be up. */
function checkResolver(context: Context): void {
  for (const node of interfaces(context)) {
    for (const part of partsOf(member(node, "dns_nameservers")?.value)) {
      const guest = context.guests.find((candidate) => guestAddress(candidate) === part.text);
      if (guest === undefined) continue;
      context.report(diagnose(jsonHostResolver, part.node.span, { address: part.text, guest: guest.label }));
    }
  }
}

/** The `network` blocks: the host's interfaces, the internal bridge, and bridges that only guests name. */
export function networkBlocks(context: Context, used: readonly Part[]): readonly Block[] {
  const declared = [
    ...interfaces(context).flatMap((node, index) => interfaceNetwork(context, node, index)),
    ...(interfaces(context).length === 0 ? subnetAlone(context) : []),
    ...internalBridge(context),
  ];
  const known = new Set(declared.map(({ bridge }) => bridge));
  const others: Block[] = [];
  for (const { text, node } of used) {
    if (known.has(text)) continue;
    known.add(text);
    others.push(networkBlock(text, node.span, node.span, []));
  }
  return [...declared.map((network) => network.block), ...others];
}

interface Network {
  readonly bridge: string;
  readonly block: Block;
}

function interfaceNetwork(context: Context, node: JsonNode, index: number): readonly Network[] {
  const called = member(node, "name");
  const bridge = textOf(called?.value);
  if (called === undefined || bridge === undefined) return [];
  const declared = index === 0 ? setting(context.files, "network", "default_subnet") : undefined;
  const subnet =
    declared === undefined ? derivedSubnet(member(node, "address")) : attribute(declared, "subnet", asAddress);
  const gateway = attribute(member(node, "gateway"), "gateway", asAddress);
  const drawn = ["pool", "mac_prefix"].flatMap((name) => attribute(member(node, name), name, asString));
  return [{ bridge, block: networkBlock(bridge, called.value.span, node.span, [...subnet, ...gateway, ...drawn]) }];
}

/** The files of mid-2025 give a subnet without an interface: it is that of Proxmox's first bridge. */
function subnetAlone(context: Context): readonly Network[] {
  const subnet = setting(context.files, "network", "default_subnet");
  if (subnet === undefined) return [];
  const items = attribute(subnet, "subnet", asAddress);
  return [{ bridge: FIRST_BRIDGE, block: networkBlock(FIRST_BRIDGE, subnet.nameSpan, subnet.span, items) }];
}

/** The subnet that an address with prefix lies in. */
function derivedSubnet(own: JsonMember | undefined): readonly Attribute[] {
  const cidr = parseCidr(textOf(own?.value) ?? "");
  return own === undefined || cidr === undefined
    ? []
    : [constant(own.value.span, "subnet", address(own.value.span, formatCidr(networkOf(cidr))))];
}

function internalBridge(context: Context): readonly Network[] {
  const called = setting(context.files, "network", "internal_bridge", "name");
  const bridge = textOf(called?.value);
  if (called === undefined || bridge === undefined) return [];
  const subnet = setting(context.files, "network", "internal_bridge", "subnet");
  return [
    { bridge, block: networkBlock(bridge, called.value.span, called.span, attribute(subnet, "subnet", asAddress)) },
  ];
}

/** Networks are called as their bridges. */
function networkBlock(bridge: string, at: Span, whole: Span, items: readonly Attribute[]): Block {
  return block("network", at, whole, [string(at, bridge)], [constant(at, "bridge", string(at, bridge)), ...items]);
}

/** The search domain that new virtual machines get. */
export function searchDomain(context: Context): readonly Attribute[] {
  return attribute(setting(context.files, "domain_name"), "search", asString);
}
