import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, presupposed, rehearse } from "../../src/rehearsal/index.js";
import type { HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { undisturbed } from "../../src/rehearsal/faults.js";
import { HOST, settled, withCommitted } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("the command line of the kernel");

const GRUB = "/etc/default/grub";
const LINE = "/etc/kernel/cmdline";
const RUNNING = "/proc/cmdline";
const WANTED = `host pve { kernel { cmdline = ["intel_iommu=on", "nosmt"], without = [quiet] } }\n`;

const grubHost = (text = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n# the end\n'): HostState =>
  emptyHost({ files: { [GRUB]: text, [RUNNING]: "BOOT_IMAGE=/boot/vmlinuz root=/dev/mapper/pve-root ro quiet\n" } });

/** On ZFS; with UEFI the boot partition has systemd-boot, else GRUB. */
const zfsHost = (efi: boolean, more: Readonly<Record<string, string>> = {}): HostState =>
  emptyHost({
    files: {
      [GRUB]: 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
      [LINE]: "root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet\n",
      "/etc/kernel/proxmox-boot-uuids": "4C5C-2A2B\nA-B\n",
      [RUNNING]: "initrd=x root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet\n",
      ...(efi ? { "/sys/firmware/efi/fw_platform_size": "64\n" } : {}),
      ...more,
    },
  });

const read = ({ root }: SimulatedHost, path: string): string => readFileSync(join(root, path), "utf8");

/** Every command of a run that is one of a boot loader's. */
const boot = (run: { readonly commands: readonly { readonly argv: readonly string[] }[] }): readonly string[] =>
  run.commands.map(({ argv }) => argv.join(" ")).filter((line) => /^(?:update-grub|proxmox-boot-tool)/.test(line));

async function on(
  text: string,
  state: HostState,
  use: (host: SimulatedHost, script: string) => Promise<void>,
): Promise<void> {
  const { script } = await compileSource(text);
  await withHost(state, (host) => use(host, script));
}

test("GRUB gets the parameters, the run waits for the restart, and afterwards it is quiet", () =>
  on(WANTED, grubHost(), async (host, script) => {
    const check = await host.runScript(script, ["--check"]);
    assert.is(check.code, 2, check.stderr);
    assert.match(check.stdout, "~ host: kernel command line in /etc/default/grub: quiet -> intel_iommu=on nosmt\n");
    assert.match(
      check.stdout,
      "restart of the host: the kernel runs without intel_iommu=on; the kernel runs without nosmt; the kernel runs with quiet",
    );
    assert.match(read(host, GRUB), '"quiet"');
    const run = await host.runScript(script);
    assert.is(run.code, 6, run.stdout + run.stderr);
    assert.equal(boot(run), ["update-grub"]);
    assert.is(read(host, GRUB), 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on nosmt"\n# the end\n');
    assert.match(read(host, "/var/lib/phxc/backup/_etc_default_grub"), '"quiet"');
    // Asked again without a restart it says the same, and does nothing.
    const again = await host.runScript(script);
    assert.equal([again.code, mutating(again)], [6, []], again.stdout);
    host.restart();
    assert.is(read(host, RUNNING), "BOOT_IMAGE=/boot/vmlinuz root=/dev/mapper/pve-root ro intel_iommu=on nosmt\n");
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, mutating(quiet), boot(quiet)], [0, [], []], quiet.stdout + quiet.stderr);
    assert.is((await host.runScript(script, ["--check"])).code, 0);
  }));

test("Proxmox's tool is asked which loader the boot partitions have, and told of the change", async () => {
  for (const efi of [true, false])
    await on(WANTED, zfsHost(efi), async (host, script) => {
      const run = await host.runScript(script);
      assert.is(run.code, 6, run.stdout + run.stderr);
      // Before anything is touched, and by the step.
      assert.equal(boot(run), ["proxmox-boot-tool status", "proxmox-boot-tool status", "proxmox-boot-tool refresh"]);
      const [changed, other] = efi ? [LINE, GRUB] : [GRUB, LINE];
      assert.match(
        read(host, changed),
        efi ? "root=ZFS=rpool/ROOT/pve-1 boot=zfs intel_iommu=on nosmt\n" : "intel_iommu=on nosmt",
      );
      assert.match(read(host, other), "quiet");
      host.restart();
      const quiet = await host.runScript(script);
      assert.equal([quiet.code, mutating(quiet)], [0, []], quiet.stdout + quiet.stderr);
    });
});

test("nothing is asked where both files are as declared", () =>
  on(
    `host pve { kernel { cmdline = ["boot_delay=0", "nosmt"] } }\n`,
    zfsHost(true, {
      [GRUB]: "GRUB_CMDLINE_LINUX_DEFAULT='nosmt boot_delay=0'\n",
      [LINE]: "root=ZFS=rpool/ROOT/pve-1  boot_delay=0 nosmt\n",
      [RUNNING]: "boot_delay=0 nosmt\n",
    }),
    async (host, script) => {
      const run = await host.runScript(script);
      assert.equal([run.code, boot(run)], [0, []], run.stdout + run.stderr);
      assert.is(read(host, LINE), "root=ZFS=rpool/ROOT/pve-1  boot_delay=0 nosmt\n");
    },
  ));

const LINES: readonly (readonly [declared: string, before: string, after: string])[] = [
  ["cmdline = [nosmt]", 'GRUB_CMDLINE_LINUX_DEFAULT=""', 'GRUB_CMDLINE_LINUX_DEFAULT="nosmt"'],
  ["cmdline = [nosmt]", "GRUB_CMDLINE_LINUX_DEFAULT=quiet", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet nosmt"'],
  [
    "cmdline = [nosmt]",
    "GRUB_CMDLINE_LINUX_DEFAULT='quiet' # as shipped",
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet nosmt" # as shipped',
  ],
  ["cmdline = [nosmt]", "GRUB_TIMEOUT=5", 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="nosmt"'],
  [
    "cmdline = [nosmt]",
    "GRUB_CMDLINE_LINUX_DEFAULT=one\nGRUB_CMDLINE_LINUX_DEFAULT=two",
    'GRUB_CMDLINE_LINUX_DEFAULT=one\nGRUB_CMDLINE_LINUX_DEFAULT="two nosmt"',
  ],
  // The value is replaced where it stands; what else is there stays.
  ['cmdline = ["iommu=pt"]', 'GRUB_CMDLINE_LINUX_DEFAULT="a iommu=off b"', 'GRUB_CMDLINE_LINUX_DEFAULT="a iommu=pt b"'],
  // Several of one name are all of them.
  [
    'cmdline = ["console=tty0", "console=ttyS0,115200"]',
    'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS1 quiet"',
    'GRUB_CMDLINE_LINUX_DEFAULT="console=tty0 quiet console=ttyS0,115200"',
  ],
  [
    'cmdline = ["console=tty0"]',
    'GRUB_CMDLINE_LINUX_DEFAULT="console=a b console=c"',
    'GRUB_CMDLINE_LINUX_DEFAULT="console=tty0 b"',
  ],
  [
    'cmdline = ["hugepagesz=1G", "hugepages=4", "hugepagesz=2M", "hugepages=512"]',
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet"',
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=512"',
  ],
  [
    "without = [mitigations]",
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet mitigations=off"',
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet"',
  ],
  [
    'without = ["iommu=off"]',
    'GRUB_CMDLINE_LINUX_DEFAULT="iommu=off x iommu=pt"',
    'GRUB_CMDLINE_LINUX_DEFAULT="x iommu=pt"',
  ],
];

test("parameters are set one by one, in GRUB's file as people write it", async () => {
  for (const [declared, before, after] of LINES)
    await on(`host pve { kernel { ${declared} } }\n`, grubHost(`${before}\n`), async (host, script) => {
      const run = await host.runScript(script);
      assert.ok([0, 6].includes(run.code ?? -1), run.stdout + run.stderr);
      assert.is(read(host, GRUB), `${after}\n`, declared);
      host.restart();
      assert.equal(mutating(await host.runScript(script)), [], declared);
    });
});

test("a file that cannot be understood is refused before anything is touched", async () => {
  const texts = [
    'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT quiet"',
    'GRUB_CMDLINE_LINUX_DEFAULT="a \'b\\" c\'"',
    "export GRUB_CMDLINE_LINUX_DEFAULT=$(cat /x)",
    "GRUB_CMDLINE_LINUX_DEFAULT=`cat /x`",
  ];
  for (const text of texts)
    await on(WANTED, grubHost(`${text}\n`), async (host, script) => {
      const run = await host.runScript(script);
      assert.equal([run.code, mutating(run)], [3, []], run.stdout);
      assert.match(run.stderr, "GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub is no plain text in quotes");
      assert.is(read(host, GRUB), `${text}\n`);
    });
  await on(WANTED, zfsHost(true, { [LINE]: 'root=x dyndbg="file a +p"\n' }), async (host, script) => {
    const run = await host.runScript(script);
    assert.is(run.code, 3);
    assert.match(run.stderr, "/etc/kernel/cmdline has quotes in it, so that its parameters cannot be told apart");
  });
  await on(WANTED, emptyHost(), async (host, script) => {
    const run = await host.runScript(script);
    assert.is(run.code, 3);
    assert.match(run.stderr, "there is no /etc/default/grub, of which the command line of the kernel is made");
  });
});

test("what somebody wrote without telling the boot loader is told to it, and a restart that did not help is said", () =>
  on(WANTED, grubHost('GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on nosmt"\n'), async (host, script) => {
    const run = await host.runScript(script);
    assert.equal([run.code, boot(run)], [6, ["update-grub"]], run.stderr);
    assert.match(run.stdout, "~ host: kernel command line, for the boot loader: update-grub");
    writeFileSync(join(host.root, "/boot/grub/grub.cfg"), "quiet\n");
    host.restart();
    const still = await host.runScript(script);
    assert.is(still.code, 4, still.stdout);
    assert.match(
      still.stderr,
      "the host was restarted since an earlier run asked for it, and still the kernel runs without intel_iommu=on",
    );
  }));

const CARD = {
  "/sys/bus/pci/devices/0000:80:00.0/uevent": "DRIVER=nouveau\nPCI_CLASS=30000\nPCI_ID=10DE:2684\n",
  "/proc/cpuinfo": "vendor_id\t: GenuineIntel\n",
};
const PASSED = `host pve { passthrough { ids = ["10de:2684"] } }\n`;

test("devices for machines switch Intel's IOMMU on where it is off, with one restart for all", async () => {
  const host = grubHost();
  await on(PASSED, { ...host, files: { ...host.files, ...CARD } }, async (machine, script) => {
    const run = await machine.runScript(script);
    assert.equal([run.code, boot(run)], [6, ["update-grub"]], run.stderr);
    assert.match(read(machine, GRUB), '"quiet intel_iommu=on"');
    machine.restart();
    const next = await machine.runScript(script);
    assert.equal([next.code, mutating(next)], [0, []], next.stdout + next.stderr);
  });
  // That of AMD is on unless the firmware says otherwise; one that is on needs nothing.
  const amd = { ...CARD, "/proc/cpuinfo": "vendor_id\t: AuthenticAMD\n" };
  const isOn = { ...CARD, "/sys/kernel/iommu_groups/0/devices/0000:80:00.0": "" };
  for (const files of [amd, isOn])
    await on(PASSED, { ...host, files: { ...host.files, ...files } }, async (machine, script) => {
      const run = await machine.runScript(script);
      assert.equal([run.code, boot(run)], [6, []]);
      assert.match(read(machine, GRUB), '"quiet"');
    });
});

test("a rehearsal restarts the host, and the second run is quiet", async () => {
  const { plan, script } = await compileSource(WANTED);
  const { passed, first, second } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr + (second?.stdout ?? ""));
});

test("a parameter that leaves the files is taken off with the value that it had, and only then", () =>
  withCommitted(async (project) => {
    const { host, write, apply } = project;
    writeFileSync(join(host.root, RUNNING), "ro quiet\n");
    mkdirSync(join(host.root, "/etc/default"), { recursive: true });
    writeFileSync(join(host.root, GRUB), 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n');
    const line = (words: string): string => `host pve1 { node = pve1, kernel { cmdline = [${words}] } }\n`;
    await write(line('nosmt, "iommu=pt", "console=tty0", "console=ttyS0"'));
    assert.is((await apply()).code, 6);
    host.restart();
    await settled(project);
    await write(line("nosmt"));
    assert.equal(
      (await settled(project))[0],
      "~ host: kernel command line in /etc/default/grub: quiet nosmt iommu=pt console=tty0 console=ttyS0 -> quiet nosmt",
    );
    // A value of somebody else is not ours to take off.
    writeFileSync(join(host.root, GRUB), 'GRUB_CMDLINE_LINUX_DEFAULT="quiet nosmt iommu=off"\n');
    await host.execute(["update-grub"]);
    host.restart();
    await settled(project);
    await write(HOST);
    await settled(project);
    assert.is(read(host, GRUB), 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=off"\n');
    host.restart();
    await settled(project);
    assert.not.match(read(host, RUNNING), "nosmt");
    // Declared again it is no memory any more.
    await write(line('"iommu=pt"'));
    assert.is((await apply()).code, 6);
    assert.match(read(host, GRUB), '"quiet iommu=pt"');
  }));

test("killed before, during and after every command it ends the same", async () => {
  const { script } = await compileSource(WANTED);
  for (const state of [grubHost(), zfsHost(true)]) {
    const whole = await undisturbed(script, state);
    assert.is(whole.run.code, 6, whole.run.stderr);
    for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
  }
});

provesMatrix(test, import.meta.url);

test.run();
