import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkFormat } from "../../src/pve/formats.js";
import type { Spec } from "../../src/pve/spec.js";
import { commandSpecs } from "../../src/rehearsal/schema/commands.js";
import { hasShared } from "../support/paths.js";
import { patternSource, type Recorded, recordedOptions } from "../support/recorded-options.js";

/** Proxmox's options as the table has them, against those of the genuine commands. */
const test = suite("pve options");

/** Options that the table leaves out on purpose: the simulated host is one node, whose volumes stay with their guests. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  "pct migrate": ["bwlimit"],
  "pct move-volume": ["target-digest", "target-vmid", "target-volume"],
  // The source of a stolen job and the mark of one that is being removed are Proxmox's own.
  "pvesr create-local-job": ["source", "remove_job"],
  "pvesr update": ["source", "remove_job"],
  "qm disk move": ["target-digest", "target-vmid", "target-disk"],
  "qm migrate": ["bwlimit", "migration_network", "migration_type", "with-conntrack-state"],
  "qm start": [
    "migratedfrom",
    "migration_network",
    "migration_type",
    "nets-host-mtu",
    "stateuri",
    "targetstorage",
    "with-conntrack-state",
  ],
  "qm stop": ["migratedfrom"],
  // Options of storage types that cannot be declared.
  "pvesm add": [
    "authsupported",
    "comstar_hg",
    "comstar_tg",
    "fs-name",
    "iscsiprovider",
    "lio_tpg",
    "monhost",
    "portal",
    "subdir",
    "target",
    "zfs-base-path",
  ],
  "pvesm set": ["comstar_hg", "comstar_tg", "fs-name", "lio_tpg", "monhost", "zfs-base-path"],
};

/** Names of CPU types are checked by family, not by list. */
const freeWords = new Set(["reported-model"]);

/** The table's names of Proxmox's formats; an empty one is not checked. */
const formats: Readonly<Record<string, readonly string[]>> = {
  "address-list": ["address-list"],
  "disk-size": ["disk-size"],
  "dns-name": ["dns-name"],
  "dns-name-list": ["dns-name"],
  ipv4: ["ipv4"],
  ipv6: ["ipv6"],
  "lxc-ip-with-ll-iface-list": ["ip"],
  "mac-addr": ["mac-addr"],
  "pve-bridge-id": ["pve-bridge-id"],
  "pve-configid": ["pve-configid"],
  // Both are patterns in the table.
  "pve-calendar-event": [""],
  "pve-replication-job-id": [""],
  "pve-configid-list": ["pve-configid"],
  "pve-cpuset": ["pve-cpuset"],
  "pve-ct-timezone": ["pve-ct-timezone"],
  // Folders of a storage, by content type: nobody declares them.
  "pve-dir-override-list": [""],
  "pve-hotplug-features": ["pve-hotplug"],
  // A container's address may be `manual` as well.
  "pve-ipv4-config": ["pve-ipv4-config", "pve-lxc-ip"],
  "pve-ipv6-config": ["pve-ipv6-config", "pve-lxc-ip6"],
  "pve-lxc-dev-string": ["pve-lxc-dev"],
  "pve-lxc-mp-string": ["pve-lxc-mp"],
  "pve-node": ["pve-node"],
  "pve-node-list": ["pve-node"],
  "pve-poolid": ["pve-poolid"],
  "pve-qm-bootdev-list": ["pve-bootdev"],
  // Two formats that are patterns in the table.
  "pve-phys-bits": [""],
  "pve-qm-bootdisk": [""],
  "pve-startup-order": ["pve-startup-order"],
  "pve-storage-content": ["pve-content"],
  "pve-storage-content-list": ["pve-content"],
  "pve-storage-id": ["pve-storage-id"],
  // Free texts as far as the table goes.
  "pve-storage-options": [""],
  "pve-storage-server": [""],
  "pve-storage-vgname": [""],
  "storage-pair-list": [""],
  "pve-storage-path": ["pve-path"],
  "pve-storage-zfs-blocksize": ["zfs-blocksize"],
  "pve-tag-list": ["pve-tag"],
  "pve-vmid": ["pve-vmid"],
  // A volume that `pvesm free` names is looked at by its storage.
  "pve-volume-id": ["pve-volume-id", ""],
  "pve-volume-id-or-absolute-path": ["pve-volume-or-path"],
  "pve-volume-id-or-qm-path": ["pve-volume-or-path"],
  urlencoded: ["urlencoded"],
};

