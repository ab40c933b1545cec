import { planDamaged, planForeign, planNewer } from "../../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../../diagnostics/diagnostic.js";
import type { Declared, DeclaredGuest, HostThing, Memory, RetiredGuest, RetiredThing } from "../../model/memory.js";
import { THING_KINDS } from "../../model/memory.js";
import { PLAN_FORMAT, PLAN_FORMAT_VERSION } from "../../model/plan.js";
import { DataProblem, flag, keyed, list, number, object, record, string } from "../../text/data.js";
import type { Data } from "../../text/data.js";
import { span } from "../../text/source.js";
import { readTexts } from "./texts.js";
import type { SourceFile } from "../../text/source.js";

/** Reads what a committed plan tells the next one; none when it cannot be used, which is a finding at the file. */
export function readMemory(file: SourceFile, text: string, host: string): Result<Memory | undefined> {
  const nothing = (finding: Diagnostic): Result<undefined> => ({ value: undefined, diagnostics: [finding] });
  const at = span(file, 0);
  const { path } = file;
  try {
    const data = object(JSON.parse(text), "it");
    if (data["format"] !== PLAN_FORMAT) throw new DataProblem(`its format is not ${PLAN_FORMAT}`);
    const version = number(data["formatVersion"], "formatVersion");
    if (version > PLAN_FORMAT_VERSION) {
      return nothing(diagnose(planNewer, at, { path, version, known: PLAN_FORMAT_VERSION }));
    }
    const written = string(data["host"], "host");
    if (written !== host) return nothing(diagnose(planForeign, at, { path, host: written, wanted: host }));
    return { value: memoryOf(data), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof DataProblem || error instanceof SyntaxError)) throw error;
    const problem = error instanceof DataProblem ? error.message : "it is not JSON";
    return nothing(diagnose(planDamaged, at, { path, problem }));
  }
}

function memoryOf(data: Data): Memory {
  const retired = list(data["retired"], "retired", retiredOf);
  return {
    declared: declaredOf(object(data["declared"], "declared")),
    retired,
    retiredThings: list(data["retiredThings"], "retiredThings", retiredThingOf),
    digest: digest(data["digest"], "digest"),
    ancestry: list(data["ancestry"], "ancestry", digest),
    texts: readTexts(data["steps"] ?? []),
  };
}

function declaredOf(data: Data): Declared {
  return {
    guests: list(data["guests"], "declared.guests", (item, where) => guestOf(object(item, where), where)),
    things: list(data["things"], "declared.things", thingOf),
  };
}

function guestOf(data: Data, where: string): DeclaredGuest {
  const { kind } = data;
  if (kind !== "vm" && kind !== "ct") throw new DataProblem(`${where}.kind is neither vm nor ct`);
  return {
    kind,
    id: number(data["id"], `${where}.id`),
    name: matching(NAME)(data["name"], `${where}.name`),
    needs: list(data["needs"], `${where}.needs`, string),
    options: keyed(matching(OPTION), data["options"], `${where}.options`, string),
    snapshots: list(data["snapshots"], `${where}.snapshots`, matching(SNAPSHOT)),
    firewall: flag(data["firewall"], `${where}.firewall`),
    rawLines: keyed(matching(RAW_KEY), data["rawLines"], `${where}.rawLines`, (item, at) => list(item, at, string)),
    slots: record(data["slots"], `${where}.slots`, matching(SLOT)),
    ...(data["inputs"] === undefined
      ? {}
      : { inputs: keyed(matching(INPUT), data["inputs"], `${where}.inputs`, matching(INPUT)) }),
  };
}

function retiredOf(item: unknown, where: string): RetiredGuest {
  const data = object(item, where);
  return {
    ...guestOf(data, where),
    whole: flag(data["whole"], `${where}.whole`),
    names: list(data["names"], `${where}.names`, matching(NAME)),
    keys: keyed(matching(OPTION), data["keys"], `${where}.keys`, (keys, at) =>
      keyed(matching(PROPERTY), keys, at, string),
    ),
  };
}

function thingOf(item: unknown, where: string): HostThing {
  const data = object(item, where);
  const kind = THING_KINDS.find((known) => known === data["kind"]);
  if (kind === undefined) throw new DataProblem(`${where}.kind is none of ${THING_KINDS.join(", ")}`);
  return {
    kind,
    name: matching(PATHS.has(kind) ? PATH : THING)(data["name"], `${where}.name`),
    fixed: keyed(matching(PROPERTY), data["fixed"], `${where}.fixed`, string),
    options: keyed(matching(PROPERTY), data["options"], `${where}.options`, string),
  };
}

function retiredThingOf(item: unknown, where: string): RetiredThing {
  return { ...thingOf(item, where), whole: flag(object(item, where)["whole"], `${where}.whole`) };
}

/** What becomes a word of a command or a name that the script looks up is held to what phxc itself writes. */
const OPTION = /^(?:[a-z][a-z0-9_-]*|(?:mp|dev) .+)$/;
const PROPERTY = /^[A-Za-z0-9][\w:.-]*$/;
const THING = /^[A-Za-z0-9/_][\w:./@#!+-]*$/;
const PATHS: ReadonlySet<string> = new Set(["directory", "image"]);
const PATH = /^\/[^\p{C}]*$/u;
const INPUT = /^[A-Za-z0-9][\w./:@+-]*$/;
const RAW_KEY = /^lxc\.[\w.-]+$/;
const SNAPSHOT = /^[A-Za-z][\w-]*\*?$/;
const SLOT = /^(?:scsi|virtio|sata|ide|net|hostpci|usb|virtiofs)\d{1,2}$|^fstab$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;

function matching(form: RegExp): (value: unknown, where: string) => string {
  return (value, where) => {
    const text = string(value, where);
    if (form.test(text)) return text;
    throw new DataProblem(`${where} is ${JSON.stringify(text)}, which phxc does not write`);
  };
}

function digest(value: unknown, where: string): string {
  const text = string(value, where);
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new DataProblem(`${where} is not a SHA-256`);
}
