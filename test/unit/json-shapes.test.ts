import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { diskFiles, memoryFiles } from "../../src/host/files.js";
import { golden } from "../support/golden.js";
import { describeResult, documentText, filesOf, placesOf, readTexts, readValue } from "../support/json.js";
import { root } from "../support/paths.js";

/** The shapes that the files have had over the months, each compiled to a document. */
const test = suite("json-shapes");

const fixtures = join(root, "test/fixtures/json");

for (const name of ["mid-2025", "templates", "forerunner", "roadmap", "late-2025"]) {
  test(`${name}: the document and the findings are as recorded`, () => {
    const result = readTexts(filesOf(fixtures, `${name}.json`));
    golden(`json/${name}.txt`, describeResult(result));
    assert.equal(
      result.diagnostics.filter(({ severity }) => severity === "error"),
      [],
    );
  });
}

for (const name of ["mid-2025", "templates", "forerunner", "roadmap", "late-2025"]) {
  test(`${name}: a plan follows from it`, async () => {
    const { diagnostics, plan } = await compile({ entry: `${name}.json`, files: diskFiles(fixtures) });
    assert.equal(
      diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
      [],
    );
    assert.ok(plan !== undefined && plan.steps.length > 0);
  });
}

/** The text of what a container's fields become, without the container. */
function container(fields: object): string {
  const base = {
    name: "web",
    memory_mb: 512,
    cores: 1,
    template: "/a",
    storage_pool: "s1",
    storage_size_gb: 8,
    unprivileged: true,
  };
  const { value, diagnostics } = readValue({ lxc_configs: { "101": { ...base, ...fields } } });
  assert.equal(placesOf(diagnostics.filter(({ severity }) => severity === "error")), []);
  return documentText(value.document);
}

const spellings: readonly (readonly [string, readonly object[]])[] = [
  ["memory = 4096MiB", [{ memory_mb: 4096 }, { memory_mb: "4096" }]],
  ["gpus = [0, 1]", [{ gpu_assignment: "0,1" }, { gpu_assignment: "0, 1" }, { gpu_assignment: [0, "1"] }]],
  ["gpus = [0]", [{ gpu_assignment: 0 }, { gpu_assignment: "0" }]],
  ["gpus = []", [{ gpu_assignment: "none" }, { gpu_assignment: [] }]],
  ["needs = [102, 103]", [{ dependencies: ["102", "103"] }, { dependencies: [102, 103] }, { dependencies: "102,103" }]],
  [
    "start = true",
    [{ start_at_boot: true }, { start_at_boot: "true" }, { start_at_boot: 1 }, { start_at_boot: "yes" }],
  ],
  ["start = false", [{ start_at_boot: false }, { start_at_boot: "False" }, { start_at_boot: 0 }]],
  ["clone = 900", [{ clone_from_ctid: "900" }, { clone_from_ctid: 900 }, { clone_from_template_ctid: "900" }]],
  [
    "nameservers = [10.0.0.1, 8.8.8.8]",
    [
      { network_config: { nameservers: "10.0.0.1 8.8.8.8" } },
      { network_config: { nameserver: "10.0.0.1,8.8.8.8" } },
      { network_config: { nameservers: ["10.0.0.1", "8.8.8.8"] } },
    ],
  ],
  ["nesting = true", [{ pct_options: ["nesting=1"] }, { pct_options: "nesting=1,fuse=1" }, { features: "nesting=1" }]],
  ['features = ["docker", "nvidia"]', [{ features: ["docker", "nvidia"] }, { features: "docker nvidia" }]],
  [
    '"lxc.mount.auto" = "sys:rw"',
    [
      { lxc_options: ["lxc.mount.auto=sys:rw"] },
      { lxc_options: ["lxc.mount.auto:sys:rw"] },
      { lxc_options: ["lxc.mount.auto: sys:rw"] },
      { lxc_options: "lxc.mount.auto = sys:rw" },
    ],
  ],
  [
    "ip = 10.0.0.5/24",
    [{ network_config: { ip: "10.0.0.5/24" } }, { network_config: "10.0.0.5/24" }, { static_ip: "10.0.0.5/24" }],
  ],
  ["ip = 10.0.0.5\n", [{ network_config: { ip: "10.0.0.5" } }, { static_ip: "10.0.0.5" }]],
  ["ip = fd00::5/64", [{ network_config: { ip: "fd00::5/64" } }]],
  ["ip = none", [{ network_config: { ip: "none" } }, { network_config: { ip: "manual" } }]],
  [
    "mac = 52:54:00:AA:BB:CC",
    [
      { network_config: { ip: "dhcp" }, mac_address: "52:54:00:AA:BB:CC" },
      { network_config: { ip: "dhcp", hwaddr: "52:54:00:AA:BB:CC" } },
    ],
  ],
  ["owner = 33:33", [{ mount_points: [{ host_path: "/a", container_path: "/b", owner_uid: 33, owner_gid: "33" }] }]],
];

