import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OptionType } from "../../src/plugin-api/index.js";
import { nativeProperties } from "../../src/plugins/zfs/native.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostOptions, HostState } from "../../src/rehearsal/index.js";
import { mutating } from "../support/rehearsal.js";
import { another, applied, scripted, told } from "../support/script-host.js";

const test = suite("ZFS: datasets and volumes");

const pool = 'pool tank { raid = single, disks = ["/dev/disk/by-id/a"] }\n';
const host = (more: HostOptions = {}): HostState => emptyHost({ disks: [{ path: "/dev/disk/by-id/a" }], ...more });

/** Two values of a type, as the language writes them. */
function samples(type: OptionType): readonly [string, string] {
  switch (type.type) {
    case "enum":
      return [type.values[0] ?? "", type.values.at(-1) ?? ""];
    case "union":
      return type.of.every((each) => each.type === "enum" || each.type === "bool")
        ? ["on", "off"]
        : [samples(type.of.at(-1) ?? type)[0], samples(type.of[0] ?? type)[0]];
    case "int":
      return [String(type.min ?? 1), String((type.min ?? 1) + 1)];
    case "size":
      return ["1M", "16K"];
    case "path":
      return ['"/srv/one"', '"/srv/two"'];
    case "string":
      return type.pattern === undefined
        ? ['"one"', '"two"']
        : type.pattern.includes("verify")
          ? ["verify", '"sha256,verify"']
          : type.pattern.includes("lz4")
            ? ["lz4", "zstd-7"]
            : ['"one"', '"two"'];
    default:
      throw new Error(`no samples of ${type.type}`);
  }
}

test("every property is set, changed and taken back on a dataset or a volume, and quiet each time", async () => {
  const names = Object.keys(nativeProperties).filter((name) => nativeProperties[name]?.absent !== "decided");
  const text = (index: 0 | 1 | undefined): string => {
    const line = (name: string): string =>
      `  ${name} = ${index === undefined ? "absent" : samples(nativeProperties[name]?.type ?? { type: "bool" })[index]}\n`;
    const of = (kind: string): string =>
      names
        .filter((name) => nativeProperties[name]?.of === kind)
        .map(line)
        .join("");
    return `${pool}dataset tank/d {\n${of("filesystem")}${of("both")}}\nzvol tank/v {\n  size = 1GiB\n${of("volume")}}\n`;
  };
  await applied(
    text(0),
    async ({ host: machine, quiet }) => {
      await quiet();
      for (const index of [1, undefined] as const) {
        const next = await another(machine, text(index));
        const run = await next.apply();
        assert.ok(mutating(run).length > 0);
        await next.quiet();
      }
      const own = machine.state.datasets["tank/d"]?.properties ?? {};
      assert.equal(
        Object.entries(own).filter(([name, value]) => value !== "none" && name !== "canmount"),
        [],
      );
    },
    host(),
  );
});

test("what was decided when a dataset was made is told where it differs, and never set", () =>
  applied(
    `${pool}dataset tank/d { casesensitivity = mixed, utf8only = on }\nzvol tank/v { size = 1GiB, volblocksize = 16K }\n`,
    async ({ host: machine }) => {
      const { apply } = await another(
        machine,
        `${pool}dataset tank/d { casesensitivity = sensitive }\nzvol tank/v { size = 1GiB, volblocksize = 64K }\n`,
      );
      const run = await apply();
      assert.equal(mutating(run), []);
      assert.match(
        run.stdout,
        "dataset tank/d: casesensitivity is mixed, declared as sensitive; it was decided when it was made",
      );
      assert.match(
        run.stdout,
        "dataset tank/v: volblocksize is 16384, declared as 64K; it was decided when it was made",
      );
    },
    host(),
  ));

