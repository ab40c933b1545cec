import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost, undisturbed } from "../../src/rehearsal/index.js";
import { HOST, settled, withCommitted } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { fleetOn, told } from "../support/script-host.js";
import type { Scripted } from "../support/script-host.js";
import { withHost } from "../support/sim.js";

const test = suite("time zone, users and permissions");

async function onHost(body: string, use: (fleet: Scripted) => Promise<void>, files = {}): Promise<void> {
  const { script } = await compileSource(`host pve {\n${body}\n}\n`);
  await withHost(emptyHost({ files }), (host) => use(fleetOn(host, script)));
}

const HOMES = "/home";
const HASH = "$6$salt$abcdefghijklmnop";
const ADMIN = `user admin {
  comment  = "the one who may"
  groups   = [adm, sudo]
  ssh_keys = ["ssh-ed25519 AAAA admin@desk", "ssh-ed25519 BBBB admin@phone"]
  password = secret("file:/root/hash")
  sudo     = true
}`;

test("the time zone is set once", () =>
  onHost('timezone = "America/New_York"', async ({ apply, check, quiet }) => {
    assert.equal(await check(), ["~ host: time zone -> America/New_York"]);
    assert.equal(mutating(await apply()), ["timedatectl set-timezone America/New_York"]);
    await quiet();
    assert.equal((await apply()).commands, []);
  }));

test("a user gets an account, keys, groups, a password and rights, and then nothing is to do", () =>
  onHost(
    ADMIN,
    async ({ host, apply, check, quiet }) => {
      assert.ok((await check()).includes("+ host: user admin"));
      const run = await apply();
      assert.equal(
        mutating(run).map((line) => line.replace(/ -o .* -- /, " ")),
        [
          "apt-get install --yes --no-install-recommends --no-remove sudo",
          "useradd --create-home --shell /bin/bash --comment the one who may admin",
          "usermod --append --groups adm,sudo admin",
          "chpasswd --encrypted",
          `chown 1000:1000 -- ${HOMES}/admin/.ssh`,
          `chown --no-dereference 1000:1000 -- ${HOMES}/admin/.ssh/authorized_keys`,
        ],
      );
      const { files } = host.capture();
      assert.is(
        readFileSync(join(host.root, "home/admin/.ssh/authorized_keys"), "utf8"),
        "# phxc begin keys\nssh-ed25519 AAAA admin@desk\nssh-ed25519 BBBB admin@phone\n# phxc end keys\n",
      );
      assert.is(
        files["/etc/sudoers.d/phxc-admin"],
        "# Managed by phxc: user admin. Changes are overwritten.\nadmin ALL=(ALL:ALL) NOPASSWD: ALL\n",
      );
      assert.is(statSync(join(host.root, "etc/sudoers.d/phxc-admin")).mode & 0o777, 0o440);
      assert.match(files["/etc/shadow"] ?? "", `admin:${HASH}:`);
      for (const { argv, stdout } of run.commands) assert.not.match(argv.join(" ") + stdout, HASH);
      assert.not.match(run.stdout + run.stderr, HASH);
      await quiet();
    },
    { "/root/hash": `${HASH}\n` },
  ));

test("what somebody else gave a user stays, what differs is set", () =>
  onHost(
    'user admin { shell = "/bin/sh", groups = [adm], ssh_keys = ["ssh-ed25519 AAAA a"] }',
    async ({ host, apply, quiet }) => {
      writeFileSync(
        join(host.root, "etc/passwd"),
        "root:x:0:0:root:/root:/bin/bash\nadmin:x:1005:1005::/home/admin:/bin/bash\n",
      );
      writeFileSync(join(host.root, "etc/group"), "adm:x:4:\naudio:x:29:admin\n");
      assert.equal(told(await apply()).slice(0, 2), [
        `+ host: directory ${HOMES}/admin/.ssh of admin`,
        `+ host: file ${HOMES}/admin/.ssh/authorized_keys`,
      ]);
      assert.match(readFileSync(join(host.root, "etc/group"), "utf8"), "audio:x:29:admin");
      const keys = join(host.root, "home/admin/.ssh/authorized_keys");
      writeFileSync(keys, `ssh-rsa CCCC own\n${readFileSync(keys, "utf8")}`);
      await quiet();
      rmSync(join(host.root, "home/admin/.ssh/authorized_keys"));
      await apply();
    },
  ));

