import { suite } from "uvu";
import * as assert from "uvu/assert";
import { validationRules } from "../../src/plugins/validation/index.js";
import { checkText } from "../support/compile.js";

const test = suite("rules: speed");

/** A thousand guests, each with a net, a disk, a mount, a need and firewall rules. */
const FLEET = `
network lan { bridge = vmbr0, subnet = 10.0.0.0/16, gateway = 10.0.0.1 }
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
dataset tank/cts {
  quota = 100T
  storage zfspool { id = tank-cts, content = [rootdir] }
}
ct 900 base { template = true, gpus = [0, 1] }
ct 1000 g1000 {
  clone = base
  gpus  = [0]
  net lan { ip = 10.0.0.9 }
}
for n in 1001..1999 {
  ct (n) "g\${n}" {
    clone = base
    needs = ["g\${n - 1}"]
    gpus  = [0]
    boot { order = n }
    disk root { size = 8GiB, storage = tank-cts }
    net lan { ip = 10.0.1.0 + n, firewall = true }
    mount "/mnt/pve/tank/cts/\${n}" { at = "/data", owner = 0:0 }
    firewall {
      in accept tcp 22 from lan
      in accept tcp [80, 443] from "g\${n - 1}"
      in accept tcp 8000 from (10.0.1.0 + n - 1)
      out accept udp 53 to 10.0.0.1
    }
  }
}
`;

/** Ten times what it costs on an idle machine: what grows with the square of the guests costs far more. */
const LIMIT_MS = 500;

test("a thousand guests are judged in a fraction of a second", async () => {
  const { model, diagnostics } = await checkText(FLEET);
  assert.ok(model);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  assert.is(model.resources.size, 1004);
  const times = [1, 2, 3].map(() => {
    const fresh = { ...model };
    const before = performance.now();
    for (const rule of validationRules) rule.check(fresh, () => undefined);
    return performance.now() - before;
  });
  const best = Math.min(...times);
  assert.ok(best < LIMIT_MS, `${best.toFixed(0)} ms`);
});

test.run();
