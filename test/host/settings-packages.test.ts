import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { fleetOn, told } from "../support/script-host.js";
import type { Scripted } from "../support/script-host.js";
import { withHost } from "../support/sim.js";

const test = suite("packages, kernel parameters and modules");

async function onHost(body: string, use: (fleet: Scripted) => Promise<void>, options = {}): Promise<void> {
  const { script } = await compileSource(`host pve {\n${body}\n}\n`);
  await withHost(emptyHost(), (host) => use(fleetOn(host, script)), options);
}

const HALF = "Package: jq\nStatus: install ok installed\n\nPackage: tmux\nStatus: install ok unpacked\n\n";

test("packages that are missing are installed with one command, and a second run starts none", () =>
  onHost(`packages = [tmux, jq, "libstdc++6"]`, async ({ host, apply, check, quiet }) => {
    assert.equal(await check(), ["+ host: package jq", "+ host: package libstdc++6", "+ host: package tmux"]);
    assert.equal(mutating(await apply()), [
      "apt-get install --yes --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -- jq libstdc++6 tmux",
    ]);
    await quiet();
    const again = await apply();
    assert.equal(
      again.commands.map(({ argv }) => argv[0]),
      [],
    );
    writeFileSync(join(host.root, "var/lib/dpkg/status"), HALF.replace("unpacked", "installed"));
    assert.match(mutating(await apply()).join(), /-- libstdc\+\+6$/);
  }));

test("what an earlier run left half installed is finished, and lists are fetched, before it is tried once more", () =>
  onHost("packages = [tmux, jq]", async ({ host, apply, quiet }) => {
    mkdirSync(join(host.root, "var/lib/dpkg"), { recursive: true });
    writeFileSync(join(host.root, "var/lib/dpkg/status"), HALF);
    const run = await apply();
    assert.equal(
      mutating(run).map((line) => line.replace(/^apt-get install .* -- /, "install ")),
      ["install tmux", "dpkg --force-confold --configure -a", "apt-get update", "install tmux"],
    );
    await quiet();
  }));

test("a package that cannot be installed ends the run", async () => {
  await onHost(
    "packages = [nothere]",
    async ({ apply }) => assert.match((await apply(4)).stderr, "Unable to locate package"),
    {
      refuses: (argv: readonly string[]) =>
        argv[1] === "install" ? "E: Unable to locate package nothere\n" : undefined,
    },
  );
});

test("kernel parameters and modules are set, kept, and quiet", () =>
  onHost(
    'sysctl { "vm.swappiness" = 10, "net.ipv4.conf.all.rp_filter" = true, "kernel.core_pattern" = "|/bin/false" }\nmodules = [nbd, br_netfilter]',
    async ({ host, apply, quiet }) => {
      const run = await apply();
      assert.equal(told(run), [
        "+ host: file /etc/modules-load.d/phxc.conf",
        "+ host: file /etc/sysctl.d/90-phxc.conf",
      ]);
      assert.equal(mutating(run), ["sysctl -p /etc/sysctl.d/90-phxc.conf", "modprobe --all nbd br_netfilter"]);
      const { files } = host.capture();
      assert.is(
        files["/etc/sysctl.d/90-phxc.conf"],
        "# Managed by phxc: kernel parameters. Changes are overwritten.\nvm.swappiness = 10\nnet.ipv4.conf.all.rp_filter = 1\nkernel.core_pattern = |/bin/false\n",
      );
      assert.is(
        files["/etc/modules-load.d/phxc.conf"],
        "# Managed by phxc: kernel modules. Changes are overwritten.\nnbd\nbr_netfilter\n",
      );
      await quiet();
    },
  ));

test("a module that the kernel does not have ends the run, and the next one tries it again", () =>
  onHost("modules = [no_such_module]", async ({ apply, check }) => {
    assert.match((await apply(4)).stderr, "Module no_such_module not found");
    assert.equal(await check(), [
      "~ host: /etc/modules-load.d/phxc.conf: what has to follow its change, which an earlier run did not do",
    ]);
    await apply(4);
  }));

test("killed before, within and after each command, the next run reaches the same end", async () => {
  const { script } = await compileSource(
    'host pve { packages = [tmux, jq], modules = [nbd], sysctl { "vm.swappiness" = 10 } }\n',
  );
  const whole = await undisturbed(script, emptyHost());
  assert.is(whole.run.code, 0, whole.run.stderr);
  for (const when of ["before", "during", "after", "fail"] as const) {
    const faults = faultsAt(whole, when).filter(
      ({ at }) => when !== "fail" || !whole.commands[at - 1]?.startsWith("apt-get"),
    );
    await surviveAll(whole, faults);
  }
});

provesMatrix(test, import.meta.url);

test.run();
