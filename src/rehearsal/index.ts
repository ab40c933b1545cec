/** The simulated Proxmox VE host: emitted scripts run against it unchanged, with the real bash. */
export { capturedState } from "./captured.js";
export type { Prediction } from "./costs.js";
export { pciFiles } from "./hardware.js";
export { endedAsMeant, heldBackWithout } from "./held-back.js";
export { isMutating } from "./host/dispatch.js";
export { settled, survive, undisturbed } from "./faults.js";
export type { Seen, Survival, Undisturbed } from "./faults.js";
export type { HostRunOptions } from "./host/perform.js";
export type { GuestEntry } from "./host/guests.js";
export { startHost } from "./host/simulated-host.js";
export type { Fault, SimulatedHost } from "./host/simulated-host.js";
export { presupposed, standIns, surroundings } from "./presupposed.js";
export { readCaptured } from "./read-captured.js";
export { rehearse } from "./rehearse.js";
export type { Rehearsal, RehearsalRun } from "./rehearse.js";
export { emptyHost } from "./state.js";
export type { HostOptions, HostState } from "./state.js";
export type { GuestActor } from "./host/guest-answers.js";
