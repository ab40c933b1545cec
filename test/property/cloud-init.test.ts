import * as fc from "../support/property.js";
import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { yaml } from "../../src/plugins/vm/cloud-init/yaml.js";
import type { Yaml } from "../../src/plugins/vm/cloud-init/yaml.js";
import { hasCloudInit, readYaml, schemaFindings } from "../support/cloud-init.js";
import { compileSource } from "../support/rehearsal.js";

const runs = process.env["PHXC_DEEP"] === "1" ? 5000 : 300;
console.log(`  ${runs} cases`);

const test = suite("YAML for cloud-init");

/** Texts that YAML could take for something else, or that could end their place. */
const HOSTILE = [
  "",
  " ",
  "a: b",
  "- a",
  "# no comment",
  "'",
  '"',
  '\\"',
  "\n",
  "\n\n",
  "a\n",
  "a\nb",
  "a\nb\n",
  "a\n\nb\n",
  "a\nb\n\n",
  " a\nb\n",
  "\na\nb\n",
  "a\n  b\n",
  "a\n\tb\n",
  "a\n---\nb\n",
  "a\n...\nb\n",
  "a\nruncmd: [evil]\n",
  "a\r\nb\r\n",
  "a\u0085b\u2028c\u2029d\n",
  "\u0000\u0007\u001b[31m\u007f\u009f",
  "\ufeffa",
  "\ufffe\uffff",
  "ü漢字🐘",
  "yes",
  "no",
  "off",
  "null",
  "~",
  "1",
  "0x10",
  "1e3",
  "12:34:56",
  "2026-01-01",
  "<<",
  "=",
  "!!python/object:os.system",
  "&a",
  "*a",
  "%TAG",
  "@a",
  "`a`",
  "{a: b}",
  "[a]",
  "|",
  ">",
  "? a",
  "a #b",
  "a: |\n  b\n",
  "x".repeat(5000),
];

const text = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE), weight: 3 },
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...HOSTILE, " ", "\t", "x"), { maxLength: 6 }).map((parts) => parts.join("")),
);

const key = fc
  .stringMatching(/^[a-z_]{1,12}$/)
  .filter((word) => !["y", "n", "yes", "no", "on", "off", "null", "true", "false"].includes(word));

const data = fc.letrec<{ value: Yaml }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.boolean(),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test("whatever the values are, PyYAML reads back just these, from printable ASCII", () => {
  if (!hasCloudInit()) return;
  const samples = [
    ...HOSTILE.map((value): Yaml => ({ a: value, b: [value, [value], { c: value }] })),
    ...fc.sample(fc.dictionary(key, data, { maxKeys: 5, noNullPrototype: true }), { numRuns: runs }),
  ];
  const texts = samples.map(yaml);
  for (const rendered of texts) assert.match(rendered, /^[\n -~]*$/);
  const read = readYaml(texts);
  // uvu's own comparison takes a key called "constructor" for the object's.
  samples.forEach((sample, i) => assert.ok(isDeepStrictEqual(read[i], wellFormed(sample)), texts[i]));
});

/** Half of a surrogate pair is no character, and becomes the one that stands for such. */
function wellFormed(value: Yaml): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === "string" ? inner.replace(/\p{Surrogate}/gu, "\ufffd") : inner,
  ) as unknown;
}

