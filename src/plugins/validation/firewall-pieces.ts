import { firewallAlias, firewallSet, resourcesOf } from "../../plugin-api/index.js";
import type { FirewallAlias, FirewallPiece, FirewallSet, Model } from "../../plugin-api/index.js";
import { factsOf } from "./facts.js";

/** What messages call them. */
export const PIECE_NAMES: Readonly<Record<FirewallPiece, string>> = {
  group: "security group",
  ipset: "set",
  alias: "alias",
};

/** All sets, of the cluster and of guests. */
export function setsOf(model: Model): readonly FirewallSet[] {
  return [
    ...resourcesOf(model, "ipset").map((resource) => firewallSet(resource, undefined, model)),
    ...factsOf(model).guests.flatMap(({ firewall }) => firewall?.sets ?? []),
  ];
}

/** All aliases, of the cluster and of guests. */
export function aliasesOf(model: Model): readonly FirewallAlias[] {
  return [
    ...resourcesOf(model, "alias").map((resource) => firewallAlias(resource, undefined, model)),
    ...factsOf(model).guests.flatMap(({ firewall }) => firewall?.aliases ?? []),
  ];
}
