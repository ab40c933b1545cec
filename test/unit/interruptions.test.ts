import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

const test = suite("what a plan may stop or restart");

const vm = (id: number, more: string): string =>
  `vm ${id} g${id} {\n  disk root { size = 1GiB, storage = local-lvm }\n  ${more}\n}\n`;

test("the summary and the page for a review name the guests, with the reason", async () => {
  const files = {
    "main.phx": [
      vm(101, "restart = when-needed"),
      vm(102, "state = stopped"),
      vm(103, "restart = never"),
      vm(104, "state = stopped\n  restart = when-needed"),
      vm(105, "state = running\n  restart = when-needed"),
    ].join(""),
  };
  await inFolder(files, async (cwd) => {
    const { out } = await runCli(["plan"], { cwd });
    assert.equal(
      out.split("\n").filter((line) => line.startsWith("  ! ")),
      [
        "  ! vm 101 g101: restarted when a change waits for that (restart = when-needed)",
        "  ! vm 102 g102: stopped (state = stopped)",
        "  ! vm 104 g104: stopped (state = stopped)",
        "  ! vm 105 g105: restarted when a change waits for that (restart = when-needed)",
      ],
    );
    const page = await runCli(["plan", "--format", "markdown"], { cwd });
    assert.match(page.out, /^## May stop or restart\n\n- vm 101 g101: restarted when .*\n- vm 102 g102: stopped /m);
    // An action is what was asked for.
    const action = await runCli(["plan", "102", "--action", "stop"], { cwd });
    assert.not.match(action.out, /may be stopped/);
  });
  await inFolder({ "main.phx": vm(103, "state = running") }, async (cwd) => {
    assert.not.match((await runCli(["plan"], { cwd })).out, /may be stopped/);
    assert.not.match((await runCli(["plan", "--format", "markdown"], { cwd })).out, /May stop/);
  });
});

test.run();
