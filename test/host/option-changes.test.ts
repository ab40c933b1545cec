import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/index.js";
import { presupposed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { attributesOf } from "../support/attributes.js";
import { kinds } from "../support/model.js";
import { optionFleet, type Stage } from "../support/option-fleet.js";
import { compileSource, mutating, withHost } from "../support/rehearsal.js";

/** Every attribute that stands for an option of Proxmox, made of the declarations: set, changed, removed. */
const test = suite("option changes");

const STAGES: readonly Stage[] = ["first", "second", "without-keys", "without"];
const SCRIPTS = {
  "/var/lib/vz/snippets/a.sh": "",
  "/var/lib/vz/snippets/b.sh": "",
  "/root/a": "$6$salt$one",
  "/root/b": "$6$salt$two",
  "/var/lib/vz/template/iso/a.iso": "",
};
const FOLDER = { vm: "qemu-server", ct: "lxc" };

/** What the guests' files say, by guest and option (`vm.101 cores`), with what waits for a restart of a running guest. */
function liveOptions(host: SimulatedHost, plan: Plan): ReadonlyMap<string, string> {
  return new Map(plan.guests.flatMap(({ kind, id }) => [...optionsOf(host, kind, id)]));
}

function optionsOf(host: SimulatedHost, kind: "vm" | "ct", id: number): ReadonlyMap<string, string> {
  const text = readFileSync(join(host.root, `/etc/pve/${FOLDER[kind]}/${id}.conf`), "utf8");
  const [current = "", ...sections] = text.split(/^\[/m);
  const live = new Map<string, string>();
  const read = (part: string): void => {
    for (const [, name, value = ""] of part.matchAll(/^([a-z][a-z0-9_.-]*): (.*)$/gm))
      live.set(`${kind}.${id} ${name}`, value);
  };
  read(current);
  if (current.startsWith("#")) live.set(`${kind}.${id} description`, current.split("\n")[0] ?? "");
  for (const section of sections.filter((part) => /^(?:PENDING|pve:pending)\]/.test(part))) {
    read(section);
    const gone = live.get(`${kind}.${id} delete`) ?? "";
    for (const name of gone.split(",")) live.delete(`${kind}.${id} ${name}`);
  }
  return live;
}

/** What a plan wants of the guests' options, and what it wants gone. */
function wantedBy(plan: Plan): { readonly wanted: ReadonlyMap<string, string>; readonly absent: readonly string[] } {
  const probes = plan.steps.flatMap(({ probe }) => (probe.kind === "options" ? [probe] : []));
  return {
    wanted: new Map(
      probes.flatMap(({ guest, wanted }) =>
        wanted.map(({ option, value }) => [`${guest.kind}.${guest.id} ${option}`, value] as const),
      ),
    ),
    absent: probes.flatMap(({ guest, absent }) => absent.map((option) => `${guest.kind}.${guest.id} ${option}`)),
  };
}

test("every declared option is set, changed and removed, and each time the next run is quiet", async () => {
  const plans = await Promise.all(STAGES.map((stage) => compileSource(optionFleet(stage))));
  const [first, second, , last] = plans;
  assert.ok(first && second && last);
  const host = presupposed(first.plan);
  const lives: ReadonlyMap<string, string>[] = [];
  await withHost({ ...host, files: { ...host.files, ...SCRIPTS } }, async (simulated) => {
    for (const [i, { plan, script }] of plans.entries()) {
      const run = await simulated.runScript(script);
      assert.is(run.code, 0, `${STAGES[i]}\n${run.stdout}${run.stderr}`);
      lives.push(liveOptions(simulated, plan));
      const again = await simulated.runScript(script);
      assert.equal(mutating(again), [], `${STAGES[i]}\n${again.stdout}`);
      assert.is(again.code, 0, again.stdout);
    }
  });
  const [set, changed, , removed] = lives;
  assert.ok(set && changed && removed);
  const [before, after] = [wantedBy(first.plan).wanted, wantedBy(second.plan).wanted];
  for (const option of before.keys()) assert.ok(set.has(option), `${option} is not set`);
  // The version of a TPM is decided with its state: another one is told, and not set.
  for (const [option, value] of [...after].filter(([name]) => name !== "vm.101 tpmstate0"))
    if (before.get(option) !== value) assert.is.not(changed.get(option), set.get(option), `${option} has not changed`);
  const { absent } = wantedBy(last.plan);
  for (const option of absent) assert.not(removed.has(option), `${option} is still set`);
  assert.ok(absent.length > 150, `only ${absent.length} options were removed`);
});

test("none is left out: every attribute leads to an option of the plan", async () => {
  const { plan } = await compileSource(optionFleet("first"));
  const probes = plan.steps.flatMap(({ probe }) => (probe.kind === "options" ? [probe] : []));
  const keys = new Set(
    probes.flatMap(({ guest, wanted, secrets = [] }) => [
      ...wanted.flatMap(({ option, value }) => keysOf(guest.kind, option, value)),
      ...secrets.map(({ option }) => `${guest.kind} ${option}`),
    ]),
  );
  const missing = (["vm", "ct"] as const).flatMap((keyword) => {
    const kind = kinds.get(keyword);
    return kind === undefined
      ? []
      : attributesOf(keyword, kind).filter(({ pve, path }) => !isThere(keys, keyword, pve, path));
  });
  assert.equal(
    missing.map(({ path }) => path),
    [],
  );
});

/** An option and its keys, without numbers of families: `vm net`, `vm net.bridge`. */
function keysOf(kind: string, option: string, value: string): readonly string[] {
  const family = option.replace(/\d+$/, "");
  const keys = value.split(",").flatMap((part) => (part.includes("=") ? [part.slice(0, part.indexOf("="))] : []));
  return [`${kind} ${family}`, ...keys.map((key) => `${kind} ${family}.${key}`)];
}

/** Keys that stand bare in front, and those that the card's model brings along. */
const BARE = /\.(?:file|volume|path|type|model|cputype|host|source|dirid|legacy|enabled|macaddr|current)$/;

function isThere(keys: ReadonlySet<string>, kind: string, pve: string, path: string): boolean {
  // Of these the script makes raw lines; a container's nature is decided by its creation; an address has one family.
  if (["env", "template", "unprivileged"].includes(pve) || /\.(?:ip|gw)6?$/.test(pve)) return true;
  const name = `${kind} ${pve.replace(/^([^.]*?)(?:\[n\]|\d+)(?=\.|$)/, "$1")}`;
  if (keys.has(name)) return true;
  // A mount's keys stand in `mpN` and in `rootfs`.
  return BARE.test(pve) && keys.has(name.replace(/\..*$/, "")) && path !== "";
}

test.run();
