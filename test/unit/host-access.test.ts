import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { expectFindings, lineAndCode } from "../support/compile.js";

const test = suite("users, tokens and permissions of a host");

const wrong: readonly (readonly [what: string, text: string])[] = [
  ["a key that is none", 'host h { user a { ssh_keys = ["not a key"] } } # PHX3045'],
  ["a key without its type", 'host h { user a { ssh_keys = ["AAAAC3NzaC1lZDI1NTE5 me@desk"] } } # PHX3045'],
  ["a private key", 'host h { user a { ssh_keys = ["-----BEGIN OPENSSH PRIVATE KEY-----"] } } # PHX3045'],
  ["a privilege that Proxmox does not have", 'host h { access { role A { privileges = ["VM.Audits"] } } } # PHX3042'],
  ["a privilege in another spelling", 'host h { access { role A { privileges = ["vm.audit"] } } } # PHX3042'],
  ["a type that nobody knows", 'host h { user root { ssh_keys = ["ssh-ed448 AAAA me"] } } # PHX3045'],
  [
    "the value of a token in place of its name",
    'host h { access { acl "/" { role = A, tokens = ["0a-1b"] } } } # PHX3045',
  ],
];

for (const [what, text] of wrong) test(`refused: ${what}`, async () => void (await expectFindings(text)));

test("a role that nobody is given, and two tokens in one file, are errors where they stand", async () => {
  await lowered('acl "/" { role = PVEAdmin }', "4 PHX5673");
  await lowered('acl "/" { role = PVEAdmin, users = [], groups = [] }', "4 PHX5673");
  await lowered(
    `user "a@pam" {}
token "a@pam!one" { save = "/root/t" }
token "root@pam!two" { save = "/root/t" }`,
    "6 PHX5674",
  );
});

test("a privilege that the declared release does not have any more is an error, without a release it is not", async () => {
  const role = 'role A { privileges = ["VM.Monitor"] }';
  await lowered(role, "4 PHX4880", "version = 9.0");
  await lowered(role, undefined, "version = 8.4");
  await lowered(role, undefined);
});

test("a role of Proxmox's own that it does not bring is an error; one by another name may be on the host", async () => {
  await lowered('acl "/" { role = PVEAuditer, users = ["a@pam"] }', "4 PHX4881");
  await lowered('acl "/" { role = PVEAuditor, users = ["a@pam"] }', undefined);
  await lowered('acl "/" { role = auditer, users = ["a@pam"] }', undefined);
});

/** Fails unless there is this finding, or none where none is wanted, and no other. */
async function lowered(access: string, wanted: string | undefined, more = ""): Promise<void> {
  const files = memoryFiles({ "main.phx": `host h {\n${more}\n  access {\n${access}\n}\n}\n` });
  const { diagnostics } = await compile({ entry: "main.phx", files });
  assert.equal(diagnostics.map(lineAndCode), wanted === undefined ? [] : [wanted]);
}

test("nothing is wrong with keys as authorized_keys takes them, and permissions of somebody", async () => {
  await expectFindings(`
host h {
  user a {
    ssh_keys = [
      "ssh-ed25519 AAAA"
      "ssh-rsa AAAAB3Nz+/= a comment, of words"
      "ecdsa-sha2-nistp256 AAAA me"
      "sk-ssh-ed25519@openssh.com AAAA me"
      "ssh-ed25519-cert-v01@openssh.com AAAA me"
      "from=\\"10.0.0.*\\",no-pty ssh-ed25519 AAAA me"
    ]
  }
  access {
    token "root@pam!one" { save = "/root/one" }
    token "root@pam!two" { save = "/root/two" }
    acl "/" { role = PVEAuditor, tokens = ["root@pam!one"] }
  }
}
`);
});

test.run();
