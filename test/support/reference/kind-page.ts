import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MIB, lxcKeys, specOf } from "../../../src/plugin-api/index.js";
import type { ArgSpec, KindSpec, OptionSpec, SectionSpec } from "../../../src/plugin-api/index.js";
import type { Effect, Spec } from "../../../src/pve/spec.js";
import { notSettable, onlyCreated } from "../option-coverage.js";
import { root } from "../paths.js";
import { kindNotes, type KindNotes } from "./becomes.js";
import { code, grid, valueText } from "./text.js";

const EFFECTS: Readonly<Record<Effect, string>> = {
  "at-once": "at once",
  pending: "next start",
  "create-only": "creation",
};

/** The page of a kind, from its declaration. */
export function kindPage(kind: KindSpec): string {
  const { keyword, aliases = [], profiles = false } = kind;
  const notes = kindNotes[keyword] ?? { pages: [] };
  const links = notes.pages.map((page) => `[${page}](../${page})`).join(", ");
  return [
    `# ${code(keyword)}`,
    kind.doc,
    `\`\`\`phx\n${exampleOf(keyword)}\`\`\``,
    ...(links === "" ? [] : [`More: ${links}.`]),
    ...(notes.command === undefined ? [] : [becomes(notes.command)]),
    ...(profiles ? [`Profiles: ${code(`${head(kind)} extends PROFILE`)}.`] : []),
    ...(aliases.length === 0 ? [] : [`Elsewhere it is called ${aliases.map(code).join(", ")}.`]),
    "## Attributes",
    ...bodyOf(kind, notes, true),
    ...sectionsOf([keyword], kind, notes),
    ...leftOut(notes),
  ]
    .join("\n\n")
    .concat("\n");
}

function becomes(command: string): string {
  return `_Becomes_ is the option of ${code(command)} that the attribute is written as.`;
}

/** The example of a kind, a whole file of its own. */
export function exampleOf(keyword: string): string {
  return readFileSync(join(root, "test/support/reference/examples", `${keyword}.phx`), "utf8");
}

/** `vm ID NAME` */
function head(spec: SectionSpec, keyword = (spec as Partial<KindSpec>).keyword ?? ""): string {
  return [keyword, ...spec.args.map(argument)].join(" ");
}

function argument({ name, optional = false, rest = false }: ArgSpec): string {
  const word = `${name.toUpperCase()}${rest ? "..." : ""}`;
  return optional ? `[${word}]` : word;
}

function bodyOf(spec: SectionSpec, notes: KindNotes, isKind: boolean): readonly string[] {
  const args = spec.args.map((arg) => [code(arg.name.toUpperCase()), valueText(arg.type), arg.doc]);
  const options = Object.entries(spec.options).map(([name, option]) => row(name, option, notes));
  const free =
    spec.free === undefined
      ? []
      : [
          `Attributes of other names: ${spec.free.describe}; ${valueText(spec.free.option.type)}. ${spec.free.option.doc}`,
        ];
  const headings = ["attribute", "value", "default", "effect", "since", "becomes", "meaning"];
  const words = Object.entries(spec.instead ?? {}).map(([theirs, ours]) => [
    code(theirs),
    /^[\w-]+$/.test(ours) ? code(ours) : ours,
  ]);
  return [
    ...(args.length === 0 ? [] : [grid([["argument", "value", "meaning"], ...args])]),
    ...(options.length === 0 ? [] : [grid([headings, ...options])]),
    ...(args.length + options.length === 0 && isKind ? ["It has none of its own."] : []),
    ...free,
    ...(words.length === 0
      ? []
      : [
          `<details><summary>Words of other tools</summary>\n\n${grid([["instead of", "write"], ...words])}\n\n</details>`,
        ]),
  ];
}

