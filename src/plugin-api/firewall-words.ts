import type { Value } from "../model/resource.js";
import { PROTOCOLS, isMacro, macroOf } from "../pve/firewall.js";
import { textOf } from "./values.js";

/** What makes a rule unreadable: the word, and what it should have been. */
export interface FirewallProblem {
  readonly word: string;
  readonly expected: string;
}

/** What stands behind a rule's action. */
export interface FirewallWords {
  readonly proto?: string;
  /** A macro, in Proxmox's spelling. */
  readonly macro?: string;
  /** In Proxmox's form: `80,443`, `8000:8010`. */
  readonly ports?: string;
  readonly from?: Value;
  readonly to?: Value;
  /** An interface (`net0`) or a network that the guest is on. */
  readonly on?: Value;
  readonly problem?: FirewallProblem;
}

type Writable = { -readonly [K in keyof FirewallWords]: FirewallWords[K] };

const KEYWORDS = ["from", "to", "on"] as const;

/** Reads `[PROTO [PORTS] | MACRO] ["from" X] ["to" Y] ["on" NET]`; the first word that does not fit is the problem. */
export function firewallWords(items: readonly Value[]): FirewallWords {
  const words: Writable = {};
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined) break;
    const text = textOf(item);
    const keyword = KEYWORDS.find((name) => name === text);
    if (keyword === undefined) {
      readProtoOrPorts(words, item, text);
      continue;
    }
    const end = items[++i];
    const what = keyword === "on" ? "an interface or a network" : "an address or a name";
    if (end === undefined) words.problem ??= { word: keyword, expected: `${what} after \`${keyword}\`` };
    else if (words[keyword] !== undefined) words.problem ??= { word: keyword, expected: `only one \`${keyword}\`` };
    else words[keyword] = end;
  }
  return words;
}

function readProtoOrPorts(words: Writable, item: Value, text: string | undefined): void {
  const isEarly = KEYWORDS.every((name) => words[name] === undefined);
  const ports = firewallPorts(item);
  const isFirst = words.proto === undefined && words.macro === undefined;
  if (isEarly && isFirst && ports === undefined && text !== undefined) {
    readProto(words, text);
  } else if (isEarly && !isFirst && words.ports === undefined && ports !== undefined) {
    words.ports = ports;
  } else {
    words.problem ??= { word: text ?? "list", expected: expectedInstead(words, text, isEarly) };
  }
}

/** `GRE` is a macro and `gre` a protocol: where both have a name, its spelling decides. */
function readProto(words: Writable, text: string): void {
  const proto = text.toLowerCase();
  if (isMacro(text)) words.macro = text;
  else if (PROTOCOLS.has(proto)) words.proto = proto;
  else words.macro = macroOf(text) ?? text;
  if (words.macro !== undefined && !isMacro(words.macro)) {
    words.problem ??= { word: text, expected: "a protocol such as tcp, udp or icmp, or a macro such as SSH" };
  }
}

function expectedInstead({ proto, macro, ports }: Writable, text: string | undefined, isEarly: boolean): string {
  if (isEarly && proto === undefined && macro === undefined) return "a protocol before the ports";
  if (!isEarly || ports !== undefined || macro !== undefined) return "`from`, `to`, `on` or the end";
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  if (first !== undefined) return `a range of ports: \`${first}..${last}\``;
  return /^\d/.test(text ?? "") ? "a port from 0 to 65535" : "a port as a number, `from`, `to` or the end";
}

const MAX_PORT = 65535;

/** Ports in Proxmox's form: an integer, a range, a list of both, or text of digits. */
export function firewallPorts(value: Value): string | undefined {
  if (value.type === "number" || value.type === "string") return portText(String(value.value));
  if (value.type !== "list") return undefined;
  const parts = value.items.map(firewallPorts);
  return parts.every((part) => part !== undefined) ? parts.join(value.range === true ? ":" : ",") : undefined;
}

function portText(text: string): string | undefined {
  const isPorts = /^\d+([:,]\d+)*$/.test(text) && text.split(/[:,]/).every((port) => Number(port) <= MAX_PORT);
  return isPorts ? text : undefined;
}
