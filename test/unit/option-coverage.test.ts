import { suite } from "uvu";
import * as assert from "uvu/assert";
import { attributesOf } from "../support/attributes.js";
import { kinds } from "../support/model.js";
import { keysSaidOtherwise, notSettable, onlyCreated, saidOtherwise } from "../support/option-coverage.js";
import { hasShared } from "../support/paths.js";
import { type Recorded, recordedOptions } from "../support/recorded-options.js";

/** How many of Proxmox's options files can set. */
const test = suite("option coverage");

const KINDS = { qm: "vm", pct: "ct" } as const;
type Tool = keyof typeof KINDS;
const TOOLS: readonly Tool[] = ["qm", "pct"];

/** `numa3` is one of a family, as `net3` is; `net[n]` stands for all of them. */
function family(tool: Tool, name: string): string {
  return tool === "qm" && /^numa\d$/.test(name) ? "numa[n]" : name;
}

function settable(tool: Tool): readonly string[] {
  const all = Object.keys(recordedOptions(`${tool} set`) ?? {}).filter(
    (name) => notSettable[tool]?.[name] === undefined,
  );
  return [...new Set(all.map((name) => family(tool, name)))];
}

/** What attributes stand for, by Proxmox's names with and without keys. */
function reached(tool: Tool): ReadonlySet<string> {
  const kind = kinds.get(KINDS[tool]);
  assert.ok(kind);
  const recorded = recordedOptions(`${tool} set`) ?? {};
  const paths = attributesOf(KINDS[tool], kind).map(({ pve }) => {
    const [name = "", key] = pve.split(".");
    const known = recorded[name] === undefined ? name.replace(/\d+$/, "[n]") : family(tool, name);
    return key === undefined ? known : `${known}.${key}`;
  });
  // All buses have a disk's attributes, as far as the bus has them; a rule refuses the others.
  const disks = paths.flatMap((path) =>
    path.startsWith("scsi[n].") ? ["ide[n]", "sata[n]", "virtio[n]"].map((bus) => path.replace("scsi[n]", bus)) : [],
  );
  const roots = paths.map((path) => path.replace("mp[n].", "rootfs."));
  return new Set([...paths, ...disks, ...roots, ...[...paths, ...disks].map((path) => path.split(".")[0] ?? "")]);
}

function counted(tool: Tool): { readonly reached: number; readonly all: number; readonly missing: readonly string[] } {
  const all = settable(tool);
  const known = reached(tool);
  const lacking = all.filter((name) => !known.has(name) && saidOtherwise[tool]?.[name] === undefined);
  return { reached: all.length - lacking.length, all: all.length, missing: lacking.toSorted() };
}

test("every option that Proxmox lets anybody set can be declared", () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  const counts = TOOLS.map((tool) => ({ tool, ...counted(tool) }));
  console.log(counts.map((count) => `${count.tool} ${count.reached}/${count.all}`).join(", "));
  for (const count of counts) assert.equal(count.missing, [], count.tool);
  assert.equal(
    counts.map(({ all }) => all),
    [76, 30],
  );
});

test("what only the creation takes has a reason", () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  for (const tool of TOOLS) {
    const [creation, later] = [recordedOptions(`${tool} create`) ?? {}, recordedOptions(`${tool} set`) ?? {}];
    const only = Object.keys(creation).filter((name) => later[name] === undefined);
    assert.equal(only.toSorted(), Object.keys(onlyCreated[tool] ?? {}).toSorted(), tool);
  }
});

test("every key of every property string can be declared, or has a reason", () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  for (const tool of TOOLS) {
    const known = reached(tool);
    const keys = Object.entries(recordedOptions(`${tool} set`) ?? {}).flatMap(([name, recorded]) =>
      notSettable[tool]?.[name] === undefined ? keysOf(recorded).map((key) => `${family(tool, name)}.${key}`) : [],
    );
    const lacking = [...new Set(keys)].filter((key) => !known.has(key));
    assert.equal(
      lacking.filter((key) => keysSaidOtherwise[tool]?.[key] === undefined),
      [],
      `${tool}: keys without an attribute`,
    );
    const stale = Object.keys(keysSaidOtherwise[tool] ?? {}).filter((key) => !lacking.includes(key));
    assert.equal(stale, [], `${tool}: reasons without a key`);
    console.log(`${tool}: ${new Set(keys).size - lacking.length} of ${new Set(keys).size} keys`);
  }
});

/** A property string of one key is that key. */
function keysOf({ format }: Recorded): readonly string[] {
  const keys = Object.entries(format?.properties ?? {}).flatMap(([key, { alias }]) =>
    alias === undefined ? [key] : [],
  );
  return keys.length === 1 ? [] : keys;
}

test.run();
