import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { debianRoot, inRoot, noDebianRoot } from "../support/debian-root.js";
import { deepTests } from "../support/deep.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("names, read by the real dnsmasq");
const deep = deepTests(test);

/** Everything that a plan may write into the file. */
const SOURCE = `
host pve {
  address = 10.0.0.2
  names {
    domain = "home.example"
    upstream = [1.1.1.1, 2606:4700:4700::1111]
    listen = [10.0.0.2, fd00::2]
    record "nas.office.example" { address = 10.0.0.9 }
    record v6only { address = fd00::9 }
  }
}
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, subnet6 = fd00::/64 }
ct 101 "Copy-Cuda12.8" {
  image = "local:vztmpl/d.tar.zst"
  disk root { size = 1GiB, storage = local }
  net lan { ip = 10.0.0.5, ip6 = fd00::5 }
}
`;

deep("dnsmasq --test takes the file as a plan writes it, and not a damaged one", async () => {
  const { plan } = await compileSource(SOURCE);
  const probe = plan.steps.find((step) => step.probe.kind === "file")?.probe;
  assert.ok(probe?.kind === "file");
  const why = noDebianRoot();
  if (why !== undefined) throw new Error(`this test cannot run here: ${why}`);
  const root = debianRoot();
  try {
    inRoot(root, "apt-get update -q && apt-get install -q -y --no-install-recommends dnsmasq-base");
    const [program = "", ...words] = probe.check ?? [];
    const command = [program, ...words].map((word) => (word === "FILE" ? "/tmp/names.conf" : word)).join(" ");
    const check = (text: string): string => {
      writeFileSync(join(root, "tmp/names.conf"), text);
      return inRoot(root, `${command} 2>&1`);
    };
    assert.match(check(probe.content), /syntax check OK/);
    assert.throws(() => check(probe.content.replace("no-resolv", "no-resolve")), /bad option/);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
