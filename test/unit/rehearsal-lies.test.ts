import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, withHost, zfsHost } from "../support/sim.js";
import { conf, option, template, withGuests } from "../support/sim-guests.js";

const test = suite("rehearsal: what Proxmox really does");

test(
  "a missing device fails every change but the removal of devices",
  withGuests(async (host) => {
    await must(host, "pct set 200 --dev0 /dev/nvidia0 --dev1 /dev/nvidiactl");
    host.setDevice("/dev/nvidia0", false);
    for (const line of [
      "pct set 200 --memory 600",
      "pct set 200 --delete dev0 --memory 600",
      "pct set 200 --dev2 /dev/null",
    ])
      assert.match(await must(host, line, 2), "Device /dev/nvidia0 does not exist");
    assert.match(await must(host, "pct start 200", 2), "Device /dev/nvidia0 does not exist");
    assert.is(option(host, 200, "memory"), "512");
    await must(host, "pct set 200 --delete dev0,dev1");
    await must(host, "pct set 200 --memory 600");
    await must(host, "pct set 200 --dev0 /dev/nvidia0", 2);
  }),
);

test(
  "a missing bridge fails the change after it was written",
  withGuests(async (host) => {
    await must(host, "pct set 200 --net0 name=eth0,bridge=nobr", 2);
    assert.match(option(host, 200, "net0") ?? "", "bridge=nobr");
    assert.match(await must(host, "pct set 200 --cores 3", 2), "bridge 'nobr' does not exist");
    assert.is(option(host, 200, "cores"), "3");
    await must(host, "pct start 200", 2);
  }),
);

test(
  "nets: qm makes a new MAC each time, pct drops what is not repeated",
  withGuests(async (host) => {
    const before = option(host, 100, "net0");
    await must(host, "qm set 100 --net0 virtio,bridge=vmbr0");
    assert.is.not(option(host, 100, "net0"), before);
    await must(host, "qm set 100 --net0 virtio,bridge=vmbr0,macaddr=aa:bb:cc:dd:ee:ff");
    assert.is(option(host, 100, "net0"), "virtio=aa:bb:cc:dd:ee:ff,bridge=vmbr0");
    await must(host, "pct set 200 --net0 name=eth0,bridge=vmbr0");
    assert.match(option(host, 200, "net0") ?? "", /^name=eth0,bridge=vmbr0,hwaddr=BC:24:11:[0-9A-F:]{8},type=veth$/);
  }),
);

test(
  "a digest is that of the whole file, and stale after the first write",
  withGuests(async (host) => {
    const { createHash } = await import("node:crypto");
    for (const [tool, id] of [
      ["qm", 100],
      ["pct", 200],
    ] as const) {
      const digest = createHash("sha1").update(conf(host, id)).digest("hex");
      await must(host, `${tool} set ${id} --memory 600 --digest ${digest}`);
      assert.match(
        await must(host, `${tool} set ${id} --memory 700 --digest ${digest}`, 255),
        "checksum mismatch (file change by other user?)",
      );
      assert.is(option(host, id, "memory"), "600");
    }
  }),
);

test(
  "a lock in the file blocks set, start, destroy, snapshot and clone",
  withGuests(async (host) => {
    await must(host, "qm set 100 --lock backup");
    await must(host, "pct set 200 --lock backup");
    for (const line of [
      "set 100 --cores 2",
      "start 100",
      "destroy 100",
      "snapshot 100 abc",
      "clone 100 101",
      "template 100",
    ]) {
      assert.match(await must(host, `qm ${line}`, 255), "VM is locked (backup)");
      assert.match(await must(host, `pct ${line.replaceAll("100", "200")}`, 255), "CT is locked (backup)");
    }
  }),
);
test("a held lock file makes a change wait, and give up", () =>
  withHost(
    zfsHost(),
    async (host) => {
      await must(host, `pct create 200 ${template} --rootfs cts:1`);
      const locked = `exec 8>>"$PHXC_ROOT/run/lock/lxc/pve-config-200.lock"; flock 8; pct set 200 --memory 600 </dev/null; echo $?\n`;
      const result = await host.runScript(locked);
      assert.is(result.stdout, "4\n");
      assert.match(result.stderr, "can't lock file '/run/lock/lxc/pve-config-200.lock' - got timeout");
      await must(host, "pct set 200 --memory 600");
    },
    { lockTimeoutMs: 50 },
  ));

