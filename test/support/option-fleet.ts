import { pctConfig, qmConfig, specOf } from "../../src/plugin-api/index.js";
import type { Options, OptionSpec, SectionSpec } from "../../src/plugin-api/index.js";
import { kinds } from "./model.js";
import { valuesOf } from "./option-values.js";

/** What files say of all options: the first values, the second ones, no keys that can go, no options that can go. */
export type Stage = "first" | "second" | "without-keys" | "without";

/** One text that declares every attribute which stands for an option of Proxmox, in one of the stages. */
export function optionFleet(stage: Stage): string {
  const write = (spec: SectionSpec, table: Options, without: readonly string[] = []): string =>
    attributesAt(spec, table, stage, without).join("\n    ");
  const [vm, ct] = [kindSpec("vm"), kindSpec("ct")];
  const inner = (kind: SectionSpec, name: string): SectionSpec => kind.sections[name] ?? kind;
  return `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
network other { bridge = vmbr1 }
vm 101 blocks {
  // The host has none of its devices.
  state = stopped
  ${write(vm, qmConfig, ["cpu", "template"])}
  disk root { size = 8GiB, storage = local-lvm
    ${write(inner(vm, "disk"), qmConfig, ["model"])}
  }
  disk other { size = 1GiB, slot = ide0
    ${write({ ...inner(vm, "disk"), options: pick(inner(vm, "disk").options, "model") }, qmConfig)}
  }
  cdrom drive { slot = sata1
    ${write(inner(vm, "cdrom"), qmConfig)}
  }
  net lan { ip = ${stage === "first" ? "10.0.0.10" : "dhcp"}
    ${write(inner(vm, "net"), qmConfig, ["ip", "gateway"])}
  }
  boot {
    ${write(inner(vm, "boot"), qmConfig)}
  }
  options {
    ${plainAt(inner(vm, "options"), qmConfig, stage).join("\n    ")}
    ${blocksAt(inner(vm, "options"), qmConfig, stage).join("\n    ")}
  }
}
vm 102 texts {
  state = stopped
  ${write({ ...vm, options: pick(vm.options, "cpu") }, qmConfig)}
  disk root { size = 1GiB, storage = local-lvm }
  net other { }
  cloud_init {
    ${write(inner(vm, "cloud_init"), qmConfig)}
  }
  options {
    ${textsAt(inner(vm, "options"), stage).join("\n    ")}
  }
}
ct 103 container {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  ${write(ct, pctConfig, ["template", "unprivileged"])}
  disk root { size = 8GiB, storage = local-lvm
    ${write(inner(ct, "disk"), pctConfig, ["at", "backup", "keepattrs"])}
  }
  disk data { size = 1GiB, at = "/data"
    ${write(inner(ct, "disk"), pctConfig, ["at"])}
  }
  mount "/srv/a" { at = "/a"
    ${write(inner(ct, "mount"), pctConfig, ["at"])}
  }
  net lan { ip = ${stage === "first" ? "10.0.0.11" : "dhcp"}
    ${write(inner(ct, "net"), pctConfig, ["ip", "gateway"])}
  }
  device "/dev/kvm" {
    ${write(inner(ct, "device"), pctConfig)}
  }
  boot {
    ${write(inner(ct, "boot"), pctConfig)}
  }
  options {
    ${write(inner(ct, "options"), pctConfig)}
  }
}
`;
}

/** Attributes that stand for options, in the order of their declaration. */
function attributesAt(spec: SectionSpec, table: Options, stage: Stage, without: readonly string[]): readonly string[] {
  return Object.entries(spec.options).flatMap(([name, option]) => {
    const pve = option.pve ?? option.writes;
    if (pve === undefined || without.includes(name)) return [];
    const value = valueAt(option, pve, pve.includes(".") || pve === "startup", stage);
    return value === undefined ? [] : [`${name} = ${value}`];
  });
}

function valueAt(option: OptionSpec, pve: string, isKey: boolean, stage: Stage): string | undefined {
  const [first, second] = valuesOf(option, pve);
  if (stage === "first") return first;
  const isRemovable = option.removable ?? (option.pve !== undefined && option.required !== true);
  if (stage === "second" || !isRemovable || (stage === "without-keys" && !isKey)) return second;
  return "absent";
}

/** Options that are one value; the property strings stand as blocks. */
function plainAt(spec: SectionSpec, table: Options, stage: Stage): readonly string[] {
  const blocks = new Set(Object.keys(spec.sections));
  const options = Object.fromEntries(Object.entries(spec.options).filter(([name]) => !blocks.has(name)));
  const gone = stage === "without" ? Object.keys(spec.options).filter((name) => blocks.has(name)) : [];
  return [...attributesAt({ ...spec, options }, table, stage, []), ...gone.map((name) => `${name} = absent`)];
}

function blocksAt(spec: SectionSpec, table: Options, stage: Stage): readonly string[] {
  if (stage === "without") return [];
  return Object.entries(spec.sections).map(
    ([name, block]) => `${name} {\n      ${attributesAt(block, table, stage, []).join("\n      ")}\n    }`,
  );
}

/** Property strings as Proxmox writes them: all keys that are needed, and one more. */
function textsAt(spec: SectionSpec, stage: Stage): readonly string[] {
  return Object.keys(spec.options).flatMap((name) => {
    const block = spec.sections[name];
    const keys = specOf(qmConfig, name)?.keys;
    // A machine has one state of its firmware and of its TPM: those are the other one's.
    if (block === undefined || keys === undefined || name === "efidisk0" || name === "tpmstate0") return [];
    if (stage === "without") return [`${name} = absent`];
    const parts = Object.entries(block.options).flatMap(([key, option], i) => {
      const at = `${name.replace(/\d+$/, (digits) => (qmConfig[name] === undefined ? "[n]" : digits))}.${key}`;
      if (!keys.required.includes(key) && i > 1) return [];
      const value = valuesOf(option, at)[stage === "first" ? 0 : 1];
      const text =
        value === "true" ? "1" : value === "false" ? "0" : value.replace(/^\[|[\]"]|^"/g, "").replace(/", ?"|, /g, ";");
      return [`${key}=${text}`];
    });
    return [`${name} = ${JSON.stringify(parts.join(","))}`];
  });
}

function pick<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key === name));
}

function kindSpec(keyword: string): SectionSpec {
  const kind = kinds.get(keyword);
  if (kind === undefined) throw new Error(`no kind ${keyword}`);
  return kind;
}
