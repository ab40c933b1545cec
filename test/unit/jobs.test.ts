import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";

const test = suite("jobs");

const GUESTS = `host pve1 { node = pve1 }
storage dir vault { path = "/srv/vault", content = [backup] }
ct 101 web { image = "local:vztmpl/a.tar.zst", disk root { size = 1GiB, storage = local-lvm } }
ct 102 db { image = "local:vztmpl/a.tar.zst", disk root { size = 1GiB, storage = local-lvm } }
ct 103 base { template = true, image = "local:vztmpl/a.tar.zst", disk root { size = 1GiB, storage = local-lvm } }
`;

async function found(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": GUESTS + text }) });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

const job = (more: string): string => `backup nightly { schedule = "02:30", storage = vault, ${more} }`;

test("one note names the guests that no enabled job is for", async () => {
  const note = (list: string): string => `PHX4870 no enabled backup job is for ${list}`;
  assert.equal(await found(""), []);
  assert.equal(await found(job("guests = [web]")), [note("ct 102 db")]);
  assert.equal(await found(job("guests = all")), []);
  assert.equal(await found(job("guests = all, except = [db]")), []);
  assert.equal(await found(job("pool = prod")), []);
  assert.equal(await found(job("guests = [web], enabled = false")), []);
  assert.equal(await found(`${job("guests = [web]")}\n${job("guests = [db]").replace("nightly", "weekly")}`), []);
  assert.equal(
    await found(`${job("guests = [web], enabled = false")}\n${job("guests = [101]").replace("nightly", "weekly")}`),
    [note("ct 102 db")],
  );
});

const bad: readonly (readonly [string, RegExp])[] = [
  [job(""), /^PHX5620 .* does not say which guests/],
  [job("guests = []"), /^PHX5620 .* does not say which guests/],
  [job("guests = [web], pool = prod"), /^PHX5620 .* says both `guests` and `pool`/],
  [job("guests = [web], except = [db]"), /^PHX5620 .* says both `guests` and `except`/],
  [job("guests = all, keep { all = true, last = 3 }"), /^PHX5621 /],
  [job("guests = [nobody]"), /^PHX3090 /],
  [job("guests = all, mode = freeze"), /^PHX3042 /],
  [job("guests = all, options { ionice = 9 }"), /^PHX3041 /],
  [job("guests = all").replace("02:30", "at night"), /^PHX30/],
  [job("guests = all").replace("02:30", "mon-fri 02:30"), /^PHX30/],
  [job("guests = all").replace("vault", '"not a storage"'), /^PHX30/],
  ["backup nightly { guests = all, storage = vault }", /^PHX30.*schedule/],
  ["replication web { guest = web, target = pve1 }", /^PHX5622 /],
  ["replication web { target = pve2 }", /^PHX30.*guest/],
  ["replication web { guest = web, target = pve2, rate = 0 }", /^PHX3041 /],
];

for (const [text, code] of bad) {
  test(`a mistake: ${text}`, async () => {
    const all = await found(text);
    assert.ok(
      all.some((line) => code.test(line)),
      all.join("\n"),
    );
  });
}

const schedules = [
  "02:30",
  "*/15",
  "daily",
  "mon..fri 21:00",
  "sat,sun 3:00",
  "sun *-*-1..7 03:00",
  "*-1,15 02:00",
  "mon",
  "22:00/30",
  "8..17,22:0/15",
  "23:59:59",
];

for (const schedule of schedules) {
  test(`a calendar event: ${schedule}`, async () => {
    assert.equal(await found(job("guests = all").replace("02:30", schedule)), []);
  });
}

for (const schedule of ["25:00", "02:60", "mon 24:10", "02:30:60", "*/15:99", "60"]) {
  test(`no time of a day: ${schedule}`, async () => {
    assert.match((await found(job("guests = all").replace("02:30", schedule))).join(), /calendar event/);
  });
}

test.run();
