import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mutating } from "../support/rehearsal.js";
import { conf, option } from "../support/sim-guests.js";
import { another, appVm, applied, editConf, output, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: options");

test("options and keys that nobody declared keep their live values, a generated MAC among them", () =>
  applied(appVm("cores = 2") + webCt("cores = 2"), async ({ host, byHand, check, apply, quiet }) => {
    const [mac, hwaddr] = [option(host, 100, "net0"), option(host, 200, "net0")].map(
      (net) => /[0-9A-F:]{17}/.exec(net ?? "")?.[0] ?? "none",
    );
    await byHand(
      "qm set 100 --cores 4 --sockets 2 --description mine --tags x",
      `qm set 100 --net0 virtio=${mac},bridge=vmbr0,rate=5,tag=7`,
      "pct set 200 --cores 4 --tty 3",
      `pct set 200 --net0 name=eth0,bridge=vmbr0,hwaddr=${hwaddr},ip=10.0.0.99/24,gw=10.0.0.1,rate=5`,
    );
    assert.equal(await check(), [
      "~ ct 200 web: cores 4 -> 2",
      "~ ct 200 web: net0.ip 10.0.0.99/24 -> 10.0.0.20/24",
      "~ vm 100 app: cores 4 -> 2",
    ]);
    const sets = mutating(await apply()).toSorted();
    assert.match(sets.join("\n"), /^pct set 200 --cores 2 .*\nqm set 100 --cores 2 --digest \w{40}$/);
    assert.match(conf(host, 100), "#mine\n");
    assert.is(option(host, 100, "net0"), `virtio=${mac},bridge=vmbr0,rate=5,tag=7`);
    assert.is(option(host, 100, "sockets"), "2");
    assert.match(option(host, 200, "net0") ?? "", `hwaddr=${hwaddr},ip=10.0.0.20/24,rate=5`);
    assert.is(option(host, 200, "tty"), "3");
    await quiet();
  }));

test("other spellings of the same are no difference: default keys, aliases, booleans, the model with its MAC", () =>
  applied(
    appVm(
      "agent = true\ncpu = host\noptions { machine = q35 }\nboot { start = true, order = 3 }",
      "ip = dhcp, mac = 52:54:00:aa:bb:01",
    ),
    async ({ host, quiet }) => {
      editConf(host, 100, (text) =>
        text
          .replace(/^agent: .*/m, "agent: freeze-fs-on-backup=0,enabled=true")
          .replace(/^cpu: .*/m, "cpu: cputype=host")
          .replace(/^machine: .*/m, "machine: type=q35")
          .replace(/^startup: .*/m, "startup: 3")
          .replace(/^memory: .*/m, "memory: current=512")
          .replace(/^net0: .*/m, "net0: bridge=vmbr0,macaddr=52:54:00:AA:BB:01,model=virtio"),
      );
      await quiet();
      for (const agent of ["1", "enabled=1", "enabled=on", "enabled=yes"]) {
        editConf(host, 100, (text) => text.replace(/^agent: .*/m, `agent: ${agent}`));
        await quiet();
      }
      editConf(host, 100, (text) => text.replace(/^agent: .*/m, "agent: enabled=0,fstrim_cloned_disks=1"));
    },
  ));

test("absent options are deleted, absent keys are removed by writing the rest, in one call", () =>
  applied(
    appVm("description = absent\ntags = absent\nprotection = absent", "ip = dhcp, vlan = absent, firewall = absent"),
    async ({ host, byHand, apply, quiet }) => {
      const mac = /[0-9A-F:]{17}/.exec(option(host, 100, "net0") ?? "")?.[0];
      await byHand(
        "qm set 100 --description old --tags a;b --protection 1",
        `qm set 100 --net0 virtio=${mac},bridge=vmbr0,tag=5,firewall=1,rate=2`,
      );
      const run = await apply();
      assert.is(mutating(run).length, 1);
      assert.match(
        mutating(run)[0] ?? "",
        `--net0 virtio=${mac},bridge=vmbr0,rate=2 --delete description,tags,protection --digest `,
      );
      assert.equal(
        told(run),
        [
          "~ vm 100 app: net0.tag 5 -> (unset)",
          "~ vm 100 app: net0.firewall 1 -> (unset)",
          "~ vm 100 app: description old -> (unset)",
          "~ vm 100 app: tags a;b -> (unset)",
          "~ vm 100 app: protection 1 -> (unset)",
        ].toSorted(),
      );
      await quiet();
    },
  ));

const DESCRIPTION =
  '"""\n100% % %41 a:b #no comment\n# a heading\n\nBüro, Größe 5 µm \\\\x41 \\\\\n[snap]\nlock: backup\n"""';

test("a description of any characters arrives as it is, and is quiet", () =>
  applied(
    appVm(`description = ${DESCRIPTION}`) + webCt(`description = ${DESCRIPTION}`),
    async ({ host, quiet, byHand, check }) => {
      for (const id of [100, 200])
        // Proxmox reads `%41` as another text once it writes the file again.
        assert.match(conf(host, id), /#100% % (%41|A) a%3Ab #no comment\n## a heading\n#\n#B%C3%BCro/);
      await quiet();
      await byHand("pct set 200 --description x");
      assert.match((await check()).join("\n"), /^~ ct 200 web: description x -> 100% % %41 .*\\x0a.*B\\xc3\\xbcro/);
    },
  ));

test("the keys for cloud-init are compared as they were declared, several of them", () =>
  applied(
    appVm('cloud_init { user = admin, ssh_keys = ["ssh-ed25519 AAAA+/= a@x", "ssh-rsa BBBB b@y z"] }'),
    async ({ host, byHand, check, quiet }) => {
      assert.match(
        decodeURIComponent(option(host, 100, "sshkeys") ?? ""),
        "ssh-ed25519 AAAA+/= a@x\nssh-rsa BBBB b@y z",
      );
      await quiet();
      editConf(host, 100, (text) => text.replace(/^sshkeys: .*/m, "sshkeys: ssh-rsa%20CCCC"));
      assert.equal(await check(), ["~ vm 100 app: sshkeys (other keys) -> (the declared keys)"]);
      await byHand("qm set 100 --delete sshkeys");
      assert.equal(await check(), ["~ vm 100 app: sshkeys (unset) -> (the declared keys)"]);
    },
  ));

test("tags are what Proxmox makes of them", () =>
  applied(appVm("tags = [Web, db, web]"), async ({ host, quiet }) => {
    assert.is(option(host, 100, "tags"), "db;web");
    await quiet();
  }));

test("what waits for a restart is reported and not written again; a restart is made where the files allow it", () =>
  applied(appVm("memory = 1GiB\nstate = running"), async ({ host, byHand, apply, check }) => {
    await byHand("qm set 100 --memory 2048");
    const run = await apply();
    assert.equal(told(run), ["~ vm 100 app: memory 2048 -> 1024"]);
    await byHand("qm set 100 --cores 2 --delete serial0");
    editConf(host, 100, (text) =>
      `${text.replace(/^memory: .*/m, "memory: 512")}\n[PENDING]\nmemory: 1024\n`.replace(
        /\n\[PENDING\]\ncores: 2\n/,
        "\n",
      ),
    );
    assert.equal(await check(), []);
    const quiet = await apply();
    assert.equal(mutating(quiet), []);
    assert.match(quiet.stdout, /^ {2}vm 100 app: a restart is needed for .*memory/m);
    const fleet = await another(host, appVm("memory = 1GiB\nstate = running\nrestart = when-needed"));
    assert.equal(await fleet.check(), ["~ vm 100 app: restart, for memory"]);
    const restart = await fleet.apply();
    assert.equal(mutating(restart), ["qm reboot 100"]);
    assert.not.match(restart.stdout, "a restart is needed");
    assert.is(option(host, 100, "memory"), "1024");
    await fleet.quiet();
    const cores = appVm("memory = 1GiB\ncores = 4\nstate = running\nrestart = when-needed");
    const changed = await another(host, cores);
    assert.equal(await changed.check(), [
      "~ vm 100 app: cores (unset) -> 4 (it runs, and takes this over when it starts next)",
      "~ vm 100 app: restart, for cores",
    ]);
    const done = await changed.apply();
    assert.equal(told(done), ["~ vm 100 app: cores (unset) -> 4", "~ vm 100 app: restart, for cores"]);
    await changed.quiet();
  }));

test("a running guest's cloud-init drive that is behind is made anew, and restarts nothing", () =>
  applied(
    appVm("state = running\nrestart = when-needed\ncloud_init { user = admin, ssh_keys = [] }"),
    async ({ byHand, apply }) => {
      await byHand("qm set 100 --ciuser other");
      const run = await apply();
      assert.match(run.stdout, /^~ vm 100 app: cloud-init drive$/m);
      assert.equal(
        mutating(run).map((line) => line.replace(/ --digest.*/, "")),
        ["qm set 100 --ciuser admin", "qm cloudinit update 100"],
      );
    },
  ));

/** A command that, put in front of `sha1sum`, changes the guest's file after its digest was taken; so many times. */
function meddle(times: number): string {
  return `
real_sha1sum=$(command -v sha1sum)
meddled=0
sha1sum() {
	"\${real_sha1sum}"
	count=$(cat "\${PHXC_ROOT}/tmp/meddled" 2>/dev/null || echo 0)
	if ((count < ${times})); then
		echo $((count + 1)) >"\${PHXC_ROOT}/tmp/meddled"
		printf 'tablet: %s\\n' "\${count}" >>"\${PHXC_ROOT}/etc/pve/qemu-server/100.conf"
	fi
}
`;
}

test("a file that changes between reading and writing is read once more; a second time it is reported", () =>
  applied(appVm("cores = 2"), async ({ host, script, byHand }) => {
    const meddling = (times: number): string =>
      script.replace(
        "\nset -Eeuo pipefail\n",
        `\nset -Eeuo pipefail\nmkdir -p "\${PHXC_ROOT}/tmp"\nrm -f "\${PHXC_ROOT}/tmp/meddled"\n${meddle(times)}`,
      );
    await byHand("qm set 100 --cores 4");
    const once = await host.runScript(meddling(1));
    assert.is(once.code, 0, output(once));
    assert.equal(
      once.commands.filter(({ argv }) => argv[1] === "set").map(({ code }) => code),
      [255, 0],
    );
    assert.is(option(host, 100, "cores"), "2");
    await byHand("qm set 100 --cores 4");
    const twice = await host.runScript(meddling(9));
    assert.is(twice.code, 4, output(twice));
    assert.is(twice.commands.filter(({ argv }) => argv[1] === "set").length, 2);
    assert.match(twice.stderr, /checksum mismatch/);
  }));

test("a `pct set` that fails although it wrote: told as both, and not done again", () =>
  applied(webCt("cores = 2"), async ({ host, byHand, apply, check }) => {
    await byHand("pct set 200 --cores 4");
    host.state.bridges.length = 0;
    const run = await apply(4);
    assert.match(run.stderr, /^! ct 200 web: what follows failed after it had changed the configuration$/m);
    assert.match(run.stderr, /^Failed: step ct\.200\.options \(ct 200 web; asked for by fleet\.phx\)$/m);
    assert.match(run.stderr, /^ {2}command: {3}'pct' 'set' '200' '--cores' '2' '--digest' '\w{40}'$/m);
    assert.match(run.stderr, /^ {4}bridge 'vmbr0' does not exist$/m);
    assert.is(option(host, 200, "cores"), "2");
    assert.equal(await check(), []);
  }));

test("values that look like options, expansions or code are set as they stand", () =>
  applied(
    appVm(`description = "--delete $(id) \`id\` \\"; rm -rf / #"\noptions { args = "-device x,y=z -- '*'" }`),
    async ({ host, quiet }) => {
      assert.match(conf(host, 100), '#--delete $(id) `id` "; rm -rf / #\n');
      assert.is(option(host, 100, "args"), "-device x,y=z -- '*'");
      await quiet();
    },
  ));

test("live values with control characters, and live keys and sizes with code in them, do neither harm nor run", () =>
  applied(webCt("cores = 2\ngpus = []\ntags = [a]"), async ({ host, check }) => {
    const evil = (name: string): string => `x[$(touch\${IFS}${host.root}/${name})]`;
    editConf(host, 200, (text) =>
      text
        .replace(/^cores: .*/m, "cores: 2\u001b[2J\u0007\u202e")
        .replace(/^tags: .*/m, `tags: ${evil("tags")}`)
        .replace(/^rootfs: (.*),size=.*/m, `rootfs: $1,size=${evil("size")}`)
        .concat(`dev0: /dev/${evil("device")}\n\n[pve:pending]\ndelete: ${evil("pending")}\n`),
    );
    const lines = await check();
    assert.ok(lines.includes("~ ct 200 web: cores 2\\x1b[2J\\x07\\xe2\\x80\\xae -> 2"), lines.join("\n"));
    assert.is(lines.length, 3, lines.join("\n"));
    assert.equal(
      readdirSync(host.root).filter((name) => /tags|size|device|pending/.test(name)),
      [],
    );
  }));

test("a locked guest is held back with what needs it, the others go on", () =>
  scripted(
    webCt("cores = 2") +
      appVm("cores = 2\nneeds = [web]") +
      webCt("cores = 2").replaceAll("200 web", "201 other").replace("10.0.0.20", "10.0.0.21"),
    async ({ host, apply, byHand }) => {
      await apply();
      await byHand("pct set 200 --cores 1", "pct set 201 --cores 1", "qm set 100 --cores 1");
      editConf(host, 200, (text) => `${text}lock: backup\n`);
      const run = await apply(4, "--wait", "0");
      assert.equal(
        told(run),
        [
          "! ct 200 web: held back: it is locked (backup) by another task; run again when that has ended",
          "! vm 100 app: held back: it needs ct 200, which is held back",
          "~ ct 201 other: cores 1 -> 2",
        ].toSorted(),
      );
      assert.match(run.stdout, "Guests: 0 created, 1 changed, 0 unchanged, 0 destroyed, 2 held back. Changes made: 1.");
      await byHand("pct unlock 200");
      await apply();
    },
  ));

test.run();