/** What differs between a table's entry and the recorded one. */
function differences(name: string, spec: Spec, recorded: Recorded): string[] {
  const problems: string[] = [];
  const same = (what: string, ours: unknown, theirs: unknown): void => {
    if (JSON.stringify(ours ?? null) !== JSON.stringify(theirs ?? null))
      problems.push(`${name}: ${what} ${JSON.stringify(ours)}, recorded ${JSON.stringify(theirs)}`);
  };
  const bound = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
  if (recorded.type !== "array") same("type", spec.type, recorded.type);
  if (!freeWords.has(name.split(".").at(-1) ?? "")) same("words", spec.words, recorded.enum?.map(String));
  // The bounds of an id are those of its format.
  if (!name.endsWith("vmid") && !name.endsWith("newid"))
    same("bounds", [bound(spec.min), bound(spec.max)], [bound(recorded.minimum), bound(recorded.maximum)]);
  same("lengths", [spec.minLength, spec.maxLength], [recorded.minLength, recorded.maxLength]);
  same("highest index", spec.highest, recorded.index?.max);
  const byDefault = typeof spec.default === "boolean" ? Number(spec.default) : spec.default;
  if (spec.doc !== undefined) same("default", byDefault?.toString(), recorded.default?.toString());
  same("keys", spec.keys !== undefined, recorded.format?.properties !== undefined);
  const { kind, name: format = "" } = recorded.format ?? { kind: "none" };
  if (kind === "code" && formats[format]?.includes(spec.format ?? "") !== true)
    problems.push(`${name}: format ${spec.format ?? "none"}, recorded ${format}`);
  return [...problems, ...patternDifferences(name, spec, recorded), ...keyDifferences(name, spec, recorded)];
}

/** Texts that match one of two patterns, and texts that nearly do, match both or none. */
function patternDifferences(name: string, { pattern }: Spec, recorded: Recorded): string[] {
  if (recorded.pattern === undefined || pattern === undefined)
    return recorded.pattern === undefined ? [] : [`${name}: no pattern, recorded ${recorded.pattern}`];
  const ours = new RegExp(`^(?:${pattern.source})$`);
  const theirs = new RegExp(`^(?:${patternSource(recorded.pattern)})$`);
  const plain = (regex: RegExp): RegExp => new RegExp(regex.source.replaceAll("\\0", "\\x00"));
  const texts = [ours, theirs].flatMap((regex) => fc.sample(fc.stringMatching(plain(regex)), { numRuns: 60, seed: 7 }));
  const near = texts.flatMap((text) =>
    ["x", ".", ":", ";", "-", "0", " "].flatMap((c) => [c + text, text + c, text.slice(1)]),
  );
  const apart = [...texts, ...near, "", "a", "host", "0x1"].find((text) => ours.test(text) !== theirs.test(text));
  return apart === undefined
    ? []
    : [`${name}: ${JSON.stringify(apart)} matches only one of ${String(ours)} and ${String(theirs)}`];
}

