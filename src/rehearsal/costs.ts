/** How long a script's commands would take on a genuine host, added up instead of waited for. */
export interface Prediction {
  /** Of all commands together. */
  readonly seconds: number;
  /** Processes of Proxmox's own commands: what the time of a script is made of. */
  readonly proxmox: number;
  /** Processes of other simulated commands: ZFS, downloads, checks. */
  readonly others: number;
}

/**
 * Seconds that one process costs by itself, whatever it does. Measured on Proxmox VE 9.2: `qm` and `pct` 0.8 to 0.9 s, `pvesh
 * get` 1.4 s, `pvesm status` 1 s, nearly all of it loading modules. `pveam` and `pveversion` load the same modules and are
 * taken to cost as much as `qm`.
 */
const proxmoxSeconds: Readonly<Record<string, number>> = {
  pct: 0.85,
  pveam: 0.85,
  pvesh: 1.4,
  pvesm: 1,
  pveversion: 0.85,
  qm: 0.85,
};

/** Estimates, not measurements: a change of a pool or dataset waits for its transaction to be written. */
const zfsSeconds = { read: 0.02, change: 0.1, pool: 2 } as const;

/** Any other program: a process that starts and ends. */
const otherSeconds = 0.005;

/** Seconds that a command line costs at least. */
function costOf(argv: readonly string[], mutating: boolean): number {
  const [tool = "", verb = ""] = argv;
  if (isProxmox(tool)) return proxmoxSeconds[tool] ?? 0;
  if (tool === "zpool" && verb === "create") return zfsSeconds.pool;
  if (tool === "zfs" || tool === "zpool") return mutating ? zfsSeconds.change : zfsSeconds.read;
  return otherSeconds;
}

function isProxmox(tool: string): boolean {
  return Object.hasOwn(proxmoxSeconds, tool);
}

/**
 * What commands would take one after the other. Left out is what depends on sizes, networks and guests: downloads, copies of
 * disks and templates, the start of a guest, and what runs inside of it.
 */
export function predict(
  commands: readonly { readonly argv: readonly string[]; readonly mutating: boolean }[],
): Prediction {
  const proxmox = commands.filter(({ argv }) => isProxmox(argv[0] ?? "")).length;
  const seconds = commands.reduce((sum, { argv, mutating }) => sum + costOf(argv, mutating), 0);
  return { seconds, proxmox, others: commands.length - proxmox };
}
