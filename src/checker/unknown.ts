import type { SectionSpec } from "../plugin-api/index.js";
import type { Attribute, Block, Item } from "../syntax/ast.js";
import { cover, span } from "../text/source.js";
import type { Span } from "../text/source.js";
import {
  attributeForBlock,
  badFreeName,
  belongsElsewhere,
  blockForAttribute,
  extendsNotTaken,
  unknownAttribute,
  unknownBlock,
  unknownKind,
} from "../diagnostics/catalogue/semantics.js";
import type { Fix } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { formOf } from "./arguments.js";
import { report } from "./context.js";
import { isDoubtful } from "./doubts.js";
import { meantKind, meantName } from "./habits.js";
import { labelOf } from "./labels.js";
import type { BodyNode, Context } from "./context.js";
import { optionOf } from "./settings.js";
import { replacement } from "./words.js";

/** What a body may hold, for one or (inside of profiles) several kinds. */
interface Place {
  readonly specs: readonly SectionSpec[];
  /** How findings name it: `vm.8001`, `profile docker_host`. */
  readonly where: string;
  /** Keywords from the top-level block down to it; for blocks of one kind. */
  readonly path?: readonly string[];
}

/** A block inside a body that its kind does not have. */
export function unknownSection(ctx: Context, block: Block, node: BodyNode, profile: string | undefined): void {
  if (profile === undefined) return reportSection(ctx, block, { specs: [node.spec], where: labelOf(node) });
  const isOfOther = profileSpecsAt(ctx, node.path).some((spec) => Object.hasOwn(spec.sections, block.kind.text));
  if (isOfOther) reportForKind(ctx, block.kind.span, node, profile, true);
}

/** An attribute that a kind does not have. What no kind with profiles has was reported at the profile itself. */
export function unknownSetting(ctx: Context, attribute: Attribute, node: BodyNode, profile: string | undefined): void {
  if (profile === undefined) {
    return reportAttribute(ctx, attribute, { specs: [node.spec], where: labelOf(node), path: node.path });
  }
  const isOfOther = profileSpecsAt(ctx, node.path).some((spec) => optionOf(spec, attribute.name.text) !== undefined);
  if (isOfOther) reportForKind(ctx, attribute.name.span, node, profile, false);
}

/** A profile sets what another kind has: right in itself, wrong for the block that extends it. */
function reportForKind(ctx: Context, at: Span, node: BodyNode, profile: string, isBlock: boolean): void {
  const related = [{ span: node.headSpan, message: `extends profile \`${profile}\`` }];
  const name = at.file.text.slice(at.start, at.end);
  const where = `\`${node.keyword}\``;
  if (isBlock) report(ctx, unknownBlock, at, { keyword: name, where, suggested: undefined }, { related });
  else report(ctx, unknownAttribute, at, { name, where, suggested: undefined }, { related });
}

/** The kinds that may extend profiles. */
export function profileSpecs(ctx: Context): readonly SectionSpec[] {
  return [...ctx.kinds.values()].filter((kind) => kind.profiles === true);
}

/** What these kinds have at a path of nested blocks. */
function profileSpecsAt(ctx: Context, path: readonly string[]): readonly SectionSpec[] {
  return path.reduce((specs, keyword) => innerSpecs(specs, keyword), profileSpecs(ctx));
}

function innerSpecs(specs: readonly SectionSpec[], keyword: string): readonly SectionSpec[] {
  return specs.map((spec) => ownSection(spec, keyword)).filter((spec) => spec !== undefined);
}

function ownSection(spec: SectionSpec, keyword: string): SectionSpec | undefined {
  return Object.hasOwn(spec.sections, keyword) ? spec.sections[keyword] : undefined;
}

/** The names of a body that no kind has; the values are checked where the profile is extended. */
export function reportUnknownNames(ctx: Context, place: Place, items: readonly (Attribute | Block)[]): void {
  for (const item of items) {
    if (item.type === "attribute") {
      if (!place.specs.some((spec) => optionOf(spec, item.name.text) !== undefined)) reportAttribute(ctx, item, place);
      continue;
    }
    const specs = innerSpecs(place.specs, item.kind.text);
    if (specs.length === 0) reportSection(ctx, item, place);
    else
      reportUnknownNames(
        ctx,
        { specs, where: `\`${item.kind.text}\` of ${place.where}` },
        namedItems(item.body?.items ?? []),
      );
  }
}

