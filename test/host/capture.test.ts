import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CapturedHost } from "../../src/model/captured.js";
import { capturedState, presupposed } from "../../src/rehearsal/index.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { capture } from "../support/capture.js";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";
import { compileFolder, compileSource, withEmptyHost } from "../support/rehearsal.js";
import { appVm, confPath } from "../support/script-host.js";
import { must, withHost, zfsHost } from "../support/sim.js";
import { hasSshd, startSshd } from "../support/sshd.js";
import { runCli } from "../support/terminal.js";

const test = suite("capture");
const homelab = join(root, "examples/homelab");

test("a converged host is captured; rehearsed from there its plan is quiet, and an edit shows as just that", async () => {
  const { plan, script } = await compileFolder(homelab, "homelab.phx");
  await inFolder({ "homelab.phx": readFileSync(join(homelab, "homelab.phx"), "utf8") }, async (cwd) => {
    await withEmptyHost(plan, async (host) => {
      assert.is((await host.runScript(script)).code, 0);
      const before = host.log.length;
      const { code, err } = await runCli(["capture", "--out", "state.json"], { cwd, env: host.env });
      assert.is(code, 0, err);
      assert.match(err, /^captured pve: Proxmox VE 9\.\d\.\d+, 4 guests, 3 running, /);
      assert.equal(
        host.log.slice(before).filter(({ mutating, known }) => mutating || !known),
        [],
      );
    });
    const quiet = await runCli(["rehearse", "homelab.phx", "--from", "state.json"], { cwd });
    assert.is(quiet.code, 0, quiet.out + quiet.err);
    assert.match(quiet.out, "first run: exit code 0, 0 commands that may change something");
    assert.match(quiet.out, "0 created, 0 changed, 4 unchanged");
    const source = readFileSync(join(cwd, "homelab.phx"), "utf8");
    assert.match(source, /memory = 8GiB/);
    writeFileSync(join(cwd, "homelab.phx"), source.replace(/memory = 8GiB/, "memory = 12GiB"));
    const edited = await runCli(["rehearse", "homelab.phx", "--from", "state.json"], { cwd });
    assert.is(edited.code, 0, edited.out);
    assert.match(edited.out, "first run: exit code 0, 1 command that may change something");
    assert.match(edited.out, /^ {6}qm set 201 --memory 12288 --digest /m);
    assert.match(edited.out, /^ {2}~ vm 201 docker: memory 8192 -> 12288$/m);
  });
});

test("firewalls of the cluster and of the node, and backup jobs, come along", async () => {
  const text = `host pve1 { node = pve1 }
storage dir vault { path = "/srv/vault", content = [backup] }
firewall cluster { policy_in = DROP, in accept tcp 22 from 10.0.0.0/8 }
firewall pve1 { in accept udp 53 from 10.0.0.0/8 }
backup nightly { schedule = "02:30", storage = vault, guests = all, keep { last = 3 } }
`;
  const { plan, script } = await compileSource(text);
  await inFolder({ "main.phx": text }, async (cwd) => {
    await withEmptyHost(plan, async (host) => {
      assert.is((await host.runScript(script)).code, 0);
      const { code, err } = await runCli(["capture", "--out", "state.json"], { cwd, env: host.env });
      assert.is(code, 0, err);
    });
    const quiet = await runCli(["rehearse", "main.phx", "--from", "state.json"], { cwd });
    assert.is(quiet.code, 0, quiet.out + quiet.err);
    assert.match(quiet.out, "first run: exit code 0, 0 commands that may change something");
    assert.not.match(quiet.out, /^ {2}[+~] host: /m);
  });
});

const PAIR = [
  `ct 301 a { image = "local:vztmpl/debian-13-tiny_amd64.tar.zst", disk root { size = 4GiB, storage = cts } }\n`,
  `ct 302 b { image = "local:vztmpl/debian-13-tiny_amd64.tar.zst", disk root { size = 4GiB, storage = cts } }\n`,
] as const;

