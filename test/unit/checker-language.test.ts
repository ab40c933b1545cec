import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import type { Model } from "../../src/model/resource.js";
import { plain, resource } from "../support/check.js";

const test = suite("checker: a whole file with the built-in kinds");

/** One of everything that the language has. */
const FLEET = `
import "storage.phx"

param admin_key: string = file("keys/admin.pub")   # overridable: --set admin_key=...
let   bulk = "10.0.0.13:/quickOS/vm-persistent-data"

host pve1 { address = 10.0.0.13, node = pve1 }

network lan {
  bridge  = vmbr0
  subnet  = 10.0.0.0/24
  gateway = 10.0.0.1
  dns     = [10.0.0.13]
  search  = "internal.example.net"
  pool    = 10.0.0.150..10.0.0.199
}

image noble {
  url    = "https://cloud-images.example/noble-server-cloudimg-amd64.img"
  sha256 = "${"9f".repeat(32)}"
}

profile docker_host {
  cores    = 4
  memory   = 8GiB
  features = [base_setup, docker]
  boot     { start = true, delay = 2s }
}

vm 9000 ubuntu-template {
  template = true
  image    = noble
  disk root { size = 32GiB, storage = quickOS-vm-disks }
  agent    = true
  net lan  { ip = dhcp }
  cloud_init { user = phoenix_user, ssh_keys = [admin_key] }
}

for n in 1..4 {
  vm (8000 + n) "docker-\${n}" extends docker_host {
    clone    = ubuntu-template
    disk root { size = 100GiB }
    net lan  { ip = 10.0.0.100 + n, firewall = true }
    needs    = [step-ca]
    volume nfs data { from = "\${bulk}/\${self.id}", at = "/persistent-storage" }
    firewall {
      in accept tcp 9001 from docker-1
      out accept tcp 443 to 10.0.0.153
    }
    check docker { run = "docker info", retries = 5, every = 10s, timeout = 30s }
  }
}

ct 103 step-ca {
  image        = "local:vztmpl/ubuntu-24.04-standard_24.04-2_amd64.tar.zst"
  unprivileged = true
  cores        = 2
  memory       = 1GiB
  disk root { size = 16GiB, storage = quickOS-lxc-disks }
  net lan      { ip = 10.0.0.10, mac = 52:54:00:aa:bb:ca }
  mount "/mnt/pve/quickOS/lxc-persistent-data/103/ssl" { at = "/etc/step-ca/ssl", owner = 0:0 }
  feature step_ca { dns_name = "ca.internal.example.net" }
}
`;

const FILES = {
  "main.phx": FLEET,
  "keys/admin.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI admin\n",
  "storage.phx": `
pool quickOS { raid = mirror, disks = ["/dev/disk/by-id/nvme-A", "/dev/disk/by-id/nvme-B"] }
dataset quickOS/vm-disks {
  recordsize  = 128K
  compression = lz4
  quota       = 800G
  storage zfspool { id = quickOS-vm-disks, content = [images] }
}
`,
};

async function checked(files: Readonly<Record<string, string>>): Promise<{ errors: readonly string[]; model: Model }> {
  const { diagnostics, model } = await compile({ entry: "main.phx", files: memoryFiles(files), upTo: "check" });
  if (model === undefined) throw new Error("the entry could not be read");
  return { model, errors: diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message) };
}

test("it has no errors, and says what it says", async () => {
  const { errors, model } = await checked(FILES);
  assert.equal(errors, []);
  assert.equal(
    [...model.resources.keys()],
    ["pool.quickOS", "dataset.quickOS/vm-disks", "host.pve1", "network.lan", "image.noble", "vm.9000"].concat([
      "vm.8001",
      "vm.8002",
      "vm.8003",
      "vm.8004",
      "ct.103",
    ]),
  );
  const docker = resource(model, "vm.8002");
  assert.is(docker.name, "docker-2");
  assert.is(plain(docker, "memory"), 8 * 2 ** 30);
  const sections = new Map(docker.sections.map((section) => [section.kind, section]));
  assert.equal([...sections.keys()], ["boot", "disk", "net", "volume", "firewall", "check"]);
  assert.is(plain(sections.get("net") ?? docker, "ip"), "10.0.0.102");
  assert.is(plain(sections.get("volume") ?? docker, "from"), "10.0.0.13:/quickOS/vm-persistent-data/8002");
  assert.is(plain(sections.get("boot") ?? docker, "delay"), 2000);
  const template = resource(model, "vm.9000").sections.find(({ kind }) => kind === "cloud_init");
  assert.match(String(template && plain(template, "ssh_keys")), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI admin");
});

test("what is cloned, drawn from or needed comes first", async () => {
  const { model } = await checked(FILES);
  const targets = resource(model, "vm.8001").requires.map(({ to }) => to);
  for (const address of ["vm.9000", "ct.103"]) assert.ok(targets.includes(address), address);
  assert.not(targets.includes("vm.8001"));
  assert.ok(resource(model, "vm.9000").requires.some(({ to }) => to === "image.noble"));
});

test("a change anywhere that breaks it is found", async () => {
  const breaks: readonly (readonly [string, string])[] = [
    ["clone    = ubuntu-template", "clone = ubuntu-tmplate"],
    ["extends docker_host", "extends docker-host"],
    ["raid = mirror", "raid = miror"],
    ["10.0.0.100 + n", "10.0.0.100 - m"],
    ["in accept tcp 9001", "in acept tcp 9001"],
    ["net lan      {", "net lna {"],
    ["template = true", "template = 1"],
    ['import "storage.phx"', 'import "storge.phx"'],
  ];
  for (const [good, bad] of breaks) {
    const files = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, text.replace(good, bad)]));
    assert.not.equal((await checked(files)).errors, [], bad);
  }
});

test.run();