/** Attributes and blocks, those inside of loops included. */
export function namedItems(items: readonly Item[]): readonly (Attribute | Block)[] {
  return items.flatMap((item) => {
    if (item.type === "attribute" || item.type === "block") return [item];
    return item.type === "for" ? namedItems(item.body.items) : [];
  });
}

function reportAttribute(ctx: Context, attribute: Attribute, place: Place): void {
  const { specs, where } = place;
  const { name } = attribute;
  if (isDoubtful(ctx.state.doubts, name.span)) return;
  const [section] = innerSpecs(specs, name.text);
  if (section !== undefined) return reportAttributeForBlock(ctx, attribute, where, section);
  const options = specs.flatMap((spec) => Object.keys(spec.options));
  const meant = meantName(specs, name.text);
  const block = meant.name === undefined ? undefined : innerSpecs(specs, meant.name)[0];
  const help = block === undefined ? meant.help : `write \`${formOf(meant.name ?? "", block.args)} { ... }\``;
  if (help !== undefined) {
    return report(ctx, unknownAttribute, name.span, { name: name.text, where, suggested: undefined }, { help });
  }
  const suggested = meant.name ?? didYouMean(name.text, options);
  const homes = suggested === undefined ? homesOf(specs, name.text) : [];
  if (homes.length > 0) return report(ctx, belongsElsewhere, name.span, { name: name.text, where, homes });
  const free = specs.find((spec) => spec.free !== undefined)?.free;
  if (free !== undefined && suggested === undefined) {
    return report(ctx, badFreeName, name.span, { name: name.text, where, describe: free.describe });
  }
  const others = suggested === undefined ? kindsWith(ctx, place, name.text) : [];
  const names = options.length === 0 ? {} : { help: `its attributes are ${shortList(options)}` };
  const hint = others.length > 0 ? { help: `it is an attribute of ${others.join(" and ")}` } : names;
  const fix = suggested === undefined || name.quoted === true ? {} : { fix: replacement(suggested, name.span) };
  const extra = suggested === undefined ? hint : fix;
  report(ctx, unknownAttribute, name.span, { name: name.text, where, suggested }, extra);
}

/** The kinds whose blocks have the attribute at the same place: `swap` is one of containers. */
function kindsWith(ctx: Context, { path }: Place, name: string): readonly string[] {
  return [...ctx.kinds.values()].flatMap((kind) => {
    const at = (path ?? []).reduce((specs, keyword) => innerSpecs(specs, keyword), [kind] as readonly SectionSpec[]);
    const isThere =
      path !== undefined && kind.profiles === true && at.some((spec) => Object.hasOwn(spec.options, name));
    return isThere ? [`\`${[kind.keyword, ...path].join(" ")}\``] : [];
  });
}

/** `boot = { ... }` */
function reportAttributeForBlock(ctx: Context, attribute: Attribute, where: string, spec: SectionSpec): void {
  const { name, value } = attribute;
  const form = `${formOf(name.text, spec.args)} { ... }`;
  const between = span(name.span.file, name.span.end, value.span.start);
  const isCertain = value.type === "map" && spec.args.length === 0;
  const fix: { fix?: Fix } = isCertain ? { fix: { title: `write ${form}`, span: between, replacement: " " } } : {};
  report(ctx, attributeForBlock, name.span, { name: name.text, where, form }, fix);
}

/** The nested blocks whose attribute it is: `ip` belongs into `net`, `user` of a machine into `cloud_init` or a `volume`. */
function homesOf(specs: readonly SectionSpec[], name: string): readonly string[] {
  const sections = specs.flatMap((spec) => Object.entries(spec.sections));
  const homes = sections.filter(([, section]) => Object.hasOwn(section.options, name));
  return [...new Set(homes.map(([keyword, section]) => `\`${formOf(keyword, section.args)} { ... }\``))];
}

