import { suite } from "uvu";
import * as assert from "uvu/assert";
import { jsonLayerDiagnostics } from "../../src/diagnostics/catalogue/json-layers.js";
import { jsonDiagnostics } from "../../src/diagnostics/catalogue/json.js";
import { documentText, placesOf, readTexts, readValue, spansIn } from "../support/json.js";

/** Every finding of the front end, at its line and column. */
const test = suite("json-findings");

const CT =
  '"name": "web", "memory_mb": 512, "cores": 1, "storage_pool": "s1", "storage_size_gb": 8, "unprivileged": true';
const FROM = '"template": "/a.tar"';
const VM = '"vmid": 200, "name": "box", "cores": 1, "memory_mb": 512, "storage_pool": "s1", "disk_size_gb": 4';

/** A container whose last line is the given fields. */
function ct(fields: string, from = FROM): string {
  return `{ "lxc_configs": { "101": {\n${CT}, ${from},\n${fields} } } }`;
}

function vm(fields: string, image = '"template_image": "/b.img"'): string {
  return `{ "vms": [ {\n${VM}, ${image},\n${fields} } ] }`;
}

/** Text, and all that is found in it. */
const cases: readonly (readonly [string, ...string[]])[] = [
  ['{ "a" 1 }', "PHX2001 1:7"],
  ['{\n"version": 01,\n"author": nope\n}', "PHX2001 2:13", "PHX2001 3:11"],
  ['{ "version": "un', "PHX2001 1:14"],
  ["", "PHX2001 1:1"],
  ['{ "version": "1" } }', "PHX2001 1:20"],
  ["{ // none\n}", "PHX2002 1:3"],
  ["{ /* none */ }", "PHX2002 1:3"],
  ['{\n"tests": [1, 2, ],\n"version": "1",\n}', "PHX2003 2:15", "PHX2003 3:15"],
  ['{ "tests": {},\n  "tests": {} }', "PHX2004 2:3"],
  [`{ "tests":\n${"[".repeat(100)}${"]".repeat(100)} }`, "PHX2005 2:100"],
  ["[]", "PHX2006 1:1"],
  ['\n"text"', "PHX2006 2:1"],
  ['{ "core_paths": {\n"lxc_config_file": "/gone/lxc.json" } }', "PHX2007 2:20"],
  [vm('"docker_stacks":\n["gone"]'), "PHX2008 4:2"],
  ['{ "lxc_config": {} }', "PHX2010 1:3"],
  [
    ct('"memmory_mb": 5, "__proto__": 1,\n"constructor": 2, "toString": 3'),
    "PHX2010 3:1",
    "PHX2010 3:18",
    "PHX2010 4:1",
    "PHX2010 4:19",
  ],
  [
    ct('"firewall": { "enabled": true, "rules": [{ "type": "in", "action": "ACCEPT", "dport": "1" }] }'),
    "PHX2010 3:78",
  ],
  [ct('"swap_mb": -1'), "PHX2011 3:12"],
  [ct('"swap_mb": 1.5'), "PHX2011 3:12"],
  [ct('"swap_mb": 1e400'), "PHX2011 3:12"],
  [ct('"swap_mb": {}, "boot_order": [],\n"start_at_boot": "maybe"'), "PHX2011 3:12", "PHX2011 3:30", "PHX2011 4:18"],
  [ct('"network_config": { "ip": "10.0.0.300/24" }'), "PHX2011 3:27"],
  [ct('"network_config": "10.0.0.1,gateway"'), "PHX2011 3:19"],
  [ct('"dependencies": ["102", "web"]'), "PHX2011 3:25"],
  [ct('"firewall": true'), "PHX2011 3:13"],
  [ct('"mount_points": { "host_path": "/a" }'), "PHX2011 3:17"],
  ['{ "lxc_configs": [] }', "PHX2011 1:18"],
  ['{ "vms": {} }', "PHX2011 1:10"],
  [
    `{ "lxc_configs": { "101": { "name": "web", ${FROM}, "unprivileged": true } } }`,
    "PHX2012 1:20",
    "PHX2012 1:20",
    "PHX2012 1:20",
    "PHX2012 1:20",
  ],
  [ct('"mount_points": [\n{ "host_path": "/a" }]'), "PHX2012 4:1"],
  ['{ "vms": [\n{ "name": "box" }] }', "PHX2012 2:1"],
  [
    '{ "vms": [ { "vmid": 200,\n"name": "box", "template_image": "/b.img", "disk_size_gb": 4 } ] }',
    "PHX2012 2:9",
    "PHX2012 2:9",
  ],
  ['{ "zfs": { "datasets": [\n{ "name": "media" }] } }', "PHX2012 2:11"],
  [`{ "lxc_configs": {\n"web": {} } }`, "PHX2013 2:1"],
  [ct('"cores": 1', '"swap_mb": 0').replace(/, "cores": 1,/, ","), "PHX2014 2:9"],
  [ct('"portainer_role": "none"'), "PHX2020 3:1"],
  ['{ "zfs": { "dataset_storage_types": { "a": "zfspool" } } }', "PHX2021 1:12"],
  ['{ "version": "1" }', "PHX2022 1:3"],
  ['{ "mount_point_base": "/mnt/pve" }', "PHX2023 1:3"],
  [ct('"ports": ["80:80"],\n"vllm_engine_config": { "port": 1 }'), "PHX2023 3:1", "PHX2020 4:1"],
  [vm('"ssh_users": [\n{ "public_keys": ["ssh-ed25519 A a@b"] }]'), "PHX2012 4:1"],
  [vm('"file_injections": [{ "destination": "motd",\n"mode": "600" }]'), "PHX2010 4:1", "PHX2011 3:38", "PHX2012 3:21"],
  ['{ "docker":\n{ "api_key": 12345 } }', "PHX2030 2:3", "PHX2020 1:3"],
  [ct('"apparmor_profile": "unconfined",\n"lxc_options": ["lxc.apparmor.profile=unconfined"]'), "PHX2031 4:17"],
  [ct('"apparmor_profile": "unconfined",\n"lxc_options": ["lxc.apparmor.profile: generated"]'), "PHX2032 4:17"],
  ['{ "shared_volumes": {\n"firewall": {} } }', "PHX2034 2:1"],
  ['{ "shared_volumes": { "v": { "mounts":\n{ "950": "/a" } } } }', "PHX2035 2:3", "PHX2023 1:23"],
  ['{ "proxmox_storage_ids":\n{ "a_b": "c1" } }', "PHX2036 2:3"],
  ['{ "tests":\n{ "health_.check": [] } }', "PHX2037 2:3", "PHX2020 1:3"],
  [ct('"health_check": { "command": "true" }'), "PHX2038 3:1"],
  [ct('"template_snapshot_name": "final-form",\n"enable_lifecycle_snapshots": true'), "PHX2039 3:27"],
  [vm('"is_template": true').replace(', "disk_size_gb": 4', ""), "PHX2040 2:99"],
  ['{ "vm_defaults":\n{ "disk_size_gb": 50 } }', "PHX2041 2:3"],
  ['{ "zfs": { "pools": [{ "name": "tank", "disks": ["/dev/a"],\n"raid_level": "raid1" }] } }', "PHX2042 2:15"],
  ['{ "zfs": { "datasets": [{ "name": "a", "pool": "tank",\n"proxmox_storage_type": "cifs" }] } }', "PHX2043 2:25"],
  [ct('"pct_options": ["nested=1",\n"nesting=2"]'), "PHX2044 3:17", "PHX2044 4:1"],
  [ct('"lxc_options": ["mount.auto = x",\n"lxc.mount.auto"]'), "PHX2045 3:17", "PHX2045 4:1"],
  [ct('"mount_points": [{ "host_path": "/a", "container_path": "/b",\n"owner_gid": 3 }]'), "PHX2046 4:1"],
  [
    ct('"firewall": { "enabled": true, "rules": [{ "type": "in", "action": "ACCEPT",\n"iface": "vmbr0" }] }'),
    "PHX2047 4:10",
  ],
  [ct('"clone_from_ctid": "900"'), "PHX2049 2:112"],
  [ct('"static_ip": "10.0.0.6",\n"network_config": { "ip": "10.0.0.5" }'), "PHX2050 3:14"],
  [ct('"swap_mb": 0').replace(', "unprivileged": true', ""), "PHX2051 2:9"],
  [ct('"is_template": true,\n"template_snapshot_name": "v1"'), "PHX2052 4:27"],
  [ct('"lxc_options": ["lxc.net.0.type = macvlan"]'), "PHX2053 3:17"],
  [
    ct(
      '"network_config": { "ip": "10.0.0.5/24" } } }, "network": { "interfaces": {\n"dns_nameservers": "8.8.8.8 10.0.0.5"',
    ),
    "PHX2054 4:20",
  ],
  ['{ "zfs": { "datasets": [{ "name": "a", "pool": "tank",\n"properties": "quota" }] } }', "PHX2055 2:15"],
  [vm('"is_template": true', '"template_image": "golden.img"'), "PHX2056 2:118"],
  [vm('"qm_options": ["--vga"]'), "PHX2057 3:16"],
  ['{ "zfs": { "pools": [\n{ "name": "tank" }] } }', "PHX2058 2:11"],
  [vm('"health_checks": [{ "name": "a" }]'), "PHX2059 3:29"],
  ['{ "samba": {\n"user": "heads" } }', "PHX2084 2:9"],
  [
    '{ "samba": { "shares": [{ "name": "a", "path": "tank/a",\n"options": "browseable" },\n{ "name": "b", "path": "tank/b",\n"options": "writable=perhaps" }] } }',
    "PHX2085 2:12",
    "PHX2085 4:12",
  ],
];

