import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("where datasets are mounted, and what lies on them");

const POOL = (name: string, more = ""): string => `pool ${name} { disks = ["/dev/disk/by-id/${name}"]${more} }\n`;

/** The path of each storage of the plan. */
async function paths(text: string): Promise<Readonly<Record<string, string>>> {
  const { plan } = await compileSource(text);
  const found = plan.steps.flatMap(({ probe }) => {
    if (probe.kind !== "storage") return [];
    return [[probe.storage, probe.fixed.find(([option]) => option === "path")?.[1] ?? ""] as const];
  });
  return Object.fromEntries(found);
}

test("a storage lies where its dataset is mounted: a mount point is inherited from above, and may stand among the properties", async () => {
  const storage = (id: string): string => `storage dir { id = ${id}, content = [iso] }`;
  assert.equal(
    await paths(
      `${POOL("tank")}dataset tank/plain { ${storage("plain")} }
dataset tank/a { mountpoint = "/srv/a" }
dataset tank/a/b/c { ${storage("below")} }
dataset tank/a/b { }
dataset tank/p {
  properties { mountpoint = "/srv/p" }
  ${storage("property")}
}
${POOL("zank", ', properties { mountpoint = "/mnt/zank" }')}dataset zank/d { ${storage("root")} }
`,
    ),
    {
      plain: "/tank/plain",
      below: "/srv/a/b/c",
      property: "/srv/p",
      root: "/mnt/zank/d",
    },
  );
});

test("where a dataset above is not mounted, one below is not, and a storage of files on it has no place", async () => {
  const text = `${POOL("tank", ", properties { mountpoint = none }")}dataset tank/d { storage dir { id = files, content = [iso] } }\n`;
  const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
  assert.equal(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    ["PHX5301 the storage files of type dir needs `path`"],
  );
});

test("recursive snapshots reach the disks of guests on datasets below", async () => {
  const found = async (snapshots: string, storage: string): Promise<readonly string[]> => {
    const text = `${POOL("tank")}dataset tank/a { ${snapshots} }\ndataset tank/a/vms { }\ndataset tank/ab { }\n${storage}\n`;
    const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
    return diagnostics.map(({ code }) => code);
  };
  const recursive = "snapshots daily { keep = 2, recursive = true }";
  assert.equal(await found(recursive, "storage zfspool vms { pool = tank/a/vms }"), ["PHX5413"]);
  assert.equal(await found(recursive, "storage zfspool vms { pool = tank/ab }"), []);
  assert.equal(await found("snapshots daily { keep = 2 }", "storage zfspool vms { pool = tank/a/vms }"), []);
});

test.run();