test(
  "ids are shared by both kinds and by the cluster",
  withGuests(async (host) => {
    assert.match(await must(host, `pct create 100 ${template}`, 2), "VM 100 already exists on node 'pve'");
    assert.match(
      await must(host, "qm create 200", 255),
      "unable to create VM 200 - CT 200 already exists on node 'pve'",
    );
    host.state.elsewhere.push({ id: 300, kind: "vm", node: "other" });
    assert.match(await must(host, `pct create 300 ${template}`, 2), "VM 300 already exists on node 'other'");
    assert.match(
      await must(host, "qm clone 100 200", 255),
      "creating a clone of VM 100 with ID 200\nclose (rename) atomic file",
    );
  }),
);

test(
  "a running VM keeps what needs a restart; the rest applies at once",
  withGuests(async (host) => {
    await must(host, "qm start 100");
    await must(host, "qm set 100 --memory 1024 --cores 2 --name new --onboot 1 --scsi1 vms:1");
    assert.is(option(host, 100, "memory"), "512");
    assert.is(option(host, 100, "cores"), undefined);
    assert.is(option(host, 100, "name"), "new");
    assert.match(conf(host, 100), "\n[PENDING]\ncores: 2\nmemory: 1024\n");
    assert.match(await must(host, "qm config 100"), "memory: 1024\n");
    assert.match(await must(host, "qm config 100 --current"), "memory: 512\n");
    await must(host, "qm set 100 --delete cores");
    await must(host, "qm stop 100");
    assert.is(option(host, 100, "memory"), "1024");
    assert.not.match(conf(host, 100), "PENDING");
  }),
);

test(
  "a guest that keeps a disk leaves the delete pending",
  withGuests(async (host) => {
    await must(host, "qm set 100 --scsi1 vms:1");
    await must(host, "qm start 100");
    host.state.manners[100] = { refusesUnplug: true };
    assert.match(await must(host, "qm set 100 --delete scsi1", 255), "hotplug problem");
    assert.match(conf(host, 100), "[PENDING]\ndelete: scsi1\n");
    await must(host, "qm stop 100");
    assert.is(option(host, 100, "unused0"), "vms:vm-100-disk-1");
  }),
);

test(
  "a running container keeps features pending; memory, hostname and nets apply at once",
  withGuests(async (host) => {
    await must(host, "pct start 200");
    await must(host, "pct set 200 --features nesting=1 --memory 1024 --hostname other");
    assert.is(option(host, 200, "features"), undefined);
    assert.is(option(host, 200, "memory"), "1024");
    assert.match(conf(host, 200), "[pve:pending]\nfeatures: nesting=1\n");
    await must(host, "pct reboot 200");
    assert.is(option(host, 200, "features"), "nesting=1");
  }),
);

test(
  "containers: stop of a stopped one is refused, qm stop is not; running ones refuse start and destroy",
  withGuests(async (host) => {
    assert.match(await must(host, "pct stop 200", 255), "CT 200 not running");
    await must(host, "qm stop 100");
    assert.match(await must(host, "qm shutdown 100"), "VM 100 not running");
    await must(host, "qm start 100");
    assert.match(await must(host, "qm start 100", 255), "VM 100 already running");
    assert.match(await must(host, "qm destroy 100", 25), "VM 100 is running - destroy failed");
    await must(host, "pct start 200");
    await must(host, "pct destroy 200", 255);
    await must(host, "pct destroy 200 --force");
    assert.equal(
      host.guests().map(({ id }) => id),
      [100],
    );
  }),
);

test(
  "protection stops destroy",
  withGuests(async (host) => {
    await must(host, "qm set 100 --protection 1");
    await must(host, "pct set 200 --protection 1");
    assert.match(await must(host, "qm destroy 100", 255), "can't remove VM 100 - protection mode enabled");
    assert.match(await must(host, "pct destroy 200", 25), "can't remove CT 200 - protection mode enabled");
  }),
);

test(
  "unprivileged cannot be changed, and 0 is not written",
  withGuests(async (host) => {
    assert.match(
      await must(host, "pct set 200 --unprivileged 1", 255),
      "unable to modify read-only option: 'unprivileged'",
    );
    await must(host, `pct create 201 ${template} --unprivileged 0 --rootfs cts:1`);
    assert.is(option(host, 201, "unprivileged"), undefined);
  }),
);

