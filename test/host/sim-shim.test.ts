import { suite } from "uvu";
import * as assert from "uvu/assert";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("sim shim");

test("a script's commands are served and recorded, and write the files that it reads", async () => {
  await withHost(zfsHost(), async (host) => {
    const script = `set -e
qm create 100 --name web --memory 512 --scsi0 vms:1 --net0 virtio,bridge=vmbr0 </dev/null
grep -x 'scsi0: vms:vm-100-disk-0,size=1G' "$PHXC_ROOT/etc/pve/qemu-server/100.conf"
zfs list -H -o name -r tank/vms`;
    const result = await host.runScript(script);
    assert.is(result.code, 0, result.stderr);
    assert.match(result.stdout, "\nscsi0: vms:vm-100-disk-0,size=1G\ntank/vms\ntank/vms/vm-100-disk-0\n");
    assert.equal(
      result.commands.map((command) => [command.argv[0], command.mutating, command.code, command.known]),
      [
        ["qm", true, 0, true],
        ["zfs", false, 0, true],
      ],
    );
  });
});

test("a command costs milliseconds", async () => {
  await withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name web");
    const start = Date.now();
    const result = await host.runScript("for i in {1..40}; do qm config 100 >/dev/null </dev/null; done\n");
    const each = (Date.now() - start) / 40;
    assert.is(result.commands.length, 40);
    // Measured at 4 ms alone; the bound leaves room for a busy machine and still excludes starting Node for each.
    assert.ok(each < 40, `${each} ms`);
  });
});

test("exit codes, both outputs and arguments arrive byte for byte", async () => {
  await withHost(zfsHost(), async (host) => {
    const value = "a'b\"c $(x) `y` \\ %s é 𝄞 ; * ~ -- line1\nline2\ttab";
    const script = `qm create 100 --name web --description ${quote(value)}
qm config 999 2>&1 >/dev/null
echo "code $?"
`;
    const result = await host.runScript(script);
    assert.is(result.stdout, "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist\ncode 2\n");
    assert.is(result.commands[0]?.argv.at(-1), value);
  });
});

test("long output arrives whole", async () => {
  await withHost(zfsHost(), async (host) => {
    for (let i = 0; i < 200; i++) await must(host, `zfs create tank/dataset-with-a-long-name-${i}`);
    const result = await host.runScript("zfs list -H -o name -r tank | wc -l; zfs list -H -o name nope; echo $?\n");
    assert.is(result.stdout, "203\n1\n");
    assert.match(result.stderr, "cannot open 'nope': dataset does not exist");
  });
});

test("only commands that read standard input take it", async () => {
  const seen: string[] = [];
  const guests = (_: unknown, argv: readonly string[], stdin: Buffer): undefined =>
    void seen.push(`${argv.join(" ")}<${stdin.toString()}`);
  await withHost(
    zfsHost(),
    async (host) => {
      await must(host, "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 --start 1");
      const result = await host.runScript("qm list; pct exec 200 -- cat; cat\n", [], { stdin: "fed\n" });
      assert.equal(seen, ["cat<fed\n"]);
      assert.is(result.stdout, "");
    },
    { guests },
  );
});

test("a script fed through bash -s loses its rest to a pct exec", async () => {
  await withHost(zfsHost(), async (host) => {
    await must(host, "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --rootfs cts:1 --start 1");
    const result = await host.runScript("bash -s\n", [], { stdin: "echo one\npct exec 200 -- true\necho two\n" });
    assert.is(result.stdout, "one\n");
  });
});

test("unknown commands, tools and programs fail loudly", async () => {
  await withHost(zfsHost(), async (host) => {
    const result = await host.runScript("qm frobnicate 1; echo $?; update-initramfs -x; echo $?; jq . ; echo $?\n");
    assert.is(result.stdout, "127\n127\n127\n");
    assert.match(result.stderr, "simulated host: unknown command: qm frobnicate 1");
    assert.equal(
      result.commands.map(({ known }) => known),
      [false, false],
    );
  });
});

test("a daemon of qm start keeps the lock that its caller had open, until the VM stops", async () => {
  await withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name web");
    const held = 'exec 9>>"$PHXC_ROOT/run/lock/x"; flock -n 9 || exit 1; qm start 100 </dev/null\n';
    const tryLock = 'exec 9>>"$PHXC_ROOT/run/lock/x"; flock -n 9\n';
    assert.is((await host.runScript(held)).code, 0);
    assert.is((await host.runScript(tryLock)).code, 1);
    await must(host, "qm stop 100");
    assert.is((await host.runScript(tryLock)).code, 0);
    assert.is((await host.runScript(held.replace("qm start 100", "qm start 100 9>&-"))).code, 0);
    assert.is((await host.runScript(tryLock)).code, 0);
  });
});

test("a call without the run's token is refused", async () => {
  await withHost(zfsHost(), async (host) => {
    const result = await host.runScript("PHXC_SIM_TOKEN=guess qm list; echo $?\n");
    assert.is(result.stdout, "127\n");
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

test.run();
