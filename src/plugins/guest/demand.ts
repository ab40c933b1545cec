import { cloneSource, guestRef, guests, isTemplate } from "../../plugin-api/index.js";
import type { Demand, GuestRef, Model, Resource, Step } from "../../plugin-api/index.js";
import { cannotSnapshot } from "./lifecycle.js";
import { isFullClone } from "./source.js";
import { makeStep, toolOf } from "./step.js";

/** What is done with one guest on demand. A template does not run: it is only destroyed. */
export function actOnGuest(resource: Resource, demand: Demand): readonly Step[] {
  const { verb, neededBy, model, snapshot = "" } = demand;
  if (verb === "destroy") return [destruction(resource, neededBy, model)];
  if (isTemplate(resource)) return [];
  if (verb === "snapshot") return cannotSnapshot(resource) ? [] : [taking(resource, snapshot)];
  return [verb === "rollback" ? rollback(resource, snapshot, neededBy) : runState(resource, verb, neededBy)];
}

function taking(resource: Resource, snapshot: string): Step {
  const guest = guestRef(resource);
  return makeStep(resource, `snapshot.${snapshot}`, {
    phase: "finish",
    title: `snapshot ${snapshot}`,
    probe: { kind: "snapshot-absent", guest, snapshot },
    commands: [[toolOf(guest), "snapshot", String(guest.id), snapshot]],
  });
}

function rollback(resource: Resource, snapshot: string, neededBy: readonly GuestRef[]): Step {
  const guest = guestRef(resource);
  return makeStep(resource, `rollback.${snapshot}`, {
    phase: "start",
    title: `rollback to ${snapshot}`,
    risk: "destroys",
    probe: { kind: "snapshot-present", guest, snapshot, neededBy },
    commands: [[toolOf(guest), "rollback", String(guest.id), snapshot]],
  });
}

function destruction(resource: Resource, neededBy: readonly GuestRef[], model: Model): Step {
  const guest = guestRef(resource);
  return makeStep(resource, "destroy", {
    phase: "finish",
    risk: "destroys",
    probe: { kind: "guest-present", guest, neededBy, clones: linkedClones(resource, model) },
    commands: [[toolOf(guest), "destroy", String(guest.id), "--purge", "1"]],
  });
}

/** Clones that share the disk of a template: Proxmox destroys none of it while they exist. */
function linkedClones(resource: Resource, model: Model): readonly GuestRef[] {
  return guests(model).flatMap((guest) => {
    const source = cloneSource(guest, model);
    return source?.resource.address === resource.address && !isFullClone(guest, source, model) ? [guestRef(guest)] : [];
  });
}

const STATES = {
  start: "running",
  stop: "stopped",
  pause: "stopped-for-now",
  resume: "running-again",
} as const;

const TITLES = { start: "start", stop: "stop", pause: "stop, to be started again", resume: "start again" } as const;

function runState(resource: Resource, verb: keyof typeof STATES, neededBy: readonly GuestRef[]): Step {
  const guest = guestRef(resource);
  const id = String(guest.id);
  const isStop = verb === "stop" || verb === "pause";
  const needed = isStop && neededBy.length > 0 ? { neededBy } : {};
  return makeStep(resource, verb, {
    phase: "start",
    title: TITLES[verb],
    risk: verb === "stop" ? "interrupts" : verb === "start" ? "safe" : "restarts",
    probe: { kind: "run-state", guest, want: STATES[verb], ...needed },
    commands: [isStop ? [toolOf(guest), "shutdown", id, "--forceStop", "1"] : [toolOf(guest), "start", id]],
  });
}
