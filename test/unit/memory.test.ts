import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit, memoryFiles } from "../../src/index.js";
import type { DeclaredGuest, Memory, RetiredGuest } from "../../src/model/memory.js";
import type { Wanted } from "../../src/planner/memory/declared.js";
import { forget, forgettable } from "../../src/planner/memory/index.js";
import { retire } from "../../src/planner/memory/retired.js";
import { isBrought, optionKey, removableKeys } from "../../src/plugin-api/index.js";
import { golden } from "../support/golden.js";
import { root } from "../support/paths.js";

const test = suite("memory");

const NOTHING: DeclaredGuest = {
  kind: "ct",
  id: 101,
  name: "a",
  needs: [],
  options: {},
  snapshots: [],
  firewall: false,
  rawLines: {},
  slots: {},
};

const was = (part: Partial<DeclaredGuest>, retired: readonly RetiredGuest[] = []): Memory => ({
  declared: { guests: [{ ...NOTHING, ...part }], things: [] },
  retired,
  retiredThings: [],
  digest: "0".repeat(64),
  ancestry: [],
  texts: new Map(),
});

const now = (part: Partial<Wanted> = {}): readonly Wanted[] => [{ ...NOTHING, absent: new Set(), ...part }];

/** What is retired of the guest, less what is empty. */
function gone(previous: Memory, current: readonly Wanted[] = now()): unknown {
  return retire(previous, current).map(({ kind: _kind, id: _id, name: _name, needs: _needs, ...parts }) =>
    Object.fromEntries(
      Object.entries(parts).filter(
        ([, value]) => (value !== false && Object.keys(Object(value)).length > 0) || value === true,
      ),
    ),
  );
}

test("an option that is gone is retired with its last value; one that is declared, or declared absent, is not", () => {
  const before = was({ options: { cores: "2", net0: "name=eth0,bridge=vmbr0" } });
  assert.equal(gone(before), [{ options: { cores: "2", net0: "name=eth0,bridge=vmbr0" } }]);
  assert.equal(gone(before, now({ options: { cores: "4" }, absent: new Set(["net0"]) })), []);
});

test("of an option that stays, the keys that are gone; never those that name what it is about", () => {
  const before = was({ options: { net0: "name=eth0,hwaddr=BC:24:11:00:00:01,bridge=vmbr0,rate=10,tag=5" } });
  assert.equal(gone(before, now({ options: { net0: "name=eth0,bridge=vmbr1" } })), [
    { keys: { net0: { rate: "10", tag: "5" } } },
  ]);
  assert.equal(gone(before, now({ options: { net0: "name=eth0" }, absent: new Set(["net0.tag", "net0.rate"]) })), [
    { keys: { net0: { bridge: "vmbr0" } } },
  ]);
});

test("what was retired before stays retired until it is declared again; the later value counts", () => {
  const earlier = retire(was({ options: { cores: "2", swap: "0", startup: "order=1,up=5" } }), now());
  const before = was({ options: { cores: "4" } }, earlier);
  assert.equal(gone(before), [{ options: { cores: "4", startup: "order=1,up=5", swap: "0" } }]);
  assert.equal(gone(before, now({ options: { cores: "8", startup: "order=1" } })), [
    { options: { swap: "0" }, keys: { startup: { up: "5" } } },
  ]);
});

test("a drive that the guest brings is never retired, only what the files set of it", () => {
  const machine = { kind: "vm" as const, options: { scsi0: "discard=on,ssd=1", scsi1: "local-lvm:8,ssd=1" } };
  const retired = retire(was(machine), now({ kind: "vm" }));
  assert.equal(retired[0]?.options, { scsi1: "local-lvm:8,ssd=1" });
  assert.equal(retired[0]?.keys, { scsi0: { discard: "on", ssd: "1" } });
});

test("what a container cannot be without is not retired", () => {
  assert.equal(gone(was({ options: { hostname: "a", memory: "512" } })), []);
  assert.equal(retire(was({ kind: "vm", options: { memory: "512" } }), now({ kind: "vm" }))[0]?.options, {
    memory: "512",
  });
});

