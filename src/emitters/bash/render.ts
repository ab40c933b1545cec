import runtime from "handlebars/runtime.js";
import { ShellWord } from "./shell-word.js";
import { templates } from "./templates.generated.js";

/** What a template may be given: words that are quoted already, conditions, and lists and records of these. */
export type TemplateData =
  ShellWord | boolean | undefined | readonly TemplateData[] | { readonly [key: string]: TemplateData };

/** The type declarations of the package leave its runtime empty. */
const handlebars = runtime as unknown as typeof Handlebars;

const compiled = new Map<string, (data: object) => string>();

/** Renders `templates/bash/NAME.hbs`. A string among the data is a bug: it might be unquoted. */
export function render(name: string, data: { readonly [key: string]: TemplateData }): string {
  refuseStrings(data, name);
  let template = compiled.get(name);
  if (template === undefined) {
    template = handlebars.template(templates[name] as TemplateSpecification) as (data: object) => string;
    compiled.set(name, template);
  }
  return template(data);
}

function refuseStrings(data: unknown, path: string): void {
  if (data === undefined || typeof data === "boolean" || data instanceof ShellWord) return;
  if (typeof data !== "object" || data === null)
    throw new Error(`${path}: template values are ShellWords, not ${typeof data}`);
  for (const [key, value] of Object.entries(data)) refuseStrings(value, `${path}.${key}`);
}