test("a volume grows and is never shrunk; one where a dataset is declared is refused", () =>
  applied(
    `${pool}zvol tank/v { size = 2GiB, sparse = true }\n`,
    async ({ host: machine }) => {
      const larger = await another(machine, `${pool}zvol tank/v { size = 3GiB }\n`);
      assert.equal(mutating(await larger.apply()), ["zfs set volsize=3G tank/v"]);
      await larger.quiet();
      const smaller = await another(machine, `${pool}zvol tank/v { size = 1GiB }\n`);
      const run = await smaller.apply();
      assert.equal(mutating(run), []);
      assert.match(run.stdout, "volume tank/v has 3G, more than the declared 1G; it is never shrunk");
      const other = await another(machine, `${pool}dataset tank/v { atime = off }\n`);
      assert.match((await other.apply(4)).stderr, "tank/v is a volume and declared as a filesystem");
    },
    host(),
  ));

test("a volume has whole blocks: a size between two is rounded up, when it is made and when it grows, and quiet", () =>
  applied(
    `${pool}zvol tank/v { size = 1000KiB }\nzvol tank/w { size = 1000KiB, volblocksize = 64K }\nzvol tank/x {\n  size = 1000KiB\n  properties { volblocksize = 128K }\n}\n`,
    async ({ host: machine, quiet }) => {
      const size = (name: string): number => (machine.state.datasets[name]?.volsize ?? 0) / 1024;
      assert.equal(["tank/v", "tank/w", "tank/x"].map(size), [1008, 1024, 1024]);
      await quiet();
      const larger = await another(machine, `${pool}zvol tank/w { size = 1100KiB, volblocksize = 64K }\n`);
      assert.ok(mutating(await larger.apply()).includes("zfs set volsize=1152K tank/w"));
    },
    host(),
  ));

test("what is kept free for a volume by itself is no number: one that somebody set is taken back", () =>
  applied(
    `${pool}zvol tank/v { size = 1GiB, refreservation = auto }\n`,
    async ({ host: machine, apply, quiet, byHand }) => {
      const kept = (): string => machine.state.datasets["tank/v"]?.properties["refreservation"] ?? "";
      // What OpenZFS 2.3.2 makes of it.
      assert.is(kept(), "1092616192");
      await quiet();
      await byHand("zfs set refreservation=100M tank/v");
      assert.equal(mutating(await apply()), ["zfs set refreservation=auto tank/v"]);
      await quiet();
      await byHand("zfs set refreservation=none tank/v");
      assert.equal(mutating(await apply()), ["zfs set refreservation=auto tank/v"]);
      assert.is(kept(), "1092616192");
      const larger = await another(machine, `${pool}zvol tank/v { size = 2GiB, refreservation = auto }\n`);
      assert.equal(mutating(await larger.apply()), ["zfs set volsize=2G tank/v"]);
      await larger.quiet();
    },
    host(),
  ));

test("properties of one's own, and quotas of users, are set and compared", () =>
  applied(
    `${pool}dataset tank/d {\n  properties {\n    "org.example:owner" = "ops team"\n    "userquota@www-data" = 10G\n  }\n}\n`,
    async ({ host: machine, quiet }) => {
      assert.equal(machine.state.datasets["tank/d"]?.properties, {
        "org.example:owner": "ops team",
        "userquota@www-data": `${10 * 1024 ** 3}`,
      });
      await quiet();
    },
    host(),
  ));

const refusal = (stderr: string): readonly string[] => stderr.split("\n").filter((line) => line.startsWith("  - "));
const hidden = (path: string, name: string, dataset: string): string =>
  `  - ${path} is not empty (${name}); the dataset ${dataset} would be mounted over it and hide what is there: move it away first`;

test("no dataset is mounted over what is there, wherever its place comes from", async () => {
  for (const [text, path, name, dataset] of [
    ["dataset tank/d { }", "/tank/d", "data", "tank/d"],
    ["dataset tank/d { }", "/tank/d", ".data", "tank/d"],
    ['dataset tank/d { mountpoint = "/var/lib/vz" }', "/var/lib/vz", "dump", "tank/d"],
    ['dataset tank/d { mountpoint = "/srv/d" }\ndataset tank/d/e { }', "/srv/d/e", "x", "tank/d/e"],
  ] as const)
    await scripted(
      `${pool}${text}\n`,
      async ({ apply }) => {
        const run = await apply(3);
        assert.ok(refusal(run.stderr).includes(hidden(path, name, dataset)), run.stderr);
        assert.equal(mutating(run), [], text);
      },
      host({ files: { [`${path}/${name}`]: "precious\n" } }),
    );
});

