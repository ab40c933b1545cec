import { suite } from "uvu";
import { annotatedGolden, annotatedSource, annotatedSources } from "../support/annotate.js";
import { checkText } from "../support/compile.js";

/**
 * First attempts of people who know Proxmox and other tools, with all that one run says about them: each mistake once, at
 * its place, with the way to mend it, and nothing that merely follows from another.
 */
const test = suite("newcomers' files");

for (const name of annotatedSources("newcomer")) {
  test(name, async () => {
    const { diagnostics } = await checkText(annotatedSource("newcomer", name));
    annotatedGolden("newcomer", name, () => diagnostics);
  });
}

test.run();
