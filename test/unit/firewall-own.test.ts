import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";

const test = suite("firewalls of the cluster and of nodes");

const HOSTS = "host pve1 { node = pve1 }\nhost pve2 { node = pve2 }\n";

async function lowered(text: string, host = "pve1") {
  const { plan, diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }), host });
  return {
    files: (plan?.steps ?? []).flatMap(({ probe }) => (probe.kind === "firewall-file" ? [probe] : [])),
    order: (plan?.steps ?? []).map(({ id }) => id),
    found: diagnostics.map(
      ({ code, span }) => `${code} ${span.file.text.slice(span.start, span.end).split("\n")[0] ?? ""}`,
    ),
  };
}

test("each host has its own, and all of them that of the cluster", async () => {
  const text = `${HOSTS}firewall cluster { in accept tcp 22 }
firewall pve1 { in accept tcp 1 from any }
firewall pve2 { in accept tcp 2 from any }`;
  assert.equal(
    (await lowered(text)).files.map(({ scope, rules }) => [scope, ...rules]),
    [
      ["node", "IN ACCEPT -p tcp -dport 1 # phxc"],
      ["cluster", "IN ACCEPT -p tcp -dport 22 # phxc"],
    ],
  );
  assert.equal(
    (await lowered(text, "pve2")).files.map(({ name }) => name),
    ["pve2", "cluster"],
  );
});

test("the cluster's is in the plan of the host that it names only", async () => {
  const text = `${HOSTS}firewall cluster { host = pve2, enabled = true }`;
  assert.equal((await lowered(text)).files, []);
  assert.equal(
    (await lowered(text, "pve2")).files.map(({ options }) => options),
    [[["enable", "1"]]],
  );
});

test("groups and sets come first, guests that they name do not make a cycle", async () => {
  const text = `host pve1 { node = pve1 }
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
group web { in accept tcp 80 from web1 }
ipset admins { members = [10.0.0.9] }
firewall cluster { group web on lan, in accept tcp 22 from admins, out accept tcp 80 to web1 }
ct 101 web1 { host = pve1, image = "local:vztmpl/a.tar.zst", disk root { size = 1GiB, storage = local-lvm }, net lan { ip = 10.0.0.5 } }`;
  const { files, order, found } = await lowered(text);
  assert.equal(files[0]?.rules, [
    "GROUP web -i vmbr0 # phxc",
    "IN ACCEPT -source +dc/admins -p tcp -dport 22 # phxc",
    "OUT ACCEPT -dest 10.0.0.5 -p tcp -dport 80 # phxc",
  ]);
  for (const piece of ["group.web", "ipset.admins"])
    assert.ok(order.indexOf(piece) < order.indexOf("firewall.cluster"), order.join(" "));
  assert.equal(
    found.filter((line) => !line.startsWith("PHX40")),
    [],
  );
});

test("rules for packets that pass through, where a node has the firewall for them", async () => {
  const text = `${HOSTS}firewall cluster { policy_forward = drop, forward accept tcp 443 from 10.0.0.0/24 }
firewall pve1 { nftables = true, log_level_forward = info, forward drop from 10.0.1.0/24 }`;
  const { files, found } = await lowered(text);
  assert.equal(
    files.map(({ scope, options, rules }) => [scope, options.map((pair) => pair.join(": ")).join(", "), ...rules]),
    [
      ["node", "nftables: 1, log_level_forward: info", "FORWARD DROP -source 10.0.1.0/24 # phxc"],
      ["cluster", "policy_forward: DROP", "FORWARD ACCEPT -source 10.0.0.0/24 -p tcp -dport 443 # phxc"],
    ],
  );
  assert.not.ok(found.some((line) => line.startsWith("PHX5672")));
});

const bad: readonly (readonly [string, readonly string[]])[] = [
  ["firewall pve3 { in accept tcp 22 }", ["PHX5670 firewall pve3"]],
  ["firewall pve1 { policy_in = DROP }", ["PHX5671 policy_in"]],
  ["firewall pve1 { host = pve2 }", ["PHX5671 host"]],
  ["firewall cluster { nosmurfs = true }", ["PHX5671 nosmurfs"]],
  ["firewall pve1 { forward accept tcp 443 from any }", ["PHX5672 forward accept tcp 443 from any"]],
  ["firewall cluster { policy_forward = drop }", ["PHX5672 policy_forward"]],
  ["firewall cluster { policy_forward = reject }", ["PHX3042 reject"]],
  ["firewall cluster { policy_in = MAYBE }", ["PHX3042 MAYBE"]],
  ["firewall pve1 { nf_conntrack_max = 100 }", ["PHX3041 100"]],
  ["firewall pve1 { nf_conntrack_tcp_timeout_syn_recv = 61 }", ["PHX3041 61"]],
  ["firewall cluster { in accept tcp 22\nin accept tcp 22 }", ["PHX4501 in accept tcp 22"]],
  ["firewall pve1 { in drop tcp from any\nin accept tcp 8006 from any }", ["PHX4502 in accept tcp 8006 from any"]],
  ["firewall cluster { in accept 22 }", ["PHX5003 in accept 22"]],
];

for (const [text, codes] of bad) {
  test(`a mistake: ${text}`, async () => {
    const { found } = await lowered(HOSTS + text);
    for (const code of codes) assert.ok(found.includes(code), `${code}: ${found.join("; ")}`);
  });
}

test.run();
