import { jsonMissingField } from "../diagnostics/catalogue/json-text.js";
import {
  jsonDefaultDiskSize,
  jsonDiskDefaultUnused,
  jsonMachineOption,
  jsonTemplateSnapshot,
} from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block, Expr, Item } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import {
  asGibibytes,
  asInt,
  asList,
  asMebibytes,
  asString,
  attribute,
  block,
  bool,
  constant,
  gibibytes,
  int,
  joined,
  type Make,
  quotedAttribute,
  string,
  word,
} from "./build.js";
import { checkBlocks } from "./checks.js";
import { cloudInitBlock } from "./cloud-init.js";
import { type Context, type Guest, setting } from "./context.js";
import { searchDomain } from "./convert-network.js";
import { firewallBlock } from "./firewall.js";
import { bootBlock, commonItems, fieldOf, guestBlock, isTemplate, scriptBlocks, sourceItems } from "./guest.js";
import { cloneField, type ImageUse, isClone } from "./images.js";
import { interfaces } from "./interfaces.js";
import { netBlocks, resolverItems } from "./nets.js";
import { intOf, itemsOf, linesOf, member, memberOf, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** The size that the existing system gives the disk of every machine that it makes from an image. */
const IMAGE_DISK_GIB = 32;

/** A virtual machine as a `vm` block. */
export function machineBlock(context: Context, guest: Guest, image: ImageUse | undefined): Block {
  const own = resolverItems(guest);
  const hasSearch = own.some(({ name }) => name.text === "search");
  return guestBlock(
    guest,
    joined<Item>(
      sourceItems(context, guest, image, fullClone(guest)),
      commonItems(guest),
      orDefault(context, guest, "cores", "cores", asInt),
      orDefault(context, guest, "memory_mb", "memory", asMebibytes),
      attribute(member(guest.node, "os"), "os", asString),
      hardware(guest),
      own,
      hasSearch || isClone(guest) ? [] : searchDomain(context),
      optionsBlock(context, guest),
      bootBlock(guest),
      rootDisk(context, guest),
      netBlocks(context, guest, Number.POSITIVE_INFINITY),
      cloudInitBlock(guest),
      itemsOf(member(guest.node, "volumes")?.value).flatMap(volumeBlock),
      itemsOf(member(guest.node, "nfs_shares")?.value).flatMap((node, index) => shareBlock(context, node, index)),
      firewallBlock(context, guest),
      scriptBlocks(guest),
      checkBlocks(context, guest),
      snapshotBlocks(context, guest),
    ),
  );
}

/** Reports once that the default disk size is none. */
export function checkDiskDefault(context: Context): void {
  const unused = setting(context.files, "vm_defaults", "disk_size_gb");
  const gib = intOf(unused?.value);
  if (unused !== undefined && gib !== undefined) {
    context.report(diagnose(jsonDiskDefaultUnused, unused.nameSpan, { gib }));
  }
}

/** The existing system always makes full clones of machines. */
function fullClone(guest: Guest): readonly Attribute[] {
  return attribute(cloneField(guest), "clone_mode", (node) => word(node.span, "full"));
}

/** What the existing system sets on every machine: the agent; on those made from an image, controller and console as well. */
function hardware(guest: Guest): readonly Attribute[] {
  const at = (cloneField(guest) ?? member(guest.node, "template_image"))?.value.span;
  if (at === undefined) return [];
  const agent = constant(at, "agent", bool(at, true));
  if (isClone(guest)) return [agent];
  return [agent, constant(at, "scsihw", word(at, "virtio-scsi-pci")), constant(at, "serial", word(at, "socket"))];
}

/** A field of the machine over that of `vm_defaults`; one of the two is required. */
function orDefault(context: Context, guest: Guest, field: string, called: string, make: Make): readonly Attribute[] {
  const own = member(guest.node, field);
  const fallback = setting(context.files, "vm_defaults", field);
  const lowest = fallback === undefined ? [] : [fallback];
  const found = own === undefined ? fallback : { ...own, below: [...lowest, ...(own.below ?? [])] };
  if (found === undefined) context.report(diagnose(jsonMissingField, guest.nameSpan, { field, owner: guest.label }));
  return attribute(found, called, make);
}

/** Clones keep the disk of their source unless a size or a storage is given. */
function rootDisk(context: Context, guest: Guest): readonly Block[] {
  const size = member(guest.node, "disk_size_gb");
  const own = member(guest.node, "storage_pool");
  const storage = own ?? (isClone(guest) ? undefined : setting(context.files, "vm_defaults", "storage_pool"));
  const image = isClone(guest) ? undefined : member(guest.node, "template_image");
  const first = size ?? own ?? image;
  if (first === undefined) return [];
  const items = [
    ...(size === undefined ? usualSize(context, guest, image) : attribute(size, "size", asGibibytes)),
    ...attribute(storage, "storage", asString),
  ];
  return [block("disk", first.nameSpan, first.span, [string(first.nameSpan, "root")], items)];
}

function usualSize(context: Context, guest: Guest, image: JsonMember | undefined): readonly Attribute[] {
  if (image === undefined) return [];
  context.report(diagnose(jsonDefaultDiskSize, image.value.span, { guest: guest.label, gib: IMAGE_DISK_GIB }));
  return [constant(image.value.span, "size", gibibytes(image.value.span, IMAGE_DISK_GIB))];
}

/** `volume nfs NAME { from = "server:path", at = "..." }` */
function volumeBlock(node: JsonNode, index: number): readonly Block[] {
  const type = member(node, "type");
  const kind = textOf(type?.value);
  const path = member(node, "path");
  if (type === undefined || kind === undefined || path === undefined) return [];
  const called = member(node, "name");
  const server = textOf(member(node, "server")?.value);
  const source: Make = (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : string(value.span, server === undefined ? text : `${server}:${text}`);
  };
  const name = string(called?.value.span ?? node.span, textOf(called?.value) ?? `volume${index}`);
  const items = [...attribute(path, "from", source), ...attribute(member(node, "mount_point"), "at", asString)];
  return [block("volume", type.value.span, node.span, [word(type.value.span, kind), name], items)];
}

/** A directory of the host that the machine mounts from it: `nfs_shares[]{host_path, guest_path, options}`. */
function shareBlock(context: Context, node: JsonNode, index: number): readonly Block[] {
  const path = member(node, "host_path");
  if (path === undefined) return [];
  const server = nfsServer(context);
  const source: Make = (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : string(value.span, server === undefined ? text : `${server}:${text}`);
  };
  const options = attribute(member(node, "options"), "options", asList(string, partsOf));
  const items = [
    ...attribute(path, "from", source),
    ...attribute(member(node, "guest_path"), "at", asString),
    ...options,
  ];
  const name = string(path.value.span, `share${index}`);
  return [block("volume", path.nameSpan, node.span, [word(path.value.span, "nfs"), name], items)];
}

/** The host itself is what guests mount from, under the address that they know. */
function nfsServer(context: Context): string | undefined {
  const server = textOf(setting(context.files, "network", "nfs_server")?.value);
  if (server !== undefined && !server.startsWith("127.")) return server;
  const [first] = interfaces(context);
  return textOf(member(first, "address")?.value)?.replace(/\/.*$/, "");
}

/** `--vga qxl`, `--vga=qxl`, `vga=qxl` are `options { vga = "qxl" }`. */
function optionsBlock(context: Context, guest: Guest): readonly Block[] {
  const field = member(guest.node, "qm_options");
  if (field === undefined) return [];
  const items = linesOf(field.value).flatMap(({ text, node }) => {
    const [, name, value] = /^(?:--?)?([a-z][a-z0-9_-]*)(?:\s*=\s*|\s+)(\S.*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) {
      return [quotedAttribute(node.span, name, optionValue(node.span, name, value))];
    }
    context.report(diagnose(jsonMachineOption, node.span, { option: text }));
    return [];
  });
  return items.length === 0 ? [] : [block("options", field.nameSpan, field.span, [], items)];
}

/** Options of `qm set` that are switches; Proxmox writes them as 1 and 0. */
const SWITCHES: readonly string[] = [
  "acpi",
  "allow-ksm",
  "autostart",
  "ciupgrade",
  "freeze",
  "keephugepages",
  "kvm",
  "localtime",
  "numa",
  "onboot",
  "protection",
  "reboot",
  "tablet",
  "tdf",
];

function optionValue(at: Span, name: string, value: string): Expr {
  if (SWITCHES.includes(name) && /^[01]$/.test(value)) return bool(at, value === "1");
  return /^\d{1,15}$/.test(value) ? int(at, Number(value)) : string(at, value);
}

/** The snapshots before and after the features, whatever they are called; templates take none. */
function snapshotBlocks(context: Context, guest: Guest): readonly Block[] {
  const snapshots = fieldOf(guest, "snapshots")?.value;
  return (
    [
      ["configured", "pre-features", "pre_features"],
      ["installed", "post-features", "post_features"],
    ] as const
  ).flatMap(([moment, ...names]) => {
    const own = memberOf(snapshots, names);
    const name = textOf(own?.value);
    if (own === undefined || name === undefined) return [];
    if (isTemplate(guest)) {
      context.report(diagnose(jsonTemplateSnapshot, own.value.span, { name }));
      return [];
    }
    const items = [constant(own.nameSpan, "moment", word(own.nameSpan, moment))];
    return [block("snapshot", own.value.span, own.span, [string(own.value.span, name)], items)];
  });
}
