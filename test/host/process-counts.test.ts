import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fleetText } from "../../bench/fleet.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { compileSource, withEmptyHost } from "../support/rehearsal.js";

const test = suite("how many processes a script starts");

type Commands = Awaited<ReturnType<SimulatedHost["runScript"]>>["commands"];

/** The commands of Proxmox, each of which costs about a second on a real host; without options and their values. */
function proxmox(commands: Commands): readonly string[] {
  return commands.flatMap(({ argv }) => {
    if (!["qm", "pct", "pvesm", "pveam", "pvesh"].includes(argv[0] ?? "")) return [];
    const end = argv.findIndex((word) => word.startsWith("--"));
    return [argv.slice(0, end === -1 ? undefined : end).join(" ")];
  });
}

function ofGuest(commands: Commands, id: number): readonly string[] {
  return proxmox(commands).filter((line) => line.split(" ").includes(`${id}`));
}

/** Applies a fleet to an empty host; then runs its script again. */
async function twice(text: string): Promise<{ readonly first: Commands; readonly quiet: Commands }> {
  const { plan, script } = await compileSource(text);
  let found = { first: [] as Commands, quiet: [] as Commands };
  await withEmptyHost(plan, async (host) => {
    const [first, quiet] = [await host.runScript(script), await host.runScript(script)];
    assert.equal([first.code, quiet.code], [0, 0], first.stderr + quiet.stderr);
    const checked = await host.runScript(script, ["--check"]);
    assert.equal([checked.code, proxmox(checked.commands)], [0, []], checked.stdout);
    found = { first: first.commands, quiet: quiet.commands };
  });
  return found;
}

test("a new guest costs what the work needs, and nothing is asked for each", async () => {
  const { first, quiet } = await twice(fleetText(8));
  for (const id of [1000, 1002, 1004, 1006])
    assert.equal(ofGuest(first, id), [
      `qm clone 100 ${id}`,
      `qm set ${id}`,
      `qm disk resize ${id} scsi0 32G`,
      `qm start ${id}`,
    ]);
  for (const id of [1001, 1003, 1005, 1007])
    assert.equal(ofGuest(first, id), [
      `pct create ${id} local:vztmpl/debian-13-tiny_amd64.tar.zst`,
      `pct set ${id}`,
      `pct start ${id}`,
    ]);
  const others = proxmox(first).filter((line) => !/ 1\d{2,3}\b/.test(line));
  assert.equal(others, ["pvesm add zfspool tank-cts", "pvesm add dir backup", "pvesm list local-lvm"]);
  assert.equal(proxmox(quiet), []);
});

test("snapshots and checks cost a process each", async () => {
  const { first } = await twice(`network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
ct 200 web {
  image        = "local:vztmpl/debian-13-tiny_amd64.tar.zst"
  unprivileged = true
  disk root { size = 4GiB, storage = local-lvm }
  net lan { ip = 10.0.0.20 }
  boot { start = true }
  check uptime { run = "uptime" }
  check files { run = "ls /" }
  snapshot fresh
}
`);
  assert.equal(
    ofGuest(first, 200).map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["pct create", "pct set", "pct start", "pct exec", "pct exec", "pct snapshot"],
  );
});

test("a quiet run starts as many processes for any number of guests", async () => {
  const [few, many] = [await twice(fleetText(2)), await twice(fleetText(14))];
  const programs = (commands: Commands): readonly string[] => commands.map(({ argv }) => argv.slice(0, 2).join(" "));
  assert.equal(programs(many.quiet), programs(few.quiet));
  assert.equal(programs(few.quiet), ["zpool get", "zfs get", "zpool status", "stat -L"]);
});

test.run();
