import { argOf, diagnose, durationOf, sectionsOf, shellOf, withoutLastLineFeeds } from "../../plugin-api/index.js";
import type { Features, Lowered, Resource, Section, Step } from "../../plugin-api/index.js";
import { scriptForOtherShell, scriptLeftOut, scriptMissing } from "./findings-features.js";
import { joinLowered } from "./step.js";
import { workStep } from "./work.js";

const DEFAULT_SECONDS = 1800;

/** Of the names of their marks in the guest. */
const PREFIX = "script.";

/** Whether a step runs one of these scripts. */
export function isScriptStep({ probe }: Step): boolean {
  return probe.kind === "guest-work" && probe.name.startsWith(PREFIX);
}

/** The scripts of a guest, in the order written. */
export function scriptSteps(resource: Resource, features: Features): Lowered {
  return joinLowered(sectionsOf(resource, "script").map((section) => scriptStep(resource, section, features)));
}

function scriptStep(resource: Resource, section: Section, features: Features): Lowered {
  const name = argOf(section, "name") ?? "";
  const path = `${features.scriptsFolder}/${name}`;
  const source = features.script(name);
  const at = section.argSpans.get("name") ?? section.headSpan;
  if (source === undefined) {
    // What the existing system's configuration names may lie elsewhere; the guest is made without it.
    const kind = at.file.path.endsWith(".json") ? scriptLeftOut : scriptMissing;
    return { steps: [], requirements: [], diagnostics: [diagnose(kind, at, { path })] };
  }
  if (shellOf(source) === undefined) {
    const [line = ""] = source.split("\n", 1);
    return { steps: [], requirements: [], diagnostics: [diagnose(scriptForOtherShell, at, { path, line })] };
  }
  const milliseconds = durationOf(section, "timeout");
  const text = `set -- "\${PARAM_ID}"\n${withoutLastLineFeeds(source)}\n`;
  const step = workStep(resource, {
    ...{ name: `${PREFIX}${name}`, script: `script ${name}`, text, source, asked: section },
    parameters: [
      { name: "id", value: String(resource.id ?? 0) },
      { name: "name", value: resource.name },
    ],
    timeoutSeconds: milliseconds === undefined ? DEFAULT_SECONDS : Math.max(1, Math.round(milliseconds / 1000)),
  });
  return { steps: [step], requirements: [], scripts: { [`script ${name}`]: text } };
}
