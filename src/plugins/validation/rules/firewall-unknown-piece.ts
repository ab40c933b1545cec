import {
  declaredPiece,
  defineRule,
  diagnose,
  didYouMean,
  blockRules,
  firewallUses,
  resourcesOf,
} from "../../../plugin-api/index.js";
import type { FirewallPiece, FirewallUse, Model } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import type { Guest } from "../facts.js";
import { unknownPiece } from "../findings/firewall.js";
import { PIECE_NAMES } from "../firewall-pieces.js";

/**
 * What rules name is there: in the guest's own file for certain; of the cluster's, the host may have more than the files
 * declare, so that only a name that is almost a declared one is a mistake.
 */
export const firewallUnknownPiece = defineRule({
  name: "firewall/unknown-piece",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      for (const use of firewallUses(guest.firewall?.rules ?? [])) {
        if (isOwn(use, guest) || declaredPiece(use, model) !== undefined) continue;
        const meant = didYouMean(use.name, namesFor(use, guest, model));
        if (use.scope !== "guest" && meant === undefined) continue;
        report(diagnose(unknownPiece, use.span, { what: PIECE_NAMES[use.kind], name: use.name, meant }));
      }
    }
    for (const group of resourcesOf(model, "group")) {
      for (const use of firewallUses(blockRules(group, model))) {
        const meant = didYouMean(use.name, namesFor(use, undefined, model));
        const isUnknown = use.scope === "guest" || (declaredPiece(use, model) === undefined && meant !== undefined);
        if (isUnknown) report(diagnose(unknownPiece, use.span, { what: PIECE_NAMES[use.kind], name: use.name, meant }));
      }
    }
  },
});

function isOwn({ kind, name, scope }: FirewallUse, guest: Guest): boolean {
  return scope !== "dc" && ownNames(kind, guest).includes(name);
}

function ownNames(kind: FirewallPiece, { firewall }: Guest): readonly string[] {
  if (kind === "alias") return (firewall?.aliases ?? []).map(({ name }) => name);
  return kind === "ipset" ? (firewall?.sets ?? []).map(({ name }) => name) : [];
}

function namesFor({ kind, scope }: FirewallUse, guest: Guest | undefined, model: Model): readonly string[] {
  const own = scope === "dc" || guest === undefined ? [] : ownNames(kind, guest);
  const shared = scope === "guest" ? [] : resourcesOf(model, kind).map(({ name }) => name);
  return [...own, ...shared];
}
