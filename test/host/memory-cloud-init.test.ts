import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";

const test = suite("cloud-init that the files no longer declare");

const machine = (id: number, name: string, inner: string): string => `vm ${id} ${name} {
  image = "/var/lib/vz/import/noble.qcow2"
  disk root { size = 4GiB, storage = local-lvm }
  cloud_init { ${inner} }
}
`;

const KEY = 'ssh_keys = ["ssh-ed25519 AAAA me"]';

function snippets({ host }: CommittedProject): string[] {
  return readdirSync(join(host.root, "var/lib/vz/snippets")).toSorted();
}

test("what Proxmox has options for again needs no snippet any more", () =>
  withCommitted(async (project) => {
    const { write, conf } = project;
    await write(HOST + machine(100, "a", `user = admin, ${KEY}, packages = [curl]`));
    await settled(project);
    assert.is(snippets(project).length, 1);
    await write(HOST + machine(100, "a", `user = admin, ${KEY}`));
    await settled(project);
    assert.equal(snippets(project), []);
    assert.not.match(conf("vm", 100), "cicustom");
    assert.match(conf("vm", 100), "ciuser: admin\n");
  }));

test("vendor data goes by itself, and user data stays", () =>
  withCommitted(async (project) => {
    const { write, conf } = project;
    const vendor = 'vendor_data = "#!/bin/sh\\n"';
    await write(HOST + machine(100, "a", `${KEY}, packages = [curl], ${vendor}`));
    await settled(project);
    assert.is(snippets(project).length, 2);
    await write(HOST + machine(100, "a", `${KEY}, packages = [curl]`));
    await settled(project);
    assert.match(conf("vm", 100), /^cicustom: user=local:snippets\/phxc-100-user-[0-9a-f]{16}\.yaml$/m);
    assert.is(snippets(project).length, 1);
  }));

test("the snippets of a guest go with it, and only its own", () =>
  withCommitted(async (project) => {
    const { write } = project;
    const other = machine(101, "b", `${KEY}, packages = [git]`);
    await write(HOST + machine(100, "a", `${KEY}, packages = [curl]`) + other);
    await settled(project);
    assert.is(snippets(project).length, 2);
    await write(HOST + other);
    assert.equal(await settled(project), []);
    assert.is(snippets(project).length, 2);
    const said = await settled(project, "--allow-destroy");
    assert.equal([said.length, snippets(project).length], [2, 1]);
    assert.match(said.join("\n"), /remove \/var\/lib\/vz\/snippets\/phxc-100-user-/);
  }));

test("a committed plan remembers no password, and says where it is", () =>
  withCommitted(async (project) => {
    const { write, read, conf, host } = project;
    const hash = `$6$planted$${"h".repeat(86)}`;
    writeFileSync(join(host.root, "root/hash"), hash);
    await write(HOST + machine(100, "a", `user = admin, password = secret("file:/root/hash")`));
    await settled(project);
    for (const file of ["plan.sh", "plan.json"]) {
      const text = read(`plans/pve1/${file}`);
      assert.match(text, "file:/root/hash");
      assert.not.match(text, "planted");
    }
    await write(HOST + machine(100, "a", `user = admin, ssh_keys = []`));
    await settled(project);
    assert.match(conf("vm", 100), `cipassword: ${hash}`);
    await write(HOST + machine(100, "a", `user = admin, password = absent, ssh_keys = []`));
    assert.equal(await settled(project), ["~ vm 100 a: cipassword (hidden) -> (unset)"]);
    assert.not.match(conf("vm", 100), "cipassword");
  }));

test.run();
