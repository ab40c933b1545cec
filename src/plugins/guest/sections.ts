import type { OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import { checkHabits, firewallHabits } from "./habits.js";
import * as t from "./types.js";

const policy = t.oneOfMeant(
  { allow: "accept", permit: "accept", deny: "drop", block: "drop" },
  ...["ACCEPT", "DROP", "REJECT", "accept", "drop", "reject"],
);

const ports: OptionType = t.union({ type: "int", min: 0, max: 65535 }, { type: "range", of: "int" });

/** What has addresses, by its name. */
const named: OptionType = { type: "ref", kinds: ["vm", "ct", "network", "host"], loose: true };

/** A protocol, ports, `from` or `to`, or what follows these: an address, a net, a name. */
const match: OptionType = t.union(
  ports,
  t.ip,
  { type: "cidr", host: true },
  { type: "cidr" },
  { type: "range", of: "ip" },
  named,
  t.listOfType(t.union(ports, t.ip, { type: "cidr", host: true }, { type: "cidr" }, named)),
);

const ruleOptions: Readonly<Record<string, OptionSpec>> = {
  comment: { type: t.text, doc: "A comment, kept in the firewall file." },
  enabled: { type: t.bool, doc: "Whether the rule is in force. Default: true." },
  iface: {
    type: { type: "string", pattern: "net\\d+", describe: "an interface of the guest: `net0`" },
    doc: "The guest's interface that the rule is for. Default: all.",
  },
  log: {
    type: t.oneOf("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"),
    doc: "The level at which matching packets are logged.",
  },
};

function ruleSection(doc: string): SectionSpec {
  return {
    doc,
    args: [
      { name: "action", type: policy, doc: "What happens to a packet that matches." },
      {
        name: "match",
        type: match,
        doc: "`[PROTOCOL [PORTS]] [from ADDRESS] [to ADDRESS]`; names of guests stand for their addresses.",
        optional: true,
        rest: true,
      },
    ],
    repeat: "any",
    options: ruleOptions,
    sections: {},
  };
}

/** `firewall { policy_in = DROP, in accept tcp 22 }` */
export const firewallSection: SectionSpec = {
  doc: "The guest's firewall: a file of its own, in force only where the interface says `firewall = true`.",
  args: [],
  repeat: "once",
  options: {
    enabled: { type: t.bool, doc: "Whether the firewall is in force. Default: true." },
    policy_in: { type: policy, doc: "What happens to incoming packets that no rule matches." },
    policy_out: { type: policy, doc: "What happens to outgoing packets that no rule matches." },
    adopt: { type: t.bool, doc: "Overwrite a firewall file that was not written by a plan. Default: false." },
  },
  sections: {
    in: ruleSection("A rule for incoming packets, in the order written."),
    out: ruleSection("A rule for outgoing packets, in the order written."),
  },
  instead: firewallHabits,
};

/** `check docker { run = "docker info", retries = 5 }` */
export const checkSection: SectionSpec = {
  doc: "A health check: it runs when its guest changed, or on demand.",
  args: [{ name: "name", type: t.label, doc: "The name of the check." }],
  options: {
    run: { type: t.text, doc: "A command for the guest's shell; it passes with exit code 0." },
    tcp: { type: t.port, doc: "A port of the guest that must accept connections." },
    http: {
      type: { type: "string", pattern: "https?://\\S+", describe: "an http or https URL" },
      doc: "A URL that must answer with `status`, asked from the host.",
    },
    status: { type: { type: "int", min: 100, max: 599 }, doc: "The HTTP status that counts as healthy. Default: 200." },
    retries: { type: { type: "int", min: 0, max: 1000 }, doc: "Attempts after the first. Default: 3." },
    every: { type: t.seconds, doc: "Time between attempts, in seconds. Default: 5s." },
    timeout: { type: t.seconds, doc: "Time that one attempt may take, in seconds. Default: 30s." },
  },
  sections: {},
  instead: checkHabits,
};

/** `snapshot final-form {}` */
export const snapshotSection: SectionSpec = {
  doc: "A lifecycle snapshot, taken once when the guest has converged; one of that name is never retaken.",
  args: [{ name: "name", type: t.configId, doc: "The name of the snapshot." }],
  options: {},
  sections: {},
};

/** `volume nfs data { from = "...", at = "/data" }` */
export const volumeSection: SectionSpec = {
  doc: "A network file system that the guest mounts.",
  args: [
    { name: "type", type: t.oneOf("nfs", "samba", "virtiofs"), doc: "How it is shared." },
    { name: "name", type: t.label, doc: "The name of the volume." },
  ],
  repeat: "any",
  options: {
    from: { type: t.text, doc: "What is mounted: `server:/path` for NFS." },
    at: { type: t.path, doc: "Where the guest mounts it." },
  },
  sections: {},
};

/** `feature step_ca { dns_name = "..." }` */
export const featureSection: SectionSpec = {
  doc: "Software to install in the guest, with its parameters.",
  args: [{ name: "name", type: t.label, doc: "The name of the feature." }],
  options: {},
  sections: {},
  free: {
    pattern: "[A-Za-z_][A-Za-z0-9_.-]*",
    describe: "a parameter's name: letters, digits, `_`, `.` and `-`",
    option: {
      type: t.union(
        t.bool,
        { type: "number" },
        { type: "size" },
        { type: "duration" },
        { type: "secret" },
        t.listOfType({ type: "string", multiline: true }),
        { type: "string", multiline: true },
      ),
      doc: "A parameter of the feature.",
    },
  },
};

/** `script "setup.sh" { timeout = 10m }` */
export const scriptSection: SectionSpec = {
  doc: "A script of the project's folder of scripts that runs in the guest once, after the features: again when its text changes.",
  args: [{ name: "name", type: t.label, doc: "The name of the file." }],
  options: {
    timeout: { type: t.seconds, doc: "Time that it may take, in seconds. Default: 30 minutes." },
  },
  sections: {},
};
