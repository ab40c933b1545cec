import { backupJob, pctConfig, qmConfig, replicationJob, storageAdd } from "../../../src/plugin-api/index.js";
import type { Options } from "../../../src/plugin-api/index.js";

/** What the attributes of a kind become, and the pages that tell more of it. */
export interface KindNotes {
  /** The command whose options they are. */
  readonly command?: string;
  /** Proxmox's table of these options. */
  readonly table?: Options;
  /** The command line of one: of a name, or of a key of a property string. */
  readonly line?: (name: string, key: string | undefined) => string;
  /** What its blocks become, where that is something else. */
  readonly blocks?: Readonly<Record<string, Pick<KindNotes, "command" | "table" | "line">>>;
  /** A guest, which may run while an option is changed. */
  readonly runs?: true;
  /** Pages below docs. */
  readonly pages: readonly string[];
}

const dashed = (name: string, key: string | undefined): string =>
  key === undefined ? `--${name}` : `--${name} ${key}=`;
const property = (name: string): string => `${name}=`;

/** By keyword. A kind that is not here has neither. */
export const kindNotes: Readonly<Record<string, KindNotes>> = {
  host: {
    command: "pvesh create /nodes/NODE/network",
    line: dashed,
    pages: ["host.md", "network.md", "gpu.md", "zfs.md"],
  },
  network: { pages: ["network.md", "addresses.md"] },
  zone: { command: "pvesh create /cluster/sdn", line: dashed, pages: ["network.md"] },
  controller: { command: "pvesh create /cluster/sdn", line: dashed, pages: ["network.md"] },
  pool: { command: "zfs set", line: property, pages: ["zfs.md"] },
  dataset: {
    command: "zfs set",
    line: property,
    blocks: { storage: { command: "pvesm set", line: dashed, table: storageAdd } },
    pages: ["zfs.md", "storages.md"],
  },
  zvol: { command: "zfs set", line: property, pages: ["zfs.md"] },
  storage: { command: "pvesm set", line: dashed, table: storageAdd, pages: ["storages.md"] },
  export: { pages: ["shares.md"] },
  share: { pages: ["shares.md"] },
  mapping: { pages: ["shares.md"] },
  image: { pages: ["images.md"] },
  alias: { pages: ["firewall.md"] },
  ipset: { pages: ["firewall.md"] },
  group: { pages: ["firewall.md"] },
  firewall: { pages: ["firewall.md"] },
  vm: {
    command: "qm set",
    runs: true,
    table: qmConfig,
    line: dashed,
    pages: ["options.md", "templates.md", "cloud-init.md", "features.md", "health.md", "modular.md"],
  },
  ct: {
    command: "pct set",
    runs: true,
    table: pctConfig,
    line: dashed,
    pages: ["options.md", "templates.md", "features.md", "health.md", "modular.md"],
  },
  backup: { command: "pvesh set /cluster/backup", table: backupJob, line: dashed, pages: ["backups.md"] },
  replication: {
    command: "pvesh set /cluster/replication",
    table: replicationJob,
    line: dashed,
    pages: ["backups.md"],
  },
};
