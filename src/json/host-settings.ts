import type { Attribute, Block, Expr, Item } from "../syntax/ast.js";
import { asList, asString, attribute, block, constant, list, secretAttribute, string, word } from "./build.js";
import type { Make } from "./build.js";
import { type Context, setting } from "./context.js";
import { boolOf, linesOf, member, textOf } from "./read.js";
import type { JsonMember } from "./tree.js";

/** The fields of the hypervisor's file that are settings of the host itself, as a part of its block. */
export function hostSettings(context: Context): readonly Item[] {
  const timezone = setting(context.files, "timezone");
  const users = setting(context.files, "users");
  return [...attribute(timezone, "timezone", asString), ...userBlocks(users)];
}

/** `sudo_access` puts the user into the group: it asks for the password, which `true` in `.phx` does not. */
const sudoGroup: Make = (node): Expr | undefined => {
  const wanted = boolOf(node);
  return wanted === undefined ? undefined : list(node.span, wanted ? [string(node.span, "sudo")] : []);
};

/** The administrator: a user of the system, and one of Proxmox with all rights, as the existing system makes it. */
function userBlocks(users: JsonMember | undefined): readonly Block[] {
  const called = member(users?.value, "username");
  const name = textOf(called?.value);
  if (users === undefined || called === undefined || name === undefined) return [];
  const items: readonly Attribute[] = [
    ...secretAttribute(member(users.value, "password_hash"), "password"),
    ...attribute(member(users.value, "sudo_access"), "groups", sudoGroup),
    ...attribute(member(users.value, "ssh_public_key"), "ssh_keys", asList(string, linesOf)),
  ];
  const at = called.value.span;
  const account = string(at, `${name}@pam`);
  const rights = block(
    "acl",
    at,
    at,
    [string(at, "/")],
    [constant(at, "role", word(at, "Administrator")), constant(at, "users", list(at, [account]))],
  );
  return [
    block("user", called.nameSpan, users.span, [string(at, name)], items),
    block("access", called.nameSpan, users.span, [], [block("user", at, at, [account], []), rights]),
  ];
}
