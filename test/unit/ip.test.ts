import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  addToIp,
  formatCidr,
  formatIp,
  hostOf,
  isPrivateRange,
  networkOf,
  parseCidr,
  parseIp,
  parseRange,
  rangeCovers,
  rangeHolds,
  rangesOverlap,
} from "../../src/text/ip.js";
import type { Cidr, Ip, IpRange } from "../../src/text/ip.js";

const test = suite("IP addresses");

const ip = (text: string): Ip => known(parseIp(text), text);
const cidr = (text: string): Cidr => known(parseCidr(text), text);
const range = (text: string): IpRange => known(parseRange(text), text);

function known<T>(parsed: T | undefined, text: string): T {
  assert.ok(parsed, text);
  return parsed;
}

test("what is no address is undefined", () => {
  const bad4 = ["", "10.0.0", "10.0.0.256", "10.0.0.0.1", "a.b.c.d", "010.0.0.1", "10.0.0.1 ", "10.0.0.-1", "10..0.1"];
  const bad6 = [
    "1::2::3",
    ":::",
    "12345::",
    "1:2:3:4:5:6:7",
    "::1.2.3",
    "::1.2.3.256",
    "1:2:3:4:5:6:7:8:9",
    "fe80::1%eth0",
  ];
  for (const text of [...bad4, ...bad6, ":", "1:2:3:4:5:6:7:8::", "+set", "dc/name", "10.0.0.1/24"]) {
    assert.is(parseIp(text), undefined, text);
  }
});

test("an address has one spelling", () => {
  const spellings: readonly (readonly [string, string])[] = [
    ["10.0.0.1", "10.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["1:0:0:0:0:0:0:0", "1::"],
  ];
  for (const [written, canonical] of spellings) {
    assert.is(formatIp(ip(written)), canonical);
    assert.equal(ip(canonical), ip(written));
  }
  assert.is.not(formatIp(ip("::a00:1")), formatIp(ip("10.0.0.1")));
});

test("a prefix has the length of its version at most", () => {
  assert.is(formatCidr(cidr("10.0.0.13/24")), "10.0.0.13/24");
  assert.is(formatCidr(cidr("fd00:0::1/128")), "fd00::1/128");
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "::/129", "10.0.0.0/-1", "x/8", "10.0.0.0", "/8"]) {
    assert.is(parseCidr(text), undefined, text);
    if (text.includes("/")) assert.is(parseRange(text), undefined, text);
  }
});

test("the net of an address has no bits behind its prefix", () => {
  assert.is(formatCidr(networkOf(cidr("10.0.0.13/24"))), "10.0.0.0/24");
  assert.is(formatCidr(networkOf(cidr("172.31.255.9/12"))), "172.16.0.0/12");
  assert.is(formatCidr(networkOf(cidr("10.0.0.13/32"))), "10.0.0.13/32");
  assert.is(formatCidr(networkOf(cidr("255.1.1.1/0"))), "0.0.0.0/0");
  assert.is(formatCidr(networkOf(cidr("2001:db8::ff/64"))), "2001:db8::/64");
});

test("addresses are counted within their space and their net", () => {
  const plus = (text: string, n: number): string | undefined => {
    const sum = addToIp(ip(text), n);
    return sum && formatIp(sum);
  };
  assert.is(plus("10.0.0.255", 1), "10.0.1.0");
  assert.is(plus("10.0.0.0", -1), "9.255.255.255");
  assert.is(plus("255.255.255.255", 1), undefined);
  assert.is(plus("::", -1), undefined);
  const host = (text: string, n: number): string | undefined => {
    const found = hostOf(cidr(text), n);
    return found && formatIp(found);
  };
  assert.is(host("10.0.0.77/24", 5), "10.0.0.5");
  assert.is(host("10.0.0.0/24", -2), "10.0.0.254");
  assert.is(host("10.0.0.0/24", 255), "10.0.0.255");
  assert.is(host("10.0.0.0/24", 256), undefined);
  assert.is(host("10.0.0.0/24", -257), undefined);
  assert.is(host("10.0.0.9/32", 0), "10.0.0.9");
});

test("nets, ranges and single addresses become ranges", () => {
  assert.equal(range("10.0.0.13/24"), range("10.0.0.0-10.0.0.255"));
  assert.equal(range("0.0.0.0/0"), range("0.0.0.0-255.255.255.255"));
  assert.is(range("10.0.0.5").low, range("10.0.0.5").high);
  for (const text of ["10.0.0.9-10.0.0.1", "10.0.0.1-::1", "a-b", "10.0.0.1-", "-10.0.0.1", ""]) {
    assert.is(parseRange(text), undefined, text);
  }
});

test("versions never contain each other", () => {
  assert.is(rangeHolds(range("0.0.0.0/0"), ip("::5")), false);
  assert.is(rangeCovers(range("::/0"), range("10.0.0.1")), false);
  assert.is(rangesOverlap(range("::/0"), range("10.0.0.1")), false);
  assert.is(rangeHolds(range("10.0.0.0/24"), ip("10.0.0.255")), true);
  assert.is(rangeHolds(range("10.0.0.0/24"), ip("10.0.1.0")), false);
  assert.is(rangeCovers(range("10.0.0.0/8"), range("10.1.0.0/16")), true);
  assert.is(rangeCovers(range("10.1.0.0/16"), range("10.0.0.0/8")), false);
  assert.is(rangesOverlap(range("10.1.0.0/16"), range("10.0.0.0/8")), true);
});

test("private addresses are told from the world's", () => {
  for (const text of ["10.0.0.1", "172.31.255.255", "192.168.0.0/16", "fd00::1"]) {
    assert.is(isPrivateRange(range(text)), true, text);
  }
  for (const text of ["172.32.0.1", "8.8.8.8", "192.168.0.0/15", "2001:db8::1", "0.0.0.0/0"]) {
    assert.is(isPrivateRange(range(text)), false, text);
  }
});

test.run();