function reportSection(ctx: Context, block: Block, { specs, where }: Place): void {
  const { kind } = block;
  if (isDoubtful(ctx.state.doubts, kind.span)) return;
  const isUnclear = block.args.some((arg) => arg.type === "error");
  const meant = meantName(specs, kind.text);
  if (meant.help !== undefined && !isUnclear) {
    return report(ctx, unknownBlock, kind.span, { keyword: kind.text, where, suggested: undefined }, meant);
  }
  // What could not be read has been reported: it may be no block at all.
  if (isUnclear) return;
  if (specs.some((spec) => Object.hasOwn(spec.options, kind.text))) return reportBlockForAttribute(ctx, block, where);
  const keywords = specs.flatMap((spec) => Object.keys(spec.sections));
  const own = keywords.find((keyword) => keyword === meant.name);
  const suggested = own ?? didYouMean(kind.text, keywords);
  const fix = suggested === undefined ? {} : { fix: replacement(suggested, kind.span) };
  report(
    ctx,
    unknownBlock,
    kind.span,
    { keyword: kind.text, where, suggested },
    { help: blockHelp(suggested === undefined ? ctx.kinds : new Map(), block, specs, suggested), ...fix },
  );
}

function blockHelp(
  kinds: ReadonlyMap<string, unknown>,
  { kind, args, body }: Block,
  specs: readonly SectionSpec[],
  suggested: string | undefined,
): string {
  if (kinds.has(kind.text)) return `blocks of the kind \`${kind.text}\` stand at the level of the file`;
  const keywords = specs.flatMap((spec) => Object.keys(spec.sections));
  const options = specs.flatMap((spec) => Object.keys(spec.options));
  const attribute = suggested === undefined ? didYouMean(kind.text, options) : undefined;
  if (attribute !== undefined) return `there is an attribute that is spelled almost so: \`${attribute} = ...\``;
  if (args.length === 0 && body === undefined)
    return "an attribute is `name = value`; a list stands in brackets: `[a, b]`";
  return keywords.length === 0 ? "it holds attributes only" : `its blocks are ${shortList(keywords)}`;
}

/** `memory 8GiB`, `memory { 8GiB }` */
function reportBlockForAttribute(ctx: Context, block: Block, where: string): void {
  const { kind, args, body } = block;
  const [first, second] = args;
  const isCertain = first !== undefined && second === undefined && body === undefined;
  const fix: { fix?: Fix } = isCertain
    ? {
        fix: {
          title: `write ${kind.text} = ...`,
          span: span(kind.span.file, kind.span.end, first.span.start),
          replacement: " = ",
        },
      }
    : {};
  report(ctx, blockForAttribute, cover(kind.span, first?.span ?? kind.span), { name: kind.text, where }, fix);
}

/** A top-level block of a kind that no plugin has. */
export function reportUnknownKind(ctx: Context, block: Block): void {
  const kinds = [...ctx.kinds.keys(), "profile"].sort();
  const { kind } = block;
  const meant = meantKind(ctx, kind.text);
  const words = [...kinds, "import", "param", "let", "assert", "for"];
  const suggested = meant.help === undefined ? (meant.kind ?? didYouMean(kind.text, words)) : undefined;
  const isUnclear = block.args.some((arg) => arg.type === "error");
  if (isUnclear && suggested === undefined && meant.help === undefined) return;
  const fix = suggested === undefined ? {} : { fix: replacement(suggested, kind.span) };
  const help = meant.help === undefined ? {} : { help: meant.help };
  report(ctx, unknownKind, kind.span, { keyword: kind.text, suggested, kinds }, { ...help, ...fix });
}

/** `extends` on a block that is no guest. */
export function reportExtends(ctx: Context, block: Block): void {
  const [first] = block.extends;
  if (first === undefined) return;
  const kinds = [...ctx.kinds.values()].filter((kind) => kind.profiles === true).map((kind) => kind.keyword);
  report(ctx, extendsNotTaken, first.span, { keyword: block.kind.text, kinds });
}

/** The first names of a long list. */
function shortList(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length <= 24 ? unique.join(", ") : `${unique.slice(0, 24).join(", ")}, ...`;
}
