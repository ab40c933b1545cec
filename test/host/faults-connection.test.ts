import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyScript } from "../../src/host/apply.js";
import { openSession } from "../../src/host/session.js";
import { startOver } from "../../src/host/transport.js";
import { settled } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { wholeFleet } from "../support/faults.js";
import { withHost } from "../support/sim.js";
import { hasSshd, startSshd } from "../support/sshd.js";

const test = suite("a plan whose connection drops");

if (!hasSshd) console.log("  openssh-server is not installed; the tests with a dropped connection are skipped");

(hasSshd ? test : test.skip)(
  "the run is interrupted on the host, and the next apply goes on to the same end",
  async () => {
    const whole = await wholeFleet();
    const sshd = await startSshd();
    const apply = (host: SimulatedHost): ReturnType<typeof applyScript> => {
      const env = Object.entries(host.env).map(([name, value]) => `${name}=${value}`);
      const session = openSession({
        script: Buffer.from(whole.script),
        staging: join(host.root, "staging"),
        start: (argv) =>
          startOver({ host: sshd.host, options: ["ConnectTimeout=10"], configFile: sshd.configFile }, [
            "env",
            ...env,
            ...argv,
          ]),
        output: () => undefined,
      });
      return applyScript(session, () => Promise.resolve("yes"));
    };
    const comesToTheClone = (host: SimulatedHost): boolean =>
      host.log.some(({ argv }) => argv.join(" ").startsWith("pct snapshot"));
    await withHost(
      whole.state,
      async (host) => {
        const applied = apply(host);
        while (!comesToTheClone(host)) await setTimeout(20);
        await setTimeout(300);
        sshd.cut();
        const dropped = await applied;
        assert.is(dropped.code, 255);
        assert.match(dropped.message ?? "", "the next apply goes on where it ended");
        let next = await apply(host);
        // The host notices a little later that nobody listens any more.
        for (let i = 0; i < 50 && next.code === 5; i++) {
          await setTimeout(200);
          next = await apply(host);
        }
        assert.is(next.code, 0, next.message);
        assert.is(settled(host), whole.end);
        assert.is((await apply(host)).message, "nothing to do");
      },
      { latencyMs: (argv) => (argv[1] === "clone" ? 1500 : 0) },
    );
    await sshd.stop();
  },
);

test.run();
