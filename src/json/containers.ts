import {
  jsonHalfOwner,
  jsonPrivilegeUnsaid,
  jsonSnapshotClash,
  jsonTemplateSnapshot,
} from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block, Item } from "../syntax/ast.js";
import { cover, type Span } from "../text/source.js";
import {
  asBool,
  asGibibytes,
  asInt,
  asMebibytes,
  asString,
  attribute,
  block,
  constant,
  int,
  joined,
  list,
  ownership,
  string,
} from "./build.js";
import { checkBlocks } from "./checks.js";
import { type Context, type Guest, guestById, setting } from "./context.js";
import { firewallBlock } from "./firewall.js";
import { bootBlock, commonItems, fieldOf, guestBlock, isTemplate, scriptBlocks, sourceItems } from "./guest.js";
import { cloneField, type ImageUse } from "./images.js";
import { netBlocks, resolverItems } from "./nets.js";
import { containerOptions, rawBlock, firstRawNet } from "./raw.js";
import { boolOf, intOf, itemsOf, member, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** The snapshots that the existing system takes at the end of every run, and before the script of a container. */
const FINAL = "final-form";
const CONFIGURED = "pre-configured";

/** A container as a `ct` block. */
export function containerBlock(context: Context, guest: Guest, image: ImageUse | undefined): Block {
  checkPrivilege(context, guest);
  const field = (name: string): JsonMember | undefined => member(guest.node, name);
  return guestBlock(
    guest,
    joined<Item>(
      sourceItems(context, guest, image, cloneSnapshot(context, guest)),
      commonItems(guest),
      attribute(field("unprivileged"), "unprivileged", asBool),
      attribute(field("cores"), "cores", asInt),
      attribute(field("memory_mb"), "memory", asMebibytes),
      attribute(field("swap_mb"), "swap", asMebibytes),
      containerOptions(context, guest),
      resolverItems(guest),
      gpus(guest),
      bootBlock(guest),
      rootDisk(guest),
      netBlocks(context, guest, firstRawNet(context, guest)),
      volumeBlocks(guest),
      itemsOf(field("mount_points")?.value).flatMap((node) => mountBlock(context, node)),
      rawBlock(context, guest),
      firewallBlock(context, guest),
      scriptBlocks(guest),
      checkBlocks(context, guest),
      snapshotBlocks(context, guest),
    ),
  );
}

/** Without the field a clone is as its source, and a new container as Proxmox makes them. */
function checkPrivilege(context: Context, guest: Guest): void {
  if (member(guest.node, "unprivileged") !== undefined) return;
  const source = guestById(context, cloneField(guest)?.value);
  const otherwise =
    cloneField(guest) === undefined
      ? "it becomes unprivileged"
      : `it stays as its source ${source?.label ?? ""}`.trimEnd();
  context.report(diagnose(jsonPrivilegeUnsaid, guest.nameSpan, { guest: guest.label, otherwise }));
}

/** Clones are made from the snapshot that their source takes of itself; templates are cloned as they are. */
function cloneSnapshot(context: Context, guest: Guest): readonly Attribute[] {
  const clone = cloneField(guest);
  const source = guestById(context, clone?.value);
  if (clone === undefined || source === undefined || isTemplate(source)) return [];
  const snapshot = textOf(member(source.node, "template_snapshot_name")?.value);
  return snapshot === undefined ? [] : attribute(clone, "clone_snapshot", (node) => string(node.span, snapshot));
}

/** `none` is the empty set: a clone loses the devices of its source. */
function gpus(guest: Guest): readonly Attribute[] {
  return attribute(member(guest.node, "gpu_assignment"), "gpus", (node) => {
    const numbers = partsOf(node)
      .filter(({ text }) => text !== "none")
      .flatMap((part) => (/^\d{1,3}$/.test(part.text) ? [int(part.node.span, Number(part.text))] : []));
    return list(node.span, numbers);
  });
}

function rootDisk(guest: Guest): readonly Block[] {
  const size = member(guest.node, "storage_size_gb");
  const storage = member(guest.node, "storage_pool");
  const first = size ?? storage;
  if (first === undefined) return [];
  const items = [...attribute(size, "size", asGibibytes), ...attribute(storage, "storage", asString)];
  return [block("disk", first.nameSpan, first.span, [string(first.nameSpan, "root")], items)];
}

/** Volumes on storages, under both of the names that the field has had. */
function volumeBlocks(guest: Guest): readonly Block[] {
  const nodes = ["zfs_volumes", "volumes"].flatMap((name) => itemsOf(member(guest.node, name)?.value));
  return nodes.flatMap((node, index) => {
    const called = member(node, "name");
    if (node.type !== "object") return [];
    const at = called?.value.span ?? node.span;
    const items = [
      ...attribute(member(node, "size_gb"), "size", asGibibytes),
      ...attribute(member(node, "pool"), "storage", asString),
      ...attribute(member(node, "mount_point"), "at", asString),
    ];
    return [block("disk", at, node.span, [string(at, textOf(called?.value) ?? `volume${index}`)], items)];
  });
}

function mountBlock(context: Context, node: JsonNode): readonly Block[] {
  const host = member(node, "host_path");
  const path = textOf(host?.value);
  if (host === undefined || path === undefined) return [];
  const items = [...attribute(member(node, "container_path"), "at", asString), ...ownerItem(context, node)];
  return [block("mount", host.value.span, node.span, [string(host.value.span, path)], items)];
}

function ownerItem(context: Context, node: JsonNode): readonly Attribute[] {
  const uid = member(node, "owner_uid");
  const gid = member(node, "owner_gid");
  const only = uid === undefined ? gid : gid === undefined ? uid : undefined;
  if (only !== undefined) {
    const other = only === uid ? "owner_gid" : "owner_uid";
    context.report(diagnose(jsonHalfOwner, only.nameSpan, { field: only.name, other }));
  }
  const [user, group] = [intOf(uid?.value), intOf(gid?.value)];
  if (uid === undefined || gid === undefined || user === undefined || group === undefined) return [];
  const at = cover(uid.span, gid.span);
  return [constant(at, "owner", ownership(at, user, group))];
}

/** A snapshot by its name: where it stands, and how many are kept of it. */
interface Wanted {
  readonly at: Span;
  readonly whole: Span;
  readonly keep?: JsonMember | undefined;
}

/**
 * `template_snapshot_name`; and where lifecycle snapshots are on `final-form`, of which several may be kept, and before a script
 * `pre-configured`.
 */
function snapshotBlocks(context: Context, guest: Guest): readonly Block[] {
  const own = member(guest.node, "template_snapshot_name");
  const lifecycle = fieldOf(guest, "enable_lifecycle_snapshots");
  const name = textOf(own?.value);
  const wanted = new Map<string, Wanted>();
  if (own !== undefined && name !== undefined) wanted.set(name, { at: own.value.span, whole: own.span });
  if (lifecycle !== undefined && boolOf(lifecycle.value) === true) {
    if (own !== undefined && name === FINAL) {
      const related = [{ span: lifecycle.nameSpan, message: "lifecycle snapshots are wanted here" }];
      context.report(diagnose(jsonSnapshotClash, own.value.span, { name }, { related }));
    }
    const asked = { at: lifecycle.nameSpan, whole: lifecycle.span };
    if (hasScript(guest) && !wanted.has(CONFIGURED)) wanted.set(CONFIGURED, asked);
    if (!wanted.has(FINAL)) wanted.set(FINAL, { ...asked, keep: retention(context, guest) });
  }
  if (isTemplate(guest)) {
    for (const [called, { at }] of wanted) context.report(diagnose(jsonTemplateSnapshot, at, { name: called }));
    return [];
  }
  return [...wanted].map(([called, { at, whole, keep }]) =>
    block("snapshot", at, whole, [string(at, called)], attribute(keep, "keep", asInt)),
  );
}

function hasScript(guest: Guest): boolean {
  return (textOf(member(guest.node, "application_script")?.value) ?? "") !== "";
}

/** How many are kept: as the container says, else as the host's configuration does for all. */
function retention(context: Context, guest: Guest): JsonMember | undefined {
  const own = member(member(guest.node, "snapshot_retention")?.value, "keep_last");
  return own ?? setting(context.files, "snapshot_retention", "keep_last");
}