function keyDifferences(name: string, spec: Spec, recorded: Recorded): string[] {
  const theirs = recorded.format?.properties;
  if (spec.keys === undefined || theirs === undefined) return [];
  const { keys, required, defaultKey, aliases = {}, keyAlias } = spec.keys;
  const problems: string[] = [];
  for (const [key, property] of Object.entries(theirs)) {
    const own = keys[key];
    if (property.alias !== undefined) {
      if (aliases[key] !== property.alias && keyAlias?.words.includes(key) !== true)
        problems.push(`${name}.${key}: no alias of ${property.alias}`);
      continue;
    }
    if (own === undefined) problems.push(`${name}.${key}: unknown`);
    else problems.push(...differences(`${name}.${key}`, own, property));
    if (required.includes(key) !== !property.optional) problems.push(`${name}.${key}: needed or not`);
    if ((defaultKey === key) !== (property.default_key === 1)) problems.push(`${name}.${key}: the bare key or not`);
    if (own?.requires !== property.requires) problems.push(`${name}.${key}: requires ${own?.requires ?? "nothing"}`);
  }
  const surplus = Object.keys(keys)
    .filter((key) => theirs[key] === undefined)
    .map((key) => `${name}.${key}: does not exist`);
  return [...problems, ...surplus];
}

for (const [command, spec] of Object.entries(commandSpecs))
  test(`${command} takes what the genuine command takes`, () => {
    if (!hasShared) return console.log("skipped: the reference material is not beside the project");
    const recorded = recordedOptions(command);
    if (recorded === undefined) return;
    const problems: string[] = [];
    for (const [name, option] of Object.entries(recorded)) {
      if (name === "extra-args" || leftOut[command]?.includes(name) === true) continue;
      const own = spec.options[name];
      problems.push(...(own === undefined ? [`${name}: unknown`] : differences(name, own, option)));
    }
    for (const name of Object.keys(spec.options))
      if (recorded[name] === undefined) problems.push(`${name}: does not exist`);
    assert.equal(problems, []);
  });

test("what is said of options alone is true: those that only the creation takes are not set later", () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  for (const tool of ["qm", "pct"]) {
    const [creation, later] = [recordedOptions(`${tool} create`) ?? {}, recordedOptions(`${tool} set`) ?? {}];
    const own = commandSpecs[`${tool} create`]?.options ?? {};
    const only = Object.keys(creation).filter((name) => later[name] === undefined && own[name]?.effect !== undefined);
    // `ostemplate` is an argument, and a container's privilege can be named later, but not changed.
    assert.equal(
      Object.keys(own)
        .filter((name) => own[name]?.effect === "create-only" && name !== "unprivileged")
        .toSorted(),
      only.toSorted(),
    );
  }
});

test("what is known of running guests", () => {
  // Seen on genuine guests: what waits for a restart, and what a running guest takes over.
  const seen = {
    qm: { pending: "cores cpu machine memory", "at-once": "name onboot net[n] scsi[n] virtio[n] sata[n]" },
    pct: { pending: "features", "at-once": "hostname memory net[n]" },
  };
  for (const [tool, effects] of Object.entries(seen))
    for (const [effect, names] of Object.entries(effects))
      for (const name of names.split(" "))
        assert.is(commandSpecs[`${tool} set`]?.options[name]?.effect ?? "pending", effect, `${tool} ${name}`);
});

test("IPv4 addresses and nets have four numbers without leading zeros, and nets a prefix from 1 to 32", () => {
  const isGood = (format: Parameters<typeof checkFormat>[0], text: string): boolean =>
    checkFormat(format, text) === undefined;
  for (const text of ["0.0.0.0", "10.0.0.1", "192.168.1.254", "255.255.255.255"]) {
    assert.ok(isGood("ipv4", text), text);
    for (const prefix of ["1", "9", "24", "32"]) assert.ok(isGood("pve-ipv4-config", `${text}/${prefix}`), text);
  }
  const wrong = [
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "10.0.0.01",
    "10.0.0.1.",
    "10.0.0.1 ",
    "10.0.0.+1",
    "1e1.0.0.1",
  ];
  for (const text of [...wrong, "::1", "10.0.0.1/24"]) assert.not.ok(isGood("ipv4", text), text);
  for (const text of wrong) assert.not.ok(isGood("pve-ipv4-config", `${text}/24`), text);
  for (const prefix of ["0", "33", "024", "", "24 ", "/24"])
    assert.not.ok(isGood("pve-ipv4-config", `10.0.0.1/${prefix}`), prefix);
});

test.run();
