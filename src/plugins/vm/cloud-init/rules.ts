import {
  argOf,
  boolOf,
  defineRule,
  diagnose,
  guests,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
  valueOf,
} from "../../../plugin-api/index.js";
import type { Diagnostic, Model, Rule, Section, Setting } from "../../../plugin-api/index.js";
import { blocksIn, cloudInitOf, textIn, valueIn } from "./effective.js";
import {
  noNetworkVersion,
  noUserDataHeader,
  replacedByUserData,
  sameUserTwice,
  tabInYaml,
  userWithoutLogin,
} from "./findings.js";
import { USER_DATA_OPTIONS } from "./options.js";

type Report = (finding: Diagnostic) => void;

/** A rule that looks at each block `cloud_init`; one that several guests have of a profile is reported once. */
function sectionRule(name: string, check: (section: Section, report: Report) => void): Rule {
  return defineRule({
    name: `cloud-init/${name}`,
    check: (model, report) => {
      const told = new Set<string>();
      const once = (finding: Diagnostic): void => {
        const key = `${finding.code} ${finding.span.file.path} ${finding.span.start}`;
        if (!told.has(key)) report(finding);
        told.add(key);
      };
      for (const guest of guests(model)) {
        const section = sectionOf(guest, "cloud_init");
        if (section !== undefined) check(section, once);
      }
    },
  });
}

const replaced = sectionRule("replaced-by-user-data", (section, report) => {
  const own = settingOf(section, "user_data");
  if (own === undefined) return;
  const names = ["user", "ssh_keys", "password", "upgrade", ...USER_DATA_OPTIONS].filter(
    (name) => settingOf(section, name) !== undefined,
  );
  const blocks = blocksIn(section).map(({ kind }) => kind);
  const all = [...names, ...new Set(blocks.map((kind) => `${kind} { }`))];
  if (all.length > 0) report(diagnose(replacedByUserData, own.nameSpan, { names: all }));
});

const sameUser = sectionRule("same-user", (section, report) => {
  const first = stringOf(section, "user");
  for (const block of sectionsOf(section, "user")) {
    if (argOf(block, "name") !== first || first === undefined) continue;
    const related = [{ span: settingOf(section, "user")?.span ?? section.headSpan, message: "the first user" }];
    report(diagnose(sameUserTwice, block.headSpan, { user: first }, { related }));
  }
});

/** Keys and password of the first user may stand at the guest that is cloned, or at clones. */
const login = defineRule({
  name: "cloud-init/login",
  check: (model, report) => {
    const told = new Set<Setting>();
    for (const guest of guests(model)) {
      const config = cloudInitOf(guest, model);
      // Of a user whom several guests of a chain name, the first one speaks.
      const first = config.chain.findLast((section) => settingOf(section, "user") !== undefined);
      const setting = first === undefined || first !== config.own ? undefined : settingOf(first, "user");
      const canLogin = valueIn(config, "ssh_keys") !== undefined || valueIn(config, "password") !== undefined;
      if (setting === undefined || canLogin || told.has(setting) || clonesLogIn(guest.address, model)) continue;
      told.add(setting);
      report(diagnose(userWithoutLogin, setting.span, { user: textIn(config, "user") ?? "" }));
    }
  },
});

const blockLogin = sectionRule("block-login", (section, report) => {
  for (const block of sectionsOf(section, "user")) {
    const canLogin = valueOf(block, "ssh_keys") !== undefined || valueOf(block, "password") !== undefined;
    if (canLogin || boolOf(block, "system") === true) continue;
    report(diagnose(userWithoutLogin, block.headSpan, { user: argOf(block, "name") ?? "" }));
  }
});

/** Whether what is cloned from a guest brings keys or a password of its own. */
function clonesLogIn(address: string, model: Model): boolean {
  const clones = guests(model).filter((guest) =>
    guest.requires.some((edge) => edge.to === address && edge.reason === "clone"),
  );
  return clones.some(({ address: clone, ...guest }) => {
    const section = sectionOf(guest, "cloud_init");
    const isOwn =
      section !== undefined && ["ssh_keys", "password"].some((name) => valueOf(section, name) !== undefined);
    return isOwn || clonesLogIn(clone, model);
  });
}

/** What user data of any form begins with (cloud-init's documentation, "User data formats"). */
const HEADER =
  /^(#cloud-config|#!|#include|#cloud-boothook|#part-handler|## template: *jinja|Content-Type:|MIME-Version:)/i;

const ownTexts = sectionRule("own-texts", (section, report) => {
  for (const name of ["user_data", "vendor_data", "network_config"]) {
    const setting = settingOf(section, name);
    const text = stringOf(section, name);
    if (setting === undefined || text === undefined) continue;
    const isNetwork = name === "network_config";
    if (!isNetwork && !HEADER.test(text)) {
      report(diagnose(noUserDataHeader, setting.span, { name, found: shown(text) }));
    }
    if (isNetwork && !/^(\s*version|["']version["'])\s*:/m.test(text) && !/"version"\s*:/.test(text)) {
      report(diagnose(noNetworkVersion, setting.span, undefined));
    }
    if (isNetwork || text.startsWith("#cloud-config\n")) checkTabs(setting, text, report);
  }
});

function shown(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.trim() === "" ? "an empty line" : `\`${line.slice(0, 40)}\``;
}

/** Inside of a block scalar or a quoted text a tab may stand at the beginning of a line, after blanks that indent it. */
function checkTabs(setting: Setting, text: string, report: Report): void {
  const at = text.split("\n").findIndex((line) => /^\t+[^\s#]/.test(line));
  if (at >= 0) report(diagnose(tabInYaml, setting.span, { name: setting.name, line: at + 1 }));
}

/** What must hold of the blocks `cloud_init`. */
export const cloudInitRules: readonly Rule[] = [replaced, sameUser, login, blockLogin, ownTexts];
