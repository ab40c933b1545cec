import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../src/cli/arguments.js";
import { isProblem } from "../../src/cli/command.js";
import type { OptionDeclarations } from "../../src/cli/command.js";
import { COMMANDS } from "../../src/cli/commands.js";
import { commandHelp } from "../../src/cli/help.js";
import { diskFiles, memoryFiles } from "../../src/host/files.js";
import { shellQuote } from "../../src/host/quote.js";
import { isHostName } from "../../src/host/transport.js";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";
import { runCli } from "../support/terminal.js";

const test = suite("cli");

const OPTIONS: OptionDeclarations = {
  out: { takes: "value", short: "o", placeholder: "FILE", doc: "where to" },
  set: { takes: "values", placeholder: "NAME=VALUE", doc: "a param" },
  quiet: { takes: "flag", short: "q", doc: "less" },
  form: { takes: "value", choices: ["text", "json"], doc: "how" },
};

const CT = `ct 101 web {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-lvm }
}
`;

test("options and positionals may be mixed", () => {
  const args = readArguments(["a", "--set", "x=1", "-q", "b", "--set=y=2", "-o", "-", "--", "--z"], OPTIONS);
  assert.not(isProblem(args));
  if (isProblem(args)) return;
  assert.equal(args.positionals, ["a", "b", "--z"]);
  assert.equal(args.values.get("set"), ["x=1", "y=2"]);
  assert.equal(args.values.get("out"), ["-"]);
  assert.ok(args.flags.has("quiet"));
});

test("wrong options are one sentence each", () => {
  const problem = (...argv: string[]): string => {
    const args = readArguments(argv, OPTIONS);
    return isProblem(args) ? args.problem : "none";
  };
  assert.is(problem("--quite"), "there is no option `--quite`; did you mean `--quiet`");
  assert.is(problem("-x"), "there is no option `-x`");
  assert.is(problem("--out"), "`--out` wants a value: FILE");
  assert.is(problem("--out", "--quiet"), "`--out` wants a value: FILE");
  assert.is(problem("--quiet=yes"), "`--quiet` takes no value");
  assert.is(problem("--form", "jsn"), "`--form` takes text, json, not `jsn`; did you mean `json`");
  assert.is(problem("--toString"), "there is no option `--toString`");
});

test("every command has help with usage and examples", async () => {
  for (const { name, load } of COMMANDS) {
    const command = await load();
    const text = commandHelp(command);
    assert.match(text, `usage: phxc ${name}`);
    assert.match(text, "examples:\n");
    assert.ok(command.examples.length > 0, name);
    assert.ok(
      text.split("\n").every((line) => line.length <= 125),
      `${name}: a line of its help is too long`,
    );
    const ran = await runCli([name, "--help"], { cwd: "/" });
    assert.equal([ran.code, ran.out], [0, text]);
    assert.is((await runCli(["help", name], { cwd: "/" })).out, text);
  }
});

test("the overview, the version, and nothing at all", async () => {
  const overview = await runCli(["--help"], { cwd: "/" });
  assert.is(overview.code, 0);
  for (const { name } of COMMANDS) assert.match(overview.out, name);
  assert.match((await runCli(["--version"], { cwd: "/" })).out, /^phxc \d+\.\d+\.\d+\n$/);
  const nothing = await runCli([], { cwd: "/" });
  assert.equal([nothing.code, nothing.out], [2, ""]);
});

test("an unknown command is usage, with the likely one", async () => {
  const ran = await runCli(["paln"], { cwd: "/" });
  assert.is(ran.code, 2);
  assert.match(ran.err, "did you mean `plan`");
  assert.match((await runCli(["fleet.phx"], { cwd: "/" })).err, "phxc plan fleet.phx");
  assert.is((await runCli(["check", "a.phx", "b.phx"], { cwd: "/" })).code, 2);
});

test("what cannot be read is one clear line and code 2", async () => {
  const files = {
    "binary.phx": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]),
    "latin1.phx": Buffer.from("# caf\u00e9\n", "latin1"),
    "huge.phx": "a".repeat(10 * 1024 * 1024),
    "empty/notes.txt": "",
    "dir.phx/x": "",
  };
  await inFolder(files, async (cwd) => {
    const expected: Readonly<Record<string, string>> = {
      "missing.phx": "no such file",
      "dir.phx": "holds no main.phx",
      "./empty": "holds no main.phx",
      empty: "empty holds no main.phx",
      "binary.phx": "not a UTF-8 text file",
      "latin1.phx": "not a UTF-8 text file",
      "huge.phx": "larger than 8 MiB",
    };
    for (const [name, reason] of Object.entries(expected)) {
      for (const command of ["check", "plan", "graph"]) {
        const { code, out, err } = await runCli([command, name], { cwd });
        assert.equal([code, out], [2, ""], `${command} ${name}: ${err}`);
        assert.match(err, reason);
        assert.match(err, name.replace("./", ""));
        assert.ok(err.split("\n").length <= 3, err);
      }
    }
  });
});