for (const [text, ...wanted] of cases) {
  test(`${wanted.join(", ")}: ${text.slice(0, 60).replaceAll("\n", " ")}`, () => {
    const { diagnostics } = readValue(text);
    assert.equal(
      placesOf(diagnostics).toSorted(),
      wanted.toSorted(),
      diagnostics.map(({ message }) => message).join("\n"),
    );
  });
}

test("a stack without the environment that a machine names", () => {
  const entry = vm(
    '"firewall": { "enabled": true }, "docker_stacks": [\n{ "name": "shop", "environment": "testing" }]',
  );
  const { diagnostics } = readTexts({ "a.json": entry, "stacks/shop/phoenix.json": '{ "environments": {} }' });
  assert.equal(placesOf(diagnostics), ["PHX2009 4:1"]);
});

test("an environment of a stack that no machine names", () => {
  const entry = vm('"docker_stacks": ["shop"]');
  const manifest = '{ "environments": {\n"production": {}, "testing": {} } }';
  const { diagnostics } = readTexts({ "a.json": entry, "stacks/shop/phoenix.json": manifest });
  assert.equal(placesOf(diagnostics), ["PHX2060 2:19"]);
});

test("the rules of a stack whose machine has no firewall stand in one that is off", () => {
  const manifest = '{ "environments": { "production": { "firewall_rules": [{ "type": "in", "action": "ACCEPT" }] } } }';
  const { value } = readTexts({ "a.json": vm('"docker_stacks": ["shop"]'), "stacks/shop/phoenix.json": manifest });
  assert.match(documentText(value.document), "firewall {\n    enabled = false\n    in accept {}\n");
});

