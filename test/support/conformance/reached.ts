/** How many of how many recorded commands the simulated host answers as recorded. */
export interface Agreement {
  /** Of the commands that plans run. */
  readonly planned: readonly [agree: number, all: number];
  readonly all: readonly [agree: number, all: number];
}

/** What was reached, by tool. It may only rise: a test compares it with what is measured. */
export const reached: Readonly<Record<string, Agreement>> = {
  "ha-manager": { planned: [0, 0], all: [0, 12] },
  pct: { planned: [140, 141], all: [156, 160] },
  "pve-firewall": { planned: [0, 0], all: [0, 2] },
  pvesh: { planned: [0, 0], all: [11, 31] },
  pvesm: { planned: [22, 22], all: [29, 30] },
  pvesr: { planned: [2, 2], all: [2, 3] },
  pveum: { planned: [0, 0], all: [0, 4] },
  qm: { planned: [206, 208], all: [236, 241] },
  vzdump: { planned: [0, 0], all: [0, 1] },
  zfs: { planned: [2, 2], all: [2, 2] },
};
