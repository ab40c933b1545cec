import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Probe } from "../../src/model/plan.js";
import { emitBash } from "../../src/emitters/bash/index.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import { surviveAll, faultsAt } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { undisturbed } from "../../src/rehearsal/index.js";
import { sourceFile, span } from "../../src/text/source.js";
import { planOf, step } from "../support/sample-plan.js";
import { fleetOn } from "../support/script-host.js";
import type { Scripted } from "../support/script-host.js";
import { lintScript } from "../support/script-lint.js";
import { withHost } from "../support/sim.js";

const test = suite("managed files");

type FileProbe = Extract<Probe, { readonly kind: "file" }>;
type Wanted = Omit<FileProbe, "kind" | "adopt"> & { readonly adopt?: boolean };
type Removal = Omit<Extract<Probe, { readonly kind: "file-retired" }>, "kind">;

const MARK = "# Managed by phxc:";
const OWN = `${MARK} test. Changes are overwritten.\nkey = 1\n`;

const SOURCE = span(sourceFile("fleet.phx", "fleet"), 0, 5);

/** The script of a plan with these files. */
function scriptOf(files: readonly Wanted[], removals: readonly Removal[] = []): string {
  const plan = planOf([
    ...files.map((file, i) =>
      step(`file.${i}`, "host", "host.pve1", "file", { kind: "file", adopt: false, ...file }, []),
    ),
    ...removals.map((file, i) =>
      step(`removal.${i}`, "finish", "host.pve1", "removal", { kind: "file-retired", ...file }, []),
    ),
  ]);
  const requirements = files.flatMap(({ secrets = [] }) =>
    secrets.map(({ secret }) => ({ kind: "secret", secret, blocks: [], source: SOURCE }) as const),
  );
  return emitBash({ ...plan, requirements }, { version: "1" });
}

type Use = Scripted & {
  readonly read: (path: string) => string | undefined;
  readonly put: (path: string, text: string) => void;
};

async function onHost(script: string, use: (host: Use) => Promise<void>, files: Record<string, string> = {}) {
  await withHost(emptyHost({ files }), async (host) => {
    const at = (path: string): string => join(host.root, path);
    const read = (path: string): string | undefined =>
      existsSync(at(path)) ? readFileSync(at(path), "utf8") : undefined;
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    };
    await use({ ...fleetOn(host, script), read, put });
  });
}

test("a new file is made with its mode, and then nothing is to do", () =>
  onHost(
    scriptOf([{ path: "/etc/x/new.conf", content: OWN, mode: "440" }]),
    async ({ host, read, check, apply, quiet }) => {
      assert.equal(await check(), ["+ host: file /etc/x/new.conf"]);
      assert.is(read("/etc/x/new.conf"), undefined);
      await apply();
      assert.is(read("/etc/x/new.conf"), OWN);
      assert.is(statSync(join(host.root, "etc/x/new.conf")).mode & 0o777, 0o440);
      await quiet();
      chmodSync(join(host.root, "etc/x/new.conf"), 0o644);
      assert.equal(await check(), ["~ host: file /etc/x/new.conf: mode 644 -> 440"]);
      await apply();
      assert.is(statSync(join(host.root, "etc/x/new.conf")).mode & 0o777, 0o440);
      await quiet();
    },
  ));

test("an owner is given once", () =>
  onHost(scriptOf([{ path: "/srv/x", content: OWN, owner: { uid: 33, gid: 34 } }]), async ({ host, apply, quiet }) => {
    await apply();
    assert.equal(host.state.owners["/srv/x"], { uid: 33, gid: 34 });
    await quiet();
  }));

test("a file of somebody else is refused before anything is touched", () =>
  onHost(
    scriptOf([
      { path: "/etc/a.conf", content: OWN },
      { path: "/etc/b.conf", content: OWN },
    ]),
    async ({ read, apply }) => {
      const { stderr } = await apply(3);
      assert.match(stderr, "/etc/b.conf exists and was not made by phxc; remove it or declare adopt = true");
      assert.is(read("/etc/a.conf"), undefined);
      assert.is(read("/etc/b.conf"), "theirs\n");
    },
    { "/etc/b.conf": "theirs\n" },
  ));

test("one that is adopted is kept aside once, with its mode", () =>
  onHost(scriptOf([{ path: "/etc/b.conf", content: OWN, adopt: true }]), async ({ host, put, read, apply, quiet }) => {
    put("/etc/b.conf", "theirs\n");
    chmodSync(join(host.root, "etc/b.conf"), 0o600);
    await apply();
    assert.equal([read("/etc/b.conf"), read("/var/lib/phxc/backup/_etc_b.conf")], [OWN, "theirs\n"]);
    assert.is(statSync(join(host.root, "etc/b.conf")).mode & 0o777, 0o600);
    await quiet();
    put("/etc/b.conf", "theirs again\n");
    await apply();
    assert.is(read("/var/lib/phxc/backup/_etc_b.conf"), "theirs\n");
  }));

