import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { hasErrors } from "../../src/diagnostics/summary.js";
import { memoryFiles } from "../../src/host/files.js";
import { drawnValues } from "../support/lock.js";
import * as fc from "../support/property.js";

const test = suite("property: drawing");

const HOST = 'host pve { ids = 200..249, mac_prefix = "02:50:00" }\n';
const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, pool = 10.0.0.100..10.0.0.149 }\n";

/** Guests by number, and whether their ids are drawn as well; a static one stands in the pool. */
interface Fleet {
  readonly guests: readonly { readonly n: number; readonly drawsId: boolean }[];
  readonly fixed: number;
}

const fleets: fc.Arbitrary<readonly Fleet[]> = fc.array(
  fc.record({
    guests: fc.uniqueArray(fc.record({ n: fc.integer({ min: 0, max: 7 }), drawsId: fc.boolean() }), {
      maxLength: 6,
      selector: ({ n }) => n,
    }),
    fixed: fc.integer({ min: 140, max: 149 }),
  }),
  { minLength: 2, maxLength: 5 },
);

function sourceOf({ guests, fixed }: Fleet): string {
  const blocks = guests.map(
    ({ n, drawsId }) =>
      `ct ${drawsId ? "auto" : 300 + n} ${drawsId ? "d" : "g"}${n} { net lan { ip = auto, mac = auto } }\n`,
  );
  return `${HOST}${LAN}${blocks.join("")}ct 400 fixed { net lan { ip = 10.0.0.${fixed} } }\n`;
}

/** What the guests of a fleet get by a lock file, by whose it is; and the lock file after it. */
async function drawnBy(fleet: Fleet, lock: string): Promise<{ values: ReadonlyMap<string, string>; lock: string }> {
  const files = { "main.phx": sourceOf(fleet), ...(lock === "" ? {} : { "phxc.lock": lock }) };
  const compiled = await compile({ entry: "main.phx", files: memoryFiles(files), upTo: "check" });
  assert.not.ok(hasErrors(compiled.diagnostics), compiled.diagnostics.map(({ message }) => message).join("\n"));
  const text = compiled.lock?.content ?? "";
  const active = drawnValues(text).filter((line) => !line.includes(": released "));
  return { values: new Map(active.map((line) => line.split(": ").toReversed() as [string, string])), lock: text };
}

test("no value twice; what a guest has it keeps, also while it is away; the same input gives the same lock file", async () => {
  await fc.assert(
    fc.asyncProperty(fleets, async (history) => {
      let lock = "";
      const ever = new Map<string, string>();
      for (const fleet of history) {
        const { values, lock: next } = await drawnBy(fleet, lock);
        const asked = fleet.guests.reduce((sum, { drawsId }) => sum + (drawsId ? 3 : 2), 0);
        assert.is(values.size, asked);
        assert.is(new Set(values.values()).size, values.size, "a value twice");
        assert.not.ok([...values.values()].includes(`ip lan 10.0.0.${fleet.fixed}`));
        for (const [key, value] of values) {
          const before = ever.get(key);
          if (before !== undefined) assert.is(value, before, key);
          ever.set(key, value);
        }
        assert.is((await drawnBy(fleet, lock)).lock, next);
        assert.is((await drawnBy(fleet, next)).lock, next);
        lock = next;
      }
    }),
    { numRuns: 25 },
  );
});

test("the order of the guests decides nothing about those that are in the lock file", async () => {
  await fc.assert(
    fc.asyncProperty(fleets, async ([fleet, ...others]) => {
      if (fleet === undefined) return;
      const { lock } = await drawnBy(fleet, "");
      const turned = { ...fleet, guests: fleet.guests.toReversed() };
      assert.is((await drawnBy(turned, lock)).lock, lock);
      const [other] = others;
      const known = new Set(fleet.guests.map(({ n }) => n));
      const more = { ...fleet, guests: [...(other?.guests ?? []).filter(({ n }) => !known.has(n)), ...fleet.guests] };
      const lines = new Set(drawnValues((await drawnBy(more, lock)).lock));
      for (const line of drawnValues(lock)) assert.ok(lines.has(line), line);
    }),
    { numRuns: 20 },
  );
});

test.run();