test("every finding has a case here", () => {
  const tested = new Set([
    "PHX2009",
    "PHX2060",
    ...cases.flatMap(([, ...wanted]) => wanted.map((place) => place.slice(0, 7))),
  ]);
  const elsewhere = new Set(jsonLayerDiagnostics.map(({ code }) => code));
  const missing = jsonDiagnostics.filter(({ code }) => !tested.has(code) && !elsewhere.has(code));
  assert.equal(
    missing.map(({ code }) => code),
    [],
  );
});

test("an unknown field names the one that was meant, with its fix", () => {
  const { diagnostics } = readValue(ct('"memory_mbs": 5'));
  assert.is(diagnostics[0]?.message, "no field is called `memory_mbs` here; did you mean `memory_mb`");
  assert.is(diagnostics[0]?.fix?.replacement, "memory_mb");
});

test("fields of one name are one note with their number and further places", () => {
  const guest = `{ ${CT}, ${FROM}, "portainer_role": "none" }`;
  const ids = [101, 102, 103, 104, 105, 106];
  const { diagnostics } = readValue(`{ "lxc_configs": { ${ids.map((id) => `"${id}": ${guest}`).join(",\n")} } }`);
  assert.is(diagnostics.length, 1);
  assert.is(diagnostics[0]?.message, "`portainer_role` (6 guests): Portainer's own setting; phxc does not manage it");
  assert.is(diagnostics[0]?.related.length, 3);
});

test("a file that is not JSON hides what would only follow from it", () => {
  const { value, diagnostics } = readTexts({
    "a.json": '{ "core_paths": { "lxc_config_file": "b.json" }, "vms": [{ "vmid": 200 }] }',
    "b.json": "{",
  });
  assert.equal(placesOf(diagnostics), ["PHX2001 1:2"]);
  assert.equal(
    value.document.items.map(({ type }) => type),
    ["error"],
  );
});

test("secrets are shown nowhere, whatever the state of the file", () => {
  const places = [
    '{ "portainer_api": { "admin_password": "hunter2-hunter2" } }',
    '{ "portainer_api": { "admin_password": "hunter2-hunter2"',
    '{ "portainer_api": { "admin_password": "hunter2-hunter2\n } }',
    '{ "x_api_key": "hunter2-hunter2", "x_api_key": "hunter2-hunter2" }',
    '{ "docker_stacks": { "s": { "variables": [{ "value": "hunter2-hunter2", "name": "DATABASE_PASS" }] } } }',
    '{ "users": { "password_hash": "hunter2\\u002dhunter2" } }',
  ];
  for (const text of places) {
    const { value, diagnostics } = readValue(text);
    assert.ok(
      diagnostics.some(({ code }) => code === "PHX2030"),
      text,
    );
    const shown = [...spansIn(diagnostics), ...spansIn(value.document.items)].map(({ file }) => file.text).join("\n");
    assert.not.match(`${shown}${JSON.stringify(diagnostics.map(({ message, help }) => [message, help]))}`, "hunter2");
  }
});

test("placeholders are no secrets", () => {
  for (const value of ["", "NOT_SET", "none", "${DB_PASS}", "$DB_PASS", "<ask me>"]) {
    const { diagnostics } = readValue({ docker: { admin_password: value } });
    assert.equal(
      diagnostics.filter(({ code }) => code === "PHX2030"),
      [],
      value,
    );
  }
});

test.run();
