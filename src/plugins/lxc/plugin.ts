import { defineKind, definePlugin, pctConfig } from "../../plugin-api/index.js";
import { guestEdges } from "../guest/edges.js";
import { actOnGuest } from "../guest/demand.js";
import { ctHabits } from "../guest/habits.js";
import { presetContainer } from "../guest/preset.js";
import { refusedValues } from "../guest/refused.js";
import { retireGuest } from "../guest/retired.js";
import { lxcFindings } from "./findings.js";
import { lowerCt } from "./lower.js";
import { rawKeys, rootKeys } from "./rules.js";
import { ctArgs, ctOptions, ctSections } from "./options.js";

const ct = defineKind({
  keyword: "ct",
  aliases: ["lxc", "container", "lxc_container", "pct", "containers"],
  doc: "A container.",
  args: ctArgs,
  identity: { id: "id", name: "name" },
  idSpace: "guest",
  nameSpace: "guest",
  profiles: true,
  options: ctOptions,
  sections: ctSections,
  instead: ctHabits,
  complete: presetContainer,
  edges: guestEdges,
  lower: lowerCt,
  retire: retireGuest,
  act: actOnGuest,
});

/** Containers. */
export const lxcPlugin = definePlugin({
  name: "lxc",
  kinds: [ct],
  rules: [refusedValues(ct, pctConfig), rootKeys, rawKeys],
  diagnostics: lxcFindings,
});
