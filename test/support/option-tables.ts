import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shared } from "./paths.js";

/** The options of one Proxmox command, as its own tables describe them. */
interface CommandTable {
  readonly command: string;
  readonly options: Readonly<Record<string, OptionTable>>;
  readonly positional: readonly string[];
}

interface OptionTable {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array";
  readonly optional?: boolean;
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly format?: Format;
  readonly index?: { readonly min: number; readonly max: number };
  readonly alias?: string;
  readonly keyAlias?: string;
  readonly default_key?: number;
  readonly requires?: string;
}

type Format =
  | { readonly kind: "code"; readonly name: string; readonly modifier?: "list" }
  | { readonly kind: "property-string"; readonly properties: Readonly<Record<string, OptionTable>> };

/** How strictly property strings are read: a converge step holds only the keys that are managed. */
export interface CheckOptions {
  readonly partialProperties?: boolean;
}

const cache = new Map<string, CommandTable | undefined>();

/**
 * What Proxmox's own tables say against a command: unknown options, missing ones, values of a wrong type, range, pattern
 * or format. Empty for a command that parses, and for programs that are no Proxmox tool.
 */
export function checkCommand(argv: readonly string[], options: CheckOptions = {}): readonly string[] {
  const [tool] = argv;
  if (tool === undefined || !["qm", "pct", "pvesm"].includes(tool)) return [];
  const { table, rest } = findTable(argv);
  if (table === undefined) return [`${tool} ${argv[1]} ${argv[2]}: no such command`];
  const { given, problems } = readArguments(table, rest, options);
  const missing = Object.entries(table.options)
    .filter(([name, spec]) => spec.optional !== true && !given.has(name))
    .map(([name]) => `${table.command}: ${name} is missing`);
  return [...problems, ...missing];
}

/** The table of a command by its name in two or three words; `undefined` when there is none. */
export function commandTable(name: string): CommandTable | undefined {
  const file = `${name.replace(" ", ".").replaceAll(" ", "_")}.json`;
  if (!cache.has(file)) {
    const path = join(shared, "pve/options", file);
    cache.set(file, existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as CommandTable) : undefined);
  }
  return cache.get(file);
}

/** The entry of an option by its name, with the index of a numbered one checked: `net0` is `net[n]`. */
export function optionTable(table: CommandTable, name: string): OptionTable | undefined {
  const plain = table.options[name];
  if (plain !== undefined) return plain;
  const match = /^(.*?)(\d+)$/.exec(name);
  const numbered = match === null ? undefined : table.options[`${match[1]}[n]`];
  const index = Number(match?.[2]);
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = numbered?.index ?? {};
  return numbered !== undefined && index >= min && index <= max ? numbered : undefined;
}

function findTable(argv: readonly string[]): {
  readonly table: CommandTable | undefined;
  readonly rest: readonly string[];
} {
  for (const length of [3, 2]) {
    const table = commandTable(argv.slice(0, length).join(" "));
    if (table !== undefined) return { table, rest: argv.slice(length) };
  }
  return { table: undefined, rest: [] };
}

function readArguments(
  table: CommandTable,
  words: readonly string[],
  options: CheckOptions,
): { readonly given: ReadonlySet<string>; readonly problems: readonly string[] } {
  const given = new Set<string>();
  const problems: string[] = [];
  const free = [...table.positional];
  const take = (name: string, value: string): void => {
    const spec = optionTable(table, name);
    if (spec === undefined) problems.push(`${table.command}: unknown option ${name}`);
    else problems.push(...checkValue(spec, value, options).map((text) => `${table.command} ${name}: ${text}`));
    if (given.has(name) && spec?.type !== "array") problems.push(`${table.command}: ${name} twice`);
    given.add(name);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") {
      given.add("extra-args");
      break;
    }
    if (word.startsWith("--")) take(word.slice(2), words[++i] ?? "");
    else take(free.shift() ?? `argument ${word}`, word);
  }
  return { given, problems };
}

function checkValue(spec: OptionTable, value: string, options: CheckOptions): readonly string[] {
  const problems = [...checkType(spec, value)];
  if (spec.maxLength !== undefined && value.length > spec.maxLength) problems.push("too long");
  if (spec.enum !== undefined && !spec.enum.includes(value))
    problems.push(`${value} is none of ${spec.enum.join(", ")}`);
  if (spec.pattern !== undefined && !perlPattern(spec.pattern).test(value)) problems.push(`${value} does not match`);
  const { format } = spec;
  if (format?.kind === "property-string") problems.push(...checkProperties(format.properties, value, options));
  else if (format !== undefined) problems.push(...checkFormat(format, value));
  return problems;
}

function checkType(spec: OptionTable, value: string): readonly string[] {
  if (spec.type === "boolean") return /^[01]$/.test(value) ? [] : [`${value} is no boolean`];
  if (spec.type !== "integer" && spec.type !== "number") return [];
  const isNumber = spec.type === "integer" ? /^-?\d+$/.test(value) : /^-?\d+(\.\d+)?$/.test(value);
  if (!isNumber) return [`${value} is no ${spec.type}`];
  const number = Number(value);
  const isSmall = spec.minimum !== undefined && number < Number(spec.minimum);
  const isLarge = spec.maximum !== undefined && number > Number(spec.maximum);
  return isSmall || isLarge ? [`${value} is out of range`] : [];
}

