import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OptionType } from "../../src/plugin-api/index.js";
import { nativeProperties } from "../../src/plugins/zfs/native.js";
import { emptyHost } from "../../src/rehearsal/index.js";
import type { HostOptions, HostState } from "../../src/rehearsal/index.js";
import { mutating } from "../support/rehearsal.js";
import { another, applied, scripted, told } from "../support/script-host.js";

const test = suite("ZFS: datasets, volumes and the cache");

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

const CACHE = "host pve {\n  zfs { arc_max = 8GiB, arc_min = 1GiB }\n}\n";
const FOREIGN = "options zfs zfs_txg_timeout=10\n";
const parameter = (name: string): string => `/sys/module/zfs/parameters/${name}`;

test("the limits of the cache hold now and after a restart; what others wrote in the file stays", () =>
  scripted(
    CACHE,
    async ({ host: machine, apply, quiet, check }) => {
      const read = (path: string): string => readFileSync(join(machine.root, path), "utf8");
      const run = await apply();
      assert.ok(mutating(run).includes("update-initramfs -u -k all"));
      assert.ok(told(run).includes("~ host: zfs_arc_max: 0 -> 8589934592"));
      const block =
        "# phxc begin zfs\noptions zfs zfs_arc_max=8589934592\noptions zfs zfs_arc_min=1073741824\n# phxc end zfs\n";
      assert.is(read("etc/modprobe.d/zfs.conf"), FOREIGN + block);
      assert.is(read("boot/initrd.img"), FOREIGN + block);
      assert.is(read(parameter("zfs_arc_min")), "1073741824\n");
      await quiet();
      writeFileSync(join(machine.root, parameter("zfs_arc_max")), "5\n");
      assert.equal(await check(), ["~ host: zfs_arc_max: 5 -> 8589934592"]);
    },
    emptyHost({
      files: {
        "/etc/modprobe.d/zfs.conf": FOREIGN,
        [parameter("zfs_arc_max")]: "0\n",
        [parameter("zfs_arc_min")]: "0\n",
      },
    }),
  ));

test.run();
