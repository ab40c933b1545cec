import type { Argv, Probe, Step } from "../../model/plan.js";
import { settingsNeeds } from "../../model/settings-needs.js";
import type { SettingsProbe } from "../../model/settings-probe.js";
import { acting } from "./command.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string): ShellWord => ShellWord.bare(text);

const KINDS: ReadonlySet<string> = new Set<SettingsProbe["kind"]>([
  "packages",
  "timezone",
  "host-user",
  "access",
  "permission",
  "permission-retired",
]);

/** Whether a step is one of the host's settings. */
export function isSettings(probe: Probe): probe is SettingsProbe {
  return KINDS.has(probe.kind);
}

/** The calls of preflight for what the settings name and the plan does not make. */
export function settingsPreflight(steps: readonly Step[]): readonly string[] {
  const { groups, packages, access } = settingsNeeds(steps);
  return [
    ...(groups.length === 0
      ? []
      : [ShellWord.call("need_user_groups", [value(groups.join(" ")), ...packages.map(value)])]),
    ...access.map((entry) => {
      const space = entry.indexOf(" ");
      return ShellWord.call("need_access", [bare(entry.slice(0, space)), value(entry.slice(space + 1))]);
    }),
  ];
}

/** The call of a step of the host's settings. */
export function renderSettings(probe: SettingsProbe, argv: Argv): string {
  switch (probe.kind) {
    case "packages":
      return acting("packages", [], argv);
    case "timezone":
      return acting("timezone", [], argv);
    case "host-user":
      return acting("host_user", [...inGroups(probe.groups), ...given("--password", probe.password)], argv);
    case "access":
      return acting(
        probe.entry === "token" ? "access_token" : "access_entry",
        [...inGroups(probe.groups), ...given("--save", probe.save)],
        argv,
      );
    case "permission":
      return acting("permission", [value(probe.holders.join(" "))], argv);
    case "permission-retired":
      return acting("drop_permission", [value(probe.holder)], argv);
  }
}

function inGroups(groups: readonly string[]): readonly ShellWord[] {
  return groups.length === 0 ? [] : [bare("--groups"), value(groups.join(" "))];
}

function given(option: string, text: string | undefined): readonly ShellWord[] {
  return text === undefined ? [] : [bare(option), value(text)];
}
