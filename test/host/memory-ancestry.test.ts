import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, withCommitted } from "../support/committed.js";

const test = suite("plans follow each other");

const SCRIPT = "plans/pve1/plan.sh";
const digestOf = (script: string): string => /^# Digest: (\w+)$/m.exec(script)?.[1] ?? "";

test("an older plan than the one that was applied last is refused, unless --allow-older", () =>
  withCommitted(async (project) => {
    const { write, read, run } = project;
    await write(HOST + ct(101, "a", "cores = 1"));
    const older = read(SCRIPT);
    await settled(project);
    await write(HOST + ct(101, "a", "cores = 2"));
    await settled(project);
    for (const flags of [[], ["--check"]]) {
      const refused = await run(older, ...flags);
      assert.equal([refused.code, refused.commands], [3, []]);
      assert.match(refused.stderr, new RegExp(`the plan ${digestOf(read(SCRIPT)).slice(0, 12)} was applied here last`));
    }
    const allowed = await run(older, "--allow-older");
    assert.equal([allowed.code, allowed.said], [0, ["~ ct 101 a: cores 2 -> 1"]]);
    // The older one is the last one now, and the newer one follows it.
    await settled(project);
  }));

test("a newer plan that was cut off is newer all the same: the older one is refused", () =>
  withCommitted(async (project) => {
    const { write, read, run, host } = project;
    await write(HOST + ct(101, "a"));
    await settled(project);
    const older = read(SCRIPT);
    await write(HOST + ct(101, "a", "cores = 2") + ct(102, "b"));
    const cut = await host.runScript(read(SCRIPT), [], { fault: { at: 2, when: "before", signal: "SIGKILL" } });
    assert.is.not(cut.code, 0);
    assert.is((await run(older)).code, 3);
    assert.is((await project.apply("--check")).code, 2);
    await settled(project);
    assert.is((await run(older)).code, 3);
  }));

test("a plan that cannot be noted as applied does nothing", () =>
  withCommitted(async (project) => {
    await project.write(HOST + ct(101, "a"));
    mkdirSync(join(project.host.root, "var/lib/phxc/applied"), { recursive: true });
    const run = await project.apply();
    assert.equal([run.code, run.commands], [4, []]);
    assert.match(run.stderr, /\/var\/lib\/phxc\/applied cannot be written; nothing was done/);
    assert.not.match(run.stderr, /Unexpected/);
  }));

test("plans that were never applied lie between: the next one follows all of them", () =>
  withCommitted(async (project) => {
    const { write, read } = project;
    await write(HOST + ct(101, "a", "cores = 1"));
    await settled(project);
    const digests = [digestOf(read(SCRIPT))];
    for (const cores of [2, 3, 4]) {
      await write(HOST + ct(101, "a", `cores = ${cores}`));
      digests.unshift(digestOf(read(SCRIPT)));
    }
    const { digest, ancestry } = JSON.parse(read("plans/pve1/plan.json")) as Record<string, unknown>;
    assert.equal([digest, ...(ancestry as readonly string[])], digests);
    assert.equal(await settled(project), ["~ ct 101 a: cores 1 -> 4"]);
  }));

test("a host on which nothing was applied takes every plan; one made without memory follows none", () =>
  withCommitted(async (project) => {
    const { write, read, run, edit, phxc, folder, host } = project;
    await write(HOST + ct(101, "a"));
    const first = read(SCRIPT);
    await write(HOST + ct(101, "a", "cores = 2"));
    assert.is((await run(first)).code, 0);
    await settled(project);
    rmSync(join(folder, "plans"), { recursive: true });
    edit(HOST + ct(101, "a", "cores = 3"));
    const { out } = await phxc("plan", "--format", "bash");
    assert.match(out, /^readonly PLAN_MEMORY='none' PLAN_ANCESTRY=''$/m);
    assert.is((await run(out)).code, 3);
    rmSync(join(host.root, "var/lib/phxc/applied"));
    assert.is((await run(out)).code, 0);
    assert.not.ok(host.capture().files["/var/lib/phxc/applied"]);
  }));

