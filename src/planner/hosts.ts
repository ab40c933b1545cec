import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { hostNotChosen, needAcrossHosts, resourceWithoutHost, unknownHost } from "../diagnostics/catalogue/planner.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { Model, Resource } from "../model/resource.js";
import { isGuest, refOf, resourcesOf } from "../plugin-api/index.js";
import { sourceFile, span } from "../text/source.js";
import { matching } from "./targets.js";

/** Which host each resource belongs to; `undefined`: to all of them. */
export interface Assignment {
  /** In source order. */
  readonly hosts: readonly Resource[];
  readonly hostOf: (resource: Resource) => string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** With one host, or none, everything belongs to it. With several, guests, pools and datasets say theirs. */
export function assignHosts(model: Model): Assignment {
  const hosts = resourcesOf(model, "host");
  if (hosts.length <= 1) return { hosts, hostOf: () => hosts[0]?.name, diagnostics: [] };
  const hostOf = (resource: Resource): string | undefined => declaredHost(resource, model);
  const names = hosts.map((host) => host.name);
  const diagnostics = [...model.resources.values()].flatMap((resource) => [
    ...homeless(resource, hostOf(resource), names),
    ...strangers(resource, hostOf, model),
  ]);
  return { hosts, hostOf, diagnostics };
}

/** Its own `host`; a host itself, and its firewall, which is called as it; a dataset that says none is where its pool is. */
function declaredHost(resource: Resource, model: Model): string | undefined {
  if (resource.kind === "host") return resource.name;
  if (resource.kind === "firewall" && model.resources.has(`host.${resource.name}`)) return resource.name;
  const address = refOf(resource, "host");
  if (address !== undefined) return model.resources.get(address)?.name;
  const isOfPool = resource.kind === "dataset" || resource.kind === "zvol";
  const pool = isOfPool ? model.resources.get(`pool.${resource.name.split("/")[0]}`) : undefined;
  return pool === undefined ? undefined : declaredHost(pool, model);
}

function homeless(resource: Resource, host: string | undefined, hosts: readonly string[]): readonly Diagnostic[] {
  const mustSay =
    isGuest(resource) || ["pool", "dataset", "zvol", "export", "share", "mapping"].includes(resource.kind);
  if (!mustSay || host !== undefined || resource.settings.get("host")?.value.type === "error") return [];
  return [diagnose(resourceWithoutHost, resource.headSpan, { resource: resource.address, hosts })];
}

function strangers(
  resource: Resource,
  hostOf: (resource: Resource) => string | undefined,
  model: Model,
): readonly Diagnostic[] {
  const own = hostOf(resource);
  if (own === undefined) return [];
  return resource.requires.flatMap((edge) => {
    const needed = model.resources.get(edge.to);
    const host = needed === undefined || needed.kind === "host" ? undefined : hostOf(needed);
    if (host === undefined || host === own) return [];
    return [diagnose(needAcrossHosts, edge.span, { resource: resource.address, needed: edge.to, host })];
  });
}

/** The name of a plan's host when no file declares one. */
export const UNNAMED_HOST = "host";

/** Whose plan is meant, and what it is restricted to. */
export interface Choice {
  readonly host: string;
  /** Without those that only choose the host. */
  readonly targets: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The host whose plan is meant: the one that is asked for; else the only one; else the one that a target names, which by
 * itself means everything on it; else the one that everything named belongs to.
 */
export function chooseHost(
  model: Model,
  assignment: Assignment,
  options: { readonly targets: readonly string[]; readonly host: string | undefined },
): Choice {
  const { hosts } = assignment;
  const names = hosts.map((host) => host.name);
  const { targets, implied } = readTargets(model, assignment, options.targets);
  if (options.host !== undefined) {
    return { host: options.host, targets, diagnostics: unknownHostFindings(options.host, names) };
  }
  const second = hosts[1];
  const isChosen = second === undefined || implied.length === 1;
  return {
    host: (isChosen ? implied[0] : undefined) ?? names[0] ?? UNNAMED_HOST,
    targets,
    diagnostics: isChosen ? [] : [diagnose(hostNotChosen, second.headSpan, { hosts: names })],
  };
}

/** The hosts for which there is a plan when all are wanted, each with those of the targets that concern it. */
export function allHosts(
  model: Model,
  assignment: Assignment,
  options: { readonly targets: readonly string[]; readonly host: string | undefined },
): readonly Choice[] {
  if (options.host !== undefined || assignment.hosts.length <= 1) return [chooseHost(model, assignment, options)];
  return assignment.hosts.map(({ name }) => {
    const own = options.targets.filter((target) => {
      const { implied } = readTargets(model, assignment, [target]);
      return implied.length === 0 || implied.includes(name);
    });
    return chooseHost(model, assignment, { targets: own, host: name });
  });
}

function unknownHostFindings(host: string, names: readonly string[]): readonly Diagnostic[] {
  if (names.includes(host)) return [];
  const words = sourceFile("command line", host);
  return [diagnose(unknownHost, span(words, 0, host.length), { host, nearest: didYouMean(host, names) })];
}

/** The targets without names of hosts, and the hosts that they mean: those named, else those of the things named. */
function readTargets(
  model: Model,
  { hostOf }: Assignment,
  targets: readonly string[],
): { readonly targets: readonly string[]; readonly implied: readonly string[] } {
  const resources = [...model.resources.values()];
  const meant = targets.map((target) => ({ target, matches: matching(target, resources) }));
  const isHost = ({ matches }: (typeof meant)[number]): boolean => matches.some(({ kind }) => kind === "host");
  const others = meant.filter((entry) => !isHost(entry));
  const deciding = meant.some(isHost) ? meant.filter(isHost) : others;
  const implied = deciding.flatMap(({ matches }) => matches.map(hostOf)).filter((name) => name !== undefined);
  return { targets: others.map(({ target }) => target), implied: [...new Set(implied)] };
}
