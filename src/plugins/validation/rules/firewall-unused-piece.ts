import { argOf, defineRule, diagnose, firewallUses, resourcesOf } from "../../../plugin-api/index.js";
import type { Section } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { unusedPiece } from "../findings/firewall.js";
import { PIECE_NAMES, setsOf } from "../firewall-pieces.js";

/** Names that mean something to Proxmox itself, whether a rule names them or not. */
const RESERVED = /^(management|blacklist|local_network|ipfilter-net\d+)$/;

/** Groups, sets and aliases that nothing names. */
export const firewallUnusedPiece = defineRule({
  name: "firewall/unused-piece",
  check(model, report) {
    const { guests, firewallRules: rules } = factsOf(model);
    const tell = (what: string, section: Section): void => {
      const name = argOf(section, "name") ?? "";
      if (!RESERVED.test(name)) report(diagnose(unusedPiece, section.headSpan, { what, name }));
    };
    const shared = new Set(
      firewallUses(rules).flatMap(({ kind, name, scope }) => (scope === "guest" ? [] : [`${kind} ${name}`])),
    );
    const members = new Set(setsOf(model).flatMap(({ members: all }) => all.map(({ text }) => text)));
    for (const kind of ["alias", "ipset", "group"] as const) {
      for (const resource of resourcesOf(model, kind)) {
        const isUsed = shared.has(`${kind} ${resource.name}`) || (kind === "alias" && members.has(resource.name));
        if (!isUsed) tell(PIECE_NAMES[kind], resource);
      }
    }
    for (const { firewall } of guests) {
      if (firewall === undefined) continue;
      const own = new Set(
        firewallUses(firewall.rules).flatMap(({ kind, name, scope }) => (scope === "dc" ? [] : [`${kind} ${name}`])),
      );
      const inSets = new Set(firewall.sets.flatMap(({ members: all }) => all.map(({ text }) => text)));
      for (const { name, section } of firewall.sets) if (!own.has(`ipset ${name}`)) tell("set", section);
      for (const { name, section } of firewall.aliases)
        if (!own.has(`alias ${name}`) && !inSets.has(name)) tell("alias", section);
    }
  },
});
