import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ct, findings, net, probe, root, stepsOf } from "../support/lowering.js";
import type { Settings } from "../support/lowering.js";
import { plan } from "../../src/planner/index.js";
import { lan } from "../support/fleet.js";
import { block, kinds, modelOf, range, ref } from "../support/model.js";
import type { Block, Short } from "../support/model.js";

const test = suite("lower-firewall");

function firewallOf(rules: readonly Block[], set: Settings = {}): string {
  return probe(stepsOf(ct({}, [root, net({ ip: "10.0.0.5" }), block("firewall", {}, set, rules)])), "file").content;
}

test("a firewall file begins with our mark and holds the rules in order", () => {
  const rules = [
    block("in", { action: "accept", match: ["icmp"] }),
    block(
      "in",
      { action: "drop", match: ["tcp", 22, "from", ["10.0.0.1", "fd00::/8"], "to", "+web"] },
      { iface: "net0" },
    ),
    block(
      "out",
      { action: "REJECT", match: ["to", range("10.0.0.5", "10.0.0.9")] },
      { comment: " # not\u2028a rule\r\n" },
    ),
  ];
  const lines = firewallOf(rules, { policy_out: "DROP", enabled: false }).split("\n");
  assert.equal(lines, [
    "# Managed by phxc: ct 101 web. Changes are overwritten.",
    "",
    "[OPTIONS]",
    "",
    "enable: 0",
    "policy_out: DROP",
    "",
    "[RULES]",
    "",
    "IN ACCEPT -p icmp",
    "IN DROP -i net0 -source 10.0.0.1 -dest +web -p tcp -dport 22",
    "IN DROP -i net0 -source fd00::/8 -dest +web -p tcp -dport 22",
    "OUT REJECT -dest 10.0.0.5-10.0.0.9 # # not a rule",
    "",
  ]);
});

test("`from any` is anywhere", () => {
  const line = firewallOf([block("in", { action: "accept", match: ["tcp", 80, "from", "any"] })])
    .split("\n")
    .at(-2);
  assert.is(line, "IN ACCEPT -p tcp -dport 80");
});

test("rules that cannot be read are findings and never become wider ones", () => {
  const rule = (match: readonly Short[]): readonly string[] =>
    findings(ct({}, [root, block("firewall", {}, {}, [block("in", { action: "accept", match })])]));
  assert.equal(rule(["tcp", 22, "from"]), ["PHX5003"]);
  assert.equal(rule([22]), ["PHX5003"]);
  for (const match of [
    ["htttp"],
    ["ssh", "ssh"],
    ["form", "10.0.0.3"],
    ["tcp", "ssh"],
    ["tcp", "80-90"],
    ["tcp", 65536],
    ["tcp", "80,65536"],
  ] as const) {
    assert.equal(rule(match), ["PHX5003"]);
  }
  assert.equal(rule(["tcp", 22, 23]), ["PHX5003"]);
  assert.equal(rule(["from", "10.0.0.1", "from", "10.0.0.2"]), ["PHX5003"]);
  assert.equal(rule(["from", "10.0.0.1", "tcp"]), ["PHX5003"]);
  assert.equal(rule(["tcp", 22, "from", "nobody"]), ["PHX5004"]);
  assert.equal(rule(["tcp", 22, "from", "10.0.0.1; rm -rf"]), ["PHX5004"]);
  const unnamed = block("ct", { id: 102, name: "dyn" }, { image: "/x.tar.zst" }, [root, net({ ip: "dhcp" })]);
  const model = [
    unnamed,
    ct({}, [root, block("firewall", {}, {}, [block("in", { action: "accept", match: ["from", ref("ct.102")] })])]),
  ];
  assert.not.match(probe(stepsOf(...model), "file").content, /RULES/);
});

const rulesOf = (rules: readonly Block[]): readonly string[] => {
  const lines = firewallOf(rules).split("\n");
  return lines.slice(lines.indexOf("[RULES]") + 2, -1);
};

test("options are written as Proxmox calls them, and only those that are said", () => {
  const set = { dhcp: true, ipfilter: false, macfilter: true, ndp: false, radv: true, log_level_in: "info" } as const;
  const text = firewallOf([], { ...set, log_level_out: "nolog", policy_in: "drop", policy_out: "ACCEPT" });
  const options = text.split("[OPTIONS]\n\n")[1]?.trimEnd().split("\n");
  assert.equal(options, [
    ...["enable: 1", "dhcp: 1", "ndp: 0", "radv: 1", "macfilter: 1", "ipfilter: 0"],
    ...["log_level_in: info", "log_level_out: nolog", "policy_in: DROP", "policy_out: ACCEPT"],
  ]);
  assert.match(firewallOf([]), /\[OPTIONS\]\n\nenable: 1\n$/);
});

test("aliases and sets stand before the rules that name them", () => {
  const text = firewallOf([
    block("in", { action: "accept", match: ["tcp", 22, "from", "peers"] }),
    block("alias", { name: "dns" }, { address: "10.0.0.53/32", comment: "the\nresolver" }),
    block("ipset", { name: "peers" }, { members: ["10.0.0.9", "dns", "fd00::/64"], except: ["fd00::1/128"] }, [
      block("member", { address: "10.0.0.1" }, { comment: "first" }),
    ]),
    block("out", { action: "accept", match: ["to", "dns"] }),
  ]);
  assert.is(
    text.split("enable: 1\n\n")[1],
    `[ALIASES]

dns 10.0.0.53 # the resolver

[IPSET peers]

10.0.0.1 # first
10.0.0.53 # dns
10.0.0.9
fd00::/64
!fd00::1 # fd00::1/128

[RULES]

IN ACCEPT -source +guest/peers -p tcp -dport 22
OUT ACCEPT -dest guest/dns
`,
  );
});

