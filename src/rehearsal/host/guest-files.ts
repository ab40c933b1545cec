import type { Machine } from "./machine.js";

/** A copy of a guest's disk has the same files: of the guest as it is, or of a snapshot. */
export function copyFiles(machine: Machine, from: number, to: number | string, snapshot?: string): void {
  const { guestFiles } = machine.state;
  const files = guestFiles[snapshot === undefined ? from : `${from}@${snapshot}`];
  if (files === undefined) delete guestFiles[to];
  else guestFiles[to] = { ...files };
}

/** Forgets the files of a guest and of its snapshots, and what runs in it. */
export function dropFiles(machine: Machine, id: number): void {
  const { guestFiles, work } = machine.state;
  delete work[id];
  for (const key of Object.keys(guestFiles)) if (key === `${id}` || key.startsWith(`${id}@`)) delete guestFiles[key];
}
