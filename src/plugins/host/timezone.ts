import { compareText, diagnose, didYouMean, isTimeZone, settingOf, stringOf } from "../../plugin-api/index.js";
import type { Lowered, Resource } from "../../plugin-api/index.js";
import { makeStep, onlySteps } from "../guest/step.js";
import { unknownTimeZone } from "./findings.js";
import type { HostPart } from "./part.js";

/** The host's time zone. */
export const timezonePart: HostPart = {
  options: {
    timezone: {
      type: {
        type: "string",
        pattern: "[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*",
        describe: "the name of a time zone, as `Europe/Berlin`",
      },
      doc: "The time zone of the host.",
    },
  },
  instead: { time_zone: "timezone", tz: "timezone" },
  diagnostics: [unknownTimeZone],
  lower,
};

function lower(host: Resource): Lowered {
  const zone = stringOf(host, "timezone");
  const setting = settingOf(host, "timezone");
  if (zone === undefined || setting === undefined) return onlySteps([]);
  if (!isTimeZone(zone)) {
    const nearest = didYouMean(zone, Intl.supportedValuesOf("timeZone").toSorted(compareText));
    return {
      steps: [],
      requirements: [],
      diagnostics: [diagnose(unknownTimeZone, setting.span, { zone, nearest })],
    };
  }
  const step = makeStep(host, "timezone", {
    phase: "host",
    title: "time zone",
    probe: { kind: "timezone", zone },
    commands: [["timedatectl", "set-timezone", zone]],
  });
  return onlySteps([step]);
}