test("what a host noted of plans comes along: removals are rehearsed, and a plan that would revert is refused", async () => {
  await inFolder({ "main.phx": PAIR.join("") }, async (cwd) => {
    const cli = async (line: string, code: number, env = {}): Promise<string> => {
      const run = await runCli(line.split(" "), { cwd, env });
      assert.is(run.code, code, line + run.out + run.err);
      return run.out;
    };
    await cli("plan --write", 0);
    await withHost(zfsHost(), async (host) => {
      assert.is((await host.runScript(join(cwd, "plans/host/plan.sh"))).code, 0);
      await cli("capture --out state.json", 0, host.env);
    });
    writeFileSync(join(cwd, "main.phx"), PAIR[0]);
    await cli("plan --write", 0);
    assert.match(await cli("rehearse --from state.json", 0), /^ {2}1 guest that the plan does not name$/m);
    const destroyed = await cli("rehearse --from state.json --allow-destroy", 0);
    assert.match(destroyed, /^ {6}pct destroy 302\b/m);
    assert.not.match(destroyed, "that the plan does not name");
    rmSync(join(cwd, "plans"), { recursive: true });
    await cli("plan --write", 0);
    assert.match(await cli("rehearse --from state.json", 3), "was applied here last, and this one does not follow it");
    await cli("rehearse --from state.json --allow-older", 0);
  });
});

(hasSshd ? test : test.skip)("over ssh the same host gives the same state, on standard output", async () => {
  const { plan, script } = await compileFolder(homelab, "homelab.phx");
  await inFolder({}, async (cwd) => {
    await withEmptyHost(plan, async (host) => {
      assert.is((await host.runScript(script)).code, 0);
      const sshd = await startSshd(host.env);
      try {
        const ssh = [sshd.host, "--ssh-config", sshd.configFile, "--quiet"];
        const { code, out, err } = await runCli(["capture", ...ssh], { cwd });
        assert.equal([code, err], [0, ""]);
        assert.is(out, (await runCli(["capture"], { cwd, env: host.env })).out);
        const refused = await runCli(["capture", "nobody-here@127.0.0.1", ...ssh.slice(1)], { cwd });
        assert.equal([refused.code, refused.out], [2, ""]);
        assert.match(refused.err, "nothing was captured: the connection failed or was lost");
      } finally {
        await sshd.stop();
      }
    });
  });
});

test("what machines can be given is captured: PCI and USB devices, IOMMU groups and mappings", async () => {
  const source = appVm('pci a { address = 0000:01:00.0 }\n usb b { device = "046d:c52b" }\n usb c { mapping = key0 }');
  await inFolder({ "main.phx": source.replace("net lan { ip = dhcp }", "") }, async (cwd) => {
    const { plan } = await compileFolder(cwd, "main.phx");
    await withHost({ ...zfsHost(), files: { ...zfsHost().files, ...presupposed(plan).files } }, async (host) => {
      writeFileSync(join(host.root, "root/i.qcow2"), "disk");
      assert.is((await runCli(["capture", "--out", "state.json"], { cwd, env: host.env })).code, 0);
    });
    const run = await runCli(["rehearse", "main.phx", "--from", "state.json"], { cwd });
    assert.not.match(run.out, /held back: there is no PCI device|not plugged in|no usb mapping/);
    const state = readFileSync(join(cwd, "state.json"), "utf8");
    for (const part of ["/sys/kernel/iommu_groups/0/devices/0000:01:00.0", "idVendor", "/etc/pve/mapping/usb.cfg"])
      assert.match(state, part);
  });
});

