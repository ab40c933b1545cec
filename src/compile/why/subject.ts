import { didYouMean, suggestion } from "../../diagnostics/did-you-mean.js";
import type { Model, Resource, Section, Value } from "../../model/resource.js";
import type { ArgSpec, KindSpec, OptionSpec, SectionSpec } from "../../plugin-api/index.js";

/** What is asked about: a resource, a block in it, or an attribute of one of them. */
export interface Subject {
  readonly resource: Resource;
  /** From the resource to the block that holds the attribute, or that is meant itself. */
  readonly path: readonly [Section, ...Section[]];
  readonly spec: SectionSpec;
  /** Set or not; undefined where a whole block is meant. */
  readonly attribute?: { readonly name: string; readonly option: OptionSpec };
  /** An argument of the block, which names it: its id, its name, the network of an interface. */
  readonly argument?: ArgSpec;
  /** As the user could write it: `801.net.lan.ip`. */
  readonly label: string;
}

/** What was not found, in words. */
export interface NotFound {
  readonly problem: string;
  readonly hint?: string;
}

/** Finds `801.memory`, `docker-1.net.lan.ip`, `quickOS/vm-disks.quota`, `ct.801`. Names may have dots, so that the longest counts. */
export function findSubject(words: string, model: Model, kinds: ReadonlyMap<string, KindSpec>): Subject | NotFound {
  const candidates = [...model.resources.values()].flatMap((resource) => {
    const named = namesOf(resource).filter((name) => words === name || words.startsWith(`${name}.`));
    const length = Math.max(0, ...named.map((name) => name.length));
    return length === 0 ? [] : [{ resource, label: words.slice(0, length), rest: words.slice(length + 1) }];
  });
  const longest = Math.max(0, ...candidates.map(({ label }) => label.length));
  const found = candidates
    .filter(({ label }) => label.length === longest)
    .flatMap(({ resource, label, rest }) => {
      const spec = kinds.get(resource.kind);
      return spec === undefined ? [] : [descend({ resource, path: [resource], spec, label }, rest)];
    });
  const good = found.filter((one) => "resource" in one);
  const [first, second] = good;
  if (first !== undefined && second !== undefined) {
    const addresses = good.map(({ resource }) => `\`${resource.address}\``).join(", ");
    return { problem: `\`${first.label}\` is more than one thing: ${addresses}`, hint: "write it with its kind" };
  }
  return first ?? found[0] ?? unknownResource(words, model);
}

function namesOf({ address, id, name, kind }: Resource): readonly string[] {
  return [address, name, `${kind}.${name}`, ...(id === undefined ? [] : [String(id)])];
}

function unknownResource(words: string, model: Model): NotFound {
  const all = [...model.resources.values()];
  const head = words.replace(/^(.+?)\..*$/s, "$1");
  const names = all.flatMap(({ name, id }) => [name, ...(id === undefined ? [] : [String(id)])]);
  const meant = didYouMean(words, names) ?? didYouMean(head, names);
  const guests = all.flatMap(({ id, name }) => (id === undefined ? [] : [`${id} ${name}`]));
  const hint = guests.length === 0 ? {} : { hint: `guests are ${guests.join(", ")}` };
  return { problem: `the files declare no \`${words}\`${suggestion(meant)}`, ...hint };
}

function descend(at: Subject, rest: string): Subject | NotFound {
  if (rest === "") return at;
  const { path, spec, label } = at;
  const section = path.at(-1) ?? path[0];
  const named = (name: string): Subject["attribute"] => {
    const option = Object.hasOwn(spec.options, name) ? spec.options[name] : freeOption(spec, section, name);
    return option === undefined ? undefined : { name, option };
  };
  const attribute = named(rest);
  if (attribute !== undefined) return { ...at, attribute, label: `${label}.${rest}` };
  const [word = "", ...more] = rest.split(".");
  const argument = section.args.has(rest) ? spec.args.find(({ name }) => name === rest) : undefined;
  if (argument !== undefined) return { ...at, argument, label: `${label}.${rest}` };
  const inner = Object.hasOwn(spec.sections, word) ? spec.sections[word] : undefined;
  if (inner === undefined) return unknownPart(at, word);
  return enter({ ...at, spec: inner, label: `${label}.${word}` }, word, more.join("."));
}

/** An attribute whose name is the user's own, where the block has it. */
function freeOption(spec: SectionSpec, section: Section, name: string): OptionSpec | undefined {
  return section.settings.has(name) ? spec.free?.option : undefined;
}

/** Into one of the blocks of a keyword: the one whose first argument is named, or the only one. */
function enter(at: Subject, keyword: string, rest: string): Subject | NotFound {
  const { path, label } = at;
  const [first, ...others] = path;
  const section = path.at(-1) ?? first;
  const blocks = section.sections.filter(({ kind }) => kind === keyword);
  const into = (block: Section, called: string): Subject => ({ ...at, path: [first, ...others, block], label: called });
  const named = blocks.flatMap((block) => {
    const name = argumentOf(block).find((text) => rest === text || rest.startsWith(`${text}.`));
    if (name === undefined) return [];
    return [descend(into(block, `${label}.${name}`), rest.slice(name.length + 1))];
  });
  const chosen = named.find((one) => "resource" in one && isSet(one)) ?? named[0];
  if (chosen !== undefined) return chosen;
  const [only, second] = blocks;
  if (only === undefined) return { problem: `\`${label}\` is a block that is not there`, ...inUse(section, keyword) };
  if (second === undefined) return descend(into(only, label), rest);
  const names = blocks.flatMap((block) => argumentOf(block).slice(0, 1));
  const meant = rest === "" ? "" : suggestion(didYouMean(rest.split(".")[0] ?? "", names));
  return { problem: `\`${label}\` is one of several${meant}`, hint: `add which one: ${names.join(", ")}` };
}

/** Two interfaces may be of one network: the one that says something is meant. */
function isSet({ path, attribute }: Subject): boolean {
  return attribute === undefined || path.at(-1)?.settings.has(attribute.name) === true;
}

function inUse(section: Section, keyword: string): Pick<NotFound, "hint"> {
  const kinds = [...new Set(section.sections.map(({ kind }) => kind))].filter((kind) => kind !== keyword);
  return kinds.length === 0 ? {} : { hint: `there are ${kinds.map((kind) => `\`${kind}\``).join(", ")}` };
}

/** The first argument, as it may be written. */
function argumentOf(block: Section): readonly string[] {
  const [value] = block.args.values();
  return value === undefined ? [] : textsOf(value);
}

function textsOf(value: Value): readonly string[] {
  if (value.type === "ref") return [value.text, value.address.slice(value.address.indexOf(".") + 1)];
  return value.type === "string" || value.type === "number" ? [String(value.value)] : [];
}

function unknownPart({ spec, path, label }: Subject, word: string): NotFound {
  const section = path.at(-1) ?? path[0];
  const names = [spec.options, spec.sections].flatMap((of) => Object.keys(of));
  const own = [...section.settings.keys(), ...section.args.keys()];
  return {
    problem: `\`${label}\` has no attribute or block \`${word}\`${suggestion(didYouMean(word, [...names, ...own]))}`,
  };
}
