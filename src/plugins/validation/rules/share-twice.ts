import { defineRule, diagnose, hostShares, refOf, settingOf } from "../../../plugin-api/index.js";
import type { HostShare } from "../../../plugin-api/index.js";
import { sharedTwice } from "../findings/shares.js";

/** No two exports of one host offer the same directory. */
export const shareTwice = defineRule({
  name: "share/twice",
  check(model, report) {
    const first = new Map<string, HostShare>();
    for (const share of hostShares(model)) {
      const { kind, path, resource } = share;
      if (kind !== "export" || path === undefined) continue;
      const key = `${refOf(resource, "host") ?? ""} ${path}`;
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, share);
        continue;
      }
      const at = (settingOf(resource, "path") ?? settingOf(resource, "dataset"))?.span ?? resource.headSpan;
      const related = [{ span: other.resource.headSpan, message: "the first one" }];
      report(diagnose(sharedTwice, at, { path, other: other.name }, { related }));
    }
  },
});
