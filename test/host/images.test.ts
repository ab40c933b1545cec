import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { scripted } from "../support/script-host.js";

/** What becomes of downloads on the host: compared, unpacked, put into place, and known again. */
const test = suite("images on the host");

const URL = "https://images.example/x.img";
const PLACE = "var/lib/vz/template/iso";
const A = "aa".repeat(32);
const B = "bb".repeat(32);
const image = (rest: string, url = URL): string => `image x { url = "${url}", ${rest} }\n`;

function lying(host: SimulatedHost): string[] {
  const folder = join(host.root, PLACE);
  return existsSync(folder) ? readdirSync(folder) : [];
}

test("a SHA-512 is compared as well", () =>
  scripted(image(`sha512 = "${"ab".repeat(64)}"`), async ({ host, apply, quiet }) => {
    host.state.downloads[URL] = { sha512: "cd".repeat(64) };
    assert.match((await apply(4)).stderr, /is (cd){64}, declared as (ab){64}; it was removed/);
    assert.equal(lying(host), []);
    host.state.downloads[URL] = { sha512: "ab".repeat(64) };
    await apply();
    await quiet();
  }));

for (const [ending, program] of [
  ["xz", "xz"],
  ["gz", "gzip"],
  ["zst", "zstd"],
  ["bz2", "bzip2"],
] as const) {
  test(`what comes as .${ending} is unpacked by ${program}`, () =>
    scripted(image(`sha256 = "${A}"`, `${URL}.${ending}`), async ({ host, apply, quiet }) => {
      host.state.downloads[`${URL}.${ending}`] = { sha256: A, packed: program };
      const run = await apply();
      assert.ok(mutating(run).every((command) => !command.includes(`x.img.${ending}.part`)));
      assert.equal(lying(host), ["x.img"]);
      assert.not.match(readFileSync(join(host.root, PLACE, "x.img"), "utf8"), /packed/);
      await quiet();
    }));
}

test("what cannot be unpacked is a failure that leaves nothing", () =>
  scripted(image(`sha256 = "${A}"`, `${URL}.xz`), async ({ host, apply }) => {
    host.state.downloads[`${URL}.xz`] = { sha256: A };
    assert.match((await apply(4)).stderr, /File format not recognized/);
    assert.equal(lying(host), []);
  }));

test("a file that somebody else put there is compared once: the declared one stays, another one is refused and stays", () =>
  scripted(image(`sha256 = "${A}"`), async ({ host, apply, quiet }) => {
    const path = join(host.root, PLACE, "x.img");
    mkdirSync(join(host.root, PLACE), { recursive: true });
    writeFileSync(path, "mine");
    assert.match((await apply(4)).stderr, /it was there before: move it away/);
    assert.is(readFileSync(path, "utf8"), "mine");
    writeFileSync(path, `simulated image ${JSON.stringify({ size: 1, sha256: A })}\n`);
    assert.equal(mutating(await apply()), []);
    await quiet();
    // Known by the note: nothing reads it again.
    assert.equal(
      (await apply()).commands.filter(({ argv }) => argv[0] === "sha256sum"),
      [],
    );
  }));

test("a file that was fetched is replaced when another checksum is declared", () =>
  scripted(image(`sha256 = "${A}"`), async ({ host, apply }) => {
    host.state.downloads[URL] = { sha256: A };
    await apply();
    const { script } = await compileSource(image(`sha256 = "${B}"`));
    host.state.downloads[URL] = { sha256: A };
    assert.is((await host.runScript(script)).code, 4);
    assert.match(readFileSync(join(host.root, PLACE, "x.img"), "utf8"), new RegExp(A), "the old one stays");
    host.state.downloads[URL] = { sha256: B };
    const run = await host.runScript(script);
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout, /^~ host: image \/var\/lib\/vz\/template\/iso\/x\.img$/m);
    assert.match(readFileSync(join(host.root, PLACE, "x.img"), "utf8"), new RegExp(B));
    assert.equal(mutating(await host.runScript(script)), []);
  }));

test("a file that is gone is fetched again, whatever the note says", () =>
  scripted(image(`sha256 = "${A}"`), async ({ host, apply }) => {
    host.state.downloads[URL] = { sha256: A };
    await apply();
    rmSync(join(host.root, PLACE, "x.img"));
    assert.is(mutating(await apply()).length, 1);
  }));

test("an unpacked file that nobody fetched cannot be compared, and is refused", () =>
  scripted(image(`sha256 = "${A}"`, `${URL}.xz`), async ({ host, apply }) => {
    mkdirSync(join(host.root, PLACE), { recursive: true });
    writeFileSync(join(host.root, PLACE, "x.img"), "mine");
    assert.match((await apply(4)).stderr, /nobody knows what it was unpacked from/);
  }));

test("killed before, during and after every command, the next run ends with the same file", async () => {
  const whole = await wholeRun(await compileSource(image(`sha256 = "${A}"`, `${URL}.xz`)));
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

provesMatrix(test, import.meta.url);

test.run();
