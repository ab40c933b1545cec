import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUILT_IN_FORMATS } from "../../src/compile.js";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";

const test = suite("same bytes");

const PROGRAM = join(root, "dist/phxc.cjs");

/** Places and settings of a machine that must leave no trace. */
const SETTINGS: readonly Readonly<Record<string, string>>[] = [
  { LC_ALL: "C", TZ: "UTC" },
  { LC_ALL: "tr_TR.UTF-8", LANG: "de_DE.UTF-8", TZ: "Asia/Tokyo", HOME: "/nonexistent", USER: "other", HOSTNAME: "x" },
];

function planned(entry: string, format: string, cwd: string, env: Readonly<Record<string, string>>): string {
  const argv = [PROGRAM, "plan", entry, "--format", format, "--quiet"];
  const ran = spawnSync(process.execPath, argv, { cwd, encoding: "utf8", env: { PATH: process.env["PATH"], ...env } });
  assert.is(ran.status, 0, ran.stderr);
  assert.ok(ran.stdout.length > 100);
  return ran.stdout;
}

test("a plan has the same bytes wherever, whenever and by whomever it is made", async () => {
  await inFolder({}, async (folder) => {
    const copy = join(folder, "a folder/été");
    mkdirSync(copy, { recursive: true });
    cpSync(join(root, "examples/homelab"), copy, { recursive: true });
    for (const format of BUILT_IN_FORMATS) {
      const first = planned("homelab.phx", format, join(root, "examples/homelab"), {});
      assert.not.match(first, folder);
      assert.not.match(first, root);
      for (const env of SETTINGS) {
        assert.is(planned("homelab.phx", format, copy, env), first, format);
        assert.is(planned(join(copy, "homelab.phx"), format, "/", env), first, format);
        assert.is(planned("a folder/été/homelab.phx", format, folder, env), first, format);
      }
    }
  });
});

test.run();
