import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Explanation } from "../../src/compile/why/index.js";
import { inFolder } from "../support/folder.js";
import { runCli, type Ran } from "../support/terminal.js";

/** `phxc why`: where a value comes from, and what of the plan follows from it. */
const test = suite("why");

const FLEET = `network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
pool tank { disks = ["/dev/disk/by-id/ata-one"] }
dataset tank/files { quota = 800GiB, compression = lz4 }

profile small {
  memory = 1GiB
  tags = [small]
  restart = when-needed
}
profile tall extends small {
  memory = 4GiB
  tags += [tall]
  boot { order = 3, delay = 5s }
}

ct 101 db {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-zfs }
  net lan { ip = 10.0.0.11 }
}
vm 201 "web.example" extends tall {
  memory = 8GiB
  tags += [web]
  restart = absent
  cores = 2
  needs = [db]
  disk root { size = 32GiB, storage = local-zfs }
  disk data { size = 64GiB, storage = local-zfs }
  boot { start = true, order = 7 }
  net lan { ip = 10.0.0.21 }
  cloud_init { user = admin, password = secret("env:WEB_PASSWORD") }
  description = "db password: hunter2-hunter2"
}
`;

async function why(words: readonly string[], fleet = FLEET): Promise<Ran> {
  return inFolder({ "main.phx": fleet }, (cwd) => runCli(["why", ...words], { cwd }));
}

async function told(words: string, fleet = FLEET): Promise<string> {
  const { code, out, err } = await why([words], fleet);
  assert.equal([code, err], [0, ""]);
  return out;
}

async function refused(words: string): Promise<string> {
  const { code, out, err } = await why([words]);
  assert.equal([code, out], [2, ""]);
  return err;
}

test("every layer, lowest first, the one that counts marked, and the part of the command", async () => {
  assert.is(
    await told("201.memory"),
    [
      "201.memory = 8GiB",
      "  The memory, in whole MiB.",
      "",
      "  main.phx:6:12   = 1GiB  (profile small)",
      "  main.phx:11:12  = 4GiB  (profile tall)",
      "> main.phx:22:12  = 8GiB",
      "",
      "step vm.201.options (options)",
      "  qm set 201 --memory 8192",
      "",
    ].join("\n"),
  );
});

test("what += joins counts as a whole", async () => {
  const out = await told("201.tags");
  assert.match(out, /^201\.tags = \[small, tall, web\]\n/);
  assert.equal(out.match(/^> .*$/gm), [
    "> main.phx:7:10   = [small]  (profile small)",
    "> main.phx:12:11  += [tall]  (profile tall)",
    "> main.phx:23:11  += [web]",
  ]);
});

test("guests by id, name and address; names may have dots", async () => {
  const head = async (words: string): Promise<string | undefined> => (await told(words)).split("\n")[0];
  assert.is(await head("web.example.cores"), "web.example.cores = 2");
  assert.is(await head("vm.201.cores"), "vm.201.cores = 2");
  assert.is(await head("vm.web.example.cores"), "vm.web.example.cores = 2");
});

test("blocks by their argument, or by their keyword where there is one", async () => {
  for (const words of ["201.net.lan.ip", "201.net.ip"]) {
    assert.match(await told(words), /10\.0\.0\.21[^]*qm set 201 [^\n]*--ipconfig0 /);
  }
  assert.match(
    await told("201.disk.data.size"),
    /^step vm\.201\.disk\.data [^\n]*\n {2}qm disk resize 201 scsi1 64G$/m,
  );
  assert.match(await refused("201.disk.size"), "add which one: root, data");
  assert.match(await refused("201.disk.dat.size"), "did you mean `data`");
});

test("a block as a whole, and what follows from all of it", async () => {
  const out = await told("201.boot");
  assert.match(
    out,
    /^201\.boot \(vm\.201\)\n\norder = 7\n {2}main\.phx:13:18 {2}= 3 {2}\(profile tall\)\n> main\.phx:29/,
  );
  assert.match(out, /delay = 5s\n> main\.phx:13:29 {2}= 5s {2}\(profile tall\)\n/);
  assert.match(out, "step vm.201.create (create)\n  its commands are the same; what it compares is not\n");
  assert.match(out, "qm set 201 --onboot 1 --startup order=7,up=5\n");
});

