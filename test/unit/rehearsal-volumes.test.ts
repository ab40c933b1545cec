import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../support/sim.js";
import { conf, option, template, withGuests } from "../support/sim-guests.js";

const test = suite("rehearsal: volumes, clones, templates and snapshots");

test(
  "qm resize ends with 0 whatever happens",
  withGuests(async (host) => {
    assert.match(await must(host, "qm resize 100 scsi5 +1G"), "disk 'scsi5' does not exist");
    assert.match(await must(host, "qm resize 100 scsi0 1G"), "shrinking disks is not supported");
    await must(host, "qm set 100 --lock backup");
    assert.match(await must(host, "qm disk resize 100 scsi0 +1G"), "VM is locked (backup)");
    assert.is(option(host, 100, "scsi0"), "vms:vm-100-disk-0,size=4G");
    await must(host, "qm unlock 100");
    await must(host, "qm resize 100 scsi0 +1G");
    assert.is(option(host, 100, "scsi0"), "vms:vm-100-disk-0,size=5G");
  }),
);

test(
  "pct resize tells: shrinking, the size it has, a mount that is none",
  withGuests(async (host) => {
    assert.match(await must(host, "pct resize 200 rootfs 1G", 255), "unable to shrink disk size");
    assert.match(await must(host, "pct resize 200 rootfs 4G", 255), "disk is already at specified size");
    assert.match(await must(host, "pct resize 200 mp5 1G", 255), "volume: property is missing and it is not optional");
  }),
);

test(
  "a new disk on an occupied slot is empty, and the old one is put beside",
  withGuests(async (host) => {
    await must(host, "qm set 100 --scsi0 vms:1");
    assert.is(option(host, 100, "scsi0"), "vms:vm-100-disk-1,size=1G");
    assert.is(option(host, 100, "unused0"), "vms:vm-100-disk-0");
    await must(host, "pct set 200 --mp0 cts:1,mp=/data");
    await must(host, "pct set 200 --mp0 cts:2,mp=/data");
    assert.is(option(host, 200, "mp0"), "cts:subvol-200-disk-2,mp=/data,size=2G");
    assert.is(option(host, 200, "unused0"), "cts:subvol-200-disk-1");
    await must(host, "pct set 200 --delete unused0");
    assert.is(host.state.datasets["tank/cts/subvol-200-disk-1"], undefined);
  }),
);

test(
  "pct set --rootfs STORE:4 allocates nothing and breaks the container",
  withGuests(async (host) => {
    await must(host, "pct set 200 --rootfs cts:4");
    assert.is(option(host, 200, "rootfs"), "cts:4");
    assert.match(await must(host, "pct start 200", 255), "unable to parse zfs volume name '4'");
    assert.match(await must(host, "pct destroy 200", 255), "unable to parse zfs volume name '4'");
  }),
);

test(
  "templates refuse start, snapshot, a second conversion, and destroy while clones exist",
  withGuests(async (host) => {
    for (const [tool, id, clone] of [
      ["qm", 100, 110],
      ["pct", 200, 210],
    ] as const) {
      await must(host, `${tool} template ${id}`);
      await must(host, `${tool} start ${id}`, 255);
      assert.match(await must(host, `${tool} snapshot ${id} abc`, 255), "you can't take a snapshot if it's a template");
      await must(host, `${tool} template ${id}`, 255);
      await must(host, `${tool} set ${id} --memory 600`);
      assert.match(
        await must(host, `${tool} clone ${id} ${clone} --storage local`, 2),
        "not allowed for linked clones",
      );
      await must(host, `${tool} clone ${id} ${clone}`);
      assert.match(await must(host, `${tool} destroy ${id}`, 255), "is still in use by linked cloned");
    }
    assert.is(option(host, 110, "scsi0"), "vms:base-100-disk-0/vm-110-disk-0,size=4G");
    assert.is(option(host, 210, "rootfs"), "cts:basevol-200-disk-0/subvol-210-disk-0,size=4G");
    assert.is(host.state.datasets["tank/vms/vm-110-disk-0"]?.origin, "tank/vms/base-100-disk-0@__base__");
  }),
);

