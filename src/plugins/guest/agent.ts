import { cloneSource, diagnose, settingOf } from "../../plugin-api/index.js";
import type { Diagnostic, Model, Resource, Setting, Step } from "../../plugin-api/index.js";
import { workWithoutAgent } from "./findings-features.js";

/** Work reaches a virtual machine only through its agent. */
export function agentNeeds(resource: Resource, steps: readonly Step[], model: Model): readonly Diagnostic[] {
  const [first] = steps;
  if (resource.kind !== "vm" || first === undefined) return [];
  const agent = inherited(resource, "agent", model);
  if (agent !== undefined && !isOff(agent)) return [];
  const guest = `vm ${resource.id ?? 0} ${resource.name}`;
  return [diagnose(workWithoutAgent, first.source, { guest, work: first.title })];
}

function inherited(resource: Resource, name: string, model: Model): Setting | undefined {
  const seen = new Set<Resource>();
  for (let at: Resource | undefined = resource; at !== undefined; at = cloneSource(at, model)?.resource) {
    if (seen.has(at)) return undefined;
    seen.add(at);
    const setting = settingOf(at, name);
    if (setting !== undefined) return setting;
  }
  return undefined;
}

function isOff({ value }: Setting): boolean {
  return value.type === "absent" || (value.type === "bool" && !value.value);
}
