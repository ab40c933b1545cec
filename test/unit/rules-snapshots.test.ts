import { suite } from "uvu";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: series of snapshots, and what can be snapshotted");

test("the numbered snapshots of a series have names of their own", async () => {
  const longest = "s".repeat(34);
  await expectFindings(`
ct 101 a { snapshot ${longest} { keep = 2 } }
ct 102 b { snapshot ${longest}s { keep = 2 } } # PHX4460
ct 103 c { snapshot ${longest}s {} }
ct 104 d {
  snapshot state { keep = 2 }
  snapshot state-1 {} # PHX4461
  snapshot state-x {}
  snapshot state-01 {}
  snapshot state-1-2 { keep = 2 }
}
`);
});

test("a clone is not made from a series", async () => {
  await expectFindings(`
ct 100 base {
  snapshot state { keep = 2 }
  snapshot ready {}
}
ct 101 a { clone = base, clone_snapshot = state } # PHX4462
ct 102 b { clone = base, clone_snapshot = ready }
`);
});

test("a snapshot needs disks of which one can be taken", async () => {
  const disk = (storage: string): string => `disk root { size = 4GiB, storage = ${storage} }`;
  await expectFindings(`
storage dir files { path = "/srv/a", content = [images] }
storage dir cows { path = "/srv/b", content = [images], format = qcow2 }
storage lvm plain { vgname = vg, content = [images, rootdir] }
storage lvm chains { vgname = vg2, content = [images], "snapshot-as-volume-chain" = true }
storage lvmthin thin { vgname = vg, thinpool = t, content = [images, rootdir] }
vm 101 a {
  ${disk("files")}
  snapshot s1 {} # PHX4463
}
vm 102 b {
  ${disk("cows")}
  snapshot s1 {}
}
vm 103 c {
  ${disk("plain")}
  snapshot s1 {} # PHX4464
}
vm 104 d {
  ${disk("chains")}
  snapshot s1 {}
}
vm 105 e {
  ${disk("thin")}
  snapshot s1 {}
}
vm 106 f { ${disk("files")} }
ct 107 g {
  ${disk("plain")}
  snapshot s1 {} # PHX4464
}
`);
});

test.run();
