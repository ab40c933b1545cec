import type { Command } from "../host/command.js";
import { readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parseIp } from "../../text/ip.js";

const FILE = "/etc/resolv.conf";

/** `pvesh set /nodes/NODE/dns`: all name servers at once, other lines of the file stay (PVE::INotify of pve-common). */
export function resolverApi({ machine }: Command, options: ReadonlyMap<string, string>): void {
  const unfit = (name: string, text: string): never =>
    refuse(
      `400 Parameter verification failed.\n${name}: ${text}\npvesh set /nodes/{node}/dns --search <string> [OPTIONS]`,
      2,
    );
  const search = options.get("search") ?? unfit("search", "property is missing and it is not optional");
  const servers = ["dns1", "dns2", "dns3"].flatMap((name) => options.get(name) ?? []);
  for (const [name, value] of options) {
    if (!["search", "dns1", "dns2", "dns3"].includes(name))
      unfit(name, "property is not defined in schema and the schema does not allow additional properties");
    if (name !== "search" && parseIp(value) === undefined)
      unfit(name, "invalid format - value does not look like a valid IP address");
  }
  const rest = (readHostFile(machine, FILE) ?? "")
    .split("\n")
    .filter((line) => !/^(?:search|domain|nameserver)\s/.test(line));
  const lines = [`search ${search}`, ...[...new Set(servers)].map((server) => `nameserver ${server}`), ...rest];
  writeHostFile(machine, FILE, `${lines.join("\n").trimEnd()}\n`);
}
