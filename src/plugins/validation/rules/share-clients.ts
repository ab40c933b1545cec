import {
  defineRule,
  diagnose,
  guests,
  netAddresses,
  nets,
  parseIp,
  parseRange,
  rangeHolds,
  settingOf,
  shareOfVolume,
  volumes,
} from "../../../plugin-api/index.js";
import type { HostShare, Model, Resource } from "../../../plugin-api/index.js";
import { shareNotForGuest } from "../findings/shares.js";

/** A guest that mounts an export or a share of a declared host is one of its clients. */
export const shareClients = defineRule({
  name: "share/clients",
  check(model, report) {
    for (const guest of guests(model)) {
      for (const volume of volumes(guest)) {
        const share = shareOfVolume(volume, model);
        if (share === undefined || share.clients.length === 0 || mayReach(guest, share, model)) continue;
        const { kind, name } = share;
        const addresses = addressesOfGuest(guest, model).join(", ");
        const at = settingOf(volume.section, "from")?.span ?? volume.section.headSpan;
        const related = [{ span: share.resource.headSpan, message: `the ${kind}` }];
        const label = `${guest.kind} ${guest.id ?? ""} ${guest.name}`;
        report(diagnose(shareNotForGuest, at, { guest: label, kind, share: name, addresses }, { related }));
      }
    }
  },
});

function addressesOfGuest(guest: Resource, model: Model): readonly string[] {
  return nets(guest, model).flatMap((net) => netAddresses(net).map(({ address }) => address));
}

/** Whether one of its addresses is a client's, or nobody can know: it has none of its own, or a client is a name or a pattern. */
function mayReach(guest: Resource, { clients }: HostShare, model: Model): boolean {
  const own = addressesOfGuest(guest, model).flatMap((text) => parseIp(text) ?? []);
  if (own.length === 0 || clients.some(({ resource }) => resource === guest)) return true;
  return clients.some(({ addresses }) =>
    addresses.some((text) => {
      const range = parseRange(text);
      return range === undefined || own.some((ip) => rangeHolds(range, ip));
    }),
  );
}
