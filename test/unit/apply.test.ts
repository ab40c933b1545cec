import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { consent, doomedBy } from "../../src/cli/consent.js";
import { applyScript } from "../../src/host/apply.js";
import { splitter } from "../../src/host/session.js";
import type { Outcome, Session } from "../../src/host/session.js";
import { SUPERVISOR } from "../../src/host/supervisor.js";
import { inFolder } from "../support/folder.js";

const test = suite("apply");
const MARK = "0123456789abcdef";

/** What the splitter makes of a stream that arrives in pieces of these lengths. */
function split(
  stream: Buffer,
  cuts: readonly number[],
): { readonly output: string; readonly answers: readonly Outcome[] } {
  const output: Buffer[] = [];
  const answers: Outcome[] = [];
  const feed = splitter(
    MARK,
    (bytes) => void output.push(Buffer.from(bytes)),
    (outcome) => void answers.push(outcome),
  );
  let at = 0;
  for (const length of [...cuts, stream.length]) {
    feed(stream.subarray(at, at + length));
    at += length;
  }
  return { output: Buffer.concat(output).toString("latin1"), answers };
}

function answer(words: string): string {
  return `\u001e${MARK} ${words}\n`;
}

test("answers are told from output", () => {
  const stream = `${answer("staged")}no newline${answer("check 2")}a\n\u001eb\u001e${MARK.slice(0, 4)}c${answer("run 130")}end`;
  const { output, answers } = split(Buffer.from(stream), []);
  assert.is(output, `no newlinea\n\u001eb\u001e${MARK.slice(0, 4)}cend`);
  assert.equal(answers, [
    { kind: "exit", code: 0 },
    { kind: "exit", code: 2 },
    { kind: "exit", code: 130 },
  ]);
  assert.equal(split(Buffer.from(answer("refused no room")), []).answers, [{ kind: "refused", reason: "no room" }]);
  assert.is(split(Buffer.from(answer("lost")), []).answers[0]?.kind, "refused");
});

test("where the stream is cut makes no difference", () => {
  const part = fc.oneof(
    fc.constantFrom("\u001e", `\u001e${MARK}`, answer("check 2"), answer("run 0"), `\u001e${MARK.slice(0, 9)}`, "\n"),
    fc.string(),
  );
  const cuts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(part), cuts, (parts, lengths) => {
      const stream = Buffer.from(`${parts.join("")}\n.`);
      assert.equal(split(stream, lengths), split(stream, []));
    }),
    { numRuns: 200 },
  );
});

/** A session that answers as told; notes what was asked of it. */
function pretend(outcomes: { staged?: Outcome; check?: Outcome; run?: Outcome }): Session & { readonly log: string[] } {
  const log: string[] = [];
  const ok: Outcome = { kind: "exit", code: 0 };
  return {
    log,
    staged: () => Promise.resolve(outcomes.staged ?? ok),
    execute: (mode) => {
      log.push(mode);
      return Promise.resolve(outcomes[mode] ?? ok);
    },
    interrupt: () => undefined,
    abandon: () => undefined,
    close: () => {
      log.push("close");
      return Promise.resolve();
    },
  };
}

test("only pending changes and a yes lead to a run", async () => {
  const yes = (): Promise<"yes"> => Promise.resolve("yes");
  const exit = (code: number): Outcome => ({ kind: "exit", code });
  const gone: Outcome = { kind: "disconnected", code: 255 };
  const refused: Outcome = { kind: "refused", reason: "full" };
  const cases: readonly (readonly [Parameters<typeof pretend>[0], number, readonly string[]])[] = [
    [{ check: exit(2), run: exit(0) }, 0, ["check", "run", "close"]],
    [{ check: exit(2), run: exit(4) }, 4, ["check", "run", "close"]],
    [{ check: exit(0) }, 0, ["check", "close"]],
    [{ check: exit(3) }, 3, ["check", "close"]],
    [{ check: exit(1) }, 1, ["check", "close"]],
    [{ check: gone }, 255, ["check", "close"]],
    [{ staged: refused }, 2, ["close"]],
    [{ staged: gone }, 255, ["close"]],
    [{ check: exit(2), run: gone }, 255, ["check", "run", "close"]],
  ];
  for (const [outcomes, code, log] of cases) {
    const session = pretend(outcomes);
    assert.is((await applyScript(session, yes)).code, code);
    assert.equal(session.log, log);
  }
  for (const word of ["no", "cannot-ask"] as const) {
    const session = pretend({ check: exit(2) });
    assert.is((await applyScript(session, () => Promise.resolve(word))).code, 2);
    assert.equal(session.log, ["check", "close"]);
  }
});

test("a run that needs a restart of the host says how to go on", async () => {
  const outcome = await applyScript(pretend({ check: { kind: "exit", code: 2 }, run: { kind: "exit", code: 6 } }), () =>
    Promise.resolve("yes"),
  );
  assert.equal(outcome, {
    code: 6,
    message: "restart the host, then apply the same plan again: it goes on from there",
  });
});

test("of every guest that would be destroyed the name is asked for", async () => {
  const output = [
    "~ ct 101 web: cores 2 -> 4",
    "- vm 102 db: destroy",
    "- ct 101 web: delete snapshot one: destroy",
    "- ct 103 step-ca: destroy",
    "  - ct 104 x: destroy",
    "! ct 105 y: held back: - ct 105 y: destroy",
    "",
  ].join("\n");
  assert.equal(doomedBy(output), [
    { guest: "vm 102 db", name: "db" },
    { guest: "ct 103 step-ca", name: "step-ca" },
  ]);
  const answered = async (...answers: readonly string[]): Promise<readonly [string, number]> => {
    let asked = 0;
    const ask = (): Promise<string> => Promise.resolve(answers[asked++] ?? "");
    return [await consent(output, ask), asked];
  };
  assert.equal(await answered("y", "db", " step-ca "), ["yes", 3]);
  for (const [answers, asked] of [
    [["n", "db", "step-ca"], 1],
    [["", "db", "step-ca"], 1],
    [["y", "", "step-ca"], 2],
    [["y", "yes", "step-ca"], 2],
    [["y", "102", "step-ca"], 2],
    [["y", "db", "step"], 3],
  ] as const) {
    assert.equal(await answered(...answers), ["no", asked]);
  }
  assert.is(await consent(output, undefined), "cannot-ask");
  assert.is(await consent("~ ct 101 web: cores 2 -> 4\n", () => Promise.resolve("YES")), "yes");
});

test("the session ends even when the question fails", async () => {
  const session = pretend({ check: { kind: "exit", code: 2 } });
  try {
    await applyScript(session, () => Promise.reject(new Error("no terminal")));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Error);
  }
  assert.equal(session.log, ["check", "close"]);
});

test("the supervisor is a clean script", async () => {
  if (spawnSync("shellcheck", ["--version"]).status !== 0) {
    console.log("apply: shellcheck is not installed; the supervisor is not linted");
    return;
  }
  await inFolder({}, (folder) => {
    const path = join(folder, "supervisor.sh");
    writeFileSync(path, `#!/bin/bash\n${SUPERVISOR}`);
    const { status, stdout } = spawnSync("shellcheck", [path], { encoding: "utf8" });
    assert.is(status, 0, stdout);
  });
});

test.run();
