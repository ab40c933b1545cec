import type { Command } from "../host/command.js";
import { readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** Debian's own tools with which a host is set up: packages, units, kernel parameters and modules. */

const STATUS = "/var/lib/dpkg/status";

/** Programs that are there only once their package is installed. Each part of the host adds its own. */
const PACKAGED: Readonly<Record<string, string>> = {
  dnsmasq: "dnsmasq",
  exportfs: "nfs-kernel-server",
  pdbedit: "samba",
  smbpasswd: "samba",
  testparm: "samba",
  visudo: "sudo",
};

/** What the shell says of a program whose package is not installed; nothing of all others. */
export function needPackage({ machine }: Command, tool: string): void {
  const name = PACKAGED[tool];
  if (name === undefined || packageStates(readHostFile(machine, STATUS) ?? "").get(name) === "installed") return;
  refuse(`timeout: failed to run command '${tool}': No such file or directory`, 127);
}

/** The state of every package that dpkg knows. */
function packageStates(text: string): Map<string, string> {
  const stanzas = text.split("\n\n").filter((stanza) => stanza.trim() !== "");
  return new Map(
    stanzas.map((stanza) => [
      /^Package: (.*)$/m.exec(stanza)?.[1] ?? "",
      /^Status: install ok (.*)$/m.exec(stanza)?.[1] ?? "",
    ]),
  );
}

function writeStates(command: Command, states: ReadonlyMap<string, string>): void {
  const text = [...states].map(
    ([name, state]) => `Package: ${name}\nStatus: install ok ${state}\nArchitecture: all\n\n`,
  );
  writeHostFile(command.machine, STATUS, text.join(""));
}

/** `apt-get install OPTION... -- NAME...`, `apt-get update` */
export async function aptGet(command: Command, argv: readonly string[]): Promise<void> {
  const [verb = "", ...rest] = argv;
  if (verb === "update" && rest.length === 0) return command.print("Reading package lists...");
  if (verb !== "install") return refuse(`simulated host: unknown: apt-get ${argv.join(" ")}`, 127);
  const names: string[] = [];
  let isQuiet = false;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? "";
    if (word === "--") {
      names.push(...rest.slice(i + 1));
      break;
    }
    if (word === "--yes" || word === "-y") isQuiet = true;
    else if (word === "-o") i++;
    else if (word.startsWith("-") && !["--no-install-recommends", "--no-remove"].includes(word))
      refuse(`E: Command line option ${word} is not understood in combination with the other options`, 100);
    else if (!word.startsWith("-")) names.push(word);
  }
  const states = packageStates(readHostFile(command.machine, STATUS) ?? "");
  if ([...states.values()].some((state) => state !== "installed"))
    refuse("E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.", 100);
  const wrong = names.find((name) => !/^[a-z0-9][a-z0-9+.-]+$/.test(name));
  if (wrong !== undefined) refuse(`E: Unable to locate package ${wrong}`, 100);
  if (!isQuiet) refuse("Do you want to continue? [Y/n] Abort.", 1);
  writeStates(command, new Map([...states, ...names.map((name) => [name, "unpacked"] as const)]));
  await command.midway();
  writeStates(command, new Map([...states, ...names.map((name) => [name, "installed"] as const)]));
}

/** `dpkg --force-confold --configure -a`: without the option it would ask, and get no answer. */
export function dpkg(command: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "--force-confold --configure -a")
    refuse(`simulated host: unknown: dpkg ${argv.join(" ")}`, 127);
  const states = packageStates(readHostFile(command.machine, STATUS) ?? "");
  writeStates(command, new Map([...states].map(([name]) => [name, "installed"])));
}

/** `sysctl -p FILE`: sets the kernel's parameters that a file names. */
export function sysctl(command: Command, argv: readonly string[]): void {
  const [flag, path = "", ...more] = argv;
  if (flag !== "-p" || path === "" || more.length > 0) refuse(`simulated host: unknown: sysctl ${argv.join(" ")}`, 127);
  const text =
    readHostFile(command.machine, path) ?? refuse(`sysctl: cannot open "${path}": No such file or directory`, 255);
  for (const line of text.split("\n")) {
    if (line.trim() === "" || /^[#;]/.test(line)) continue;
    const [, key = "", value = ""] = /^([\w.*/-]+) = (.*)$/.exec(line) ?? [];
    if (key === "") refuse(`sysctl: ${path}: invalid syntax, continuing...`, 255);
    writeHostFile(command.machine, `/proc/sys/${key.replaceAll(".", "/")}`, `${value}\n`);
    command.print(`${key} = ${value}`);
  }
}

/** `modprobe --all NAME...` */
export function modprobe(command: Command, argv: readonly string[]): void {
  const [flag, ...names] = argv;
  if (flag !== "--all" || names.length === 0) refuse(`simulated host: unknown: modprobe ${argv.join(" ")}`, 127);
  for (const name of names) {
    if (name.startsWith("no_such")) refuse(`modprobe: WARNING: Module ${name} not found in directory /lib/modules`, 1);
    writeHostFile(command.machine, `/sys/module/${name.replaceAll("-", "_")}/initstate`, "live\n");
  }
}

const UNIT_VERBS: ReadonlySet<string> = new Set(
  "start stop restart reload reload-or-restart try-restart try-reload-or-restart enable disable".split(" "),
);

/** `systemctl VERB UNIT...`: what is active and enabled is kept in the state. */
export function systemctl(command: Command, argv: readonly string[]): void {
  const { units } = command.machine.state;
  const words = argv.filter((word) => !word.startsWith("-"));
  const flags = argv.filter((word) => word.startsWith("-"));
  const [verb = "", ...names] = words;
  if (flags.some((flag) => flag !== "--now" && flag !== "--quiet"))
    refuse(`systemctl: unrecognized option '${flags[0]}'`, 1);
  if (verb === "daemon-reload" && names.length === 0) return;
  if (names.length === 0) refuse("Too few arguments.", 1);
  for (const name of names) {
    const unit = (units[name] ??= { active: false, enabled: false });
    if (verb === "is-active" || verb === "is-enabled")
      return answerUnit(command, verb === "is-active" ? unit.active : unit.enabled, verb);
    if (!UNIT_VERBS.has(verb)) refuse(`Unknown command verb '${verb}'.`, 1);
    if (verb === "reload" && !unit.active) refuse(`${name} is not active, cannot reload.`, 1);
    if (verb === "enable" || verb === "disable") unit.enabled = verb === "enable";
    if (["start", "restart", "reload-or-restart"].includes(verb) || flags.includes("--now"))
      unit.active = verb !== "disable";
    if (verb === "stop") unit.active = false;
  }
}

function answerUnit(command: Command, holds: boolean, verb: string): void {
  command.print(verb === "is-active" ? (holds ? "active" : "inactive") : holds ? "enabled" : "disabled");
  if (!holds) refuse("", verb === "is-active" ? 3 : 1);
}
