import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, vm, withCommitted } from "../support/committed.js";

const test = suite("a configuration through its edits");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }\n";
const FIREWALL = "firewall { policy_in = DROP, in accept tcp 22 }\n";
const MOUNT = 'mount "/srv/web" { at = "/web", readonly = true }\n';
const disk = (size: string): string => `disk data { size = ${size}, storage = local-lvm }\n`;
const web = (more = ""): string => ct(101, "web", `net lan { ip = 10.0.0.11, firewall = true }\n${more}`);
const db = (more: string): string => vm(201, "db", `net lan { ip = dhcp }\n${more}`);

/** What is edited, the sources after it, and all that the script then announces. */
const EDITS: readonly (readonly [edit: string, text: string, said: readonly string[]])[] = [
  ["a container", web(), ["+ ct 101 web: create (pct create)", "+ ct 101 web: configure: net0"]],
  [
    "a machine comes",
    web() + db("cores = 2"),
    ["+ vm 201 db: create (qm create)", "+ vm 201 db: configure: cores net0 ipconfig0 scsi0"],
  ],
  [
    "options come and change",
    web("swap = 1GiB\ncores = 2\ntags = [b, a]") + db("cores = 4\noptions { balloon = 0 }"),
    [
      "~ ct 101 web: cores (unset) -> 2",
      "~ ct 101 web: tags (unset) -> a;b",
      "~ ct 101 web: swap 512 -> 1024",
      "~ vm 201 db: cores 2 -> 4",
      "~ vm 201 db: balloon (unset) -> 0",
    ],
  ],
  [
    "a disk comes, options go",
    web("cores = 2") + db(`cores = 4\n${disk("1GiB")}`),
    [
      "~ ct 101 web: swap 1024 -> (removed)",
      "~ ct 101 web: tags a;b -> (removed)",
      "~ vm 201 db: scsi1 (unset) -> local-lvm:1",
      "~ vm 201 db: balloon 0 -> (removed)",
    ],
  ],
  [
    "a disk grows",
    web() + db(`cores = 4\n${disk("2GiB")}`),
    ["~ ct 101 web: cores 2 -> (removed)", "~ vm 201 db: scsi1 size 1G -> 2G"],
  ],
  ["rules come", web(FIREWALL) + db(`cores = 4\n${disk("2GiB")}`), ["+ ct 101 web: file /etc/pve/firewall/101.fw"]],
  [
    "a rule changes, a snapshot comes, a disk goes",
    web(`${FIREWALL.replace("22", "80")}snapshot one { }`) + db("cores = 4"),
    [
      "~ ct 101 web: file /etc/pve/firewall/101.fw",
      "+ ct 101 web: snapshot one",
      "~ vm 201 db: scsi1 local-lvm:vm-201-disk-1,size=2G -> (removed)",
    ],
  ],
  ["the rules go", web("snapshot one { }") + db("cores = 4"), ["- ct 101 web: remove /etc/pve/firewall/101.fw"]],
  [
    "a mount comes, the snapshot goes",
    web(MOUNT) + db("cores = 4"),
    [
      "+ ct 101 web: directory /srv/web",
      "~ ct 101 web: mp0 (unset) -> /srv/web,mp=/web,ro=1",
      "- ct 101 web: delete snapshot one",
    ],
  ],
  ["a third guest", web(MOUNT) + db("cores = 4") + ct(102, "cache"), ["+ ct 102 cache: create (pct create)"]],
  [
    "the mount goes",
    web() + db("cores = 4") + ct(102, "cache"),
    ["~ ct 101 web: mp0 /srv/web,mp=/web,ro=1 -> (removed)"],
  ],
  ["a renaming", web() + db("cores = 4") + ct(102, "store"), ["~ ct 102 store: hostname cache -> store"]],
  ["a guest goes", web() + ct(102, "store"), ["- vm 201 db: destroy"]],
  ["all go", "", ["- ct 102 store: destroy", "- ct 101 web: destroy"]],
];

test("every edit is planned, applied and then quiet", () =>
  withCommitted(async (project) => {
    for (const [edit, text, said] of EDITS) {
      await project.write(HOST + LAN + text);
      assert.equal(await settled(project, "--allow-destroy"), said, edit);
      assert.is((await project.phxc("plan", "--check")).code, 0, edit);
    }
    assert.equal(project.host.guests(), []);
  }));

test.run();
