import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { GuestConfig } from "../config/guest-config.js";
import { argument, type Call, callerFile, vmid } from "../host/command.js";
import { loadConfig, writeConfig } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { parseProperty } from "../../pve/property.js";
import { parseVolume, volumePath } from "../storage/volume-names.js";
import { netFormat } from "../../pve/qm-devices.js";
import { qmConfig } from "../../pve/qm.js";
import { drivesOf, isCloudInit } from "./drives.js";

/** What the cloud-init image of a VM holds. */
interface CloudInitData {
  readonly user: string;
  readonly network: string;
  readonly meta: string;
  readonly vendor: string;
}

/** Proxmox's limits of one snippet and of all that goes into an image. */
const MAX_SNIPPET = 1024 ** 2;
const MAX_IMAGE = 3 * 1024 ** 2;

/** Whether a VM has a drive for cloud-init. */
function hasDrive({ current }: GuestConfig): boolean {
  return drivesOf(current.options).some(([option, value]) => isCloudInit(option, value));
}

/** Makes the image anew, for a VM that has one: what it is made from must be there. */
export function makeImage(call: Call, id: number, config: GuestConfig): void {
  config.cloudInit.options.clear();
  if (!hasDrive(config)) return;
  const { user, network, meta, vendor } = cloudInitData(call, id, config);
  if (Buffer.byteLength(user + network + meta + vendor) > MAX_IMAGE)
    refuse("Cloud-Init sum of snippets too big (> 3 MiB)");
  call.print("generating cloud-init ISO");
}

/** `qm cloudinit update` */
export function qmCloudInitUpdate(call: Call): void {
  const id = vmid(call);
  const config = loadConfig(call.machine, "vm", id);
  makeImage(call, id, config);
  writeConfig(call.machine, "vm", id, config);
}

/** `qm cloudinit dump` */
export function qmCloudInitDump(call: Call): void {
  const id = vmid(call);
  const data = cloudInitData(call, id, loadConfig(call.machine, "vm", id));
  const type = argument(call, "type");
  call.print(type === "user" ? data.user : type === "network" ? data.network : data.meta);
}

/** Own files where `cicustom` names them; the rest is made from the options. */
function cloudInitData(call: Call, id: number, { current: { options } }: GuestConfig): CloudInitData {
  const own = propertiesOf("cicustom", options.get("cicustom"));
  const read = (kind: string): string | undefined => {
    const volume = own.get(kind);
    return volume === undefined ? undefined : snippetText(call, volume);
  };
  const user = read("user") ?? userData(id, options);
  const network = read("network") ?? networkData(options);
  const instance = createHash("sha1").update(user).update(network).digest("hex");
  return { user, network, meta: read("meta") ?? `instance-id: ${instance}\n`, vendor: read("vendor") ?? "" };
}

function propertiesOf(option: string, value: string | undefined): ReadonlyMap<string, string> {
  const format = option === "net" ? netFormat : qmConfig[option]?.keys;
  const parsed = value === undefined || format === undefined ? new Map<string, string>() : parseProperty(format, value);
  return typeof parsed === "string" ? new Map() : parsed;
}

function snippetText(call: Call, volid: string): string {
  if (parseVolume(call.machine, volid).content !== "snippets") refuse(`${volid} is not in the snippets directory`);
  const path = volumePath(call.machine, volid);
  const at = callerFile(call, path);
  if (at === undefined) return refuse(`can't open '${path}' - No such file or directory`);
  const text = readFileSync(at, "utf8");
  return Buffer.byteLength(text) > MAX_SNIPPET ? refuse(`input from file '${path}' too long - aborting`) : text;
}

/** As `cloudinit_userdata` of Cloudinit.pm makes it; a recorded session shows the form. */
function userData(id: number, options: ReadonlyMap<string, string>): string {
  const name = options.get("name") ?? `VM${id}`;
  const search = options.get("searchdomain");
  const user = options.get("ciuser");
  const password = options.get("cipassword");
  const keys = decodeURIComponent(options.get("sshkeys") ?? "")
    .split("\n")
    .filter((key) => /\S/.test(key));
  return [
    "#cloud-config",
    `hostname: ${name.replace(/\..*$/, "")}`,
    "manage_etc_hosts: true",
    `fqdn: ${name.includes(".") || search === undefined ? name : `${name}.${search}`}`,
    ...(user === undefined ? [] : [`user: ${user}`]),
    ...(user === "root" ? ["disable_root: False"] : []),
    ...(password === undefined ? [] : [`password: ${password}`]),
    ...(options.has("sshkeys") ? ["ssh_authorized_keys:", ...keys.map((key) => `  - ${key}`)] : []),
    "chpasswd:",
    "  expire: False",
    ...(user === "root" ? [] : ["users:", "  - default"]),
    ...(options.get("ciupgrade") === "0" ? [] : ["package_upgrade: true"]),
    "",
  ].join("\n");
}

/** As `nocloud_network` of Cloudinit.pm makes it, for Linux guests; those of Windows get another form. */
function networkData(options: ReadonlyMap<string, string>): string {
  const cards = [...options.keys()].filter((name) => /^net\d+$/.test(name)).sort();
  const servers = (options.get("nameserver") ?? "").split(/[\s,;]+/).filter((word) => word !== "");
  const search = (options.get("searchdomain") ?? "").split(/\s+/).filter((word) => word !== "");
  const lines = cards.flatMap((card) => cardLines(card, options));
  return ["version: 1", "config:", ...lines, ...resolverLines(servers, search), ""].join("\n");
}

function cardLines(card: string, options: ReadonlyMap<string, string>): readonly string[] {
  const index = card.slice("net".length);
  const addresses = options.get(`ipconfig${index}`);
  if (addresses === undefined) return [];
  const ip = propertiesOf("ipconfig[n]", addresses);
  const mac = propertiesOf("net", options.get(card)).get("macaddr") ?? "";
  return [
    "    - type: physical",
    `      name: eth${index}`,
    `      mac_address: '${mac.toLowerCase()}'`,
    "      subnets:",
    ...subnetLines(ip.get("ip"), ip.get("gw"), "dhcp4", "static"),
    ...subnetLines(ip.get("ip6"), ip.get("gw6"), "dhcp6", "static6"),
  ];
}

function subnetLines(
  address: string | undefined,
  gateway: string | undefined,
  dynamic: string,
  fixed: string,
): readonly string[] {
  if (address === undefined) return [];
  if (address === "dhcp") return [`      - type: ${dynamic}`];
  if (address === "auto") return ["      - type: ipv6_slaac"];
  const [plain = "", prefix = ""] = address.split("/");
  const place =
    fixed === "static"
      ? [`        address: '${plain}'`, `        netmask: '${netmask(Number(prefix))}'`]
      : [`        address: '${address}'`];
  return [`      - type: ${fixed}`, ...place, ...(gateway === undefined ? [] : [`        gateway: '${gateway}'`])];
}

function netmask(prefix: number): string {
  return [0, 8, 16, 24].map((bits) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - bits)))).join(".");
}

function resolverLines(servers: readonly string[], search: readonly string[]): readonly string[] {
  if (servers.length + search.length === 0) return [];
  const items = (name: string, words: readonly string[]): readonly string[] =>
    words.length === 0 ? [] : [`      ${name}:`, ...words.map((word) => `      - '${word}'`)];
  return ["    - type: nameserver", ...items("address", servers), ...items("search", search)];
}
