/** What decides whether a step of the host's network has anything to do. */
export type NetworkProbe =
  /** An interface of the node is not configured, or an option of it differs. The change waits until it is applied. */
  | {
      readonly kind: "interface";
      readonly name: string;
      readonly type: "bridge" | "bond" | "vlan" | "eth" | "OVSBridge" | "OVSBond" | "OVSIntPort";
      /** By the names of the node's network API. */
      readonly options: readonly (readonly [string, string])[];
      /** Options that must not be set. */
      readonly absent: readonly string[];
    }
  /** A part of the cluster's software-defined network is not there, or an option of it differs. One that is given twice is a list. */
  | {
      readonly kind: "sdn";
      readonly object: "controllers" | "zones" | "vnets" | "subnets";
      readonly id: string;
      readonly options: readonly (readonly [string, string])[];
    }
  /** What a plan changed of it waits to be applied. `vnets`: the bridges that are there afterwards. */
  | { readonly kind: "sdn-pending"; readonly vnets: readonly string[] }
  /** The name servers of the host, or its search domain, differ. Without `search`, the one that it has stays. */
  | { readonly kind: "resolver"; readonly servers: readonly string[]; readonly search?: string }
  /** A change of the node's network that a plan made waits to be applied. `addresses`: those by which the node is reached. */
  | { readonly kind: "network-pending"; readonly addresses: readonly string[] };
