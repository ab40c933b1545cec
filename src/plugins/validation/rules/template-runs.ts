import { boolOf, defineRule, diagnose, sectionsOf, settingOf, stringOf } from "../../../plugin-api/index.js";
import type { Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { templateIdle, templateRunning } from "../findings/lifecycle.js";

/** A template is never started: neither kept running, nor at boot, nor for its checks. */
export const templateRuns = defineRule({
  name: "template/runs",
  check(model, report) {
    for (const { template, resource, label, boot } of factsOf(model).guests) {
      if (!template) continue;
      const related = [{ span: placeOf(resource, "template"), message: "it is a template" }];
      if (stringOf(resource, "state") === "running") {
        report(diagnose(templateRunning, placeOf(resource, "state"), { guest: label }, { related }));
      }
      const start =
        boot !== undefined && boolOf(boot.section, "start") === true ? settingOf(boot.section, "start") : undefined;
      const checks = sectionsOf(resource, "check").map((check) => check.headSpan);
      // What a profile says is meant for the guests that run.
      const own = (spans: readonly Span[]): Span | undefined => spans.find((span) => isWithin(span, resource.span));
      for (const [what, span] of [
        ["`boot { start = true }`", own(start === undefined ? [] : [start.span])],
        ["a check", own(checks)],
      ] as const) {
        if (span !== undefined) report(diagnose(templateIdle, span, { guest: label, what }, { related }));
      }
    }
  },
});

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
