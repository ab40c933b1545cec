import { optionTooNew } from "../diagnostics/catalogue/planner.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Requirement } from "../model/plan.js";
import type { Resource, Section, Setting } from "../model/resource.js";
import { settingOf, stringOf } from "../plugin-api/index.js";
import type { KindSpec, SectionSpec } from "../plugin-api/index.js";
import { compareReleases } from "../text/order.js";

/** What the options in use ask of the release of Proxmox VE. */
export interface Releases {
  readonly diagnostics: readonly Diagnostic[];
  readonly requirements: readonly Requirement[];
}

/**
 * Options that only newer releases know (`since` in their declaration): refused where the host declares an older one;
 * required on the host where it declares none.
 */
export function releasesOf(
  resources: readonly Resource[],
  kinds: ReadonlyMap<string, KindSpec>,
  host: Resource | undefined,
): Releases {
  const uses = resources.flatMap((resource) => usesIn(resource, kinds.get(resource.kind)));
  const release = host === undefined ? undefined : stringOf(host, "version");
  const declared = host === undefined ? undefined : settingOf(host, "version");
  if (host === undefined || release === undefined || declared === undefined) {
    const newest = uses.toSorted((a, b) => compareReleases(b.since, a.since))[0];
    if (newest === undefined) return { diagnostics: [], requirements: [] };
    const { since, span } = newest;
    return { diagnostics: [], requirements: [{ kind: "version", minimum: since, blocks: [], source: span }] };
  }
  const related = [{ span: declared.span, message: "the release of the host" }];
  const diagnostics = uses
    .filter(({ since }) => compareReleases(since, release) > 0)
    .map(({ name, nameSpan, since }) =>
      diagnose(optionTooNew, nameSpan, { option: name, since, host: host.name, release }, { related }),
    );
  return { diagnostics, requirements: [] };
}

interface Use extends Pick<Setting, "name" | "nameSpan" | "span"> {
  readonly since: string;
}

function usesIn(section: Section, spec: SectionSpec | undefined): readonly Use[] {
  if (spec === undefined) return [];
  const own = [...section.settings.values()].flatMap((setting): readonly Use[] => {
    const since = (spec.options[setting.name] ?? spec.free?.option)?.since;
    return since === undefined ? [] : [{ ...setting, since }];
  });
  const { kind: name, headSpan } = section;
  const whole = spec.since === undefined ? [] : [{ name, nameSpan: headSpan, span: headSpan, since: spec.since }];
  return [...whole, ...own, ...section.sections.flatMap((inner) => usesIn(inner, spec.sections[inner.kind]))];
}
