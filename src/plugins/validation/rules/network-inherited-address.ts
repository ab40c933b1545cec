import { defineRule, diagnose } from "../../../plugin-api/index.js";
import type { GuestNet } from "../../../plugin-api/index.js";
import { cloneChain, factsOf, placeOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { inheritedAddress } from "../findings/network.js";

/** A clone keeps the interfaces of its source that it does not declare itself, static addresses included. */
export const networkInheritedAddress = defineRule({
  name: "network/inherited-address",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const { clone } = guest;
      if (clone === undefined || guest.template) continue;
      for (const { net, source } of inherited(guest, facts)) {
        if (net.address === undefined) continue;
        const related = [{ span: placeOf(net.section, "ip"), message: `the address of ${source.label}` }];
        const args = { guest: guest.label, source: source.label, address: net.address, network: net.networkName };
        report(diagnose(inheritedAddress, clone.span, args, { related }));
      }
    }
  },
});

/** The n-th interface has the address that the nearest guest in the chain says; one that says none keeps what it has. */
function inherited(guest: Guest, facts: Facts): readonly { readonly net: GuestNet; readonly source: Guest }[] {
  const chain = cloneChain(guest, facts);
  const count = Math.max(guest.nets.length, ...chain.map((source) => source.nets.length));
  return Array.from({ length: count }, (_, index) => {
    const says = (other: Guest): boolean => (other.nets[index]?.mode ?? "unset") !== "unset";
    const source = says(guest) ? undefined : chain.find(says);
    const net = source?.nets[index];
    return source === undefined || net === undefined ? [] : [{ net, source }];
  }).flat();
}
