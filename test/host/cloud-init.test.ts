import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { sentSecrets } from "../../src/text/secrets.js";
import { announced, mutating } from "../support/rehearsal.js";
import { another, appVm, applied, confPath, output, scripted } from "../support/script-host.js";
import type { Run } from "../support/script-host.js";
import { zfsHost } from "../support/sim.js";

const test = suite("cloud-init on the host");

const NEW_INSTANCE = /cloud-init will take it for a new instance when it is next started, and run its modules again/;
const HASH = `$6$planted$${"p".repeat(86)}`;

/** A machine whose settings Proxmox has no options for. */
function rich(inner: string, more = "state = running"): string {
  return appVm(`${more}\n  cloud_init {\n${inner}\n  }`, "ip = 10.0.0.5");
}

function snippets(host: SimulatedHost): string[] {
  return readdirSync(join(host.root, "var/lib/vz/snippets")).toSorted();
}

function snippet(host: SimulatedHost): string {
  return readFileSync(join(host.root, "var/lib/vz/snippets", snippets(host)[0] ?? ""), "utf8");
}

function conf(host: SimulatedHost, id: number): string {
  return readFileSync(confPath(host, id), "utf8");
}

function notes(run: Run): string {
  return run.stdout.slice(run.stdout.indexOf("\nNotes:"));
}

test("users, packages and files become a snippet that the drive is made from", async () => {
  await applied(
    rich(`user = admin, ssh_keys = ["ssh-ed25519 AAAA one"], packages = [curl]`),
    async ({ host, quiet }) => {
      const [name = ""] = snippets(host);
      assert.match(name, /^phxc-100-user-[0-9a-f]{16}\.yaml$/);
      assert.is(statSync(join(host.root, "var/lib/vz/snippets", name)).mode & 0o777, 0o644);
      assert.match(conf(host, 100), `cicustom: user=local:snippets/${name}\n`);
      assert.not.match(conf(host, 100), /ciuser|sshkeys/);
      assert.is((await host.execute(["qm", "cloudinit", "dump", "100", "user"])).stdout, `${snippet(host)}\n`);
      await quiet();
    },
  );
});

test("a changed list of packages is a new instance, which --check says without changing anything", async () => {
  await applied(rich("packages = [curl]"), async ({ host }) => {
    const [before = ""] = snippets(host);
    const next = await another(host, rich("packages = [curl, git]"));
    const seen = await host.runScript(next.script, ["--check"]);
    assert.is(seen.code, 2);
    assert.match(notes(seen), NEW_INSTANCE);
    assert.equal([snippets(host), mutating(seen)], [[before], []]);
    const run = await next.apply();
    assert.match(notes(run), NEW_INSTANCE);
    assert.equal(announced(run.stdout).toSorted(), announced(seen.stdout).toSorted());
    const [after = ""] = snippets(host);
    assert.is.not(after, before);
    assert.equal(snippets(host), [after]);
    assert.ok(mutating(run).includes("qm cloudinit update 100"));
    assert.match(conf(host, 100), `snippets/${after}`);
    await next.quiet();
  });
});

test("a key that is added and one that is removed are set exactly, in user data that holds the others no more", async () => {
  const keys = (...names: readonly string[]): string =>
    rich(`user bob { ssh_keys = [${names.map((name) => `"ssh-ed25519 AAAA ${name}"`).join(", ")}] }`);
  await applied(keys("one", "two"), async ({ host }) => {
    const next = await another(host, keys("two", "three"));
    assert.match(notes(await next.apply()), NEW_INSTANCE);
    assert.not.match(snippet(host), "AAAA one");
    assert.is(snippet(host).split("AAAA two").length - 1, 2);
    assert.match(snippet(host), "authorized_keys.new");
    await next.quiet();
  });
});

test("a clone gets user data with its own name, and its own address", async () => {
  const fleet = (address: string): string => `vm 100 base {
  template = true
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = vms }
  cloud_init { user = admin, ssh_keys = ["ssh-ed25519 AAAA one"], packages = [curl] }
}
vm 101 app {
  clone = base
  state = running
  net lan { ip = ${address} }
}
`;
  await applied(fleet("10.0.0.5"), async ({ host, quiet }) => {
    const own = snippets(host).find((name) => name.startsWith("phxc-101-user-")) ?? "";
    const text = readFileSync(join(host.root, "var/lib/vz/snippets", own), "utf8");
    assert.match(text, 'hostname: "app"\n');
    assert.match(text, '- "curl"\n');
    assert.match(conf(host, 101), `cicustom: user=local:snippets/${own}\n`);
    await quiet();
    const next = await another(host, fleet("10.0.0.6"));
    const run = await next.apply();
    assert.match(notes(run), NEW_INSTANCE);
    assert.equal(
      mutating(run).map((line) => line.replace(/ --digest.*/, "")),
      ["qm set 101 --ipconfig0 gw=10.0.0.1,ip=10.0.0.6/24", "qm cloudinit update 101"],
    );
    await next.quiet();
  });
});

