import { compareKeys } from "../../text/order.js";
import { decodeText, encodeText } from "../../text/pve-text.js";

/** One section of a guest's configuration file: its options, and a container's raw lines. */
export interface Section {
  readonly options: Map<string, string>;
  /** `lxc.*` lines in order. */
  readonly raw: [string, string][];
  description?: string;
}

/** A guest's configuration file. */
export interface GuestConfig {
  readonly current: Section;
  /** What waits for a restart; `delete` lists options that go. */
  readonly pending: Section;
  /** What the cloud-init image does not have yet. */
  readonly cloudInit: Section;
  /** By name, in file order. */
  readonly snapshots: Map<string, Section>;
}

export function emptySection(): Section {
  return { options: new Map(), raw: [] };
}

export function emptyConfig(): GuestConfig {
  return { current: emptySection(), pending: emptySection(), cloudInit: emptySection(), snapshots: new Map() };
}

/** A copy that shares nothing. */
export function copySection(section: Section): Section {
  const copy: Section = { options: new Map(section.options), raw: section.raw.map(([key, value]) => [key, value]) };
  if (section.description !== undefined) copy.description = section.description;
  return copy;
}

/** Reads a configuration file. Lines that Proxmox cannot read are dropped, as there. */
export function parseGuestConfig(text: string): GuestConfig {
  const config = emptyConfig();
  let section = config.current;
  for (const line of text.split("\n")) {
    const header = /^\[([a-z][a-z0-9_:-]+)\]\s*$/i.exec(line)?.[1];
    if (header === undefined) readLine(section, line);
    else section = sectionNamed(config, header);
  }
  return config;
}

function sectionNamed(config: GuestConfig, name: string): Section {
  if (name === "PENDING" || name === "pve:pending") return config.pending;
  if (name === "special:cloudinit") return config.cloudInit;
  const section = emptySection();
  config.snapshots.set(name, section);
  return section;
}

function readLine(section: Section, line: string): void {
  if (line.startsWith("#")) {
    section.description = `${section.description ?? ""}${decodeText(line.slice(1))}\n`;
    return;
  }
  const raw = /^(lxc\.[a-zA-Z0-9_\-.]+)(?::|\s*=)\s*(.*?)\s*$/.exec(line);
  if (raw !== null) section.raw.push([raw[1] ?? "", raw[2] ?? ""]);
  const option = /^([a-z][a-z_-]*\d*):\s*(.*?)\s*$/.exec(line);
  // No keys at all is a blank in the file, which is not what an encoded text looks like: the line is dropped.
  if (option !== null && !(option[1] === "sshkeys" && option[2] === ""))
    section.options.set(option[1] ?? "", option[2] ?? "");
}

/** The file as Proxmox writes it: options sorted, a container's raw lines after them. */
export function printGuestConfig(kind: "vm" | "ct", config: GuestConfig): string {
  let text = printSection(config.current);
  text += printNamed(kind === "vm" ? "PENDING" : "pve:pending", config.pending);
  text += printNamed("special:cloudinit", config.cloudInit);
  for (const name of [...config.snapshots.keys()].sort())
    text += `\n[${name}]\n${printSection(config.snapshots.get(name) ?? emptySection())}`;
  return text;
}

function printNamed(name: string, section: Section): string {
  const body = printSection(section);
  return body === "" ? "" : `\n[${name}]\n${body}`;
}

function printSection(section: Section): string {
  const comment = (section.description ?? "").replace(/\n$/, "");
  const head =
    comment === ""
      ? ""
      : comment
          .split("\n")
          .map((line) => `#${encodeText(line)}\n`)
          .join("");
  const options = [...section.options].sort(compareKeys).map(([key, value]) => `${key}: ${value || " "}\n`);
  const raw = section.raw.map(([key, value]) => `${key}: ${value}\n`);
  return [head, ...options, ...raw].join("");
}