test("a dataset that is there keeps its place with all that is in it, and is moved only to an empty one", () =>
  applied(
    `${pool}dataset tank/d { mountpoint = "/srv/d" }\ndataset tank/e { }\n`,
    async ({ host: machine, quiet }) => {
      for (const path of ["srv/d/x", "tank/e/x", "srv/full/x"]) {
        mkdirSync(join(machine.root, dirname(path)), { recursive: true });
        writeFileSync(join(machine.root, path), "precious\n");
      }
      await quiet();
      const moved = await another(machine, `${pool}dataset tank/d { mountpoint = "/srv/full" }\ndataset tank/e { }\n`);
      const run = await moved.apply(3);
      assert.equal(refusal(run.stderr), [hidden("/srv/full", "x", "tank/d")]);
      assert.equal(mutating(run), []);
      const empty = await another(machine, `${pool}dataset tank/d { mountpoint = "/srv/new" }\ndataset tank/e { }\n`);
      assert.equal(mutating(await empty.apply()), ["zfs set mountpoint=/srv/new tank/d"]);
      await empty.quiet();
    },
    host(),
  ));

test("what is not mounted by itself hides nothing", () =>
  applied(
    `${pool}dataset tank/d { canmount = noauto }\ndataset tank/e { mountpoint = none }\ndataset tank/e/f { }\nzvol tank/v { size = 1GiB }\n`,
    ({ quiet }) => quiet(),
    host({ files: { "/tank/d/x": "", "/tank/e/f/x": "", "/tank/v/x": "" } }),
  ));

const SECRET = `${pool}dataset tank/s {
  encryption = aes-256-gcm
  key { from = secret("file:/root/s.key") }
}
dataset tank/s/below { atime = off }
`;

test("an encrypted dataset gets its key by standard input, and again when it is locked; a unit loads it at the start", () =>
  applied(
    SECRET,
    async ({ host: machine, quiet, apply, check }) => {
      const dataset = machine.state.datasets["tank/s"];
      assert.is(dataset?.key, "correct horse");
      await quiet();
      const unit = readFileSync(join(machine.root, "etc/systemd/system/phxc-zfs-key-tank_2f_s.service"), "utf8");
      assert.match(unit, "zfs load-key -L file:///root/s.key tank/s");
      assert.ok(machine.state.units["phxc-zfs-key-tank_2f_s.service"]?.enabled);
      if (dataset !== undefined) Object.assign(dataset, { locked: true, unmounted: true });
      assert.equal(await check(), ["~ host: dataset tank/s: key loaded", "~ host: dataset tank/s: mounted"]);
      const run = await apply();
      assert.equal(mutating(run), ["zfs load-key tank/s", "zfs mount tank/s"]);
      await quiet();
      // As a run leaves it that is cut off between the two.
      if (dataset !== undefined) dataset.unmounted = true;
      assert.equal(mutating(await apply()), ["zfs mount tank/s"]);
      await quiet();
      const scripts = `${run.stdout}${run.stderr}${JSON.stringify(run.commands)}`;
      assert.not.match(scripts, "correct horse");
    },
    host({ files: { "/root/s.key": "correct horse\n" } }),
  ));

test("with a key those are mounted that the plan names and those they lie in, and nobody else's", () =>
  applied(
    SECRET,
    async ({ host: machine, byHand }) => {
      await byHand("zfs create tank/s/mid", "zfs create tank/s/other", "zfs create tank/s/theirs", "zfs create tank/t");
      const { apply, check, quiet } = await another(
        machine,
        `${SECRET}dataset tank/s/mid/leaf { }\ndataset tank/s/other/far { mountpoint = "/srv/far" }\n`,
      );
      await apply();
      await quiet();
      const datasets = Object.entries(machine.state.datasets).filter(([name]) => name !== "tank");
      for (const [, dataset] of datasets) Object.assign(dataset, { unmounted: true });
      Object.assign(machine.state.datasets["tank/s"] ?? {}, { locked: true });
      // What is mounted in a dataset is in it, and gone with it.
      rmSync(join(machine.root, "tank/s/mid"), { recursive: true });
      const changes = await check();
      const run = await apply();
      const mounted = ["tank/s", "tank/s/below", "tank/s/mid", "tank/s/mid/leaf", "tank/s/other/far"];
      assert.equal(mutating(run), ["zfs load-key tank/s", ...mounted.map((name) => `zfs mount ${name}`)]);
      assert.equal(told(run), changes);
      assert.equal(
        datasets.flatMap(([name, { unmounted }]) => (unmounted === true ? [name] : [])),
        ["tank/s/other", "tank/s/theirs", "tank/t"],
      );
      await quiet();
    },
    host({ files: { "/root/s.key": "correct horse\n" } }),
  ));

