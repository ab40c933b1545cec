/** What decides about the files of the firewall that others write too. */

/** A part of the cluster's firewall: a security group, a set of addresses, an alias. */
export type FirewallPiece = "group" | "ipset" | "alias";

/** Whose firewall a file is. */
export type FirewallScopeName = "cluster" | "node";

/** A part of such a file that is ours. */
export type FirewallProbe =
  /**
   * A security group, a set or an alias of the cluster's firewall, as a part of a file that others write too. One that is there
   * without our mark is refused unless `adopt`. `lines`: the head and what follows it; of an alias its line.
   */
  | {
      readonly kind: "firewall-piece";
      readonly piece: FirewallPiece;
      readonly name: string;
      readonly lines: readonly string[];
      readonly adopt: boolean;
    }
  /** One that only the last plan makes is still there with its mark, has these lines, and nothing names it. */
  | {
      readonly kind: "firewall-piece-retired";
      readonly piece: FirewallPiece;
      readonly name: string;
      readonly lines: readonly string[];
    }
  /**
   * Options of the firewall of the cluster or of this node, and the rules in its file that are ours by their comment. What others
   * wrote stays. `name`: `cluster`, or the declared name of the host.
   */
  | {
      readonly kind: "firewall-file";
      readonly scope: FirewallScopeName;
      readonly name: string;
      readonly options: readonly (readonly [string, string])[];
      /** In the order of the file. */
      readonly rules: readonly string[];
    }
  /** Rules of such a file that only the last plan makes are still there. */
  | { readonly kind: "firewall-rules-retired"; readonly scope: FirewallScopeName; readonly name: string };
