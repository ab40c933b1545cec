import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import type { Command } from "../host/command.js";
import { callerFile } from "../host/command.js";
import { machinePath, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** What offers directories over the network: NFS and Samba, with the exit codes and refusals of Debian's own. */

const PASSDB = "/var/lib/samba/private/passdb.tdb";

/** Keywords of exports(5); those that take a value end in `=`. */
const KEYWORDS = new Set(
  "ro rw sync async secure insecure wdelay no_wdelay hide nohide subtree_check no_subtree_check root_squash no_root_squash all_squash no_all_squash crossmnt nocrossmnt acl no_acl secure_locks insecure_locks auth_nlm no_auth_nlm pnfs no_pnfs security_label nordirplus mountpoint mp mountpoint= mp= anonuid= anongid= fsid= sec= xprtsec= refer= replicas=".split(
    " ",
  ),
);

/** `exportfs -ra`: makes what is exported what the files say. */
export function exportfs({ machine }: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "-ra") refuse(`simulated host: unknown: exportfs ${argv.join(" ")}`, 127);
  const folder = machinePath(machine, "/etc/exports.d");
  const own = existsSync(folder) ? readdirSync(folder).filter((name) => /^[^.].*\.exports$/.test(name)) : [];
  const files = ["/etc/exports", ...own.toSorted().map((name) => `/etc/exports.d/${name}`)];
  const table = files.flatMap((file) =>
    (readHostFile(machine, file) ?? "").split("\n").flatMap((line, number) => {
      const text = line.replace(/#.*$/, "").trim();
      return text === "" ? [] : exported({ file, number: number + 1, text });
    }),
  );
  const missing = table.find(({ path }) => !existsSync(machinePath(machine, path)));
  if (missing !== undefined) refuse(`exportfs: Failed to stat ${missing.path}: No such file or directory`, 1);
  writeHostFile(machine, "/var/lib/nfs/etab", table.map(({ path, client }) => `${path}\t${client}\n`).join(""));
}

interface ExportLine {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

function exported({ file, number, text }: ExportLine): readonly { readonly path: string; readonly client: string }[] {
  const [written = "", ...clients] = text.split(/\s+/);
  const bytes = written.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  const path = Buffer.from(bytes, "latin1").toString("utf8");
  for (const client of clients) {
    const [, options] =
      /^[^()\s]+(?:\(([^()\s]*)\))?$/.exec(client) ?? refuse(syntax(file, number, "bad option list"), 1);
    for (const option of (options ?? "").split(",").filter((word) => word !== "")) {
      const word = option.replace(/=.*$/, "=");
      if (!KEYWORDS.has(word)) refuse(`exportfs: ${file}:${number}: unknown keyword "${option}"`, 1);
    }
  }
  return clients.map((client) => ({ path, client }));
}

function syntax(file: string, number: number, what: string): string {
  return `exportfs: ${file}:${number}: syntax error: ${what}`;
}

/** Parameters of smb.conf that take a truth value, of those that plans write. */
const TRUTHS = new Set(["read only", "browseable", "guest ok", "available"]);

/** `testparm -s FILE` */
export function testparm(command: Command, argv: readonly string[]): void {
  const [flag, path = "", ...more] = argv;
  if (flag !== "-s" || more.length > 0) refuse(`simulated host: unknown: testparm ${argv.join(" ")}`, 127);
  command.warn(`Load smb config files from ${path}`);
  if (!readSections(command, path, 0)) refuse("Error loading services.", 1);
  command.warn("Loaded services file OK.");
}

/** Whether Samba would load the file, with those that it includes; one that is not there is left out. */
function readSections(command: Command, path: string, depth: number): boolean {
  const at = callerFile(command, path);
  if (at === undefined || depth > 5) return depth > 0;
  return readFileSync(at, "utf8")
    .split("\n")
    .every((line) => {
      const text = line.trim();
      if (text === "" || /^[#;]/.test(text)) return true;
      if (text.startsWith("[")) return /^\[[^\]]+\]$/.test(text);
      const [, name = "", value = ""] = /^([^=]+?)\s*=\s*(.*)$/.exec(text) ?? [];
      if (name === "include") return readSections(command, value, depth + 1);
      return !TRUTHS.has(name) || /^(?:yes|no|true|false|1|0)$/i.test(value);
    });
}

/** `smbpasswd -s -a USER`: the password, twice, on standard input; the user must have an account. */
export async function smbpasswd(command: Command, argv: readonly string[]): Promise<void> {
  const [, user = ""] = /^-s -a ([a-z_][a-z0-9_-]*)$/.exec(argv.join(" ")) ?? [];
  if (user === "") refuse(`simulated host: unknown: smbpasswd ${argv.join(" ")}`, 127);
  const [first = "", second = ""] = (await command.stdin()).toString("utf8").split("\n");
  if (first === "" || first !== second) refuse("Mismatch - password unchanged.\nUnable to get new password.", 1);
  const account = (readHostFile(command.machine, "/etc/passwd") ?? "")
    .split("\n")
    .find((line) => line.startsWith(`${user}:`));
  if (account === undefined) return refuse(`Failed to add entry for user ${user}.`, 1);
  const known = accounts(command);
  if (!known.has(user)) command.print(`Added user ${user}.`);
  known.set(user, `${account.split(":")[2] ?? ""}:${createHash("sha256").update(first).digest("hex")}`);
  writeHostFile(command.machine, PASSDB, [...known].map(([name, rest]) => `${name}:${rest}\n`).join(""));
}

function accounts(command: Command): Map<string, string> {
  const lines = (readHostFile(command.machine, PASSDB) ?? "").split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** `pdbedit -L`: the users that Samba knows. */
export function pdbedit(command: Command, argv: readonly string[]): void {
  if (argv.join(" ") !== "-L") refuse(`simulated host: unknown: pdbedit ${argv.join(" ")}`, 127);
  for (const [name, rest] of accounts(command)) command.print(`${name}:${rest.split(":")[0] ?? ""}:`);
}
