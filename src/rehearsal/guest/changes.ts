import { type Options, specOf } from "../../pve/spec.js";
import type { GuestConfig, Section } from "../config/guest-config.js";
import type { Call } from "../host/command.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { splitList } from "../../pve/check.js";

/** What a `set` is asked to change. */
export interface Changes {
  readonly wanted: ReadonlyMap<string, string>;
  readonly deletes: readonly string[];
  readonly reverts: readonly string[];
}

/** The changes of a call; refuses one without any. */
export function readChanges(call: Call, wanted: ReadonlyMap<string, string>): Changes {
  const deletes = splitList(call.args.values.get("delete") ?? "");
  const reverts = splitList(call.args.values.get("revert") ?? "");
  if (wanted.size + deletes.length + reverts.length === 0) refuse("no options specified", 2);
  return { wanted, deletes, reverts };
}

/** Refuses to delete what is set in the same call, what is no option, and what a guest cannot be without. */
export function checkDeletes(call: Call, options: Options, changes: Changes, needed: readonly string[] = []): void {
  const refusal = (message: string): never => {
    throw parameterRefusal(call.args.spec, [{ name: "delete", message }], 255);
  };
  for (const option of changes.deletes) {
    if (changes.wanted.has(option)) refusal(`you can't use '-${option}' and -delete ${option}' at the same time`);
    if (specOf(options, option) === undefined) refusal(`unknown option '${option}'`);
    if (needed.includes(option)) refuse(`unable to delete required option '${option}'`);
  }
}

/** Whether a running guest takes a change of the option over. */
export function appliesAtOnce(options: Options, option: string): boolean {
  return specOf(options, option)?.effect === "at-once";
}

/** Lets a change wait for the next start; nothing waits where the value is what it was. */
export function setLater(config: GuestConfig, option: string, value: string): void {
  forgetPendingDelete(config, option);
  if (config.current.options.get(option) === value) config.pending.options.delete(option);
  else config.pending.options.set(option, value);
}

/** Sets an option now; what waited for it is forgotten. */
export function setNow(
  config: GuestConfig,
  option: string,
  value: string,
  set: (section: Section, option: string, value: string) => void,
): void {
  forgetPendingDelete(config, option);
  config.pending.options.delete(option);
  set(config.current, option, value);
}

/** Lets a removal wait for the next start. */
export function deleteLater({ pending }: GuestConfig, option: string): void {
  const waiting = new Set(splitList(pending.options.get("delete") ?? "")).add(option);
  pending.options.set("delete", [...waiting].sort().join(","));
}

function forgetPendingDelete({ pending }: GuestConfig, option: string): void {
  const left = splitList(pending.options.get("delete") ?? "").filter((name) => name !== option);
  if (left.length === 0) pending.options.delete("delete");
  else pending.options.set("delete", left.join(","));
}

/** Whether a snapshot still uses a volume; `volumes` are those of a section. */
export function isInSnapshot(
  config: GuestConfig,
  volid: string,
  volumes: (options: ReadonlyMap<string, string>) => readonly (string | undefined)[],
): boolean {
  return [...config.snapshots.values()].some(({ options }) => volumes(options).includes(volid));
}
