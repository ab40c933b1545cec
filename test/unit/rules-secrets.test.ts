import { suite } from "uvu";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: secrets");

test("literal secrets are found, references and placeholders are not", async () => {
  await expectFindings(`
ct 101 a {
  feature app {
    admin_password = "hunter2-example" # PHX4601
    DATABASE_PASS = "x" # PHX4601
    api_keys = ["one", "two"] # PHX4601
    token_file = "/root/.token"
    password = ""
    secret = "/run/secrets/app"
    token = "\\\${TOKEN}"
    retries = 3
    pass_through = true
  }
}
`);
});

test("a value that many guests share is reported once", async () => {
  await expectFindings(`
profile app { feature app { password = "x-example" } } # PHX4601
ct 101 a extends app {}
ct 102 b extends app {}
`);
});

test("private keys are found wherever they are", async () => {
  await expectFindings(`
ct 101 a {
  description = "-----BEGIN OPENSSH PRIVATE KEY-----" # PHX4602
  feature tls {
    cert = "-----BEGIN CERTIFICATE-----"
    public = "-----BEGIN PUBLIC KEY-----"
  }
}
vm 102 b { cloud_init { ssh_keys = ["ssh-ed25519 AAAA user@host"] } }
`);
});

test("URLs with a password are found", async () => {
  await expectFindings(`
ct 101 a {
  feature app {
    database = "postgres://app:example@10.0.0.6/app" # PHX4603
    plain = "postgres://app@10.0.0.6/app"
    port = "http://10.0.0.6:8080/a@b"
    variable = "postgres://app:\\\${PASS}@10.0.0.6/app"
  }
}
`);
});

test.run();
