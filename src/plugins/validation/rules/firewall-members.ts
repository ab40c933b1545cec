import {
  defineRule,
  diagnose,
  formatIp,
  parseCidr,
  parseIp,
  parseRange,
  rangeCovers,
} from "../../../plugin-api/index.js";
import type { Diagnostic, FirewallMember, FirewallSet, IpRange, Span } from "../../../plugin-api/index.js";
import { aliasUnfit, memberIdle, memberUnfit } from "../findings/firewall.js";
import { aliasesOf, setsOf } from "../firewall-pieces.js";

/** Sets hold what Proxmox takes, each address once, and aliases stand for one address. */
export const firewallMembers = defineRule({
  name: "firewall/members",
  check(model, report) {
    for (const { section, name, addresses } of aliasesOf(model)) {
      if (section.settings.get("address")?.value.type === "error") continue;
      const [only, ...more] = addresses;
      if (only !== undefined && more.length === 0 && isAddress(only)) continue;
      report(
        diagnose(aliasUnfit, section.settings.get("address")?.span ?? section.headSpan, { alias: name, addresses }),
      );
    }
    for (const set of setsOf(model)) for (const finding of setFindings(set)) report(finding);
  },
});

interface Known {
  readonly text: string;
  readonly range: IpRange;
  readonly except: boolean;
  readonly span: Span;
}

function setFindings({ name: set, members }: FirewallSet): readonly Diagnostic[] {
  const known: Known[] = [];
  const problems = members.flatMap((member) => {
    const problem = problemOf(member, known);
    if (problem !== undefined) return [diagnose(memberUnfit, member.span, { set, member: member.text, problem })];
    for (const text of member.addresses) {
      const range = parseRange(text);
      if (range !== undefined) known.push({ text, range, except: member.except, span: member.span });
    }
    return [];
  });
  return [...problems, ...known.flatMap((member) => idleFinding(set, member, known))];
}

function problemOf({ text, addresses }: FirewallMember, known: readonly Known[]): string | undefined {
  if (addresses.length === 0) return "it has no static address";
  const unknown = addresses.find((address) => !isAddress(address));
  if (unknown !== undefined) return `${unknown === text ? "it" : unknown} is neither an address nor the name of one`;
  if (addresses.some((address) => /\/0+$/.test(address))) return "Proxmox takes no net of all addresses";
  const isKnown = addresses.some((address) => known.some((other) => sameRange(other.range, address)));
  return isKnown ? "it stands here already" : undefined;
}

function isAddress(text: string): boolean {
  return parseIp(text) !== undefined || parseCidr(text) !== undefined;
}

function sameRange(range: IpRange, text: string): boolean {
  const other = parseRange(text);
  return other !== undefined && rangeCovers(range, other) && rangeCovers(other, range);
}

/** The narrowest other member that covers one decides whether it changes anything. */
function idleFinding(set: string, member: Known, all: readonly Known[]): readonly Diagnostic[] {
  const wider = all.filter((other) => other !== member && rangeCovers(other.range, member.range));
  const nearest = wider.find((other) => wider.every((third) => rangeCovers(third.range, other.range)));
  const isIdle = member.except ? nearest === undefined || nearest.except : nearest?.except === false;
  if (!isIdle) return [];
  const by = member.except ? undefined : nearest?.text;
  return [diagnose(memberIdle, member.span, { set, member: written(member), by })];
}

function written({ text }: Known): string {
  const ip = parseIp(text);
  return ip === undefined ? text : formatIp(ip);
}
