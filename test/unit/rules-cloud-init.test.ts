import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: cloud-init");

const KEY = 'ssh_keys = ["ssh-ed25519 AAAA me"]';

test("own user data replaces what is made from the other attributes", async () => {
  const [finding] = await expectFindings(`
vm 100 a {
  cloud_init {
    user = admin
    ${KEY}
    packages = [curl]
    user bob { ${KEY} }
    user eve { ${KEY} }
    user_data = "#cloud-config\\n" # PHX4701
  }
}
vm 101 b { cloud_init { user_data = "#!/bin/sh\\n", vendor_data = "#cloud-config\\n", snippets = local } }
`);
  assert.match(finding?.message ?? "", "`user`, `ssh_keys`, `packages`, `user { }` would have no effect");
});

test("a user needs a key or a password", async () => {
  await expectFindings(`
vm 100 a { cloud_init { user = admin } } # PHX4702
vm 101 b { cloud_init { user = admin, ${KEY} } }
vm 102 c { cloud_init { user = admin, password = secret("env:HASH") } }
vm 103 d { cloud_init { user = admin, ssh_keys = [] } }
vm 104 e {
  cloud_init {
    user bob { sudo = true } # PHX4702
    user daemon { system = true }
    user eve { ${KEY} }
  }
}
vm 105 f { cloud_init { packages = [curl] } }
`);
});

test("keys may stand at the source of a clone, or at its clones", async () => {
  await expectFindings(`
vm 100 base { template = true, cloud_init { user = admin } }
vm 101 a { clone = base, cloud_init { ${KEY} } }
vm 200 other { template = true, cloud_init { ${KEY} } }
vm 201 b { clone = other, cloud_init { user = admin } }
vm 300 bare { template = true, cloud_init { user = admin } } # PHX4702
vm 301 c { clone = bare }
`);
});

test("a profile's block is told once", async () => {
  await expectFindings(`
profile p {
  cloud_init { user = admin } # PHX4702
}
vm 100 a extends p { cores = 1 }
vm 101 b extends p { cores = 1 }
`);
});

test("the first user is not a block as well", async () => {
  await expectFindings(`
vm 100 a {
  cloud_init {
    user = admin
    ${KEY}
    user admin { ${KEY} } # PHX4703
    user bob { ${KEY} }
  }
}
`);
});

test("user data says what it is", async () => {
  const headers = [
    "#cloud-config",
    "#!/bin/sh",
    "#include https://x",
    "## template: jinja",
    "Content-Type: a",
    "MIME-Version: 1.0",
  ];
  const good = headers.map((line, i) => `vm ${100 + i} g${i} { cloud_init { user_data = "${line}\\n" } }`);
  await expectFindings(`${good.join("\n")}
vm 200 a { cloud_init { user_data = "packages: [curl]\\n" } } # PHX4704
vm 201 b { cloud_init { user_data = "\\n#cloud-config\\n" } } # PHX4704
vm 202 c { cloud_init { vendor_data = " #cloud-config\\n" } } # PHX4704
`);
});

test("YAML is not indented by tabs; scripts and quoted lines may be", async () => {
  const [finding] = await expectFindings(`
vm 100 a { cloud_init { user_data = "#cloud-config\\npackages:\\n\\t- curl\\n" } } # PHX4705
vm 101 b { cloud_init { user_data = "#!/bin/sh\\nif true; then\\n\\techo\\nfi\\n" } }
vm 102 c { cloud_init { user_data = "#cloud-config\\nruncmd:\\n- |\\n  a\\n  \\tb\\n" } }
vm 103 d { cloud_init { network_config = "version: 2\\nethernets:\\n\\teth0: {}\\n" } } # PHX4705
`);
  assert.match(finding?.message ?? "", "line 3 of `user_data`");
});

test("a network configuration has a version", async () => {
  await expectFindings(`
vm 100 a { cloud_init { network_config = "ethernets: {}\\n" } } # PHX4706
vm 101 b { cloud_init { network_config = "network:\\n  version: 1\\n  config: []\\n" } }
vm 102 c { cloud_init { network_config = "{\\"version\\": 2, \\"ethernets\\": {}}\\n" } }
`);
});

test("a declared storage takes snippets where there are any", async () => {
  const storage = 'storage dir local { path = "/var/lib/vz", content = [iso, vztmpl, backup] }';
  const [finding] = await expectFindings(`
${storage}
storage dir shared { path = "/srv", content = [snippets] }
vm 100 a { cloud_init { ${KEY}, packages = [curl] } } # PHX4301
vm 101 b { cloud_init { ${KEY}, packages = [curl], snippets = shared } }
vm 102 c { cloud_init { user = admin, ${KEY} } }
vm 103 d { cloud_init { user = admin, ${KEY}, vendor_data = "#!/bin/sh\\n" } } # PHX4301
`);
  assert.match(finding?.message ?? "", "snippets");
});

test("secrets are no texts, and texts no secrets", async () => {
  await expectFindings(
    `
vm 100 a { cloud_init { user = x, password = "open sesame" } } # PHX3049
vm 101 b { cloud_init { user = x, ${KEY}, timezone = secret("env:TZ") } } # PHX3048
`,
    /^PHX4/,
  );
});

test.run();