test(
  "template and snapshots exclude each other",
  withGuests(async (host) => {
    await must(host, "qm snapshot 100 abc");
    await must(host, "pct snapshot 200 abc");
    assert.match(await must(host, "qm template 100", 255), "unable to create template, because VM contains snapshots");
    assert.match(await must(host, "pct template 200", 255), "unable to create template, because CT contains snapshots");
  }),
);

test(
  "a clone has a new MAC, uuid and generation id, and its source's firewall",
  withGuests(async (host) => {
    writeFileSync(join(host.root, "etc/pve/firewall/100.fw"), "[OPTIONS]\nenable: 1\n");
    await must(host, "qm clone 100 101 --name copy");
    for (const name of ["net0", "smbios1", "vmgenid"]) assert.is.not(option(host, 101, name), option(host, 100, name));
    assert.is(option(host, 101, "meta"), option(host, 100, "meta"));
    assert.is(option(host, 101, "name"), "copy");
    assert.is(readFileSync(join(host.root, "etc/pve/firewall/101.fw"), "utf8"), "[OPTIONS]\nenable: 1\n");
  }),
);

test(
  "a clone of a snapshot takes the configuration of the snapshot, without the description",
  withGuests(async (host) => {
    await host.execute(["pct", "set", "200", "--description", "mine", "--tags", "old"]);
    await must(host, "pct snapshot 200 gold --description taken");
    await must(host, "pct set 200 --memory 2048 --tags new");
    await must(host, "pct clone 200 210 --snapname gold --hostname copy");
    assert.is(option(host, 210, "memory"), "512");
    assert.is(option(host, 210, "tags"), "old");
    assert.not.match(conf(host, 210), "#");
    await must(host, "pct clone 200 211 --snapname nope", 255);
    await must(host, "qm snapshot 100 gold");
    assert.match(
      await must(host, "qm clone 100 101 --snapname gold", 255),
      "Full clone feature is not supported for drive 'scsi0'",
    );
  }),
);

test(
  "bind mounts forbid snapshot and clone; their folder must exist at the start",
  withGuests(async (host) => {
    await must(host, "pct set 200 --mp0 /tank/data,mp=/data");
    assert.match(await must(host, "pct snapshot 200 abc", 255), "snapshot feature is not available");
    assert.match(await must(host, "pct clone 200 210", 255), "unable to clone mountpoint 'mp0' (type bind)");
    assert.match(await must(host, "pct start 200", 255), "startup for container '200' failed");
    mkdirSync(join(host.root, "tank/data"), { recursive: true });
    await must(host, "pct start 200");
  }),
);

test(
  "raw volumes in directories forbid snapshots",
  withGuests(async (host) => {
    await must(host, "qm set 100 --scsi1 local:1");
    assert.match(await must(host, "qm snapshot 100 abc", 255), "snapshot feature is not available");
    await must(host, "qm set 100 --scsi1 local:1,format=qcow2");
    await must(host, "qm snapshot 100 abc");
  }),
);

test(
  "rollback: only to the newest on ZFS; options go back, new disks stay beside",
  withGuests(async (host) => {
    await must(host, "pct snapshot 200 one");
    await must(host, "pct snapshot 200 two");
    assert.match(
      await must(host, "pct rollback 200 one", 255),
      "can't rollback, 'one' is not most recent snapshot on 'cts:subvol-200-disk-0'",
    );
    await must(host, "pct set 200 --memory 2048 --mp0 cts:1,mp=/new");
    await must(host, "pct rollback 200 two");
    assert.is(option(host, 200, "memory"), "512");
    assert.is(option(host, 200, "unused0"), "cts:subvol-200-disk-1");
    assert.is(option(host, 200, "parent"), "two");
    await must(host, "pct delsnapshot 200 two");
    assert.is(option(host, 200, "parent"), "one");
    assert.equal(host.state.datasets["tank/cts/subvol-200-disk-0"]?.snapshots, ["one"]);
  }),
);

test(
  "an orphan of an earlier creation makes the next one take another number",
  withGuests(async (host) => {
    host.state.datasets["tank/cts/subvol-201-disk-0"] = { type: "filesystem", properties: {}, snapshots: [] };
    await must(host, `pct create 201 ${template} --rootfs cts:1`);
    assert.is(option(host, 201, "rootfs"), "cts:subvol-201-disk-1,size=1G");
  }),
);

test.run();
