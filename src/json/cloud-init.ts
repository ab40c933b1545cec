import type { Block, Expr, Item } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import {
  asList,
  asString,
  attribute,
  block,
  constant,
  fileText,
  list,
  secret,
  secretAttribute,
  string,
} from "./build.js";
import type { Guest } from "./context.js";
import { itemsOf, linesOf, member, textOf } from "./read.js";
import type { JsonNode } from "./tree.js";

/** What a machine is told at its first boot: `user_config`, `ssh_users` and `file_injections` as a `cloud_init` block. */
export function cloudInitBlock(guest: Guest): readonly Block[] {
  const config = member(guest.node, "user_config");
  const users = member(guest.node, "ssh_users");
  const files = member(guest.node, "file_injections");
  const first = config ?? users ?? files;
  const items: readonly Item[] = [
    ...attribute(member(config?.value, "username"), "user", asString),
    ...mainKeys(guest),
    ...secretAttribute(member(config?.value, "password_hash"), "password"),
    ...itemsOf(users?.value).flatMap((node) => (isMain(guest, node) ? [] : userBlock(node))),
    ...itemsOf(files?.value).flatMap(fileBlock),
  ];
  if (first === undefined || items.length === 0) return [];
  return [block("cloud_init", first.nameSpan, first.span, [], items)];
}

/** Whether an entry of `ssh_users` is the user that the machine is made with. */
function isMain(guest: Guest, node: JsonNode): boolean {
  const name = textOf(member(member(guest.node, "user_config")?.value, "username")?.value);
  return name !== undefined && textOf(member(node, "username")?.value) === name;
}

/** The keys of the user that the machine is made with, from both fields. */
function mainKeys(guest: Guest): readonly Item[] {
  const own = member(member(guest.node, "user_config")?.value, "ssh_public_key");
  const further = itemsOf(member(guest.node, "ssh_users")?.value)
    .filter((node) => isMain(guest, node))
    .flatMap((node) => member(node, "public_keys") ?? []);
  const [first] = further;
  if (first === undefined) return attribute(own, "ssh_keys", asList(string, linesOf));
  const keys = [...(own === undefined ? [] : [own]), ...further].flatMap(({ value }) => linesOf(value));
  const span = own?.value.span ?? first.value.span;
  const value = list(
    span,
    keys.map(({ node, text }) => string(node.span, text)),
  );
  return [constant(span, "ssh_keys", value)];
}

/** `user NAME { ssh_keys = [...] }` */
function userBlock(node: JsonNode): readonly Block[] {
  const called = member(node, "username");
  const name = textOf(called?.value);
  if (called === undefined || name === undefined) return [];
  const keys = attribute(member(node, "public_keys"), "ssh_keys", asList(string, linesOf));
  return [block("user", called.nameSpan, node.span, [string(called.value.span, name)], keys)];
}

/** `file DESTINATION { content = ... }` */
function fileBlock(node: JsonNode): readonly Block[] {
  const destination = member(node, "destination");
  const path = textOf(destination?.value);
  if (destination === undefined || path === undefined) return [];
  const content = attribute(member(node, "source"), "content", (value) => contentOf(value.span, textOf(value)));
  return [block("file", destination.nameSpan, node.span, [string(destination.value.span, path)], content)];
}

/** A file of the host is read there, when the script runs; any other lies beside the configuration. */
function contentOf(at: Span, source: string | undefined): Expr | undefined {
  if (source === undefined) return undefined;
  return source.startsWith("/") ? secret(at, `file:${source}`) : fileText(at, source);
}
