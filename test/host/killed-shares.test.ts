import { suite } from "uvu";
import { presupposed } from "../../src/rehearsal/index.js";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("exports, shares and storages killed at every command");

const SOURCE = `
host pve {
  address = 10.0.0.13
  samba { workgroup = HOME, user heads { password = secret("file:/root/password") } }
}
storage cifs office {
  server = "10.0.0.6", share = "pve", username = "proxmox", password = secret("file:/root/password")
  prune-backups { keep-last = 3 }
}
export data { path = "/srv/data", owner = 5:6, mode = 0750, clients = [10.0.0.0/24] }
share media { path = "/srv/media", owner = heads, users = [heads] }
`;

const seen: Seen = new Map();
let whole: Undisturbed;

test.before(async () => {
  const compiled = await compileSource(SOURCE);
  const host = presupposed(compiled.plan);
  const files = { ...host.files, "/root/password": "secret\n", "/etc/exports": "/srv 10.9.9.9(ro)\n" };
  whole = await wholeRun(compiled, { ...host, files, directories: ["/srv"] });
});

for (const when of ["before", "during", "after"] as const)
  test(`SIGKILL ${when}: the next run reaches the same state, and the one after it is quiet`, () =>
    surviveAll(whole, faultsAt(whole, when), seen));

test("a command that fails is told, and the next run goes on", () => surviveAll(whole, faultsAt(whole, "fail"), seen));

provesMatrix(test, import.meta.url);

test.run();