test("rules, which have no attributes, are told with their places", async () => {
  const out = await told(
    "101.firewall",
    FLEET.replace("10.0.0.11 }", "10.0.0.11 }\n  firewall { in accept tcp 5432 from lan }"),
  );
  assert.match(out, /^in\.accept\.tcp\.5432\.from\.lan\n> main\.phx:20:14$/m);
});

test("a whole guest: all that is set, and all of its steps", async () => {
  const out = await told("201");
  assert.match(out, /^201 \(vm\.201\)\n/);
  assert.match(out, /^disk\.root\.size = 32GiB$/m);
  assert.match(out, /^step vm\.201\.create /m);
  assert.not.match(out, "ct.101.");
});

test("datasets, whose names have slashes; of a command only the part", async () => {
  const out = await told("tank/files.quota");
  assert.match(out, "zfs create -o quota=800G tank/files\n");
  assert.not.match(out, "compression");
});

test("what is asked of the host before the first step", async () => {
  const image = await told("101.image");
  const path = "/var/lib/vz/template/cache/debian-13-standard_13.1-2_amd64.tar.zst";
  assert.match(image, `\nbefore the first step the host is asked for file ${path}\n`);
});

test("what only orders, says that it does", async () => {
  assert.match(await told("201.needs"), "\norder after ct.101\n");
});

test("an address that others use: all steps that follow from it", async () => {
  const fleet = `${FLEET}\nct 102 app {
  image = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"
  disk root { size = 8GiB, storage = local-zfs }
  net lan { ip = 10.0.0.12, firewall = true }
  firewall { in accept tcp 5432 from db }
}\n`;
  const steps: readonly string[] = (await told("db.net.lan.ip", fleet)).match(/^step \S+/gm) ?? [];
  assert.ok(steps.includes("step ct.101.options"), String(steps));
  assert.ok(steps.includes("step ct.102.firewall"), String(steps));
  assert.match(await told("102.firewall", fleet), "the script does this by itself");
});

test("what no file sets, and what an upper layer took away", async () => {
  assert.match(await told("201.protection"), /no file sets it[^]*nothing of the plan follows from it/);
  const out = await told("201.restart");
  assert.match(
    out,
    /^201\.restart\n[^]* {2}main\.phx:8:13 +[^]*= when-needed[^]*\n> main\.phx:\d+:13 +.* = absent\n\nnothing of/,
  );
});

test("what changes nothing says so", async () => {
  assert.match(await told("pve.cores", `host pve { cores = 64 }\n${FLEET}`), "the plan is the same without it");
});

test("secrets are named by their place, and what looks like one is not shown", async () => {
  assert.match(await told("201.cloud_init.password"), 'password = secret("env:WEB_PASSWORD")');
  const { out } = await why(["201"]);
  assert.match(out, "description = ");
  assert.not.match(out, "hunter2");
  assert.not.match((await why(["201", "--format", "json"])).out, "hunter2");
});

test("names that are not there, with the one that was meant", async () => {
  assert.match(await refused("202.memory"), "the files declare no `202.memory`");
  assert.match(await refused("web.exampel.memory"), "did you mean `web.example`");
  assert.match(await refused("201.memroy"), "did you mean `memory`");
  assert.match(await refused("201.nett.ip"), "did you mean `net`");
  assert.match(await refused("201.watchdog.model"), /a block that is not there|no attribute or block/);
  assert.match(await refused("201.memory.size"), "has no attribute or block `memory`");
});

test("what names a guest or a block, and where: its id, its name, its network", async () => {
  const id = await told("201.id");
  assert.match(id, /^201\.id = 201\n {2}[A-Z].*\n\n> main\.phx:\d+:4 {2}= 201\n\nstep vm\.201\./);
  assert.match(id, "qm create 201");
  assert.match(await told("201.name"), /^201\.name = "web\.example"\n[^]*\n> main\.phx:\d+:8 {2}= "web\.example"\n/);
  assert.match(await told("201.net.lan.network"), /^201\.net\.lan\.network = lan\n[^]*step vm\.201\.options/);
  assert.match(await refused("201.idd"), "did you mean");
});

