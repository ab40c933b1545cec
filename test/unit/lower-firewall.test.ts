import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ct, findings, net, probe, root, stepsOf } from "../support/lowering.js";
import type { Settings } from "../support/lowering.js";
import { block, range, ref } from "../support/model.js";
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

test.run();
