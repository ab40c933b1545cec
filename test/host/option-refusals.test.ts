import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import { pctConfig, qmConfig, specOf } from "../../src/plugin-api/index.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { type Attribute, attributesOf } from "../support/attributes.js";
import { kinds } from "../support/model.js";
import { type Case, casesOf } from "../support/option-cases.js";
import { valuesOf } from "../support/option-values.js";
import { withHost } from "../support/rehearsal.js";

/** What the compiler takes and refuses of every option is what the simulated host takes and refuses. */
const test = suite("option refusals");

const GUESTS = { vm: { tool: "qm", table: qmConfig }, ct: { tool: "pct", table: pctConfig } } as const;
type Kind = keyof typeof GUESTS;

/** Where files are stricter than Proxmox on purpose; docs/conformance.md lists the reasons with the types. */
const STRICTER =
  /^(?:vm\.search|(?:vm|ct)\.net\.(?:bridge|device|mac)|vm\.cloud_init\.user|ct\.(?:disk|mount)\.at|ct\.net\.rate|(?:vm|ct)\.(?:description|search)|vm\.options\.hotplug)$/;
/** Written by the script in another form than files have, or no setting of the file alone. */
const OTHERWISE =
  /^(?:vm|ct)\.(?:template|unprivileged|nameservers|tags|mount_fs|boot\.(?:order|delay|down_delay)|net\.(?:ip6?|gateway6?)|cdrom\.iso|pci\.address|usb\.(?:device|port)|cloud_init\.(?:ssh_keys|password)|options\.(?:env|(?:efidisk0|tpmstate0)\.storage|boot\.order)|disk\.discard)$/;

/** What the host lacks is no matter of the value. */
const OF_THE_HOST = /does not exist|unable to parse directory volume name/;

/** Blocks of a family are alike: the first stands for all. */
function isFirst({ path }: Attribute): boolean {
  return !/\.options\.(?:hostpci|usb|virtiofs|numa)[1-9]\d*(?:\.|$)/.test(path);
}

/** A file that sets one attribute, and besides what its block cannot be without. */
function source(kind: Kind, { path, pve }: Attribute, value: string): string {
  const names = path.split(".").slice(1);
  const name = names.at(-1) ?? "";
  const at = names.slice(0, -1).join(".");
  const setting = `${name} = ${value}`;
  const block = at.split(".")[1] ?? "";
  const inner = block === "" ? "" : `${block} { ${[...neededIn(kind, block, name), setting].join(", ")} }`;
  const place = (where: string): string => (at === where ? setting : "");
  // Only this type of machine has PCI Express.
  const options = at === "options" ? setting : at === "pci" ? "machine = q35" : inner;
  const slot = kind === "vm" && pve.startsWith("ide") ? "disk extra { size = 1GiB, storage = local, slot = ide0" : "";
  const base =
    kind === "vm"
      ? `vm 101 a {\n disk root { size = 8GiB, storage = local\n ${slot === "" ? place("disk") : ""} }`
      : `ct 101 a {\n image = "local:vztmpl/debian.tar.zst"\n disk root { size = 8GiB, storage = local }`;
  return `network lan { bridge = vmbr0 }
${base}
 ${place("")}
 ${slot === "" ? "" : `${slot}\n ${place("disk")} }`}
 ${kind === "ct" && at === "disk" ? `disk data { size = 1GiB, storage = local, at = "/data"\n ${setting} }` : ""}
 ${at === "mount" ? `mount "/srv/a" { at = "/a"\n ${setting} }` : ""}
 ${at === "device" ? `device "/dev/kvm" { ${setting} }` : ""}
 ${at === "net" ? `net lan { ${setting} }` : ""}
 ${at === "pci" || at === "usb" ? `${at} a { ${["address", "mapping", "device", "port"].includes(name) ? "" : "mapping = one, "}${setting} }` : ""}
 ${at === "boot" ? `boot { ${setting} }` : ""}
 ${at === "cloud_init" ? `cloud_init { ${setting} }` : ""}
 ${options === "" ? "" : `options { ${options} }`}
}
`;
}

/** The keys that a block cannot be without, other than one. */
function neededIn(kind: Kind, block: string, name: string): readonly string[] {
  const spec = kinds.get(kind)?.sections["options"]?.sections[block];
  return Object.entries(spec?.options ?? {}).flatMap(([key, option]) =>
    option.required === true && key !== name ? [`${key} = ${valuesOf(option, option.writes ?? "")[0]}`] : [],
  );
}

