import { describeType } from "../../src/checker/values.js";
import { pctConfig, qmConfig, specOf } from "../../src/plugin-api/index.js";
import type { Options, OptionSpec, OptionType, SectionSpec } from "../../src/plugin-api/index.js";
import { lxcKeys } from "../../src/pve/lxc-keys.js";
import type { Effect, Spec } from "../../src/pve/spec.js";
import { kinds } from "./model.js";
import { notSettable, onlyCreated } from "./option-coverage.js";

const INTRODUCTION = `# The options of guests

Everything that \`qm set\` and \`pct set\` let anybody set can be declared. What is common has a name of its own; the rest
stands in \`options { ... }\` under Proxmox's name. This page is made from the declarations, so that it cannot differ.

An option that Proxmox writes as \`key=value\` pairs is a block with its keys, or the text that Proxmox itself writes; not both:

\`\`\`phx
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
vm 101 web {
  bios = ovmf
  disk root { size = 8GiB, storage = local-zfs, iops_rd = 500, aio = native }
  net lan { ip = dhcp, queues = 4 }
  options {
    efidisk0 { storage = local-zfs, efitype = 4m, pre-enrolled-keys = true }
    watchdog { model = i6300esb, action = reset }
    hostpci0 { mapping = gpu, pcie = true }
    vga      = "std,memory=64"
    tablet   = absent
  }
}
\`\`\`

In both forms only the keys that are written are managed, and the others keep what they are. \`absent\` takes an option or a key
away. The volumes of \`efidisk0\` and \`tpmstate0\` are allocated once; a volume that is there is never allocated again.

What a change does to a running guest:

| effect     | meaning                                                                                       |
| ---------- | --------------------------------------------------------------------------------------------- |
| at once    | the running guest takes it over                                                               |
| next start | it waits until the guest has been stopped and started; a reboot from the inside is not enough |
| creation   | it is decided when the guest, or its volume, is made; later the script tells a difference     |

Proxmox refuses none of these options because a guest runs. New mounts and devices of a running container are plugged in
at once, changed ones wait. The effects are those of Proxmox VE 9.2 with its default \`hotplug\`; a virtual machine that
unplugs nothing, or a disk on \`ide\` or \`sata\`, keeps changes waiting. \`--check\` says by each difference of a running guest
when it takes effect, and a plan as Markdown lists what waits.

_Since_ is the oldest release of Proxmox VE that knows the option, where that is 8.1 or later and is known; a host that declares an
older \`version\` is refused. _Default_ is what Proxmox takes where nothing is set.
`;

const EFFECTS: Readonly<Record<Effect, string>> = {
  "at-once": "at once",
  pending: "next start",
  "create-only": "creation",
};

/** The whole page. */
export function optionsPage(): string {
  return [
    INTRODUCTION,
    "## Virtual machines",
    ...kindParts("vm", qmConfig),
    "## Containers",
    ...kindParts("ct", pctConfig),
    rawPart(),
    leftPart(),
  ]
    .join("\n\n")
    .replaceAll("\n\n\n", "\n\n");
}

function kindParts(keyword: string, table: Options): readonly string[] {
  const kind = kinds.get(keyword);
  if (kind === undefined) throw new Error(`no kind ${keyword}`);
  const options = kind.sections["options"];
  const blocks = Object.entries(options?.sections ?? {}).filter(
    ([name]) => !/^(?:hostpci|usb|virtiofs|numa)[1-9]/.test(name),
  );
  return [
    part(`\`${keyword}\``, kind, table),
    ...Object.entries(kind.sections).map(([name, section]) => part(`\`${keyword}\` > \`${name}\``, section, table)),
    ...blocks.map(([name, section]) =>
      part(`\`${keyword}\` > \`options\` > \`${familyName(table, name)}\``, section, table),
    ),
  ].filter((text) => text !== "");
}

/** `hostpci0` to `hostpci15` are alike. */
function familyName(table: Options, name: string): string {
  const stem = name.replace(/0$/, "");
  const family = table[`${stem}[n]`];
  const last = stem === "numa" ? 7 : family?.highest;
  return family === undefined && stem !== "numa" ? name : `${stem}0\` ... \`${stem}${last ?? 0}`;
}

function part(title: string, section: SectionSpec, table: Options): string {
  const rows = Object.entries(section.options).flatMap(([name, option]) => {
    const pve = option.pve ?? option.writes;
    // The other members of a family, and the texts of blocks, differ in nothing.
    if (
      pve === undefined ||
      (option.pve !== undefined && specOf(table, pve)?.keys !== undefined && name !== "cpu" && name !== "memory")
    )
      return [];
    return [row(name, option, pve, table)];
  });
  if (rows.length === 0) return "";
  const head = ["attribute", "Proxmox", "value", "default", "effect", "since", "meaning"];
  return `### ${title}\n\n${section.doc}\n\n${grid([head, ...rows])}`;
}

function row(name: string, option: OptionSpec, pve: string, table: Options): readonly string[] {
  const [owner = "", key] = pve.split(".");
  const whole = table[owner] ?? specOf(table, owner);
  const spec: Spec | undefined = key === undefined ? whole : whole?.keys?.keys[key];
  const only = Object.values(spec?.keys?.keys ?? {});
  const byDefault = spec?.default ?? (only.length === 1 ? only[0]?.default : undefined);
  const effect = option.effect ?? spec?.effect ?? whole?.effect ?? "pending";
  return [
    code(name),
    code(pve),
    valueText(option.type),
    byDefault === undefined ? "" : code(String(byDefault)),
    pve === "startup" ? EFFECTS["at-once"] : EFFECTS[effect],
    option.since ?? whole?.since ?? "",
    option.doc,
  ];
}

/** The type, with its range in the unit of files. */
function valueText(type: OptionType): string {
  const { min, max } = "min" in type || "max" in type ? (type as { readonly min?: number; readonly max?: number }) : {};
  const unit = type.type === "size" ? 1024 ** 2 : type.type === "duration" ? 1000 : 1;
  const show = (value: number): string =>
    `${value / unit}${type.type === "size" ? "MiB" : type.type === "duration" ? "s" : ""}`;
  const range =
    min === undefined
      ? max === undefined
        ? ""
        : `, up to ${show(max)}`
      : max === undefined
        ? `, ${show(min)} or more`
        : `, ${show(min)} to ${show(max)}`;
  return `${describeType(type)}${range}`;
}

function rawPart(): string {
  const keys = lxcKeys.map((key) => `\`lxc.${key}\``).join(", ");
  return [
    "### `ct` > `raw`",
    "",
    "Lines of the container's file that Proxmox hands to LXC; a list is several lines in order. They take effect at the next",
    "start. Proxmox takes all keys that begin with `lxc.cgroup.`, `lxc.cgroup2.`, `lxc.prlimit.` and `lxc.net.`, and:",
    "",
    `${keys}.`,
  ].join("\n");
}

function leftPart(): string {
  const rows = ["qm", "pct"].flatMap((tool) =>
    [notSettable, onlyCreated].flatMap((group) =>
      Object.entries(group[tool] ?? {}).map(([name, why]) => [code(`${tool} --${name}`), why]),
    ),
  );
  return `## What cannot be declared\n\n${grid([["option", "why"], ...rows])}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function grid(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((line) => line.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(3, ...cells.map((line) => line[i]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
