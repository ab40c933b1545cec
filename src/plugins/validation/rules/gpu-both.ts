import { defineRule, diagnose, gpus, listOf, pciDevices, sectionOf } from "../../../plugin-api/index.js";
import type { Resource, Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import type { Guest } from "../facts.js";
import { cardOfBoth, cardOfDriver } from "../findings/resources.js";

/** A card that the host's driver has for containers. */
interface Shared {
  readonly address: string;
  readonly index: number;
  readonly span: Span;
}

/** A card belongs to one machine as a whole, or the host has its driver and containers share it. */
export const gpuBoth = defineRule({
  name: "gpu/host-and-machine",
  check(model, report) {
    const { hosts, guests } = factsOf(model);
    for (const host of hosts) {
      const own = guests.filter((guest) => guest.host === host);
      const shared = sharedCards(host, own);
      const section = sectionOf(host, "passthrough");
      for (const value of section === undefined ? [] : listOf(section, "addresses")) {
        const address = value.type === "string" ? value.value.toLowerCase() : "";
        const clash = shared.find((card) => isSame(card.address, address));
        if (clash === undefined) continue;
        const related = [{ span: clash.span, message: "shared with containers" }];
        const at = section === undefined ? host.headSpan : placeOf(section, "addresses");
        report(diagnose(cardOfBoth, at, { address, host: host.name }, { related }));
      }
      for (const guest of own) {
        for (const { section: pci, addresses, mdev } of pciDevices(guest.resource)) {
          const clash = shared.find((card) => addresses.some((address) => isSame(card.address, address)));
          if (clash === undefined || mdev !== undefined || isTold(guest, clash, own)) continue;
          const related = [{ span: clash.span, message: "shared with containers" }];
          const args = { address: clash.address, guest: guest.label, host: host.name };
          report(diagnose(cardOfDriver, placeOf(pci, "address"), args, { related }));
        }
      }
    }
  },
});

/** The GPUs that the host names by address, where it has the driver or a container asks for them. */
function sharedCards(host: Resource, own: readonly Guest[]): readonly Shared[] {
  const hasDriver = sectionOf(host, "nvidia") !== undefined;
  return listOf(host, "gpus").flatMap((value, index) => {
    if (value.type !== "string" || !(hasDriver || own.some((guest) => uses(guest, index)))) return [];
    return [{ address: value.value.toLowerCase(), index, span: placeOf(host, "gpus") }];
  });
}

const uses = ({ resource }: Guest, index: number): boolean => (gpus(resource) ?? []).includes(index);

/** Two guests that start and have one card are told by the rule about claims. */
function isTold(guest: Guest, card: Shared, own: readonly Guest[]): boolean {
  return guest.starts && own.some((other) => other.starts && uses(other, card.index));
}

/** An address without a function stands for all of them. */
function isSame(one: string, other: string): boolean {
  const isWhole = !one.includes(".") || !other.includes(".");
  return isWhole ? one.replace(/\..*/, "") === other.replace(/\..*/, "") : one === other;
}