test("an interface's firewall is no matter of cloud-init; its address is", async () => {
  const vm = (net: string): string => appVm("state = running\n  cloud_init { user = admin, ssh_keys = [] }", net);
  await applied(vm("ip = 10.0.0.5"), async ({ host }) => {
    const filtered = await another(host, vm("ip = 10.0.0.5, firewall = true"));
    assert.not.match(output(await filtered.apply()), NEW_INSTANCE);
    const moved = await another(host, vm("ip = 10.0.0.7, firewall = true"));
    assert.match(output(await moved.apply()), NEW_INSTANCE);
    await moved.quiet();
  });
});

test("what Proxmox has options for needs no snippet; a key that is taken away there stays in the guest, and that is told", async () => {
  const vm = (...keys: readonly string[]): string =>
    appVm(`cloud_init { user = admin, ssh_keys = [${keys.map((key) => `"ssh-rsa A ${key}"`).join(", ")}] }`);
  await applied(vm("one", "two"), async ({ host, quiet }) => {
    assert.equal(snippets(host), []);
    assert.match(conf(host, 100), "ciuser: admin\n");
    await quiet();
    const next = await another(host, vm("two"));
    assert.match(output(await next.apply()), /a key that is no longer declared stays in the guest/);
    const more = await another(host, vm("two", "three"));
    assert.not.match(output(await more.apply()), /stays in the guest/);
  });
});

test("vendor data beside Proxmox's own user data is no new instance", async () => {
  const vm = (word: string): string =>
    appVm(`cloud_init { user = admin, ssh_keys = [], vendor_data = "#cloud-config\\npackages: [${word}]\\n" }`);
  await applied(vm("curl"), async ({ host, quiet }) => {
    assert.match(conf(host, 100), /cicustom: vendor=local:snippets\/phxc-100-vendor-/);
    assert.match(conf(host, 100), "ciuser: admin\n");
    await quiet();
    const next = await another(host, vm("git"));
    const run = await next.apply();
    assert.not.match(output(run), NEW_INSTANCE);
    assert.match(output(run), /what it does once only, it does not do again/);
    assert.is(snippets(host).length, 1);
  });
});

test("own user data and network configuration go in as they are", async () => {
  const own =
    'user_data = "#!/bin/sh\\necho it\'s ${self.name} \\$HOME\\n", network_config = "version: 2\\nethernets: {}\\n"';
  await applied(rich(own), async ({ host, quiet }) => {
    assert.is(
      (await host.execute(["qm", "cloudinit", "dump", "100", "user"])).stdout,
      "#!/bin/sh\necho it's app $HOME\n\n",
    );
    assert.match((await host.execute(["qm", "cloudinit", "dump", "100", "network"])).stdout, /^version: 2\n/);
    await quiet();
  });
});

test("a snippet that a snapshot needs stays, and goes with the snapshot", async () => {
  await applied(rich("packages = [curl]", ""), async ({ host, byHand }) => {
    await byHand("qm snapshot 100 before");
    const next = await another(host, rich("packages = [git]", ""));
    await next.apply();
    assert.is(snippets(host).length, 2);
    await next.quiet();
    await byHand("qm delsnapshot 100 before");
    assert.is((await next.check()).length, 1);
    await next.apply();
    assert.is(snippets(host).length, 1);
    await next.quiet();
  });
});

test("files that are not ours are never removed", async () => {
  await applied(rich("packages = [curl]"), async ({ host, quiet }) => {
    const folder = join(host.root, "var/lib/vz/snippets");
    const others = ["phxc-100-user.yaml", "phxc-1000-user-0123456789abcdef.yaml", "user-100.yaml"];
    for (const name of others) writeFileSync(join(folder, name), "");
    await quiet();
    for (const name of others) assert.ok(existsSync(join(folder, name)), name);
  });
});

test("a storage that takes no snippets holds the guest back", async () => {
  const state = zfsHost();
  const cfg = "/etc/pve/storage.cfg";
  state.files[cfg] = (state.files[cfg] ?? "").replace(",snippets", "");
  await scripted(
    rich("packages = [curl]"),
    async ({ host, apply }) => {
      assert.match(output(await apply(4)), /held back: storage local does not take content snippets/);
      assert.not.ok(existsSync(confPath(host, 100)));
    },
    state,
  );
});

test("a secret that has changed makes the drive anew, although no option does", async () => {
  const file = (value: string): string => `/tmp/${value}`;
  await scripted(rich(`file "/etc/key" { content = secret("file:/root/key") }`), async ({ host, apply, quiet }) => {
    const at = join(host.root, "root/key");
    writeFileSync(at, file("one"));
    await apply();
    const [name = ""] = snippets(host);
    assert.match(snippet(host), Buffer.from(file("one")).toString("base64"));
    assert.is(statSync(join(host.root, "var/lib/vz/snippets", name)).mode & 0o777, 0o600);
    await quiet();
    writeFileSync(at, file("two"));
    const run = await apply();
    assert.match(output(run), NEW_INSTANCE);
    assert.equal(mutating(run), ["qm cloudinit update 100"]);
    assert.match(snippet(host), Buffer.from(file("two")).toString("base64"));
    await quiet();
  });
});

