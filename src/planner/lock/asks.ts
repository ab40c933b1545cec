import { textOf } from "../../plugin-api/index.js";
import { writtenId } from "../../model/drawn.js";
import type { DrawSort } from "../../model/drawn.js";
import type { Model, Resource, Section } from "../../model/resource.js";
import type { DrawSpec, KindSpec, Lack, SectionSpec, Supply } from "../../plugin-api/index.js";
import type { Span } from "../../text/source.js";

/** A value that the files leave to phxc. */
export interface Ask {
  readonly sort: DrawSort;
  /** Whose it is in the lock file. */
  readonly key: string;
  readonly resource: Resource;
  /** Where the files ask for it. */
  readonly at: Span;
  /** For messages: "the ip of `net lan` of vm 8001 docker-1". */
  readonly label: string;
  readonly supply: Supply | Lack;
}

/**
 * All that is left to phxc, in the order of the files. As long as ids are among it, nothing else is: whatever else a guest
 * asks for has its id in the key.
 */
export function asksOf(model: Model, kinds: ReadonlyMap<string, KindSpec>): readonly Ask[] {
  const resources = [...model.resources.values()];
  const of = (asks: (resource: Resource, kind: KindSpec, model: Model) => readonly Ask[]): readonly Ask[] =>
    resources.flatMap((resource) => {
      const kind = kinds.get(resource.kind);
      return kind === undefined ? [] : asks(resource, kind, model);
    });
  const ids = of(idAsks);
  return ids.some(({ resource }) => resource.id === undefined) ? ids : [...ids, ...of(sectionAsks)];
}

function idAsks(resource: Resource, kind: KindSpec, model: Model): readonly Ask[] {
  const name = kind.identity.id;
  const spec = kind.args.find((arg) => arg.name === name)?.draw;
  if (resource.drawn === undefined || spec === undefined || name === undefined) return [];
  const ask: Ask = {
    sort: spec.sort,
    key: resource.drawn,
    resource,
    at: resource.argSpans.get(name) ?? resource.headSpan,
    label: `the id of ${resource.kind} ${resource.name}`,
    supply: writtenId(resource.drawn) === undefined ? spec.from({ resource }, model) : anyId(resource),
  };
  return [ask];
}

/** The id of a template that was made anew is chosen when that is asked for, and never drawn. */
function anyId({ headSpan }: Resource): Supply {
  const [first, last] = [100n, 999_999_999n];
  return { scope: "", space: "id", first, last, text: `${first}..${last}`, span: headSpan, isTaken: () => false };
}

function sectionAsks(resource: Resource, kind: KindSpec, model: Model): readonly Ask[] {
  return resource.sections.flatMap((section) =>
    [...section.settings.values()].flatMap(({ name, drawn, span }): readonly Ask[] => {
      const spec = drawn === undefined ? undefined : drawOf(kind.sections[section.kind], name);
      if (drawn === undefined || spec === undefined) return [];
      const label = `\`${name}\` in \`${headOf(section)}\` of ${guestLabel(resource)}`;
      const supply = spec.from({ resource, section }, model);
      return [{ sort: spec.sort, key: drawn, resource, at: span, label, supply }];
    }),
  );
}

/** `net lan` */
function headOf({ kind, args }: Section): string {
  const [first] = args.values();
  return [kind, textOf(first)].filter((word) => word !== undefined).join(" ");
}

function drawOf(spec: SectionSpec | undefined, name: string): DrawSpec | undefined {
  return spec !== undefined && Object.hasOwn(spec.options, name) ? spec.options[name]?.draw : undefined;
}

function guestLabel({ kind, id, name }: Resource): string {
  return [kind, ...(id === undefined || name === String(id) ? [] : [id]), name].join(" ");
}
