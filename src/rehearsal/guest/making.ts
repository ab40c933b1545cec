import type { GuestConfig, Section } from "../config/guest-config.js";
import type { Call } from "../host/command.js";
import { type Kind, removeConfig } from "../host/guests.js";
import { type Machine, readHostFile, writeHostFile } from "../host/machine.js";
import { Refusal, refuse } from "../host/refusal.js";
import { freeVolume } from "../storage/volumes.js";

/** A guest that is being made. */
export interface Making {
  readonly kind: Kind;
  readonly id: number;
  /** What Proxmox says when it gives up, from the refusal of the part that failed. */
  readonly refusal: (message: string) => string;
  /** What else it takes back then. */
  readonly undo?: () => void;
}

/**
 * Makes the volumes of a guest, adding each to `made`. A refusal frees them again and removes the configuration; what ends
 * the command in another way leaves all as it is.
 */
export async function makeVolumes(call: Call, guest: Making, make: (made: string[]) => Promise<void>): Promise<void> {
  const made: string[] = [];
  try {
    await make(made);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const volid of made) freeVolume(call.machine, volid);
    removeConfig(call.machine, guest.kind, guest.id);
    guest.undo?.();
    throw new Refusal(guest.refusal(error.message), error.code);
  }
}

/** What a clone is made from: the snapshot that the call names, or the guest as it is. */
export function cloneSource(call: Call, config: GuestConfig): Section {
  const snapname = call.args.values.get("snapname");
  if (snapname === undefined) return config.current;
  return config.snapshots.get(snapname) ?? refuse(`snapshot '${snapname}' does not exist`);
}

/** Copies the firewall file of a clone's source: every clone does. */
export function copyFirewall(machine: Machine, from: number, to: number): void {
  const text = readHostFile(machine, `/etc/pve/firewall/${from}.fw`);
  if (text !== undefined) writeHostFile(machine, `/etc/pve/firewall/${to}.fw`, text);
}
