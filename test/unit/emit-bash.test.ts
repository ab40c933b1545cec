import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitBash } from "../../src/emitters/bash/index.js";
import { runtime, runtimeFor } from "../../src/emitters/bash/runtime.js";
import { isPlain } from "../../src/emitters/bash/shell-word.js";
import type { Plan } from "../../src/model/plan.js";
import { golden } from "../support/golden.js";
import { hasShared, shared } from "../support/paths.js";
import { clone, options, planOf, samplePlan, step } from "../support/sample-plan.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("the bash emitter");

const emit = (plan: Plan): string => emitBash(plan, { version: "0.0.0" });

/** The script without the runtime, whose functions are the same everywhere. */
function withoutRuntime(script: string): string {
  const carried = runtimeFor(script.slice(script.indexOf("# --- What this plan presupposes")));
  assert.ok(script.includes(carried.trimEnd()));
  return script.replace(carried.trimEnd(), "# (the runtime)").replace(/[0-9a-f]{64}/g, "(digest)");
}

test("a plan with every probe", () => {
  golden("bash/sample.sh", withoutRuntime(emit(samplePlan)));
});

test("the header of a plan that asks for health says with which code a check that does not pass ends it", () => {
  assert.match(
    emit({ ...samplePlan, action: "health" }),
    /^# Exit codes: 0 all checks passed, 7 one did not, 3 refused/m,
  );
});

test("it is clean for bash, shellcheck with all optional checks, and shfmt", () => {
  if (!hasLinters()) return console.log("skipped: shellcheck or shfmt is not installed");
  assert.equal(lintScript(emit(samplePlan)), []);
  const empty = emit(planOf([]));
  assert.equal(lintScript(empty), []);
  // In the whole of the runtime every variable has its reader, too.
  const carried = runtimeFor(empty.slice(empty.indexOf("# --- What this plan presupposes")));
  assert.equal(
    lintScript(
      empty.replace(carried, () => runtime()),
      ["SC2034"],
    ),
    [],
  );
});

test("the same plan gives the same bytes, and the digest covers all other bytes", () => {
  const script = emit(samplePlan);
  assert.is(emit(samplePlan), script);
  const digest = /^# Digest: ([0-9a-f]{64})$/m.exec(script)?.[1] ?? "";
  const blank = script.replaceAll(digest, "0".repeat(64));
  assert.is(createHash("sha256").update(blank).digest("hex"), digest);
});

