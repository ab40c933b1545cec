import { jsonSambaPassword, jsonShareOption } from "../diagnostics/catalogue/json-shares.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block } from "../syntax/ast.js";
import {
  address,
  asList,
  asString,
  attribute,
  block,
  bool,
  constant,
  ownership,
  quotedAttribute,
  string,
} from "./build.js";
import { type Context, setting } from "./context.js";
import { boolOf, itemsOf, member, memberOf, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** The existing system gives exported directories to nobody, for everybody to write to. */
const NOBODY = 65_534;

/** The `export` blocks, called as their directories. */
export function exportBlocks(context: Context): readonly Block[] {
  const taken = new Set<string>();
  return itemsOf(setting(context.files, "nfs", "exports")?.value).flatMap((node) => {
    const path = member(node, "path");
    const text = textOf(path?.value);
    if (path === undefined || text === undefined) return [];
    const at = path.value.span;
    const items = [
      ...attribute(path, "path", asString),
      constant(at, "owner", ownership(at, NOBODY, NOBODY)),
      constant(at, "mode", string(at, "0777")),
      ...attribute(member(node, "clients"), "clients", asList(address)),
      ...attribute(member(node, "options"), "options", asList(string)),
    ];
    return [block("export", at, node.span, [string(at, freeName(text, taken))], items)];
  });
}

/** The last part of a path, with a number where another export is called so. */
function freeName(path: string, taken: Set<string>): string {
  const last = path.split("/").findLast((part) => part !== "") ?? "root";
  const stem = last.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[-.]+/, "") || "export";
  let name = stem;
  for (let n = 2; taken.has(name); n++) name = `${stem}-${n}`;
  taken.add(name);
  return name;
}

/** The `share` blocks. */
export function shareBlocks(context: Context): readonly Block[] {
  const user = setting(context.files, "samba", "user");
  return itemsOf(setting(context.files, "samba", "shares")?.value).flatMap((node) => {
    const [called, path] = [member(node, "name"), member(node, "path")];
    const [name, directory] = [textOf(called?.value), textOf(path?.value)];
    if (called === undefined || path === undefined || name === undefined || directory === undefined) return [];
    const at = path.value.span;
    // Paths stand there without the slash in front.
    const items = [
      constant(at, "path", string(at, `/${directory.replace(/^\/+/, "")}`)),
      ...attribute(user, "owner", asString),
      constant(at, "mode", string(at, "0770")),
      ...attribute(member(node, "valid_users"), "users", asList(string)),
      ...shareFlags(context, node),
    ];
    return [block("share", called.value.span, node.span, [string(called.value.span, name)], items)];
  });
}

interface Flag {
  readonly name: string;
  readonly value: JsonNode | string;
  readonly at: JsonNode;
}

/** What Samba calls a thing in several ways, and whether the word means the opposite. */
const FLAGS: Readonly<Record<string, readonly [attribute: string, opposite: boolean]>> = {
  browseable: ["browseable", false],
  browsable: ["browseable", false],
  read_only: ["readonly", false],
  "read only": ["readonly", false],
  writable: ["readonly", true],
  writeable: ["readonly", true],
  "write ok": ["readonly", true],
  guest_ok: ["guest_ok", false],
  "guest ok": ["guest_ok", false],
  public: ["guest_ok", false],
};

/** Truth values as fields of their own and in the text `options`: `browseable=yes writable=yes`; other parameters stay as they are. */
function shareFlags(context: Context, node: JsonNode): readonly (Attribute | Block)[] {
  const fields = ["browsable", "browseable", "read_only", "writable", "guest_ok"].flatMap((name): readonly Flag[] => {
    const found = member(node, name);
    return found === undefined ? [] : [{ name, value: found.value, at: found.value }];
  });
  const all = [...fields, ...optionPairs(context, member(node, "options"))];
  const attributes = new Map<string, Attribute>();
  const others: Attribute[] = [];
  for (const { name, value, at } of all) {
    const [called, opposite] = FLAGS[name] ?? [];
    const text = typeof value === "string" ? value : (textOf(value) ?? "");
    const yes = typeof value === "string" ? boolOf({ type: "string", span: at.span, value }) : boolOf(value);
    if (called === undefined) others.push(quotedAttribute(at.span, name, string(at.span, text)));
    else if (yes !== undefined) attributes.set(called, constant(at.span, called, bool(at.span, yes !== opposite)));
    else context.report(diagnose(jsonShareOption, at.span, { text: `${name}=${text}` }));
  }
  const [first] = others;
  const free = first === undefined ? [] : [block("options", first.span, first.span, [], others)];
  return [...attributes.values(), ...free];
}

function optionPairs(context: Context, options: JsonMember | undefined): readonly Flag[] {
  return partsOf(options?.value).flatMap(({ text, node }): readonly Flag[] => {
    const equals = text.indexOf("=");
    if (equals > 0 && equals < text.length - 1)
      return [{ name: text.slice(0, equals).toLowerCase(), value: text.slice(equals + 1), at: node }];
    context.report(diagnose(jsonShareOption, node.span, { text }));
    return [];
  });
}

/** `samba { }` of the host: the work group, and the user whose password is nowhere in the files. */
export function sambaBlock(context: Context): readonly Block[] {
  const group = setting(context.files, "network", "workgroup");
  const user = memberOf(setting(context.files, "samba")?.value, ["user"]);
  const name = textOf(user?.value);
  const at = (group ?? user)?.span;
  if (at === undefined) return [];
  const users =
    user === undefined || name === undefined
      ? []
      : [block("user", user.value.span, user.span, [string(user.value.span, name)], [])];
  if (user !== undefined && name !== undefined)
    context.report(diagnose(jsonSambaPassword, user.value.span, { user: name }));
  return [block("samba", at, at, [], [...attribute(group, "workgroup", asString), ...users])];
}