for (const [wanted, variants] of spellings) {
  for (const fields of variants) {
    test(`${JSON.stringify(fields)} says ${wanted.trim()}`, () =>
      assert.ok(container(fields).includes(wanted), container(fields)));
  }
}

test("a null or an empty text is as good as nothing", () => {
  const bare = container({});
  for (const empty of [null, ""]) {
    assert.is(container({ mac_address: empty, features: empty, network_config: empty, vllm_model: empty }), bare);
  }
});

test("a byte order mark and CRLF are accepted", () => {
  const { value, diagnostics } = readValue('\uFEFF{\r\n  "network": { "hostname": "pve" }\r\n}\r\n');
  assert.equal(diagnostics, []);
  assert.is(documentText(value.document), 'host "pve" {}\n');
});

test("core_paths lead to the other files: as written, relative to the entry, or by their name beside it", () => {
  const lxc = JSON.stringify({ nvidia_driver_version: "1" });
  for (const [written, path] of [
    ["/usr/local/etc/lxc.json", "/usr/local/etc/lxc.json"],
    ["/usr/local/etc/lxc.json", "etc/lxc.json"],
    ["../shared/lxc.json", "shared/lxc.json"],
    ["./lxc.json", "etc/lxc.json"],
    ["sub/lxc.json", "etc/sub/lxc.json"],
    ["sub/lxc.json", "etc/lxc.json"],
  ] as const) {
    const entry = JSON.stringify({ core_paths: { lxc_config_file: written } });
    const { value } = readTexts({ "etc/main.json": entry, [path]: lxc });
    assert.equal(
      value.files.map((file) => file.path),
      ["etc/main.json", path],
    );
  }
});

test("a file that names itself is read once", () => {
  const { value, diagnostics } = readTexts({
    "a.json": '{ "core_paths": { "lxc_config_file": "a.json", "vm_config_file": "./a.json" } }',
  });
  assert.is(value.files.length, 1);
  assert.equal(diagnostics, []);
});

test("a file of containers or of virtual machines may stand alone, and both may stand in one", () => {
  const vms = [
    { vmid: 200, name: "b", template_image: "/b.img", cores: 1, memory_mb: 512, disk_size_gb: 4, storage_pool: "s1" },
  ];
  const { value, diagnostics } = readValue({ vms, lxc_configs: {} });
  assert.equal(diagnostics, []);
  assert.match(documentText(value.document), 'vm 200 "b" {');
});

test("guests of one image share its block and its checksum; different images of one name are a finding", async () => {
  const vm = (vmid: number, image: string, sum?: string) => ({
    ...{ vmid, name: `m${vmid}`, template_image: image, cores: 1, memory_mb: 512, disk_size_gb: 4, storage_pool: "s1" },
    ...(sum === undefined ? {} : { template_image_sha256: sum.repeat(32) }),
  });
  const of = async (...vms: readonly object[]) => {
    const { diagnostics } = await compile({
      entry: "vms.json",
      files: memoryFiles({ "vms.json": JSON.stringify({ vms }) }),
    });
    return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
  };
  const [a, b] = ["https://a.example/x.img", "https://b.example/x.img"] as const;
  const { value } = readValue({ vms: [vm(200, a), vm(201, a, "9f")] });
  assert.is(documentText(value.document).match(/image "x"/g)?.length, 1);
  assert.match(documentText(value.document), `sha256 = "${"9f".repeat(32)}"`);
  assert.equal(await of(vm(200, a), vm(201, a, "9f"), vm(202, a, "9F")), []);
  assert.equal(await of(vm(200, a), vm(201, b)), ["PHX3094"]);
  assert.equal(await of(vm(200, a, "9f"), vm(201, a, "8e")), ["PHX3094"]);
});

test("the stacks of a machine are found beside the entry or one folder up, and never outside", () => {
  const vm = (stack: string) =>
    JSON.stringify({
      vms: [
        {
          vmid: 200,
          name: "b",
          template_image: "/b.img",
          cores: 1,
          memory_mb: 512,
          disk_size_gb: 4,
          docker_stacks: [stack],
          firewall: { enabled: true },
        },
      ],
    });
  const rules = JSON.stringify({
    environments: { production: { firewall_rules: [{ type: "in", action: "ACCEPT", proto: "tcp", port: 80 }] } },
  });
  for (const path of ["etc/stacks/shop/phoenix.json", "stacks/shop/phoenix.json"]) {
    const { value, diagnostics } = readTexts({ "etc/vms.json": vm("shop"), [path]: rules });
    assert.equal(diagnostics, []);
    assert.match(documentText(value.document), 'in accept "tcp" 80 {}');
  }
  const { diagnostics } = readTexts({ "etc/vms.json": vm("../../secret"), "secret/phoenix.json": rules });
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["PHX2008"],
  );
});