test("a plan with targets follows the committed one and is not noted; it takes back what it names only", () =>
  withCommitted(async (project) => {
    const { write, edit, phxc, run, host } = project;
    await write(HOST + ct(101, "a", "cores = 2") + ct(102, "b", "cores = 2") + ct(103, "c"));
    await settled(project);
    const applied = readFileSync(join(host.root, "var/lib/phxc/applied"), "utf8");
    edit(HOST + ct(101, "a") + ct(102, "b"));
    const refused = await phxc("plan", "main.phx", "101", "--write");
    assert.is(refused.code, 2);
    assert.match(refused.err, /a committed plan is that of a whole host, not of 101 alone/);
    const { out, err } = await phxc("plan", "main.phx", "101", "--format", "bash");
    const part = await run(out, "--allow-destroy");
    assert.equal([part.code, part.said], [0, ["~ ct 101 a: cores 2 -> (removed)"]], err + part.stderr);
    assert.is(readFileSync(join(host.root, "var/lib/phxc/applied"), "utf8"), applied);
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.equal(await settled(project, "--allow-destroy"), [
      "~ ct 102 b: cores 2 -> (removed)",
      "- ct 103 c: destroy",
    ]);
  }));

test("a plan that is shown takes the committed one into account", () =>
  withCommitted(async ({ write, edit, phxc, read }) => {
    await write(HOST + ct(101, "a", "cores = 2"));
    edit(HOST + ct(101, "a"));
    const shown = await phxc("plan", "--format", "bash");
    assert.match(shown.out, /^\tretire 'cores' '2'$/m);
    await phxc("plan", "--write");
    assert.is(read(SCRIPT), shown.out);
    assert.is((await phxc("plan", "--format", "json")).out, read("plans/pve1/plan.json"));
  }));

test("--check finds a plan that is not what the files give, and says where", () =>
  withCommitted(async ({ write, edit, phxc, folder }) => {
    edit(HOST + ct(101, "a"));
    const missing = await phxc("plan", "--check");
    assert.is(missing.code, 2);
    assert.match(missing.err, /plans\/pve1\/plan\.sh: no such file/);
    await write(HOST + ct(101, "a"));
    assert.is((await phxc("plan", "--check")).code, 0);
    edit(`${HOST}${ct(101, "a", "cores = 2")}`);
    const differs = await phxc("plan", "--check");
    assert.is(differs.code, 2);
    assert.match(
      differs.err,
      /plans\/pve1\/plan\.sh is not what the files give; the first difference, line \d+:\n- converge pct set 101 .*\n\+ converge pct set 101 \\$/m,
    );
    await write(HOST + ct(101, "a"));
    appendFileSync(join(folder, SCRIPT), "rm -rf /\n");
    const edited = await phxc("plan", "--check");
    assert.match(edited.err, /plan\.sh is not what the files give.*\n- rm -rf \/\n\+ $/m);
  }));

test("with several hosts, each has its plan; a guest that changes hosts is refused, and the host that had it can forget it", () =>
  withCommitted(async ({ edit, phxc, folder, read }) => {
    const hosts = 'host pve1 { node = pve1 }\nhost pve2 { node = node2, plans = "second" }\n';
    const on = (host: string, id: number, name: string): string => ct(id, name, `host = ${host}`);
    const write = (host: string): ReturnType<typeof phxc> => phxc("plan", "--write", "--for", host);
    edit(hosts + on("pve1", 101, "a") + on("pve1", 102, "b") + on("pve2", 201, "c"));
    assert.equal([(await write("pve1")).code, (await write("pve2")).code], [0, 0]);
    assert.match(read("second/plan.json"), /"host": "pve2"/);
    edit(hosts + on("pve1", 101, "a") + on("pve2", 102, "b") + on("pve2", 201, "c"));
    for (const host of ["pve1", "pve2"]) {
      const moved = await write(host);
      assert.is(moved.code, 1);
      assert.match(moved.err, /PHX6022.*ct 102 b was on pve1 in a plan of that host and is declared on pve2 now/);
      assert.match(moved.err, /pct migrate 102 node2 --restart/);
    }
    // Nor when each host's plan is written at another time.
    edit(hosts + on("pve1", 101, "a") + on("pve2", 201, "c"));
    assert.is((await write("pve1")).code, 0);
    edit(hosts + on("pve1", 101, "a") + on("pve2", 102, "b") + on("pve2", 201, "c"));
    assert.equal([(await write("pve1")).code, (await write("pve2")).code], [1, 1]);
    assert.is((await phxc("forget", "--for", "pve1", "ct.102")).code, 0);
    assert.equal([(await write("pve1")).code, (await write("pve2")).code], [0, 0]);
    assert.not.match(read("plans/pve1/plan.sh"), /ct 102/);
    writeFileSync(join(folder, "second/plan.json"), read("plans/pve1/plan.json"));
    assert.match((await phxc("plan", "--for", "pve2")).err, /PHX6027/);
  }));

