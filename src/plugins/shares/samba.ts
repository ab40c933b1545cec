import { diagnose, sectionOf, sectionsOf, settingOf, stringOf, argOf, valueOf } from "../../plugin-api/index.js";
import type { Lowered, OptionSpec, Requirement, Resource, Section, SectionSpec, Step } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import type { HostPart } from "../host/part.js";
import { packagesStep } from "../host/packages.js";
import { sambaParameterTwice } from "./findings.js";
import { parameterBlock } from "./options.js";
import { RELOAD_SAMBA, SMB_CONF, parameters } from "./share.js";

const options: Readonly<Record<string, OptionSpec>> = {
  workgroup: {
    type: {
      type: "string",
      pattern: "[A-Za-z0-9_!@#$%^&(){}'~-][A-Za-z0-9_!@#$%^&(){}'~.-]{0,14}",
      describe: "a NetBIOS name of at most 15 characters",
    },
    doc: "The work group, or the domain. Samba's default: WORKGROUP.",
  },
};

const user: SectionSpec = {
  doc: "A user of Samba. One that has no account on the host gets one that cannot log in.",
  args: [{ name: "name", type: t.account, doc: "The name of the user." }],
  options: { password: { type: { type: "secret" }, doc: "The password. Omitted: it stays as it is." } },
  sections: {},
};

/** `samba { workgroup = HOME, user heads { password = secret("...") } }` */
export const sambaPart: HostPart = {
  sections: {
    samba: {
      doc: "What holds for all Samba shares of the host.",
      args: [],
      repeat: "once",
      options,
      sections: { user, options: parameterBlock("Further parameters of `[global]` in smb.conf.") },
    },
  },
  lower: lowerSamba,
};

function lowerSamba(host: Resource): Lowered {
  const samba = sectionOf(host, "samba");
  if (samba === undefined) return { steps: [], requirements: [] };
  const users = sectionsOf(samba, "user");
  const packages = packagesStep(host, ["samba"], { commands: ["smbpasswd"], asked: samba });
  return {
    steps: [packages, ...globalStep(host, samba), ...users.map((section) => userStep(host, section))],
    requirements: users.flatMap((section): readonly Requirement[] => {
      const secret = passwordOf(section);
      return secret === undefined ? [] : [{ kind: "secret", secret, blocks: [], source: section.headSpan }];
    }),
    diagnostics: doubled(samba),
  };
}

/** A block of ours at the end of smb.conf: what it says later counts. */
function globalStep(host: Resource, samba: Section): readonly Step[] {
  const workgroup = stringOf(samba, "workgroup");
  const lines = [...(workgroup === undefined ? [] : [`workgroup = ${workgroup}`]), ...parameters(samba)];
  if (lines.length === 0) return [];
  const step = makeStep(host, "samba", {
    phase: "host",
    title: "general parameters of Samba",
    probe: {
      kind: "file",
      path: SMB_CONF,
      block: "samba",
      content: `[global]\n${lines.map((line) => `\t${line}\n`).join("")}`,
      adopt: true,
      check: ["testparm", "-s", "FILE"],
      then: RELOAD_SAMBA,
    },
    commands: [],
    asked: samba,
  });
  return [step];
}

function userStep(host: Resource, section: Section): Step {
  const name = argOf(section, "name") ?? "";
  const secret = passwordOf(section);
  return makeStep(host, `samba-user.${name}`, {
    phase: "host",
    title: `Samba user ${name}`,
    probe: { kind: "samba-user", user: name, ...(secret === undefined ? {} : { secret }) },
    commands: [["smbpasswd", "-s", "-a", name]],
    asked: section,
  });
}

function passwordOf(section: Section): string | undefined {
  const value = valueOf(section, "password");
  return value?.type === "secret" ? value.source : undefined;
}

function doubled(samba: Section): NonNullable<Lowered["diagnostics"]> {
  const block = sectionOf(samba, "options");
  const twice = block === undefined ? undefined : settingOf(block, "workgroup");
  if (twice === undefined) return [];
  const said = { share: "Samba", parameter: "workgroup", attribute: "workgroup" };
  return [diagnose(sambaParameterTwice, twice.nameSpan, said)];
}
