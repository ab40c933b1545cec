import { existsSync } from "node:fs";
import type { Command } from "../host/command.js";
import { machinePath, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

const FILE = "/etc/pve/mapping/directory.cfg";

/** `pvesh create /cluster/mapping/dir`, `pvesh set /cluster/mapping/dir/ID`; whether the call is one of them. */
export function directoryMapping(command: Command, verb: string, path: string, words: readonly string[]): boolean {
  const [, given] = /^\/cluster\/mapping\/dir(?:\/([^/]+))?$/.exec(path) ?? [];
  if (!path.startsWith("/cluster/mapping/dir") || !["create", "set"].includes(verb)) return false;
  const maps: string[] = [];
  let [id, description] = [given ?? "", undefined as string | undefined];
  for (let i = 0; i < words.length; i += 2) {
    const [name, value = ""] = [words[i], words[i + 1]];
    if (name === "--map") maps.push(value);
    else if (name === "--description") description = value;
    else if (name === "--id" && verb === "create") id = value;
    else refuse(`Unknown option: ${(name ?? "").replace(/^-*/, "")}\n400 unable to parse option`, 2);
  }
  if (!/^[A-Za-z][\w-]+$/.test(id)) refuse("400 Parameter verification failed.\nid: invalid configuration ID", 2);
  if (maps.length === 0) refuse("missing value for required option 'map'", 2);
  checkMaps(command, maps);
  const known = sections(readHostFile(command.machine, FILE) ?? "");
  if (verb === "create" && known.has(id))
    refuse(`create directory mapping failed: dir ID '${id}' already defined`, 255);
  const before = known.get(id);
  if (verb === "set" && before === undefined)
    return refuse(`update directory mapping failed: dir ID '${id}' does not exist`, 255);
  const kept = before?.filter((line) => line.startsWith("\tdescription ")) ?? [];
  const told = description === undefined ? kept : [`\tdescription ${description}`];
  known.set(id, [...told, ...maps.map((map) => `\tmap ${map}`)]);
  writeHostFile(command.machine, FILE, [...known].map(([name, lines]) => `${name}\n${lines.join("\n")}\n`).join("\n"));
  return true;
}

/** Each node has one entry, and the directory of this one is there. */
function checkMaps({ machine }: Command, maps: readonly string[]): void {
  const entries = maps.map((map) => new Map(map.split(",").map((part) => part.split("=", 2) as [string, string])));
  const nodes = entries.map(
    (entry) => entry.get("node") ?? refuse("map: invalid format - node: property is missing", 2),
  );
  const twice = nodes.find((node, i) => nodes.indexOf(node) !== i);
  if (twice !== undefined)
    refuse(`Node '${twice}' is specified ${nodes.filter((node) => node === twice).length} times.`, 255);
  for (const entry of entries) {
    const path = entry.get("path") ?? refuse("map: invalid format - path: property is missing", 2);
    if (entry.get("node") === machine.state.node && !existsSync(machinePath(machine, path)))
      refuse(`Path ${path} does not exist`, 255);
  }
}

function sections(text: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let id = "";
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) found.set((id = line.trim()), []);
    else if (line.trim() !== "") found.set(id, [...(found.get(id) ?? []), line]);
  }
  return found;
}