test("a damaged plan.json is a finding, whatever is wrong with it; nothing is written over it", () =>
  withCommitted(async ({ write, phxc, read, folder }) => {
    await write(HOST + ct(101, "a", "cores = 2"));
    const path = join(folder, "plans/pve1/plan.json");
    const whole = read("plans/pve1/plan.json");
    const data = JSON.parse(whole) as Record<string, unknown>;
    const damaged: readonly unknown[] = [
      ...["", "{", "null", "[]", "<<<<<<< HEAD\n", whole.slice(0, 500), `${whole}x`],
      ...Object.keys(data)
        .filter((key) => ["declared", "retired", "ancestry", "digest", "format", "formatVersion", "host"].includes(key))
        .flatMap((key) => [undefined, null, 7, "x", [], {}, [1], [{}]].map((bad) => ({ ...data, [key]: bad })))
        .filter(
          (bad) =>
            JSON.stringify(bad) !== JSON.stringify({ ...data, retired: [] }) &&
            JSON.stringify(bad) !== JSON.stringify({ ...data, ancestry: [] }),
        ),
    ];
    const [guest] = (data["declared"] as { readonly guests: readonly Record<string, unknown>[] }).guests;
    const spoilt = [
      { id: 0 },
      { name: "a b" },
      { name: "--force" },
      { options: { "a]b": "1" } },
      { options: { "x,y": "1" } },
      { snapshots: ["--force"] },
      { rawLines: { "lxc.x: y": [] } },
      { slots: { "disk d": "scsi1 --x" } },
    ].map((part) => ({ ...data, declared: { guests: [{ ...guest, ...part }], things: [] } }));
    for (const bad of [...damaged, ...spoilt]) {
      const text = typeof bad === "string" ? bad : JSON.stringify(bad);
      writeFileSync(path, text);
      const { code, err } = await phxc("plan", "--write");
      assert.is(code, 1, text.slice(0, 300));
      assert.match(err, /PHX602[678]/);
      assert.is(readFileSync(path, "utf8"), text);
    }
    writeFileSync(path, JSON.stringify({ ...data, formatVersion: 99 }));
    assert.match((await phxc("plan")).err, /PHX6028.*format 99/);
  }));

test("a plan.json that is gone from beside its plan.sh is no beginning", () =>
  withCommitted(async ({ write, phxc, folder }) => {
    await write(HOST + ct(101, "a", "cores = 2"));
    rmSync(join(folder, "plans/pve1/plan.json"));
    for (const words of [["plan"], ["plan", "--write"], ["plan", "--check"], ["forget"]]) {
      const { code, err } = await phxc(...words);
      assert.is(code, 1, words.join(" "));
      assert.match(err, /PHX6026.*no such file, but plan\.sh is there/);
    }
    rmSync(join(folder, "plans/pve1/plan.sh"));
    assert.is((await phxc("plan", "--write")).code, 0);
  }));

test("forget drops what is remembered, by its name in the list", () =>
  withCommitted(async ({ write, phxc, read }) => {
    const more = 'cores = 2\nmount "/srv/a" { at = "/a" }\nsnapshot one { }';
    await write(HOST + ct(101, "a", more) + ct(102, "b"));
    await write(HOST + ct(101, "a"));
    const { out } = await phxc("forget");
    assert.equal(out.split("\n"), ["ct.101.cores", "ct.101.mp:/a", "ct.101.snapshot:one", "ct.102", ""]);
    assert.match(
      (await phxc("forget", "ct.101.cors")).err,
      /the lock file remembers `ct\.101\.cors`; did you mean `ct\.101\.cores`/,
    );
    assert.is((await phxc("forget", "ct.101.cores", "b")).code, 0);
    assert.equal((await phxc("forget")).out.split("\n"), ["ct.101.mp:/a", "ct.101.snapshot:one", ""]);
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.not.match(read(SCRIPT), /'cores'|ct 102/);
    assert.match(read(SCRIPT), /retire 'mp \/a' '\/srv\/a,mp=\/a'/);
  }));

test.run();
