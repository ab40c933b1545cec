/**
 * Options of the firewalls of a cluster and of a node, as in their files (pve-firewall: the schemas of PVE::API2::Firewall::Cluster
 * and ::Host, and `man pve-firewall`). Those that are not told apart here are numbers with a least value, flags and levels.
 */

/** Options of cluster.fw that are on or off. */
export const CLUSTER_FIREWALL_FLAGS = {
  ebtables: "Whether rules are made for ebtables as well. Default of Proxmox: yes.",
} as const;

/** Options of host.fw that are on or off. */
export const NODE_FIREWALL_FLAGS = {
  log_nf_conntrack: "Whether connections that are tracked are logged. Default of Proxmox: no.",
  ndp: "Whether IPv6 neighbour discovery is let through. Default of Proxmox: yes.",
  nf_conntrack_allow_invalid: "Whether packets of unknown connections are let through. Default of Proxmox: no.",
  nftables: "Whether the firewall that is built on nftables is used in place of the other one. Default of Proxmox: no.",
  nosmurfs: "Whether packets from broadcast addresses are dropped. Default of Proxmox: yes.",
  protection_synflood: "Whether floods of new connections are stopped. Default of Proxmox: no.",
  tcpflags: "Whether illegal combinations of TCP flags are dropped. Default of Proxmox: no.",
} as const;

/** Options of host.fw that are levels of the log. */
export const NODE_FIREWALL_LEVELS = {
  log_level_in: "The level at which incoming packets that the policy drops are logged.",
  log_level_out: "The level at which outgoing packets that the policy drops are logged.",
  log_level_forward: "The level at which packets that pass through and that the policy drops are logged.",
  smurf_log_level: "The level at which packets from broadcast addresses are logged.",
  tcp_flags_log_level: "The level at which illegal combinations of TCP flags are logged.",
} as const;

/** Options of host.fw that are numbers, with their least and greatest values. */
export const NODE_FIREWALL_NUMBERS = {
  nf_conntrack_max: { min: 32_768, doc: "The most connections that are tracked. Default of Proxmox: 262144." },
  nf_conntrack_tcp_timeout_established: {
    min: 7875,
    doc: "Seconds after which a silent connection is forgotten. Default of Proxmox: 432000.",
  },
  nf_conntrack_tcp_timeout_syn_recv: {
    min: 30,
    max: 60,
    doc: "Seconds after which a half-open connection is forgotten. Default of Proxmox: 60.",
  },
  protection_synflood_burst: {
    min: 0,
    doc: "How many new connections of one address may come at once. Default of Proxmox: 1000.",
  },
  protection_synflood_rate: {
    min: 0,
    doc: "How many new connections of one address may come in a second. Default of Proxmox: 200.",
  },
} as const;
