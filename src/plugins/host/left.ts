import type { Argv, RetiredThing, Span, Step } from "../../plugin-api/index.js";
import { leaveThing } from "../guest/retired.js";
import type { HostPart } from "./part.js";

/**
 * What is told of things that others may use by now, or that hold data: the command that would take them back. Words in capitals
 * are for the administrator to choose.
 */
const ADVICE: Readonly<Record<string, (thing: RetiredThing) => Argv>> = {
  package: ({ name }) => ["apt-get", "remove", name],
  timezone: () => ["timedatectl", "set-timezone", "ZONE"],
  user: ({ name }) => ["userdel", name],
  access: ({ name }) => withoutEntry(name),
  interface: ({ name }) => ["pvesh", "delete", `/nodes/localhost/network/${name}`],
  sdn: ({ name, fixed }) => ["pvesh", "delete", `${fixed["path"] ?? ""}/${name.slice(name.indexOf("/") + 1)}`],
  resolver: () => ["pvesh", "set", "/nodes/localhost/dns", "--search", "DOMAIN", "--dns1", "ADDRESS"],
  mapping: ({ name }) => ["pvesh", "delete", `/cluster/mapping/dir/${name}`],
  "samba-user": ({ name }) => ["smbpasswd", "-x", name],
  image: ({ name }) => ["rm", "--", name],
  directory: ({ name }) => ["rmdir", "--", name],
  "nvidia-driver": () => ["nvidia-uninstall"],
};

/** There is one of each on a host: the value that was declared is told, not the thing. */
const VALUES: ReadonlySet<string> = new Set(["timezone", "resolver", "nvidia-driver"]);

function withoutEntry(name: string): Argv {
  const [entry = "", ...rest] = name.split("/");
  const called = rest.join("/");
  const [user = "", token = ""] = called.split("!");
  return entry === "token" ? ["pveum", "user", "token", "delete", user, token] : ["pveum", entry, "delete", called];
}

function leave(thing: RetiredThing, source: Span): readonly Step[] {
  const command = ADVICE[thing.kind]?.(thing);
  if (command === undefined) return [];
  const told = VALUES.has(thing.kind) ? { ...thing, whole: false } : thing;
  return leaveThing(told, source, { whole: command, option: () => command });
}

/** What a host keeps of what its files no longer declare. */
export const leftPart: HostPart = { leave };
