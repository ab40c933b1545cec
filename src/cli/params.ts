import { resolve } from "node:path";
import type { JsonValue, ParamSetting } from "../compile.js";
import { readText } from "../host/files.js";
import { describeFailure } from "../text/files.js";
import { position, sourceFile } from "../text/source.js";
import { isProblem, valueOf } from "./command.js";
import type { Arguments, Problem } from "./command.js";
import type { Terminal } from "./terminal.js";

const VARIABLE_PREFIX = "PHX_PARAM_";

/** Values of params by name: `--set` wins over the params file, which wins over the environment. */
export function readParams(args: Arguments, terminal: Terminal): ReadonlyMap<string, ParamSetting> | Problem {
  const params = new Map<string, ParamSetting>();
  for (const [name, text] of Object.entries(terminal.env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || text === undefined) continue;
    params.set(name.slice(VARIABLE_PREFIX.length), { origin: name, ambient: true, text });
  }
  const file = valueOf(args, "params");
  const fromFile = file === undefined ? new Map<string, JsonValue>() : readParamsFile(file, terminal.cwd);
  if (isProblem(fromFile)) return fromFile;
  for (const [name, json] of fromFile) params.set(name, { origin: file ?? "", json });
  for (const given of args.values.get("set") ?? []) {
    const equals = given.indexOf("=");
    if (equals < 1) return { problem: `\`--set ${given}\` wants NAME=VALUE` };
    params.set(given.slice(0, equals), { origin: `--set ${given.slice(0, equals)}`, text: given.slice(equals + 1) });
  }
  return params;
}

function readParamsFile(path: string, cwd: string): ReadonlyMap<string, JsonValue> | Problem {
  const read = readText(resolve(cwd, path));
  if (!read.ok) return { problem: `cannot read ${path}: ${describeFailure(read.reason)}` };
  const parsed = parse(read.text);
  if ("problem" in parsed) return { problem: `${path}${placeOf(parsed.problem, read.text)} is not JSON` };
  const { value } = parsed;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  return { problem: `${path} must hold a JSON object: names of params and their values` };
}

function parse(text: string): { readonly value: JsonValue } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "" };
  }
}

/** `:3:14` from what the engine says about the place; nothing where it says none. */
function placeOf(problem: string, text: string): string {
  const offset = /position (\d+)/.exec(problem)?.[1];
  if (offset === undefined) return "";
  const file = sourceFile("", text);
  const { line, column } = position(file, Number(offset));
  return `:${line}:${column}`;
}