const NETWORK = `
host pve {
  address = 10.0.0.2
  dns { servers = [10.0.0.1], search = "home.example" }
  interface eno2 { mtu = 9000 }
  bridge vmbr1 { ports = [eno2], mtu = 9000 }
  access {
    role Operator { privileges = ["VM.Audit"] }
    group ops {}
    user "ada@pam" { groups = [ops], email = "ada@home.example" }
    token "ada@pam!monitor" { save = "/root/monitor.token" }
    acl "/vms" { role = Operator, groups = [ops] }
  }
}
zone simple intern { vnet guests { subnet 10.50.0.0/24 { gateway = 10.50.0.1, snat = true } } }
pool tank {
  vdev mirror { disks = ["/dev/disk/by-id/ata-A", "/dev/disk/by-id/ata-B"] }
  log { disks = ["/dev/disk/by-id/ata-C"] }
}
`;

test("interfaces, name servers, the software-defined network, accounts and pools come along", async () => {
  await inFolder({ "net.phx": NETWORK }, async (cwd) => {
    const { plan, script } = await compileSource(NETWORK);
    await withEmptyHost(plan, async (host) => {
      const done = await host.runScript(script);
      assert.is(done.code, 0, done.stdout + done.stderr);
      const state = await capture(host, cwd);
      assert.ok(
        state.nics.includes("eno2") && !state.nics.some((name) => /vmbr|guests|lo/.test(name)),
        state.nics.join(),
      );
      assert.equal(state.pools["tank"]?.parts, [
        { role: "data", type: "mirror", disks: ["/dev/disk/by-id/ata-A", "/dev/disk/by-id/ata-B"] },
        { role: "log", type: "disk", disks: ["/dev/disk/by-id/ata-C"] },
      ]);
      assert.match(state.files["/etc/pve/user.cfg"] ?? "", /^token:ada@pam!monitor:/m);
      assert.is(
        (await runCli(["capture", "--out", "state.json", "--path", "/root/monitor.token"], { cwd, env: host.env }))
          .code,
        0,
      );
    });
    const quiet = await runCli(["rehearse", "net.phx", "--from", "state.json"], { cwd });
    assert.match(quiet.out, "first run: exit code 0, 0 commands that may change something", quiet.out + quiet.err);
    writeFileSync(join(cwd, "net.phx"), NETWORK.replaceAll("9000", "1500").replace("ata-B", "ata-X"));
    const edited = await runCli(["rehearse", "net.phx", "--from", "state.json"], { cwd });
    assert.match(edited.out + edited.err, "pool tank is made of: data mirror /dev/disk/by-id/ata-A-part1");
  });
});

test("a secret of a second factor in user.cfg does not leave the host, and names of tokens do", async () => {
  const users =
    "user:old@pam:1:0:A:B:a@b.example:second factor:v2-abcdef:\nuser:new@pam:1:0:::::x!oath:\ntoken:new@pam!ci:0:1::\n";
  await withHost({ ...zfsHost(), files: { ...zfsHost().files, "/etc/pve/user.cfg": users } }, async (host) => {
    await inFolder({}, async (cwd) => {
      const state = await capture(host, cwd);
      assert.is(state.files["/etc/pve/user.cfg"], users.replace("v2-abcdef", "**********"));
      assert.is(state.masked, 1);
    });
  });
});

