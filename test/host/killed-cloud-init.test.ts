import { suite } from "uvu";
import * as assert from "uvu/assert";
import { undisturbed } from "../../src/rehearsal/index.js";
import { HOST, settled, withCommitted } from "../support/committed.js";
import { surviveCuts } from "../support/cuts.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";

const test = suite("texts of cloud-init cut off anywhere");

const KEY = 'ssh_keys = ["ssh-ed25519 AAAA me"]';

const machine = (id: number, name: string, more: string, state = "state = running"): string => `vm ${id} ${name} {
  image = "/var/lib/vz/import/noble.qcow2"
  disk root { size = 4GiB, storage = local-lvm }
  ${state}
  cloud_init { user = admin, ${KEY}${more} }
}
`;

test("texts made, changed and no longer needed: the next run reaches the same state, and the one after it is quiet", () =>
  withCommitted(async (project) => {
    const { write, read, host } = project;
    await write(HOST + machine(100, "a", ", packages = [curl]") + machine(101, "b", ", packages = [git]"));
    await settled(project);
    await write(
      HOST +
        machine(100, "a", ", packages = [curl, jq]") +
        machine(101, "b", "") +
        machine(102, "c", ", packages = [tmux]", ""),
    );
    const whole = await undisturbed(read("plans/pve1/plan.sh"), host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    assert.ok(whole.commands.includes("qm cloudinit update 100"), whole.commands.join("\n"));
    const seen = new Map();
    for (const when of ["before", "during", "after", "fail"] as const)
      await surviveAll(whole, faultsAt(whole, when), seen);
    await surviveCuts(whole, seen);
  }));

provesMatrix(test, import.meta.url);

test.run();