function row(name: string, option: OptionSpec, notes: KindNotes): readonly string[] {
  const pve = option.pve ?? option.writes;
  const [owner = "", key] = pve?.split(".") ?? [];
  const { table } = notes;
  const whole = pve === undefined ? undefined : (table?.[owner] ?? (table && specOf(table, owner)));
  const spec: Spec | undefined = key === undefined ? whole : whole?.keys?.keys[key];
  const only = Object.values(spec?.keys?.keys ?? {});
  const byDefault = spec?.default ?? (only.length === 1 ? only[0]?.default : undefined);
  return [
    option.required === true ? `${code(name)} (required)` : code(name),
    valueText(option.type),
    byDefault === undefined ? "" : code(defaultText(byDefault, option)),
    pve === undefined ? "" : effectOf(pve, option, notes.runs === true, spec, whole),
    option.since ?? whole?.since ?? "",
    pve === undefined || notes.line === undefined ? "" : code(notes.line(owner, key)),
    option.doc,
  ];
}

/** Proxmox counts memory in MiB without saying so. */
function defaultText(value: string | number | boolean, { type }: OptionSpec): string {
  return typeof value === "number" && type.type === "size" && type.multipleOf === MIB ? `${value}MiB` : String(value);
}

/** When a running guest takes a change over; of what is no guest's there is nothing to say. */
function effectOf(
  pve: string,
  option: OptionSpec,
  runs: boolean,
  spec: Spec | undefined,
  whole: Spec | undefined,
): string {
  const effect = pve === "startup" ? "at-once" : (option.effect ?? spec?.effect ?? whole?.effect ?? "pending");
  return runs || effect === "create-only" ? EFFECTS[effect] : "";
}

/** What of Proxmox's own options files cannot say, with the reason. */
function leftOut({ command = "" }: KindNotes): readonly string[] {
  const [tool = ""] = command.split(" ");
  const rows = [notSettable, onlyCreated].flatMap((group) => Object.entries(group[tool] ?? {}));
  const named = rows.map(([name, why]) => [code(`--${name}`), why]);
  return named.length === 0 ? [] : ["## What cannot be declared", grid([["option", "why"], ...named])];
}

const REPEAT = {
  once: "Once.",
  any: "Any number.",
  "by-argument": "Once for each first argument.",
} as const;

function sectionsOf(path: readonly string[], spec: SectionSpec, notes: KindNotes): readonly string[] {
  return Object.entries(spec.sections)
    .filter(([name]) => !isSibling(name, spec))
    .flatMap(([name, section]) => {
      const inner = [...path, name];
      const own = { ...notes, ...notes.blocks?.[name] };
      const command = notes.blocks?.[name]?.command;
      const repeat = REPEAT[section.repeat ?? "by-argument"];
      return [
        `## ${inner.map((part, i) => code(i === inner.length - 1 ? family(part, spec) : part)).join(" > ")}`,
        `\`\`\`text\n${head(section, name)} { ... }\n\`\`\``,
        `${section.doc} ${section.args.length === 0 && section.repeat === undefined ? REPEAT.once : repeat}`,
        ...(command === undefined ? [] : [becomes(command)]),
        ...bodyOf(section, own, false),
        ...(name === "raw" ? [RAW] : []),
        ...sectionsOf(inner, section, own),
      ];
    });
}

/** Which lines of LXC's Proxmox hands on. */
const RAW = `They take effect at the next start. Proxmox takes all keys that begin with \`lxc.cgroup.\`, \`lxc.cgroup2.\`,
\`lxc.prlimit.\` and \`lxc.net.\`, and: ${lxcKeys.map((key) => code(`lxc.${key}`)).join(", ")}.`;

/** Whether it differs from another member of its family (`usb1` from `usb0`) in the number only. */
function isSibling(name: string, { sections }: SectionSpec): boolean {
  const [, stem, number] = /^(.*?)([1-9]\d*)$/.exec(name) ?? [];
  return number !== undefined && sections[`${stem}0`] !== undefined;
}

/** `usb0` to `usb13` are alike. */
function family(name: string, { sections }: SectionSpec): string {
  const stem = name.replace(/0$/, "");
  const last = Object.keys(sections).filter(
    (other) => other.startsWith(stem) && /^\d+$/.test(other.slice(stem.length)),
  );
  return last.length < 2 ? name : `${name} ... ${stem}${last.length - 1}`;
}
