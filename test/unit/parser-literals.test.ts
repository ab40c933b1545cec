import { suite } from "uvu";
import * as assert from "uvu/assert";
import { classifyLiteral } from "../../src/parser/literals.js";
import { findings, parseText, treeOf } from "../support/phx.js";

const test = suite("parser-literals");

/** What the table says of a literal: its kind and value, or the problem with its suggestion. */
function classified(text: string): string {
  const found = classifyLiteral(text);
  if ("problem" in found) return `${found.problem}${found.suggested === undefined ? "" : ` ${found.suggested}`}`;
  return found.value === undefined ? found.kind : `${found.kind} ${found.value}`;
}

const good: Readonly<Record<string, string>> = {
  "0": "int 0",
  "500": "int 500",
  "9007199254740991": "int 9007199254740991",
  "8.10": "decimal 8.1",
  "0.5": "decimal 0.5",
  "128K": "size 131072",
  "8G": "size 8589934592",
  "8GiB": "size 8589934592",
  "1KiB": "size 1024",
  "64MiB": "size 67108864",
  "1.4T": "size 1539316278886",
  "2TiB": "size 2199023255552",
  "250ms": "duration 250",
  "5s": "duration 5000",
  "4m": "duration 240000",
  "1h": "duration 3600000",
  "7d": "duration 604800000",
  "10.0.0.1": "ipv4",
  "255.255.255.255": "ipv4",
  "10.0.0.0/24": "cidr",
  "10.0.0.5/32": "cidr",
  "::": "ipv6",
  "::1": "ipv6",
  "fe80::1": "ipv6",
  "2001:db8:0:0:0:0:0:1": "ipv6",
  "::ffff:10.0.0.1": "ipv6",
  "2001:db8::/32": "cidr",
  "::/0": "cidr",
  "52:54:00:aa:bb:ca": "mac",
  "AA:BB:CC:DD:EE:FF": "mac",
  "0000:01:00.0": "pci",
  "0000:01:00": "pci",
  "33:33": "ownership",
  "0:0": "ownership",
  "0755": "text",
  "007": "text",
  "8.10.1": "text",
  "4m2": "text",
  "9000-template": "text",
  "0-3": "text",
  "0x10de": "text",
  "24.04-2_amd64.tar.zst": "text",
};

for (const [text, expected] of Object.entries(good)) {
  test(`${text} is ${expected}`, () => assert.is(classified(text), expected));
}

const bad: Readonly<Record<string, string>> = {
  "8GB": "unit 8GiB",
  "1.5tb": "unit 1.5TiB",
  "512kb": "unit 512KiB",
  "10.0.0.300": "malformed",
  "10.0.0.01": "malformed",
  "10.0.0.0/33": "malformed",
  "10.0.0.0/024": "malformed",
  "10.0.0.300/24": "malformed",
  "fe80::1/129": "malformed",
  "fe80::1%eth0": "malformed",
  "1h30m": "malformed 90m",
  "1.5h": "malformed 90m",
  "1m30s": "malformed 90s",
  "1d12h": "malformed 36h",
  "01:00.0": "malformed 0000:01:00.0",
  "52-54-00-aa-bb-ca": "malformed 52:54:00:aa:bb:ca",
  "52:54:00:aa:bb:c": "malformed",
  "52:54:00:aa:bb:zz": "malformed",
  "52:54:00:aa:bb": "malformed",
  "50%": "malformed",
  "9007199254740992": "malformed",
  "9999999T": "malformed",
  "8/2": "glued 8 / 2",
  "7%2": "glued 7 % 2",
  "10.0.0.1:8080": "quotes",
  "10.0.0.13:/srv/nfs": "quotes",
  "1:2:3": "quotes",
  "2024/01/02": "quotes",
  "fe80::1::2": "quotes",
  "1::2:3:4:5:6:7:8": "quotes",
};

for (const [text, expected] of Object.entries(bad)) {
  test(`${text} is ${expected}`, () => assert.is(classified(text), expected));
  test(`${text} is one finding`, () => assert.is(findings(`a = [${text}, 1]`).length, 1));
}

test("a literal takes all that is glued to it, and `..` takes nothing", () => {
  assert.is(treeOf("a = 8000..8010"), "(= a (.. int:8000=8000 int:8010=8010))");
  assert.is(treeOf("a = 10.0.0.1..10.0.0.9"), "(= a (.. ipv4:10.0.0.1 ipv4:10.0.0.9))");
  assert.is(treeOf("a = 1..n + 1"), "(= a (.. int:1=1 (+ n int:1=1)))");
  assert.is(treeOf("a = fe80::1..fe80::9"), "(= a (.. ipv6:fe80::1 ipv6:fe80::9))");
});

test("hexadecimal words are names unless colons join them", () => {
  assert.is(treeOf("a = cafe"), "(= a cafe)");
  assert.is(treeOf("a = x ? cafe : beef"), "(= a (? x cafe beef))");
  assert.is(treeOf("a = de:ad:be:ef:00:01"), "(= a mac:de:ad:be:ef:00:01)");
});

test("fixes replace the literal", () => {
  const [finding] = parseText("ct 1 a { memory = 8GB }").diagnostics;
  assert.is(finding?.code, "PHX1015");
  assert.is(finding?.fix?.replacement, "8GiB");
  assert.is(finding?.fix?.span.start, 18);
  assert.is(finding?.fix?.span.end, 21);
});

test.run();