test("snapshots, rules, raw lines, names and the slots of disks", () => {
  const before = was({
    name: "old",
    snapshots: ["one", "two"],
    firewall: true,
    rawLines: { "lxc.cap.drop": ["sys_time"], "lxc.idmap": ["u 0 1 2"] },
    slots: { "disk data": "scsi1", "net lan": "net0" },
  });
  assert.equal(gone(before, now({ snapshots: ["two"], rawLines: { "lxc.idmap": [] } })), [
    {
      snapshots: ["one"],
      firewall: true,
      rawLines: { "lxc.cap.drop": ["sys_time"] },
      slots: { "disk data": "scsi1" },
      names: ["old"],
    },
  ]);
});

test("a guest that is gone is retired whole, and comes back with what it no longer has", () => {
  const [whole] = retire(was({ options: { cores: "2", swap: "0" }, firewall: true }), []);
  assert.equal([whole?.whole, whole?.options, whole?.firewall], [true, { cores: "2", swap: "0" }, true]);
  const before: Memory = {
    ...was({}),
    declared: { guests: [], things: [] },
    retired: whole === undefined ? [] : [whole],
  };
  assert.equal(gone(before, now({ options: { cores: "2" } })), [{ options: { swap: "0" }, firewall: true }]);
  assert.equal(retire(before, []), before.retired);
});

test("only the latest names of a guest are kept", () => {
  let memory = was({ name: "n0" });
  for (let i = 1; i < 15; i++) memory = was({ name: `n${i}` }, retire(memory, now({ name: `n${i}` })));
  assert.equal(memory.retired[0]?.names, ["n13", "n12", "n11", "n10", "n9", "n8", "n7", "n6", "n5", "n4"]);
});

test("options are recognised by what they are about", () => {
  assert.is(optionKey("ct", "mp3", "/srv/a=b,mp=/a,ro=1"), "mp /a");
  assert.is(optionKey("ct", "mp0", "local-lvm:8,mp=/data"), "mp /data");
  assert.is(optionKey("ct", "dev1", "/dev/kvm,gid=104"), "dev /dev/kvm");
  assert.is(optionKey("vm", "net0", "virtio,bridge=vmbr0"), "net0");
  assert.is(optionKey("vm", "mp0", "x"), "mp0");
});

test("the keys of options that can go by themselves", () => {
  const keys = (option: string, value: string): unknown => Object.fromEntries(removableKeys(option, value));
  assert.equal(keys("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5"), { bridge: "vmbr0", tag: "5" });
  assert.equal(keys("mp /a", "/srv/a=b,mp=/a,ro=1"), { ro: "1" });
  assert.equal(keys("scsi1", "local-lvm:8,ssd=1"), { ssd: "1" });
  assert.equal(keys("startup", "order=3,up=5"), { order: "3", up: "5" });
  assert.equal(keys("ipconfig0", "ip=10.0.0.1/24,ip6=fd00::1/64"), { ip: "10.0.0.1/24", ip6: "fd00::1/64" });
  assert.equal(keys("description", "a=b,c=d"), {});
  assert.equal(keys("numa0", "cpus=0"), {});
  assert.equal(
    [isBrought("scsi0", "ssd=1"), isBrought("scsi0", "x:8,ssd=1"), isBrought("net0", "a=b")],
    [true, false, false],
  );
});

test("all that can be forgotten has a name, and is forgotten by it", () => {
  const more = {
    snapshots: ["one"],
    firewall: true,
    rawLines: { "lxc.cap.drop": ["x"] },
    slots: { "disk d": "scsi1" },
  };
  const options = { cores: "2", "mp /a": "/srv,mp=/a", net0: "name=eth0,tag=5" };
  const retired = retire(was({ name: "b", options, ...more }), now({ options: { net0: "name=eth0" } }));
  let memory: Memory = { ...was({}), retired };
  const items = forgettable(memory);
  const names = ["cores", "mp:/a", "net0.tag", "raw:lxc.cap.drop", "disk:d", "snapshot:one", "name:b", "firewall"];
  assert.equal(
    items,
    names.map((name) => `ct.101.${name}`),
  );
  for (const item of items) {
    const left = forget(memory, [item]);
    assert.equal(left.unknown, []);
    memory = left.memory;
    assert.not.ok(forgettable(memory).includes(item));
  }
  assert.equal(forgettable(memory), []);
  assert.equal(forget(memory, ["ct.101.cores", "nobody"]).unknown, ["ct.101.cores", "nobody"]);
});

