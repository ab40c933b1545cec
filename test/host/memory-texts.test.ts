import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, vm, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";
import { root } from "../support/paths.js";

const test = suite("how files differ from those of the committed plan");

const host = (body: string): string => `host pve1 {\n  node = pve1\n${body}\n}\n`;

/** The diffs at the end of a summary. */
function diffsIn(out: string): readonly string[] {
  const lines = out.trimEnd().split("\n");
  const at = lines.indexOf("files that change against the last plan:");
  return at < 0 ? [] : lines.slice(at + 1).filter((line) => line.startsWith("  "));
}

async function planned({ edit, phxc }: CommittedProject, text: string): Promise<readonly string[]> {
  edit(text);
  const { code, out, err } = await phxc("plan", "main.phx");
  assert.is(code, 0, err);
  return diffsIn(out);
}

const SYSCTL = host(`  sysctl {\n    "vm.dirty_ratio" = 20\n    "vm.swappiness" = 10\n  }`);

test("a changed file is shown as a unified diff; where nothing was committed, or nothing changes, there is none", () =>
  withCommitted(async (project) => {
    assert.equal(diffsIn(await project.write(SYSCTL)), []);
    assert.equal(await planned(project, SYSCTL), []);
    assert.equal(await planned(project, SYSCTL.replace("= 10", "= 60")), [
      "  --- /etc/sysctl.d/90-phxc.conf",
      "  +++ /etc/sysctl.d/90-phxc.conf",
      "  @@ -1,3 +1,3 @@",
      "   # Managed by phxc: kernel parameters. Changes are overwritten.",
      "   vm.dirty_ratio = 20",
      "  -vm.swappiness = 10",
      "  +vm.swappiness = 60",
    ]);
    // Of a plan that was written the next one says nothing, and its data are the committed ones.
    assert.is.not(diffsIn((await project.phxc("plan", "main.phx", "--write")).out).length, 0);
    assert.equal(diffsIn((await project.phxc("plan", "main.phx", "--write")).out), []);
    assert.is((await project.phxc("plan", "--format", "json")).out, project.read("plans/pve1/plan.json"));
  }));

test("a new file is shown in full, and so is one that leaves the files", () =>
  withCommitted(async (project) => {
    await project.write(SYSCTL);
    const gone = await planned(project, host("  modules = [br_netfilter]"));
    assert.equal(gone, [
      "  --- /dev/null",
      "  +++ /etc/modules-load.d/phxc.conf",
      "  @@ -0,0 +1,2 @@",
      "  +# Managed by phxc: kernel modules. Changes are overwritten.",
      "  +br_netfilter",
      "  --- /etc/sysctl.d/90-phxc.conf",
      "  +++ /dev/null",
      "  @@ -1,3 +0,0 @@",
      "  -# Managed by phxc: kernel parameters. Changes are overwritten.",
      "  -vm.dirty_ratio = 20",
      "  -vm.swappiness = 10",
    ]);
  }));

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }\n";
const FIREWALLS = (port: number): string =>
  [
    HOST + LAN,
    `group web {\n  in accept tcp ${port}\n}\n`,
    `firewall pve1 {\n  in accept tcp ${port} from 10.0.0.0/24\n}\n`,
    ct(
      101,
      "a",
      `  net lan { ip = 10.0.0.5, firewall = true }\n  firewall {\n    in accept tcp ${port}\n    group web\n  }`,
    ),
  ].join("");

test("so are parts of the firewall of cluster, node and guest", () =>
  withCommitted(async (project) => {
    await project.write(FIREWALLS(80));
    const lines = await planned(project, FIREWALLS(443));
    assert.equal(
      lines.filter((line) => line.startsWith("  +++")),
      [
        "  +++ /etc/pve/local/host.fw",
        "  +++ /etc/pve/firewall/cluster.fw#group web",
        "  +++ /etc/pve/firewall/101.fw",
      ],
    );
    assert.is(
      lines.filter((line) => line.startsWith("  -IN ACCEPT") && line.includes("80")).length,
      3,
      lines.join("\n"),
    );
  }));

test("a guest that leaves the files takes its texts along; one that only loses its firewall shows that", () =>
  withCommitted(async (project) => {
    await project.write(FIREWALLS(80));
    assert.equal(await planned(project, FIREWALLS(80).replace(/ct 101[^]*$/, "")), []);
    const bare = FIREWALLS(80).replace(/ct 101[^]*$/, ct(101, "a", "  net lan { ip = 10.0.0.5, firewall = true }"));
    assert.equal((await planned(project, bare)).slice(0, 2), ["  --- /etc/pve/firewall/101.fw", "  +++ /dev/null"]);
  }));

