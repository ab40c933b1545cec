import type { Value } from "../model/resource.js";
import type { Effect, PropertyFormat } from "../pve/spec.js";
import type { DrawSpec } from "./draw.js";

export type { Effect } from "../pve/spec.js";

/**
 * The types of attributes. A type is data: checking, completion, the JSON Schema and the reference pages are all derived from it.
 */
export type OptionType =
  | { readonly type: "bool" }
  | { readonly type: "int"; readonly min?: number; readonly max?: number }
  | { readonly type: "number"; readonly min?: number; readonly max?: number }
  /** In bytes; `multipleOf` and bounds in bytes (memory is whole MiB). */
  | { readonly type: "size"; readonly min?: number; readonly max?: number; readonly multipleOf?: number }
  /** In milliseconds; `multipleOf` in milliseconds (1000 where Proxmox wants whole seconds). */
  | { readonly type: "duration"; readonly min?: number; readonly max?: number; readonly multipleOf?: number }
  /** Free text; `pattern` is anchored by the checker; `maxLength` in UTF-16 units; one line unless `multiline`. */
  | {
      readonly type: "string";
      readonly pattern?: string;
      /** What the pattern means, for the message: "a DNS name (letters, digits, hyphens)". */
      readonly describe?: string;
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly multiline?: boolean;
      /** It is one of Proxmox's property strings: its keys, and what each may hold. */
      readonly property?: PropertyFormat;
    }
  /** `instead`: words that people bring from other tools, with the choice that they mean; empty where there is none. */
  | { readonly type: "enum"; readonly values: readonly string[]; readonly instead?: Readonly<Record<string, string>> }
  /** An IPv4 or IPv6 address without prefix. */
  | { readonly type: "ip" }
  /** An address with prefix. `host`: an address in a net (10.0.0.5/24); otherwise the net itself (10.0.0.0/24). */
  | { readonly type: "cidr"; readonly host?: boolean }
  | { readonly type: "mac" }
  | { readonly type: "pci" }
  /** `uid:gid` */
  | { readonly type: "ownership" }
  /**
   * An absolute path on the host or in a guest. `without`: characters that it cannot hold, where it becomes a part of one of
   * Proxmox's property strings, which have no way to write them.
   */
  | { readonly type: "path"; readonly without?: string }
  /** A range of addresses or integers, as `a..b`; becomes a list of two, marked `range`. */
  | { readonly type: "range"; readonly of: "ip" | "int" }
  | { readonly type: "list"; readonly of: OptionType; readonly unique?: boolean }
  | { readonly type: "map"; readonly of: OptionType }
  /**
   * The name or id of another resource of one of these kinds; `loose`: a name that no resource has is kept as a string;
   * `mention`: only what the files say of it counts, so that it need not be there first.
   */
  | {
      readonly type: "ref";
      readonly kinds: readonly string[];
      readonly loose?: boolean | LooseName;
      readonly mention?: true;
    }
  /** Takes only `secret(...)`. */
  | { readonly type: "secret" }
  /** The first alternative that accepts the value; words of an enum come first. */
  | { readonly type: "union"; readonly of: readonly OptionType[] };

/** What a name that no resource has may look like: an anchored pattern, and its meaning for messages. */
export interface LooseName {
  readonly pattern: string;
  readonly describe: string;
}

/** One attribute of a kind: the entry that everything else derives from. */
export interface OptionSpec {
  readonly type: OptionType;
  /** One sentence for the reference page, hover and the JSON Schema; says the unit. */
  readonly doc: string;
  /** What helps whoever writes a value of another type. */
  readonly hint?: string;
  readonly required?: boolean;
  /** May be `absent` (delete the live option). Default true for options with `pve`, else false. */
  readonly removable?: boolean;
  /**
   * Proxmox's option that this attribute is, when it is a plain one. The kind's converge step sets it with no further
   * code; `render` turns the value into the argument when the default (bool 1/0, size in MiB, list joined) does not fit.
   */
  readonly pve?: string;
  readonly render?: (value: Value) => string;
  /** What the kind writes with code of its own: an option of Proxmox, or a key of a property string, as `net[n].rate`. */
  readonly writes?: string;
  readonly effect?: Effect;
  /** The oldest Proxmox VE release that knows it, as `8.2`: a host that declares an older one is refused. */
  readonly since?: string;
  /**
   * A word, which the type takes as well, lets phxc choose the value. Only in blocks that stand directly in a resource: their
   * keyword and first argument tell them apart in the lock file.
   */
  readonly draw?: DrawSpec;
}

/** An argument of a block: `vm 9000 ubuntu-template` has two. */
export interface ArgSpec {
  readonly name: string;
  readonly type: OptionType;
  readonly doc: string;
  readonly optional?: boolean;
  /** Takes all remaining arguments as a list. */
  readonly rest?: boolean;
  /** A word in its place lets phxc choose the id. Only of a kind's own id. */
  readonly draw?: DrawSpec;
}

/** What a block may hold. Nested blocks are sections of the same form. */
export interface SectionSpec {
  readonly doc: string;
  readonly args: readonly ArgSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly sections: Readonly<Record<string, SectionSpec>>;
  /** The oldest Proxmox VE release that knows the option which the block is. */
  readonly since?: string;
  /** At most one block of this keyword, or one per first argument (`by-argument`), or any number. Default `by-argument`. */
  readonly repeat?: "once" | "by-argument" | "any";
  /** Attributes whose names are free (`raw`, `options`, properties of a dataset): name pattern and type. */
  readonly free?: { readonly pattern: string; readonly describe: string; readonly option: OptionSpec };
  /**
   * Names that people bring from Proxmox and other tools: an attribute or block of this one that is meant, or a sentence
   * about what is written instead. A key `netN` stands for `net0`, `net1`, ...
   */
  readonly instead?: Readonly<Record<string, string>>;
}