/** A string of a .phx file. */
function literal(value: string): string {
  const escaped = value
    .replace(/[\\"$]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `"${escaped.replace(/[^ -~]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}

/** The user data of a machine with these lines in its block. */
async function userDataOf(inner: string): Promise<string> {
  const { plan } = await compileSource(`vm 100 app {
  image = "/root/i.qcow2"
  disk root { size = 4GiB, storage = vms }
  cloud_init {
    ${inner}
  }
}`);
  const probe = plan.steps.map((step) => step.probe).find((each) => each.kind === "snippet");
  assert.ok(probe);
  return probe.kind === "snippet" ? probe.content : "";
}

test("user data with every attribute is valid, and says what the files say", async () => {
  if (!hasCloudInit()) return;
  const text = await userDataOf(`
    user = admin
    ssh_keys = ["ssh-ed25519 AAAA one"]
    password = secret("env:HASH")
    upgrade = false
    packages = [curl, "git=1:2.39"]
    commands = ["echo a >/x", [touch, "/a b"]]
    boot_commands = ["true"]
    growpart = ["/", "/data"]
    locale = "en_GB.UTF-8"
    timezone = "Europe/Rome"
    user bob {
      ssh_keys = ["ssh-ed25519 AAAA two"], groups = [sudo, docker], sudo = true, shell = "/bin/sh", home = "/srv/bob"
      uid = 1500, comment = "Bob B.", password = secret("env:HASH")
    }
    user daemon2 { system = true }
    file "/etc/a" { content = "a\\nb\\n", mode = 600, owner = bob, append = true, early = true }
    file "/etc/b" { content = secret("env:KEY") }
`);
  assert.is(schemaFindings(text), "", text);
  const [data] = readYaml([text]) as [Record<string, unknown>];
  assert.equal(data["users"], [
    "default",
    {
      name: "bob",
      gecos: "Bob B.",
      uid: 1500,
      groups: "sudo,docker",
      sudo: "ALL=(ALL) NOPASSWD:ALL",
      shell: "/bin/sh",
      homedir: "/srv/bob",
      lock_passwd: false,
      passwd: "@phxc-secret-1@",
      ssh_authorized_keys: ["ssh-ed25519 AAAA two"],
    },
    { name: "daemon2", shell: "/bin/bash", system: true, lock_passwd: true },
  ]);
  assert.equal(data["write_files"], [
    { path: "/etc/a", permissions: "0600", owner: "bob:bob", append: true, content: "a\nb\n" },
    { path: "/etc/b", permissions: "0600", defer: true, encoding: "b64", content: "@phxc-secret-2@" },
  ]);
  assert.equal(data["growpart"], { mode: "auto", devices: ["/", "/data"] });
  assert.equal((data["runcmd"] as unknown[]).slice(2), ["echo a >/x", ["touch", "/a b"]]);
});

test("no growing is said in the word that cloud-init knows", async () => {
  if (!hasCloudInit()) return;
  const text = await userDataOf("growpart = false");
  assert.is(schemaFindings(text), "");
  assert.equal((readYaml([text])[0] as Record<string, unknown>)["growpart"], { mode: "off" });
});

test("hostile texts stay in their places, and the user data valid", async () => {
  if (!hasCloudInit()) return;
  const values = HOSTILE.filter((value) => value !== "" && !value.includes("\u0000"));
  const files = values.map((value, i) => `file "/f/${i}" { content = ${literal(value)} }`);
  const line = (value: string): boolean => /^[^\s\p{Cc}]/u.test(value) && !/[\r\n\p{Cc}\u2028\u2029:]/u.test(value);
  const users = values
    .filter(line)
    .map(
      (value, i) => `user u${i} { ssh_keys = [${literal(`ssh-ed25519 AAAA ${value}`)}], comment = ${literal(value)} }`,
    );
  const commands = values
    .filter((value) => value.trim() !== "")
    .map((value) => `${literal(value)}, [${literal(value)}, ${literal(value)}]`);
  const text = await userDataOf(`commands = [${commands.join(", ")}]\n${[...files, ...users].join("\n")}`);
  assert.is(schemaFindings(text), "", text);
  const [data] = readYaml([text]) as [
    { users: { gecos: string }[]; write_files: { content: string }[]; runcmd: unknown[] },
  ];
  assert.equal(
    data.write_files.map(({ content }) => content),
    values,
  );
  assert.equal(
    data.users.slice(1).map(({ gecos }) => gecos),
    values.filter(line),
  );
  const own = data.runcmd.slice(values.filter(line).length);
  assert.equal(
    own,
    values.filter((value) => value.trim() !== "").flatMap((value) => [value, [value, value]]),
  );
});

test("a text that looks like the place of a secret is none", async () => {
  if (!hasCloudInit()) return;
  const text = await userDataOf(`
    password = secret("env:HASH")
    user = admin
    file "/a" { content = "@phxc-secret-0@ @phxc-secret--0@" }`);
  const [data] = readYaml([text]) as [Record<string, unknown>];
  assert.is(data["password"], "@phxc-secret---0@");
});

test.run();
