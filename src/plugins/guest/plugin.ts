import {
  argOf,
  definePlugin,
  defineRule,
  diagnose,
  guests,
  sectionsOf,
  settingOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, DiagnosticKind, Model, Resource, Span } from "../../plugin-api/index.js";
import { slots } from "./slots.js";
import { isAttribute } from "./features.js";
import { featureFindings } from "./findings-features.js";
import { featureIsAttribute, guestFindings, volumesNotMounted } from "./findings.js";

interface Use {
  readonly guest: string;
  readonly names: readonly string[];
  readonly span: Span;
}

/** What Proxmox calls the features of a container are attributes here. */
const attributes = defineRule({
  name: "guest/feature-is-attribute",
  check: (model, report) => {
    for (const guest of guests(model)) {
      const names = stringsOf(guest, "features").filter((name) => isAttribute(guest, name));
      const span = settingOf(guest, "features")?.span;
      if (names.length > 0 && span !== undefined) report(diagnose(featureIsAttribute, span, { names }));
    }
  },
});

/** One note for all network volumes: they are accepted, and not mounted. */
const volumes = defineRule({
  name: "guest/volumes-not-mounted",
  check: (model, report) => {
    const uses = usesOf(model, (guest) => {
      const blocks = sectionsOf(guest, "volume");
      return { names: blocks.map((block) => argOf(block, "name") ?? ""), span: blocks[0]?.headSpan };
    });
    const kind = volumesNotMounted;
    reportUses(uses, report, (span, names, holders) => diagnose(kind, span, { volumes: names, guests: holders }));
  },
});

function usesOf(
  model: Model,
  find: (guest: Resource) => { readonly names: readonly string[]; readonly span: Span | undefined },
): readonly Use[] {
  return guests(model).flatMap((guest) => {
    const { names, span } = find(guest);
    return names.length === 0 || span === undefined ? [] : [{ guest: guest.name, names, span }];
  });
}

function reportUses(
  uses: readonly Use[],
  report: (finding: Diagnostic) => void,
  finding: (span: Span, names: readonly string[], holders: readonly string[]) => Diagnostic,
): void {
  const [first] = uses;
  if (first === undefined) return;
  const names = [...new Set(uses.flatMap((use) => use.names))].toSorted();
  const holders = uses.map((use) => use.guest);
  report(finding(first.span, names, holders));
}

const diagnostics: readonly DiagnosticKind<never>[] = [...guestFindings, ...featureFindings];

/** What both kinds of guests share: findings, and notes about what is accepted and not compiled. */
export const guestPlugin = definePlugin({ name: "guest", rules: [attributes, volumes, slots], diagnostics });