/** Perl's `(?^:` and `{,n}` in JavaScript's words; Proxmox anchors patterns at both ends. */
function perlPattern(pattern: string): RegExp {
  const source = pattern.replace(/\(\?\^[a-z]*:/g, "(?:").replace(/\{,(\d+)\}/g, "{0,$1}");
  return new RegExp(`^(?:${source})$`);
}

function checkProperties(
  properties: Readonly<Record<string, OptionTable>>,
  value: string,
  options: CheckOptions,
): readonly string[] {
  const problems: string[] = [];
  const given = new Set<string>();
  const defaultKey = Object.entries(properties).find(([, spec]) => spec.default_key === 1)?.[0];
  for (const part of value.split(",")) {
    const equals = part.indexOf("=");
    const written = equals < 0 ? defaultKey : part.slice(0, equals);
    const text = equals < 0 ? part : part.slice(equals + 1);
    const spec = written === undefined ? undefined : properties[written];
    if (written === undefined || spec === undefined) {
      problems.push(`unknown key in ${part}`);
      continue;
    }
    // `virtio=MAC` is short for `model=virtio,macaddr=MAC`.
    const names = [spec.alias ?? written, ...(spec.keyAlias === undefined ? [] : [spec.keyAlias])];
    const meant = spec.alias === undefined ? spec : (properties[spec.alias] ?? spec);
    if (names.some((name) => given.has(name))) problems.push(`${names[0]} twice`);
    for (const name of names) given.add(name);
    problems.push(...checkValue(meant, text, options).map((problem) => `${written}: ${problem}`));
  }
  return [...problems, ...(options.partialProperties === true ? [] : missingKeys(properties, given))];
}

function missingKeys(properties: Readonly<Record<string, OptionTable>>, given: ReadonlySet<string>): readonly string[] {
  return Object.entries(properties).flatMap(([name, spec]) => {
    const isMissing = spec.optional !== true && spec.alias === undefined && !given.has(name);
    const lacks = given.has(name) && spec.requires !== undefined && !given.has(spec.requires);
    return [...(isMissing ? [`${name} is missing`] : []), ...(lacks ? [`${name} without ${spec.requires}`] : [])];
  });
}

const V4 = "(?:\\d{1,3}\\.){3}\\d{1,3}";
const V6 = "[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const STORAGE = "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]";

/** The formats that Proxmox checks in code, as far as plans use them. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  ipv4: new RegExp(`^${V4}$`),
  ipv6: new RegExp(`^${V6}$`),
  "pve-ipv4-config": new RegExp(`^(?:dhcp|manual|${V4}/\\d{1,2})$`),
  "pve-ipv6-config": new RegExp(`^(?:auto|dhcp|manual|${V6}/\\d{1,3})$`),
  "address-list": new RegExp(`^(?:${V4}|${V6}|${LABEL}(?:\\.${LABEL})*)$`),
  "lxc-ip-with-ll-iface-list": new RegExp(`^(?:${V4}|${V6}(?:%\\w+)?)$`),
  "mac-addr": /^[0-9A-Fa-f][02468aceACE](?::[0-9A-Fa-f]{2}){5}$/,
  "dns-name": new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
  "dns-name-list": new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
  "pve-vmid": /^[1-9]\d{2,8}$/,
  "pve-node": new RegExp(`^${LABEL}$`),
  "pve-node-list": new RegExp(`^${LABEL}$`),
  "pve-configid": /^[a-z][a-z0-9_-]+$/i,
  "pve-configid-list": /^[a-z][a-z0-9_-]*$/i,
  "pve-bridge-id": /^[-_.\w\d]+$/,
  "pve-tag-list": /^[a-z0-9_][a-z0-9_+.-]*$/i,
  "pve-startup-order": /^(?:(?:order=)?\d+|order=\d+|up=\d+|down=\d+)(?:,(?:order|up|down)=\d+)*$/,
  "pve-storage-id": new RegExp(`^${STORAGE}$`),
  "pve-storage-content-list": /^(?:images|rootdir|vztmpl|iso|backup|snippets|import|none)$/,
  "pve-storage-path": /^\/[^,]*$/,
  "pve-volume-id": new RegExp(`^${STORAGE}:.+$`),
  "pve-volume-id-or-qm-path": new RegExp(`^(?:none|cdrom|/.*|${STORAGE}:.+)$`),
  "pve-volume-id-or-absolute-path": new RegExp(`^(?:/.*|${STORAGE}:.+)$`),
  "pve-lxc-mp-string": new RegExp(`^(?:/(?!.*(?:^|/)\\.\\.?(?:/|$)).*|${STORAGE}:.+)$`),
  "pve-lxc-dev-string": /^\/dev\/.+$/,
  "pve-qm-bootdev-list": /^(?:(?:scsi|virtio|sata|ide|net|hostpci|usb)\d+)$/,
  "pve-ct-timezone": /^(?:host|[A-Za-z0-9_+/-]+)$/,
  "disk-size": /^\d+(?:\.\d+)?[KMGT]?$/,
};

function checkFormat(format: Extract<Format, { kind: "code" }>, value: string): readonly string[] {
  const known = FORMATS[format.name];
  if (known === undefined) return [];
  const parts = format.modifier === "list" ? value.split(/[\0,; ]+/).filter((part) => part !== "") : [value];
  return parts.filter((part) => !known.test(part)).map((part) => `${part} is not of the format ${format.name}`);
}
