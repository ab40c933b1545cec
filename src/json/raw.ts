import {
  jsonContainerOption,
  jsonProfileConflict,
  jsonProfileTwice,
  jsonRawNet,
  jsonRawOption,
} from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block } from "../syntax/ast.js";
import { bool, block, constant, list, quotedAttribute, string } from "./build.js";
import type { Context, Guest } from "./context.js";
import { linesOf, member, type Part, partsOf, textOf } from "./read.js";

const PROFILE = "lxc.apparmor.profile";

/** Keys whose values the existing system splits at commas, one line each. */
const SPLIT_KEYS: readonly string[] = ["lxc.cap.keep", "lxc.cap.drop"];

interface RawLine {
  readonly key: string;
  readonly value: string;
  readonly part: Part;
}

/** The `raw` block of a container, from `lxc_options` and `apparmor_profile`. */
export function rawBlock(context: Context, guest: Guest): readonly Block[] {
  const options = member(guest.node, "lxc_options");
  const profile = member(guest.node, "apparmor_profile");
  const lines = [...profileLine(context, guest), ...rawLines(context, guest)];
  const owner = options ?? profile;
  if (lines.length === 0 || owner === undefined) return [];
  return [block("raw", owner.nameSpan, owner.span, [], [...groupByKey(lines)].map(rawAttribute))];
}

/** Never empty: a key is there because of its first line. */
type Lines = readonly [RawLine, ...RawLine[]];

function groupByKey(lines: readonly RawLine[]): ReadonlyMap<string, Lines> {
  const groups = new Map<string, Lines>();
  for (const line of lines) {
    const group = groups.get(line.key);
    groups.set(line.key, group === undefined ? [line] : [...group, line]);
  }
  return groups;
}

function rawAttribute([key, lines]: readonly [string, Lines]): Attribute {
  const at = lines[0].part.node.span;
  const values = lines.flatMap(({ value, part }) =>
    (SPLIT_KEYS.includes(key) ? value.split(",") : [value]).map((text) => string(part.node.span, text.trim())),
  );
  const [first, ...rest] = values;
  return quotedAttribute(at, key, first !== undefined && rest.length === 0 ? first : list(at, values));
}

/** `lxc.key = value`, `lxc.key: value` and `lxc.key:value` are one. */
function rawLines(context: Context, guest: Guest): readonly RawLine[] {
  return linesOf(member(guest.node, "lxc_options")?.value).flatMap((part) => {
    const match = /^(lxc(?:\.[A-Za-z0-9_-]+)+)\s*[=:]\s*(\S.*)$/.exec(part.text);
    const [, key, value] = match ?? [];
    if (key !== undefined && value !== undefined) return [{ key, value: value.trim(), part }];
    context.report(diagnose(jsonRawOption, part.node.span, { option: part.text }));
    return [];
  });
}

/** The profile's line, unless `lxc_options` has it already; two profiles cannot both hold. */
function profileLine(context: Context, guest: Guest): readonly RawLine[] {
  const field = member(guest.node, "apparmor_profile");
  const profile = textOf(field?.value);
  if (field === undefined || profile === undefined || profile === "default") return [];
  const others = rawLinesQuietly(guest).filter(({ key }) => key === PROFILE);
  const related = [{ span: field.value.span, message: "the profile of `apparmor_profile`" }];
  for (const { value, part } of others) {
    const finding =
      value === profile
        ? diagnose(jsonProfileTwice, part.node.span, { profile }, { related })
        : diagnose(jsonProfileConflict, part.node.span, { profile, option: value }, { related });
    context.report(finding);
  }
  return others.length > 0 ? [] : [{ key: PROFILE, value: profile, part: { text: profile, node: field.value } }];
}

function rawLinesQuietly(guest: Guest): readonly RawLine[] {
  return rawLines({ report: () => {}, files: [], stacks: new Map(), guests: [] }, guest);
}

/** The lowest interface that raw lines describe (`lxc.net.1.type = macvlan` is the one with index 1); infinite without any. */
export function firstRawNet(context: Context, guest: Guest): number {
  let lowest = Number.POSITIVE_INFINITY;
  let at: Part | undefined;
  for (const { key, part } of rawLinesQuietly(guest)) {
    const index = Number(/^lxc\.net\.(\d{1,2})\./.exec(key)?.[1] ?? Number.NaN);
    if (!(index < lowest)) continue;
    lowest = index;
    at = part;
  }
  const related = ["network_config", "secondary_network_config"].slice(lowest).flatMap((name) => {
    const unused = member(guest.node, name);
    return unused === undefined ? [] : [{ span: unused.span, message: "has no effect" }];
  });
  if (at !== undefined) context.report(diagnose(jsonRawNet, at.node.span, { index: lowest }, { related }));
  return lowest;
}

const FLAGS: readonly string[] = ["nesting", "keyctl", "fuse", "mknod"];

/** `nesting = true` and so on, from `pct_options`, or from `features` in its old text form. */
export function containerOptions(context: Context, guest: Guest): readonly Attribute[] {
  const old = member(guest.node, "features")?.value;
  const parts = [
    ...linesOf(member(guest.node, "pct_options")?.value).flatMap(splitOptions),
    ...(isOptionText(guest) ? linesOf(old).flatMap(splitOptions) : []),
  ];
  return parts.flatMap((part) => containerOption(context, part));
}

/** Whether `features` is the old text of Proxmox options (`nesting=1`) instead of a list of things to install. */
export function isOptionText(guest: Guest): boolean {
  return textOf(member(guest.node, "features")?.value)?.includes("=") === true;
}

/** At commas only: `mount=nfs;cifs` is one option. */
function splitOptions({ text, node }: Part): readonly Part[] {
  return text.split(",").flatMap((option) => (option.trim() === "" ? [] : [{ text: option.trim(), node }]));
}

function containerOption(context: Context, { text, node }: Part): readonly Attribute[] {
  const [name = "", value = ""] = text.split("=");
  if (FLAGS.includes(name) && /^[01]$/.test(value)) return [constant(node.span, name, bool(node.span, value === "1"))];
  if (name === "mount" && /^[a-z0-9]+(;[a-z0-9]+)*$/.test(value)) {
    const types = partsOf({ type: "string", span: node.span, value });
    return [
      constant(
        node.span,
        "mount_fs",
        list(
          node.span,
          types.map((type) => string(node.span, type.text)),
        ),
      ),
    ];
  }
  context.report(diagnose(jsonContainerOption, node.span, { option: text }));
  return [];
}
