import { Bench } from "tinybench";
import { compile } from "../src/compile.js";
import { memoryFiles } from "../src/host/files.js";
import { validationRules } from "../src/plugins/validation/index.js";
import { count, medianOf, type Row, time } from "./row.js";

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

/** What all rules cost on a fleet of a thousand guests, where anything quadratic would show. */
export async function measureRules(): Promise<readonly Row[]> {
  const { model, diagnostics } = await compile({
    entry: "fleet.phx",
    files: memoryFiles({ "fleet.phx": FLEET }),
    upTo: "check",
  });
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (model === undefined || error !== undefined) throw new Error(`the measured fleet is wrong: ${error?.message}`);
  const bench = new Bench({ time: 2000, warmupTime: 500 });
  bench.add("rules", () => {
    // What rules learn of a model is kept with it; a copy is judged anew.
    const fresh = { ...model };
    for (const rule of validationRules) rule.check(fresh, () => undefined);
  });
  await bench.run();
  const [whole = Number.NaN] = bench.tasks.map(medianOf);
  const what = `${validationRules.length} rules over ${count(model.resources.size)} resources, warm`;
  return [{ what, measured: time(whole) }];
}
