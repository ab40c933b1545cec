import { secretsOf } from "../model/plan.js";
import type { FirewallPiece, Plan, Requirement } from "../model/plan.js";
import { settingsNeeds } from "../model/settings-needs.js";
import { compareReleases } from "../text/order.js";
import { GRUB_FILES } from "./tools/boot.js";
import { hardwareOf } from "./hardware.js";
import { networkOf } from "./presupposed-network.js";
import {
  FRESH_ACCOUNTS,
  SIMULATED_RELEASE,
  emptyHost,
  type HostOptions,
  type HostState,
  type SimulatedDisk,
  type StorageSection,
} from "./state.js";

/**
 * An empty host that has what a plan presupposes and does not make itself: bridges, devices, disks, files, storages, and
 * what its downloads and health checks yield. Guests and snapshots that it clones without making them are not there.
 */
export function presupposed(plan: Plan, more: HostOptions = {}): HostState {
  const { requirements } = plan;
  const bridges = ofKind(requirements, "bridge").map(({ bridge }) => bridge);
  const devices = ofKind(requirements, "device").flatMap(({ path, made }) => (made === true ? [] : [path]));
  const disks: SimulatedDisk[] = ofKind(requirements, "disk").map(({ path }) => ({ path, size: 2 * 10 ** 12 }));
  const images = ofKind(requirements, "file").map(({ path }) => path);
  const node = more.node ?? plan.node;
  const release = ofKind(requirements, "version")
    .map(({ minimum }) => minimum)
    .toSorted(compareReleases)
    .at(-1);
  const isNewer = release !== undefined && compareReleases(release, SIMULATED_RELEASE) > 0;
  const network = networkOf(plan);
  const host = emptyHost({
    ...more,
    ...(node === undefined ? {} : { node }),
    ...(isNewer && more.version === undefined ? { version: release } : {}),
    bridges: unique(["vmbr0", ...bridges, ...(more.bridges ?? [])]),
    nics: unique([...network.nics, ...(more.nics ?? [])]),
    devices: unique([...devices, ...(more.devices ?? [])]),
    disks: [...disks, ...(more.disks ?? [])],
    images: [...images, ...(more.images ?? [])],
    files: {
      ...peersOf(plan),
      ...entriesOf(plan),
      ...hardwareOf(requirements, node ?? "pve", gpusOf(plan)),
      ...network.files,
      ...bootFilesOf(plan),
      ...filesOf(plan),
      ...more.files,
    },
    storages: [...storagesOf(plan), ...(more.storages ?? [])],
    downloads: { ...surroundings(plan).downloads, ...more.downloads },
    pages: { ...surroundings(plan).pages, ...more.pages },
  });
  return { ...host, files: { ...firewallOf(requirements), ...host.files } };
}

/** What a host is started with, where the plan changes it. */
function bootFilesOf({ steps }: Plan): NonNullable<HostOptions["files"]> {
  return steps.some(({ probe }) => probe.kind === "kernel-line") ? GRUB_FILES : {};
}

/** As many cards of NVIDIA as containers share: they are numbered from 0. */
function gpusOf({ steps }: Plan): number {
  const values = steps.flatMap(({ probe }) => (probe.kind === "options" ? probe.wanted.map(({ value }) => value) : []));
  const numbers = values.map((value) => Number(/^\/dev\/nvidia(\d+)(?:,|$)/.exec(value)?.[1] ?? 0));
  return Math.max(0, ...numbers) + 1;
}

/** The other nodes of the cluster, as far as jobs name them. */
function peersOf({ steps }: Plan): NonNullable<HostOptions["files"]> {
  const targets = steps.flatMap(({ probe }) =>
    probe.kind === "job" && probe.job === "replication" ? [probe.target] : [],
  );
  return Object.fromEntries(targets.map((node) => [`/etc/pve/nodes/${node}/lrm_status`, ""]));
}

/** Groups of the system, and entries of Proxmox's access control, that no file declares. */
function entriesOf({ steps }: Plan): NonNullable<HostOptions["files"]> {
  const { groups, access } = settingsNeeds(steps);
  const known = FRESH_ACCOUNTS["/etc/group"] ?? "";
  const more = groups.filter((name) => !`\n${known}`.includes(`\n${name}:`));
  return {
    ...(more.length === 0 ? {} : { "/etc/group": known + more.map((name, i) => `${name}:x:${900 + i}:\n`).join("") }),
    ...(access.length === 0 ? {} : { "/etc/pve/user.cfg": access.map(accessLine).join("") }),
  };
}

function accessLine(entry: string): string {
  const [kind = "", name = ""] = entry.split(" ");
  const rest: Readonly<Record<string, string>> = { user: "1:0::::::", group: "::", role: ":", token: "0:1::" };
  return `${kind}:${name}:${rest[kind] ?? ""}\n`;
}

/** The parts of the cluster's firewall that rules name and no file declares; empty, as far as they can be. */
function firewallOf(requirements: readonly Requirement[]): HostState["files"] {
  const pieces = ofKind(requirements, "firewall-piece");
  if (pieces.length === 0) return {};
  const named = (wanted: FirewallPiece): string[] =>
    pieces.flatMap(({ piece, name }) => (piece === wanted ? [name] : []));
  const aliases = named("alias").map((name) => `${name} 192.0.2.1\n`);
  const sets = named("ipset").map((name) => `[IPSET ${name}]\n\n`);
  const groups = named("group").map((name) => `[group ${name}]\n\n`);
  const text = [aliases.length === 0 ? "" : `[ALIASES]\n\n${aliases.join("")}\n`, ...sets, ...groups].join("");
  return { "/etc/pve/firewall/cluster.fw": text };
}

