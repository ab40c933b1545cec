import { boolOf, diagnose, stringsOf } from "../../plugin-api/index.js";
import type { HostShare, LowerContext, Lowered, Resource } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { exportWithoutClients } from "./findings.js";
import { packagesStep } from "../host/packages.js";
import { directoryStep, refused, shareOf } from "./lower.js";

const DEFAULT_OPTIONS = ["rw", "sync", "no_subtree_check"];

/** The directory, and a file of its own below /etc/exports.d, so that exports of others stay and plans for targets are whole. */
export function lowerExport(resource: Resource, context: LowerContext): Lowered {
  const { share, diagnostics } = shareOf(resource, context);
  if (share?.path === undefined || diagnostics.length > 0) return refused(diagnostics);
  if (share.clients.length === 0)
    return refused([diagnose(exportWithoutClients, resource.headSpan, { share: share.name })]);
  const file = makeStep(resource, "file", {
    phase: "host",
    title: `export ${share.name}`,
    probe: {
      kind: "file",
      path: exportsPath(share.name),
      content: exportsText(share),
      adopt: boolOf(resource, "adopt") ?? false,
      mode: "644",
      then: [
        ["systemctl", "enable", "--now", "nfs-server"],
        ["exportfs", "-ra"],
      ],
      removal: { then: [["exportfs", "-ra"]] },
    },
    commands: [],
  });
  const packages = packagesStep(resource, ["nfs-kernel-server"]);
  return { steps: [packages, directoryStep(share), { ...file, id: resource.address }], requirements: [] };
}

/** exports(5) reads files of this folder whose names end so. */
export function exportsPath(name: string): string {
  return `/etc/exports.d/phx-${name}.exports`;
}

/** A line for each client, so that a diff shows who comes and goes. */
export function exportsText({ name, path = "", clients, resource }: HostShare): string {
  const general = stringsOf(resource, "options");
  const lines = clients.flatMap(({ addresses, options }) => {
    const chosen = options === undefined || options.length === 0 ? general : options;
    const text = (chosen.length === 0 ? DEFAULT_OPTIONS : chosen).join(",");
    return addresses.map((address) => `${escaped(path)} ${address}(${text})\n`);
  });
  return `# Managed by phxc: export ${name}\n${[...new Set(lines)].join("")}`;
}

/** What would end a path stands as three octal digits. */
function escaped(path: string): string {
  return path.replace(/[^A-Za-z0-9_./:@+,=-]/gu, (char) =>
    [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  );
}
