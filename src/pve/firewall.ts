/** What Proxmox's firewall knows by name (pve-firewall, PVE::Firewall). A rule with another name is dropped, with a line in the log. */

function set(words: string): ReadonlySet<string> {
  return new Set(words.match(/\S+/g));
}

/** The names in Debian's /etc/protocols, which Proxmox's firewall reads, and its own `icmpv6`. */
export const PROTOCOLS = set(`
  ip icmp igmp ggp ipencap st tcp egp igp pup udp hmp xns-idp rdp iso-tp4 dccp xtp ddp idpr-cmtp ipv6 ipv6-route ipv6-frag
  idrp rsvp gre esp ah skip ipv6-icmp ipv6-nonxt ipv6-opts rspf vmtp eigrp ospf ax.25 ipip etherip encap pim ipcomp vrrp l2tp
  isis sctp fc mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc ethernet mptcp icmpv6`);

/** Protocols with ports, by name and number. */
export const PROTOCOLS_WITH_PORTS = set("tcp udp udplite sctp dccp 6 17 136 132 33");

/** The protocols whose messages have types. */
export const ICMP_PROTOCOLS = set("icmp icmpv6 ipv6-icmp");

/** Macros: protocols and ports under one name. */
const MACROS = set(`
  Amanda Auth BGP BitTorrent BitTorrent32 Ceph CVS Citrix DAAP DCC DHCPfwd DHCPv6 DNS Distcc FTP Finger GNUnet GRE Git HKP
  HTTP HTTPS ICPV2 ICQ IMAP IMAPS IPIP IPsec IPsecah IPsecnat IRC Jetdirect L2TP LDAP LDAPS MDNS MSNP MSSQL Mail Munin MySQL
  NNTP NNTPS NTP NeighborDiscovery OSPF OpenVPN PCA PMG POP3 POP3S PPtP Ping PostgreSQL Printer RDP RIP RNDC Razor Rdate
  Rsync SANE SMB SMBswat SMTP SMTPS SNMP SPAMD SPICEproxy SSH SVN SixXS Squid Submission Syslog TFTP Telnet Telnets Time
  Trcrt VNC VNCL Web Webcache Webmin Whois`);

const MACROS_BY_LOWER_CASE = new Map([...MACROS].map((name) => [name.toLowerCase(), name]));

/** Macros of which Proxmox knows nothing for IPv4. */
export const IPV6_MACROS = set("DHCPv6 NeighborDiscovery");

/** The macro of a name; Proxmox compares without regard to case. */
export function macroOf(word: string): string | undefined {
  return MACROS_BY_LOWER_CASE.get(word.toLowerCase());
}

/** Whether a word is a macro in Proxmox's own spelling. */
export function isMacro(word: string): boolean {
  return MACROS.has(word);
}

/** Message types of ICMP, for `-icmp-type`. */
export const ICMP_TYPES = set(`
  any echo-reply destination-unreachable network-unreachable host-unreachable protocol-unreachable port-unreachable
  fragmentation-needed source-route-failed network-unknown host-unknown network-prohibited host-prohibited
  TOS-network-unreachable TOS-host-unreachable communication-prohibited host-precedence-violation precedence-cutoff
  source-quench redirect network-redirect host-redirect TOS-network-redirect TOS-host-redirect echo-request
  router-advertisement router-solicitation time-exceeded ttl-zero-during-transit ttl-zero-during-reassembly
  parameter-problem ip-header-bad required-option-missing timestamp-request timestamp-reply address-mask-request
  address-mask-reply`);

/** Message types of ICMPv6. */
export const ICMPV6_TYPES = set(`
  destination-unreachable no-route communication-prohibited beyond-scope address-unreachable port-unreachable failed-policy
  reject-route packet-too-big time-exceeded ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem bad-header
  unknown-header-type unknown-option echo-request echo-reply router-solicitation router-advertisement neighbor-solicitation
  neighbour-solicitation neighbor-advertisement neighbour-advertisement redirect`);

/** The levels at which the firewall logs. */
export const LOG_LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"] as const;

/** As many ports as iptables takes in one rule; a range counts twice. */
export const MAX_PORTS = 15;

/** Options of a guest's firewall that are on or off, as in its file. */
export const GUEST_FIREWALL_FLAGS = {
  dhcp: "Whether DHCP is let through. Default of Proxmox: yes.",
  ndp: "Whether IPv6 neighbour discovery is let through. Default of Proxmox: yes.",
  radv: "Whether the guest may send router advertisements.",
  macfilter: "Whether packets of another hardware address than the interface's are dropped. Default of Proxmox: yes.",
  ipfilter:
    "Whether the guest may only use its own addresses: those of the container, and of the sets `ipfilter-netN` of this block.",
} as const;

/** What names of groups, sets and aliases look like; Proxmox looks up groups and sets in lower case. */
export const NAME_PATTERN = "[a-z][a-z0-9_-]+";
export const MAX_GROUP_NAME = 18;
export const MAX_NAME = 64;
