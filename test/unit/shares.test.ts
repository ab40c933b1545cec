import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { expectFindings, lineAndCode } from "../support/compile.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("exports and shares");

const wrong: readonly (readonly [what: string, text: string])[] = [
  [
    "an option that exports(5) does not have",
    'export a { path = "/a", clients = ["*"], options = [ro, squash] } # PHX3045',
  ],
  ["a value with a comma", 'export a { path = "/a", clients = ["*"], options = ["sec=sys,rw"] } # PHX3045'],
  ["an option twice", 'export a { path = "/a", clients = [10.0.0.5], options = [rw, rw] } # PHX3051'],
  ["a client with a blank", 'export a { path = "/a", clients = ["10.0.0.5 10.0.0.6"] } # PHX3045'],
  ["a net with a prefix that is none", 'export a { path = "/a", clients = ["10.0.0.0/33"] } # PHX3046'],
  ["an address that is none", 'share a { path = "/a", clients = ["10.0.0.300"] } # PHX3046'],
  ["a quota of its own", 'export a { path = "/a", clients = [10.0.0.5], quota = 10G } # PHX3061'],
  ["a client with options in brackets", 'export a { path = "/a", clients = ["10.0.0.5(rw)"] } # PHX3045'],
  ["a relative path", 'export a { path = "a", clients = [10.0.0.5] } # PHX3045'],
  ["a mode that is none", 'export a { path = "/a", clients = [10.0.0.5], mode = 0799 } # PHX3045'],
  ["an owner with capitals", 'share a { path = "/a", owner = "Anna" } # PHX3045'],
  ["a share called as Samba's own", 'share global { path = "/a" } # PHX3045'],
  ["a value that goes on in the next line", 'share a { path = "/a", comment = "x\\\\" } # PHX3045'],
  ["a user with a blank", 'share a { path = "/a", users = ["anna bob"] } # PHX3045'],
  ["a parameter with an equals sign", 'share a { path = "/a"\n options { "vfs=x" = "y" } } # PHX3071'],
  ["a work group of 16 characters", "host h { samba { workgroup = ABCDEFGHIJKLMNOP } } # PHX3045"],
  ["a password in clear text", 'host h { samba { user anna { password = "geheim" } } } # PHX3049'],
];

for (const [what, text] of wrong) test(`refused: ${what}`, async () => void (await expectFindings(text)));

for (const name of ["read only", "writable", "directory", "public", "allow hosts", "create mode"]) {
  test(`a parameter that an attribute says, by whatever name: ${name}`, async () => {
    const text = `share a {\n  path = "/a"\n  options {\n    "${name}" = "x"\n  }\n}\n`;
    const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": text }) });
    assert.equal(diagnostics.map(lineAndCode), ["4 PHX5704"]);
  });
}

test("nothing is wrong with what is usual", async () => {
  await expectFindings(`
network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }
export a { path = "/a", clients = [lan, 10.0.0.5, "host.example.net", "*.example.net", "@group", "10.2.0.0/255.255.0.0"] }
export b { path = "/b", clients = ["*"], options = [ro, sync, no_subtree_check, "sec=krb5:krb5p", "anonuid=99"] }
share media { path = "/m", users = [anna, "@staff"], mode = 2770, clients = [lan] }
`);
});

test("two exports of one directory, an export to all, and root of clients are told", async () => {
  await expectFindings(`
export a { path = "/a", clients = [10.0.0.5] }
export b { path = "/a", clients = [10.0.0.6] } # PHX4822
export c { path = "/c", clients = [0.0.0.0/0] } # PHX4823
export d { path = "/d", clients = [10.0.0.5], options = [rw, no_root_squash] } # PHX4821
export e {
  path = "/e"
  clients = [10.0.0.5]
  client 10.0.0.6 { options = [rw, no_root_squash] } # PHX4821
}
`);
});

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\nhost pve { address = 10.0.0.13 }\n";
const guest = (id: number, ip: string, volume: string): string =>
  `vm ${id} app-${id} {\n image = "/root/i.qcow2"\n agent = true\n disk root { size = 4GiB, storage = local-lvm }\n net lan { ip = ${ip} }\n ${volume}\n}\n`;
const nfs = 'volume nfs data { from = "10.0.0.13:/srv/data/sub", at = "/data" }';
const smb = 'volume samba media { from = "//10.0.0.13/media", at = "/media" }';

test("a guest that mounts has to be a client: by its name, its address, a net that it is in, or a name nobody knows", async () => {
  await expectFindings(`${LAN}${guest(100, "10.0.0.50", nfs)}export data { path = "/srv/data", clients = [app-100] }`);
  await expectFindings(
    `${LAN}${guest(100, "10.0.0.50", nfs)}export data { path = "/srv/data", clients = [10.0.0.0/26] }`,
  );
  await expectFindings(`${LAN}${guest(100, "10.0.0.50", nfs)}export data { path = "/srv/data", clients = ["*.home"] }`);
  await expectFindings(`${LAN}${guest(100, "dhcp", nfs)}export data { path = "/srv/data", clients = [10.0.0.7] }`);
  await expectFindings(
    `${LAN}${guest(100, "10.0.0.50", `${nfs} # PHX4820`)}export data { path = "/srv/data", clients = [10.0.0.7] }`,
  );
  await expectFindings(`${LAN}${guest(100, "10.0.0.50", smb)}share media { path = "/srv/media" }`);
  await expectFindings(
    `${LAN}${guest(100, "10.0.0.50", `${smb} # PHX4820`)}share media { path = "/srv/media", clients = [10.0.0.7] }`,
  );
});

test("what a guest mounts is made before it, and with it where only the guest is asked for", async () => {
  const text = `${LAN}${guest(100, "10.0.0.50", nfs)}export data { path = "/srv/data", clients = [app-100] }
share other { path = "/srv/other" }`;
  const { plan } = await compileSource(text);
  const at = (id: string): number => plan.steps.findIndex((step) => step.id === id);
  assert.ok(at("export.data") >= 0 && at("export.data") < at("vm.100.create"));
});

test.run();
