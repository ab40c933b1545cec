import { argOf, diagnose, isAbsent, numberOf, settingOf, stringOf, stringsOf } from "../../plugin-api/index.js";
import type { Diagnostic, Section } from "../../plugin-api/index.js";
import { mtuOfBond, mtuTooLarge } from "./findings-interfaces.js";

const nameOf = (section: Section): string => argOf(section, "name") ?? "";

/** Of these two, `under` may not have a smaller MTU than `over`. */
interface Pair {
  readonly under: Section;
  readonly over: Section;
}

/** What an interface without an MTU has, and lets pass. */
const USUAL = 1500;

/**
 * MTUs that do not go together, as Proxmox checks them when it writes the file (`$check_mtu` of PVE::INotify), and those that a bond
 * takes away. Of an interface whose block says none, the host knows.
 */
export function mtuFindings(declared: readonly Section[]): readonly Diagnostic[] {
  if (!declared.some((section) => numberOf(section, "mtu") !== undefined)) return [];
  const byName = new Map(declared.map((section) => [nameOf(section), section]));
  const pairs = declared.flatMap((section) => pairsOf(section, byName));
  return [...pairs.flatMap(pairFindings), ...declared.flatMap((section) => bondFindings(section, pairs))];
}

function pairsOf(section: Section, byName: ReadonlyMap<string, Section>): readonly Pair[] {
  if (section.kind === "vlan") {
    const under = byName.get(stringOf(section, "device") ?? nameOf(section).split(".")[0] ?? "");
    return under === undefined ? [] : [{ under, over: section }];
  }
  const ports = stringsOf(section, "ports").flatMap((port): readonly Pair[] => {
    // A VLAN that is only named as a port has the MTU of what it is on.
    const other = byName.get(port) ?? byName.get(port.split(".")[0] ?? "");
    if (other === undefined || other === section) return [];
    return [section.kind === "bridge" ? { under: other, over: section } : { under: section, over: other }];
  });
  const bridge = section.kind.startsWith("ovs_") ? byName.get(stringOf(section, "bridge") ?? "") : undefined;
  return bridge === undefined ? ports : [...ports, { under: bridge, over: section }];
}

function pairFindings({ under, over }: Pair): readonly Diagnostic[] {
  const mtu = numberOf(over, "mtu");
  const most = numberOf(under, "mtu") ?? (isAbsent(under, "mtu") && under.kind !== "bond" ? USUAL : undefined);
  if (mtu === undefined || most === undefined || mtu <= most) return [];
  const at = settingOf(over, "mtu")?.span ?? over.headSpan;
  const related = [
    { span: settingOf(under, "mtu")?.span ?? under.headSpan, message: `${nameOf(under)} has its own here` },
  ];
  return [diagnose(mtuTooLarge, at, { name: nameOf(over), mtu, below: nameOf(under), most }, { related })];
}

/** A bond gives its cards its own MTU, which is the usual one where it has none. */
function bondFindings(bond: Section, pairs: readonly Pair[]): readonly Diagnostic[] {
  if (bond.kind !== "bond" || numberOf(bond, "mtu") !== undefined) return [];
  const large = pairs.find(({ under, over }) => under === bond && (numberOf(over, "mtu") ?? 0) > USUAL)?.over;
  if (large === undefined) return [];
  const related = [{ span: settingOf(large, "mtu")?.span ?? large.headSpan, message: `of ${nameOf(large)}` }];
  const args = { bond: nameOf(bond), name: nameOf(large), mtu: numberOf(large, "mtu") ?? USUAL };
  return [diagnose(mtuOfBond, settingOf(bond, "mtu")?.span ?? bond.headSpan, args, { related })];
}
