import type { Memory, PlanMemory, TextChange } from "../../model/memory.js";
import type { Probe, Step } from "../../model/plan.js";
import { fileName } from "../../plugin-api/index.js";
import { DataProblem, list, object, string } from "../../text/data.js";
import type { Data } from "../../text/data.js";

type Of<K extends Probe["kind"]> = Extract<Probe, { readonly kind: K }>;

/** What a text needs to be known of a probe that writes one. */
type TextProbe =
  | Pick<Of<"file">, "kind" | "path" | "block" | "content" | "secrets">
  | Pick<Of<"snippet">, "kind" | "storage" | "file" | "content" | "secrets">
  | Pick<Of<"firewall-piece">, "kind" | "piece" | "name" | "lines">
  | Pick<Of<"firewall-file">, "kind" | "scope" | "name" | "options" | "rules">;

type Texts = Memory["texts"];

/** The texts that steps write: files of the host and of guests' firewalls, snippets, parts of the firewall of cluster and node. */
function textsOf(steps: readonly Step[]): Texts {
  return new Map(steps.flatMap(({ probe }) => (isText(probe) ? [textOf(probe)] : [])));
}

/** The same of the steps that a committed plan holds as data; throws a {@link DataProblem} where they are not what phxc writes. */
export function readTexts(steps: unknown): Texts {
  const found = list(steps, "steps", (item, where) => {
    const probe = object(object(item, where)["probe"], `${where}.probe`);
    const known = probeOf(probe, `${where}.probe`);
    return known === undefined ? [] : [textOf(known)];
  });
  return new Map(found.flat());
}

/**
 * How the texts that steps write differ from those of the committed plan, in the order of the steps; then what they write no more,
 * where it is all of the host (`whole`). What belongs to a guest that is gone itself goes with it, and is not told.
 */
export function changedTexts(
  previous: Memory,
  steps: readonly Step[],
  gone: PlanMemory["retired"],
  whole: boolean,
): readonly TextChange[] {
  const now = textsOf(steps);
  const written = [...now].flatMap(([name, text]): readonly TextChange[] => {
    const before = previous.texts.get(name);
    return before === text ? [] : [{ name, ...(before === undefined ? {} : { before }), after: text }];
  });
  if (!whole) return written;
  const ids = new Set(gone.filter((guest) => guest.whole).map(({ id }) => String(id)));
  const left = [...previous.texts].filter(([name]) => !now.has(name) && !ids.has(guestIn(name)));
  return [...written, ...left.map(([name, before]): TextChange => ({ name, before }))];
}

/** The id in the name of a guest's text; empty where it is of no guest. */
function guestIn(name: string): string {
  return (
    /^\/etc\/pve\/firewall\/(\d+)\.fw$|:snippets\/phxc-(\d+)-/
      .exec(name)
      ?.slice(1)
      .find((id) => id !== undefined) ?? ""
  );
}

function isText(probe: Probe): probe is Extract<Probe, { readonly kind: TextProbe["kind"] }> {
  return ["file", "snippet", "firewall-piece", "firewall-file"].includes(probe.kind);
}

function textOf(probe: TextProbe): readonly [string, string] {
  switch (probe.kind) {
    case "file":
      return [fileName(probe), withoutSecrets(probe)];
    case "snippet":
      // The digest in its name changes with its text.
      return [`${probe.storage}:snippets/${probe.file.replace(/-[0-9a-f]+(?=\.yaml$)/, "")}`, withoutSecrets(probe)];
    case "firewall-piece":
      return [`/etc/pve/firewall/cluster.fw#${probe.piece} ${probe.name}`, lines(probe.lines)];
    case "firewall-file": {
      const path = probe.scope === "cluster" ? "/etc/pve/firewall/cluster.fw" : "/etc/pve/local/host.fw";
      const options = probe.options.map(([name, value]) => `${name}: ${value}`);
      const section = (head: string, body: readonly string[]): readonly string[] =>
        body.length === 0 ? [] : [`[${head}]`, ...body];
      return [path, lines([...section("OPTIONS", options), ...section("RULES", probe.rules)])];
    }
  }
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

/** Where a secret is stands in its place. */
function withoutSecrets({ content, secrets = [] }: Pick<Of<"file">, "content" | "secrets">): string {
  return secrets.reduce((text, { token, secret }) => text.replaceAll(token, () => `(secret ${secret})`), content);
}

function probeOf(data: Data, where: string): TextProbe | undefined {
  const text = (key: string): string => string(data[key], `${where}.${key}`);
  const texts = (key: string): readonly string[] => list(data[key], `${where}.${key}`, string);
  const { kind } = data;
  switch (kind) {
    case "file": {
      const block = data["block"] === undefined ? {} : { block: text("block") };
      return { kind, path: text("path"), ...block, content: text("content"), secrets: secretsIn(data, where) };
    }
    case "snippet":
      return {
        kind,
        storage: text("storage"),
        file: text("file"),
        content: text("content"),
        secrets: secretsIn(data, where),
      };
    case "firewall-piece":
      return {
        kind,
        piece: oneOf(["group", "ipset", "alias"], text("piece"), where),
        name: text("name"),
        lines: texts("lines"),
      };
    case "firewall-file":
      return {
        kind,
        scope: oneOf(["cluster", "node"], text("scope"), where),
        name: text("name"),
        options: list(data["options"], `${where}.options`, pair),
        rules: texts("rules"),
      };
    default:
      return undefined;
  }
}

function oneOf<T extends string>(words: readonly T[], word: string, where: string): T {
  const found = words.find((known) => known === word);
  if (found === undefined) throw new DataProblem(`${where} has none of the words ${words.join(", ")}`);
  return found;
}

function pair(item: unknown, where: string): readonly [string, string] {
  const [name, value] = list(item, where, string);
  return [name ?? "", value ?? ""];
}

function secretsIn(data: Data, where: string): NonNullable<Of<"file">["secrets"]> {
  return list(data["secrets"] ?? [], `${where}.secrets`, (item, at) => {
    const place = object(item, at);
    const [token, secret] = [string(place["token"], `${at}.token`), string(place["secret"], `${at}.secret`)];
    return { token, form: "text", secret };
  });
}
