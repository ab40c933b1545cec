import { boolOf, defineRule, diagnose, settingOf, stringOf } from "../../../plugin-api/index.js";
import type { Address, Span } from "../../../plugin-api/index.js";
import { factsOf, phrase } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { templateNeedsService } from "../findings/lifecycle.js";

/**
 * A guest that others are made from does not depend on guests that run: else the whole system must exist before its first
 * image can be built.
 */
export const graphImageNeedsService = defineRule({
  name: "graph/image-needs-service",
  check(model, report) {
    const facts = factsOf(model);
    const roles = imageRoles(facts);
    const reached = new Map<Address, ReadonlySet<Guest>>();
    for (const guest of facts.guests) {
      const role = roles.get(guest.resource.address);
      if (role === undefined) continue;
      const services = [...closure(guest, facts, reached)].filter((other) => !roles.has(other.resource.address));
      if (services.length === 0) continue;
      const args = { guest: guest.label, role, services: phrase(services.map((other) => other.label)) };
      const related = services.slice(0, 3).map((other) => ({ span: other.resource.headSpan, message: other.label }));
      report(diagnose(templateNeedsService, placeOfNeed(guest, services, facts), args, { related }));
    }
  },
});

/** Why a guest counts as an image: it is a template, others are cloned from it, or it is kept stopped with snapshots. */
function imageRoles(facts: Facts): ReadonlyMap<Address, string> {
  const needed = new Set(facts.guests.flatMap((guest) => guest.needs));
  const roles = new Map<Address, string>();
  for (const guest of facts.guests) {
    const { address } = guest.resource;
    if (guest.template) roles.set(address, "a template");
    else if (facts.clones.has(address) && !guest.starts) roles.set(address, "the source of clones");
    else if (isKept(guest) && !needed.has(address)) roles.set(address, "kept stopped with a snapshot to clone");
  }
  return roles;
}

function isKept(guest: Guest): boolean {
  const boot = guest.boot === undefined ? undefined : boolOf(guest.boot.section, "start");
  const isStopped = stringOf(guest.resource, "state") === "stopped" || (boot === false && !guest.starts);
  return isStopped && guest.snapshots.length > 0;
}

/** All guests that must converge before one, nearest first; each guest's answer is worked out once. */
function closure(guest: Guest, facts: Facts, reached: Map<Address, ReadonlySet<Guest>>): ReadonlySet<Guest> {
  const known = reached.get(guest.resource.address);
  if (known !== undefined) return known;
  const result = new Set<Guest>();
  // Filled while it is already in the map, so that a cycle (reported by the checker) ends here.
  reached.set(guest.resource.address, result);
  for (const next of prerequisites(guest, facts)) {
    result.add(next);
    for (const further of closure(next, facts, reached)) result.add(further);
  }
  return result;
}

function prerequisites(guest: Guest, facts: Facts): readonly Guest[] {
  const addresses = guest.clone === undefined ? guest.needs : [...guest.needs, guest.clone.address];
  return addresses.flatMap((address) => facts.byAddress.get(address) ?? []);
}

/** The guest's own `needs` when it leads to a service, else the clone source that does. */
function placeOfNeed(guest: Guest, services: readonly Guest[], facts: Facts): Span {
  const needs = settingOf(guest.resource, "needs");
  const isOwn = guest.needs.some((address) => {
    const needed = facts.byAddress.get(address);
    return needed !== undefined && services.includes(needed);
  });
  return (isOwn ? needs?.span : guest.clone?.span) ?? needs?.span ?? guest.resource.headSpan;
}