const BLOCK = { path: "/etc/hosts", block: "records", content: "10.0.0.5 web\n" };
const begin = "# phxc begin records\n";
const end = "# phxc end records\n";

for (const [what, before, after] of [
  ["an empty file", "", `${begin}10.0.0.5 web\n${end}`],
  ["a file", "127.0.0.1 localhost\n", `127.0.0.1 localhost\n${begin}10.0.0.5 web\n${end}`],
  ["a file whose last line has no end", "127.0.0.1 localhost", `127.0.0.1 localhost\n${begin}10.0.0.5 web\n${end}`],
  ["an older block at the start", `${begin}old\n${end}theirs\n`, `${begin}10.0.0.5 web\n${end}theirs\n`],
  ["an older block in the middle", `a\n\n${begin}${end}\nb`, `a\n\n${begin}10.0.0.5 web\n${end}\nb`],
  ["a block at the end, without an end of line", `a\n${begin}x\n${end.trimEnd()}`, `a\n${begin}10.0.0.5 web\n${end}`],
  [
    "a block of another name",
    "# phxc begin other\nx\n# phxc end other\n",
    `# phxc begin other\nx\n# phxc end other\n${begin}10.0.0.5 web\n${end}`,
  ],
  ["text that means something to a pattern", "*\n\\[a]\t?'\"\n", `*\n\\[a]\t?'"\n${begin}10.0.0.5 web\n${end}`],
] as const) {
  test(`a block in ${what}: everything else stays byte for byte`, () =>
    onHost(scriptOf([BLOCK]), async ({ put, read, apply, quiet }) => {
      put("/etc/hosts", before);
      await apply();
      assert.is(read("/etc/hosts"), after);
      await quiet();
    }));
}

for (const [what, text] of [
  ["no end", `${begin}x\n`],
  ["no begin", `x\n${end}`],
  ["two pairs", `${begin}${end}${begin}${end}`],
  ["two begins", `${begin}${begin}${end}`],
  ["the wrong order", `${end}${begin}`],
] as const) {
  test(`marks with ${what} are refused, and the file left as it is`, () =>
    onHost(scriptOf([BLOCK]), async ({ put, read, apply }) => {
      put("/etc/hosts", text);
      assert.match((await apply(3)).stderr, "/etc/hosts has damaged marks (# phxc begin records, # phxc end records)");
      assert.is(read("/etc/hosts"), text);
    }));
}

test("what is no plain text file is refused", () =>
  onHost(scriptOf([BLOCK]), async ({ host, put, apply }) => {
    put("/etc/hosts", "a\0b\n");
    assert.match((await apply(3)).stderr, "/etc/hosts holds a NUL byte, so that it is no text");
    put("/etc/real", "x\n");
    rmSync(join(host.root, "etc/hosts"));
    symlinkSync("real", join(host.root, "etc/hosts"));
    assert.match((await apply(3)).stderr, "/etc/hosts is not a plain file");
    assert.is(readFileSync(join(host.root, "etc/real"), "utf8"), "x\n");
  }));

test("--check shows a unified diff and what follows; only a block is taken out again, with what follows that", () =>
  onHost(
    scriptOf([{ ...BLOCK, then: [["chown", "0:0", "/etc/hosts"]] }]),
    async ({ host, put, read, apply, script }) => {
      put("/etc/hosts", "1\n2\n3\n4\n5\n6\n");
      const { stdout } = await host.runScript(script, ["--check"]);
      assert.match(
        stdout,
        `~ host: file /etc/hosts
    @@ -4,3 +4,6 @@
     4
     5
     6
    +# phxc begin records
    +10.0.0.5 web
    +# phxc end records
    then: chown 0:0 /etc/hosts
`,
      );
      const run = await apply();
      assert.equal(run.commands.filter(({ argv }) => argv[0] === "chown").length, 1);
      const removal = scriptOf(
        [],
        [{ path: "/etc/hosts", block: "records", mark: MARK, then: [["chown", "0:1", "/etc/hosts"]] }],
      );
      const gone = await host.runScript(removal);
      assert.match(gone.stdout, "- host: remove the block records from /etc/hosts");
      assert.equal(
        gone.commands.map(({ argv }) => argv.join(" ")).filter((line) => line.startsWith("chown")),
        ["chown 0:1 /etc/hosts"],
      );
      assert.is(read("/etc/hosts"), "1\n2\n3\n4\n5\n6\n");
      assert.not.match((await host.runScript(removal)).stdout, /^[-~+] /m);
    },
  ));

