import {
  bootOf,
  guestRef,
  isAbsent,
  isTemplate,
  propertyOption,
  settingOf,
  snapshotsOf,
  sizeText,
  stringOf,
} from "../../plugin-api/index.js";
import type { GuestDisk, Resource, SnapshotMoment, Step, WantedOptions } from "../../plugin-api/index.js";
import { makeStep, toolOf } from "./step.js";

/** Whether a plan starts the guest once, after it has made it. */
export function startsOnce(resource: Resource): boolean {
  return bootOf(resource)?.start === true && stringOf(resource, "state") === undefined && !isTemplate(resource);
}

/** `onboot` and `startup`, from the `boot` block. */
export function bootOptions(resource: Resource): readonly WantedOptions[] {
  const boot = bootOf(resource);
  if (boot === undefined) return [];
  const onboot = boot.start === undefined ? [] : [{ option: "onboot", value: boot.start ? "1" : "0" }];
  const absent = isAbsent(boot.section, "start") ? ["onboot"] : [];
  const startup = propertyOption("startup", [
    { key: "order", value: boot.order, place: "first", absent: isAbsent(boot.section, "order") },
    { key: "up", value: boot.up, place: "first", absent: isAbsent(boot.section, "delay") },
    { key: "down", value: boot.down, place: "first", absent: isAbsent(boot.section, "down_delay") },
  ]);
  return [{ wanted: onboot, absent, absentKeys: [] }, startup];
}

/** Starts or stops the guest, as the files say; and restarts it for pending changes where they allow that. */
export function stateSteps(resource: Resource): readonly Step[] {
  if (isTemplate(resource)) return [];
  const state = stringOf(resource, "state");
  const want = state === "running" || state === "stopped" ? state : startsOnce(resource) ? "first-start" : undefined;
  const restart = stringOf(resource, "restart") === "when-needed" && state !== "stopped" ? [restartStep(resource)] : [];
  return want === undefined ? restart : [stateStep(resource, want), ...restart];
}

function stateStep(resource: Resource, want: "running" | "stopped" | "first-start"): Step {
  const guest = guestRef(resource);
  const [name, command] =
    want === "stopped"
      ? (["stop", [toolOf(guest), "shutdown", String(guest.id), "--forceStop", "1"]] as const)
      : (["start", [toolOf(guest), "start", String(guest.id)]] as const);
  return makeStep(resource, name, {
    phase: "start",
    title: want === "first-start" ? "first start" : name,
    risk: want === "stopped" ? "interrupts" : "safe",
    probe: { kind: "run-state", guest, want },
    commands: [command],
  });
}

function restartStep(resource: Resource): Step {
  const guest = guestRef(resource);
  return makeStep(resource, "restart", {
    phase: "start",
    title: "restart for pending changes",
    risk: "restarts",
    probe: { kind: "restart-needed", guest },
    commands: [[toolOf(guest), "reboot", String(guest.id)]],
    asked: undefined,
  });
}

/** Turns the guest into a template, as the last thing that happens to it. */
export function templateSteps(resource: Resource): readonly Step[] {
  if (!isTemplate(resource)) return [];
  const guest = guestRef(resource);
  const commands = [[toolOf(guest), "template", String(guest.id)]];
  const title = "conversion to a template";
  return [makeStep(resource, "template", { phase: "finish", title, probe: { kind: "not-template", guest }, commands })];
}

/** Whether Proxmox refuses every snapshot of the guest. */
export function cannotSnapshot(resource: Resource): boolean {
  return isTemplate(resource) || resource.sections.some((section) => section.kind === "mount");
}

/** The phases of the moments: each comes last in its phase. */
const PHASE_OF = { configured: "configure", installed: "provision", finished: "finish" } as const;

/**
 * The lifecycle snapshots of a moment; none where Proxmox refuses them: of a template, or beside a mounted host directory.
 */
export function snapshotSteps(resource: Resource, moment: SnapshotMoment): readonly Step[] {
  if (cannotSnapshot(resource)) return [];
  const guest = guestRef(resource);
  return snapshotsOf(resource).flatMap((snapshot) => {
    if (snapshot.moment !== moment) return [];
    const { name, keep, section } = snapshot;
    const step = makeStep(resource, `snapshot.${name}`, {
      phase: PHASE_OF[moment],
      title: keep === undefined ? `snapshot ${name}` : `snapshots ${name}, the last ${keep}`,
      probe: { kind: "snapshot-absent", guest, snapshot: name, ...(keep === undefined ? {} : { keep }) },
      commands: [[toolOf(guest), "snapshot", String(guest.id), name]],
      asked: section,
    });
    return [step];
  });
}

/** Grows the disks to their declared sizes. Disks that this plan allocates have them already: the probe then finds nothing to do. */
export function diskSteps(resource: Resource, disks: readonly GuestDisk[]): readonly Step[] {
  const guest = guestRef(resource);
  const resize = guest.kind === "vm" ? ["qm", "disk", "resize"] : ["pct", "resize"];
  return disks.flatMap((disk) => {
    if (disk.size === undefined) return [];
    const step = makeStep(resource, `disk.${disk.root ? "root" : disk.name}`, {
      phase: "configure",
      title: `size of disk ${disk.name}`,
      probe: { kind: "disk-size", guest, disk: disk.at ?? disk.slot, bytes: disk.size },
      commands: [[...resize, String(guest.id), disk.slot, sizeText(disk.size)]],
      asked: settingOf(disk.section, "size") === undefined ? undefined : disk.section,
    });
    return [step];
  });
}
