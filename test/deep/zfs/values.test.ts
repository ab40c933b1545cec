import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runtime } from "../../../src/emitters/bash/runtime.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { FILE_SYSTEM_VALUES, VOLUME_VALUES, WITHOUT_VALUES } from "../../support/zfs/values.js";

const test = suite("values of properties, on real ZFS");

/** Sets each line's value and asks the runtime whether what ZFS then says is the same; prints those where it is not. */
const COMPARE = `PLAN_DIGEST= PLAN_MEMORY=none PLAN_ANCESTRY=
source /payload/runtime.bash
set +e
while IFS=$'\\t' read -r name property value; do
	zfs set "$property=$value" "$name" || printf '%s=%s was refused\\n' "$property" "$value"
	live=$(zfs get -Hp -o value "$property" "$name")
	same_property "$value" "$live" "$property" || printf '%s=%s reads %s\\n' "$property" "$value" "$live"
done </payload/values
`;

zfsTests(test)("every value of every property counts as what ZFS says after it was set", async () => {
  const lines = Object.entries({ "tank/files": FILE_SYSTEM_VALUES, "tank/volume": VOLUME_VALUES }).flatMap(
    ([name, properties]) =>
      Object.entries(properties).flatMap(([property, values]) =>
        values.map((value) => `${name}\t${property}\t${value}\n`),
      ),
  );
  const ran = await inZfsGuest({
    disks: ["ata-one"],
    files: { "runtime.bash": runtime(), values: lines.join("") },
    steps: {
      make: "zpool create tank /dev/disk/by-id/ata-one && zfs create tank/files && zfs create -s -V 1G tank/volume",
      compare: COMPARE,
      usage: "zfs get 2>&1",
    },
  });
  assert.is(ran.make.code, 0, ran.make.stderr);
  assert.is(ran.compare.stdout, "", ran.compare.stderr);
  const settable = [...ran.usage.stdout.matchAll(/^\t(\w+) +YES +(?:YES|NO) /gm)].map(([, name = ""]) => name);
  assert.ok(settable.length > 40);
  assert.equal(
    settable.filter((name) => ![FILE_SYSTEM_VALUES, VOLUME_VALUES, WITHOUT_VALUES].some((names) => name in names)),
    [],
  );
  console.log(`  ${lines.length} cases`);
});

test.run();