test("a file that leaves the declaration is removed if it is still ours", () =>
  onHost(
    scriptOf(
      [],
      [
        { path: "/etc/own", mark: MARK },
        { path: "/etc/theirs", mark: MARK },
      ],
    ),
    async ({ put, read, apply, quiet }) => {
      put("/etc/own", OWN);
      put("/etc/theirs", "theirs\n");
      const { stdout } = await apply();
      assert.equal([read("/etc/own"), read("/etc/theirs")], [undefined, "theirs\n"]);
      assert.match(stdout, "/etc/theirs is no longer declared and was not made by phxc: it is left as it is");
      await quiet();
    },
  ));

const NEVER = ["test", "!", "-s", "FILE"] as const;

test("a text that its command does not accept is not put into place", () =>
  onHost(
    scriptOf([{ ...BLOCK, check: NEVER, then: [["chown", "1:1", "/etc/hosts"]] }]),
    async ({ put, read, apply, host }) => {
      put("/etc/hosts", "theirs\n");
      const { stderr, commands } = await apply(4);
      assert.match(stderr, "command:   'test' '!' '-s' '(the new /etc/hosts)'");
      assert.is(read("/etc/hosts"), "theirs\n");
      assert.not.ok(commands.some(({ argv }) => argv[0] === "chown"));
      assert.is((await host.runScript(scriptOf([{ ...BLOCK, check: NEVER }]), ["--check"])).code, 4);
    },
  ));

const SECRET = {
  path: "/etc/secret.conf",
  content: `${MARK} test.\npassword = @one@\nhash = @two@\n`,
  secrets: [
    { token: "@one@", form: "text", secret: "file:/root/one" },
    { token: "@two@", form: "base64", secret: "file:/root/two" },
  ],
} as const;

test("secrets take their places, are told nowhere, and only root reads them", () =>
  onHost(scriptOf([SECRET]), async ({ host, put, read, apply, quiet, script }) => {
    put("/root/one", "pa&ss \\1'w\n");
    put("/root/two", "hidden");
    const said = [await apply(), await host.runScript(script, ["--check"])];
    assert.is(read("/etc/secret.conf"), `${MARK} test.\npassword = pa&ss \\1'w\nhash = aGlkZGVu\n`);
    assert.is(statSync(join(host.root, "etc/secret.conf")).mode & 0o777, 0o600);
    await quiet();
    put("/root/one", "another");
    said.push(await host.runScript(script, ["--check"]), await apply());
    assert.match(
      said.at(-1)?.stdout ?? "",
      "~ host: file /etc/secret.conf\n    (its lines are not shown: it holds secrets)",
    );
    for (const { stdout, stderr } of said) assert.not.match(stdout + stderr, /pa&ss|another|aGlk/);
    put("/root/one", "two\nlines\n");
    assert.match((await apply(4)).stderr, "the secret file:/root/one has several lines");
  }));

test("a run that is killed before, after or within what follows a change leaves it to the next one", async () => {
  const then = [
    ["chown", "1:1", "/etc/first"],
    ["chown", "2:2", "/etc/second"],
  ] as const;
  const script = scriptOf(
    [
      { ...BLOCK, then },
      {
        path: "/etc/own",
        content: OWN,
        mode: "600",
        owner: { uid: 5, gid: 5 },
        then: [["chown", "3:3", "/etc/first"]],
      },
    ],
    [{ path: "/etc/gone", mark: MARK, then: [["chown", "4:4", "/etc/second"]] }],
  );
  const files = { "/etc/hosts": "theirs\n", "/etc/first": "1\n", "/etc/second": "2\n", "/etc/gone": OWN };
  const whole = await undisturbed(script, emptyHost({ files }));
  assert.is(whole.run.code, 0, whole.run.stderr);
  assert.ok(whole.commands.length >= 5, whole.commands.join("\n"));
  for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test("the script of files is clean for the linters", () => {
  const removal = { path: "/etc/gone", block: "x", mark: MARK, then: [["chown", "4:4", "/x"]] };
  const all = [
    { ...BLOCK, mode: "440", owner: { uid: 1, gid: 2 }, adopt: true, check: NEVER, then: [["true"]] },
    SECRET,
  ];
  assert.equal(lintScript(scriptOf(all, [removal])), []);
});

provesMatrix(test, import.meta.url);

test.run();