test("text of the sources that looks like the digest's place, or the ancestry's, stays as it is", () => {
  const zeros = "0".repeat(64);
  const lines = ["a", `# Digest: ${zeros}`, "readonly PLAN_MEMORY='none' PLAN_ANCESTRY=''", ""].join("\n");
  const file = step("files", "host", "host", "files", { kind: "file", path: "/x", content: lines, adopt: false }, []);
  const sum = step("sum", "host", "image.y", "sum", { kind: "image-absent", path: "/y", sha256: zeros }, [
    ["wget", "-O", "/y.part", "https://x"],
  ]);
  const plan = planOf([file, sum]);
  const memory = { declared: { guests: [], things: [] }, retired: [], retiredThings: [], ancestry: ["f".repeat(64)] };
  const script = emit({ ...plan, memory });
  assert.ok(script.includes(lines));
  assert.ok(script.includes(`'${zeros}'`));
  assert.match(script, /^readonly PLAN_MEMORY='whole' PLAN_ANCESTRY='\nf{64}'$/m);
  const [digest = ""] = /(?<=^# Digest: )[0-9a-f]{64}$/m.exec(script) ?? [];
  const blank = script.replaceAll(digest, zeros);
  assert.is(createHash("sha256").update(blank).digest("hex"), digest);
});

test("one changed option changes one line of its step, and the digest", () => {
  const before = emit(planOf([options(clone, ["qm", "set", "8001", "--cores", "4", "--memory", "4096"])])).split("\n");
  const after = emit(planOf([options(clone, ["qm", "set", "8001", "--cores", "4", "--memory", "8192"])])).split("\n");
  assert.is(before.length, after.length);
  const changed = after.filter((line, i) => line !== before[i]);
  assert.is(changed.length, 3);
  assert.match(changed[0] ?? "", /^# Digest: /);
  assert.match(changed[1] ?? "", /^readonly PLAN_DIGEST=/);
  assert.is(changed[2], "\t\t--memory '8192'");
});

test("a script that was cut off anywhere runs nothing, not even with other arguments", () => {
  const folder = mkdtempSync(join(tmpdir(), "phxc-cut-"));
  const script = emit(samplePlan);
  const tail = Array.from({ length: 60 }, (_, i) => script.length - 1 - i);
  const spread = Array.from({ length: 60 }, (_, i) => Math.floor((script.length * i) / 60));
  for (const end of [...tail.filter((at) => script.slice(at).trim() !== ""), ...spread]) {
    writeFileSync(join(folder, "cut.sh"), script.slice(0, end));
    const result = spawnSync("/bin/bash", [join(folder, "cut.sh"), "--check"], {
      env: { PATH: folder, PHXC_ROOT: folder },
      encoding: "utf8",
    });
    // A declaration without its names lists bash's variables, which changes nothing.
    const lists = /^(declare|readonly|export)( -[A-Za-z]*)? *$/m.test(
      script.slice(script.lastIndexOf("\n", end - 1) + 1, end),
    );
    if (!lists) assert.is(result.stdout, "", `cut at ${end} of ${script.length}`);
    assert.not.match(result.stderr, /Refused/, `cut at ${end} of ${script.length}`);
    assert.equal(readdirSync(folder), ["cut.sh"]);
  }
  rmSync(folder, { recursive: true });
});

test("text that would deceive a reader is spelled out, in values, comments, paths and files", () => {
  const evil = "a\u202eb\u0007\u001b[2J\u2028c";
  const guest = { kind: "ct" as const, id: 200, name: "x" };
  const file = step(
    `ct.200.${evil}`,
    "configure",
    "ct.200",
    evil,
    { kind: "file", path: `/x/${evil}`, content: `${evil}\n`, guest, adopt: true },
    [],
  );
  const script = emit(planOf([options(guest, ["pct", "set", "200", "--hostname", evil]), file]));
  assert.ok(isPlain(script));
});

test("a here-document's delimiter is never a line of the file", () => {
  const guest = { kind: "ct" as const, id: 200, name: "x" };
  const content = "END\nEND_\n$(touch /x)\n";
  const script = emit(
    planOf([
      step("ct.200.f", "configure", "ct.200", "f", { kind: "file", path: "/f", content, guest, adopt: false }, []),
    ]),
  );
  assert.match(script, /<<'END__'\nEND\nEND_\n\$\(touch \/x\)\nEND__\n/);
});

/** The entries of one of the runtime's tables: `["vm.agent"]='enabled ...'`. */
function table(name: string): Map<string, string> {
  const body = new RegExp(`^declare -rA ${name}=\\(\\n([^)]*)\\)$`, "m").exec(runtime())?.[1] ?? "";
  return new Map(
    [...body.matchAll(/\["([^"]+)"\]='?([^'\s]+(?: [^'\s]+)*)'?/g)].map(([, key = "", value = ""]) => [key, value]),
  );
}

interface Key {
  readonly type?: string;
  readonly default_key?: number;
  readonly alias?: string;
}

/** The options of a guest's configuration that hold pairs, by family, with the keys that Proxmox's own table gives them. */
function propertyStrings(file: string): [string, Readonly<Record<string, Key>>][] {
  const { options } = JSON.parse(readFileSync(join(shared, "pve/options", file), "utf8")) as {
    options: Record<string, { format?: { kind?: string; properties?: Record<string, Key> } }>;
  };
  return Object.entries(options).flatMap(([name, { format }]) =>
    format?.properties === undefined ? [] : [[name.replace(/\[n\]$|\d+$/, ""), format.properties]],
  );
}

/** Not set by plans: the old form of the boot order, another name of \`ide2\`, and what Proxmox itself writes. */
const NOT_COMPARED = ["vm.boot", "vm.cdrom", "vm.unused", "ct.unused"];

test("the runtime knows the bare key and the booleans of every property string", () => {
  if (!hasShared) return console.log("skipped: Proxmox's option tables are not here");
  const formats = table("FORMAT");
  for (const [kind, file] of [
    ["vm", "qemu.conf.json"],
    ["ct", "lxc.conf.json"],
  ] as const)
    for (const [family, keys] of propertyStrings(file)) {
      if (NOT_COMPARED.includes(`${kind}.${family}`)) continue;
      const bare = Object.keys(keys).find((key) => keys[key]?.default_key === 1) ?? "-";
      const booleans = Object.keys(keys).filter((key) => keys[key]?.type === "boolean" && key !== bare);
      const [first, ...rest] = (formats.get(`${kind}.${family}`) ?? "(none)").split(" ");
      assert.equal(
        [first, ...rest.filter((key) => key !== bare).toSorted()],
        [bare, ...booleans.toSorted()],
        `${kind}.${family}`,
      );
    }
});

test.run();
