import { defineRule, diagnose, hostShares, isBroken, settingOf, stringsOf } from "../../../plugin-api/index.js";
import type { HostShare, ShareClient } from "../../../plugin-api/index.js";
import { exportKeepsRoot, exportToAll } from "../findings/shares.js";

/** What an export lets others do that is seldom meant. */
export const shareOpen = defineRule({
  name: "share/open",
  check(model, report) {
    for (const share of hostShares(model).filter(({ kind }) => kind === "export")) {
      const { resource, name } = share;
      const sections = new Set([resource, ...share.clients.map(({ section }) => section)]);
      for (const section of sections) {
        const setting = settingOf(section, "options");
        if (setting !== undefined && stringsOf(section, "options").includes("no_root_squash"))
          report(diagnose(exportKeepsRoot, setting.span, { share: name }));
      }
      for (const client of share.clients) {
        const open = client.addresses.find((address) => ["*", "0.0.0.0/0", "::/0"].includes(address));
        if (open === undefined || !isWritten(share, client)) continue;
        const at =
          (client.section === resource ? settingOf(resource, "clients")?.span : undefined) ?? client.section.headSpan;
        report(diagnose(exportToAll, at, { share: name, client: open }));
      }
    }
  },
});

/** Where nothing is said, clients may write. */
function isWritten({ resource }: HostShare, { options, section }: ShareClient): boolean {
  if (isBroken(resource, "options") || isBroken(section, "options")) return false;
  const general = stringsOf(resource, "options");
  const chosen = options === undefined || options.length === 0 ? general : options;
  return chosen.length === 0 || chosen.includes("rw");
}
