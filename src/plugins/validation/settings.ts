import type { Model, Section, Setting } from "../../plugin-api/index.js";

/** Every setting of a model, nested ones included, in source order; one that several guests share (a profile's) once. */
export function settingsOf(model: Model): readonly Setting[] {
  const places = new Map<string, Setting>();
  for (const resource of model.resources.values()) collect(resource, places);
  return [...places.values()];
}

function collect(section: Section, places: Map<string, Setting>): void {
  for (const setting of section.settings.values()) {
    const { file, start, end } = setting.span;
    const place = `${file.path} ${start} ${end} ${setting.name}`;
    if (!places.has(place)) places.set(place, setting);
  }
  for (const inner of section.sections) collect(inner, places);
}
