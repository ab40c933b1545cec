import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runtime } from "../../src/emitters/bash/runtime.js";

const test = suite("the guest's side of work");

/** The part of the runtime that has them. */
const part = runtime()
  .split(/^(?=# --- )/m)
  .find((text) => text.includes("\nin_begin() {"));

/** The runtime's functions for guests as a script sends them, with the guest's folders inside of another one. */
const FUNCTIONS = spawnSync("bash", ["-s"], {
  input: `${part}\ndeclare -f in_begin in_job in_detach in_follow in_drop\n`,
  encoding: "utf8",
}).stdout;

interface Answer {
  readonly state: string;
  readonly code: number;
  readonly offset: number;
  readonly mark: string;
  readonly output: string;
}

/** A guest: the folders that its notes and marks are in. */
interface Guest {
  readonly folder: string;
  ask(input: string, ...words: readonly string[]): Answer;
  mark(name: string): string | undefined;
}

function inGuest(use: (guest: Guest) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "phxc-inside-"));
  mkdirSync(join(folder, "run"));
  const text = FUNCTIONS.replaceAll("/run/phxc", `${folder}/run`)
    .replaceAll("/var/lib/phxc", `${folder}/lib`)
    .replaceAll("/run/systemd/system", `${folder}/none`);
  const ask = (input: string, ...words: readonly string[]): Answer => {
    const program = `${text}\nset -u\nverb=$1\nshift\n"in_\${verb}" "$@" <<'THE_END'\n${input}\nTHE_END\n`;
    const { stdout, stderr } = spawnSync("sh", ["-s", "--", ...words], { input: program, encoding: "utf8" });
    const [, state = "", code, offset, mark = "", part = ""] =
      /^phxc (\S+) (\d+) (\d+) (\S+)\n([\s\S]*)$/.exec(stdout) ?? [];
    assert.is(stderr, "", stdout);
    return { state, code: Number(code), offset: Number(offset), mark, output: Buffer.from(part, "base64").toString() };
  };
  const mark = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, "lib", name), "utf8");
    } catch {
      return undefined;
    }
  };
  try {
    use({ folder, ask, mark });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const begin = (mark: string, seconds = 20, want = "work"): readonly string[] => [
  "begin",
  "x",
  mark,
  `${seconds}`,
  "sh",
  want,
];

test("work is done, marked with its digest, and not done again until that changes", () => {
  inGuest(({ ask, mark, folder }) => {
    const count = `echo once >>'${folder}/count'; echo done; echo "$PHXC_WANT $PHXC_CURRENT"`;
    assert.equal(ask(count, ...begin("m1")), {
      state: "ended",
      code: 0,
      offset: 12,
      mark: "m1",
      output: "done\nwork 0\n",
    });
    assert.is(mark("x"), "m1\n");
    assert.is(ask(count, ...begin("m1")).state, "same");
    assert.is(ask(count, ...begin("m2")).state, "ended");
    assert.is(readFileSync(join(folder, "count"), "utf8"), "once\nonce\n");
    assert.is(mark("x"), "m2\n");
  });
});

test("work that fails is not marked; its code and both of its streams come back", () => {
  inGuest(({ ask, mark }) => {
    const answer = ask("echo out; echo err >&2; exit 7", ...begin("m1"));
    assert.equal([answer.state, answer.code, answer.output], ["ended", 7, "out\nerr\n"]);
    assert.is(mark("x"), undefined);
    assert.is(ask("true", ...begin("m1")).code, 0);
  });
});

test("work that takes too long is ended with 124", () => {
  inGuest(({ ask, mark }) => {
    assert.is(ask("sleep 60", ...begin("m1", 1)).code, 124);
    assert.is(mark("x"), undefined);
  });
});

test("work that goes on is followed from where its output was read, also by another run, and not begun twice", () => {
  inGuest(({ ask, folder }) => {
    const slow = `echo begun >>'${folder}/count'; echo one; sleep 2; echo two`;
    const text = ask(slow, ...begin("m1"));
    assert.is(text.output, "one\ntwo\n");
    // A run that does not wait for the end.
    const first = spawnSync(
      "sh",
      ["-c", `rm -f '${folder}/run/x.code'; exec 9>>'${folder}/run/x.lock'; flock 9; sleep 1`],
      {
        timeout: 200,
      },
    );
    assert.is(first.status, null);
    const died = ask("", "follow", "x", "0", "1");
    assert.equal([died.state, died.output], ["died", "one\ntwo\n"]);
    assert.equal(ask("", "follow", "x", "4", "0").output, "two\n");
  });
});

test("while work goes on, its lock keeps a second beginning out, and nothing that it leaves running keeps the lock", () => {
  inGuest(({ ask, folder }) => {
    const holder = spawnSync("sh", [
      "-c",
      `: >'${folder}/run/x.lock'; printf 'm0\\n' >'${folder}/run/x.mark'; : >'${folder}/run/x.out'`,
    ]);
    assert.is(holder.status, 0);
    writeFileSync(join(folder, "hold.sh"), `exec 9>>'${folder}/run/x.lock'\nflock 9\nsleep 12\n`);
    spawnSync("sh", ["-c", `setsid sh '${folder}/hold.sh' </dev/null >/dev/null 2>&1 & sleep 0.3`]);
    const busy = ask("echo mine", ...begin("m1"));
    assert.equal([busy.state, busy.mark], ["running", "m0"]);
    const daemon = ask("sleep 30 >/dev/null 2>&1 & echo started", "begin", "y", "m1", "20", "sh", "work");
    assert.equal([daemon.state, daemon.output], ["ended", "started\n"]);
    assert.is(ask("echo again", "begin", "y", "m2", "20", "sh", "work").state, "ended");
  });
});

test("a long output comes in parts, and the end is told with the last one", () => {
  inGuest(({ ask }) => {
    let answer = ask("seq 1 20000", ...begin("m1"));
    let text = answer.output;
    assert.is(answer.state, "running");
    for (let i = 0; answer.state === "running" && i < 10; i++) {
      answer = ask("", "follow", "x", `${answer.offset}`, "0");
      text += answer.output;
    }
    assert.is(answer.state, "ended");
    assert.is(text, Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join(""));
  });
});

test("the text of the work is gone when it has ended", () => {
  inGuest(({ ask, folder }) => {
    ask("export SECRET='hunter2'", ...begin("m1"));
    const left = spawnSync("grep", ["-r", "hunter2", folder], { encoding: "utf8" });
    assert.is(left.stdout, "");
  });
});

test("work that looks at itself: in order, not in order", () => {
  inGuest(({ ask, mark }) => {
    const look = 'test "$PHXC_CURRENT" = 1 && exit 90; exit 91';
    assert.is(ask(look, ...begin("m1", 20, "look")).code, 91);
    assert.is(mark("x"), undefined);
    ask("true", ...begin("m1"));
    assert.is(ask(look, ...begin("m1", 20, "look")).code, 90);
    assert.is(mark("x"), "m1\n");
  });
});

test.run();