test("a run that was killed before the drive was made anew goes on there", async () => {
  await scripted(
    rich(`file "/etc/key" { content = secret("file:/root/key") }`),
    async ({ host, script, apply, quiet }) => {
      const at = join(host.root, "root/key");
      writeFileSync(at, "one");
      await apply();
      writeFileSync(at, "two");
      const fault = { at: 1, when: "before" } as const;
      const killed = await host.runScript(script, [], { fault });
      assert.is.not(killed.code, 0);
      assert.equal(mutating(await apply()), ["qm cloudinit update 100"]);
      await quiet();
    },
  );
});

test("a password goes to Proxmox over standard input, and is compared with what is there", async () => {
  const vm = appVm(`cloud_init { user = admin, password = secret("env:ADMIN_HASH") }`);
  await scripted(vm, async ({ host, script }) => {
    const env = { ADMIN_HASH: HASH };
    const run = await host.runScript(script, [], { env });
    assert.is(run.code, 0, output(run));
    assert.match(conf(host, 100), `cipassword: ${HASH}\n`);
    const again = await host.runScript(script, [], { env });
    assert.equal([again.code, mutating(again)], [0, []]);
    const other = await host.runScript(script, ["--check"], { env: { ADMIN_HASH: HASH.replace("ppp", "qqq") } });
    assert.equal(announced(other.stdout), ["~ vm 100 app: cipassword (another) -> (the secret env:ADMIN_HASH)"]);
    for (const { argv } of [...run.commands, ...again.commands]) assert.not.match(argv.join(" "), "planted");
  });
});

test("a secret that is not there holds the guest back before anything is touched", async () => {
  const vm = (where: string): string => appVm(`cloud_init { user = admin, password = secret("${where}") }`);
  for (const [where, text] of [
    ["env:NOBODY_SETS_THIS", /the secret env:NOBODY_SETS_THIS is not there/],
    ["file:/root/missing", /the secret file:\/root\/missing cannot be read/],
  ] as const) {
    await scripted(vm(where), async ({ host, apply }) => {
      assert.match(output(await apply(4)), text);
      assert.not.ok(existsSync(confPath(host, 100)));
    });
  }
});

test("what is no password hash is refused, and not shown", async () => {
  for (const [value, inner] of [
    ["open sesame", `user = admin, password = secret("file:/root/hash")`],
    ["$y$j9T$salt$hash", `user = admin, password = secret("file:/root/hash")`],
    ['$6$a$b"\nruncmd: [sesame]', `user bob { password = secret("file:/root/hash") }`],
    ["$6$a$@phxc-secret-0@", `user bob { password = secret("file:/root/hash") }`],
  ] as const) {
    await scripted(appVm(`cloud_init { ${inner} }`), async ({ host, apply }) => {
      writeFileSync(join(host.root, "root/hash"), value);
      const run = await apply(4);
      assert.match(output(run), /the secret file:\/root\/hash is no password hash/);
      assert.not.match(output(run), /sesame|j9T/);
    });
  }
});

test("yescrypt is a hash for users in user data", async () => {
  await scripted(
    appVm(`cloud_init { user bob { password = secret("file:/root/hash") } }`),
    async ({ host, apply, quiet }) => {
      writeFileSync(join(host.root, "root/hash"), "$y$j9T$salt$hash\n");
      await apply();
      assert.match(snippet(host), 'passwd: "$y$j9T$salt$hash"\n');
      await quiet();
    },
  );
});

test("a command is run for its secret when the step runs, and never by --check", async () => {
  await scripted(
    rich(`user bob { password = secret("cmd:printf x >>\\"$HOME/ran\\"; cat \\"$HOME/hash\\"") }`),
    async ({ host, script, apply }) => {
      const ran = (): string =>
        existsSync(join(host.root, "root/ran")) ? readFileSync(join(host.root, "root/ran"), "utf8") : "";
      writeFileSync(join(host.root, "root/hash"), `${HASH}\n`);
      const check = await host.runScript(script, ["--check"]);
      assert.equal([check.code, ran()], [2, ""], output(check));
      await apply();
      assert.is(ran(), "x");
      const again = await host.runScript(script, ["--check"]);
      assert.equal([again.code, ran()], [0, "x"]);
      assert.match(output(again), /is not compared, because no command is run for it with --check/);
      writeFileSync(join(host.root, "root/hash"), "");
      assert.match(output(await apply(4)), /the secret cmd:.* is empty/);
    },
  );
});

test("secrets that were sent count before all others", async () => {
  await scripted(rich(`user bob { password = secret("cmd:exit 1") }`), async ({ host, script }) => {
    const path = join(host.root, "root/sent");
    writeFileSync(path, sentSecrets([["cmd:exit 1", HASH]]));
    const run = await host.runScript(script, ["--secrets", path]);
    assert.is(run.code, 0, output(run));
    assert.match(snippet(host), HASH);
  });
});

test.run();
