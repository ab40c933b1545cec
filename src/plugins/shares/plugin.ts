import { defineKind, definePlugin } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { lowerExport } from "./export.js";
import { shareFindings } from "./findings.js";
import { shareEdges } from "./lower.js";
import { lowerMapping, mappingArgs, mappingOptions } from "./mapping.js";
import { exportArgs, exportOptions, exportSections, shareArgs, shareOptions, shareSections } from "./options.js";
import { lowerShare } from "./share.js";

/** The directory has none of its own. */
const QUOTA = "write it into the block of its `dataset`";

const host = { type: t.hostRef, doc: "The host that it belongs to." };

const nfsExport = defineKind({
  keyword: "export",
  aliases: ["nfs", "nfs_export", "nfs_share"],
  doc: "A directory of the host that clients mount over NFS.",
  args: exportArgs,
  identity: { name: "name" },
  options: { ...exportOptions, host },
  sections: exportSections,
  instead: { directory: "path", hosts: "clients", client_list: "clients", quota: QUOTA },
  edges: shareEdges,
  lower: lowerExport,
});

const sambaShare = defineKind({
  keyword: "share",
  aliases: ["samba", "smb", "cifs", "samba_share"],
  doc: "A directory of the host that clients use over Samba.",
  args: shareArgs,
  identity: { name: "name" },
  options: { ...shareOptions, host },
  sections: shareSections,
  instead: {
    directory: "path",
    quota: QUOTA,
    valid_users: "users",
    read_only: "readonly",
    browsable: "browseable",
    hosts_allow: "clients",
    writable: "write `readonly = false`",
    writeable: "write `readonly = false`",
  },
  edges: shareEdges,
  lower: lowerShare,
});

const mapping = defineKind({
  keyword: "mapping",
  aliases: ["virtiofs", "directory_mapping", "dir_mapping"],
  doc: "A directory of the host that virtual machines mount by virtiofs.",
  args: mappingArgs,
  identity: { name: "id" },
  options: { ...mappingOptions, host },
  sections: {},
  instead: { directory: "path", comment: "description" },
  edges: shareEdges,
  lower: lowerMapping,
});

/** What the host offers to others: exports (NFS), shares (Samba), directory mappings (virtiofs). */
export const sharesPlugin = definePlugin({
  name: "shares",
  kinds: [nfsExport, sambaShare, mapping],
  diagnostics: shareFindings,
});