const FIRST = `
host pve1 { node = pve1 }
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
ct 101 web {
  image = "local:vztmpl/debian-13.tar.zst"
  cores = 2
  disk root { size = 4GiB, storage = local-lvm }
  disk data { size = 1GiB, storage = local-lvm, at = "/data" }
  mount "/srv/web" { at = "/web", readonly = true }
  net lan { ip = 10.0.0.11, vlan = 5 }
  device "/dev/kvm" { gid = 104 }
  raw { "lxc.cap.drop" = [sys_time] }
  firewall { in accept tcp 22 }
}
vm 201 db { disk root { size = 4GiB, storage = local-lvm }, disk data { size = 1GiB }, snapshot one { } }
`;

const SECOND = `
host pve1 { node = pve1 }
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
ct 101 shop {
  image = "local:vztmpl/debian-13.tar.zst"
  disk root { size = 4GiB, storage = local-lvm }
  net lan { ip = 10.0.0.11 }
}
`;

async function committed(text: string, data?: string): Promise<{ readonly data: string; readonly script: string }> {
  const before: Record<string, string> = data === undefined ? {} : { "plans/pve1/plan.json": data };
  const files = memoryFiles({ "main.phx": text, ...before });
  const { plan, model, registry, diagnostics } = await compile({ entry: "main.phx", files, memory: { write: true } });
  if (plan === undefined || model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const texts = ["json", "bash"].map((format) => emit({ plan, model, registry }, format, { version: "0.0.0" }));
  const [json, bash] = await Promise.all(texts);
  return { data: json?.value ?? "", script: bash?.value ?? "" };
}

/** Without the digests, which follow the runtime's text. */
function masked(data: string): string {
  return data.replace(/\b[0-9a-f]{64}\b/g, "(digest)");
}

test("a plan, the one that follows it, and the same once more", async () => {
  const schema = JSON.parse(readFileSync(join(root, "schema/plan.schema.json"), "utf8")) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const first = await committed(FIRST);
  const second = await committed(SECOND, first.data);
  golden("plan/committed.json", masked(second.data));
  for (const { data } of [first, second]) assert.ok(validate(JSON.parse(data)), JSON.stringify(validate.errors));
  assert.equal(await committed(SECOND, second.data), second);
  const back = await committed(FIRST, second.data);
  const { ancestry } = JSON.parse(back.data) as { readonly ancestry: readonly string[] };
  const digests = [second, first].map(({ data }) => (JSON.parse(data) as { readonly digest: string }).digest);
  assert.equal(ancestry, digests);
});

test("the schema wants every part of the memory, and knows no other", async () => {
  const schema = JSON.parse(readFileSync(join(root, "schema/plan.schema.json"), "utf8")) as object;
  const validate = new Ajv({ strict: false }).compile(schema);
  const { data } = await committed(SECOND, (await committed(FIRST)).data);
  const part = (of: Record<string, unknown>, ...path: readonly (string | number)[]): Record<string, unknown> =>
    path.reduce((inner, key) => inner[key] as Record<string, unknown>, of);
  for (const path of [["declared"], ["declared", "guests", 0], ["retired", 0], ["retired", 0, "options"]] as const) {
    const isTable = path.at(-1) === "options";
    const names = Object.keys(part(JSON.parse(data) as Record<string, unknown>, ...path));
    assert.ok(names.length > 0, path.join("."));
    for (const name of [...names, "another"]) {
      for (const change of ["remove", "spoil"] as const) {
        const whole = JSON.parse(data) as Record<string, unknown>;
        const inner = part(whole, ...path);
        if (change === "remove") delete inner[name];
        else inner[name] = 0.5;
        const isFine = change === "remove" && (isTable || name === "another");
        assert.is(validate(whole), isFine, `${path.join(".")}.${name}: ${change}`);
      }
    }
  }
});

test("the ancestry is bounded, the latest first", async () => {
  const { data } = await committed("host pve1 { node = n1 }");
  const digests = Array.from({ length: 50 }, (_, i) => String(i).padStart(64, "0"));
  const old = JSON.stringify({ ...(JSON.parse(data) as object), ancestry: digests });
  const next = JSON.parse((await committed("host pve1 { node = n2 }", old)).data) as Record<string, unknown>;
  const { digest } = JSON.parse(data) as { readonly digest: string };
  assert.equal(next["ancestry"], [digest, ...digests.slice(0, 49)]);
});

test.run();