test("keys of root go into Proxmox's own file beside those of the cluster", () =>
  onHost(
    'user root { ssh_keys = ["ssh-ed25519 AAAA a"] }',
    async ({ host, apply, quiet }) => {
      await apply();
      assert.is(
        readFileSync(join(host.root, "etc/pve/priv/authorized_keys"), "utf8"),
        "ssh-rsa OTHER root@pve\n# phxc begin keys\nssh-ed25519 AAAA a\n# phxc end keys\n",
      );
      await quiet();
    },
    { "/etc/pve/priv/authorized_keys": "ssh-rsa OTHER root@pve\n" },
  ));

test("a rule that sudo does not take and a password that is no hash end the run", async () => {
  await onHost('user a { sudo = "ALL WRONG" }', async ({ host, apply }) => {
    assert.match((await apply(4)).stderr, "syntax error");
    assert.not.ok(host.capture().files["/etc/sudoers.d/phxc-a"]);
  });
  await onHost(
    'user a { password = secret("file:/root/p") }',
    async ({ apply }) => {
      assert.match((await apply(4)).stderr, "is no password hash");
    },
    { "/root/p": "letmein\n" },
  );
});

const ACCESS = `access {
  role Operator { privileges = ["VM.Audit", "VM.PowerMgmt"] }
  group ops { comment = "50% of: us%20" }
  user "admin@pam" { comment = "ä", email = "a@example.org", groups = [ops] }
  token "admin@pam!monitor" { save = "/root/monitor.token" }
  acl "/vms" { role = Operator, groups = [ops] }
  acl "/" { role = PVEAuditor, tokens = ["admin@pam!monitor"], propagate = false }
}`;

const USER_CFG = `user:root@pam:1:0:::root@example.org::x:
user:theirs@pve:1:0::::::

group:others:theirs@pve::

acl:1:/storage:@others:PVEDatastoreUser:
`;

test("roles, groups, users, tokens and permissions are made once; those of others stay", () =>
  onHost(
    ACCESS,
    async ({ host, apply, quiet }) => {
      const run = await apply();
      assert.is(mutating(run).length, 7);
      const text = readFileSync(join(host.root, "etc/pve/user.cfg"), "utf8");
      for (const line of [
        "user:theirs@pve:1:0::::::",
        "user:admin@pam:1:0:::a@example.org:%C3%A4::",
        "token:admin@pam!monitor:0:1::",
        "group:others:theirs@pve::",
        "group:ops:admin@pam:50% of%3A us%20:",
        "role:Operator:VM.Audit,VM.PowerMgmt:",
        "acl:1:/storage:@others:PVEDatastoreUser:",
        "acl:1:/vms:@ops:Operator:",
        "acl:0:/:admin@pam!monitor:PVEAuditor:",
      ])
        assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
      const saved = readFileSync(join(host.root, "root/monitor.token"), "utf8");
      assert.match(saved, /^admin@pam!monitor=[0-9a-f-]{36}\n$/);
      assert.is(statSync(join(host.root, "root/monitor.token")).mode & 0o777, 0o600);
      const value = saved.trim().split("=")[1] ?? "";
      const log = Object.entries(host.capture().files).filter(([path]) => path.startsWith("/var/lib/phxc/"));
      for (const [path, content] of log) assert.not.match(content, value, path);
      assert.not.match(run.stdout + run.stderr, value);
      await quiet();
    },
    { "/etc/pve/user.cfg": USER_CFG },
  ));

test("keys are not written behind a link that the user has made", () =>
  onHost(
    'user ada { ssh_keys = ["ssh-ed25519 AAAA ada"] }',
    async ({ host, apply, byHand, quiet }) => {
      await apply();
      const [ssh, theirs] = [join(host.root, "home/ada/.ssh"), join(host.root, "home/bob/.ssh")];
      mkdirSync(theirs, { recursive: true });
      rmSync(ssh, { recursive: true });
      symlinkSync(theirs, ssh);
      await byHand("chown --no-dereference 1001:1001 /home/ada/.ssh");
      assert.match(
        (await apply(3)).stderr,
        "/home/ada/.ssh, a part of /home/ada/.ssh, is a symbolic link that root has not made",
      );
      assert.equal(readdirSync(theirs), []);
      // One that root has made is root's business.
      await byHand("chown --no-dereference 0:0 /home/ada/.ssh");
      await apply();
      assert.equal(readdirSync(theirs), ["authorized_keys"]);
      await quiet();
    },
    {},
  ));