/** The text of the `cloud_init` that a machine's fields become. */
function firstBoot(fields: object): string {
  const base = { vmid: 200, name: "box", memory_mb: 512, cores: 1, template_image: "/b.img", storage_pool: "s1" };
  const { value, diagnostics } = readValue({ vms: [{ ...base, disk_size_gb: 4, ...fields }] });
  assert.equal(placesOf(diagnostics), []);
  return /^ {2}cloud_init \{\n.*?^ {2}\}$/ms.exec(documentText(value.document))?.[0] ?? "";
}

const KEYS = ["ssh-ed25519 AAAA one@desk", "ssh-ed25519 BBBB two@desk"];

test("ssh_users are users of cloud-init; the one of user_config gets the keys of both fields", () => {
  const users = [
    { username: "admin", public_keys: KEYS[1] },
    { username: "deploy", public_keys: KEYS },
    { username: "watcher", public_keys: [] },
  ];
  const config = { username: "admin", ssh_public_key: KEYS[0] };
  assert.is(
    firstBoot({ user_config: config, ssh_users: users }),
    `  cloud_init {
    user = "admin"
    ssh_keys = ["${KEYS[0]}", "${KEYS[1]}"]
    user "deploy" {
      ssh_keys = ["${KEYS[0]}", "${KEYS[1]}"]
    }
    user "watcher" {
      ssh_keys = []
    }
  }`,
  );
  assert.is(
    firstBoot({ ssh_users: [{ username: "admin", public_keys: KEYS[0] }] }),
    `  cloud_init {
    user "admin" {
      ssh_keys = ["${KEYS[0]}"]
    }
  }`,
  );
});

test("file_injections are files of cloud-init, from beside the configuration or from the host", () => {
  const files = [
    { source: "files/motd", destination: "/etc/motd" },
    { source: "/root/app.key", destination: "/etc/app/key" },
  ];
  assert.is(
    firstBoot({ file_injections: files }),
    `  cloud_init {
    file "/etc/motd" {
      content = file("files/motd")
    }
    file "/etc/app/key" {
      content = secret("file:/root/app.key")
    }
  }`,
  );
});

test("users and files of the JSON form reach the plan, and a file that is not there is a finding", async () => {
  const entry = JSON.stringify({
    vms: [
      {
        ...{ vmid: 200, name: "box", memory_mb: 512, cores: 1, template_image: "/b.img", storage_pool: "s1" },
        ...{ disk_size_gb: 4, ssh_users: [{ username: "deploy", public_keys: KEYS }] },
        file_injections: [{ source: "files/motd", destination: "/etc/motd" }],
      },
    ],
  });
  const { plan } = await compile({ entry: "a.json", files: memoryFiles({ "a.json": entry, "files/motd": "welcome" }) });
  const told = JSON.stringify(plan?.steps);
  for (const text of ["deploy", KEYS[1] ?? "", "/etc/motd", "welcome"]) assert.match(told, text);
  const without = await compile({ entry: "a.json", files: memoryFiles({ "a.json": entry }) });
  const errors = without.diagnostics.filter(({ severity }) => severity === "error");
  assert.equal(
    errors.map(({ message }) => message.includes("files/motd")),
    [true],
  );
});

test("users and files of the JSON form that cannot be are findings at their fields", async () => {
  const codes = async (fields: object): Promise<readonly string[]> => {
    const base = { vmid: 200, name: "box", memory_mb: 512, cores: 1, template_image: "/b.img", storage_pool: "s1" };
    const entry = JSON.stringify({ vms: [{ ...base, disk_size_gb: 4, ...fields }] });
    const { diagnostics } = await compile({ entry: "a.json", files: memoryFiles({ "a.json": entry }) });
    return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
  };
  const user = { username: "deploy", public_keys: KEYS };
  assert.equal(await codes({ ssh_users: [user] }), []);
  assert.equal(await codes({ ssh_users: [user, user] }), ["PHX3068"]);
  assert.equal(await codes({ ssh_users: [{ ...user, username: "a b" }] }), ["PHX2011", "PHX3045"]);
  const file = { source: "/root/key", destination: "/etc/key" };
  assert.equal(await codes({ file_injections: [file] }), []);
  assert.equal(await codes({ file_injections: [file, file] }), ["PHX3068"]);
  assert.equal(await codes({ file_injections: [{ ...file, source: "../../etc/passwd" }] }), ["PHX3002"]);
});

test.run();
