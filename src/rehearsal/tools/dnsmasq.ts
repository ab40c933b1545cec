import { readFileSync } from "node:fs";
import { callerFile, type Command } from "../host/command.js";
import { refuse } from "../host/refusal.js";
import { parseIp } from "../../text/ip.js";
import { needPackage } from "./settings.js";

const address = (text: string): boolean => parseIp(text) !== undefined;
const domain = (text: string): boolean => /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(text);

/** The options that plans write, each with what it may hold; of an option without a value there is none. */
const OPTIONS: Readonly<Record<string, ((value: string) => boolean) | undefined>> = {
  "bind-dynamic": undefined,
  "no-resolv": undefined,
  "listen-address": address,
  server: address,
  domain,
  local: (value) => /^\/.+\/$/.test(value) && domain(value.slice(1, -1)),
  "host-record": (value) => {
    const words = value.split(",");
    const first = words.findIndex(address);
    return first > 0 && words.slice(0, first).every(domain) && words.slice(first).every(address);
  },
};

/** `dnsmasq --test -C FILE`; the server itself is a unit of systemd. */
export function dnsmasq(command: Command, argv: readonly string[]): void {
  const [test, option, path = "", ...more] = argv;
  if (test !== "--test" || option !== "-C" || more.length > 0) {
    return refuse(`simulated host: unknown: dnsmasq ${argv.join(" ")}`, 127);
  }
  needPackage(command, "dnsmasq");
  const at = callerFile(command, path) ?? refuse(`dnsmasq: cannot read ${path}: No such file or directory`, 3);
  const text = readFileSync(at, "utf8");
  text.split("\n").forEach((line, i) => {
    const sign = line.indexOf("=");
    const [name, value] = sign < 0 ? [line, undefined] : [line.slice(0, sign), line.slice(sign + 1)];
    if (line.trim() === "" || line.startsWith("#")) return;
    const check = OPTIONS[name];
    const isRight = Object.hasOwn(OPTIONS, name) && (check === undefined ? value === undefined : check(value ?? ""));
    if (!isRight) refuse(`dnsmasq: bad option at line ${i + 1} of ${path}`, 1);
  });
  command.warn("dnsmasq: syntax check OK.");
}