test(
  "setting and deleting one option in one call, and nothing at all, are refused",
  withGuests(async (host) => {
    await must(host, "qm set 100 --memory 600 --delete memory", 255);
    assert.match(await must(host, "qm set 100", 2), "no options specified");
    assert.match(await must(host, "pct set 200 --digest 00", 2), "no options specified");
    assert.match(await must(host, "qm set 100 --delete nosuch", 255), "delete: unknown option 'nosuch'");
    assert.match(await must(host, "pct set 200 --ostemplate x", 2), "Unknown option: ostemplate");
  }),
);

test(
  "keys are read from a file and written encoded; a password is hashed with a random salt, and asked for twice",
  withGuests(async (host) => {
    writeFileSync(join(host.root, "root/keys"), "ssh-ed25519 AA+/= me@host\n");
    await must(host, "qm set 100 --sshkeys /root/keys");
    assert.is(option(host, 100, "sshkeys"), "ssh-ed25519%20AA%2B%2F%3D%20me%40host%0A");
    assert.match(await must(host, "qm set 100 --sshkeys /nonexistent", 2), "can't open '/nonexistent'");
    assert.match(await must(host, "qm set 100 --cipassword secret"), "-cipassword <hidden>");
    const first = option(host, 100, "cipassword");
    assert.is((await host.execute(["qm", "set", "100", "--cipassword"], "secret\nsecret\n")).code, 0);
    assert.match(first ?? "", /^\$5\$/);
    assert.is.not(option(host, 100, "cipassword"), first);
    assert.is((await host.execute(["qm", "set", "100", "--cipassword"], "one\nother\n")).code, 255);
    assert.match(await must(host, "qm config 100"), "cipassword: **********");
  }),
);

test(
  "an empty value leaves the key behind with two blanks",
  withGuests(async (host) => {
    await host.execute(["qm", "set", "100", "--tags", ""]);
    assert.match(conf(host, 100), "\ntags:  \n");
  }),
);

test(
  "the guest agent: configured, running, awake; the command's own code is in the answer",
  withGuests(async (host) => {
    assert.match(await must(host, "qm guest cmd 100 ping", 255), "No QEMU guest agent configured");
    await must(host, "qm set 100 --agent enabled=1");
    assert.match(await must(host, "qm agent 100 ping", 255), "VM 100 is not running");
    await must(host, "qm start 100");
    host.state.manners[100] = { agent: 1 };
    assert.match(await must(host, "qm guest cmd 100 ping", 255), "QEMU guest agent is not running");
    await must(host, "qm guest cmd 100 ping");
    host.state.answers.push({ guest: 100, command: "false", code: 3, stderr: "no\n" });
    assert.is(
      await must(host, "qm guest exec 100 -- false"),
      '{\n   "err-data" : "no\\n",\n   "exitcode" : 3,\n   "exited" : 1\n}\n',
    );
  }),
);

test(
  "pct exec passes the guest's code on; files go in and out",
  withGuests(async (host) => {
    assert.match(await must(host, "pct exec 200 -- ls", 255), "container '200' not running!");
    await must(host, "pct start 200");
    host.state.answers.push({ guest: 200, command: "test -e", code: 1 });
    await must(host, "pct exec 200 -- test -e /x", 1);
    await must(host, "pct exec 200 -- ls --all -x");
    writeFileSync(join(host.root, "root/f"), "text");
    await must(host, "pct push 200 /root/f /etc/f --perms 0600");
    await must(host, "pct pull 200 /etc/f /root/g");
    assert.is(readFileSync(join(host.root, "root/g"), "utf8"), "text");
  }),
);

test("the same seed gives the same host", async () => {
  const make = (): Promise<string> =>
    withHost(zfsHost({ seed: 7 }), async (host) => {
      await must(host, "qm create 100 --name web --net0 virtio --scsi0 vms:1");
      return conf(host, 100);
    });
  assert.is(await make(), await make());
});

test(
  "without /etc/pve's files a folder is empty",
  withGuests(async (host) => {
    rmSync(join(host.root, "etc/pve/nodes/pve/lxc/200.conf"));
    assert.match(await must(host, "pct config 200", 2), "Configuration file 'nodes/pve/lxc/200.conf' does not exist");
  }),
);

test.run();
