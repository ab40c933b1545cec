import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { captureScript } from "../../src/host/capture-script.generated.js";
import type { CapturedHost } from "../../src/model/captured.js";
import { capturedState } from "../../src/rehearsal/index.js";
import type { HostState, SimulatedHost } from "../../src/rehearsal/index.js";
import { inFolder } from "../support/folder.js";
import { root } from "../support/paths.js";
import { compileFolder, withEmptyHost } from "../support/rehearsal.js";
import { looksSecret } from "../../src/text/secrets.js";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { confPath, editConf } from "../support/script-host.js";
import { must, withHost, zfsHost } from "../support/sim.js";
import { hasSshd, startSshd } from "../support/sshd.js";
import { runCli } from "../support/terminal.js";

const test = suite("capture");
const homelab = join(root, "examples/homelab");

/** Captures a simulated host through the command line. */
async function capture(host: SimulatedHost, cwd: string, ...more: string[]): Promise<CapturedHost> {
  const { code, out, err } = await runCli(["capture", ...more], { cwd, env: host.env });
  assert.is(code, 0, err);
  return JSON.parse(out) as CapturedHost;
}

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

const SECRETS = [
  "hunter2-plain",
  "hunter2-second",
  "hunter2-colon",
  "hunter2-camel",
  "hunter2-url",
  "hunter2-raw-url",
  "hunter2-lxc",
  "hunter2-storage",
  "hunter2-comment",
  "hunter2-snapshot",
  "hunter2-snippet",
  "hunter2-priv",
  "hunter2-log",
  "hunter2-foreign",
  "b3BlbnNzaC1rZXktdjEA",
  "c2Vjb25kIGxpbmU",
  "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
  "$5$salt$hash",
];

const DESCRIPTION = [
  "#Runs the shop; its page is https%3A//shop.example/path",
  "#DB_PASSWORD=hunter2-plain and API_KEY = hunter2-second",
  "#admin password%3A hunter2-colon",
  "#clientSecret%3Ahunter2-camel",
  "#postgres%3A//shop%3Ahunter2-url@db/shop",
  "#-----BEGIN OPENSSH PRIVATE KEY-----",
  "#b3BlbnNzaC1rZXktdjEA",
  "#c2Vjb25kIGxpbmU",
  "#-----END OPENSSH PRIVATE KEY-----",
  "#AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
  "#the end",
  "",
].join("\n");

/** A host with a secret in every place that is read, and in some that are not. */
function secretiveHost(): HostState {
  const state = zfsHost();
  state.files["/etc/pve/storage.cfg"] += "\nnas: box\n\tapi_host 10.0.0.9\n\ttruenas_password hunter2-storage\n";
  state.files["/etc/pve/firewall/100.fw"] = "[RULES]\nIN ACCEPT # token=hunter2-comment\n";
  state.files["/etc/pve/priv/storage/box.pw"] = "hunter2-priv\n";
  state.files["/var/lib/phxc/log/x.log"] = "hunter2-log\n";
  state.files["/var/lib/vz/snippets/user.yaml"] = "# Managed by phxc: vm 100\npassword: hunter2-snippet\nfqdn: shop\n";
  state.files["/var/lib/vz/snippets/other.yaml"] = "runcmd: [hunter2-foreign]\n";
  return state;
}

test("no secret leaves the host, whatever text it stands in, and the rest stays", async () => {
  await withHost(secretiveHost(), async (host) => {
    await must(host, "qm create 100 --name shop --memory 512 --keyboard de --tags secret");
    await must(host, "pct create 200 local:vztmpl/debian-13-tiny_amd64.tar.zst --hostname web --rootfs cts:4");
    editConf(
      host,
      100,
      (text) =>
        `${DESCRIPTION}${text}cipassword: $5$salt$hash\nsshkeys: ssh-ed25519%20AAAAC3%20me\n\n[before]\n#token%3A hunter2-snapshot\nmemory: 512\n`,
    );
    editConf(
      host,
      200,
      (text) => `${text}lxc.environment: APP_TOKEN=hunter2-lxc\nlxc.hook.start: x://u:hunter2-raw-url@h\n`,
    );
    const script = await host.runScript(captureScript);
    assert.equal([script.code, script.stderr], [0, ""]);
    for (const secret of SECRETS) assert.not(script.stdout.includes(secret), `${secret} left the host`);
    await inFolder({}, async (cwd) => {
      const state = await capture(host, cwd);
      const vm = state.files["/etc/pve/nodes/pve/qemu-server/100.conf"] ?? "";
      assert.ok(vm.startsWith("#Runs the shop; its page is https%3A//shop.example/path\n#DB_PASSWORD=*"), vm);
      assert.match(vm, /\n#the end\n(?:.*\n)?keyboard: de\n.*name: shop\n.*sshkeys: ssh-ed25519%20AAAAC3%20me\n/s);
      assert.match(vm, "tags: secret\n");
      assert.match(vm, /\n\[before\]\n#token%3A \*+\nmemory: 512\n/);
      assert.match(state.files["/etc/pve/storage.cfg"] ?? "", "api_host 10.0.0.9\n");
      assert.match(state.files["/var/lib/vz/snippets/user.yaml"] ?? "", "\nfqdn: shop\n");
      assert.equal(state.paths["/var/lib/vz/snippets/other.yaml"]?.kind, "file");
      assert.is(state.masked, 13);
    });
  });
});

const SECRET_NAMES = [
  ..."password admin_password adminPassword DATABASE_PASS api-key apiKey token hf_token client_secret PRIVATE_KEY psk".split(
    " ",
  ),
  ..."passphrase vault.tokens dbpassword clientsecret db_pwd signing-key MASTER_KEY license.key credentials passcode".split(
    " ",
  ),
];

test("whatever our own search takes for a secret's name hides its value on the host already", async () => {
  const forms = (name: string, value: string): string[] => [
    `${name}=${value}`,
    `${name}%3A ${value}`,
    `export "${name}" = '${value}'`,
    `x=1 ${name}+=${value} y=2`,
  ];
  const lines = SECRET_NAMES.flatMap((name, i) => forms(name, `hidden-${i}`));
  assert.ok(SECRET_NAMES.every(looksSecret));
  await withHost(zfsHost(), async (host) => {
    await must(host, "qm create 100 --name shop --memory 512");
    editConf(host, 100, (text) => `${lines.map((line) => `#${line}\n`).join("")}${text}`);
    const { stdout } = await host.runScript(captureScript);
    assert.equal(stdout.match(/.*hidden-.*/g), null);
    assert.match(stdout, `value 6 ${String(lines.length).length}\nmasked${lines.length}\n`);
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
      "qm create 101 --name base --memory 512 --scsi0 local-lvm:1",
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

test("the script is clean", () => {
  if (!hasLinters()) return console.log("skipped: shellcheck or shfmt is not installed");
  assert.equal(lintScript(captureScript), []);
});

test.run();