test("a token's value goes over no file of somebody else, and no token is made for it", () =>
  onHost(
    ACCESS,
    async ({ host, apply, quiet }) => {
      const path = join(host.root, "root/monitor.token");
      const run = await apply(4);
      assert.match(
        run.stderr,
        "/root/monitor.token, where the value of the token admin@pam!monitor is to go, is a file",
      );
      assert.is(readFileSync(path, "utf8"), "mine\n");
      assert.not.ok(mutating(run).some((line) => line.includes("token add")));
      // A value of the same token that is no longer good, as after its removal by hand.
      writeFileSync(path, "admin@pam!monitor=0-0\n");
      await apply();
      assert.not.match(readFileSync(path, "utf8"), "0-0\n");
      await quiet();
    },
    { "/root/monitor.token": "mine\n" },
  ));

test("what permissions and users name and nobody makes is told before anything is done", () =>
  onHost(
    `user ada { groups = [adm, render] }
    access {
      user "ada@pam" { groups = [theirs] }
      token "bob@pve!monitor" { save = "/root/bob.token" }
      acl "/" { role = Missing, users = ["root@pam"], tokens = ["root@pam!gone"] }
      acl "/vms" { role = PVEAdmin, groups = [theirs] }
    }`,
    async ({ host, apply, byHand, quiet }) => {
      const run = await apply(3);
      for (const text of [
        "the host has no group render",
        "Proxmox has no group theirs",
        "Proxmox has no user bob@pve",
        "Proxmox has no role Missing",
        "Proxmox has no token root@pam!gone",
      ])
        assert.match(run.stderr, text);
      assert.not.match(run.stderr, /no group adm|no role PVEAdmin|no user root|no user ada/);
      assert.equal(mutating(run), []);
      const groups = join(host.root, "etc/group");
      writeFileSync(groups, `${readFileSync(groups, "utf8")}render:x:993:\n`);
      await byHand(
        "pveum group add theirs",
        "pveum user add bob@pve",
        "pveum role add Missing --privs VM.Audit",
        "pveum user token add root@pam gone --output-format json",
      );
      await apply();
      await quiet();
    },
  ));

test("a group may come with a package that is still to be installed", () =>
  onHost("packages = [render-tools]\nuser ada { groups = [render] }", async ({ apply }) => {
    assert.match((await apply(4)).stderr, "usermod: group 'render' does not exist");
    assert.match((await apply(3)).stderr, "the host has no group render");
  }));

test("what somebody has changed is set again", () =>
  onHost(ACCESS, async ({ host, apply, check, quiet, byHand }) => {
    await apply();
    await byHand(
      "pveum role modify Operator --privs VM.Audit",
      "pveum user modify admin@pam --comment b --groups ops",
      "pveum acl delete /vms --roles Operator --groups ops",
      "pveum user token modify admin@pam monitor --privsep 0",
    );
    assert.equal(await check(), [
      "+ host: role Operator on /vms for @ops",
      "~ host: role Operator: privs VM.Audit -> VM.Audit VM.PowerMgmt",
      "~ host: token admin@pam!monitor: privsep 0 -> 1",
      "~ host: user admin@pam: comment b -> \\xc3\\xa4",
    ]);
    await apply();
    await quiet();
    assert.is(host.guests().length, 0);
  }));

test("keys, rights and permissions that leave the files are taken back; the user stays", () =>
  withCommitted(async (project) => {
    const host = HOST.replace(
      "}",
      ', user a { ssh_keys = ["ssh-ed25519 AAAA a"], sudo = true }, access { user "a@pam" {}, acl "/" { role = PVEAdmin, users = ["a@pam"] } } }',
    );
    await project.write(host);
    await settled(project);
    await project.write(HOST);
    assert.equal(await settled(project), [
      "- host: remove /etc/sudoers.d/phxc-a",
      `- host: remove the block keys from ${HOMES}/a/.ssh/authorized_keys`,
      "- host: role PVEAdmin on / of a@pam",
    ]);
    const { files } = project.host.capture();
    assert.match(files["/etc/passwd"] ?? "", /^a:/m);
    assert.match(files["/etc/pve/user.cfg"] ?? "", "user:a@pam");
  }));

test("killed before, within and after each command, the next run reaches the same end", async () => {
  const { script } = await compileSource(`host pve { timezone = "Europe/Berlin"\n${ADMIN}\n${ACCESS} }\n`);
  const whole = await undisturbed(script, emptyHost({ files: { "/root/hash": `${HASH}\n` } }));
  assert.is(whole.run.code, 0, whole.run.stderr);
  for (const when of ["before", "during", "after", "fail"] as const) {
    const faults = faultsAt(whole, when).filter(
      ({ at }) => when !== "fail" || !whole.commands[at - 1]?.startsWith("apt-get"),
    );
    await surviveAll(whole, faults);
  }
});

provesMatrix(test, import.meta.url);

test.run();
