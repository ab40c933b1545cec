import * as assert from "uvu/assert";
import { check } from "../../src/checker/index.js";
import type { CheckerIo, ParamSetting, SourceDocument } from "../../src/checker/index.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import type { Model, Resource, Section, Value } from "../../src/model/resource.js";
import { parse } from "../../src/parser/index.js";
import type { KindSpec, Rule } from "../../src/plugin-api/index.js";
import { position, sourceFile } from "../../src/text/source.js";
import { toyKinds } from "./toy-kinds.js";

/** What a checked text is surrounded by. */
export interface Around {
  /** Other files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, ParamSetting>>;
  readonly kinds?: ReadonlyMap<string, KindSpec>;
  readonly rules?: readonly Rule[];
  /** The entry's path. */
  readonly path?: string;
}

export interface Checked {
  readonly model: Model;
  readonly findings: readonly Diagnostic[];
}

/** Parses and checks a text with the toy kinds. */
export function checkText(text: string, around: Around = {}): Checked {
  const { value, diagnostics } = check({
    entry: document(around.path ?? "main.phx", text),
    kinds: around.kinds ?? toyKinds,
    rules: around.rules ?? [],
    params: new Map(Object.entries(around.params ?? {})),
    io: ioOf(around),
  });
  return { model: value, findings: diagnostics };
}

function document(path: string, text: string): SourceDocument {
  const file = sourceFile(path, text);
  const { value, diagnostics } = parse(file);
  return { file, document: value, source: { path, sha256: `sha of ${path}` }, diagnostics };
}

function ioOf({ files = {}, env = {} }: Around): CheckerIo {
  const text = (path: string): string | undefined => (Object.hasOwn(files, path) ? files[path] : undefined);
  return {
    load: (path) => {
      const found = text(path);
      return found === undefined ? { error: "missing" } : document(path, found);
    },
    listFolder: (path) => {
      const prefix = path === "." ? "" : `${path}/`;
      const names = Object.keys(files)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length));
      const entries = new Set(names.map((name) => name.split("/")[0] ?? ""));
      return entries.size === 0 || text(path) !== undefined ? undefined : [...entries].sort();
    },
    readText: (path) => {
      const found = text(path);
      return found === undefined
        ? { ok: false, reason: "missing" }
        : { ok: true, text: found, sha256: `sha of ${path}` };
    },
    env: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
  };
}

/** `PHX3061 2:3`, with the file before the place when it is not the entry. */
export function codes({ findings }: Checked): readonly string[] {
  return findings.map(({ code, span }) => {
    const { line, column } = position(span.file, span.start);
    const path = span.file.path === "main.phx" ? "" : `${span.file.path}:`;
    return `${code} ${path}${line}:${column}`;
  });
}

/** The model of a text that has no findings. */
export function clean(text: string, around: Around = {}): Model {
  const checked = checkText(text, around);
  assert.equal(
    checked.findings.map(({ message }) => message),
    [],
  );
  return checked.model;
}

/** Expects exactly one finding, and gives it. */
export function only(text: string, place: string, around: Around = {}): Diagnostic {
  const checked = checkText(text, around);
  assert.equal(codes(checked), [place], checked.findings.map(({ message }) => message).join("\n"));
  const [finding] = checked.findings;
  if (finding === undefined) throw new Error("no finding");
  return finding;
}

/** A resource that has to be there. */
export function resource(model: Model, address: string): Resource {
  const found = model.resources.get(address);
  if (found === undefined) throw new Error(`no ${address} among ${[...model.resources.keys()].join(", ")}`);
  return found;
}

/** A setting's value as plain data: numbers, texts, lists; `absent`; references as `-> address`. */
export function plain(section: Section, name: string): unknown {
  const setting = section.settings.get(name);
  return setting === undefined ? undefined : plainValue(setting.value);
}

export function plainValue(value: Value): unknown {
  switch (value.type) {
    case "list":
      return value.items.map(plainValue);
    case "map":
      return Object.fromEntries(value.entries.map(([key, item]) => [key, plainValue(item)]));
    case "ref":
      return `-> ${value.address}`;
    case "secret":
      return `secret ${value.source}`;
    case "absent":
    case "error":
      return `(${value.type})`;
    default:
      return value.value;
  }
}

/** The one value of `name = EXPR` in a vm. */
export function evaluated(
  name: string,
  expression: string,
  around: Around & { readonly before?: string } = {},
): unknown {
  const model = clean(`${around.before ?? ""}\nvm 100 a {\n  ${name} = ${expression}\n}\n`, around);
  return plain(resource(model, "vm.100"), name);
}

/** The one finding about `name = EXPR` in a vm; the expression stands on line 3, column by the name's length. */
export function refused(
  name: string,
  expression: string,
  place: string,
  around: Around & { before?: string } = {},
): Diagnostic {
  return only(`${around.before ?? ""}\nvm 100 a {\n  ${name} = ${expression}\n}\n`, place, around);
}