const SNIPPETS =
  'storage dir local { path = "/var/lib/vz", content = [snippets, images] }\nhost pve1 { node = pve1, version = 8.2 }\n';
const machine = (user: string): string =>
  SNIPPETS +
  vm(
    801,
    "web",
    `  cloud_init {\n    storage = local\n    user = ${user}\n    password = secret("file:/root/web.hash")\n    packages = [jq]\n  }`,
  );

test("user data is known by its guest, whatever its name is; a secret is shown by its place alone", () =>
  withCommitted(async (project) => {
    await project.write(machine("ada"));
    const { out } = (project.edit(machine("grace")), await project.phxc("plan", "main.phx"));
    const lines = diffsIn(out);
    assert.equal(lines.slice(0, 2), [
      "  --- local:snippets/phxc-801-user.yaml",
      "  +++ local:snippets/phxc-801-user.yaml",
    ]);
    assert.ok(lines.some((line) => /^ {2}-.*"ada"/.test(line)) && lines.some((line) => /^ {2}\+.*"grace"/.test(line)));
    assert.match(out, "(secret file:/root/web.hash)");
    assert.not.match(out, "@phxc-secret");
  }));

test("a plan for some targets tells what it writes itself, and nothing as gone", () =>
  withCommitted(async (project) => {
    await project.write(FIREWALLS(80) + ct(102, "b"));
    project.edit(FIREWALLS(443) + ct(102, "b"));
    assert.equal(diffsIn((await project.phxc("plan", "main.phx", "102")).out), []);
    const web = diffsIn((await project.phxc("plan", "main.phx", "a")).out);
    assert.ok(web.includes("  +++ /etc/pve/firewall/101.fw"));
    assert.not.match(web.join("\n"), "/dev/null");
  }));

test("Markdown, data and --check show it as well; the committed data never hold it", () =>
  withCommitted(async (project) => {
    const { edit, phxc, read, write } = project;
    await write(SYSCTL);
    edit(SYSCTL.replace("= 10", "= 60"));
    const markdown = (await phxc("plan", "--format", "markdown")).out;
    assert.match(
      markdown,
      /\n## Files that change against the last plan\n\n`\/etc\/sysctl.d\/90-phxc.conf`:\n\n```diff\n--- .*\n\+\+\+ .*\n@@ -1,3 \+1,3 @@\n[^`]*-vm.swappiness = 10\n\+vm.swappiness = 60\n```\n$/,
    );
    const text = (await phxc("plan", "--format", "json")).out;
    const schema = JSON.parse(readFileSync(join(root, "schema/plan.schema.json"), "utf8")) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    assert.is(validate(JSON.parse(text)), true, JSON.stringify(validate.errors));
    const { textChanges } = JSON.parse(text) as {
      readonly textChanges: readonly { readonly diff: readonly string[] }[];
    };
    assert.equal(textChanges.length, 1);
    assert.equal(textChanges[0]?.diff.at(-1), "+vm.swappiness = 60");
    const check = await phxc("plan", "--check");
    assert.is(check.code, 2);
    assert.match(check.err, "\n  -vm.swappiness = 10\n  +vm.swappiness = 60\n");
    await phxc("plan", "--write");
    assert.not.match(read("plans/pve1/plan.json"), "textChanges");
    assert.is((await phxc("plan", "--check")).code, 0);
  }));

test("a committed plan whose texts are not what phxc writes is refused", () =>
  withCommitted(async (project) => {
    await project.write(SYSCTL);
    const { writeFileSync } = await import("node:fs");
    const path = join(project.folder, "plans/pve1/plan.json");
    const whole = readFileSync(path, "utf8");
    for (const [from, to] of [
      ['"content": "# Managed', '"content": 7, "other": "# Managed'],
      ['"kind": "file"', '"kind": "firewall-piece"'],
      ['"steps": [', '"steps": {}, "other": ['],
    ] as const) {
      assert.ok(whole.includes(from), from);
      writeFileSync(path, whole.replace(from, to));
      const { code, err } = await project.phxc("plan", "main.phx");
      assert.is(code, 1, from);
      assert.match(err, "PHX6026", err);
    }
  }));

test.run();
