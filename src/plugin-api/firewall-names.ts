import type { Address, Model, Resource, Section, Value } from "../model/resource.js";
import { guests } from "./guest.js";
import { netAddresses, nets } from "./nets.js";
import { argOf, boolOf, listOf, sectionOf, sectionsOf, settingOf, stringOf, textOf, valueOf } from "./values.js";
import type { Span } from "../text/source.js";

/** One end of a firewall rule. */
export interface FirewallEnd {
  /** As written. */
  readonly text: string;
  /** The guest, network, host, set or alias that it names, if a block of its own declares it. */
  readonly resource: Address | undefined;
  /** In Proxmox's form: addresses, ranges (`a-b`), CIDRs, sets (`+dc/web`), aliases. Empty when a named guest has no static address. */
  readonly addresses: readonly string[];
  /** The families of the declared aliases among them; sets are of both. */
  readonly families?: ReadonlyMap<string, 4 | 6>;
}

/** A name for an address, of one guest or of the cluster. */
export interface FirewallAlias {
  readonly section: Section;
  readonly name: string;
  /** What it stands for; more or less than one cannot be written. */
  readonly addresses: readonly string[];
  readonly comment: string | undefined;
}

/** A member of a set. */
export interface FirewallMember {
  /** As written. */
  readonly text: string;
  /** What it stands for; empty where a named guest has no static address. */
  readonly addresses: readonly string[];
  /** It is taken out of the set (`nomatch`). */
  readonly except: boolean;
  readonly comment: string | undefined;
  readonly span: Span;
}

/** A set of addresses, of one guest or of the cluster. */
export interface FirewallSet {
  readonly section: Section;
  readonly name: string;
  readonly members: readonly FirewallMember[];
  readonly comment: string | undefined;
}

/** The guest whose firewall names are looked up in; none in what belongs to the cluster. */
export type FirewallScope = Resource | undefined;

/** The alias that an `alias` block declares, in a guest's firewall or at the top of a file. */
export function firewallAlias(section: Section, scope: FirewallScope, model: Model): FirewallAlias {
  const value = valueOf(section, "address");
  const end = value === undefined ? undefined : firewallEnd(value, scope, model);
  const addresses = end?.addresses ?? [];
  return { section, name: argOf(section, "name") ?? "", addresses, comment: stringOf(section, "comment") };
}

/** The set that an `ipset` block declares, in a guest's firewall or at the top of a file. */
export function firewallSet(section: Section, scope: FirewallScope, model: Model): FirewallSet {
  const named = (option: string, except: boolean): readonly FirewallMember[] =>
    listOf(section, option).map((value) =>
      member(
        value,
        { except, comment: undefined, span: settingOf(section, option)?.span ?? section.headSpan },
        scope,
        model,
      ),
    );
  const blocks = sectionsOf(section, "member").flatMap((inner) => {
    const value = inner.args.get("address");
    if (value === undefined) return [];
    const except = boolOf(inner, "except") ?? false;
    return [member(value, { except, comment: stringOf(inner, "comment"), span: inner.headSpan }, scope, model)];
  });
  return {
    section,
    name: argOf(section, "name") ?? "",
    members: [...named("members", false), ...blocks, ...named("except", true)],
    comment: stringOf(section, "comment"),
  };
}

function member(
  value: Value,
  rest: Pick<FirewallMember, "except" | "comment" | "span">,
  scope: FirewallScope,
  model: Model,
): FirewallMember {
  const end = firewallEnd(value, scope, model);
  // A set holds addresses: what an alias stands for is written in its place.
  const addresses = (end?.addresses ?? []).flatMap((text) => aliased(text, scope, model) ?? [text]);
  return { text: end?.text ?? textOf(value) ?? "", addresses, ...rest };
}

/** What a declared alias stands for. */
function aliased(text: string, scope: FirewallScope, model: Model): readonly string[] | undefined {
  const [, where, name] = /^(dc|guest)\/(.*)$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const section = where === "dc" ? model.resources.get(`alias.${name}`) : ownBlock("alias", name, scope);
  return section === undefined ? undefined : firewallAlias(section, scope, model).addresses;
}

/** The block of a guest's own set or alias. */
function ownBlock(kind: "alias" | "ipset", name: string, scope: FirewallScope): Section | undefined {
  const firewall = scope === undefined ? undefined : sectionOf(scope, "firewall");
  return firewall && sectionsOf(firewall, kind).find((inner) => argOf(inner, "name") === name);
}

