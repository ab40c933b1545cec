import { argOf, diagnose, networkOf, parseCidr, settingOf, stringOf } from "../../plugin-api/index.js";
import type { Diagnostic, Section } from "../../plugin-api/index.js";
import { subnetTwice } from "./findings-interfaces.js";

type Cidr = NonNullable<ReturnType<typeof parseCidr>>;

/** An address of an interface, with the net that it is in. */
interface Placed {
  readonly section: Section;
  readonly option: "address" | "address6";
  readonly text: string;
  readonly net: Cidr;
}

/** Two interfaces of a host in one subnet: the host has two ways to the same neighbours, and takes one. */
export function subnetFindings(declared: readonly Section[]): readonly Diagnostic[] {
  const placed = declared.flatMap((section) => [...place(section, "address"), ...place(section, "address6")]);
  return placed.flatMap((one, i) => {
    const other = placed.slice(0, i).find((earlier) => earlier.section !== one.section && meet(earlier.net, one.net));
    if (other === undefined) return [];
    const args = {
      ...{ name: argOf(one.section, "name") ?? "", address: one.text },
      ...{ other: argOf(other.section, "name") ?? "", otherAddress: other.text },
    };
    const related = [{ span: spanOf(other), message: "the other one" }];
    return [diagnose(subnetTwice, spanOf(one), args, { related })];
  });
}

const spanOf = ({ section, option }: Placed) => settingOf(section, option)?.span ?? section.headSpan;

/** Addresses that are a net by themselves are routed by intent, and those of a link are on every interface. */
function place(section: Section, option: Placed["option"]): readonly Placed[] {
  const text = stringOf(section, option) ?? "";
  const cidr = parseCidr(text);
  if (cidr === undefined || cidr.prefix === (cidr.version === 4 ? 32 : 128)) return [];
  const isOfLink = cidr.version === 6 && cidr.value >> 118n === 0xfe80n >> 6n;
  return isOfLink ? [] : [{ section, option, text, net: networkOf(cidr) }];
}

/** Whether one net holds the other. */
function meet(one: Cidr, other: Cidr): boolean {
  const prefix = Math.min(one.prefix, other.prefix);
  return one.version === other.version && networkOf({ ...one, prefix }).value === networkOf({ ...other, prefix }).value;
}
