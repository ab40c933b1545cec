import { suite } from "uvu";
import * as assert from "uvu/assert";
import { captureScript } from "../../src/host/capture-script.generated.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { looksSecret } from "../../src/text/secrets.js";
import { capture } from "../support/capture.js";
import { inFolder } from "../support/folder.js";
import { editConf } from "../support/script-host.js";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { must, withHost, zfsHost } from "../support/sim.js";

const test = suite("capture-secrets");

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

test("the script is clean", () => {
  if (!hasLinters()) return console.log("skipped: shellcheck or shfmt is not installed");
  assert.equal(lintScript(captureScript), []);
});

test.run();