test("what is declared as mounted and is not, is mounted again: after a cut-off creation, and after an unmounting by hand", () =>
  applied(
    `${pool}dataset tank/d { }\ndataset tank/d/e { }\ndataset tank/m { mountpoint = none }\ndataset tank/n { canmount = noauto }\nzvol tank/v { size = 1GiB }\n`,
    async ({ host: machine, quiet, apply, check, byHand }) => {
      const wanted = ["~ host: dataset tank/d/e: mounted", "~ host: dataset tank/d: mounted"];
      await quiet();
      await byHand("zfs unmount tank/d");
      assert.equal(await check(), wanted);
      const run = await apply();
      assert.equal(told(run), wanted);
      assert.equal(mutating(run), ["zfs mount tank/d", "zfs mount tank/d/e"]);
      await quiet();
      // As `zfs create` leaves it that is killed before it mounts.
      Object.assign(machine.state.datasets["tank/d/e"] ?? {}, { unmounted: true });
      assert.equal(mutating(await apply()), ["zfs mount tank/d/e"]);
      await quiet();
      const now = await another(machine, `${pool}dataset tank/n { canmount = on }\n`);
      assert.equal(mutating(await now.apply()), ["zfs set canmount=on tank/n", "zfs mount tank/n"]);
      await now.quiet();
    },
    host(),
  ));

test("what is not mounted is not mounted over what lies at its place by now", () =>
  applied(
    `${pool}dataset tank/d { }\n`,
    async ({ host: machine, apply, byHand, quiet }) => {
      writeFileSync(join(machine.root, "tank/d/x"), "precious\n");
      await quiet();
      await byHand("zfs unmount tank/d");
      const run = await apply(3);
      assert.equal(refusal(run.stderr), [hidden("/tank/d", "x", "tank/d")]);
      assert.equal(mutating(run), []);
    },
    host(),
  ));

test("a key that is wrong or too short fails its step, and nothing of it is told", () =>
  scripted(
    SECRET,
    async ({ apply }) => {
      const run = await apply(4);
      assert.match(run.stderr, "Passphrase too short");
      assert.not.match(run.stdout + run.stderr, "hunter2");
    },
    host({ files: { "/root/s.key": "hunter2\n" } }),
  ));

test("snapshots with retention are a file of cron, which goes with the declaration", () =>
  applied(
    `${pool}dataset tank/d {\n  snapshots hourly { keep = 24 }\n  snapshots daily { keep = 7, recursive = true }\n}\n`,
    async ({ host: machine, quiet }) => {
      const text = readFileSync(join(machine.root, "etc/cron.d/phxc-zfs-tank_2f_d"), "utf8");
      assert.equal(text.split("\n"), [
        "# Managed by phxc: snapshots of tank/d. Changes are overwritten.",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        `0 * * * * root zfs snapshot "tank/d@phxc-hourly-$(date -u +\\%Y\\%m\\%d-\\%H\\%M)" && zfs list -H -d 1 -t snapshot -o name -S creation tank/d | grep -E '@phxc-hourly-[0-9]{8}-[0-9]{4}$' | tail -n +25 | xargs -r -n 1 zfs destroy`,
        `0 0 * * * root zfs snapshot -r "tank/d@phxc-daily-$(date -u +\\%Y\\%m\\%d-\\%H\\%M)" && zfs list -H -d 1 -t snapshot -o name -S creation tank/d | grep -E '@phxc-daily-[0-9]{8}-[0-9]{4}$' | tail -n +8 | xargs -r -n 1 zfs destroy -r`,
        "",
      ]);
      await quiet();
    },
    host(),
  ));

test.run();