test("a storage of a kind that is not simulated is captured, and no obstacle to a rehearsal", async () => {
  const state = zfsHost();
  state.files["/etc/pve/storage.cfg"] += [
    "\nnfs: nas\n\texport /x\n\tserver 10.0.0.9\n\tcontent images,iso\n",
    "rbd: ceph\n\tpool rbd\n\tcontent images\n",
    "pbs: backup\n\tdatastore d\n\tserver 10.0.0.8\n\tcontent backup\n",
    "dir: off\n\tpath /off\n\tdisable\n",
    "dir: other\n\tpath /other\n\tnodes pve2,pve3\n",
    "strange: new\n\tflag\n",
  ].join("\n");
  await withHost(state, async (host) => {
    await inFolder(
      {
        "main.phx":
          'ct 201 b { image = "local:vztmpl/debian-13-tiny_amd64.tar.zst", disk root { size = 4GiB, storage = cts } }\n',
      },
      async (cwd) => {
        await must(host, "qm create 100 --name far --memory 512 --scsi0 nas:1,format=qcow2");
        const { code } = await runCli(["capture", "--out", "state.json"], { cwd, env: host.env });
        assert.is(code, 0);
        const asked = host.log.filter(({ argv }) => argv[0] === "pvesm").map(({ argv }) => argv[2]);
        assert.equal(asked, ["local", "nas", "ceph", "new"]);
        const captured = JSON.parse(readFileSync(join(cwd, "state.json"), "utf8")) as CapturedHost;
        assert.is(captured.volumes["nas:100/vm-100-disk-0.qcow2"]?.size, 1024 ** 3);
        const run = await runCli(["rehearse", "--from", "state.json"], { cwd });
        assert.is(run.code, 0, run.out + run.err);
        assert.match(run.out, "  1 guest that the plan does not name\n");
      },
    );
  });
});

test("what is captured is as the schema says, and a host made from it is the same host", async () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(join(root, "schema/host.schema.json"), "utf8")) as object,
  );
  const first = zfsHost({
    storages: [
      { type: "zfspool", id: "vms", options: { pool: "tank/vms", content: "images", sparse: "1" } },
      { type: "zfspool", id: "cts", options: { pool: "tank/cts", content: "rootdir", sparse: "1" } },
      { type: "lvmthin", id: "local-lvm", options: { thinpool: "data", vgname: "pve", content: "images,rootdir" } },
    ],
    devices: ["/dev/nvidia0", "/dev/dri/card0"],
    disks: [{ path: "/dev/disk/by-id/ata-x", signature: "ext4" }, { path: "/dev/disk/by-id/ata-y" }],
    bridges: ["vmbr0", "vmbr7"],
  });
  first.elsewhere.push({ id: 900, kind: "ct", node: "pve2" });
  first.directories.push("/tank/media/films");
  first.datasets["tank/media"] = {
    type: "filesystem",
    properties: { atime: "off", quota: "1048576" },
    snapshots: ["a"],
  };
  await withHost(first, async (host) => {
    for (const line of [
      "qm create 100 --name files --memory 512 --scsi0 local:1,format=qcow2 --scsi1 vms:2",
      "qm snapshot 100 one",
      "qm snapshot 100 again",
      "qm create 101 --name base --memory 512 --scsi0 vms:1 --scsi1 local-lvm:1",
      "qm template 101",
      "qm clone 101 102 --name linked",
      "qm start 102",
      "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --hostname web --rootfs cts:4 --mp0 /tank/media,mp=/media",
      "pct start 200",
      "chown 100033:100033 /tank/media/films",
    ])
      await must(host, line);
    await inFolder({}, async (cwd) => {
      const state = await capture(host, cwd);
      assert.ok(validate(state), JSON.stringify(validate.errors));
      const copy = capturedState(state);
      const whole = host.capture();
      const parts = (of: HostState): unknown => ({
        ...of,
        ...{ seed: 0, clock: 0, pools: Object.keys(of.pools), disks: of.disks.length, images: 0, directories: 0 },
        files: Object.keys(of.files)
          .filter((path) => path.startsWith("/etc"))
          .toSorted(),
        bridges: of.bridges.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        devices: of.devices.toSorted(),
      });
      assert.equal(parts(copy), parts(whole));
      assert.is(copy.files["/etc/pve/nodes/pve/qemu-server/100.conf"], readFileSync(confPath(host, 100), "utf8"));
      assert.ok(copy.directories.includes("/tank/media/films"));
      assert.ok("/var/lib/vz/template/cache/debian-13-tiny_amd64.tar.zst" in copy.images);
      await withHost(copy, async (again) => {
        assert.equal(again.guests(), host.guests());
        assert.equal(await capture(again, cwd), state);
        assert.is(await must(again, "qm listsnapshot 100"), await must(host, "qm listsnapshot 100"));
        assert.match(await must(again, "qm destroy 101", 255), "linked clone");
      });
    });
  });
});