/** The command that sets the same, with the keys that Proxmox asks for. */
function command(kind: Kind, { pve }: Attribute, { argument }: Case): readonly string[] {
  const { tool, table } = GUESTS[kind];
  const [name = "", key] = pve.split(".");
  const option = name.replace("[n]", name.startsWith("mp") ? "7" : "3").replace("ide3", "ide1");
  if (key === undefined) return [tool, "set", "101", `--${option}`, argument];
  const format = (table[name] ?? specOf(table, name))?.keys;
  const others = (format?.required ?? [])
    .filter((needed) => needed !== key)
    .map((needed) => REQUIRED[`${name}.${needed}`] ?? `${needed}=${sample(`${name}.${needed}`)}`);
  return [tool, "set", "101", `--${option}`, [...others, `${key}=${argument}`].join(",")];
}

/** Keys that Proxmox asks for, where the first value of the option will not do. */
const REQUIRED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["ide", "sata", "scsi", "virtio"].map((bus) => [`${bus}[n].file`, "none,media=cdrom"])),
  "efidisk0.file": "local:1",
  "tpmstate0.file": "local:1",
  "mp[n].volume": "/srv/a",
  "mp[n].mp": "mp=/seven",
  "net[n].name": "name=eth3",
  "net[n].model": "model=virtio",
  "agent.enabled": "enabled=1",
};

function sample(path: string): string {
  const all = [...kinds.values()].flatMap((kind) => attributesOf(kind.keyword, kind));
  const found = all.find(({ pve }) => pve === path);
  return found === undefined ? "1" : valuesOf(found.option, path)[0].replaceAll('"', "").replace("true", "1");
}

async function isRefused(text: string): Promise<string | undefined> {
  const { diagnostics } = await compile({ entry: "a.phx", files: memoryFiles({ "a.phx": text }) });
  const error = diagnostics.find(({ severity }) => severity === "error");
  return error === undefined ? undefined : `${error.code} ${error.message}`;
}

async function prepare(host: SimulatedHost): Promise<void> {
  for (const argv of [
    ["qm", "create", "101", "--name", "a", "--memory", "4096"],
    ["pct", "create", "101", "local:vztmpl/debian.tar.zst", "--rootfs", "local:4"],
  ])
    await host.execute(argv[0] === "pct" ? argv.map((word) => (word === "101" ? "102" : word)) : argv);
}

for (const kind of ["vm", "ct"] as const)
  test(`${kind}: values at the ends of every range and beyond, every word, and texts that nearly fit`, async () => {
    const spec = kinds.get(kind);
    assert.ok(spec);
    const { table, tool } = GUESTS[kind];
    const attributes = attributesOf(kind, spec).filter((one) => isFirst(one) && !OTHERWISE.test(one.path));
    const state = emptyHost({
      images: ["/var/lib/vz/template/cache/debian.tar.zst"],
      bridges: ["vmbr0", "one", "two"],
      devices: ["/dev/kvm"],
      files: { "/var/lib/vz/snippets/a.sh": "", "/var/lib/vz/snippets/b.sh": "" },
    });
    const apart: string[] = [];
    let [cases, refused] = [0, 0];
    await withHost(state, async (host) => {
      await prepare(host);
      for (const attribute of attributes)
        for (const value of casesOf(attribute, table)) {
          const argv = command(kind, attribute, value).map((word) => (tool === "pct" && word === "101" ? "102" : word));
          const { code, stdout, stderr } = await host.execute(argv);
          const error = await isRefused(source(kind, attribute, value.written));
          cases++;
          if (code !== 0) refused++;
          // An empty value would stand in the file for ever; and a few attributes are stricter, with reasons.
          if (code === 0 && error !== undefined && (value.argument === "" || STRICTER.test(attribute.path))) continue;
          if (code !== 0 && OF_THE_HOST.test(stdout + stderr)) continue;
          if ((code === 0) !== (error === undefined))
            apart.push(
              `${attribute.path} = ${value.written}: ${error ?? "taken"} | ${argv.slice(3).join(" ")}: ${code} ${stdout}${stderr}`,
            );
        }
    });
    assert.equal(apart, []);
    assert.ok(cases > 300 || kind === "ct", `${cases} cases`);
    assert.ok(refused > cases / 4, `${refused} of ${cases} refused`);
    console.log(`${kind}: ${cases} values of ${attributes.length} attributes, ${refused} refused by both`);
  });

test.run();