/** What a plan presupposes outside of its host: that downloads are what they are declared to be, and guests healthy. */
export function surroundings(plan: Plan): Pick<HostState, "downloads" | "pages"> {
  return { downloads: { ...downloadsOf(plan) }, pages: { ...pagesOf(plan) } };
}

/** A password hash, which can stand in the place of any secret. */
const STAND_IN = `$6$rehearsal$${"x".repeat(86)}`;

/** Proxmox looks into the keys that encrypt backups. */
const STAND_IN_KEY = '{"data":"rehearsal","fingerprint":"00:01"}';

/** What stands in for the secrets of a plan: a rehearsal asks nobody for them and runs no command for them. */
export function standIns(plan: Plan): Readonly<Record<string, string>> {
  const keys = plan.steps.flatMap(({ probe }) =>
    probe.kind === "storage" ? (probe.secrets ?? []).filter(({ option }) => option === "encryption-key") : [],
  );
  const isKey = (secret: string): boolean => keys.some((key) => key.secret === secret);
  return Object.fromEntries(secretsOf(plan).map((secret) => [secret, isKey(secret) ? STAND_IN_KEY : STAND_IN]));
}

function ofKind<K extends Requirement["kind"]>(
  requirements: readonly Requirement[],
  kind: K,
): Extract<Requirement, { kind: K }>[] {
  return requirements.filter(
    (requirement): requirement is Extract<Requirement, { kind: K }> => requirement.kind === kind,
  );
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

/** Storages that the plan uses and does not define: a thin pool, as the installer makes `local-lvm`; for files a folder. */
function storagesOf(plan: Plan): StorageSection[] {
  const made = new Set(plan.steps.flatMap(({ probe }) => (probe.kind === "storage" ? [probe.storage] : [])));
  const needs = ofKind(plan.requirements, "storage");
  const needed = unique(needs.map(({ storage }) => storage));
  const keepFiles = new Set(needs.flatMap(({ storage, content }) => (content === "snippets" ? [storage] : [])));
  return needed
    .filter((id) => id !== "local" && !made.has(id))
    .map((id) =>
      keepFiles.has(id)
        ? { type: "dir", id, options: { path: `/srv/${id}`, content: "images,rootdir,iso,vztmpl,backup,snippets" } }
        : { type: "lvmthin", id, options: { thinpool: "data", vgname: "pve", content: "images,rootdir" } },
    );
}

/** What the host says of itself to work in guests: files, the version of its NVIDIA driver. */
function filesOf(plan: Plan): NonNullable<HostOptions["files"]> {
  const isMade = plan.steps.some(({ probe }) => probe.kind === "nvidia-driver");
  const given = plan.steps.flatMap(({ probe }) => (probe.kind === "guest-work" ? probe.parameters : []));
  const entries = given.flatMap((parameter): readonly (readonly [string, string])[] => {
    if ("driver" in parameter) return isMade ? [] : [["/proc/driver/nvidia/version", DRIVER]];
    if ("file" in parameter) return [[parameter.file, "simulated\n"]];
    return [];
  });
  return Object.fromEntries([...entries, ...accountsOf(plan)]);
}

/** The accounts that directories of the plan belong to, and that it does not make. */
function accountsOf(plan: Plan): readonly (readonly [string, string])[] {
  const owners = plan.steps.flatMap(({ probe }) =>
    probe.kind === "directory" && typeof probe.owner === "string" ? [probe.owner] : [],
  );
  const made = new Set(plan.steps.flatMap(({ probe }) => (probe.kind === "host-user" ? [probe.user] : [])));
  const names = unique(owners).filter((name) => !made.has(name));
  const lines = names.map((name, number) => `${name}:x:${2000 + number}:${2000 + number}::/:/usr/sbin/nologin\n`);
  return names.length === 0 ? [] : [["/etc/passwd", `root:x:0:0:root:/root:/bin/bash\n${lines.join("")}`]];
}

const DRIVER = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\n";

function downloadsOf(plan: Plan): NonNullable<HostOptions["downloads"]> {
  const images = plan.steps.flatMap(({ probe }) =>
    probe.kind === "image-absent" && probe.url !== undefined ? [[probe.url, probe] as const] : [],
  );
  return Object.fromEntries(
    images.map(([url, { sha256, sha512, unpack }]) => [
      url,
      {
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(sha512 === undefined ? {} : { sha512 }),
        ...(unpack === undefined ? {} : { packed: unpack }),
      },
    ]),
  );
}

/** Guests are healthy: what a check asks for is there while its guest runs. */
function pagesOf(plan: Plan): NonNullable<HostOptions["pages"]> {
  const pages = plan.steps.flatMap(({ probe }) =>
    probe.kind === "check" && probe.test.type === "http"
      ? [[probe.test.url, { guest: probe.guest.id, status: probe.test.status }] as const]
      : [],
  );
  return Object.fromEntries(pages);
}
