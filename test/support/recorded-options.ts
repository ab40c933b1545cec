import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shared } from "./paths.js";

/** An option, or a key of a property string, as the genuine command's schema has it. */
export interface Recorded {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly optional?: boolean | number;
  readonly alias?: string;
  readonly default?: string | number;
  readonly default_key?: number;
  readonly index?: { readonly min: number; readonly max: number };
  readonly requires?: string;
  readonly format?: {
    readonly kind: string;
    readonly name?: string;
    readonly modifier?: string;
    readonly properties?: Readonly<Record<string, Recorded>>;
  };
}

/** The options of a command by its words; undefined where none were recorded. */
export function recordedOptions(command: string): Readonly<Record<string, Recorded>> | undefined {
  const [tool = "", ...words] = command.split(" ");
  const path = join(shared, "pve/options", `${tool}.${words.join("_")}.json`);
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as { options: Record<string, Recorded> }).options
    : undefined;
}

/** The entry of an option (`net0` is one of `net[n]`), or of a key of it (`net[n].rate`). */
export function recordedEntry(options: Readonly<Record<string, Recorded>>, path: string): Recorded | undefined {
  const [name = "", key] = path.split(".");
  const option = options[name] ?? options[name.replace(/\d+$/, "[n]")];
  return key === undefined ? option : option?.format?.properties?.[key];
}

/** Proxmox's pattern in JavaScript's words. */
export function patternSource(pattern: string): string {
  return pattern.replace(/\(\?\^[a-z]*:/g, "(?:").replace(/\{,(\d+)\}/g, "{0,$1}");
}
