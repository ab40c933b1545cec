import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  contains,
  covers,
  ipKey,
  isPrivate,
  networkRange,
  overlaps,
  parseCidr,
  parseIp,
  parseRange,
} from "../../src/plugins/validation/addresses.js";
import type { IpRange } from "../../src/plugins/validation/addresses.js";

const test = suite("rules: addresses");

const range = (text: string): IpRange => {
  const parsed = parseRange(text);
  assert.ok(parsed, text);
  return parsed;
};

const key = (text: string): string | undefined => {
  const ip = parseIp(text);
  return ip && ipKey(ip);
};

test("what is no address is undefined", () => {
  const bad = [
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0.1",
    "a.b.c.d",
    "1::2::3",
    ":::",
    "12345::",
    "1:2:3:4:5:6:7",
    "::1.2.3",
  ];
  for (const text of [...bad, "1:2:3:4:5:6:7:8:9", "+set", "dc/name", "10.0.0.1/24"]) {
    assert.is(parseIp(text), undefined, text);
  }
});

test("spellings of one address have one key", () => {
  assert.is(key("2001:db8::1"), key("2001:DB8:0:0::1"));
  assert.is(key("::"), key("0:0:0:0:0:0:0:0"));
  assert.is(key("::ffff:10.0.0.1"), key("::ffff:a00:1"));
  assert.is.not(key("::a00:1"), key("10.0.0.1"));
});

test("nets, ranges and single addresses become ranges", () => {
  assert.equal(parseCidr("10.0.0.13/24"), range("10.0.0.0-10.0.0.255"));
  assert.equal(parseCidr("0.0.0.0/0"), range("0.0.0.0-255.255.255.255"));
  assert.equal(range("10.0.0.5").low, range("10.0.0.5").high);
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/-1", "x/8"]) {
    assert.is(parseCidr(text), undefined, text);
  }
  for (const text of ["10.0.0.9-10.0.0.1", "10.0.0.1-::1", "a-b", "10.0.0.1-"])
    assert.is(parseRange(text), undefined, text);
  const ip = parseIp("10.0.0.5");
  assert.ok(ip);
  assert.is(networkRange(ip, 40), undefined);
});

test("families never contain each other", () => {
  const ip = parseIp("::5");
  assert.ok(ip);
  assert.is(contains(range("0.0.0.0/0"), ip), false);
  assert.is(covers(range("::/0"), range("10.0.0.1")), false);
  assert.is(overlaps(range("::/0"), range("10.0.0.1")), false);
  assert.is(covers(range("10.0.0.0/8"), range("10.1.0.0/16")), true);
  assert.is(covers(range("10.1.0.0/16"), range("10.0.0.0/8")), false);
  assert.is(overlaps(range("10.1.0.0/16"), range("10.0.0.0/8")), true);
});

test("private addresses are told from the world's", () => {
  for (const text of ["10.0.0.1", "172.31.255.255", "192.168.0.0/16", "fd00::1"])
    assert.is(isPrivate(range(text)), true, text);
  for (const text of ["172.32.0.1", "8.8.8.8", "192.168.0.0/15", "2001:db8::1", "0.0.0.0/0"]) {
    assert.is(isPrivate(range(text)), false, text);
  }
});

test.run();
