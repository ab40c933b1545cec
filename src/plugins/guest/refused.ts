import {
  checkValue,
  defineRule,
  diagnose,
  renderKey,
  renderOption,
  resourcesOf,
  specOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  KindSpec,
  Options,
  OptionSpec,
  Rule,
  Section,
  SectionSpec,
  Setting,
  Span,
} from "../../plugin-api/index.js";
import { optionTwice, refusedValue } from "./findings.js";

type Report = (finding: Diagnostic) => void;

/** What the script makes of more than the attribute: keys go through a file, addresses get their network's prefix. */
const COMPOSED = /^(?:sshkeys|(?:net|ipconfig)\[n\]\.(?:ip|gw)6?)$/;

type Spec = Pick<SectionSpec, "options" | "sections">;

/**
 * Values that Proxmox would refuse, by its own checks: types and patterns say most of it in better words, and this is what
 * they let through. And options that are given twice, under two names or in two forms.
 */
export function refusedValues(kind: Pick<KindSpec, "keyword" | "options" | "sections">, table: Options): Rule {
  return defineRule({
    name: `${kind.keyword}/values-that-proxmox-refuses`,
    check: (model, report) => {
      for (const guest of resourcesOf(model, kind.keyword)) checkSection(guest, kind, table, report, new Map());
    },
  });
}

/** `given`: the options that were seen in the guest, each with the place. */
function checkSection(section: Section, spec: Spec, table: Options, report: Report, given: Map<string, Span>): void {
  const once = (name: string, span: Span): void => {
    const first = given.get(name);
    given.set(name, first ?? span);
    if (first === undefined) return;
    report(diagnose(optionTwice, span, { name }, { related: [{ span: first, message: "first given here" }] }));
  };
  for (const setting of section.settings.values()) {
    const option = Object.hasOwn(spec.options, setting.name) ? spec.options[setting.name] : undefined;
    if (option === undefined) continue;
    const message = refusal(setting, option, table);
    if (message !== undefined) report(diagnose(refusedValue, setting.span, { name: setting.name, message }));
    if (option.pve !== undefined) once(option.pve, setting.nameSpan);
  }
  for (const inner of section.sections) {
    const innerSpec = spec.sections[inner.kind];
    if (innerSpec === undefined) continue;
    if (section.kind === "options") once(inner.kind, inner.headSpan);
    checkSection(inner, innerSpec, table, report, given);
  }
}

/** Proxmox's words about a value; undefined for a good one. */
function refusal({ value }: Setting, option: OptionSpec, table: Options): string | undefined {
  const path = option.pve ?? option.writes;
  if (path === undefined || COMPOSED.test(path)) return undefined;
  if (value.type === "absent" || value.type === "error" || value.type === "secret") return undefined;
  // The volume of an image follows from its declaration.
  if (value.type === "ref" && path === "ide[n].file") return undefined;
  const [name = "", key] = path.split(".");
  const whole = table[name] ?? specOf(table, name);
  const spec = key === undefined ? whole : whole?.keys?.keys[key];
  if (spec === undefined) return undefined;
  const text = key === undefined ? renderOption(option, value) : renderKey(option, value);
  if (key !== undefined && text.includes(",")) return "a comma would end it: the option is one text with all keys";
  const [first] = checkValue(name, spec, text);
  return first?.message.trim().replaceAll("\n", "; ");
}