test("files beside the storages are looked at when they are named", async () => {
  await withHost(zfsHost(), async (host) => {
    await inFolder({}, async (cwd) => {
      assert.equal((await capture(host, cwd)).paths["/root/i.qcow2"], undefined);
      const { paths } = await capture(
        host,
        cwd,
        "--path",
        "/root/i.qcow2",
        "--path",
        "/root/none",
        "--path",
        "/srv/it's",
      );
      assert.is(paths["/root/i.qcow2"]?.kind, "file");
      assert.not("/root/none" in paths);
    });
  });
});

test("a host that is none, or does not answer in time, gives no state", async () => {
  await inFolder(
    { "state.json": "kept", "slow/pveversion": "#!/bin/bash\nsleep 20\n", "bad/pveversion": "#!/bin/bash\n" },
    async (cwd) => {
      for (const name of ["slow", "bad"]) chmodSync(join(cwd, name, "pveversion"), 0o755);
      const fails = async (env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> => {
        const { code, out, err } = await runCli(["capture", "--out", "state.json", ...args], { cwd, env });
        assert.equal([code, out], [2, ""], err);
        assert.is(readFileSync(join(cwd, "state.json"), "utf8"), "kept");
        return err;
      };
      const PATH = process.env["PATH"] ?? "";
      assert.match(await fails({ PATH, PHXC_ROOT: cwd }), "not a Proxmox VE host");
      assert.match(await fails({ PATH: "/nowhere" }), "the host's answer ended early (code 127)");
      await withHost(zfsHost(), async (host) => {
        const withFirst = (name: string): Record<string, string> => ({
          ...host.env,
          PATH: `${join(cwd, name)}:${host.env["PATH"] ?? ""}`,
        });
        assert.match(await fails(withFirst("slow"), "--timeout", "1"), "did not answer within 1 seconds");
        assert.match(await fails(withFirst("bad")), "does not say its release");
      });
    },
  );
});

test("a storage that cannot be listed is a warning", async () => {
  await withHost(zfsHost(), async (host) => {
    await inFolder({ "bin/pvesm": "#!/bin/bash\nexit 1\n" }, async (cwd) => {
      chmodSync(join(cwd, "bin/pvesm"), 0o755);
      const env = { ...host.env, PATH: `${join(cwd, "bin")}:${host.env["PATH"] ?? ""}` };
      const { code, out, err } = await runCli(["capture"], { cwd, env });
      assert.is(code, 0);
      assert.match(err, "warning: the volumes of storage local could not be listed");
      assert.equal((JSON.parse(out) as CapturedHost).warnings, ["the volumes of storage local could not be listed"]);
    });
  });
});

test("mistakes on the command line are told before anything is asked", async () => {
  await inFolder({}, async (cwd) => {
    for (const [args, problem] of [
      [["--hots", "pve1"], "there is no option"],
      [["--", "-oProxyCommand=x"], "is not a host"],
      [["a b"], "is not a host"],
      [["pve1", "pve2"], "one argument too many"],
      [["--path", "relative"], "wants the absolute path"],
      [["--path", "/etc/pve/priv/authkey.key"], "wants the absolute path"],
      [["--path", "/a/../etc/pve/priv"], "wants the absolute path"],
      [["--timeout", "0"], "number of seconds"],
      [["--timeout", "soon"], "number of seconds"],
    ] as const) {
      const { code, out, err } = await runCli(["capture", ...args], { cwd });
      assert.equal([code, out], [2, ""], args.join(" "));
      assert.match(err, problem);
    }
    await withHost(zfsHost(), async (host) => {
      const { code, err } = await runCli(["capture", "--out", "none/state.json"], { cwd, env: host.env });
      assert.is(code, 2);
      assert.match(err, "cannot write none/state.json: its folder does not exist");
    });
  });
});

test.run();
