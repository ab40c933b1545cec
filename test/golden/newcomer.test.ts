import { suite } from "uvu";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { annotatedGolden, annotatedSource, annotatedSources } from "../support/annotate.js";

/**
 * First attempts of people who know Proxmox and other tools, with all that one run says about them: each mistake once, at
 * its place, with the way to mend it, and nothing that merely follows from another.
 */
const test = suite("newcomers' files");

for (const name of annotatedSources("newcomer")) {
  test(name, async () => {
    const files = memoryFiles({ "main.phx": annotatedSource("newcomer", name) });
    const { diagnostics } = await compile({ entry: "main.phx", files, upTo: "plans" });
    annotatedGolden("newcomer", name, () => diagnostics);
  });
}

test.run();
