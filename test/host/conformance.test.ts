import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { agreement, agreementRows, staleParts, total } from "../support/conformance/page.js";
import { divergences, reasonsFor } from "../support/conformance/divergences.js";
import { commandName, plannedCommands } from "../support/conformance/planned.js";
import { reached } from "../support/conformance/reached.js";
import { replays } from "../support/conformance/replays.js";
import { replayTranscript, type Verdict } from "../support/conformance/replay.js";
import type { Entry } from "../support/conformance/transcripts.js";
import { hasShared, root } from "../support/paths.js";
import { compileFolder, withEmptyHost } from "../support/rehearsal.js";

const test = suite("conformance");
const verdicts: Verdict[] = [];

/** A test that needs the transcripts. */
function recorded(name: string, body: () => void): void {
  test(name, () => {
    if (hasShared) body();
    else console.log("skipped: the reference material is not beside the project");
  });
}

test.before(async () => {
  if (hasShared) for (const replay of replays) verdicts.push(...(await replayTranscript(replay)));
});

function told({ file, entry, problems }: Verdict): string {
  return `${file} $ ${entry.line}\n${problems.map((problem) => `    ${problem}`).join("\n")}`;
}

recorded("the agreement is what was reached, and enough", () => {
  const measured = agreement(verdicts);
  for (const row of agreementRows(measured))
    console.log(
      row
        .map((cell) => cell.padEnd(14))
        .join(" ")
        .trimEnd(),
    );
  if (process.env["PHXC_VERBOSE"] === "1")
    console.log(
      verdicts
        .filter(({ problems }) => problems.length > 0)
        .map(told)
        .join("\n"),
    );
  assert.equal(measured, reached, "more or less than reached.ts says: what was reached must not be lost");
  const { planned, all } = total(measured);
  assert.ok(planned[0] * 100 >= 95 * planned[1], "95 of 100 commands that plans run agree");
  assert.ok(all[0] * 100 >= 85 * all[1], "85 of 100 of all commands agree");
});

recorded("every divergence has one reason", () => {
  const wrong = verdicts.filter((verdict) => verdict.problems.length > 0 && reasonsFor(verdict).length !== 1);
  assert.equal(wrong.map(told), []);
});

recorded("every reason has a divergence", () => {
  const used = new Set(verdicts.filter(({ problems }) => problems.length > 0).flatMap(reasonsFor));
  assert.equal(
    divergences.filter((reason) => !used.has(reason)).map(({ what }) => what),
    [],
  );
});

recorded("the page tells it", () => {
  assert.equal(staleParts(verdicts), [], "docs/conformance.md is stale; UPDATE_GOLDENS=1 npm test writes it");
});

/** Ways to misremember a command: another code, a line more, a line less, another line of the file. */
const alterations: Readonly<Record<string, (entry: Entry) => Entry>> = {
  code: (entry) => ({ ...entry, code: entry.code + 1 }),
  "a line more": (entry) => ({ ...entry, output: [...(entry.output ?? []), "surplus"] }),
  "a line less": (entry) => (entry.output === undefined ? entry : { ...entry, output: entry.output.slice(0, -1) }),
  "a line of the file": (entry) => ({ ...entry, effects: [...entry.effects, "memory: 17"] }),
  "a looked up option": (entry) => ({ ...entry, looked: "scsi0", effects: [] }),
  "a whole file": (entry) => ({ ...entry, file: ["memory: 17", ...(entry.file ?? [])] }),
};

test("a session that is remembered wrongly does not agree", async () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  const replay = replays.find(({ file }) => file === "qm-normalisation.txt");
  assert.ok(replay);
  for (const [name, alter] of Object.entries(alterations)) {
    const line = "qm set 100 --memory 2G";
    const altered = await replayTranscript(replay, (entry) => (entry.line === line ? alter(entry) : entry));
    const wrong = altered.filter(({ problems }) => problems.length > 0).map(({ entry }) => entry.line);
    assert.equal(wrong, [line], name);
  }
});

test("whatever a script runs counts as a command that plans run", async () => {
  const { plan, script } = await compileFolder(join(root, "examples/homelab"), "homelab.phx");
  const names = await withEmptyHost(plan, async (host) => {
    const runs = [await host.runScript(script), await host.runScript(script)];
    return runs.flatMap(({ commands }) => commands.map(({ argv }) => commandName(argv)));
  });
  const ofProxmox = new Set(names.filter((name) => /^(?:qm|pct|pv|zfs|zpool)/.test(name)));
  assert.ok(ofProxmox.size > 10);
  assert.equal(
    [...ofProxmox].filter((name) => !plannedCommands.has(name)),
    [],
  );
});

test.run();