test("a name that several things have", async () => {
  const { err } = await why(["tank.host"], `${FLEET}storage dir tank { path = "/x" }\n`);
  assert.match(err, "more than one thing: `pool.tank`, `storage.tank`");
  assert.match((await why(["tank.path"], `${FLEET}storage dir tank { path = "/x" }\n`)).out, 'tank.path = "/x"');
});

test("nothing named, and a file that is not there", async () => {
  assert.match((await why([])).err, "nothing is named to be explained");
  assert.match((await why(["gone.phx", "201.memory"])).err, "cannot read gone.phx");
});

test("several at once, and as data", async () => {
  const { out } = await why(["201.memory", "101.net.ip", "--format", "json"]);
  const data = JSON.parse(out) as { format: string; explanations: readonly Explanation[] };
  assert.is(data.format, "phxc-why");
  const [memory, ip] = data.explanations;
  assert.equal(
    memory?.entries[0]?.layers.map(({ profile, value, counts }) => [profile, value, counts]),
    [
      ["small", "1GiB", false],
      ["tall", "4GiB", false],
      [undefined, "8GiB", true],
    ],
  );
  assert.equal(memory?.effect?.steps, [
    { id: "vm.201.options", title: "options", change: "commands", commands: ["qm set 201 --memory 8192"] },
  ]);
  assert.is(ip?.address, "ct.101");
});

test("with errors the layers are still told, and no plan", async () => {
  const { code, out, err } = await why(["201.memory"], `${FLEET}ct 103 bad { memory = 5 }\n`);
  assert.is(code, 1);
  assert.match(out, "201.memory = 8GiB");
  assert.match(out, "there is no plan because of the errors");
  assert.match(err, "PHX30");
});

test("what stands below all machines of the JSON configuration is a layer as well", async () => {
  const files = {
    "phoenix_hypervisor_config.json": '{ "vm_defaults": { "cores": 2, "memory_mb": 1024, "storage_pool": "s1" } }',
    "conf.d/vm/201_box.json": `{ "name": "box", "template_image": "noble.img", "disk_size_gb": 8, "memory_mb": 4096,
      "user_config": { "username": "admin" } }`,
  };
  const { out } = await inFolder(files, (cwd) => runCli(["why", "201.memory"], { cwd }));
  assert.match(out, /^ {2}phoenix_hypervisor_config\.json:1:\d+ += 1GiB\n> conf\.d\/vm\/201_box\.json:1:\d+ += 4GiB$/m);
});

test("layers of conf.d, appended ones among them", async () => {
  const files = {
    "phx.config.json": '{ "entry": "config.json" }',
    "config.json":
      '{ "network": { "interfaces": { "name": "vmbr0", "address": "10.0.0.2/24", "gateway": "10.0.0.1" } } }',
    "conf.d/defaults/lxc_base.json": `{ "cores": 1, "memory_mb": 512, "storage_pool": "s1", "storage_size_gb": 8,
      "unprivileged": true, "template": "/var/lib/vz/template/cache/debian-13-standard_13.1-2_amd64.tar.zst",
      "network_config": { "ip": "dhcp", "bridge": "vmbr0", "nameservers": ["10.0.0.3"] } }`,
    "conf.d/lxc/101_web.json": '{ "name": "web", "network_config": { "nameservers+": ["10.0.0.4"] } }',
  };
  const { out } = await inFolder(files, (cwd) => runCli(["why", "101.nameservers"], { cwd }));
  assert.match(out, /^> conf\.d\/defaults\/lxc_base\.json:3:\d+ +=  ?\["?10\.0\.0\.3"?\]$/m);
  assert.match(out, /^> conf\.d\/lxc\/101_web\.json:1:\d+ +\+= \[10\.0\.0\.4\]$/m);
  assert.match(out, "pct set 101 --nameserver '10.0.0.3 10.0.0.4'");
});

test.run();
