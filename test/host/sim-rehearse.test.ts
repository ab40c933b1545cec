import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, type HostState, presupposed, rehearse } from "../../src/rehearsal/index.js";
import { type Plan, type Requirement, sourceFile, span } from "../../src/index.js";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("sim rehearse");

const quiet = `[[ -e $PHXC_ROOT/etc/pve/qemu-server/100.conf ]] || qm create 100 --name web --memory 512 --start 1 </dev/null\n:\n`;

test("a script that is quiet the second time passes", async () => {
  const { first, second, guests, passed } = await rehearse(quiet, zfsHost(), { twice: true });
  assert.is(passed, true);
  assert.equal([first.code, first.mutating, second?.mutating, second?.files], [0, 1, 0, []]);
  assert.ok(first.files.includes("/etc/pve/nodes/pve/qemu-server/100.conf"));
  assert.equal(guests, [{ kind: "vm", id: 100, name: "web", running: true, template: false, disks: {} }]);
});

test("a mutating command, a changed file, an unknown command or a failure in the second run does not pass", async () => {
  const noisy = [
    "qm create 100 --name web </dev/null || true\nqm set 100 --memory 512 </dev/null\n",
    `${quiet}echo x >>"$PHXC_ROOT/etc/pve/firewall/100.fw"\n`,
    `${quiet}systemctl daemon-reload || true\n`,
    `${quiet}exit 4\n`,
  ];
  for (const script of noisy) assert.is((await rehearse(script, zfsHost(), { twice: true })).passed, false, script);
});

test("a captured state is where another rehearsal starts", async () => {
  const { state } = await rehearse(quiet, zfsHost(), { twice: false });
  const copy = JSON.parse(JSON.stringify(state)) as HostState;
  const again = await rehearse(quiet, copy, { twice: false });
  assert.is(again.first.mutating, 0);
  assert.is(again.guests[0]?.running, true);
  await withHost(copy, async (host) => {
    assert.match(await must(host, "qm status 100"), "running");
    assert.match(await must(host, "zfs list -H -o name"), "tank/vms");
  });
});

const file = sourceFile("fleet.phx", "x");

function planWith(
  requirements: readonly (Requirement extends infer R
    ? R extends Requirement
      ? Omit<R, "source" | "blocks">
      : never
    : never)[],
): Plan {
  const full = requirements.map((requirement) => ({ ...requirement, blocks: [], source: span(file, 0) }));
  return {
    host: "host",
    node: "node1",
    steps: [],
    requirements: full,
    guests: [],
    sources: [],
    environment: [],
    targets: [],
  };
}

test("a presupposed host has what the plan needs and does not make", () => {
  const state = presupposed(
    planWith([
      { kind: "bridge", bridge: "vmbr7" },
      { kind: "device", path: "/dev/nvidia0" },
      { kind: "disk", path: "/dev/disk/by-id/a", pool: "tank" },
      { kind: "file", path: "/srv/x.img" },
      { kind: "storage", storage: "local-lvm", content: "images" },
      { kind: "storage", storage: "local" },
    ]),
  );
  assert.is(state.node, "node1");
  assert.equal(
    state.bridges.map(({ name }) => name),
    ["vmbr0", "vmbr7"],
  );
  assert.equal(state.devices, ["/dev/nvidia0"]);
  assert.equal(
    state.disks.map(({ path, signature }) => [path, signature]),
    [["/dev/disk/by-id/a", undefined]],
  );
  assert.ok(state.images["/srv/x.img"]);
  assert.match(state.files["/etc/pve/storage.cfg"] ?? "", "lvmthin: local-lvm\n");
});

test("a host that has what was presupposed lets its commands work", async () => {
  const state = presupposed(planWith([{ kind: "storage", storage: "local-lvm" }]));
  await withHost(state, async (host) => {
    await must(host, "qm create 100 --name web --scsi0 local-lvm:1");
    await must(host, "qm snapshot 100 gold");
    await must(host, "qm clone 100 101");
    assert.match(await must(host, "pvesm list local-lvm"), "local-lvm:vm-101-disk-0 raw     images    1073741824 101");
  });
});

test("an empty host has nothing but the installer's", async () => {
  await withHost(emptyHost(), async (host) => {
    assert.equal(host.guests(), []);
    const result = await host.runScript(
      'ls "$PHXC_ROOT/etc/pve"; ls "$PHXC_ROOT/etc/pve/qemu-server"; cat "$PHXC_ROOT/etc/pve/storage.cfg"; grep -c " /etc/pve fuse" "$PHXC_ROOT/proc/mounts"\n',
    );
    assert.is(
      result.stdout,
      "firewall\nlocal\nlxc\nnodes\nqemu-server\nstorage.cfg\ndir: local\n\tpath /var/lib/vz\n\tcontent iso,vztmpl,backup,images,rootdir,snippets,import\n1\n",
    );
  });
});

test.run();
