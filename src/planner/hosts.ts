import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { needAcrossHosts, resourceWithoutHost } from "../diagnostics/catalogue/planner.js";
import type { Model, Resource } from "../model/resource.js";
import { isGuest, refOf, resourcesOf } from "../plugin-api/index.js";

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

/** Its own `host`; a host itself; a dataset that says none is where its pool is. */
function declaredHost(resource: Resource, model: Model): string | undefined {
  if (resource.kind === "host") return resource.name;
  const address = refOf(resource, "host");
  if (address !== undefined) return model.resources.get(address)?.name;
  const pool = resource.kind === "dataset" ? model.resources.get(`pool.${resource.name.split("/")[0]}`) : undefined;
  return pool === undefined ? undefined : declaredHost(pool, model);
}

function homeless(resource: Resource, host: string | undefined, hosts: readonly string[]): readonly Diagnostic[] {
  const mustSay = isGuest(resource) || resource.kind === "pool" || resource.kind === "dataset";
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
