import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pctConfig, qmConfig, storageAdd } from "../../src/plugin-api/index.js";
import { attributeDifferences, attributesOf } from "../support/attributes.js";
import { isStale } from "../support/conformance/page.js";
import { kinds } from "../support/model.js";
import { optionDifferences } from "../support/option-differences.js";
import { hasShared } from "../support/paths.js";

/** The compiler's own declarations against Proxmox's options: names, types, ranges, words, patterns, lengths, effects. */
const test = suite("attributes");

const commands = {
  vm: { create: "qm create", set: "qm set", table: qmConfig },
  ct: { create: "pct create", set: "pct set", table: pctConfig },
  network: { create: "qm create", set: "qm set", table: qmConfig },
  storage: { create: "pvesm add", set: "pvesm set", table: storageAdd },
};

function differences(): readonly string[] {
  return Object.entries(commands).flatMap(([keyword, names]) => {
    const kind = kinds.get(keyword);
    assert.ok(kind);
    return attributesOf(keyword, kind).flatMap((attribute) => attributeDifferences(attribute, names, names.table));
  });
}

test("every difference from Proxmox's options has a reason", () => {
  if (!hasShared) return console.log("skipped: the reference material is not beside the project");
  const found = differences();
  assert.equal(
    found.filter((difference) => optionDifferences[difference] === undefined),
    [],
  );
  assert.equal(
    Object.keys(optionDifferences).filter((difference) => !found.includes(difference)),
    [],
    "a reason without a difference",
  );
});

test("the page lists the differences", () => {
  const rows = Object.entries(optionDifferences).map(([difference, reason]) => {
    const [attribute = "", aspect = ""] = difference.split(": ");
    return [`\`${attribute}\``, aspect, reason];
  });
  assert.not(
    isStale("options", [["attribute", "what differs", "why"], ...rows]),
    "docs/conformance.md is stale; UPDATE_GOLDENS=1 npm test writes it",
  );
});

test.run();
