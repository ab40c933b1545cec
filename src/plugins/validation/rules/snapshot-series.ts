import { defineRule, diagnose } from "../../../plugin-api/index.js";
import type { GuestSnapshot } from "../../../plugin-api/index.js";
import { argPlaceOf, factsOf } from "../facts.js";
import { seriesNameTaken, seriesNameTooLong } from "../findings/snapshots.js";

/** Proxmox takes names of 40 characters; a series needs a hyphen and a number of up to five digits. */
const LONGEST = 34;

/** The numbered snapshots of a series have names that Proxmox takes, and that no other snapshot of the guest has. */
export const snapshotSeries = defineRule({
  name: "snapshot/series",
  check(model, report) {
    for (const { snapshots } of factsOf(model).guests) {
      const series = snapshots.filter(({ keep }) => keep !== undefined);
      for (const { name, section } of series) {
        if (name.length <= LONGEST) continue;
        report(diagnose(seriesNameTooLong, argPlaceOf(section, "name"), { name, length: name.length }));
      }
      for (const { name, keep, section } of snapshots) {
        const taken = keep === undefined ? series.find((each) => isOneOf(each, name)) : undefined;
        if (taken === undefined) continue;
        const related = [{ span: taken.section.headSpan, message: "the numbered snapshots" }];
        const args = { name, series: taken.name };
        report(diagnose(seriesNameTaken, argPlaceOf(section, "name"), args, { related }));
      }
    }
  },
});

function isOneOf(series: GuestSnapshot, name: string): boolean {
  return name.startsWith(`${series.name}-`) && /^[1-9]\d*$/.test(name.slice(series.name.length + 1));
}
