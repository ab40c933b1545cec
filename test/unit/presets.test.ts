import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import type { Compilation } from "../../src/index.js";
import { operatingSystems, operatingSystemWords } from "../../src/pve/os-families.js";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

/** What presets of operating systems fill in, and what they leave alone. */
const test = suite("presets");

const NET = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }\n";
const DISK = "disk root { size = 64GiB, storage = local-zfs }";
const IMAGE = `image cloud { url = "https://x.example/c.qcow2", sha256 = "${"9f".repeat(32)}", os = %s }\n`;

function image(os: string): string {
  return IMAGE.replace("%s", os);
}

function compiled(text: string): Promise<Compilation> {
  return compile({ entry: "main.phx", files: memoryFiles({ "main.phx": `${NET}${text}` }) });
}

/** The commands of a guest, a line each. */
async function commands(text: string, address: string): Promise<string> {
  const { plan, diagnostics } = await compiled(text);
  assert.ok(plan, diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return plan.steps
    .filter(({ resource }) => resource === address)
    .flatMap((step) => step.commands.map((argv) => argv.join(" ")))
    .join("\n");
}

async function codes(text: string): Promise<readonly string[]> {
  const { diagnostics } = await compiled(text);
  return diagnostics.filter(({ severity }) => severity !== "note").map(({ code }) => code);
}

test("without a system nothing is filled in", async () => {
  const text = await commands(`vm 101 a { ${DISK}, cdrom i { iso = "local:iso/windows.iso" } }`, "vm.101");
  assert.not.match(text, /ostype|scsihw|machine|efidisk|tpm|sata0/);
});

test("what the file says stays, and the rest is filled in", async () => {
  const text = await commands(
    `vm 101 a {
      os = windows11
      cpu = host
      scsihw = virtio-scsi-pci
      ${DISK}
      options { machine = "pc-q35-9.0", efidisk0 { storage = local-lvm, pre-enrolled-keys = false } }
      cdrom i { iso = "local:iso/windows.iso" }
      cdrom drivers { iso = "local:iso/virtio-win-0.1.240.iso", slot = sata3 }
      cloud_init { format = nocloud, user = a, password = secret("env:P") }
    }`,
    "vm.101",
  );
  for (const part of [
    "--cpu host",
    "--scsihw virtio-scsi-pci",
    "--machine pc-q35-9.0",
    "--efidisk0 local-lvm:1,efitype=4m,pre-enrolled-keys=0",
    "--tpmstate0 local-zfs:1,version=v2.0",
    "--citype nocloud",
    "--sata3 local:iso/virtio-win-0.1.240.iso,media=cdrom",
  ])
    assert.ok(text.includes(part), `${part}: ${text}`);
  assert.not.match(text, /sata0|configdrive2/, "no second drive with drivers");
});

test("`absent` is something that the file says", async () => {
  const text = await commands(
    `${image("rocky9")}vm 101 a { image = cloud, ${DISK}, agent = absent, serial = absent }`,
    "vm.101",
  );
  assert.match(text, /--delete serial0,agent|--delete agent,serial0/);
  assert.not.match(text, /--agent|--serial0/);
});

test("the image's system reaches the machines made from it, and not their clones, which have it already", async () => {
  const text = `${image("rocky10")}vm 100 base { image = cloud, template = true, ${DISK} }\nvm 101 a { clone = base }`;
  assert.match(await commands(text, "vm.100"), /--cpu x86-64-v3/);
  assert.not.match(await commands(text, "vm.101"), /--cpu|--ostype/);
});

test("an agent that the image does not bring is installed by cloud-init, where there is any", async () => {
  const machine = (rest: string): string => `${image("debian13")}vm 101 a { image = cloud, ${DISK}, ${rest} }`;
  assert.not.match(await commands(machine("cores = 1"), "vm.101"), /--agent/);
  const text = await commands(machine(`cloud_init { user = a, ssh_keys = [] }`), "vm.101");
  assert.match(text, /--agent enabled=1/);
  assert.match(text, /--cicustom user=local:snippets/);
  assert.not.match(await commands(machine(`cloud_init { user_data = "#cloud-config\\n" }`), "vm.101"), /--agent/);
});

test("machines from an image of Windows get no drive with drivers: the image has them", async () => {
  const text = await commands(`${image("windows2025")}vm 101 a { image = cloud, ${DISK} }`, "vm.101");
  assert.match(text, /--tpmstate0/);
  assert.not.match(text, /virtio-win/);
});

test("containers get their type, and name spaces for newer versions of systemd", async () => {
  const made = (os: string): string =>
    `ct 101 a { image = "local:vztmpl/rootfs.tar.xz", os = ${os}, disk root { size = 8GiB, storage = local-zfs } }`;
  assert.match(await commands(made("alma10"), "ct.101"), /--ostype centos[^]*nesting=1/);
  const alpine = await commands(made("alpine"), "ct.101");
  assert.match(alpine, /--ostype alpine/);
  assert.not.match(alpine, /nesting/);
});

test("`phxc why` names the preset, also below what overrides it", () =>
  inFolder({ "main.phx": `${image("rocky9")}vm 101 a { image = cloud, cpu = host, ${DISK} }\n` }, async (cwd) => {
    const ask = async (subject: string): Promise<string> => (await runCli(["why", "main.phx", subject], { cwd })).out;
    assert.match(await ask("a.scsihw"), /^> main\.phx:1:\d+ {2}= virtio-scsi-single {2}\(preset rocky9\)$/m);
    const cpu = await ask("a.cpu");
    assert.match(cpu, /^ {2}main\.phx:1:\d+ {2}= x86-64-v2-AES {2}\(preset rocky9\)$/m);
    assert.match(cpu, /^> main\.phx:2:\d+ {2,}= host$/m);
  }));

test("the family of the system decides which features can be installed", async () => {
  const machine = (os: string): string =>
    `${image(os)}vm 101 a { image = cloud, ${DISK}, agent = true, features = [docker], state = running, cloud_init { user = a, ssh_keys = [] } }`;
  assert.equal(await codes(machine("ubuntu2404")), []);
  for (const os of ["rocky9", "leap16", "alpine", "arch", "freebsd14"]) {
    const found = await codes(machine(os));
    assert.ok(found.length > 0 && found.every((code) => code === "PHX5036"), `${os}: ${found.join()}`);
  }
  assert.ok((await codes(machine("windows11"))).includes("PHX4437"));
});

test("systems that contradict each other, or their guest, are findings", async () => {
  const base = `${image("debian13")}vm 100 base { image = cloud, template = true, ${DISK} }\n`;
  assert.equal(await codes(`${base}vm 101 a { clone = base, os = debian13 }`), []);
  assert.equal(await codes(`${base}vm 101 a { clone = base, os = arch }`), ["PHX4435"]);
  const made = `image = "local:vztmpl/x.tar.xz", disk root { size = 8GiB, storage = local-zfs }`;
  assert.equal(await codes(`ct 101 a { os = windows11, ${made} }`), ["PHX4436"]);
});

test("names of Windows: 15 characters, not digits alone", async () => {
  const windows = (name: string): string => `vm 101 "${name}" { os = windows2022, ${DISK} }`;
  for (const good of ["a", "abcdefghijklmno", "web-1"]) assert.equal(await codes(windows(good)), [], good);
  for (const bad of ["abcdefghijklmnop", "2022"]) assert.equal(await codes(windows(bad)), ["PHX4438"], bad);
});

test("checks from the host go with Windows, those by its shell do not", async () => {
  const check = (text: string): string =>
    `vm 101 a { os = windows2022, ${DISK}, net lan { ip = 10.0.0.9 }, check c { ${text} } }`;
  for (const good of ["tcp = 3389", "agent = true"]) assert.equal(await codes(check(good)), [], good);
  assert.ok((await codes(check(`run = "true"`))).includes("PHX4437"));
});

test("images are used for what they are", async () => {
  const of = (name: string, rest = ""): string =>
    `image x { url = "https://x.example/${name}", sha256 = "${"9f".repeat(32)}"${rest} }\n`;
  const machine = `vm 101 a { image = x, ${DISK} }`;
  const container = "ct 101 a { image = x, disk root { size = 8GiB, storage = local-zfs } }";
  const drive = `vm 101 a { ${DISK}, cdrom c { iso = x } }`;
  for (const good of ["a.qcow2", "a.img.xz", "a.raw.zst", "a.vmdk", "a"])
    assert.equal(await codes(of(good) + machine), [], good);
  for (const bad of ["a.iso", "a.tar.zst"]) assert.equal(await codes(of(bad) + machine), ["PHX4432"], bad);
  assert.equal(await codes(of("a.tar.xz") + container), []);
  assert.equal(await codes(of("a.qcow2") + container), ["PHX4432"]);
  assert.equal(await codes(of("a.iso") + drive), []);
  assert.equal(await codes(of("a", ", format = iso") + drive), []);
  assert.equal(await codes(of("a.img") + drive), ["PHX4432"]);
});

test("an image that is still packed is refused, whether it is fetched or lies on the host", async () => {
  const machine = `vm 101 a { image = x, ${DISK} }`;
  const drive = `vm 101 a { ${DISK}, cdrom c { iso = x } }`;
  const fetched = (name: string, rest = ""): string =>
    `image x { url = "https://x.example/${name}", sha256 = "${"9f".repeat(32)}"${rest} }\n`;
  for (const bad of ["a.qcow2.zip", "a.ova", "a.img.XZ", "a.7z", "a.qcow2.rar"])
    assert.equal(await codes(fetched(bad) + machine), ["PHX4441"], bad);
  assert.equal(await codes(fetched("disk.raw.tar.gz", ", format = raw") + machine), ["PHX4441"]);
  assert.equal(await codes(fetched("a.iso.zip") + drive), ["PHX4441"]);
  assert.equal(await codes(`image x { path = "/tank/a.qcow2.xz" }\n${machine}`), ["PHX4441"]);
  assert.equal(await codes(fetched("a.zip", `, path = "/tank/a.qcow2"`) + machine), ["PHX4441"]);
  for (const good of ["a.qcow2.xz", "a.img.gz", "a.iso.zst?x=b.zip"])
    assert.equal(await codes(fetched(good) + (good.includes("iso") ? drive : machine)), [], good);
  assert.equal(await codes(fetched("a.zip", ", compression = none") + machine), []);
});

test("an address has to name a file, or the image says where it lies", async () => {
  const machine = `vm 101 a { image = x, ${DISK} }`;
  const at = (url: string, rest = ""): string =>
    `image x { url = "${url}", sha256 = "${"9f".repeat(32)}"${rest} }\n${machine}`;
  for (const bad of ["https://x.example", "https://x.example/", "https://x.example/a/", "https://x.example/a/.."])
    assert.equal(await codes(at(bad)), ["PHX5504"], bad);
  assert.equal(await codes(at("https://x.example/?id=7", `, path = "/tank/a.qcow2"`)), []);
});

test("different images that would be one file are a finding, the same one twice is none", async () => {
  const sum = (digits: string): string => `sha256 = "${digits.repeat(32)}"`;
  const x = `image x { url = "https://a.example/noble.img", ${sum("9f")} }\n`;
  for (const y of [
    `image y { url = "https://b.example/noble.img", ${sum("9f")} }`,
    `image y { url = "https://a.example/noble.img", ${sum("8e")} }`,
    `image y { url = "https://b.example/noble.img.xz", ${sum("8e")} }`,
    `image y { path = "/var/lib/vz/template/iso/noble.img" }`,
  ])
    assert.equal(await codes(x + y), ["PHX4434"], y);
  for (const y of [
    `image y { url = "https://a.example/noble.img", ${sum("9F")} }`,
    `image y { url = "https://b.example/noble.img", path = "/tank/noble.img", ${sum("8e")} }`,
  ])
    assert.equal(await codes(x + y), [], y);
  const hosts = "host a { node = a }\nhost b { node = b }\n";
  const of = (host: string, from: string): string =>
    `image ${from} { url = "https://${from}.example/noble.img", ${sum("9f")}, host = ${host} }\n`;
  const found = async (text: string): Promise<boolean> => (await codes(hosts + text)).includes("PHX4434");
  assert.not.ok(await found(of("a", "x") + of("b", "y")), "on different hosts");
  assert.ok(await found(of("a", "x") + of("a", "y")), "on one host");
});

test("a medium is a volume of its storage, named so that Proxmox takes it", async () => {
  const text = await commands(
    `image x { url = "https://x.example/fwlink?id=7", format = iso, sha256 = "${"9f".repeat(32)}" }\nvm 101 a { ${DISK}, cdrom c { iso = x } }`,
    "vm.101",
  );
  assert.match(text, /--ide0 local:iso\/x\.iso,media=cdrom/);
  assert.match(text, /--boot order=scsi0;ide0/);
});

test("the words that people write for a system are systems", () => {
  for (const [word, meant] of Object.entries(operatingSystemWords)) {
    assert.ok(meant in operatingSystems, word);
    assert.not.ok(word in operatingSystems, word);
  }
});

test.run();
