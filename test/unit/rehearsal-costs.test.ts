import { suite } from "uvu";
import * as assert from "uvu/assert";
import { duration } from "../../src/cli/rehearsal-report.js";
import { predict } from "../../src/rehearsal/costs.js";
import { endedAsMeant } from "../../src/rehearsal/held-back.js";

const test = suite("what a rehearsal predicts and excuses");

function commands(...lines: string[]): { argv: string[]; mutating: boolean }[] {
  return lines.map((line) => ({ argv: line.split(" "), mutating: / (?:create|set) /.test(line) }));
}

test("costs are added up by the process", () => {
  assert.equal(predict([]), { seconds: 0, proxmox: 0, others: 0 });
  const { seconds, proxmox, others } = predict(
    commands(
      "qm create 100",
      "pct set 101 --memory 512",
      "pvesh get /version",
      "zfs get all tank",
      "zfs create tank/a",
    ),
  );
  assert.equal([proxmox, others], [3, 2]);
  assert.ok(Math.abs(seconds - (0.85 + 0.85 + 1.4 + 0.02 + 0.1)) < 1e-9, `${seconds}`);
});

test("words that only sound like a Proxmox command cost next to nothing", () => {
  const { seconds, proxmox } = predict(commands("constructor create x", "chown 0:0 /qm"));
  assert.is(proxmox, 0);
  assert.ok(seconds < 0.1);
});

test("times are told as people tell them", () => {
  const told = [0, 0.94, 9.94, 9.96, 59.4, 59.6, 92, 120, 3600].map(duration);
  assert.equal(told, ["0.0 s", "0.9 s", "9.9 s", "10 s", "59 s", "1 min", "1 min 32 s", "2 min", "60 min"]);
});

const meant = new Set(["ct.102", "ct.103"]);
const counted = (held: number): string =>
  `Guests: 1 created, 0 changed, 0 unchanged, 0 destroyed, ${held} held back. x`;

test("guests that are meant to be held back are no failure, whatever else is wrong is one", () => {
  const gpu = "! ct 102 gpu: held back: there is no device /dev/nvidia0\n";
  const user = "! ct 103 user: held back: it needs ct 102, which is held back\n";
  const passes = (code: number, stdout: string): boolean => endedAsMeant({ code, stdout }, meant);
  assert.ok(passes(0, ""));
  assert.ok(passes(4, gpu + user + counted(2)));
  assert.not(passes(3, gpu + counted(1)), "the whole plan was refused");
  assert.not(passes(4, gpu), "a step failed before the end");
  assert.not(passes(4, gpu + counted(2)), "another one was held back");
  assert.not(passes(4, `${gpu}! ct 101 web: held back: there is no device /dev/x\n${counted(2)}`), "not a meant one");
  assert.not(passes(4, `! ct 102 gpu: held back: there is no storage x\n${counted(1)}`), "for another reason");
  assert.not(endedAsMeant({ code: 4, stdout: gpu + counted(1) }, new Set()));
});

test.run();
