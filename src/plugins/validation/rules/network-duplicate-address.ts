import { defineRule, diagnose, formatIp, parseIp, segmentOf } from "../../../plugin-api/index.js";
import type { Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf, staticAddresses } from "../facts.js";
import { duplicateAddress } from "../findings/network.js";

/** Two interfaces of one network with the same static address. Equal addresses in separate networks are left alone. */
export const networkDuplicateAddress = defineRule({
  name: "network/duplicate-address",
  check(model, report) {
    const first = new Map<string, { readonly label: string; readonly span: Span }>();
    for (const guest of factsOf(model).guests) {
      for (const { net, address, attribute } of staticAddresses(guest)) {
        const ip = parseIp(address);
        if (ip === undefined) continue;
        const key = `${segmentOf(net.bridge, net.vlan, net.networkName)} ${formatIp(ip)}`;
        const span = placeOf(net.section, attribute);
        const known = first.get(key);
        if (known === undefined) {
          first.set(key, { label: guest.label, span });
          continue;
        }
        const args = { address, guest: guest.label, first: known.label, network: net.networkName };
        const related = [{ span: known.span, message: `${known.label} has it here` }];
        report(diagnose(duplicateAddress, span, args, { related }));
      }
    }
  },
});