test("macros, groups, source ports, types of messages and interfaces", () => {
  assert.equal(
    rulesOf([
      block("in", { action: "accept", match: ["ssh", "on", "net1"] }),
      block("in", { action: "drop", match: ["L2TP"] }),
      block("in", { action: "drop", match: ["l2tp"] }),
      block("group", { name: "web", match: ["on", "lan"] }, { comment: "c" }),
      block("group", { name: "web" }, { enabled: false }),
      block("in", { action: "accept", match: ["icmp"] }, { icmp_type: "echo-request", log: "info" }),
      block("out", { action: "accept", match: ["udp", 53] }, { source_port: range(1024, 65535), enabled: false }),
    ]),
    [
      "IN SSH(ACCEPT) -i net1",
      "IN L2TP(DROP)",
      "IN DROP -p l2tp",
      "GROUP web -i net0 # c",
      "|GROUP web",
      "IN ACCEPT -p icmp -log info -icmp-type echo-request",
      "|OUT ACCEPT -p udp -dport 53 -sport 1024:65535",
    ],
  );
});

test("what Proxmox takes in no list gets a line of its own, and no line mixes families", () => {
  const from = (...ends: readonly Short[]): readonly string[] =>
    rulesOf([block("in", { action: "accept", match: ["tcp", 22, "from", ends] })]);
  assert.equal(from("10.0.0.1", "+a", "10.0.0.2", "dc/b", range("10.0.0.5", "10.0.0.9"), "fd00::1"), [
    "IN ACCEPT -source +a -p tcp -dport 22",
    "IN ACCEPT -source dc/b -p tcp -dport 22",
    "IN ACCEPT -source 10.0.0.1,10.0.0.2 -p tcp -dport 22",
    "IN ACCEPT -source 10.0.0.5-10.0.0.9 -p tcp -dport 22",
    "IN ACCEPT -source fd00::1 -p tcp -dport 22",
  ]);
  const icmp = (proto: string): readonly string[] =>
    rulesOf([block("in", { action: "accept", match: [proto, "from", ["10.0.0.1", "fd00::1"]] })]);
  assert.equal(icmp("icmp"), ["IN ACCEPT -source 10.0.0.1 -p icmp"]);
  assert.equal(icmp("icmpv6"), ["IN ACCEPT -source fd00::1 -p icmpv6"]);
});

test("what the cluster has to have is required, for that guest only; what the files declare comes before it", () => {
  const rules = [
    block("group", { name: "web" }),
    block("in", { action: "accept", match: ["from", "+dc/known"] }),
    block("in", { action: "accept", match: ["from", "dc/router", "to", "+own"] }),
    block("ipset", { name: "own" }, { members: ["10.0.0.1"] }),
  ];
  const known = block("ipset", { name: "known" }, { members: ["10.0.0.1"] });
  const model = modelOf([lan, known, ct({}, [root, net({ ip: "10.0.0.5" }), block("firewall", {}, {}, rules)])]);
  const { value } = plan(model, kinds);
  const pieces = value.requirements.filter(({ kind }) => kind === "firewall-piece");
  assert.equal(
    pieces.map((piece) => ("piece" in piece ? [piece.piece, piece.name, piece.blocks] : [])),
    [
      ["group", "web", ["ct.101"]],
      ["alias", "router", ["ct.101"]],
    ],
  );
  assert.equal(value.steps.map(({ id }) => id).slice(0, 2), ["ipset.known", "ct.101.create"]);
});

test("interfaces and groups that cannot be read are findings", () => {
  const rule = (kind: string, args: Readonly<Record<string, Short>>): readonly string[] =>
    findings(ct({}, [root, net({ ip: "10.0.0.5" }), block("firewall", {}, {}, [block(kind, args)])]));
  for (const match of [["on"], ["on", "dmz"], ["on", "net0", "on", "net1"], ["on", "net0", "tcp"], ["on", ["net0"]]])
    assert.equal(rule("in", { action: "accept", match }), ["PHX5003"], JSON.stringify(match));
  for (const match of [["tcp"], ["SSH"], ["from", "10.0.0.1"], ["lan"], ["on"], ["on", "dmz"]])
    assert.equal(rule("group", { name: "web", match }), ["PHX5003"], JSON.stringify(match));
  const inGroup = findings(
    block("group", { name: "web" }, {}, [block("in", { action: "accept", match: ["tcp", "on", "net0"] })]),
  );
  assert.equal(inGroup, ["PHX5003"]);
});

test("a guest with addresses of both families gets a line for each", () => {
  const other = block("ct", { id: 102, name: "dual" }, { image: "/x.tar.zst" }, [
    root,
    net({ ip: "10.0.0.7", ip6: "fd00::7/64" }),
  ]);
  const rules = [block("in", { action: "accept", match: ["tcp", 22, "from", ref("ct.102", "dual")] })];
  const steps = stepsOf(ct({}, [root, net({ ip: "10.0.0.5" }), block("firewall", {}, {}, rules)]), other);
  assert.equal(probe(steps, "file").content.split("\n").slice(-3, -1), [
    "IN ACCEPT -source 10.0.0.7 -p tcp -dport 22",
    "IN ACCEPT -source fd00::7 -p tcp -dport 22",
  ]);
});

test.run();