/** What one end of a rule, or a member of a set, stands for; undefined: anywhere. */
export function firewallEnd(value: Value | undefined, scope: FirewallScope, model: Model): FirewallEnd | undefined {
  if (value === undefined) return undefined;
  if (value.type === "list") return listEnd(value, scope, model);
  const text = textOf(value) ?? "";
  if (text === "any") return undefined;
  const set = setOrAlias(text, scope, model);
  if (set !== undefined) return { text, ...set };
  const named = value.type === "ref" ? model.resources.get(value.address) : byName(text, model);
  return { text, resource: named?.address, addresses: named === undefined ? [text] : addressesOf(named, model) };
}

type Place = Pick<FirewallEnd, "resource" | "addresses" | "families">;

/** A declared set or alias, with or without Proxmox's own signs: a guest's own come first, as in Proxmox. */
function setOrAlias(text: string, scope: FirewallScope, model: Model): Place | undefined {
  const [, plus, where, name = ""] = /^(\+?)(?:(dc|guest)\/)?([a-z][a-z0-9_-]*)$/.exec(text) ?? [];
  const kinds = plus === "+" ? (["ipset"] as const) : (["alias", "ipset"] as const);
  for (const kind of where === "dc" ? [] : kinds) {
    const block = ownBlock(kind, name, scope);
    if (block !== undefined) return { ...place(block, "guest", name, model), resource: undefined };
  }
  for (const kind of where === "guest" ? [] : kinds) {
    const resource = model.resources.get(`${kind}.${name}`);
    if (resource !== undefined) return { ...place(resource, "dc", name, model), resource: resource.address };
  }
  return undefined;
}

function place(
  section: Section,
  where: "dc" | "guest",
  name: string,
  model: Model,
): Pick<Place, "addresses" | "families"> {
  if (section.kind === "ipset") return { addresses: [`+${where}/${name}`] };
  const text = `${where}/${name}`;
  const family = aliasFamily(section, model);
  return { addresses: [text], ...(family === undefined ? {} : { families: new Map([[text, family]]) }) };
}

/** The family of an alias; of one that names another one, which Proxmox does not take, nothing is known. */
function aliasFamily(section: Section, model: Model): 4 | 6 | undefined {
  const value = valueOf(section, "address");
  const named = value?.type === "ref" ? model.resources.get(value.address) : undefined;
  if (named?.kind === "alias" || named?.kind === "ipset") return undefined;
  const address = named === undefined ? textOf(value) : addressesOf(named, model)[0];
  if (address === undefined || !/\d|::/.test(address) || !/[.:]/.test(address)) return undefined;
  return address.includes(":") ? 6 : 4;
}

function listEnd(list: Extract<Value, { type: "list" }>, scope: FirewallScope, model: Model): FirewallEnd {
  if (list.range === true) {
    const ends = list.items.map((item) => textOf(item) ?? "");
    return { text: ends.join(".."), resource: undefined, addresses: [ends.join("-")] };
  }
  const ends = list.items.map((item) => firewallEnd(item, scope, model)).filter((end) => end !== undefined);
  return {
    text: ends.map((end) => end.text).join(", "),
    resource: undefined,
    addresses: ends.flatMap((end) => end.addresses),
    families: new Map(ends.flatMap((end) => [...(end.families ?? [])])),
  };
}

/** Addresses, sets and scoped aliases name no guest: no search through all of them for the usual case. */
const ADDRESS = /^[\d.]+$|[:+/]/;

function byName(text: string, model: Model): Resource | undefined {
  if (ADDRESS.test(text)) return undefined;
  const others = ["network", "host"].map((kind) => model.resources.get(`${kind}.${text}`));
  return guests(model).find((guest) => guest.name === text) ?? others.find((found) => found !== undefined);
}

/** The addresses that stand for a named thing: a guest's static ones, a network's subnets, a host's address. */
export function addressesOf(resource: Resource, model: Model): readonly string[] {
  if (resource.kind === "alias") return [`dc/${resource.name}`];
  if (resource.kind === "ipset") return [`+dc/${resource.name}`];
  const said = resource.kind === "network" ? ["subnet", "subnet6"] : ["address"];
  if (resource.kind === "network" || resource.kind === "host")
    return said.flatMap((name) => stringOf(resource, name) ?? []);
  return nets(resource, model).flatMap((net) => netAddresses(net).map(({ address }) => address));
}
