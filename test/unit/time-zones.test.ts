import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isTimeZone } from "../../src/text/time-zones.js";

const test = suite("time zones");

/** What `visit` returns, and how often ICU was asked meanwhile. */
function askingIcu<T>(visit: () => T): { readonly result: T; readonly asked: number } {
  const original = Intl.DateTimeFormat;
  let asked = 0;
  Intl.DateTimeFormat = new Proxy(original, {
    construct: (target, args) => {
      asked++;
      return Reflect.construct(target, args) as Intl.DateTimeFormat;
    },
  });
  try {
    return { result: visit(), asked };
  } finally {
    Intl.DateTimeFormat = original;
  }
}

test("a zone of a continent is known without ICU, which takes longer to load than everything else", () => {
  for (const name of ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Africa/Abidjan", "Pacific/Wallis"])
    assert.equal(
      askingIcu(() => isTimeZone(name)),
      { result: true, asked: 0 },
    );
});

test("the table has nearly all zones that ICU lists", () => {
  const { result, asked } = askingIcu(() => Intl.supportedValuesOf("timeZone").filter((name) => !isTimeZone(name)));
  assert.equal(result, []);
  assert.ok(asked < 40, `${asked} of ICU's zones are not in the table`);
});

test("zones without an area, older and newer names are good ones", () => {
  for (const name of ["UTC", "Etc/UTC", "US/Eastern", "Asia/Calcutta", "Europe/Kyiv"])
    assert.ok(isTimeZone(name), name);
});

test("a name in another case, a part of a name and several names are none", () => {
  for (const name of ["europe/berlin", "Europe/berlin", "Europe", "Europe/", "/Berlin", "Europe/Ber", "Berlin"])
    assert.not(isTimeZone(name), name);
  for (const name of ["Europe/Berlin Paris", "Europe/\n", "constructor/name", "", " ", "America/Argentina"])
    assert.not(isTimeZone(name), name);
});

test.run();
