import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { golden } from "../support/golden.js";
import { GOLDEN_NOTES, orphanedGoldens } from "../support/runner/goldens.js";

const test = suite<{ folder: string }>("goldens");

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "phxc-meta-"));
});

test.after.each((context) => {
  rmSync(context.folder, { recursive: true, force: true });
});

test("a golden file that no process noted is an orphan", ({ folder }) => {
  mkdirSync(join(folder, "golden/plans"), { recursive: true });
  mkdirSync(join(folder, "notes"));
  for (const name of ["plans/a.sh", "plans/b.sh", "c.json", "plans.test.ts"])
    writeFileSync(join(folder, "golden", name), "");
  writeFileSync(join(folder, "notes/1"), "plans/a.sh\n");
  writeFileSync(join(folder, "notes/2"), "plans/a.sh\nc.json\n");
  assert.equal(orphanedGoldens(join(folder, "golden"), join(folder, "notes")), ["plans/b.sh"]);
});

test("without golden files there are no orphans", ({ folder }) => {
  assert.equal(orphanedGoldens(join(folder, "none"), folder), []);
});

test("a comparison is noted even when it fails, and names the first difference", ({ folder }) => {
  const before = process.env[GOLDEN_NOTES];
  const update = process.env["UPDATE_GOLDENS"];
  process.env[GOLDEN_NOTES] = folder;
  delete process.env["UPDATE_GOLDENS"];
  try {
    assert.throws(
      () => golden("meta/no-such-golden.txt", "text\n"),
      /meta\/no-such-golden\.txt differs[^]*npm run goldens[^]*\+ text/,
    );
    assert.equal(readdirSync(folder), [String(process.pid)]);
  } finally {
    restore(GOLDEN_NOTES, before);
    restore("UPDATE_GOLDENS", update);
  }
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

test.run();
