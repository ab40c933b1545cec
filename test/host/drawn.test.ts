import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, settled, withCommitted } from "../support/committed.js";

const test = suite("drawn values");

const LAN =
  'network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1, pool = 10.0.0.150..10.0.0.199, mac_prefix = "02:50:00" }\n';
const AUTO = "  net lan { ip = auto, mac = auto }";
const [A, B, C] = [ct(101, "a", AUTO), ct(102, "b", AUTO), ct(103, "c", AUTO)] as const;

test("a guest keeps its address on the host, whoever comes before it; destroyed and declared again, it has it again", async () => {
  await withCommitted(async (project) => {
    const net = (id: number): string => /^net0: .*$/m.exec(project.conf("ct", id))?.[0] ?? "";
    await project.write(`${HOST}${LAN}${B}`);
    await settled(project);
    const first = net(102);
    assert.match(first, /hwaddr=02:50:00:00:00:00,ip=10\.0\.0\.150\/24/);
    await project.write(`${HOST}${LAN}${A}${B}`);
    assert.not.match((await settled(project)).join("\n"), "ct 102");
    assert.is(net(102), first);
    assert.match(net(101), "ip=10.0.0.151/24");

    await project.write(`${HOST}${LAN}${A}`);
    await settled(project, "--allow-destroy");
    assert.is(net(102), "");
    await project.write(`${HOST}${LAN}${C}${A}`);
    await settled(project);
    assert.match(net(103), "ip=10.0.0.152/24");
    await project.write(`${HOST}${LAN}${C}${A}${B}`);
    await settled(project);
    assert.is(net(102), first);
  });
});

test.run();