test("a file of a project may not be reached through a link that leaves it", async () => {
  await inFolder({ "project/a.phx": "x", "secret.phx": "y" }, (folder) => {
    symlinkSync(join(folder, "secret.phx"), join(folder, "project/link.phx"));
    const files = diskFiles(join(folder, "project"));
    assert.is(files.read("a.phx").ok, true);
    for (const path of ["link.phx", "../secret.phx", "/etc/passwd"]) {
      assert.equal(files.read(path), { ok: false, reason: "outside" });
    }
    assert.equal(files.read("b.phx"), { ok: false, reason: "missing" });
    assert.equal(files.read("a.phx/b"), { ok: false, reason: "missing" });
    assert.equal(files.read("."), { ok: false, reason: "folder" });
    assert.equal(files.read("a\0b"), { ok: false, reason: "missing" });
    assert.equal(files.list("."), ["a.phx", "link.phx"]);
    assert.is(files.list("a.phx"), undefined);
  });
});

test("a pipe is refused instead of waited for", async () => {
  await inFolder({}, (folder) => {
    if (spawnSync("mkfifo", [join(folder, "pipe")]).status !== 0) return;
    assert.equal(diskFiles(folder).read("pipe"), { ok: false, reason: "unreadable" });
  });
});

test("a pipe is written into, and a link to one; neither is replaced", async () => {
  await inFolder({ "main.phx": CT }, (cwd) => {
    if (spawnSync("mkfifo", [join(cwd, "pipe")]).status !== 0) return;
    symlinkSync("pipe", join(cwd, "link"));
    const program = join(root, "dist/phxc.cjs");
    for (const out of ["pipe", "link"]) {
      const script = `cat pipe & "$0" "$1" plan --quiet --out "$2" >/dev/null && wait`;
      const argv = ["-c", script, process.execPath, program, out];
      const { stdout, stderr } = spawnSync("bash", argv, { cwd, encoding: "utf8", timeout: 60_000 });
      assert.match(stdout, /^#!.*[^]*# A script that was cut off/, stderr);
    }
    assert.ok(statSync(join(cwd, "pipe")).isFIFO());
    assert.ok(lstatSync(join(cwd, "link")).isSymbolicLink());
    assert.equal(readdirSync(cwd), ["link", "main.phx", "pipe"]);
  });
});

test("files in memory behave like files", () => {
  const files = memoryFiles({ "main.phx": "a", "net/lan.phx": "b" });
  assert.is(files.read("main.phx").ok, true);
  assert.equal(files.read("net"), { ok: false, reason: "folder" });
  assert.equal(files.read("__proto__"), { ok: false, reason: "missing" });
  assert.equal(files.list("."), ["main.phx", "net"]);
  assert.equal(files.list("net"), ["lan.phx"]);
  assert.is(files.list("other"), undefined);
});

test("without a file: the configuration's entry, main.phx, or the only one", async () => {
  const said = async (files: Readonly<Record<string, string>>, ...argv: string[]): Promise<string> =>
    inFolder(files, async (cwd) => {
      const { code, out, err } = await runCli(["plan", ...argv], { cwd });
      return `${code} ${out}${err}`;
    });
  assert.match(await said({ "main.phx": CT, "b.phx": "" }), "ct 101");
  assert.match(await said({ "fleet.phx": CT }), "ct 101");
  assert.match(await said({ "x/fleet.phx": CT, "b.phx": "" }, "x"), "ct 101");
  assert.match(await said({ "fleet.phx": CT }, "web"), "only web");
  assert.match(await said({ "phx.config.json": '{ "entry": "./x/fleet.phx" }', "x/fleet.phx": CT }), "ct 101");
  const json = { "phoenix_hypervisor_config.json": "{" };
  assert.match(await said(json), "phoenix_hypervisor_config.json:1:2");
  assert.match(await said({ ...json, "fleet.phx": CT }), "ct 101");
  assert.match(await said({ ...json, "a.phx": CT, "b.phx": "" }), /^2 .*holds no main\.phx/s);
  assert.match(await said({ "a.phx": CT, "b.phx": "" }), /^2 .*holds no main\.phx/s);
  assert.match(await said({}, "web"), /^2 .*no file web/s);
});

test("a plan is written whole, by its extension or format", async () => {
  await inFolder({ "main.phx": CT }, async (cwd) => {
    assert.is((await runCli(["plan", "--out", "plan.sh"], { cwd })).code, 0);
    assert.match(readFileSync(join(cwd, "plan.sh"), "utf8"), /^#!/);
    assert.is(statSync(join(cwd, "plan.sh")).mode & 0o100, 0o100);
    assert.is((await runCli(["plan", "--out", "plan.json"], { cwd })).code, 0);
    assert.type(JSON.parse(readFileSync(join(cwd, "plan.json"), "utf8")), "object");
    const shown = await runCli(["plan", "--format", "bash"], { cwd });
    assert.is(shown.out, readFileSync(join(cwd, "plan.sh"), "utf8"));
    assert.equal(readdirSync(cwd).toSorted(), ["main.phx", "plan.json", "plan.sh"]);
    const nowhere = await runCli(["plan", "--out", "no/where.sh"], { cwd });
    assert.is(nowhere.code, 2);
    assert.match(nowhere.err, "its folder does not exist");
    const both = await runCli(["plan", "--format", "bash", "--findings", "json"], { cwd });
    assert.equal([both.code, both.out, /name a file with --out/.test(both.err)], [2, "", true]);
    const odd = await runCli(["plan", "--format", "bsh"], { cwd });
    assert.equal([odd.code, /did you mean `bash`/.test(odd.err)], [2, true]);
  });
});

test("errors give code 1 and no plan", async () => {
  await inFolder({ "main.phx": "ct 101 web { nonsense = 1 }\n" }, async (cwd) => {
    const ran = await runCli(["plan", "--out", "plan.sh"], { cwd });
    assert.equal([ran.code, ran.out], [1, ""]);
    assert.match(ran.err, "main.phx:1:14");
    assert.match(ran.err, /\n1 error/);
    assert.not(existsSync(join(cwd, "plan.sh")));
    const check = await runCli(["check"], { cwd });
    assert.equal([check.code, check.err], [1, ""]);
    const json = await runCli(["check", "--findings", "json"], { cwd });
    assert.is(JSON.parse(json.out).counts.error, 1);
    const sarif = await runCli(["check", "--findings", "sarif"], { cwd });
    assert.is(JSON.parse(sarif.out).version, "2.1.0");
    for (const form of ["text", "json", "sarif"]) {
      const long = await runCli(["check", "--findings", form], { cwd });
      assert.equal(await runCli(["check", "--format", form], { cwd }), long, form);
    }
  });
});

test("links that lead back into the project are not followed in circles", async () => {
  await inFolder({ "main.phx": `import "sub/up"\n${CT}`, "sub/keep": "" }, async (cwd) => {
    symlinkSync("..", join(cwd, "sub/up"));
    const { code, out } = await runCli(["check"], { cwd });
    assert.equal([code, out.match(/PHX\d+/g)], [1, ["PHX3003"]]);
  });
});

test("standard input is no entry", async () => {
  await inFolder({ "main.phx": CT }, async (cwd) => {
    const { code, err } = await runCli(["check", "-"], { cwd });
    assert.is(code, 2);
    assert.match(err, "only in `phxc fmt -`");
  });
});

test("params come from --set, a file and the environment", async () => {
  const source = `param cores: int = 1\n${CT.replace("{", "{\n  cores = cores")}`;
  await inFolder({ "main.phx": source, "p.json": '{ "cores": 3 }', "bad.json": "[1]", "no.json": "{" }, async (cwd) => {
    const cores = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
      const { out, err } = await runCli(["plan", "--format", "bash", ...argv], { cwd, env });
      return /--cores '?(\d+)/.exec(out)?.[1] ?? err;
    };
    assert.is(await cores([]), "1");
    assert.is(await cores([], { PHX_PARAM_cores: "2", PHX_PARAM_other: "x" }), "2");
    assert.is(await cores(["--params", "p.json"], { PHX_PARAM_cores: "2" }), "3");
    assert.is(await cores(["--params", "p.json", "--set", "cores=4"]), "4");
    assert.match(await cores(["--params", "bad.json"]), "must hold a JSON object");
    assert.match(await cores(["--params", "no.json"]), /no\.json(:1:2)? is not JSON/);
    assert.match(await cores(["--set", "cores"]), "wants NAME=VALUE");
  });
});

test("the whole process: exit codes, and a reader that leaves early", async () => {
  const main = join(dirname(fileURLToPath(import.meta.url)), "../../src/cli/main.js");
  await inFolder({ "main.phx": CT }, (cwd) => {
    const script = `node "$1" plan --format bash | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const piped = spawnSync("bash", ["-c", script, "bash", main], { cwd, encoding: "utf8" });
    assert.match(piped.stdout, /^#!.*\n0\n$/);
    assert.not.match(piped.stderr, "EPIPE");
    assert.is(spawnSync(process.execPath, [main, "plan", "nowhere.phx"], { cwd }).status, 2);
    assert.is(spawnSync(process.execPath, [main, "check", "-q"], { cwd }).status, 0);
  });
});

test("fmt writes canonical files, checks them, and leaves broken ones alone", async () => {
  const untidy = "ct 101   web{cores=2}\n";
  await inFolder({ "a.phx": untidy, "sub/b.phx": "# nothing\n", ".hidden/c.phx": untidy }, async (cwd) => {
    assert.equal([(await runCli(["fmt", "--check"], { cwd })).out], ["a.phx\n"]);
    assert.is((await runCli(["fmt", "--check"], { cwd })).code, 1);
    assert.is(readFileSync(join(cwd, "a.phx"), "utf8"), untidy);
    assert.is((await runCli(["fmt"], { cwd })).code, 0);
    const tidy = readFileSync(join(cwd, "a.phx"), "utf8");
    assert.is.not(tidy, untidy);
    assert.is((await runCli(["fmt", "--check", "a.phx"], { cwd })).code, 0);
    assert.is((await runCli(["fmt", "-"], { cwd, input: untidy })).out, tidy);
    const broken = "ct 101 web { cores = \n";
    writeFileSync(join(cwd, "a.phx"), broken);
    assert.is((await runCli(["fmt", "a.phx"], { cwd })).code, 1);
    assert.is(readFileSync(join(cwd, "a.phx"), "utf8"), broken);
    assert.is((await runCli(["fmt", "missing.phx"], { cwd })).code, 2);
    assert.is((await runCli(["fmt", "-"], { cwd, input: Buffer.from([0, 255]) })).code, 2);
  });
});

test("quoting for a remote shell is literal", () => {
  assert.is(shellQuote("it's $(x) `y`"), `'it'\\''s $(x) \`y\`'`);
  for (const text of ["", "-n", "a\nb", "'", "\\", "!x", '"$PATH"']) {
    const { stdout } = spawnSync("sh", ["-c", `printf %s ${shellQuote(text)}`], { encoding: "utf8" });
    assert.is(stdout, text);
  }
});

test("a host cannot be an option of ssh", () => {
  for (const host of ["root@pve1", "pve1", "10.0.0.13", "root@[fe80::1%eth0]", "jump_host.example"])
    assert.ok(isHostName(host));
  for (const host of ["-oProxyCommand=x", "", "a b", "$(x)", "root@pve1;x", "'"]) assert.not(isHostName(host));
});

test("what apply cannot use is refused before anything is contacted", async () => {
  await inFolder({ "plan.sh": "echo no\n", "main.phx": CT }, async (cwd) => {
    const refused = async (...argv: string[]): Promise<string> => {
      const { code, err } = await runCli(["apply", ...argv], { cwd });
      assert.is(code, 2, err);
      return err;
    };
    assert.match(await refused("plan.sh", "--host", "pve1"), "does not begin with #!");
    assert.match(await refused("none.sh", "--host", "pve1"), "no such file");
    assert.match(await refused("plan.sh", "901", "--host", "pve1"), "applied whole");
    assert.match(await refused("plan.sh", "--host=-oProxyCommand=x"), "is not a host");
    assert.match(await refused("main.phx", "--host", "pve1", "--staging", "x"), "absolute path");
  });
});

test("a folder that cannot be written to is said so", async () => {
  if (process.getuid?.() === 0) return;
  await inFolder({ "main.phx": CT }, async (cwd) => {
    mkdirSync(join(cwd, "locked"));
    chmodSync(join(cwd, "locked"), 0o500);
    assert.match((await runCli(["plan", "--out", "locked/plan.sh"], { cwd })).err, "does not allow writing");
  });
});

test.run();
