/** The simulated Proxmox VE host: emitted scripts run against it unchanged, with the real bash. */
export { isMutating } from "./host/dispatch.js";
export type { GuestActor, GuestReply } from "./host/guest-answers.js";
export type { GuestEntry, Kind } from "./host/guests.js";
export type { CommandResult, HostRunOptions } from "./host/perform.js";
export {
  type Fault,
  type RecordedCommand,
  type ScriptOptions,
  type ScriptResult,
  type SimulatedHost,
  startHost,
} from "./host/simulated-host.js";
export { presupposed } from "./presupposed.js";
export { rehearse, type Rehearsal, type RehearsalOptions, type RehearsalRun } from "./rehearse.js";
export { emptyHost, type GuestAnswer, type GuestManner, type HostOptions, type HostState } from "./state.js";
