import { boolOf, diagnose, renderValue, sectionOf, settingOf, valueOf } from "../../plugin-api/index.js";
import type { Diagnostic, HostShare, LowerContext, Lowered, Resource, Section, Value } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { sambaParameterTwice, sharePathMacro } from "./findings.js";
import { packagesStep } from "../host/packages.js";
import { directoryStep, refused, shareOf } from "./lower.js";
import { sambaOptions } from "./options.js";

/** Samba's own configuration, of which a block is ours. */
export const SMB_CONF = "/etc/samba/smb.conf";

/** A running Samba reads its configuration anew; one that does not run is started. */
export const RELOAD_SAMBA = [["systemctl", "reload-or-restart", "smbd"]] as const;

/** The directory, a file of our own with the section, and a line in smb.conf that includes it. */
export function lowerShare(resource: Resource, context: LowerContext): Lowered {
  const { share, diagnostics } = shareOf(resource, context);
  const doubled = [...parameterFindings(resource, resource.name), ...macroFindings(share)];
  if (share?.path === undefined || diagnostics.length + doubled.length > 0)
    return refused([...diagnostics, ...doubled]);
  const path = sharePath(share.name);
  const section = makeStep(resource, "section", {
    phase: "host",
    title: `section of share ${share.name}`,
    probe: {
      kind: "file",
      path,
      content: sectionText(share),
      adopt: boolOf(resource, "adopt") ?? false,
      mode: "644",
      check: ["testparm", "-s", "FILE"],
      then: RELOAD_SAMBA,
    },
    commands: [],
  });
  const include = makeStep(resource, "include", {
    phase: "host",
    title: `share ${share.name}`,
    probe: {
      kind: "file",
      path: SMB_CONF,
      block: `share-${share.name}`,
      // Samba takes an `include` among the general parameters only.
      content: `[global]\n\tinclude = ${path}\n`,
      adopt: true,
      check: ["testparm", "-s", "FILE"],
      then: RELOAD_SAMBA,
    },
    commands: [],
  });
  const packages = packagesStep(resource, ["samba"]);
  const steps = [packages, directoryStep(share), section, { ...include, id: resource.address }];
  return { steps, requirements: [] };
}

/** The file with the section of a share. */
export function sharePath(name: string): string {
  return `/etc/samba/phx/${name}.conf`;
}

/** The section of a share. */
export function sectionText({ name, path = "", clients, resource }: HostShare): string {
  const own = Object.entries(sambaOptions).flatMap(([option, { parameter }]) => {
    const value = valueOf(resource, option);
    return value === undefined ? [] : [`${parameter} = ${parameterValue(value)}`];
  });
  const hosts = [...new Set(clients.flatMap(({ addresses }) => addresses))];
  const allowed = hosts.length === 0 ? [] : [`hosts allow = ${hosts.join(" ")}`];
  const all = [`path = ${path}`, ...own, ...allowed, ...parameters(resource)];
  return `# Managed by phxc: share ${name}\n[${name}]\n${all.map((line) => `\t${line}\n`).join("")}`;
}

/** The parameters of a block with free names, in the order written. */
export function parameters(section: Section): readonly string[] {
  const block = sectionOf(section, "options");
  if (block === undefined) return [];
  return [...block.settings.values()].flatMap(({ name, value }) =>
    value.type === "error" || value.type === "absent" ? [] : [`${name} = ${parameterValue(value)}`],
  );
}

function parameterValue(value: Value): string {
  if (value.type === "bool") return value.value ? "yes" : "no";
  return value.type === "list" ? value.items.map(renderValue).join(" ") : renderValue(value);
}

/** A percent sign begins a variable, and a backslash at the end goes on in the next line. */
function macroFindings(share: HostShare | undefined): readonly Diagnostic[] {
  const [part] = /%.?|\\$/.exec(share?.path ?? "") ?? [];
  if (share?.path === undefined || part === undefined) return [];
  const at = settingOf(share.resource, "path")?.span ?? share.resource.headSpan;
  return [diagnose(sharePathMacro, at, { share: share.name, path: share.path, part })];
}

/** Other names of these parameters, with those that mean the opposite (smb.conf(5)). */
const SYNONYMS: Readonly<Record<string, string>> = {
  directory: "path",
  "allow hosts": "hosts allow",
  writable: "read only",
  writeable: "read only",
  "write ok": "read only",
  browsable: "browseable",
  public: "guest ok",
  "create mode": "create mask",
  "directory mode": "directory mask",
  group: "force group",
};

/** Parameters that have an attribute are said there. */
function parameterFindings(resource: Resource, name: string): readonly Diagnostic[] {
  const block = sectionOf(resource, "options");
  const attributes = new Map([
    ...Object.entries(sambaOptions).map(([attribute, { parameter }]) => [parameter, attribute] as const),
    ...[["path", "path"] as const, ["hosts allow", "clients"] as const],
  ]);
  return [...(block?.settings.values() ?? [])].flatMap((setting) => {
    const attribute = attributes.get(SYNONYMS[setting.name] ?? setting.name);
    if (attribute === undefined) return [];
    return [diagnose(sambaParameterTwice, setting.nameSpan, { share: name, parameter: setting.name, attribute })];
  });
}
