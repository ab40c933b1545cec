import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  holdsPrivateKey,
  isStandIn,
  looksSecret,
  maskRanges,
  secretRanges,
  urlPasswords,
} from "../../src/text/secrets.js";
import { sourceFile } from "../../src/text/source.js";

const test = suite("secrets in texts");

test("names of secrets are told from names about them", () => {
  const secret = [
    "password",
    "admin_password",
    "adminPassword",
    "DATABASE_PASS",
    "api-key",
    "apiKey",
    "token",
    "hf_token",
  ];
  for (const name of [...secret, "client_secret", "PRIVATE_KEY", "psk", "passphrase", "vault.tokens"]) {
    assert.is(looksSecret(name), true, name);
  }
  const plain = [
    "user",
    "ssh_keys",
    "public_key",
    "key",
    "keyboard",
    "token_file",
    "passwordless",
    "secretary",
    "compass",
  ];
  for (const name of [...plain, "password_policy", "api_key_path", "secret_name", "bypass", "token_ttl"]) {
    assert.is(looksSecret(name), false, name);
  }
});

test("what only stands for a secret may be seen", () => {
  const standIns = ["", "/run/secrets/app", "${TOKEN}", "$TOKEN", "<password>", "NOT_SET", "none", "true", "****"];
  for (const text of [...standIns, "env:TOKEN", "file:/root/.token", 'secret("env:A")'])
    assert.ok(isStandIn(text), text);
  for (const text of ["x", "/k3y+with/slashes=", "/oneword", "$ecret", "${user}-pass", "nothing", "* *"]) {
    assert.not.ok(isStandIn(text), text);
  }
});

test("keys and passwords of URLs are known by their form", () => {
  assert.ok(holdsPrivateKey("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n"));
  assert.ok(holdsPrivateKey("AGE-SECRET-KEY-1QQ"));
  assert.not.ok(holdsPrivateKey("-----BEGIN PUBLIC KEY-----"));
  assert.equal(urlPasswords("http://me:one@a/ and ftp://you:two@b"), ["one", "two"]);
  assert.equal(urlPasswords("http://10.0.0.6:8080/a@b postgres://app@b http://a:${PASS}@b http://a:***@b"), []);
});

/** The text as it may be shown. */
const shown = (text: string): string => maskRanges(sourceFile("a", text), secretRanges(text)).text;

test("values of secret names are found in every notation", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['password = "hunter2"', 'password = "*******"'],
    ['password="hun\\"ter2" }', 'password="*********" }'],
    ["api_key += hunter2, a = 1", "api_key += *******, a = 1"],
    ["token = '''\n  one\n  two\n  ''' x", "token = '''\n*****\n*****\n**''' x"],
    ['pass = """one" two""" x', 'pass = """********""" x'],
    ['tokens = ["one", two, "three"] a = "b"', 'tokens = ["***", two, "*****"] a = "b"'],
    ['secrets = { a = { "b": "one" } } c = "d"', 'secrets = { a = { "b": "***" } } c = "d"'],
    ['"admin_password" : "hunter2",', '"admin_password" : "*******",'],
    ['"api_key": 12345 }', '"api_key": ***** }'],
    ["# password: hunter2", "# password: *******"],
    ['run = "PGPASSWORD=hunter2 psql"', 'run = "PGPASSWORD=******* psql"'],
    ['-d \'{\\"password\\":\\"hunter2\\"}\'', '-d \'{\\"password\\":\\"*******\\"}\''],
    ['password = secret("hunter2")', 'password = secret("*******")'],
    ['password = "unclosed', 'password = "********'],
    ["http://me:hunter2@host/", "http://me:*******@host/"],
    ['key = "-----BEGIN PRIVATE KEY-----ab"', `key = "${"*".repeat(29)}"`],
  ];
  for (const [text, masked] of cases) assert.is(shown(text), masked);
});

test("what is no secret stays", () => {
  const plain = [
    'password_file = "/root/.token"',
    'password = "/run/secrets/app"',
    'password = secret("env:TOKEN")',
    "password = env(TOKEN)",
    'if (password == "x")',
    "the password:\nct 101 web {",
    'public_key = "ssh-ed25519 AAAA"',
    "keyboard = de",
    "feature token { a = 1 }",
    "",
  ];
  for (const text of plain) assert.is(shown(text), text);
});

test("lines and offsets stay as they are", () => {
  const file = sourceFile("a.phx", "secret = '''\r\nö😀x\r\n''' b");
  const masked = maskRanges(file, secretRanges(file.text));
  assert.is(masked.text, "secret = '''\r\n****\r\n''' b");
  assert.equal(masked.lineStarts, sourceFile("a.phx", masked.text).lineStarts);
  assert.is(maskRanges(file, []), file);
});

test.run();
