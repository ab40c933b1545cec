import {
  GUEST_FIREWALL_FLAGS,
  ICMPV6_TYPES,
  ICMP_TYPES,
  LOG_LEVELS,
  MAX_GROUP_NAME,
  MAX_NAME,
  NAME_PATTERN,
} from "../../plugin-api/index.js";
import type { OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import { firewallHabits } from "./habits.js";
import * as t from "./types.js";

/** What happens to a packet. */
export const policy = t.oneOfMeant(
  { allow: "accept", permit: "accept", deny: "drop", block: "drop" },
  ...["ACCEPT", "DROP", "REJECT", "accept", "drop", "reject"],
);

const ports: OptionType = t.union({ type: "int", min: 0, max: 65535 }, { type: "range", of: "int" });

/** What has addresses, by its name. */
const named: OptionType = { type: "ref", kinds: ["vm", "ct", "network", "host", "alias", "ipset"], loose: true };
/** The same where only the addresses count, and nothing is waited for. */
const namedOnly: OptionType = { ...named, mention: true };

/** A protocol, a macro, ports, `from`, `to` or `on`, or what follows these: an address, a net, a name. */
function matchOf(name: OptionType): OptionType {
  const one = [ports, t.ip, { type: "cidr", host: true }, { type: "cidr" }, name] as const;
  return t.union(...one, { type: "range", of: "ip" }, t.listOfType(t.union(...one)));
}

const NAME = "lower-case letters, digits, `-` and `_`, a letter first";

function nameOf(what: string, maxLength: number): OptionType {
  return { type: "string", pattern: NAME_PATTERN, describe: `the name of ${what}: ${NAME}`, minLength: 2, maxLength };
}

/** The name of a security group. Proxmox looks them up in lower case. */
export const groupName = nameOf("a security group", MAX_GROUP_NAME);
/** The name of a set of addresses. */
export const setName = nameOf("a set", MAX_NAME);
/** The name of an alias. */
export const aliasName = nameOf("an alias", MAX_NAME);

const comment: OptionSpec = { type: t.text, doc: "A comment, kept in the firewall file." };

const always: Readonly<Record<string, OptionSpec>> = {
  comment,
  enabled: { type: t.bool, doc: "Whether the rule is in force. Default: true." },
};

const iface: OptionSpec = {
  type: { type: "string", pattern: "net\\d+", describe: "an interface of the guest: `net0`" },
  doc: "The guest's interface that the rule is for. Default: all.",
};

/** The levels at which the firewall logs. */
export const logLevel = t.oneOf(...LOG_LEVELS);

const ruleOptions: Readonly<Record<string, OptionSpec>> = {
  ...always,
  log: { type: logLevel, doc: "The level at which matching packets are logged." },
  source_port: {
    type: t.union(ports, t.listOfType(ports)),
    doc: "The ports that packets come from, of a protocol with ports. Default: any.",
  },
  icmp_type: {
    type: t.oneOf(...new Set([...ICMP_TYPES, ...ICMPV6_TYPES])),
    doc: "The message type, of ICMP and ICMPv6. Default: any.",
  },
};

function ruleSection(doc: string, options: Readonly<Record<string, OptionSpec>>, name = named): SectionSpec {
  return {
    doc,
    args: [
      { name: "action", type: policy, doc: "What happens to a packet that matches." },
      {
        name: "match",
        type: matchOf(name),
        doc: "`[PROTOCOL [PORTS] | MACRO] [from ADDRESS] [to ADDRESS] [on NET]`; names of guests stand for their addresses.",
        optional: true,
        rest: true,
      },
    ],
    repeat: "any",
    options,
    sections: {},
  };
}

/** The rules of a security group: they hold for guests of all kinds, so that they name no interface. */
export const groupRules: Readonly<Record<string, SectionSpec>> = {
  in: ruleSection("A rule for incoming packets, in the order written.", ruleOptions),
  out: ruleSection("A rule for outgoing packets, in the order written.", ruleOptions),
};

const groupRef: OptionType = {
  type: "ref",
  kinds: ["group"],
  loose: { pattern: NAME_PATTERN, describe: `the name of a security group: ${NAME}` },
};

/** The rules of the cluster and of a node: `on` takes a network or an interface of the node. */
export const ownRules: Readonly<Record<string, SectionSpec>> = {
  in: ruleSection("A rule for packets to the node itself, in the order written.", ruleOptions, namedOnly),
  out: ruleSection("A rule for packets from the node itself, in the order written.", ruleOptions, namedOnly),
  forward: {
    ...ruleSection("A rule for packets that pass through the node, in the order written.", ruleOptions, namedOnly),
    since: "8.3",
  },
  group: {
    doc: "The rules of a security group, at this place among the others.",
    args: [
      {
        name: "name",
        type: groupRef,
        doc: "The group; one that no file declares must be there on the host.",
      },
      { name: "match", type: t.union(namedOnly), doc: "`[on NET]`", optional: true, rest: true },
    ],
    repeat: "any",
    options: always,
    sections: {},
  },
};

/** Only the address of what it names counts, which the files say. */
const mentioned: OptionType = {
  type: "ref",
  kinds: ["vm", "ct", "network", "host", "alias"],
  loose: true,
  mention: true,
};

/** What an alias stands for. */
export const aliasOptions: Readonly<Record<string, OptionSpec>> = {
  address: {
    type: t.union(t.ip, { type: "cidr" }, mentioned),
    required: true,
    doc: "The address or the net that it stands for; the name of a guest, network or host stands for its address.",
  },
  comment,
};

const memberType: OptionType = t.union(t.ip, { type: "cidr" }, mentioned);

/** What a set holds. */
export const setOptions: Readonly<Record<string, OptionSpec>> = {
  members: {
    type: t.listOfType(memberType),
    doc: "Addresses and nets; names of guests, networks, hosts and aliases stand for theirs.",
  },
  except: {
    type: t.listOfType(memberType),
    doc: "Addresses and nets that are not in the set, though a wider member has them.",
  },
  comment,
};

/** A member of a set with a comment of its own. */
export const setSections: Readonly<Record<string, SectionSpec>> = {
  member: {
    doc: "A member of the set with a comment.",
    args: [{ name: "address", type: memberType, doc: "An address, a net or a name." }],
    options: { comment, except: { type: t.bool, doc: "Whether it is taken out of the set. Default: false." } },
    sections: {},
  },
};

const flags: Readonly<Record<string, OptionSpec>> = Object.fromEntries(
  Object.entries(GUEST_FIREWALL_FLAGS).map(([name, doc]) => [name, { type: t.bool, doc }]),
);

/** `firewall { policy_in = DROP, in accept tcp 22 }` */
export const firewallSection: SectionSpec = {
  doc: "The guest's firewall: a file of its own, in force only where the interface says `firewall = true`.",
  args: [],
  repeat: "once",
  options: {
    enabled: { type: t.bool, doc: "Whether the firewall is in force. Default: true." },
    policy_in: { type: policy, doc: "What happens to incoming packets that no rule matches." },
    policy_out: { type: policy, doc: "What happens to outgoing packets that no rule matches." },
    ...flags,
    log_level_in: { type: logLevel, doc: "The level at which incoming packets that the policy drops are logged." },
    log_level_out: { type: logLevel, doc: "The level at which outgoing packets that the policy drops are logged." },
    adopt: { type: t.bool, doc: "Overwrite a firewall file that was not written by a plan. Default: false." },
  },
  sections: {
    in: ruleSection("A rule for incoming packets, in the order written.", { ...ruleOptions, iface }),
    out: ruleSection("A rule for outgoing packets, in the order written.", { ...ruleOptions, iface }),
    group: {
      doc: "The rules of a security group, at this place among the others.",
      args: [
        {
          name: "name",
          type: groupRef,
          doc: "The group; one that no file declares must be there on the host.",
        },
        { name: "match", type: t.union(named), doc: "`[on NET]`", optional: true, rest: true },
      ],
      repeat: "any",
      options: { ...always, iface },
      sections: {},
    },
    alias: {
      doc: "A name for an address, in this guest's rules.",
      args: [{ name: "name", type: aliasName, doc: "The name." }],
      options: aliasOptions,
      sections: {},
    },
    ipset: {
      doc: "A set of addresses, for this guest's rules; `ipfilter-net0` holds what the guest may use on net0.",
      args: [{ name: "name", type: setName, doc: "The name." }],
      options: setOptions,
      sections: setSections,
    },
  },
  instead: firewallHabits,
};
